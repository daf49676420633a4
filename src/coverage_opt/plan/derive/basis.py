"""What the tables of a plan are derived from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from coverage_opt.frames import mapping
from coverage_opt.plan.plan import typed
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.region.scenarios import Scenario

MOMENT = ["period", "scenario"]
"""What names a moment: a period under a scenario."""


@dataclass(frozen=True)
class Basis:
    """What is decided, and for what.

    Learners are a year, in real zones. The order of rows does not matter.

    Attributes:
        region: the region.
        policy: the policy.
        teaching: units and curriculum under the policy.
        periods: calendar years planned for, increasing.
        scenarios: the scenarios planned for; their probabilities sum to 1.
        demand: (period, scenario) -> learner, zone, choice, learners.
        offers: period, programme, site.
        runs: period, unit, site; every unit that runs, however it is taught.
        switches: period, scenario, learner, zone, choice, programme, learners.
        placements: period, scenario, learner, zone, programme, site, learners.
        attendance: period, scenario, learner, zone, unit, site, learners; units taught nearby.
        certificates: period, scenario, learner, zone, unit, site, learners; units taken alone.
        sent: period, scenario, unit, site, partner_site, learners; after drop-out.
    """

    region: Region
    policy: Policy
    teaching: Teaching
    periods: tuple[int, ...]
    scenarios: tuple[Scenario, ...]
    demand: Mapping[tuple[int, str], pd.DataFrame]
    offers: pd.DataFrame
    runs: pd.DataFrame
    switches: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame
    certificates: pd.DataFrame
    sent: pd.DataFrame

    def __post_init__(self) -> None:
        # a table without rows may come without types
        for name in (
            "offers", "runs", "switches", "placements", "attendance", "certificates", "sent",
        ):  # fmt: skip
            object.__setattr__(self, name, typed(getattr(self, name)))

    @cached_property
    def probability(self) -> dict[str, float]:
        """Probability of each scenario, 0-1."""
        return {scenario.name: scenario.probability for scenario in self.scenarios}

    @cached_property
    def moments(self) -> pd.MultiIndex:
        """Every period under every scenario."""
        return pd.MultiIndex.from_product([self.periods, list(self.probability)], names=MOMENT)

    @cached_property
    def asking(self) -> pd.DataFrame:
        """Period, scenario, learner, zone, choice, learners, alone (whether a single unit)."""
        asked = pd.concat(
            [
                self.demand[period, scenario].assign(period=period, scenario=scenario)
                for period, scenario in self.moments
            ],
            ignore_index=True,
        )
        units = self.region.units
        alone = units.loc[units["kind"] != "orientation", "unit"]
        return typed(asked).assign(alone=asked["choice"].isin(alone))

    @cached_property
    def living(self) -> pd.DataFrame:
        """Period, scenario, zone, learners: the young who live there, where there are any."""
        young = self.asking[self.asking["learner"] == "young"]
        return young.groupby([*MOMENT, "zone"], as_index=False)[["learners"]].sum()

    @cached_property
    def hours(self) -> dict[str, float]:
        """Contact hours a group a year, by unit."""
        return mapping(self.teaching.units, "unit", "hours")

    @cached_property
    def institution_of(self) -> dict[str, str]:
        """Institution of each site; what is online stands on its own."""
        return {**self.region.institution_of, ONLINE: ONLINE}

    @cached_property
    def institutions(self) -> list[str]:
        """All institutions of the region."""
        return sorted(self.region.institutions["institution"])

    def expected(self, table: pd.DataFrame, key: list[str], value: str = "learners") -> pd.Series:
        """Return the sums of ``value`` by ``key``, each scenario weighted by its probability."""
        weighed = table[value] * table["scenario"].map(self.probability).astype("float64")
        return weighed.groupby([table[column] for column in key]).sum().rename(value)
