"""Municipal borders (``boundaries.geojson``), for maps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pandas as pd

from derivation.facts import Facts

DECIMALS = 4
"""Of a coordinate in degrees: about ten metres, finer than the published borders are."""


def derive_borders(facts: Facts, zones: pd.DataFrame) -> str:
    """Pick the borders of the municipalities that have zones, as GeoJSON with a line for each."""
    lines = [
        json.dumps(_feature(name, facts.borders[name]), ensure_ascii=False, separators=(",", ":"))
        for name in sorted(zones["municipality"].unique())
    ]
    listed = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{listed}\n]}}\n'


def _feature(name: str, geometry: dict[str, Any]) -> dict[str, Any]:
    parts = geometry["coordinates"]
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    rounded = [[_ring(ring) for ring in polygon] for polygon in polygons]
    single = len(rounded) == 1
    return {
        "type": "Feature",
        "properties": {"municipality": name},
        "geometry": {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": rounded[0] if single else rounded,
        },
    }


def _ring(positions: Iterable[list[float]]) -> list[list[float]]:
    """Round a ring; positions that become the same are one."""
    rounded = ([round(value, DECIMALS) for value in position] for position in positions)
    return [position for position, _ in groupby(rounded)]
