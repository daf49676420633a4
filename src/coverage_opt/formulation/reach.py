"""Which sites are close enough, and which zones cannot be told apart by it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules.travel_limit import TravelLimit

YOUNG, ADULT = "young", "adult"
LEARNERS = (YOUNG, ADULT)


class Reach:
    """Which sites are within each travel limit that a policy uses, for each kind of learner."""

    def __init__(self, region: Region, policy: Policy) -> None:
        """Read the limits; without a ``travel_limit`` rule any finite time is close enough."""
        self._rule = policy.rule(TravelLimit)
        self._minutes = region.minutes
        self.limit_of = {learner: self._of_programmes(region, learner) for learner in LEARNERS}
        """Learner -> programme -> minutes one way."""
        self.nearby_limit = {
            learner: self._rule.of_nearby_unit(learner) if self._rule else np.inf
            for learner in LEARNERS
        }
        """Learner -> minutes one way to units taught nearby."""
        limits = {limit for limits in self.limit_of.values() for limit in limits.values()}
        limits |= set(self.nearby_limit.values())
        limits |= {self.certificate_limit("with_programme", learner) for learner in LEARNERS}
        self._within = {limit: self._close(limit) for limit in sorted(limits)}

    @property
    def limits(self) -> list[float]:
        """Every limit in use, minutes one way, the shortest first; infinite for none."""
        return list(self._within)

    def _of_programmes(self, region: Region, learner: str) -> dict[str, float]:
        if self._rule is None:
            return dict.fromkeys(region.programmes["programme"], np.inf)
        return self._rule.of_programmes(region, learner)

    def _close(self, limit: float) -> pd.DataFrame:
        return (self._minutes < np.inf) & (self._minutes <= limit)

    def certificate_limit(self, delivery: str, learner: str) -> float:
        """Return the limit, minutes one way, for a unit that is taken alone."""
        return self._rule.of_certificate(delivery, learner) if self._rule else np.inf

    def within(self, limit: float) -> pd.DataFrame:
        """Return zone by site: whether it is within ``limit`` minutes, one of those in use."""
        return self._within[limit]

    def pairs(self, limit: float) -> pd.DataFrame:
        """Return zone, site: every pair within ``limit`` minutes."""
        within = self._within[limit]
        zones, sites = np.nonzero(within.to_numpy())
        return pd.DataFrame({"zone": within.index[zones], "site": within.columns[sites]})

    def signature(self, zone: str) -> bytes:
        """Return what tells ``zone`` apart: the sites within every limit in use."""
        return b"|".join(within.loc[zone].to_numpy().tobytes() for within in self._within.values())

    def of_programmes(self, learners: Iterable[str]) -> pd.DataFrame:
        """Return learner, zone, programme, site: within the learner's limit for the programme."""
        columns = ["learner", "zone", "programme", "site"]
        tables = [pd.DataFrame(columns=columns, dtype="str")]
        for learner in learners:
            limit_of = pd.Series(self.limit_of[learner], name="limit")
            limits = limit_of.rename_axis("programme").reset_index()
            pairs = [self.pairs(limit).assign(limit=limit) for limit in limit_of.unique()]
            table = limits.merge(pd.concat(pairs), on="limit")
            tables.append(table.assign(learner=learner))
        return pd.concat(tables)[columns]

    def of_nearby_units(self, learners: Iterable[str]) -> pd.DataFrame:
        """Return learner, zone, site: within the learner's limit for units taught nearby."""
        columns = ["learner", "zone", "site"]
        tables = [pd.DataFrame(columns=columns, dtype="str")]
        tables += [
            self.pairs(self.nearby_limit[learner]).assign(learner=learner) for learner in learners
        ]
        return pd.concat(tables)[columns]


def merge_zones(reach: Reach, zones: list[str], *, merge: bool) -> dict[str, str]:
    """Map each zone to the zone that stands for all it cannot be told apart from.

    Zones with equal signature (the same sites within every limit in use) appear in every row of
    the model with the same coefficients, apart from their demand. Adding up their demand is
    exact. From a plan for the merged zone, giving each member the share of every flow that its
    demand has in the total satisfies each member's rows. From a plan for the members, adding up
    gives one for the merged zone. Both leave every row and objective over sums of flows as it
    is, and reach depends on the signature alone. This holds as long as no row or objective
    weighs minutes: with travel in a stage that decides offers, ``merge`` must be False.
    """
    representative: dict[bytes, str] = {}
    return {
        zone: representative.setdefault(reach.signature(zone), zone) if merge else zone
        for zone in zones
    }
