"""The young learners of a municipality or a whole region, and what they have within reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from coverage_opt.formulation.reach import YOUNG, Reach
from coverage_opt.planning.prepared import Prepared
from coverage_opt.policy.policy import Policy

Pair = tuple[str, str]


class Area:
    """The young learners of a municipality, or of the whole region, in the last period planned.

    Args:
        prepared: the region, the policy with its travel limits, the periods and scenarios.
        municipality: name; None for the whole region.
        programmes: those whose offers are asked about.
        policy: whose travel limits hold, where that is not the one that was prepared.
    """

    def __init__(
        self,
        prepared: Prepared,
        municipality: str | None,
        programmes: Collection[str],
        policy: Policy | None = None,
    ) -> None:
        """Count who lives there, and note which offers each zone can reach."""
        region = prepared.region
        self._programmes = list(programmes)
        self.year = prepared.periods[-1]
        zones = region.zones
        if municipality is not None:
            zones = zones[zones["municipality"] == municipality]
        self.zones = set(zones["zone"])
        demand = pd.concat(
            [
                region.demand(self.year, one.name).assign(share=one.probability)
                for one in prepared.scenarios
            ]
        )
        self._demand = demand[demand["zone"].isin(self.zones)]
        self._demand = self._demand.assign(
            learners=self._demand["learners"] * self._demand["share"]
        )
        young = self._demand[self._demand["learner"] == YOUNG]
        self._living = young.groupby("zone")["learners"].sum()
        self.everybody = float(self._living.sum())
        self._reach = Reach(region, policy or prepared.policy)

    def zones_within(self, offers: Iterable[Pair]) -> set[str]:
        """Return the zones from which any of these offers can be reached."""
        zones, wanted = sorted(self.zones), list(offers)
        near = self._reach.of_young(zones, wanted)
        return {zone for zone, found in zip(zones, near, strict=True) if found.any()}

    def within(self, offer: Pair) -> float:
        """Return the young learners a year who could reach an offer."""
        return self.living_in(self.zones_within([offer]))

    def living_in(self, zones: set[str]) -> float:
        """Return the young learners a year who live in zones."""
        return float(self._living.reindex(sorted(zones)).fillna(0.0).sum())

    @property
    def asking(self) -> float:
        """Learners a year, young and adult, who ask for any of the programmes."""
        asked = self._demand["choice"].isin(self._programmes)
        return float(self._demand.loc[asked, "learners"].sum())
