"""Saved plans of the tiny region, to be reported on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from builders import OPTIONAL, TABLES, full_tables, write_region
from coverage_opt import Limits, load_policy, load_region, save_plan, solve

POLICY = (
    *("rules.class_size.generic.minimum=5", "rules.class_size.orientation.minimum=5"),
    *("rules.class_size.common.minimum=5", "rules.class_size.profile.minimum=5"),
    *("rules.class_size.per_offer=5", "rules.placement_guarantee=null"),
)
SCRIPT = "<script>document.title='taken'</script>"
CLOSING = "</script><img src=x onerror=\"document.title='taken'\">"
FORMULA = '=HYPERLINK("http://example.org","click")'
HOSTILE: dict[str, Any] = {
    "zones": [
        ("hill", SCRIPT, "Upland", 51.50, 3.60, "main"),
        ("bank", CLOSING, "Upland", 51.45, 3.70, "main"),
        ("hook", FORMULA, "Lowland", 51.35, 3.80, "south"),
    ],
    "institutions": [("north", SCRIPT), ("south", "+1+1")],
    "sites": [
        ("hill-centre", "north", CLOSING, SCRIPT, 51.50, 3.61, "main"),
        ("hook-centre", "south", FORMULA, "@SUM(A1)", 51.35, 3.81, "south"),
    ],
    "programmes": [
        (
            *row[:3],
            f"{FORMULA} {row[3]}" if row[0] == "care-BOL" else f"{CLOSING} {row[3]}",
            *row[4:],
        )
        for row in TABLES["programmes"]
    ],
    "occupations": [
        *((row[0], f"{SCRIPT} {row[1]}", *row[2:]) for row in TABLES["occupations"]),
        ("plumber", "Plumber", "good", 2.0, 1.0),
    ],
    "openings": [*TABLES["openings"], ("plumber", 2026, 5), ("plumber", 2030, 5)],
    "leads_to": [*TABLES["leads_to"], ("pipe-BOL", "plumber", 0.2)],
}
"""Names that do harm where they are taken for anything but text; and an occupation that nobody can
learn when there is no pipefitting."""
NO_PIPEFITTING = (
    "rules.fixed_offers.must_not=[{programme: pipe-BOL, site: hill-centre},"
    "{programme: pipe-BOL, site: hook-centre}]"
)


NOTHING = tuple(
    f"rules.class_size.{kind}={{minimum: 900, maximum: 1000}}"
    for kind in ("own", "generic", "orientation", "common", "profile", "elective")
)
"""Settings under which no class is large enough."""
BARE: dict[str, Any] = {**dict.fromkeys(OPTIONAL), "settings": {}}
"""What to leave out of a region that it can do without."""


def boundaries(**changed: Any) -> dict[str, Any]:
    """Return borders of the tiny region's municipalities, with changes by municipality."""
    squares = {
        "Upland": [[[3.5, 51.4], [3.9, 51.4], [3.9, 51.6], [3.5, 51.6], [3.5, 51.4]]],
        "Lowland": [[[3.5, 51.3], [3.9, 51.3], [3.9, 51.4], [3.5, 51.4], [3.5, 51.3]]],
    }
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"municipality": name},
                "geometry": {"type": "Polygon", "coordinates": rings},
            }
            for name, rings in (squares | changed).items()
        ],
    }


def write_boundaries(folder: Path, content: Any) -> None:
    """Write a region's borders."""
    (folder / "boundaries.geojson").write_text(json.dumps(content), encoding="utf-8")


def saved_run(
    folder: Path,
    name: str = "plan",
    *,
    overrides: tuple[str, ...] = (),
    periods: tuple[int, ...] | None = None,
    futures: str = "baseline",
    borders: bool = True,
    **tables: Any,
) -> Path:
    """Plan the tiny region, with all it may have, and save it; return the run folder.

    Args:
        folder: the region goes into ``region`` in it, the run into one of the name given.
        name: of the run folder.
        overrides: settings of the policy.
        periods: calendar years; None for the first.
        futures: the set of scenarios that is planned for.
        borders: whether the region has borders.
        tables: tables of the region that are other than usual.
    """
    place = folder / "region"
    write_region(place, **{**full_tables(), **tables})
    if borders:
        write_boundaries(place, boundaries())
    region, policy = load_region(place), load_policy("modular", [*POLICY, *overrides])
    plan = solve(region, policy, Limits(gap=0.0), periods=periods, scenarios=futures)
    plan = replace(plan, run={**plan.run, "instance": str(place)})
    save_plan(plan, folder / name)
    return folder / name
