"""Units that programmes could share: orientation years and modules, from what they have alike.

Programmes and units form a bipartite graph, each edge as heavy as the hours of the unit. From it
come two kinds of candidate, each a set of parts that could be taught as one:

* **bicliques**: maximal sets of programmes that have the same units, so that the parts in which
  they still differ are all that keeps them apart;
* **communities** of parts (Louvain), by the hours that their programmes share, the learners who
  would take one for the other, and the occupations they lead to alike.

Only parts of the same year, hours and delivery are put together, so that no programme gets more
or fewer hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import networkx as nx
import numpy as np

from coverage_opt.analysis.pooling import COMMON, ORIENTATION, Part, Pool, Pooling, parts_of
from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import mapping, rows
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region

COMMUNITIES, BICLIQUE = "community", "biclique"
RESOLUTIONS = (1.0, 3.0, 9.0)
"""Of the communities: the higher, the smaller they are."""
MOST_PARTS = 8
"""Parts that are put together at the most: what is wider has little in common."""
LEAST_ALIKE = 0.15
"""Parts that are less alike than this, 0-1, are not put together."""
LEAST_LEARNERS = 0.5
"""Learners a year for whom it is worth telling."""


@dataclass(frozen=True)
class Proposal:
    """One unit to be shared.

    Attributes:
        unit: identifier for it.
        name: name for it.
        parts: what it would stand for.
        found_as: ``community`` or ``biclique``.
        shared_hours: contact hours that all these programmes have in common, it included.
        alike: how much their programmes are alike, 0-1, the mean over pairs of parts.
        pool: what it pools.
        sites: the sites at which it would be large enough and not every part would, with the
            learners of all parts together and of the largest part alone.
    """

    unit: str
    name: str
    parts: tuple[Part, ...]
    found_as: str
    shared_hours: float
    alike: float
    pool: Pool
    sites: Mapping[str, tuple[float, float]]

    @property
    def kind(self) -> str:
        """``orientation`` or ``common``."""
        return self.parts[0].kind

    @property
    def programmes(self) -> tuple[str, ...]:
        """All programmes that would share it."""
        return tuple(sorted({each for part in self.parts for each in part.programmes}))


def propose(region: Region, policy: Policy, *, seed: int = 1) -> list[Proposal]:
    """Return units that are worth sharing, those first that bring most learners a group.

    Of candidates that overlap the best is kept, so that all of them could be taken.

    Args:
        region: the region.
        policy: its class sizes, travel limit and shared kinds of unit.
        seed: of the communities.

    Raises:
        InputError: the policy shares neither orientation years nor common parts.
    """
    kinds = [kind for kind in (ORIENTATION, COMMON) if kind in policy.sharing]
    if not kinds:
        what = f"policy {policy.name} shares neither orientation years nor common parts"
        advice = "give one that does, such as modular, or set sharing=[orientation, common]"
        raise InputError([Problem(what, "sharing", advice=advice)])
    graph, found = programme_graph(region), list[Proposal]()
    for kind in kinds:
        parts = parts_of(region, kind)
        pooling, likeness = Pooling(region, policy, parts), Likeness(region, graph)
        for chosen, found_as in _candidates(graph, parts, likeness, seed):
            proposal = _proposal(region, graph, likeness, pooling, chosen, found_as)
            if proposal.alike >= LEAST_ALIKE and _brings(proposal.pool):
                found.append(proposal)
    found.sort(key=_best_first)
    return list(_without_overlap(found))


def programme_graph(region: Region) -> nx.Graph[str]:
    """Return the bipartite graph of programmes (``bipartite`` 0) and units, ``hours`` on edges."""
    graph: nx.Graph[str] = nx.Graph()
    hours = mapping(region.units, "unit", "hours")
    for programme, unit in rows(region.curriculum, "programme", "unit"):
        graph.add_node(programme, bipartite=0)
        graph.add_node(unit, bipartite=1)
        graph.add_edge(programme, unit, hours=hours[unit])
    return graph


def bicliques(graph: nx.Graph[str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield every maximal biclique of two programmes or more: the programmes, and their units.

    They are the intersections of the programmes' sets of units: each programme in turn is cut
    with all found so far (Ganter and Wille, *Formal Concept Analysis*, 1999).
    """
    programmes = [node for node, data in graph.nodes(data=True) if data["bipartite"] == 0]
    found: set[frozenset[str]] = set()
    for units in sorted({frozenset(graph[programme]) for programme in programmes}, key=sorted):
        found |= {units & other for other in found} | {units}
    for units in sorted((each for each in found if each), key=sorted):
        sharing = frozenset.intersection(*(frozenset(graph[unit]) for unit in units))
        if len(sharing) > 1:
            yield sharing, units


