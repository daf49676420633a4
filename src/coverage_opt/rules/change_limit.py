"""A region or an institution can only change so much at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.easing import Knob


class ChangeLimit(Rule):
    r"""At most k offers open or close from one period to the next.

    .. math::

        \sum_{p,s} (\mathrm{opened}_{pst} + \mathrm{closed}_{pst}) \le k \qquad \forall t

    or the same for the sites of each institution. The first period planned for is compared with
    today's offers in ``current.csv``; in a region without it, nothing counts as a change there.

    No norm was found; what teachers, learners and companies can follow is the planner's choice.
    """

    name: ClassVar[str] = "change_limit"
    needs_changes: ClassVar[bool] = True

    changes_at_most: int = Field(ge=0)
    """Offers that open or close in a period, opened and closed together."""
    per: Literal["region", "institution"] = "region"
    """Whether the number is for the whole region, or for each institution."""

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row for the region, or for each institution, where anything can change.

        What must change, as an offer that is not possible any more, counts as the number 1.
        """
        changes: dict[Key, list[Any]] = defaultdict(list)
        for changed in (period.opened, period.closed):
            for (_, site), happens in changed.items():
                changes[self._whose(site, period.region)].append(happens)
        for key, happening in changes.items():
            yield key, (None, sum(happening), self.changes_at_most)

    def _whose(self, site: str, region: Region) -> Key:
        """Return the key of the row in which a change at a site counts."""
        return () if self.per == "region" else (region.institution_of[site],)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the changes."""
        return Knob(("changes_at_most",), float(2 * len(region.teachable)))

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many offers may open or close."""
        where = f" at {region.institution_name(key[0])}" if key else ""
        return f"At most {self.changes_at_most} offer(s){where} open or close at a time"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Count what opens and what closes."""
        changed = [*facts.opened, *facts.closed]
        count = Counter(self._whose(site, facts.region) for _, site in changed)
        for key, changes in sorted(count.items()):
            if changes > self.changes_at_most:
                yield key, float(changes - self.changes_at_most)
