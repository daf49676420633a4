"""Which sites are close enough, and which zones cannot be told apart by it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules.travel_limit import TravelLimit


class Reach:
    """Which sites are within each travel limit that a policy uses."""

    def __init__(self, region: Region, policy: Policy) -> None:
        """Read the limits; without a ``travel_limit`` rule any finite time is close enough."""
        rule = policy.rule(TravelLimit)
        unlimited = dict.fromkeys(region.programmes["programme"], np.inf)
        self.limit_of: dict[str, float] = rule.of_programmes(region) if rule else unlimited
        self.nearby_limit = rule.of_nearby_unit() if rule else np.inf
        minutes = region.minutes
        self._within = {
            limit: (minutes < np.inf) & (minutes <= limit)
            for limit in sorted({*self.limit_of.values(), self.nearby_limit})
        }

    def within(self, limit: float) -> pd.DataFrame:
        """Return zone x site, True where the site is within ``limit`` minutes."""
        return self._within[limit]

    def signature(self, zone: str) -> bytes:
        """Return what tells ``zone`` apart: the sites within every limit in use."""
        return b"|".join(within.loc[zone].to_numpy().tobytes() for within in self._within.values())


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