class Likeness:
    """How much parts are alike: the hours, learners and occupations they have in common."""

    def __init__(self, region: Region, graph: nx.Graph[str]) -> None:
        """Look up who would take what, and where programmes lead."""
        self._graph = graph
        self._hours = dict(graph.degree(weight="hours"))
        self._accept = mapping(region.accept, ["choice", "programme"], "share")
        self._leads = defaultdict[str, dict[str, float]](dict)
        for programme, occupation, share in rows(
            region.leads_to, "programme", "occupation", "share"
        ):
            self._leads[programme][occupation] = share

    def of_parts(self, one: Part, other: Part) -> float:
        """Return how much two parts are alike, 0-1: the best match of each programme, meaned."""
        pairs = np.array(
            [[self.of(p, q) for q in other.programmes] for p in one.programmes], dtype=np.float64
        )
        return float((pairs.max(axis=0).mean() + pairs.max(axis=1).mean()) / 2)

    def of(self, one: str, other: str) -> float:
        """Return how much two programmes are alike, 0-1: the mean of three shares."""
        common = set(self._graph[one]) & set(self._graph[other])
        shared = sum(self._graph[one][unit]["hours"] for unit in common)
        hours = shared / min(self._hours[one], self._hours[other])
        taken = max(self._accept.get((one, other), 0.0), self._accept.get((other, one), 0.0))
        leads = self._leads[one].keys() & self._leads[other].keys()
        work = sum(min(self._leads[one][each], self._leads[other][each]) for each in leads)
        return float(hours + taken + work) / 3


def _candidates(
    graph: nx.Graph[str], parts: Sequence[Part], likeness: Likeness, seed: int
) -> Iterator[tuple[tuple[Part, ...], str]]:
    """Yield each set of parts that might be taught as one, once, and how it was found."""
    by_form = defaultdict[tuple[object, ...], list[Part]](list)
    for part in parts:
        by_form[part.form].append(part)
    seen: set[frozenset[Part]] = set()
    for alike in by_form.values():
        for chosen, found_as in (
            *((each, BICLIQUE) for each in _of_bicliques(graph, alike)),
            *((each, COMMUNITIES) for each in _of_communities(alike, likeness, seed)),
        ):
            if 1 < len(chosen) <= MOST_PARTS and chosen not in seen:
                seen.add(chosen)
                yield tuple(part for part in alike if part in chosen), found_as


def _of_bicliques(graph: nx.Graph[str], parts: Sequence[Part]) -> Iterator[frozenset[Part]]:
    """Yield the parts of which all programmes are in one biclique."""
    for programmes, _ in bicliques(graph):
        yield frozenset(part for part in parts if programmes.issuperset(part.programmes))


def _of_communities(
    parts: Sequence[Part], likeness: Likeness, seed: int
) -> Iterator[frozenset[Part]]:
    """Yield communities of parts that are alike, from wide ones to narrow ones."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(parts)))
    for one, other in combinations(range(len(parts)), 2):
        alike = likeness.of_parts(parts[one], parts[other])
        if alike >= LEAST_ALIKE:
            graph.add_edge(one, other, weight=alike)
    for resolution in RESOLUTIONS:
        for found in nx.community.louvain_communities(graph, resolution=resolution, seed=seed):
            yield frozenset(parts[place] for place in found)


def _proposal(
    region: Region,
    graph: nx.Graph[str],
    likeness: Likeness,
    pooling: Pooling,
    parts: tuple[Part, ...],
    found_as: str,
) -> Proposal:
    programmes = [programme for part in parts for programme in part.programmes]
    shared = set.intersection(*(set(graph[programme]) for programme in programmes))
    hours = mapping(region.units, "unit", "hours")
    pairs = [likeness.of_parts(one, other) for one, other in combinations(parts, 2)]
    pool = pooling.pool(parts)
    sites = {
        site: (float(pool.together[place]), float(pool.alone[:, place].max()))
        for place, site in enumerate(pooling.sites)
        if pool.together[place] >= pool.minimum > pool.alone[:, place].min()
    }
    return Proposal(
        unit=_identifier(region, parts),
        name=_name(region, parts),
        parts=parts,
        found_as=found_as,
        shared_hours=parts[0].hours + sum(hours[unit] for unit in shared),
        alike=sum(pairs) / len(pairs),
        pool=pool,
        sites=dict(sorted(sites.items(), key=lambda item: (-item[1][0], item[0]))),
    )


def _identifier(region: Region, parts: Sequence[Part]) -> str:
    """Return an identifier that no unit or programme has yet."""
    taken = {*region.units["unit"], *region.programmes["programme"]}
    stem = f"shared-{'-'.join(sorted(part.name for part in parts)[:2])}"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _name(region: Region, parts: Sequence[Part]) -> str:
    names = [region.unit_name(part.name) for part in parts]
    return f"{'; '.join(names[:2])}" + (f" (+ {len(names) - 2})" if len(names) > 2 else "")


def _brings(pool: Pool) -> bool:
    return pool.gained > LEAST_LEARNERS or pool.nearer > LEAST_LEARNERS


def _best_first(proposal: Proposal) -> tuple[float, float, float, str]:
    pool = proposal.pool
    return -round(pool.gained, 3), -round(pool.minutes_saved, 3), -proposal.alike, proposal.unit


def _without_overlap(found: Sequence[Proposal]) -> Iterator[Proposal]:
    """Yield the proposals of which no part is in one that came before."""
    taken: set[str] = set()
    for proposal in found:
        parts = {part.name for part in proposal.parts}
        if not parts & taken:
            taken |= parts
            yield proposal
