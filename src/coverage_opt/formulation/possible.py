"""Which offers could ever be large enough: the rest never enters the model.

An upper bound on the learners that a unit can have at a site comes from letting everybody who
would take any programme that uses the unit, offered there and within reach, do so, but no learner
twice. An offer whose bound falls short of a minimum it must meet is zero in every feasible plan,
so leaving it out changes no optimum. Leaving one out can only lower the bounds of others, so the
argument repeats until nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coverage_opt.formulation.reach import Reach
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import Region
from coverage_opt.rules.base import TOLERANCE
from coverage_opt.rules.class_size import ClassSize

Pair = tuple[str, str]


@dataclass(frozen=True)
class Possible:
    """What may be offered, and where units that are taught nearby may run.

    Attributes:
        offers: programme, site.
        nearby: unit, site; units of delivery ``nearby`` only.
    """

    offers: pd.DataFrame
    nearby: pd.DataFrame


@dataclass(frozen=True)
class Askers:
    """Everything the bounds are computed from.

    Attributes:
        region: the region.
        policy: the policy; its ``class_size`` rule gives the minimums.
        teaching: units and curriculum under the policy.
        flows: zone, choice, programme, learners (who ask), would (who would take it).
        reach: which sites are close enough.
    """

    region: Region
    policy: Policy
    teaching: Teaching
    flows: pd.DataFrame
    reach: Reach

    @cached_property
    def teachable(self) -> pd.DataFrame:
        """Programme, site: the site may teach the programme's domain."""
        programmes = self.region.programmes[["programme", "domain"]]
        pairs = programmes.merge(self.region.site_domains, on="domain")
        return pairs[["programme", "site"]].sort_values(["programme", "site"], ignore_index=True)

    @cached_property
    def curriculum(self) -> pd.DataFrame:
        """Programme, unit, retention, delivery, minimum (learners)."""
        rule = self.policy.rule(ClassSize)
        units = self.teaching.units
        minimum = [rule.of(str(kind)).minimum if rule else 0 for kind in units["kind"]]
        sized = units[["unit", "delivery"]].assign(minimum=minimum)
        return self.teaching.curriculum.merge(sized, on="unit")

    @cached_property
    def per_offer(self) -> int:
        """Learners an offer needs, at the least."""
        rule = self.policy.rule(ClassSize)
        return rule.per_offer if rule else 0

    @cached_property
    def in_reach(self) -> pd.DataFrame:
        """Zone, programme, site: within the programme's travel limit."""
        limit_of = pd.Series(self.reach.limit_of, name="limit")
        pairs = [
            _true_pairs(self.reach.within(limit)).assign(limit=limit)
            for limit in sorted(set(self.reach.limit_of.values()))
        ]
        limits = limit_of.rename_axis("programme").reset_index()
        return limits.merge(pd.concat(pairs), on="limit")[["zone", "programme", "site"]]

    @cached_property
    def nearby_in_reach(self) -> pd.DataFrame:
        """Zone, site: within the travel limit of units that are taught nearby."""
        return _true_pairs(self.reach.within(self.reach.nearby_limit))


def possible(askers: Askers) -> Possible:
    """Return the offers and nearby units that could meet their minimums."""
    nearby_units = askers.curriculum[askers.curriculum["delivery"] == "nearby"]
    offers = askers.teachable
    nearby = offers.merge(nearby_units, on="programme")[["unit", "site"]].drop_duplicates()
    while True:
        flows = open_flows(askers, offers, nearby)
        kept_offers = _large_enough(askers, offers, flows)
        kept_nearby = _nearby_large_enough(askers, nearby, flows)
        if len(kept_offers) == len(offers) and len(kept_nearby) == len(nearby):
            return Possible(offers, nearby)
        offers, nearby = kept_offers, kept_nearby


def _true_pairs(within: pd.DataFrame) -> pd.DataFrame:
    zones, sites = np.nonzero(within.to_numpy())
    return pd.DataFrame({"zone": within.index[zones], "site": within.columns[sites]})


def open_flows(askers: Askers, offers: pd.DataFrame, nearby: pd.DataFrame) -> pd.DataFrame:
    """Return the flows, once for each site in reach that may offer the programme.

    A programme with a unit taught nearby is out of reach of zones that reach no such unit.
    """
    sites = askers.in_reach.merge(offers, on=["programme", "site"])
    flows = askers.flows.merge(sites, on=["zone", "programme"])
    needed = askers.curriculum.loc[askers.curriculum["delivery"] == "nearby", ["programme", "unit"]]
    if needed.empty:
        return flows
    reached = nearby.merge(askers.nearby_in_reach, on="site")[["zone", "unit"]].drop_duplicates()
    pairs = flows[["zone", "programme"]].drop_duplicates().merge(needed, on="programme")
    found = pairs.merge(reached, on=["zone", "unit"], how="left", indicator=True)
    missing = found.loc[found["_merge"] == "left_only", ["zone", "programme"]].drop_duplicates()
    marked = flows.merge(missing, on=["zone", "programme"], how="left", indicator=True)
    return marked[marked["_merge"] == "left_only"].drop(columns="_merge")


def _largest_sizes(flows: pd.DataFrame, curriculum: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return ``by`` and the largest size: no learner counts twice, retention at its highest."""
    would = flows.merge(curriculum, on="programme")
    learner = would.groupby([*by, "zone", "choice"], as_index=False).agg(
        would=("would", "sum"), learners=("learners", "first"), retention=("retention", "max")
    )
    learner["size"] = learner[["would", "learners"]].min(axis=1) * learner["retention"]
    return learner.groupby(by, as_index=False)[["size"]].sum()


def _large_enough(askers: Askers, offers: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    curriculum = askers.curriculum[askers.curriculum["delivery"] == "with_programme"]
    sizes = _largest_sizes(flows, curriculum, ["unit", "site"])
    needed = offers.merge(curriculum, on="programme")
    needed = needed.merge(sizes, on=["unit", "site"], how="left").fillna({"size": 0.0})
    short = needed.loc[needed["minimum"] - needed["size"] > TOLERANCE, ["programme", "site"]]
    askers_of = flows.groupby(["programme", "site"])["would"].sum()
    pairs = pd.MultiIndex.from_frame(offers)
    asked = askers_of.reindex(pairs, fill_value=0.0).to_numpy()
    filled = askers.per_offer - asked <= TOLERANCE
    return offers[filled & ~pairs.isin(pd.MultiIndex.from_frame(short))]


def _nearby_large_enough(askers: Askers, nearby: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    if nearby.empty:
        return nearby
    curriculum = askers.curriculum[askers.curriculum["delivery"] == "nearby"]
    anywhere = flows.drop(columns="site").drop_duplicates(["zone", "choice", "programme"])
    attending = anywhere.merge(askers.nearby_in_reach, on="zone")
    sizes = _largest_sizes(attending, curriculum, ["unit", "site"])
    minimum = curriculum[["unit", "minimum"]].drop_duplicates()
    found = nearby.merge(minimum, on="unit").merge(sizes, on=["unit", "site"], how="left")
    enough = found["minimum"] - found["size"].fillna(0.0) <= TOLERANCE
    return found.loc[enough, ["unit", "site"]]
