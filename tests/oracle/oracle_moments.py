"""Who asks for what, and what work there is, in each period under each scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coverage_opt.region.region import Region

Pair = tuple[str, str]

Asker = tuple[str, str, str]
"""Learner (young or adult), zone and choice."""


@dataclass(frozen=True)
class Moment:
    """One period under one scenario, also where another scenario does not differ in it.

    Attributes:
        period: position among the periods planned for.
        probability: of the scenario.
        asking: learners a year of each (learner, zone, choice).
        openings: of each occupation, a year.
        workplaces: places of each (domain, pathway) that is limited.
    """

    period: int
    scenario: str
    probability: float
    asking: dict[Asker, float]
    openings: dict[str, float]
    workplaces: dict[Pair, float]

    @property
    def youth(self) -> dict[str, float]:
        """Young learners of each zone that has any."""
        living: dict[str, float] = defaultdict(float)
        for (learner, zone, _), learners in self.asking.items():
            if learner == "young":
                living[zone] += learners
        return dict(living)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def scenario_probabilities(region: Region, name: str) -> dict[str, float]:
    """Return the probability of each scenario of a set."""
    if name == "baseline":
        return {"baseline": 1.0}
    return {
        row["scenario"]: row["probability"]
        for row in records(region.scenarios)
        if row["set"] == name
    }


def moments_of(region: Region, periods: Sequence[int], scenarios: str) -> list[Moment]:
    """Return every period under every scenario of a set, worked out from the baseline."""
    return [
        _Futures(region, period, scenario).moment(number, probability)
        for number, period in enumerate(periods)
        for scenario, probability in scenario_probabilities(region, scenarios).items()
    ]


class _Futures:
    """What one scenario makes of one period."""

    def __init__(self, region: Region, period: int, scenario: str) -> None:
        self.region, self.period, self.scenario = region, period, scenario
        self.factors: dict[Pair, float] = {
            (row["quantity"], row["of"]): row["factor"]
            for row in records(region.factors)
            if row["scenario"] == scenario and row["period"] == period
        }

    def moment(self, number: int, probability: float) -> Moment:
        openings = {
            row["occupation"]: row["openings"] * self._times("openings", row["occupation"])
            for row in records(self.region.openings)
            if row["period"] == self.period
        }
        workplaces = {
            (row["domain"], row["pathway"]): row["places"]
            * self._times("workplaces", row["domain"])
            for row in records(self.region.workplaces)
        }
        return Moment(number, self.scenario, probability, self._asking(), openings, workplaces)

    def _times(self, quantity: str, *names: str) -> float:
        """Return the product of all factors that apply."""
        factor = 1.0
        for name in ("all", *names):
            factor *= self.factors.get((quantity, name), 1.0)
        return factor

    def _asking(self) -> dict[Asker, float]:
        """Return the baseline's demand, shifted between choices, then scaled."""
        domain_of = _domains_of_choices(self.region)
        before: dict[Pair, float] = defaultdict(float)
        after: dict[Pair, float] = defaultdict(float)
        shifted: dict[Asker, float] = {}
        for row in records(self.region.demand(self.period)):
            learner, zone, choice = row["learner"], row["zone"], row["choice"]
            names = [choice, *({domain_of[choice]} if choice in domain_of else ())]
            shifted[learner, zone, choice] = row["learners"] * self._times("choice", *names)
            before[learner, zone] += row["learners"]
            after[learner, zone] += shifted[learner, zone, choice]
        scale = {"young": self._times("learners"), "adult": self._times("adults")}
        asking = {
            key: learners * before[key[:2]] / after[key[:2]] * scale[key[0]]
            for key, learners in shifted.items()
        }
        return {key: learners for key, learners in asking.items() if learners > 0}


def _domains_of_choices(region: Region) -> dict[str, str]:
    """Return the domain of each programme, and of orientation units of one domain only."""
    domain_of = {row["programme"]: row["domain"] for row in records(region.programmes)}
    kinds = {row["unit"]: row["kind"] for row in records(region.units)}
    users: dict[str, set[str]] = defaultdict(set)
    for row in records(region.curriculum):
        if kinds[row["unit"]] == "orientation":
            users[row["unit"]].add(domain_of[row["programme"]])
    return domain_of | {unit: min(found) for unit, found in users.items() if len(found) == 1}
