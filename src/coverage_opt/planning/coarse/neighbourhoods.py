"""Programmes that are best decided together, where a family has too many to decide at once.

Those that share units, or learners who would take either, are near each other: to decide some of
them anew while everything far from them stays as it is (large neighbourhood search: Shaw, 1998)
finds what moving single programmes cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

import networkx as nx
import pandas as pd

from coverage_opt.frames import rows

MOST_USERS = 40
"""A unit that more programmes use makes none of them neighbours: all of a family have it."""

WEIGHT_OF_LEARNERS = 0.3
"""Learners who would take either of two programmes, against a unit that only these two have."""

RESOLUTION = 1.5
"""Above 1, communities are more and smaller."""

SIZES = (20, 28, 40, 56)
"""Programmes that are decided at once: more where fewer bring nothing more."""


def in_order(
    programmes: Iterable[str], units_of: Mapping[str, Iterable[str]], takers: pd.DataFrame
) -> list[str]:
    """Return the programmes of a family so that those near each other stand together.

    Communities by greedy modularity (Clauset, Newman and Moore, 2004), the largest first.

    Args:
        programmes: of the family.
        units_of: programme -> the units it consists of.
        takers: choice, programme: who would take what.
    """
    near: nx.Graph[str] = nx.Graph()
    near.add_nodes_from(sorted(programmes))
    weights: dict[tuple[str, str], float] = defaultdict(float)
    users: dict[str, list[str]] = defaultdict(list)
    for programme in near:
        for unit in units_of.get(programme, ()):
            users[unit].append(programme)
    for sharing in users.values():
        if len(sharing) <= MOST_USERS:
            for pair in combinations(sharing, 2):
                weights[pair] += 1.0 / len(sharing)
    for choice, programme in rows(takers, "choice", "programme"):
        if choice != programme and choice in near and programme in near:
            one, other = sorted((choice, programme))
            weights[one, other] += WEIGHT_OF_LEARNERS
    near.add_weighted_edges_from((*pair, weight) for pair, weight in sorted(weights.items()))
    found = nx.community.greedy_modularity_communities(near, weight="weight", resolution=RESOLUTION)
    return [programme for part in found for programme in sorted(part)]


def windows(order: list[str]) -> Iterator[dict[str, int]]:
    """Yield programme -> number of its neighbourhood, in ever larger ones, each also shifted."""
    for size in SIZES:
        for shift in (0, size // 2):
            yield {name: (place + shift) // size for place, name in enumerate(order)}
