"""Zones and sites with their indicators as GeoJSON (RFC 7946), for a GIS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry import mapping as as_geojson
from shapely.geometry.polygon import orient

from coverage_opt.frames import rows
from coverage_opt.report.charts.style import plain
from coverage_opt.report.contents import Tables
from coverage_opt.report.geometry import DECIMALS, parts_of, zone_cells

ZONE_COLUMNS = (
    *("period", "zone", "name", "municipality", "learners", "coverage", "placed"),
    *("first_choice", "minutes"),
)
SITE_COLUMNS = ("period", "site", "name", "institution", "town", "offers", "learners")


def geojson(tables: Tables) -> str:
    """Return a FeatureCollection: a cell for each zone and a point for each site, a period each.

    Properties have the names and units of the report's tables: learners a year, shares from 0 to
    1, minutes one way; null where there is nobody to take a share of. ``kind`` is ``zone`` or
    ``site``; a site lists its ``programmes``.
    """
    features = [*_zones(tables), *_sites(tables)]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n"


def _zones(tables: Tables) -> Iterator[dict[str, Any]]:
    shapes = {zone: _shape(cell) for zone, cell in zone_cells(tables.runs[0].region).items()}
    for values in rows(tables["zones"].rows, *ZONE_COLUMNS):
        told = dict(zip(ZONE_COLUMNS, map(plain, values), strict=True))
        yield _feature("zone", shapes[told["zone"]], told)


def _sites(tables: Tables) -> Iterator[dict[str, Any]]:
    region = tables.runs[0].region
    places = {
        site: [longitude, latitude]
        for site, longitude, latitude in rows(region.sites, "site", "longitude", "latitude")
    }
    taught = tables["offers"].rows.groupby(["period", "site"])["programme"].agg(list).to_dict()
    for values in rows(tables["sites"].rows, *SITE_COLUMNS):
        told = dict(zip(SITE_COLUMNS, map(plain, values), strict=True))
        told["programmes"] = sorted(taught.get((told["period"], told["site"]), []))
        point = {"type": "Point", "coordinates": places[told["site"]]}
        yield _feature("site", point, told)


def _feature(kind: str, geometry: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}


def _shape(cell: Any) -> Any:
    """Return a cell with its rings wound as RFC 7946 has them: the outer one counterclockwise."""
    rounded = shapely.set_precision(cell, 10.0**-DECIMALS)
    parts = [orient(part) for part in parts_of(rounded)]
    return as_geojson(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))
