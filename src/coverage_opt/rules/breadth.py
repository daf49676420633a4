"""A site that is open offers more than one kind of thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.easing import Knob


class Breadth(Rule):
    r"""Each open site has offers in enough domains, or in all that it may teach.

    .. math::

        \sum_d \mathrm{has}_{dst} \ge \min(n, |D_s|)\, \mathrm{open\_site}_{st}
        \qquad
        \mathrm{has}_{dst} \le \sum_{p \in d} \mathrm{offer}_{pst}
        \qquad \forall s, t

    with :math:`D_s` the domains that the site may teach and
    :math:`0 \le \mathrm{has}_{dst} \le 1`. A programme over two domains counts for both. How broad
    a site should be is the planner's choice.
    """

    name: ClassVar[str] = "breadth"
    needs_open_site: ClassVar[bool] = True

    domains_at_least: int = Field(ge=1)
    """Domains in which an open site has an offer; no more than it may teach."""

    def needed(self, region: Region) -> dict[str, int]:
        """Return the domains that each site needs when it is open."""
        taught = region.site_domains.groupby("site")["domain"].nunique()
        return {str(site): min(self.domains_at_least, int(n)) for site, n in taught.items()}

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield, for each site, the domains it has offers in and that they are enough."""
        offered: dict[str, dict[str, list[Any]]] = {}
        for (programme, site), offer in period.offer.items():
            for domain in period.region.domains_of(programme):
                offered.setdefault(site, {}).setdefault(domain, []).append(offer)
        needed = self.needed(period.region)
        for site, opened in period.open_site.items():
            has: list[Any] = []
            for domain, offers in sorted(offered.get(site, {}).items()):
                has.append(period.auxiliary(site, domain))
                yield (site, domain), (None, has[-1] - sum(offers), 0)
            yield (site,), (0, sum(has) - needed[site] * opened, None)

    def defines(self, key: Key) -> bool:
        """Tell whether the row says when a domain counts."""
        return len(key) > 1

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the number of domains."""
        return Knob(("domains_at_least",), 1.0) if self.domains_at_least > 1 else None

    def sentence(self, key: Key, region: Region) -> str:
        """Say how broad a site is, or when a domain counts."""
        site = region.site_name(key[0])
        if len(key) > 1:
            return f"Domain {key[1]} counts for {site} only where it is offered"
        needed = self.needed(region)[key[0]]
        return f"{site}, when it is open, has offers in at least {needed} domain(s)"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Count the domains offered at each site that offers or teaches anything."""
        domains: dict[str, set[str]] = {site: set() for site in facts.units["site"]}
        for programme, site in rows(facts.offers, "programme", "site"):
            domains.setdefault(site, set()).update(facts.region.domains_of(programme))
        for site, needed in self.needed(facts.region).items():
            if site in domains and len(domains[site]) < needed:
                yield (site,), float(needed - len(domains[site]))
