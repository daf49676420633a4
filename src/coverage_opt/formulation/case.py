"""The planning case: every sparse index set of the model, built once. The only place that filters.

A case is what remains of a region and a policy for one period when all that cannot matter is
left out (offers nobody could fill, places out of reach, choices nobody makes) and all that cannot
be told apart is one. What was left out or merged is counted in :attr:`Case.reductions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coverage_opt.formulation.areas import Areas, areas_of
from coverage_opt.formulation.groups import Groups, group_learners
from coverage_opt.formulation.possible import Askers, Possible, possible
from coverage_opt.formulation.reach import Reach, merge_zones
from coverage_opt.frames import cells, rows
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import Region

Pair = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """Index sets and data of the model for one period.

    Attributes:
        region: the region.
        teaching: units and curriculum under the policy.
        groups: learners who cannot be told apart, what they would take and where.
        offers: (programme, site) pairs that may be offered.
        nearby: (unit, site) pairs where a unit taught nearby may run.
        areas: zones that cannot be told apart by what is within their reach.
        minutes: (zone, site) -> minutes one way.
        zone_of: real zone -> zone that stands for it.
        reductions: what was left out or merged: name -> (before, after).
    """

    region: Region
    teaching: Teaching
    groups: Groups
    offers: tuple[Pair, ...]
    nearby: tuple[Pair, ...]
    areas: Areas
    minutes: Mapping[Pair, float]
    zone_of: Mapping[str, str]
    reductions: Mapping[str, tuple[int, int]]


def takers_of(region: Region) -> pd.DataFrame:
    """Return choice, programme, share, first: who would take what, and whether they asked it."""
    programmes = region.programmes[["programme"]]
    own = programmes.assign(choice=programmes["programme"], share=1.0, first=True)
    orientation = region.units.loc[region.units["kind"] == "orientation", "unit"]
    undecided = region.curriculum[region.curriculum["unit"].isin(orientation)]
    undecided = undecided.rename(columns={"unit": "choice"}).assign(share=1.0, first=True)
    return pd.concat([own, undecided, region.accept.assign(first=False)], ignore_index=True)


def build_case(
    region: Region,
    policy: Policy,
    teaching: Teaching,
    demand: pd.DataFrame,
    takers: pd.DataFrame,
    *,
    merge: bool,
    only: Possible | None = None,
) -> Case:
    """Build the sparse index sets.

    Args:
        region: the region.
        policy: the policy; its ``travel_limit`` and ``class_size`` rules shape the sets.
        teaching: units and curriculum under the policy.
        demand: zone, choice, learners (positive).
        takers: choice, programme, share, first; see :func:`takers_of`.
        merge: whether zones and learners that cannot be told apart become one.
        only: what was already decided to be offered; by default all that is possible.
    """
    reach = Reach(region, policy)
    zone_of = merge_zones(reach, sorted(set(demand["zone"])), merge=merge)
    merged = demand.assign(zone=demand["zone"].map(zone_of))
    merged = merged.groupby(["zone", "choice"], as_index=False)[["learners"]].sum()
    flows = merged.merge(takers, on="choice")
    flows["would"] = flows["learners"] * flows["share"]
    askers = Askers(region, policy, teaching, flows, reach)
    remaining = possible(askers) if only is None else only
    groups = group_learners(askers, remaining, merged, merge=merge)
    learners = merged.groupby("zone")["learners"].sum()
    zones = list(learners.index)
    return Case(
        region=region,
        teaching=teaching,
        groups=groups,
        offers=_pairs(remaining.offers),
        nearby=_pairs(remaining.nearby),
        areas=areas_of(askers, remaining, learners),
        minutes=cells(region.minutes.loc[zones]),
        zone_of=zone_of,
        reductions={
            "zones": (len(zone_of), len(zones)),
            "learner groups": (len(demand), len(groups.learners)),
            "offers": (len(askers.teachable), len(remaining.offers)),
        },
    )


def _pairs(table: pd.DataFrame) -> tuple[Pair, ...]:
    return tuple(sorted(rows(table)))
