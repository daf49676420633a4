"""Which offers could ever be large enough: the rest never enters the model.

An upper bound on the learners that a unit can have at a site comes from letting everybody who
would take any programme that uses the unit, offered there and within reach, do so, but no learner
twice; and everybody who asks for the unit alone. An offer whose bound falls short of a minimum it
must meet is zero in every feasible plan, so leaving it out changes no optimum. Leaving one out can
only lower the bounds of others, so the argument repeats until nothing changes. Where minimums hold
in every scenario, one moment that falls short is enough; where they hold in expectation, the mean
of the bounds must. Units that may be taken at a partner's site are left out of the argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sparse
from numpy.typing import NDArray

from coverage_opt.formulation.asking import Asking, Floats
from coverage_opt.formulation.reach import Reach
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.base import TOLERANCE
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.partnership import Partnership

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
        asking: who asks for what, by moment.
        probabilities: of the moments.
        flows: pair, learner, zone, choice, programme, share (who would take it), first.
        reach: which sites are close enough.
    """

    region: Region
    policy: Policy
    teaching: Teaching
    asking: Asking
    probabilities: Floats
    flows: pd.DataFrame
    reach: Reach

    @cached_property
    def teachable(self) -> pd.DataFrame:
        """Programme, site: the site may teach the programme, which the policy has."""
        pairs = self.region.teachable
        pairs = pairs[pairs["programme"].isin(self.teaching.curriculum["programme"])]
        return pairs.sort_values(["programme", "site"], ignore_index=True)

    @cached_property
    def curriculum(self) -> pd.DataFrame:
        """Programme, unit, retention, kind, delivery, minimum (learners)."""
        rule = self.policy.rule(ClassSize)
        units = self.teaching.units
        minimum = [rule.of(str(kind)).minimum if rule else 0 for kind in units["kind"]]
        sized = units[["unit", "kind", "delivery"]].assign(minimum=minimum)
        return self.teaching.curriculum.merge(sized, on="unit")

    @cached_property
    def limits(self) -> Floats:
        """(flows,) minutes one way, at the most, to the programme."""
        return self.reach.programme_limits(self.flows)

    @cached_property
    def nearby_needs(self) -> pd.DataFrame:
        """Programme, unit, retention, minimum (learners) of units that are taught nearby."""
        nearby = self.curriculum["delivery"] == "nearby"
        return self.curriculum.loc[nearby, ["programme", "unit", "retention", "minimum"]]

    @cached_property
    def nearby(self) -> pd.DataFrame:
        """Unit, site: where units that are taught nearby could run."""
        pairs = self.teachable.merge(self.nearby_needs, on="programme")
        return pairs[["unit", "site"]].drop_duplicates()

    @cached_property
    def nearby_takers(self) -> pd.DataFrame:
        """Learner, zone, unit: who may need a unit that is taught nearby."""
        people = self.flows[["learner", "zone"]].drop_duplicates()
        return people.merge(self.nearby_needs[["unit"]].drop_duplicates(), how="cross")

    def to_nearby(self, nearby: pd.DataFrame) -> pd.DataFrame:
        """Return learner, zone, unit, site: where they could attend units taught nearby.

        Args:
            nearby: unit, site, where such units may run.
        """
        takers = self.nearby_takers
        return self.reach.to_sites(takers, nearby, "unit", self.reach.nearby_limits(takers))

    @cached_property
    def certificates(self) -> pd.DataFrame:
        """Pair, unit, site: where those who ask for a unit alone could take it."""
        asked = self.asking.certificates(self.teaching)
        away = asked[asked["delivery"] != "online"]
        tables = [asked.loc[asked["delivery"] == "online", ["pair", "unit"]].assign(site=ONLINE)]
        for (learner, delivery), rows in away.groupby(["learner", "delivery"]):
            limit = self.reach.certificate_limit(str(delivery), str(learner))
            tables.append(rows.merge(self.reach.pairs(limit), on="zone")[["pair", "unit", "site"]])
        return pd.concat(tables, ignore_index=True).astype({"unit": "str", "site": "str"})

    @cached_property
    def received(self) -> pd.DataFrame:
        """Unit, site, from_site: units that learners of from_site may take at a partner's site."""
        rule = self.policy.rule(Partnership)
        if rule is None:
            return pd.DataFrame({"unit": [], "site": [], "from_site": []}, dtype="str")
        kinds, delivery = self.curriculum["kind"], self.curriculum["delivery"]
        shared = self.curriculum[kinds.isin(rule.kinds) & (delivery == "with_programme")]
        taught = self.teachable.merge(shared, on="programme")[["unit", "site"]].drop_duplicates()
        ways = [
            (site, partner)
            for site, partners in rule.partners(self.region).items()
            for partner in partners
        ]
        near = pd.DataFrame(ways, columns=["from_site", "site"], dtype="str")
        senders = taught.rename(columns={"site": "from_site"})
        return taught.merge(near, on="site").merge(senders, on=["unit", "from_site"])

    def large_enough(self, sizes: Floats, minimum: Floats) -> NDArray[np.bool_]:
        """Tell for rows of sizes by moment whether they could meet their minimum."""
        rule = self.policy.rule(ClassSize)
        robust = rule is None or rule.holds == "every_scenario"
        most = sizes.min(axis=1) if robust else sizes @ self.probabilities
        enough: NDArray[np.bool_] = minimum - most <= TOLERANCE
        return enough


