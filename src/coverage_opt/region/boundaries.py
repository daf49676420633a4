"""Municipal borders of a region (``boundaries.geojson``), for maps: no plan depends on them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.text import did_you_mean, read_text

BOUNDARIES_FILE = "boundaries.geojson"
_MARGIN = 0.5
"""Degrees that a zone may lie outside the rectangle around all borders."""

Position = Annotated[list[float], Field(min_length=2, max_length=3)]
Ring = Annotated[list[Position], Field(min_length=4)]


class _Shape(BaseModel):
    """A part of GeoJSON (RFC 7946); what else is in it is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Polygon(_Shape):
    type: Literal["Polygon"]
    coordinates: Annotated[list[Ring], Field(min_length=1)]

    @field_validator("coordinates")
    @classmethod
    def _sound(cls, rings: list[list[list[float]]]) -> list[list[list[float]]]:
        _check_rings(rings)
        return rings


class _MultiPolygon(_Shape):
    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[list[Ring]], Field(min_length=1)]

    @field_validator("coordinates")
    @classmethod
    def _sound(cls, polygons: list[list[list[list[float]]]]) -> list[list[list[list[float]]]]:
        for rings in polygons:
            _check_rings(rings)
        return polygons


class _Properties(_Shape):
    municipality: str = Field(min_length=1)


class _Feature(_Shape):
    type: Literal["Feature"]
    properties: _Properties
    geometry: Annotated[_Polygon | _MultiPolygon, Field(discriminator="type")]


class _Collection(_Shape):
    type: Literal["FeatureCollection"]
    features: Annotated[list[_Feature], Field(min_length=1)]


def read_boundaries(
    path: Path, zones: pd.DataFrame | None
) -> tuple[Mapping[str, Mapping[str, Any]], list[Problem]]:
    """Read the borders and compare them with the zones.

    Args:
        path: a GeoJSON file with a feature for each municipality.
        zones: the table of zones; None when it could not be read.

    Returns:
        The geometry (GeoJSON Polygon or MultiPolygon, WGS84) of each municipality by its name,
        and every problem.
    """
    try:
        content = json.loads(read_text(path))
    except InputError as error:
        return {}, list(error.problems)
    except (json.JSONDecodeError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        return {}, [Problem("the file is not JSON", f"{path.name}{line}", advice=_ADVICE)]
    try:
        collection = _Collection.model_validate(content)
    except ValidationError as error:
        return {}, [_fault(details, path.name) for details in error.errors(include_url=False)]
    shapes = {
        feature.properties.municipality: feature.geometry.model_dump()
        for feature in collection.features
    }
    problems = list(_twice(collection, path.name))
    if zones is not None:
        problems += _compared(shapes, zones, path.name)
    return shapes, problems


_ADVICE = "write a GeoJSON FeatureCollection, or leave the file out: maps can do without"


def _check_rings(rings: list[list[list[float]]]) -> None:
    for ring in rings:
        if ring[0] != ring[-1]:
            raise ValueError("a ring does not end where it begins")
        for longitude, latitude, *_ in ring:
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise ValueError("a position is not longitude, latitude in degrees (WGS84)")


def _fault(details: Any, source: str) -> Problem:
    steps = ".".join(str(step) for step in details["loc"])
    said = details["msg"].removeprefix("Value error, ")
    return Problem(f"`{steps}`: {said}" if steps else said, source, advice=_ADVICE)


def _twice(collection: _Collection, source: str) -> Iterator[Problem]:
    counted = Counter(feature.properties.municipality for feature in collection.features)
    for name, number in counted.items():
        if number > 1:
            what = f"the municipality {name} is there {number} times"
            yield Problem(what, source, advice="make it one MultiPolygon")


def _compared(
    shapes: Mapping[str, Mapping[str, Any]], zones: pd.DataFrame, source: str
) -> Iterator[Problem]:
    """Yield municipalities that are in one of the two only, and zones that lie far away."""
    named = list(dict.fromkeys(zones["municipality"]))
    for name in sorted(set(named) - set(shapes)):
        what = f"the municipality {name} of zones.csv has no border"
        yield Problem(what, source, advice=did_you_mean(name, shapes) or "add it")
    for name in sorted(set(shapes) - set(named)):
        what = f"no zone in zones.csv is in the municipality {name}"
        yield Problem(what, source, advice=did_you_mean(name, named) or "remove it")
    places = [position for shape in shapes.values() for position in _positions(shape)]
    longitudes, latitudes = ([place[axis] for place in places] for axis in (0, 1))
    near = zones["longitude"].between(min(longitudes) - _MARGIN, max(longitudes) + _MARGIN)
    near &= zones["latitude"].between(min(latitudes) - _MARGIN, max(latitudes) + _MARGIN)
    far = tuple(f"zone {zone}" for zone in zones.loc[~near, "zone"])
    if far:
        advice = "GeoJSON has the longitude first, in degrees (WGS84)"
        yield Problem("zones lie far outside all borders", source, far, advice)


def _positions(shape: Mapping[str, Any]) -> Iterator[list[float]]:
    """Yield every longitude and latitude of a shape."""
    coordinates = shape["coordinates"]
    polygons = [coordinates] if shape["type"] == "Polygon" else coordinates
    for rings in polygons:
        for ring in rings:
            yield from ring
