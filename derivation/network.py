"""Stations, rail and crossings near a region."""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from derivation.assumptions import Parameters, RegionAssumptions
from derivation.facts import Facts
from derivation.zones import MAIN

SLACK_KILOMETRES = 1.0
"""Tariff kilometres are whole numbers: a way round so little longer is the same line."""
CROSSING_COLUMNS = [
    "crossing",
    "name",
    "from_latitude",
    "from_longitude",
    "from_landmass",
    "to_latitude",
    "to_longitude",
    "to_landmass",
    "minutes",
    "mode",
]
ON_REQUEST = "facultatiefstation"
KILOMETRES_A_DEGREE = 111.2


def derive_stations(
    facts: Facts, zones: pd.DataFrame, region: RegionAssumptions, parameters: Parameters
) -> pd.DataFrame:
    """Build stations.csv: stations near any zone of the region, and those named for it."""
    known = served(facts)
    places = known.rename(columns={"geo_lat": "latitude", "geo_lng": "longitude"})
    distance = kilometres_to_nearest(places, zones)
    near = (distance <= parameters.border_kilometres) | known["code"].isin(region.stations)
    return as_stations(known[near])


def served(facts: Facts) -> pd.DataFrame:
    """Return the stations with trains every day, of which distances are known.

    Heritage and event stops are in the list too, without trains that learners could take.
    """
    regular = facts.stations["type"] != ON_REQUEST
    return facts.stations[regular & facts.stations["code"].isin(facts.kilometres.index)]


def as_stations(known: pd.DataFrame) -> pd.DataFrame:
    """Return stations in the columns of stations.csv, by code."""
    ordered = known.sort_values("code")
    return pd.DataFrame(
        {
            "station": ordered["code"],
            "name": ordered["naam"],
            "latitude": ordered["geo_lat"].round(5),
            "longitude": ordered["geo_lng"].round(5),
            "landmass": MAIN,
        }
    ).reset_index(drop=True)


def derive_rail(facts: Facts, stations: pd.DataFrame) -> pd.DataFrame:
    """Build rail.csv: neighbouring stations only, from the matrix of tariff kilometres.

    Pairs are taken from near to far; a pair becomes a line of its own only when the lines so far
    do not join it within a kilometre of its distance (a greedy spanner, Althofer et al. 1993).
    """
    codes = list(stations["station"])
    kilometres = facts.kilometres.loc[codes, codes].to_numpy(dtype=float)
    # The matrix is filled in one way only for some pairs.
    both = np.fmin(kilometres, kilometres.T)
    start, end = np.triu_indices(len(codes), k=1)
    order = np.argsort(both[start, end], kind="stable")
    lines: nx.Graph[int] = nx.Graph()
    lines.add_nodes_from(range(len(codes)))
    for one, other in zip(start[order].tolist(), end[order].tolist(), strict=True):
        length = float(both[one, other])
        if np.isfinite(length) and not _joined(lines, one, other, length + SLACK_KILOMETRES):
            lines.add_edge(one, other, kilometres=length)
    rows = [
        (codes[one], codes[other], lines.edges[one, other]["kilometres"])
        for one, other in sorted(lines.edges)
    ]
    return pd.DataFrame(rows, columns=["from_station", "to_station", "kilometres"])


def derive_crossings(name: str, parameters: Parameters) -> pd.DataFrame:
    """Build crossings.csv; the header alone where there is no water to cross."""
    rows = [
        (own.crossing, own.name, *own.start, *own.end, own.minutes, own.mode)
        for own in parameters.crossings.get(name, [])
    ]
    return pd.DataFrame(rows, columns=CROSSING_COLUMNS)


def _joined(lines: nx.Graph[int], one: int, other: int, within: float) -> bool:
    reached = nx.single_source_dijkstra_path_length(lines, one, cutoff=within, weight="kilometres")
    return other in reached


def kilometres_to_nearest(places: pd.DataFrame, targets: pd.DataFrame) -> pd.Series:
    """Return straight-line kilometres to the nearest target, on a plane (good to a per cent).

    Args:
        places: columns latitude, longitude (degrees).
        targets: columns latitude, longitude (degrees).
    """
    return pd.Series(kilometres_between(places, targets).min(axis=1), index=places.index)


def kilometres_between(places: pd.DataFrame, targets: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return straight-line kilometres from every place (rows) to every target (columns)."""
    target_latitude = targets["latitude"].to_numpy(dtype=float)[None, :]
    north = places["latitude"].to_numpy(dtype=float)[:, None] - target_latitude
    target_longitude = targets["longitude"].to_numpy(dtype=float)[None, :]
    east = places["longitude"].to_numpy(dtype=float)[:, None] - target_longitude
    apart = np.hypot(north, east * np.cos(np.radians(target_latitude)))
    kilometres: npt.NDArray[np.float64] = apart * KILOMETRES_A_DEGREE
    return kilometres
