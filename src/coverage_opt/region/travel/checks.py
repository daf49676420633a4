"""What must hold for a travel network before times can be reckoned over it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coverage_opt.errors import Problem

FERRY = "ferry"
BUS = "bus"
CROSSING_MODES = (FERRY, BUS)
"""``ferry`` carries bicycles; ``bus`` does not, and is joined to the buses at both ends."""


def network_problems(
    stations: pd.DataFrame, rail: pd.DataFrame, crossings: pd.DataFrame
) -> tuple[Problem, ...]:
    """Check how stations, rail and crossings hang together.

    Args:
        stations: columns station, latitude, longitude, landmass.
        rail: columns from_station, to_station, kilometres, and optionally line.
        crossings: columns crossing, both ends, minutes, mode.

    Returns:
        Every problem found, in the order of the tables; empty when all is well.
    """
    return (
        *_repeated(stations, "station", "stations.csv"),
        *_unknown_stations(stations, rail),
        *_not_a_length(rail, "kilometres", "rail.csv"),
        *_repeated(crossings, "crossing", "crossings.csv"),
        *_unknown_modes(crossings),
        *_not_a_length(crossings, "minutes", "crossings.csv"),
    )


def place_problems(places: pd.DataFrame, key: str, table: str) -> tuple[Problem, ...]:
    """Check that every place has one row and coordinates.

    Args:
        places: columns ``key``, latitude, longitude.
        key: the column that names a place.
        table: the file named in a problem.

    Returns:
        Every problem found; empty when all is well.
    """
    located = np.isfinite(places[["latitude", "longitude"]].to_numpy(dtype=float)).all(axis=1)
    missing = places.loc[~located, key]
    lost = Problem(
        "a place has no coordinates",
        table,
        tuple(map(str, missing)),
        "give latitude and longitude in decimal degrees",
    )
    return (*_repeated(places, key, table), *([lost] if len(missing) else []))


def _repeated(table: pd.DataFrame, key: str, where: str) -> Iterator[Problem]:
    repeated = table.loc[table[key].duplicated(), key]
    if len(repeated):
        rows = tuple(map(str, repeated))
        yield Problem(f"a {key} is listed more than once", where, rows, "keep one row of each")


def _unknown_stations(stations: pd.DataFrame, rail: pd.DataFrame) -> Iterator[Problem]:
    known = rail[["from_station", "to_station"]].isin(set(stations["station"])).all(axis=1)
    strangers = rail.loc[~known]
    if len(strangers):
        rows = tuple(
            f"{start} - {end}"
            for start, end in zip(strangers["from_station"], strangers["to_station"], strict=True)
        )
        yield Problem(
            "a rail connection names a station that stations.csv does not list",
            "rail.csv",
            rows,
            "add the station or drop the connection",
        )


def _unknown_modes(crossings: pd.DataFrame) -> Iterator[Problem]:
    strange = crossings.loc[~crossings["mode"].isin(CROSSING_MODES)]
    if len(strange):
        rows = tuple(
            f"{crossing}: {mode}"
            for crossing, mode in zip(strange["crossing"], strange["mode"], strict=True)
        )
        yield Problem(
            "a crossing has an unknown mode",
            "crossings.csv",
            rows,
            f"use one of {', '.join(CROSSING_MODES)}",
        )


def _not_a_length(table: pd.DataFrame, column: str, where: str) -> Iterator[Problem]:
    lengths = table[column].to_numpy(dtype=float)
    wrong = table.loc[~(np.isfinite(lengths) & (lengths >= 0)), column]
    if len(wrong):
        yield Problem(
            f"{column} is not a number of 0 or more",
            where,
            tuple(map(str, wrong)),
            "give a finite number of 0 or more",
        )
