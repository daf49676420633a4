"""The layered network: a learner's state is a node, a leg of the journey a directed edge.

::

    zone, leaving ──cycle, bus──► site
    zone, leaving ──cycle, bus──► street ──board──► train
    train ──ride──► halt ──dwell──► train               (on with the same train)
                    halt ──transfer──► train            (of another line)
                    halt ──alight──► arrived ──egress, bus──► site
    zone, leaving ──cycle, bus──► aboard ──cross──► ashore ──► site, street, another aboard
    arrived ──egress, bus──► aboard

* A learner leaves home (``zone``) or a site (``leaving``) on an own bicycle, or by bus.
* The bicycle is parked at a station and never taken into a bus or a train: from ``arrived`` on,
  only a bus or the slow egress (walking, hired bicycle) is left.
* A ferry carries bicycles: those who cycled aboard cycle ashore. Those who came on foot do not.
* A bus over a crossing (``mode`` bus) runs on at both ends: who comes by bus pays the bus's waiting
  once for the whole ride; who cycles or walks to it waits for it as for a ferry.
* ``arrived`` leads nowhere back to a ``street`` except over a crossing, so changing trains always
  costs the transfer, never the boarding.

Cycle and bus legs stay on one landmass; rail and crossings do as their tables say, both ways.
Legs are great-circle distances times a detour factor and do not see water inside a landmass: a
peninsula behind an inlet needs a landmass of its own, with its bridge as a crossing of mode bus.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from coverage_opt.region.travel.checks import BUS, FERRY
from coverage_opt.region.travel.legs import (
    Matrix,
    Node,
    Places,
    bus_minutes,
    cycling_minutes,
    egress_minutes,
    kilometres_between,
)
from coverage_opt.region.travel.parameters import TravelParameters

WITH_BICYCLE = "bicycle"
ON_FOOT = "foot"
ENDS = ("from", "to")


@dataclass(frozen=True)
class Mover:
    """Learners about to set out over the street from some places."""

    places: Places
    has_bicycle: bool
    bus_waiting_minutes: float


@dataclass(frozen=True)
class Goal:
    """Places to reach over the street, and what arriving costs by each way of coming.

    ``bus_minutes`` of inf means that the goal cannot be reached by bus.
    """

    places: Places
    own_way_minutes: float = 0.0
    bus_minutes: float = 0.0
    needs_bicycle: bool = False


def build_network(
    zones: pd.DataFrame,
    sites: pd.DataFrame,
    stations: pd.DataFrame,
    rail: pd.DataFrame,
    crossings: pd.DataFrame,
    parameters: TravelParameters,
) -> nx.DiGraph[Node]:
    """Build the layered network; every edge carries ``minutes``.

    Args:
        zones: columns zone, latitude, longitude, landmass.
        sites: columns site, latitude, longitude, landmass.
        stations: columns station, latitude, longitude, landmass.
        rail: columns from_station, to_station, kilometres, and optionally line.
        crossings: columns crossing, both ends, minutes, mode.
        parameters: speeds, waits and limits.

    Returns:
        A graph with nodes ("zone", zone), ("leaving", site) to start from and ("site", site) to
        arrive at, however disconnected.
    """
    waiting = parameters.bus_waiting_minutes
    homes = Mover(Places.of(zones, "zone", lambda zone: ("zone", zone)), True, waiting)
    leavers = Mover(Places.of(sites, "site", lambda site: ("leaving", site)), True, waiting)
    arrivals = Mover(
        Places.of(stations, "station", lambda station: ("arrived", station)), False, waiting
    )
    landings = [*_landings(crossings, parameters)]
    to_sites = Goal(Places.of(sites, "site", lambda site: ("site", site)))
    to_streets = Goal(Places.of(stations, "station", lambda station: ("street", station)))
    to_crossings = [*_boardings(crossings, parameters)]

    network: nx.DiGraph[Node] = nx.DiGraph()
    for mover in (homes, leavers, arrivals, *landings):
        network.add_nodes_from(mover.places.nodes)
        takes_train = [] if mover is arrivals else [to_streets]
        for goal in (to_sites, *takes_train, *to_crossings):
            network.add_nodes_from(goal.places.nodes)
            _join(network, mover, goal, parameters)
    _shorten(network, _rail_edges(rail, parameters))
    _shorten(network, _crossing_edges(crossings))
    return network


def _landings(crossings: pd.DataFrame, parameters: TravelParameters) -> Iterator[Mover]:
    waiting = parameters.bus_waiting_minutes
    ferries, buses = (crossings[crossings["mode"] == mode] for mode in (FERRY, BUS))
    for end in ENDS:
        yield Mover(_ends(ferries, end, "ashore", WITH_BICYCLE), True, waiting)
        yield Mover(_ends(ferries, end, "ashore", ON_FOOT), False, waiting)
        # Still seated in the bus: riding on costs no second wait.
        yield Mover(_ends(buses, end, "ashore", ON_FOOT), False, 0.0)


def _boardings(crossings: pd.DataFrame, parameters: TravelParameters) -> Iterator[Goal]:
    waiting = parameters.crossing_waiting_minutes
    ferries, buses = (crossings[crossings["mode"] == mode] for mode in (FERRY, BUS))
    for end in ENDS:
        bicycles = _ends(ferries, end, "aboard", WITH_BICYCLE)
        yield Goal(bicycles, waiting, np.inf, needs_bicycle=True)
        yield Goal(_ends(ferries, end, "aboard", ON_FOOT), waiting, waiting)
        yield Goal(_ends(buses, end, "aboard", ON_FOOT), waiting, 0.0)


def _ends(crossings: pd.DataFrame, end: str, layer: str, means: str) -> Places:
    columns = {f"{end}_{name}": name for name in ("latitude", "longitude", "landmass")}
    one_end = crossings[["crossing", *columns]].rename(columns=columns)
    return Places.of(one_end, "crossing", lambda crossing: (layer, crossing, end, means))


def _join(
    network: nx.DiGraph[Node], mover: Mover, goal: Goal, parameters: TravelParameters
) -> None:
    if goal.needs_bicycle and not mover.has_bicycle:
        return
    minutes = _street_minutes(mover, goal, parameters)
    origin, target = np.nonzero(np.isfinite(minutes))
    network.add_edges_from(
        (mover.places.nodes[start], goal.places.nodes[end], {"minutes": length})
        for start, end, length in zip(
            origin.tolist(), target.tolist(), minutes[origin, target].tolist(), strict=True
        )
    )


def _street_minutes(mover: Mover, goal: Goal, parameters: TravelParameters) -> Matrix:
    kilometres = kilometres_between(mover.places, goal.places)
    own_way = cycling_minutes if mover.has_bicycle else egress_minutes
    by_own_way = own_way(kilometres, parameters) + goal.own_way_minutes
    by_bus = mover.bus_waiting_minutes + bus_minutes(kilometres, parameters) + goal.bus_minutes
    return np.minimum(by_own_way, by_bus)


def _rail_edges(
    rail: pd.DataFrame, parameters: TravelParameters
) -> Iterator[tuple[Node, Node, float]]:
    lines = rail["line"].fillna("") if "line" in rail else pd.Series("", index=rail.index)
    dwell, transfer = parameters.rail_dwell_minutes, parameters.rail_transfer_minutes
    calling: dict[str, set[str]] = {}
    for start, end, kilometres, line in zip(
        rail["from_station"], rail["to_station"], rail["kilometres"], lines, strict=True
    ):
        minutes = float(kilometres) / parameters.rail_kmh * 60.0
        for one, other in ((start, end), (end, start)):
            calling.setdefault(one, set()).add(line)
            yield ("train", one, line), ("halt", other, line), minutes
    for station, lines_here in calling.items():
        for line in sorted(lines_here):
            yield ("street", station), ("train", station, line), parameters.rail_boarding_minutes
            yield ("halt", station, line), ("arrived", station), 0.0
            for onward in sorted(lines_here):
                wait = dwell if onward == line else transfer
                yield ("halt", station, line), ("train", station, onward), wait


def _crossing_edges(crossings: pd.DataFrame) -> Iterator[tuple[Node, Node, float]]:
    for crossing, mode, minutes in zip(
        crossings["crossing"], crossings["mode"], crossings["minutes"], strict=True
    ):
        for means in (WITH_BICYCLE, ON_FOOT) if mode == FERRY else (ON_FOOT,):
            for start, end in (ENDS, ENDS[::-1]):
                aboard: Node = ("aboard", crossing, start, means)
                ashore: Node = ("ashore", crossing, end, means)
                yield aboard, ashore, float(minutes)


def _shorten(network: nx.DiGraph[Node], edges: Iterable[tuple[Node, Node, float]]) -> None:
    """Add edges; where one is there already (both directions listed), the shorter stays."""
    for start, end, minutes in edges:
        known = network.get_edge_data(start, end, default={"minutes": np.inf})
        network.add_edge(start, end, minutes=min(minutes, known["minutes"]))
