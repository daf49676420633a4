"""No institution spends more than it is funded for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.base import (
    Broken,
    Key,
    MomentFacts,
    MomentView,
    PeriodFacts,
    PeriodView,
    Row,
    Rule,
    exceeds,
)
from coverage_opt.rules.easing import Knob


class InstitutionBalance(Rule):
    r"""The cost of each institution stays within its funding, or a little above it.

    .. math::

        \mathrm{cost}_{it} \le (1 + d) \, \mathrm{funding}_{itw} \qquad \forall i, t, w

    Cost is decided before the scenario is known, funding follows the learners who come. What is
    taught online is the region's and stands on no institution's account.

    No norm was found; which deficit can be borne, from reserves or for a while, is the
    institutions' choice.
    """

    name: ClassVar[str] = "institution_balance"
    needs_money: ClassVar[bool] = True
    of_flows: ClassVar[bool] = True

    deficit_at_most: float = Field(default=0.0, ge=0, le=10)
    """Cost above funding, as a share of the funding: 0.02 for 2 %."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when the region has no money."""
        if region.money is None:
            yield Problem(
                "rule institution_balance needs funding and costs",
                where="region.yaml",
                advice="add money (funding_per_learner, cost_per_group_hour, ...) to region.yaml",
            )

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row, in thousands of euros, for each institution."""
        # euros would stand far above the numbers of any other row
        for institution, cost in period.cost.items():
            if institution != ONLINE:
                allowed = (1 + self.deficit_at_most) * moment.funding.get(institution, 0.0)
                yield (institution,), (None, 0.001 * (cost - allowed), 0)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the deficit."""
        return Knob(("deficit_at_most",), 1.0, 0.001)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how far the cost of an institution may go."""
        name = region.institution_name(key[0])
        if self.deficit_at_most == 0:
            return f"{name} costs no more than its funding"
        return f"{name} costs at most {self.deficit_at_most:.1%} more than its funding"

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare the recomputed cost of each institution with its funding."""
        for institution in facts.region.institutions["institution"]:
            cost = period.cost.get(institution, 0.0)
            allowed = facts.funding.get(institution, 0.0) * (1 + self.deficit_at_most)
            if exceeds(cost, allowed):
                yield (institution,), cost - allowed
