"""Coarse maps: zones, and for a bound sites as well, that are planned as if they were one.

A coarse map says how long it takes from a group of zones to a group of sites. Two kinds are exact
in one direction each, whatever the groups:

* a **cautious** map takes the longest way from any zone of the group: what is within reach of the
  group is within reach of each of its zones, so what is planned on it can be done. Sites stay as
  they are; some may be left out;
* a **hopeful** map takes the shortest way between any two members: whatever is within reach in
  the region is so on the map, so nothing that could be done is ruled out.

Groups are of zones with much the same sites in reach, so that the two do not differ by much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from coverage_opt.planning.coarse.demand import Codes, Floats

Flags = NDArray[np.bool_]

HALVED = 0.5
"""What it is worth to reach one site more, of what it was worth to reach the one before."""

LEAST = 1e-9
"""Weight of a zone where nobody lives."""


@dataclass(frozen=True)
class Map:
    """How long it takes from groups of zones to sites, or groups of them.

    Attributes:
        zones: the zones of the region.
        group_of: (zones,) group of each zone.
        site_of: (sites of the region,) group of each site; -1 where it is left out.
        minutes: index a zone for each group, columns a site for each group; one way.
    """

    zones: pd.Index
    group_of: Codes
    site_of: Codes
    minutes: pd.DataFrame


def cautious(
    minutes: pd.DataFrame, limits: list[float], learners: Floats, sites: Codes, most_zones: int
) -> Map:
    """Return a map on which whatever can be done can be done in the region.

    Args:
        minutes: index zone, columns site.
        limits: the travel limits in use, minutes.
        learners: (zones,) learners a year, who count when it is decided which zones are alike.
        sites: places of the sites that are kept.
        most_zones: groups of zones, at the most.
    """
    times = minutes.to_numpy()[:, sites]
    group_of = _grouped(_within(times, limits), learners, most_zones, hopeful=False)
    longest = _extreme(times, group_of, np.maximum)
    site_of = np.full(minutes.shape[1], -1, dtype=np.int64)
    site_of[sites] = np.arange(len(sites))
    named = _named(longest, minutes, group_of, site_of)
    return Map(minutes.index, group_of, site_of, named)


def hopeful(
    minutes: pd.DataFrame,
    limits: list[float],
    learners: Floats,
    sites: Codes,
    most_zones: int,
    most_sites: int,
) -> Map:
    """Return a map on which whatever can be done in the region can be done.

    Args:
        minutes: index zone, columns site.
        limits: the travel limits in use, minutes.
        learners: (zones,) learners a year, who count when it is decided which zones are alike.
        sites: places of the sites where anything of what is asked may be taught.
        most_zones: groups of zones, at the most.
        most_sites: groups of sites, at the most.
    """
    times = minutes.to_numpy()[:, sites]
    pooled = _pooled(_within(times.T, limits), np.tile(learners, len(limits)), most_sites)
    times = _extreme(times.T, pooled, np.minimum).T
    group_of = _grouped(_within(times, limits), learners, most_zones, hopeful=True)
    shortest = _extreme(times, group_of, np.minimum)
    site_of = np.full(minutes.shape[1], -1, dtype=np.int64)
    site_of[sites] = pooled
    named = _named(shortest, minutes, group_of, site_of)
    return Map(minutes.index, group_of, site_of, named)


def well_placed(reach: Flags, learners: Floats, most: int) -> Codes:
    """Return the places of a few sites that between them reach as many as all sites do.

    One after another, the site that reaches the most: those whom no site reaches yet count in
    full, and each time that they are reached half of what they counted. Those out of reach come
    first.

    Args:
        reach: (zones, sites) whether the site is within reach.
        learners: (zones,) learners a year.
        most: sites, at the most.
    """
    chosen: list[int] = []
    unreached, worth = learners * reach.any(axis=1), learners.copy()
    while len(chosen) < min(most, reach.shape[1]):
        gains = np.where(unreached.any(), unreached @ reach, worth @ reach)
        gains[chosen] = -1.0
        best = int(gains.argmax())
        chosen.append(best)
        unreached = np.where(reach[:, best], 0.0, unreached)
        worth = np.where(reach[:, best], HALVED * worth, worth)
    return np.array(sorted(chosen), dtype=np.int64)


def _within(times: Floats, limits: list[float]) -> Flags:
    """Return (rows, limits times columns) what is within each limit."""
    return np.hstack([(times <= limit) & np.isfinite(times) for limit in limits])


def _pooled(reached: Flags, learners: Floats, most: int) -> Codes:
    """Group the sites that reach much the same learners: (sites,) group of each.

    Within a group every two have much in common (complete linkage).
    """
    if len(reached) <= most:
        return np.arange(len(reached), dtype=np.int64)
    apart = np.nan_to_num(pdist(reached, "jaccard", w=np.maximum(learners, LEAST)))
    labels: Codes = fcluster(linkage(apart, "complete"), most, "maxclust").astype(np.int64) - 1
    return labels


def _grouped(reach: Flags, learners: Floats, most: int, *, hopeful: bool) -> Codes:
    """Group zones until there are few enough: (zones,) group of each.

    Those with the same sites in reach first, and then, two groups at a time, those where it
    changes the least: learners count, by what it is worth to them to reach as many sites as the
    group will (all that any of them reaches, or on a cautious map only what each does), instead of
    as many as they do.
    """
    unique, labels = np.unique(reach, axis=0, return_inverse=True)
    group_of: Codes = labels.reshape(-1).astype(np.int64)
    if len(unique) <= most:
        return group_of
    weight: Floats = np.bincount(group_of, learners, len(unique)).astype(np.float64)
    sets = unique.astype(np.float64)
    alive = np.ones(len(sets), dtype=np.bool_)
    cost = np.full((len(sets), len(sets)), np.inf)
    for row in range(len(sets)):
        cost[row] = cost[:, row] = _changes(sets, weight, row, hopeful=hopeful)
    np.fill_diagonal(cost, np.inf)
    while alive.sum() > most:
        kept, gone = np.unravel_index(int(cost.argmin()), cost.shape)
        joined = np.maximum if hopeful else np.minimum
        sets[kept] = joined(sets[kept], sets[gone])
        weight[kept] += weight[gone]
        alive[gone] = False
        group_of[group_of == gone] = kept
        cost[kept] = np.where(alive, _changes(sets, weight, int(kept), hopeful=hopeful), np.inf)
        cost[kept, kept] = np.inf
        cost[:, kept] = cost[kept]
        cost[gone] = cost[:, gone] = np.inf
    return np.unique(group_of, return_inverse=True)[1].astype(np.int64)


def _changes(sets: Floats, weight: Floats, row: int, *, hopeful: bool) -> Floats:
    """Return what it would change to join one group with each of the others."""
    shared, own = sets @ sets[row], sets.sum(axis=1)
    then = own + own[row] - shared if hopeful else shared
    worth = 1.0 - HALVED**then
    before = 1.0 - HALVED**own
    changed: Floats = weight * np.abs(worth - before) + weight[row] * np.abs(worth - before[row])
    return changed


def _extreme(times: Floats, group_of: Codes, better: np.ufunc) -> Floats:
    """Return (groups, columns) the longest or the shortest of each group's rows."""
    first = np.unique(group_of, return_index=True)[1]
    found: Floats = times[first].copy()
    better.at(found, group_of, times)
    return found


def _named(times: Floats, minutes: pd.DataFrame, group_of: Codes, site_of: Codes) -> pd.DataFrame:
    """Name each group after its first member."""
    zones = np.unique(group_of, return_index=True)[1]
    labels, sites = np.unique(site_of, return_index=True)
    return pd.DataFrame(
        times, index=minutes.index[zones], columns=minutes.columns[sites[labels >= 0]]
    )
