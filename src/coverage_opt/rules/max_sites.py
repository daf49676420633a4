"""Only so many sites stay open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.easing import Knob


class MaxSites(Rule):
    r"""At most k sites offer or teach anything.

    .. math::

        \sum_s \mathrm{open\_site}_{st} \le k \qquad \forall t

    where a site is open when it offers a programme or runs a unit.
    """

    name: ClassVar[str] = "max_sites"
    needs_open_site: ClassVar[bool] = True

    sites_at_most: int = Field(ge=1)
    """Sites that may be open."""

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield the one row of a period."""
        yield (), (None, sum(period.open_site.values()), self.sites_at_most)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the number of sites."""
        return Knob(("sites_at_most",), float(len(region.sites)))

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many sites may be open."""
        return f"At most {self.sites_at_most} site(s) are open"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Count the sites that offer a programme or teach a unit."""
        taught = set(facts.offers["site"]) | set(facts.units["site"])
        excess = len(taught & set(facts.region.sites["site"])) - self.sites_at_most
        if excess > 0:
            yield (), float(excess)
