"""Zones and sites on the map."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from shapely import Point
from shapely.geometry import shape

from builders import TABLES, changed, tiny_region, write_region
from coverage_opt.region.load import load_region
from coverage_opt.report.geometry import drawn, site_points, zone_cells
from report_runs import boundaries, write_boundaries


def test_without_borders_cells_divide_the_land_around_the_zones() -> None:
    region = tiny_region()
    cells = zone_cells(region)
    for zone, longitude, latitude in region.zones[["zone", "longitude", "latitude"]].to_numpy():
        assert cells[zone].contains(Point(longitude, latitude))
    together = shapely.unary_union(list(cells.values()))
    assert together.area == pytest.approx(sum(cell.area for cell in cells.values()))


def test_with_borders_cells_fill_their_municipality(tmp_path: Path) -> None:
    write_region(tmp_path)
    write_boundaries(tmp_path, boundaries())
    cells = zone_cells(load_region(tmp_path))
    upland = shape(boundaries()["features"][0]["geometry"])
    assert shapely.unary_union([cells["hill"], cells["bank"]]).area == pytest.approx(upland.area)
    assert cells["hook"].area == pytest.approx(0.4 * 0.1)


@pytest.mark.parametrize("name", ["zeeland", "achterhoek", "noordoost-groningen", "zuid-limburg"])
def test_every_zone_of_a_shipped_region_is_drawn_on_its_land(name: str) -> None:
    region = load_region(name)
    cells = zone_cells(region)
    assert set(cells) == set(region.zones["zone"])
    land = sum(shape(dict(border)).area for border in region.boundaries.values())
    # zones of one place share a cell, which is counted once
    found = shapely.unary_union(list(cells.values())).area
    assert found == pytest.approx(land, rel=1e-3)
    assert all(not shape(dict(drawn(cell))).is_empty for cell in cells.values())


def test_zones_at_one_place_share_a_cell() -> None:
    region = tiny_region(zones=changed("zones", 1, latitude=51.50, longitude=3.60))
    cells = zone_cells(region)
    assert cells["hill"].equals(cells["bank"])
    one = tiny_region(zones=[(*row[:3], 51.5, 3.6, *row[5:]) for row in TABLES["zones"]])
    assert len({cell.wkt for cell in zone_cells(one).values()}) == 1


def test_shapes_are_wound_clockwise_as_charts_want_them() -> None:
    for cell in zone_cells(tiny_region()).values():
        (outer, *_) = drawn(cell)["coordinates"]
        assert not shapely.LinearRing(outer).is_ccw


def test_sites_at_one_place_stand_beside_each_other() -> None:
    region = tiny_region(sites=changed("sites", 1, latitude=51.50, longitude=3.61))
    points = site_points(region)
    assert len(set(points.values())) == 2
    assert sum(longitude for longitude, _ in points.values()) / 2 == pytest.approx(3.61, abs=1e-4)
