"""All that is taught in the region together costs no more than a budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, PeriodFacts, PeriodView, Row, Rule, exceeds
from coverage_opt.rules.easing import Knob


class RegionBudget(Rule):
    r"""The cost of all institutions, and of what is online, stays within one budget.

    .. math::

        \mathrm{cost}_{\mathrm{online},t} + \sum_i \mathrm{cost}_{it} \le B \qquad \forall t

    The budget is the planner's own.
    """

    name: ClassVar[str] = "region_budget"
    needs_money: ClassVar[bool] = True

    euros_at_most: float = Field(ge=0, le=1e12)
    """The budget, EUR a year."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when the region has no money."""
        if region.money is None:
            yield Problem(
                "rule region_budget needs costs",
                where="region.yaml",
                advice="add money (funding_per_learner, cost_per_group_hour, ...) to region.yaml",
            )

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield the one row of the rule, in thousands of euros."""
        # euros would stand far above the numbers of any other row
        yield (), (None, 0.001 * sum(period.cost.values()), 0.001 * self.euros_at_most)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the budget."""
        return Knob(("euros_at_most",), 1e12, 1000.0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say what the region may spend."""
        return f"All that is taught costs at most EUR {self.euros_at_most:,.0f} a year"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Add up the recomputed costs."""
        cost = sum(facts.cost.values())
        if exceeds(cost, self.euros_at_most):
            yield (), cost - self.euros_at_most
