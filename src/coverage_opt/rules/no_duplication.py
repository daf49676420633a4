"""Sites close together do not offer the same programme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.easing import Knob
from coverage_opt.rules.neighbours import missing_site_travel, neighbourhoods


class NoDuplication(Rule):
    r"""A programme is offered at no more than k of the sites around any site.

    .. math::

        \sum_{s':\, \mathrm{minutes}_{ss'} \le m} \mathrm{offer}_{ps't} \le k
        \qquad \forall p, s, t

    The neighbourhood of :math:`s` includes :math:`s` itself. It is counted around every site,
    whether or not the site offers the programme.
    """

    name: ClassVar[str] = "no_duplication"

    sites_at_most: int = Field(default=1, ge=1)
    """Sites that may offer the same programme within each other's neighbourhood."""
    within_minutes: float = Field(ge=0, le=1440)
    """Minutes one way between sites that count as neighbours."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when the travel times between sites are not known."""
        yield from missing_site_travel(self.name, region)

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per programme and distinct neighbourhood that could hold too many."""
        sites_of: dict[str, set[str]] = {}
        for programme, site in period.offer:
            sites_of.setdefault(programme, set()).add(site)
        around = neighbourhoods(period.region, self.within_minutes)
        for programme, sites in sites_of.items():
            seen = set()
            for centre, neighbours in around.items():
                candidates = neighbours & sites
                if len(candidates) > self.sites_at_most and candidates not in seen:
                    seen.add(candidates)
                    offered = sum(period.offer[programme, site] for site in sorted(candidates))
                    yield (programme, centre), (None, offered, self.sites_at_most)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the number of sites."""
        return Knob(("sites_at_most",), float(len(region.sites)))

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many sites around a site may offer the programme."""
        programme, centre = region.programme_name(key[0]), region.site_name(key[1])
        return (
            f"{programme} is offered at no more than {self.sites_at_most} site(s) within "
            f"{self.within_minutes:g} minutes of {centre}"
        )

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Count the offers of each programme around every site."""
        around = neighbourhoods(facts.region, self.within_minutes)
        for programme, sites in facts.offers.groupby("programme")["site"]:
            offered = set(sites)
            for centre, neighbours in around.items():
                excess = len(offered & neighbours) - self.sites_at_most
                if excess > 0:
                    yield (str(programme), centre), float(excess)
