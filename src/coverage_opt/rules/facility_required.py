"""A programme is offered only where there is what it needs to be taught."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pandas as pd

from coverage_opt.errors import Problem
from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, Pair, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.names import missing_tables, unknown_names


class FacilityRequired(Rule):
    r"""A site offers only programmes whose every required facility it has.

    .. math::

        \mathrm{offer}_{pst} = 0
        \qquad \forall p, s, t: R_p \setminus W \not\subseteq F_s

    with :math:`R_p` the facilities that :math:`p` requires, :math:`F_s` those that :math:`s` has
    and :math:`W` those waived. What a programme requires and a site has are figures of the region.
    """

    name: ClassVar[str] = "facility_required"

    waived: tuple[str, ...] = ()
    """Facilities that a programme may do without, by the names of ``facilities.csv``."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield missing tables, and waived facilities that the region does not know."""
        missing = list(missing_tables(self.name, region, "facilities", "requirements"))
        yield from missing
        if not missing:
            known = {*region.facilities["facility"], *region.requirements["facility"]}
            yield from unknown_names(self.name, "facility", self.waived, sorted(known))

    def lacking(self, region: Region) -> dict[Pair, tuple[str, ...]]:
        """Return what a site lacks of what a programme requires, where it lacks anything."""
        present = _facilities(region.facilities, "site")
        lacking = {
            (programme, site): required - set(self.waived) - present.get(site, set())
            for programme, required in _facilities(region.requirements, "programme").items()
            for site in region.sites["site"]
        }
        return {offer: tuple(sorted(missing)) for offer, missing in lacking.items() if missing}

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per offer that lacks a facility."""
        lacking = self.lacking(period.region)
        for key, offer in period.offer.items():
            if key in lacking:
                yield key, (0, offer, 0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say what the site lacks."""
        programme, site = region.programme_name(key[0]), region.site_name(key[1])
        lacking = ", ".join(self.lacking(region)[key[0], key[1]])
        return f"{programme} is not offered at {site}, which lacks: {lacking}"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Look up, for each offer, what its site lacks."""
        lacking = self.lacking(facts.region)
        for offer in rows(facts.offers, "programme", "site"):
            if offer in lacking:
                yield offer, float(len(lacking[offer[0], offer[1]]))


def _facilities(table: pd.DataFrame, owner: str) -> dict[str, set[str]]:
    """Return the facilities listed for each owner (programme or site)."""
    found: dict[str, set[str]] = {}
    for name, facility in rows(table, owner, "facility"):
        found.setdefault(name, set()).add(facility)
    return found
