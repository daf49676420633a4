"""What opens stays open for some years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Facts, Key, PlanView, Row, Rule


class MinimumRun(Rule):
    r"""An offer that opens is there in every planned period of the years that follow.

    .. math::

        \mathrm{offer}_{pst'} \ge \mathrm{opened}_{pst}
        \qquad \forall p, s,\ \forall t < t' < t + n

    for the periods :math:`t, t'` that are planned for. What is offered today may close at any
    time.

    No norm was found; over how many years an investment must pay is the planner's choice.
    """

    name: ClassVar[str] = "minimum_run"
    needs_changes: ClassVar[bool] = True

    years_at_least: int = Field(ge=1, le=100)
    """Years, from the period in which an offer opens, before it may close."""

    def _bound(self, opening: int, later: int) -> bool:
        """Tell whether what opens in a period may not yet be closed in another."""
        return 0 < later - opening < self.years_at_least

    def plan_rows(self, plan: PlanView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per offer and pair of periods.

        Where the offer is not possible in the later period, it may not open in the earlier one.
        """
        for period in plan.periods:
            for later in plan.periods:
                if self._bound(period.period, later.period):
                    years = str(period.period), str(later.period)
                    for offer, opened in period.opened.items():
                        kept = later.offer.get(offer, 0) - opened
                        yield (*offer, *years), (0, kept, None)

    def sentence(self, key: Key, region: Region) -> str:
        """Say until when an offer that opens stays."""
        programme, site = region.programme_name(key[0]), region.site_name(key[1])
        return (
            f"{programme} at {site} opens in {key[2]}, so it is still offered in {key[3]}: what "
            f"opens stays for at least {self.years_at_least} year(s)"
        )

    def plan_checks(self, facts: Facts) -> Iterator[Broken]:
        """Look up each offer that opens in the periods that follow."""
        offered = {
            each.period: set(rows(each.offers, "programme", "site")) for each in facts.periods
        }
        for opening in facts.periods:
            for later, offers in offered.items():
                if self._bound(opening.period, later):
                    for offer in sorted(opening.opened - offers):
                        yield (*offer, str(opening.period), str(later)), 1.0
