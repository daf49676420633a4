"""Where zones and sites are drawn: a cell for each zone, a point for each site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely import MultiPoint, Point
from shapely.geometry import mapping as as_geojson
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from coverage_opt.frames import rows
from coverage_opt.region.region import Region

DECIMALS = 4
_AROUND = 0.03
"""Degrees of land drawn around the zones of a region without borders."""
_APART = 0.012
"""Degrees between sites that stand at one place."""


def zone_cells(region: Region) -> dict[str, BaseGeometry]:
    """Return the land nearest to each zone, within its municipality's border where that is given.

    Zones at the same place share a cell.
    """
    stretch = _stretch(region)
    places = {
        zone: Point(longitude * stretch, latitude)
        for zone, longitude, latitude in rows(region.zones, "zone", "longitude", "latitude")
    }
    homes = dict(rows(region.zones, "zone", "municipality"))
    grouped: dict[str, list[str]] = defaultdict(list)
    land = _land(region, places, stretch)
    for zone, municipality in homes.items():
        grouped[municipality if municipality in land else ""].append(zone)
    cells: dict[str, BaseGeometry] = {}
    for municipality, zones in grouped.items():
        cells |= _cells({zone: places[zone] for zone in zones}, land[municipality])
    return {zone: _stretched(cell, 1 / stretch) for zone, cell in cells.items()}


def site_points(region: Region) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of each site; those at one place stand beside each other."""
    together: dict[tuple[float, float], list[str]] = defaultdict(list)
    for site, longitude, latitude in rows(region.sites, "site", "longitude", "latitude"):
        together[longitude, latitude].append(site)
    points = {}
    for (longitude, latitude), sites in together.items():
        for place, site in enumerate(sites):
            aside = (place - (len(sites) - 1) / 2) * _APART / _stretch(region)
            points[site] = (round(longitude + aside, 5), latitude)
    return points


def drawn(geometry: BaseGeometry) -> Mapping[str, Any]:
    """Return a geometry as GeoJSON, with rounded coordinates, wound as d3 wants it: clockwise."""
    rounded = shapely.set_precision(geometry, 10.0**-DECIMALS)
    parts = [orient(part, sign=-1.0) for part in parts_of(rounded)]
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    found: Mapping[str, Any] = as_geojson(whole)
    return found


def _land(region: Region, places: Mapping[str, Point], stretch: float) -> dict[str, BaseGeometry]:
    """Return the land of each municipality; without borders all land under one blank name."""
    borders = region.boundaries
    if borders:
        return {
            name: _stretched(shapely.make_valid(shape(dict(border))), stretch)
            for name, border in borders.items()
        }
    return {"": MultiPoint(list(places.values())).convex_hull.buffer(_AROUND)}


def _cells(places: Mapping[str, Point], land: BaseGeometry) -> dict[str, BaseGeometry]:
    """Divide land among places: each has what is nearer to it than to another (Voronoi)."""
    apart = {(point.x, point.y) for point in places.values()}
    if len(apart) == 1:
        return dict.fromkeys(places, land)
    divided = shapely.voronoi_polygons(MultiPoint(sorted(apart)), extend_to=land)
    cells = {}
    for zone, point in places.items():
        own = next(cell for cell in divided.geoms if cell.intersects(point))
        found = shapely.unary_union(parts_of(own.intersection(land)))
        # a zone may lie outside of its simplified border, with no land nearest to it
        cells[zone] = found if not found.is_empty else point.buffer(_APART / 4)
    return cells


def parts_of(geometry: BaseGeometry) -> list[Any]:
    """Return the polygons in a geometry, without points and lines that are left over."""
    parts = getattr(geometry, "geoms", [geometry])
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _stretch(region: Region) -> float:
    """Return the length of a degree of longitude here, in degrees of latitude."""
    return float(np.cos(np.radians(region.zones["latitude"].mean())))


def _stretched(geometry: BaseGeometry, by: float) -> BaseGeometry:
    return shapely.transform(geometry, lambda places: places * [by, 1.0])
