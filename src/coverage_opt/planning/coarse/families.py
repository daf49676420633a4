"""Families of programmes: learners of one never take what belongs to another."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import pandas as pd

from coverage_opt.frames import rows
from coverage_opt.region.region import Region


@dataclass(frozen=True)
class Family:
    """Programmes, and all choices and shortage occupations that have to do with any of them.

    Attributes:
        programmes: sorted.
        choices: whatever their learners ask for, sorted.
        occupations: shortage occupations that a programme of the family leads to, sorted.
    """

    programmes: tuple[str, ...]
    choices: tuple[str, ...]
    occupations: tuple[str, ...]


def families_of(region: Region, takers: pd.DataFrame) -> tuple[Family, ...]:
    """Return the families, the one with the most choices first.

    Two programmes are of one family where somebody would take either, or where both lead to the
    same shortage occupation. Units do not join families: a class that two of them share is as
    large as its parts together.

    Args:
        region: the region.
        takers: choice, programme: who would take what.
    """
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    graph.add_nodes_from(("programme", name) for name in takers["programme"])
    for choice, programme in rows(takers, "choice", "programme"):
        graph.add_edge(("choice", choice), ("programme", programme))
    short = region.occupations.loc[region.occupations["weight"] > 0, "occupation"]
    known = region.leads_to[region.leads_to["programme"].isin(takers["programme"])]
    for programme, occupation in rows(
        known[known["occupation"].isin(short)], "programme", "occupation"
    ):
        graph.add_edge(("programme", programme), ("occupation", occupation))
    found = [
        Family(*(_names(part, kind) for kind in ("programme", "choice", "occupation")))
        for part in nx.connected_components(graph)
    ]
    return tuple(sorted(found, key=lambda family: (-len(family.choices), family.choices)))


def _names(part: set[tuple[str, str]], kind: str) -> tuple[str, ...]:
    return tuple(sorted(name for of_kind, name in part if of_kind == kind))
