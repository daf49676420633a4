"""Municipal borders of a region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import changed, problems_of, write_region
from coverage_opt import shipped
from coverage_opt.region.load import load_region
from report_runs import boundaries, write_boundaries

SQUARE = [[3.5, 51.4], [3.9, 51.4], [3.9, 51.6], [3.5, 51.4]]


def said_of(folder: Path, content: Any, **tables: Any) -> str:
    folder.mkdir(exist_ok=True)
    write_boundaries(folder, content)
    return "\n".join(map(str, problems_of(folder, **tables)))


def test_borders_are_read_by_municipality(tmp_path: Path) -> None:
    write_region(tmp_path)
    write_boundaries(tmp_path, boundaries())
    region = load_region(tmp_path)
    assert set(region.boundaries) == {"Upland", "Lowland"}
    assert region.boundaries["Upland"]["type"] == "Polygon"
    region.boundaries["Upland"]["coordinates"].clear()
    assert region.boundaries["Upland"]["coordinates"]


def test_a_region_without_borders_has_none(tmp_path: Path) -> None:
    assert load_region(write_region(tmp_path)).boundaries == {}


def test_borders_do_not_change_what_a_plan_is_for(tmp_path: Path) -> None:
    before = load_region(write_region(tmp_path))
    write_boundaries(tmp_path, boundaries())
    assert load_region(tmp_path).content_hash == before.content_hash


@pytest.mark.parametrize("name", shipped.instance_names())
def test_shipped_regions_have_the_borders_of_their_municipalities(name: str) -> None:
    region = load_region(name)
    assert set(region.boundaries) == set(region.zones["municipality"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "it should be a valid dictionary"),
        ({"type": "Topology", "features": []}, "`type`"),
        (boundaries(Upland=[SQUARE[:3]]), "at least 4 items"),
        (boundaries(Upland=[[*SQUARE[:3], [3.6, 51.4]]]), "does not end where it begins"),
        (boundaries(Upland=[[[y, x + 150] for x, y in SQUARE]]), "longitude, latitude in degrees"),
    ],
)
def test_what_is_not_geojson_is_told(tmp_path: Path, content: Any, said: str) -> None:
    told = said_of(tmp_path, content)
    assert told.startswith("boundaries.geojson")
    assert said.removeprefix("it should").strip() in told
    assert "maps can do without" in told


def test_what_is_not_json_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "boundaries.geojson").write_text('{"type":\n oops}', encoding="utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.where == "boundaries.geojson:2"


def test_municipalities_are_compared_with_the_zones(tmp_path: Path) -> None:
    told = said_of(tmp_path, boundaries(Lowlnd=[SQUARE]))
    assert "no zone in zones.csv is in the municipality Lowlnd" in told
    assert "did you mean Lowland?" in told
    told = said_of(tmp_path, boundaries(), zones=changed("zones", 2, municipality="Lowlands"))
    assert "the municipality Lowlands of zones.csv has no border" in told


def test_a_municipality_is_there_once(tmp_path: Path) -> None:
    content = boundaries()
    content["features"].append(content["features"][0])
    assert "the municipality Upland is there 2 times" in said_of(tmp_path, content)


def test_turned_axes_are_seen(tmp_path: Path) -> None:
    turned = boundaries(Upland=[[[y, x] for x, y in SQUARE]], Lowland=[[[y, x] for x, y in SQUARE]])
    told = said_of(tmp_path, turned)
    assert "zones lie far outside all borders" in told
    assert "longitude first" in told


def test_borders_are_checked_together_with_everything_else(tmp_path: Path) -> None:
    told = said_of(tmp_path, [], cohorts="zone,period,learners\nhill,2026,x\n")
    assert "cohorts.csv" in told
    assert "boundaries.geojson" in told