def possible(askers: Askers) -> Possible:
    """Return the offers and nearby units that could meet their minimums."""
    offers, nearby = askers.teachable, askers.nearby
    while True:
        flows = open_flows(askers, offers, nearby)
        kept_offers = _large_enough(askers, offers, flows)
        kept_nearby = _nearby_large_enough(askers, nearby, flows)
        if len(kept_offers) == len(offers) and len(kept_nearby) == len(nearby):
            return Possible(offers, nearby)
        offers, nearby = kept_offers, kept_nearby


def open_flows(askers: Askers, offers: pd.DataFrame, nearby: pd.DataFrame) -> pd.DataFrame:
    """Return the flows, once for each site in reach that may offer the programme.

    A programme with a unit taught nearby is out of reach of zones that reach no such unit.
    """
    flows = askers.reach.to_sites(askers.flows, offers, "programme", askers.limits)
    needs = askers.nearby_needs[["programme", "unit"]]
    if needs.empty:
        return flows
    reached = askers.to_nearby(nearby).drop(columns="site").assign(reached=True)
    found = askers.nearby_takers.merge(reached.drop_duplicates(), how="left")
    lacking = found[found["reached"].isna()].merge(needs, on="unit")
    if lacking.empty:
        return flows
    where = ["learner", "zone", "programme"]
    marked = flows.merge(lacking[where].drop_duplicates(), on=where, how="left", indicator=True)
    return marked[marked["_merge"] == "left_only"].drop(columns="_merge")


def largest_sizes(askers: Askers, flows: pd.DataFrame, wanted: pd.DataFrame) -> Floats:
    """Return the largest size of each wanted key (row) in every moment (column).

    Args:
        askers: how many ask, by pair and moment.
        flows: the columns of ``wanted``, pair, share, retention. No learner counts twice, and
            retention is at its highest.
        wanted: two columns, the keys.
    """
    by = list(wanted.columns)
    moments = askers.asking.arriving.shape[1]
    if flows.empty or wanted.empty:
        return np.zeros((len(wanted), moments))
    of_pair = flows.groupby([*by, "pair"], as_index=False, sort=False).agg(
        share=("share", "sum"), retention=("retention", "max")
    )
    factor = of_pair["share"].clip(upper=1.0) * of_pair["retention"]
    codes = of_pair.groupby(by, sort=False).ngroup()
    keys = of_pair[by].drop_duplicates(ignore_index=True).rename_axis("row").reset_index()
    # one row more than there are keys: where nobody comes at all
    shape = (len(keys) + 1, len(askers.asking.pairs))
    table = sparse.coo_array((factor, (codes, of_pair["pair"])), shape=shape)
    sizes: Floats = table.tocsr() @ askers.asking.arriving
    where = wanted.merge(keys, on=by, how="left")["row"].fillna(len(keys)).astype("int64")
    found: Floats = sizes[where.to_numpy()]
    return found


def _large_enough(askers: Askers, offers: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Return the offers that could meet the minimums of their units and their own."""
    curriculum = judged(askers)
    joining = flows[["pair", "programme", "site", "share"]].merge(curriculum, on="programme")
    alone = askers.certificates.assign(share=1.0, retention=1.0)
    needed = offers.merge(curriculum, on="programme")
    units = pd.concat([joining, alone])[["unit", "site", "pair", "share", "retention"]]
    sizes = largest_sizes(askers, units, needed[["unit", "site"]])
    enough = askers.large_enough(sizes, needed["minimum"].to_numpy(dtype=float))
    short = needed.loc[~enough, ["programme", "site"]]
    pairs = pd.MultiIndex.from_frame(offers)
    rule = askers.policy.rule(ClassSize)
    starting = largest_sizes(askers, flows.assign(retention=1.0), offers)
    least = np.full(len(offers), float(rule.per_offer if rule else 0))
    filled = askers.large_enough(starting, least)
    return offers[filled & ~pairs.isin(pd.MultiIndex.from_frame(short))]


def judged(askers: Askers) -> pd.DataFrame:
    """Return the curriculum of units that must be taught where the offer is."""
    taught = askers.curriculum[askers.curriculum["delivery"] == "with_programme"]
    partnership = askers.policy.rule(Partnership)
    if partnership is not None:
        taught = taught[~taught["kind"].isin(partnership.kinds)]
    return taught


def _nearby_large_enough(askers: Askers, nearby: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    anywhere = flows[["pair", "learner", "zone", "programme", "share"]].drop_duplicates()
    attending = anywhere.merge(askers.nearby_needs, on="programme")
    attending = attending.merge(askers.to_nearby(nearby), on=["learner", "zone", "unit"])
    alone = askers.certificates.assign(share=1.0, retention=1.0)
    units = pd.concat([attending, alone])[["unit", "site", "pair", "share", "retention"]]
    minimum = askers.nearby_needs[["unit", "minimum"]].drop_duplicates()
    needed = nearby.merge(minimum, on="unit")
    sizes = largest_sizes(askers, units, needed[["unit", "site"]])
    enough = askers.large_enough(sizes, needed["minimum"].to_numpy(dtype=float))
    return needed.loc[enough, ["unit", "site"]]
