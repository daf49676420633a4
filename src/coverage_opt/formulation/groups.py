"""Learners whom no rule and no objective can tell apart, planned as one.

Two (learner, zone, choice) rows are alike when their learners are both young or both adult and
would take the same programmes, in the same shares, equally as a first choice or not, with the same
sites in reach for each of them and for each nearby unit of those. Every row and objective of the
model then has the same coefficients for both, but for how many they are: ``everyone_counted``, the
bounds of ``switch`` and ``takers_linked`` say the same of each, times its demand, and all others
know only sums over all. So their flows may be added up: a plan for the sum gives one for each, in
proportion to its demand, and the other way round. (What is within reach of whom is kept apart in
:mod:`coverage_opt.formulation.areas`.)

Where learners can go for a programme depends on its sites in reach alone. So placement is indexed
by *catchment*, the set of those sites, and not by zone: all who take the programme with the same
sites in reach are one flow. Nothing is lost. A flow ``place`` stands in ``placed_somewhere`` (those
to all sites are together who takes the programme), in ``only_where_offered`` (none where it is not
offered, else at most as many as could take it) and, added up over all who come, in ``enrolled``, on
which all else rests. Given a plan in which parts of a catchment are one flow, let each part go to
each site in proportion to how many of the part take the programme. Then each part is placed, goes
only where it is offered, to no site more than take it, and the sums over the parts are the flow: so
the rows of each part hold, and ``enrolled`` is what it was. Given a plan for the parts, their sums
satisfy the summed rows. The same holds for ``attend`` and ``certificate``, of which all else knows
only how many are at a unit and site.

Where travel is weighed, a catchment is a single zone; but where all have a place, it is all for
whom each of those sites is as much farther than the nearest. The journeys of a part are then what
they would be if all went to its nearest site, which no plan changes, and for each who goes to
another as many minutes more as from any other part: again only the sum over the parts counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.formulation.asking import PAIR, Asking, Floats
from coverage_opt.formulation.possible import Askers, Possible, open_flows
from coverage_opt.frames import mapping, rows, values_at
from coverage_opt.region.region import ONLINE

Pair = tuple[str, str]
Alike = Literal["by_sites", "by_detours", "never"]
"""Who is planned as one: who has the same sites in reach; who also has as much farther to each of
them than to the nearest; nobody."""

DIGITS = 9
"""Decimals of a minute to which detours are compared."""


@dataclass(frozen=True)
class Groups:
    """Groups of learners, what they would take, and where they could go for it.

    Attributes:
        members: group, learner, zone, choice, pair (row of the asking they are read from); those
            who ask for a single unit apart.
        learner_of: group -> young or adult.
        takers: (group, programme) -> largest share of those who arrive who take it.
        first_choice: the (group, programme) pairs that count as getting what was asked for.
        catchment_of: (group, programme) -> catchment.
        sites_of: (catchment, programme) -> sites in reach that may offer it.
        nearby_of: (group, unit) -> catchment, for units taught nearby.
        nearby_sites: (catchment, unit) -> sites in reach where it may run.
        alone: catchment, pair, learner, zone, unit: who asks for a single unit that is taught.
        alone_sites: (catchment, unit) -> sites in reach where it may be taken alone.
        place_of: catchment -> learner, zone of the first row that it stands for.
        places: number of (learner, zone) with each programme or unit that they could go for, as
            which the catchments stand.
    """

    members: pd.DataFrame
    learner_of: Mapping[str, str]
    takers: Mapping[Pair, float]
    first_choice: frozenset[Pair]
    catchment_of: Mapping[Pair, str]
    sites_of: Mapping[Pair, tuple[str, ...]]
    nearby_of: Mapping[Pair, str]
    nearby_sites: Mapping[Pair, tuple[str, ...]]
    alone: pd.DataFrame
    alone_sites: Mapping[Pair, tuple[str, ...]]
    place_of: Mapping[str, Pair]
    places: int

    def sums(self, amounts: Floats) -> dict[str, Floats]:
        """Add up amounts, (pairs, moments), over the members of each group."""
        codes, names = pd.factorize(self.members["group"])
        totals = np.zeros((len(names), amounts.shape[1]))
        np.add.at(totals, codes, amounts[self.members["pair"]])
        return dict(zip(names, totals, strict=True))


def group_learners(askers: Askers, remaining: Possible, alike: Alike) -> Groups:
    """Group the learners that are alike.

    Args:
        askers: who would take what.
        remaining: what may be offered, and where nearby units may run.
        alike: who is planned as one; if nobody, each row of the asking is a group of its own.
    """
    flows = open_flows(askers, remaining.offers, remaining.nearby)
    catchments = _catchments(askers, flows, "programme", alike)
    to_nearby = askers.to_nearby(remaining.nearby)
    near_catchments = _catchments(askers, to_nearby, "unit", alike)
    takes = flows.drop_duplicates(["pair", "programme"]).drop(columns="site")
    takes = takes.merge(catchments.drop(columns="sites"), on=["learner", "zone", "programme"])
    needed = askers.nearby_needs[["programme", "unit"]]
    attends = takes[["pair", "learner", "zone", "programme"]].merge(needed, on="programme")
    attends = attends.merge(near_catchments.drop(columns="sites"), on=["learner", "zone", "unit"])
    members = _members(askers.asking)
    members = members.assign(group=_labels(members, takes, attends, alike))
    of_pair = members[["pair", "group"]]
    takes = takes.merge(of_pair, on="pair").sort_values(["group", "programme"])
    attends = attends.merge(of_pair, on="pair").sort_values(["group", "unit"])
    alone = _alone(askers, remaining, alike)
    places = pd.concat([catchments, near_catchments, alone])
    places = places.drop_duplicates("catchment", keep="first")
    return Groups(
        members=members[["group", *PAIR, "pair"]],
        learner_of=mapping(members, "group", "learner"),
        takers=mapping(takes, ["group", "programme"], "share"),
        first_choice=frozenset(rows(takes[takes["first"]], "group", "programme")),
        catchment_of=mapping(takes, ["group", "programme"], "catchment"),
        sites_of=mapping(catchments, ["catchment", "programme"], "sites"),
        nearby_of=mapping(attends, ["group", "unit"], "catchment"),
        nearby_sites=mapping(near_catchments, ["catchment", "unit"], "sites"),
        alone=alone[["catchment", "pair", "learner", "zone", "unit"]],
        alone_sites=mapping(alone, ["catchment", "unit"], "sites"),
        place_of={
            catchment: (learner, zone)
            for catchment, learner, zone in rows(places, "catchment", "learner", "zone")
        },
        places=len(catchments) + len(near_catchments) + len(alone),
    )


def _members(asking: Asking) -> pd.DataFrame:
    """Return pair, learner, zone, choice of all who ask for a programme or orientation."""
    return asking.pairs[asking.programmes].rename_axis("pair").reset_index()


def _catchments(askers: Askers, flows: pd.DataFrame, taught: str, alike: Alike) -> pd.DataFrame:
    """Return learner, zone, ``taught``, sites, catchment.

    A catchment is named after the first learners and zone with these sites in reach.
    """
    key = ["learner", "zone", taught]
    if flows.empty:
        nobody = flows[key].reset_index(drop=True)
        return nobody.assign(sites=pd.Series(dtype="object"), catchment=pd.Series(dtype="str"))
    pairs = flows[[*key, "site"]].drop_duplicates().sort_values([*key, "site"], ignore_index=True)
    first = np.flatnonzero(~pairs.duplicated(key).to_numpy())
    found = pairs.loc[first, key].reset_index(drop=True)
    parts = [slice(*ends) for ends in pairwise([*first.tolist(), len(pairs)])]
    site = pairs["site"].tolist()
    found["sites"] = pd.Series([tuple(site[part]) for part in parts], dtype="object")
    found["catchment"] = found["learner"] + "/" + found["zone"]
    if alike != "never":
        away = _detours(askers, pairs, first) if alike == "by_detours" else [0.0] * len(pairs)
        named: dict[tuple[object, ...], str] = {}
        found["catchment"] = pd.Series(
            [
                named.setdefault((what, sites, tuple(away[part])), own)
                for (what, sites, own), part in zip(
                    rows(found, taught, "sites", "catchment"), parts, strict=True
                )
            ],
            dtype="str",
        )
    return found


def _detours(askers: Askers, pairs: pd.DataFrame, first: NDArray[np.intp]) -> list[float]:
    """Return the minutes of each row beyond the nearest of the rows from ``first`` to the next."""
    minutes = values_at(askers.region.minutes, pairs["zone"], pairs["site"])
    nearest = np.minimum.reduceat(minutes, first) if len(first) else minutes
    lengths = np.diff([*first, len(pairs)])
    detours: list[float] = (minutes - np.repeat(nearest, lengths)).round(DIGITS).tolist()
    return detours


def _alone(askers: Askers, remaining: Possible, alike: Alike) -> pd.DataFrame:
    """Return pair, learner, zone, unit, sites, catchment of those who ask for a single unit."""
    pairs = askers.certificates
    if not pairs.empty:
        pairs = pairs.merge(taught_at(askers, remaining), on=["unit", "site"])
    at = askers.asking.pairs.loc[pairs["pair"], ["learner", "zone"]].reset_index(drop=True)
    pairs = pd.concat([pairs.reset_index(drop=True), at], axis=1)
    catchments = _catchments(askers, pairs, "unit", alike)
    rest = pairs[["pair", "learner", "zone", "unit"]].drop_duplicates()
    return rest.merge(catchments, on=["learner", "zone", "unit"])


def taught_at(askers: Askers, remaining: Possible) -> pd.DataFrame:
    """Return unit, site: everywhere a unit may run."""
    taught = remaining.offers.merge(askers.curriculum, on="programme")
    taught = taught[taught["delivery"] != "nearby"]
    taught["site"] = taught["site"].mask(taught["delivery"] == "online", ONLINE)
    partners = askers.received[["unit", "site"]]
    both = pd.concat([taught[["unit", "site"]], partners, remaining.nearby])
    return both.drop_duplicates(ignore_index=True)


def _labels(
    members: pd.DataFrame, takes: pd.DataFrame, attends: pd.DataFrame, alike: Alike
) -> pd.Series:
    """Name each row after the first one it is like."""
    own = members["learner"] + "/" + members["zone"] + "/" + members["choice"]
    # identifiers may hold the slash themselves
    own = own.mask(own.duplicated(), own + "#" + own.index.astype(str))
    if alike == "never":
        return own
    signature: dict[int, list[object]] = {}
    columns = ["pair", "programme", "share", "first", "catchment"]
    for pair, *taken in rows(takes.sort_values(columns[:2]), *columns):
        signature.setdefault(pair, []).append(tuple(taken))
    attends = attends.drop_duplicates(["pair", "unit"])
    columns = ["pair", "unit", "catchment"]
    for pair, *attended in rows(attends.sort_values(columns), *columns):
        signature.setdefault(pair, []).append(tuple(attended))
    first: dict[tuple[object, ...], str] = {}
    labels = [
        first.setdefault((learner, *signature.get(pair, ())), label)
        for pair, learner, label in zip(members["pair"], members["learner"], own, strict=True)
    ]
    return pd.Series(labels, index=members.index)
