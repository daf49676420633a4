"""Door-to-door travel times over the layered network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from coverage_opt.errors import InputError
from coverage_opt.region.travel.checks import network_problems, place_problems
from coverage_opt.region.travel.legs import Node
from coverage_opt.region.travel.network import build_network
from coverage_opt.region.travel.parameters import TravelParameters

STATION_COLUMNS = ("station", "name", "latitude", "longitude", "landmass")
RAIL_COLUMNS = ("from_station", "to_station", "kilometres")
CROSSING_COLUMNS = (
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
)


@dataclass(frozen=True)
class TravelTimes:
    """Minutes one way, door to door; inf where there is no way.

    Attributes:
        minutes: index zone, columns site.
        site_minutes: index the site one leaves, columns the site one goes to; not symmetric,
            for the bicycle is at the start of a journey only.
    """

    minutes: pd.DataFrame
    site_minutes: pd.DataFrame


def travel_minutes(
    zones: pd.DataFrame,
    sites: pd.DataFrame,
    stations: pd.DataFrame | None,
    rail: pd.DataFrame | None,
    crossings: pd.DataFrame | None,
    parameters: TravelParameters,
) -> TravelTimes:
    """Reckon the shortest journey from every zone, and every site, to every site.

    Shortest paths by Dijkstra's algorithm (Dijkstra 1959) over the network described in
    ``network``, once from each site against the direction of travel: sites are few, zones many.

    Args:
        zones: columns zone, latitude, longitude (degrees), landmass; others are ignored.
        sites: columns site, latitude, longitude (degrees), landmass; others are ignored.
        stations: columns station, latitude, longitude (degrees), landmass; None: no railway.
        rail: columns from_station, to_station, kilometres (tariff km), used both ways, and
            optionally line; without it every train runs through. None: no railway.
        crossings: columns crossing, from_latitude, from_longitude, from_landmass, to_latitude,
            to_longitude, to_landmass, minutes (of the crossing itself), mode (ferry or bus),
            used both ways; None: no crossings.
        parameters: speeds, waits and limits.

    Returns:
        Minutes one way, door to door, in the order of ``zones`` and ``sites``.

    Raises:
        InputError: a place listed twice or without coordinates, rail to an unknown station, an
            unknown crossing mode, or kilometres or minutes that are no number of 0 or more.
    """
    stations = _or_empty(stations, STATION_COLUMNS)
    rail = _or_empty(rail, RAIL_COLUMNS)
    crossings = _or_empty(crossings, CROSSING_COLUMNS)
    _refuse_problems(zones, sites, stations, rail, crossings)
    network = build_network(zones, sites, stations, rail, crossings, parameters)
    zone_nodes: list[Node] = [("zone", zone) for zone in zones["zone"]]
    leaving_nodes: list[Node] = [("leaving", site) for site in sites["site"]]
    minutes = _minutes_to_sites(network, list(sites["site"]), [*zone_nodes, *leaving_nodes])
    site_names = pd.Index(sites["site"], name="site")
    return TravelTimes(
        minutes=pd.DataFrame(
            minutes[: len(zone_nodes)],
            index=pd.Index(zones["zone"], name="zone"),
            columns=site_names,
        ),
        site_minutes=pd.DataFrame(
            minutes[len(zone_nodes) :], index=site_names.rename("from_site"), columns=site_names
        ),
    )


def _or_empty(table: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=pd.Index(columns)) if table is None else table


def _refuse_problems(
    zones: pd.DataFrame,
    sites: pd.DataFrame,
    stations: pd.DataFrame,
    rail: pd.DataFrame,
    crossings: pd.DataFrame,
) -> None:
    problems = (
        *place_problems(zones, "zone", "zones.csv"),
        *place_problems(sites, "site", "sites.csv"),
        *network_problems(stations, rail, crossings),
    )
    if problems:
        raise InputError(problems)


def _minutes_to_sites(
    network: nx.DiGraph[Node], sites: Sequence[str], origins: Sequence[Node]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Minutes (origins x sites)."""
    against_travel = network.reverse(copy=False)
    row_of = {origin: row for row, origin in enumerate(origins)}
    minutes = np.full((len(origins), len(sites)), np.inf)
    for column, site in enumerate(sites):
        reached = nx.single_source_dijkstra_path_length(
            against_travel, ("site", site), weight="minutes"
        )
        # in a large region most origins are out of reach of a site
        within = [row_of[node] for node in reached if node in row_of]
        minutes[within, column] = [reached[origins[row]] for row in within]
    return minutes
