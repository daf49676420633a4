"""Learners whom no rule and no objective can tell apart, planned as one.

Two (zone, choice) pairs are alike when their learners would take the same programmes, in the same
shares, equally as a first choice or not, with the same sites in reach for each of them and for
each nearby unit of those. Every row and objective of the model then has the same coefficients for
both, so their flows may be added up: a plan for the sum gives one for each, in proportion to its
demand, and the other way round. (What is within reach of whom is kept apart in
:mod:`coverage_opt.formulation.areas`.)

Where learners can go for a programme depends on its sites in reach alone. So placement is indexed
by *catchment*, the set of those sites, and not by zone: all who take the programme with the same
sites in reach are one flow. Unmerged, a catchment is a single zone, as travel times need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coverage_opt.formulation.possible import Askers, Possible, open_flows
from coverage_opt.frames import mapping, rows

Pair = tuple[str, str]


@dataclass(frozen=True)
class Groups:
    """Groups of learners, what they would take, and where they could go for it.

    Attributes:
        members: group, zone, choice, learners; every pair of zone and choice with demand.
        learners: group -> learners a year.
        takers: (group, programme) -> the most learners a year who take it.
        first_choice: the (group, programme) pairs that count as getting what was asked for.
        catchment_of: (group, programme) -> catchment.
        sites_of: (catchment, programme) -> sites in reach that may offer it.
        nearby_of: (group, unit) -> catchment, for units taught nearby.
        nearby_sites: (catchment, unit) -> sites in reach where it may run.
    """

    members: pd.DataFrame
    learners: Mapping[str, float]
    takers: Mapping[Pair, float]
    first_choice: frozenset[Pair]
    catchment_of: Mapping[Pair, str]
    sites_of: Mapping[Pair, tuple[str, ...]]
    nearby_of: Mapping[Pair, str]
    nearby_sites: Mapping[Pair, tuple[str, ...]]


def group_learners(
    askers: Askers, remaining: Possible, demand: pd.DataFrame, *, merge: bool
) -> Groups:
    """Group the learners of ``demand`` (zone, choice, learners) that are alike.

    Args:
        askers: who would take what.
        remaining: what may be offered, and where nearby units may run.
        demand: zone, choice, learners.
        merge: whether to merge at all; otherwise each zone and choice is a group of its own.
    """
    flows = open_flows(askers, remaining.offers, remaining.nearby)
    catchments = _catchments(flows, "programme", merge=merge)
    near = _nearby_flows(askers, remaining)
    near_catchments = _catchments(near, "unit", merge=merge)
    takes = flows.drop_duplicates(["zone", "choice", "programme"]).drop(columns="site")
    takes = takes.merge(catchments.drop(columns="sites"), on=["zone", "programme"])
    needed = askers.curriculum.loc[askers.curriculum["delivery"] == "nearby", ["programme", "unit"]]
    attends = takes[["zone", "choice", "programme"]].merge(needed, on="programme")
    attends = attends.merge(near_catchments.drop(columns="sites"), on=["zone", "unit"])
    members = demand.assign(group=_labels(demand, takes, attends, merge=merge))
    of_pair = members[["zone", "choice", "group"]]
    takes = takes.merge(of_pair, on=["zone", "choice"]).sort_values(["group", "programme"])
    attends = attends.merge(of_pair, on=["zone", "choice"]).sort_values(["group", "unit"])
    most = takes.groupby(["group", "programme"], as_index=False)[["would"]].sum()
    size = members.groupby("group", as_index=False)[["learners"]].sum()
    return Groups(
        members=members[["group", "zone", "choice", "learners"]],
        learners=mapping(size, "group", "learners"),
        takers=mapping(most, ["group", "programme"], "would"),
        first_choice=frozenset(rows(takes[takes["first"]], "group", "programme")),
        catchment_of=mapping(takes, ["group", "programme"], "catchment"),
        sites_of=mapping(catchments, ["catchment", "programme"], "sites"),
        nearby_of=mapping(attends, ["group", "unit"], "catchment"),
        nearby_sites=mapping(near_catchments, ["catchment", "unit"], "sites"),
    )


def _catchments(flows: pd.DataFrame, taught: str, *, merge: bool) -> pd.DataFrame:
    """Return zone, ``taught``, sites, catchment.

    A catchment is named after the first zone with these sites in reach for what is taught.
    """
    pairs = flows[["zone", taught, "site"]].drop_duplicates().sort_values(["zone", taught, "site"])
    sites = pairs.groupby(["zone", taught], as_index=False).agg(sites=("site", tuple))
    first = sites.groupby([taught, "sites"])["zone"].transform("first")
    return sites.assign(catchment=first if merge else sites["zone"])


def _nearby_flows(askers: Askers, remaining: Possible) -> pd.DataFrame:
    """Return zone, unit, site: where a zone's learners could attend a unit taught nearby."""
    zones = askers.flows[["zone"]].drop_duplicates()
    within = askers.nearby_in_reach.merge(zones, on="zone")
    return remaining.nearby.merge(within, on="site")[["zone", "unit", "site"]]


def _labels(
    demand: pd.DataFrame, takes: pd.DataFrame, attends: pd.DataFrame, *, merge: bool
) -> pd.Series:
    """Name each zone and choice after the first one it is like."""
    own = demand["zone"] + "/" + demand["choice"]
    # identifiers may hold the slash themselves
    own = own.mask(own.duplicated(), own + "#" + own.index.astype(str))
    if not merge:
        return own
    signature: dict[Pair, list[object]] = {}
    takes = takes.sort_values(["zone", "choice", "programme"])
    columns = ["zone", "choice", "programme", "share", "first", "catchment"]
    for zone, choice, *taken in rows(takes, *columns):
        signature.setdefault((zone, choice), []).append(tuple(taken))
    attends = attends.drop_duplicates(["zone", "choice", "unit"])
    columns = ["zone", "choice", "unit", "catchment"]
    for zone, choice, *attended in rows(attends.sort_values(columns), *columns):
        signature.setdefault((zone, choice), []).append(tuple(attended))
    first: dict[tuple[object, ...], str] = {}
    pairs = zip(demand["zone"], demand["choice"], own, strict=True)
    labels = [
        first.setdefault(tuple(signature.get((zone, choice), ())), label)
        for zone, choice, label in pairs
    ]
    return pd.Series(labels, index=demand.index)
