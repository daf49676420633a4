"""Sites close together do not offer the same programme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.frames import cells
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, ModelView, Row, Rule, Violation


class NoDuplication(Rule):
    r"""A programme is offered at no more than k of the sites around any site.

    .. math::

        \sum_{s':\, \mathrm{minutes}_{ss'} \le m} \mathrm{offer}_{ps'} \le k
        \qquad \forall p, s

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
        if region.site_minutes is None:
            yield Problem(
                "rule no_duplication needs the travel times between sites",
                where="site_travel.csv",
                advice="add site_travel.csv (from_site, to_site, minutes) to the region",
            )

    def _neighbourhoods(self, region: Region) -> dict[str, frozenset[str]]:
        if region.site_minutes is None:
            raise ValueError("no_duplication needs the travel times between sites")
        neighbourhoods = {site: {site} for site in region.site_minutes.index}
        for (site, other), minutes in cells(region.site_minutes).items():
            if minutes <= self.within_minutes:
                neighbourhoods[site].add(other)
        return {site: frozenset(others) for site, others in neighbourhoods.items()}

    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per programme and distinct neighbourhood that could hold too many."""
        sites_of: dict[str, set[str]] = {}
        for programme, site in model.offer:
            sites_of.setdefault(programme, set()).add(site)
        neighbourhoods = self._neighbourhoods(model.region)
        for programme, sites in sites_of.items():
            seen = set()
            for centre, neighbours in neighbourhoods.items():
                candidates = frozenset(neighbours & sites)
                if len(candidates) > self.sites_at_most and candidates not in seen:
                    seen.add(candidates)
                    offered = sum(model.offer[programme, site] for site in sorted(candidates))
                    yield (programme, centre), (None, offered, self.sites_at_most)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many sites around a site may offer the programme."""
        programme, centre = region.programme_name(key[0]), region.site_name(key[1])
        return (
            f"{programme} is offered at no more than {self.sites_at_most} site(s) within "
            f"{self.within_minutes:g} minutes of {centre}"
        )

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Count the offers of each programme around every site."""
        neighbourhoods = self._neighbourhoods(facts.region)
        for programme, sites in facts.offers.groupby("programme")["site"]:
            offered = set(sites)
            for centre, neighbours in neighbourhoods.items():
                excess = len(offered & neighbours) - self.sites_at_most
                if excess > 0:
                    yield self.violation((str(programme), centre), float(excess), facts)
