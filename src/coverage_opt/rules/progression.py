"""Who has a diploma can go on to a higher level close by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.neighbours import missing_site_travel, neighbourhoods

Level = Annotated[int, Field(ge=1, le=3)]


class Progression(Rule):
    r"""An offer has an offer at a higher level, of the same domain or dossier, close to it.

    .. math::

        \mathrm{offer}_{pst} \le
        \sum_{p' \in N(p)} \; \sum_{s':\, \mathrm{minutes}_{ss'} \le m} \mathrm{offer}_{p's't}
        \qquad \forall s, t, p: l_p \in L

    with :math:`N(p)` the programmes of the same domain (or dossier) at a higher level than
    :math:`l_p`; the site :math:`s` itself counts. A programme for which the region has no such
    programme at all is left out. A programme over two domains counts in its first. What is close
    enough to go on is the planner's choice: no norm was found.
    """

    name: ClassVar[str] = "progression"

    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = (2,)
    """Levels of mbo from which learners must be able to go on; from 4 there is no higher one."""
    within: Literal["dossier", "domain"] = "domain"
    """What the two programmes must have in common."""
    minutes: float = Field(default=60, ge=0, le=1440)
    """Minutes one way from the site to the one where learners go on, at most."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when the travel times between sites are not known."""
        yield from missing_site_travel(self.name, region)

    def successors(self, region: Region) -> dict[str, frozenset[str]]:
        """Return the programmes that learners can go on to, for those that must have one."""
        programmes = list(rows(region.programmes, "programme", "level", self.within))
        found = {
            programme: frozenset(
                other for other, higher, same in programmes if higher > level and same == common
            )
            for programme, level, common in programmes
            if level in self.levels
        }
        return {programme: others for programme, others in found.items() if others}

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per offer that must have a successor."""
        around = neighbourhoods(period.region, self.minutes)
        successors = self.successors(period.region)
        for (programme, site), offer in period.offer.items():
            if programme in successors:
                onward = sum(
                    period.offer[other, place]
                    for other in sorted(successors[programme])
                    for place in sorted(around[site])
                    if (other, place) in period.offer
                )
                yield (programme, site), (None, offer - onward, 0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say from where learners can go on."""
        programme, site = region.programme_name(key[0]), region.site_name(key[1])
        return (
            f"Who learned {programme} at {site} can go on to a higher level of its {self.within} "
            f"within {self.minutes:g} minutes"
        )

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Look for an offer to go on to around each offer that must have one."""
        around = neighbourhoods(facts.region, self.minutes)
        successors = self.successors(facts.region)
        offers = set(rows(facts.offers, "programme", "site"))
        for programme, site in sorted(offers):
            onward = {
                (higher, place)
                for higher in successors.get(programme, ())
                for place in around[site]
            }
            if programme in successors and not onward & offers:
                yield (programme, site), 1.0
