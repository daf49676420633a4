"""Random maximal covering problems of any size, by coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks.classics.convert import PERIOD, PROGRAMME, catalogue
from benchmarks.classics.problem import Floats, LocationProblem
from benchmarks.generators.writing import SYNTHETIC, write_region
from benchmarks.question import Question
from coverage_opt.region.travel.legs import Places, kilometres_between

SOUTH, WEST = 51.8, 4.6
NORTH, EAST = 52.4, 5.6
"""Corners of the square, about 67 by 67 km, in which everything lies, degrees."""
MOST_RESIDENTS = 100


@dataclass(frozen=True)
class Covering:
    """Size of a problem.

    Attributes:
        clients: number of them, each with 1 to 100 residents.
        sites: number of them.
        opened: sites that may be opened.
        radius: kilometres within which a site covers a client.
    """

    clients: int
    sites: int
    opened: int
    radius: float


def write_covering(size: Covering, seed: int, folder: Path) -> Question:
    """Write a random problem as a region and a policy.

    Clients and sites lie evenly in a square; a client whom no site could cover is drawn again.
    Travel times follow from the coordinates, as a table of all pairs would be out of proportion.

    Args:
        size: of the problem.
        seed: the same seed, the same files.
        folder: where both are written.
    """
    random = np.random.default_rng(seed)
    sites = _drawn(random, size.sites)
    clients = _covered(random, size, sites)
    demand = random.integers(1, MOST_RESIDENTS + 1, size.clients).astype(np.float64)
    name = f"covering-{size.clients}x{size.sites}"
    write_region(folder, _settings(name, size, seed), _tables(clients, sites, demand), _sources())
    policy = folder / "policy.yaml"
    policy.write_text(yaml.safe_dump(_policy(size), sort_keys=False), encoding="utf-8")
    distance = _kilometres(clients, sites)
    problem = LocationProblem("maximal_covering", demand, distance, size.radius, size.opened)
    return Question(str(folder), str(policy), scale=float(demand.sum()), problem=problem)


def _drawn(random: np.random.Generator, count: int) -> Floats:
    """Draw latitude and longitude, degrees, to about a metre."""
    places = random.uniform((SOUTH, WEST), (NORTH, EAST), (count, 2))
    rounded: Floats = np.round(places, 5)
    return rounded


def _covered(random: np.random.Generator, size: Covering, sites: Floats) -> Floats:
    """Draw clients until each can be covered by some site."""
    clients = _drawn(random, size.clients)
    while True:
        lost = _kilometres(clients, sites).min(axis=1) > size.radius
        if not lost.any():
            return clients
        clients[lost] = _drawn(random, int(lost.sum()))


def _kilometres(places: Floats, others: Floats) -> Floats:
    return kilometres_between(_places(places), _places(others))


def _places(places: Floats) -> Places:
    landmass = np.full(len(places), "main", dtype=object)
    return Places((), places[:, 0], places[:, 1], landmass)


def _settings(name: str, size: Covering, seed: int) -> dict[str, object]:
    return {
        "name": name,
        "title": f"{SYNTHETIC} covering problem, seed {seed}",
        "periods": [PERIOD],
        "retention": {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0},
        "travel": {
            "cycling_kmh": 60.0,
            "cycling_detour_factor": 1.0,
            # nobody goes further, so that only the pairs that count are worked out
            "cycling_maximum_km": float(size.radius),
            "egress_maximum_km": 0.0,
            "bus_maximum_km": 0.0,
        },
    }


def _tables(clients: Floats, sites: Floats, demand: Floats) -> dict[str, pd.DataFrame]:
    zones = [f"z{number:05d}" for number in range(len(clients))]
    names = [f"s{number:04d}" for number in range(len(sites))]
    empty = {
        "stations": ["station", "name", "latitude", "longitude", "landmass"],
        "rail": ["from_station", "to_station", "kilometres"],
        "crossings": [
            *("crossing", "name", "from_latitude", "from_longitude", "from_landmass"),
            *("to_latitude", "to_longitude", "to_landmass", "minutes", "mode"),
        ],
        "accept": ["choice", "programme", "share"],
    }
    return {
        "zones": _located("zone", zones, clients).assign(municipality="Here"),
        "institutions": pd.DataFrame({"institution": ["owner"], "name": ["Owner"]}),
        "sites": _located("site", names, sites).assign(institution="owner", town="Town"),
        "site_domains": pd.DataFrame({"site": names, "domain": PROGRAMME}),
        "demand": pd.DataFrame(
            {"zone": zones, "choice": PROGRAMME, "period": PERIOD, "learners": demand}
        ),
        **{name: pd.DataFrame(columns=columns) for name, columns in empty.items()},
        **catalogue([PROGRAMME], [PROGRAMME], np.ones(1)),
    }


def _located(key: str, names: list[str], places: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            key: names,
            "name": names,
            "latitude": places[:, 0],
            "longitude": places[:, 1],
            "landmass": "main",
        }
    )


def _policy(size: Covering) -> dict[str, object]:
    return {
        "name": "maximal-covering",
        "title": "Maximal covering",
        "view": "A classical location problem.",
        "sharing": [],
        "rules": {
            "travel_limit": {"minutes": float(size.radius)},
            "max_sites": {"sites_at_most": size.opened},
        },
        "objective": [{"maximise": {"coverage": 1}}],
    }


def _sources() -> str:
    return (
        f"# {SYNTHETIC}\n\nEverything here is drawn at random by `python -m benchmarks generate "
        "covering`; no figure is of a real place.\n"
    )
