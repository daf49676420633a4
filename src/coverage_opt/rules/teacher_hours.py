"""An institution has only so many teachers in each domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.frames import mapping, rows
from coverage_opt.region.region import GENERAL, ONLINE, Region
from coverage_opt.rules.base import (
    Broken,
    Key,
    Pair,
    PeriodFacts,
    PeriodView,
    Row,
    Rule,
    exceeds,
)
from coverage_opt.rules.easing import Knob
from coverage_opt.rules.names import missing_tables


class TeacherHours(Rule):
    r"""The groups of a domain at an institution's sites have teachers there.

    .. math::

        \sum_{u \in U(d),\, s \in S(i)} h_u \, \mathrm{groups}_{ust}
        + \sum_{p \in P(d),\, s \in S(i)} \frac{e_p}{y_t} \, \mathrm{closed}_{pst}
        \le x \, \mathrm{hours}_{id} \qquad \forall i, d, t

    A programme that closes is taught out to those who are inside: :math:`e_p` group hours in its
    first domain, spread over the :math:`y_t` years that the period stands for. What is online is
    taught for the whole region and asks nothing of an institution's teachers.
    """

    name: ClassVar[str] = "teacher_hours"
    needs_groups: ClassVar[bool] = True
    needs_changes: ClassVar[bool] = True

    stretch: float = Field(default=1.0, ge=0, le=10)
    """Share of the listed group hours that is available: below 1 for teachers who leave, above 1
    for those who can be found."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when an institution may teach what no teacher hours are listed for."""
        yield from missing_tables(self.name, region, "teachers")
        if not region.has("teachers"):
            return
        listed = set(rows(region.teachers, "institution", "domain"))
        missing = sorted(_teachable(region) - listed)
        if missing:
            yield Problem(
                "rule teacher_hours needs the hours for everything an institution may teach",
                where="teachers.csv",
                rows=tuple(", ".join(pair) for pair in missing),
                advice="add a row for each institution and domain, with 0 where there is nobody; "
                f"{GENERAL} is for units that programmes of several domains share",
            )

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row for each institution and domain in which anything can be taught."""
        region, needed = period.region, defaultdict[Pair, list[Any]](list)
        hours = mapping(period.units, "unit", "hours")
        domains = mapping(period.units, "unit", "domain")
        for (unit, site), groups in period.groups.items():
            if site != ONLINE:
                needed[region.institution_of[site], domains[unit]].append(hours[unit] * groups)
        span = region.span_years(period.period)
        for (programme, site), closed in period.closed.items():
            pair = region.institution_of[site], region.domains_of(programme)[0]
            needed[pair].append(region.teach_out_hours[programme] / span * closed)
        available = self._available(region)
        for pair in sorted(needed):
            yield pair, (None, sum(needed[pair]), available.get(pair, 0.0))

    def _available(self, region: Region) -> dict[Pair, float]:
        """Return (institution, domain) -> group hours a year that its teachers give."""
        listed = mapping(region.teachers, ["institution", "domain"], "hours")
        return {pair: self.stretch * hours for pair, hours in listed.items()}

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the stretch."""
        return Knob(("stretch",), 10.0, 0.01)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many hours the teachers of an institution give in a domain."""
        institution, domain = key
        hours = self._available(region).get((institution, domain), 0.0)
        subject = "general subjects" if domain == GENERAL else domain
        return (
            f"Teachers of {subject} at {region.institution_name(institution)} teach at most "
            f"{hours:,.6g} hours a year"
        )

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Add up the hours of the groups, and of what is taught out, where they fall."""
        region = facts.region
        institution = mapping(region.sites, "site", "institution")
        first_domain = mapping(region.programmes, "programme", "domain")
        total: dict[Pair, float] = defaultdict(float)
        for site, domain, hours, groups in rows(facts.units, "site", "domain", "hours", "groups"):
            if site in institution:
                total[institution[site], domain] += hours * groups
        for programme, site in facts.closed:
            hours = region.teach_out_hours[programme] / region.span_years(facts.period)
            total[institution[site], first_domain[programme]] += hours
        available = self._available(region)
        for pair, hours in sorted(total.items()):
            if exceeds(hours, available.get(pair, 0.0)):
                yield pair, float(hours - available.get(pair, 0.0))


def _teachable(region: Region) -> set[Pair]:
    """Return every (institution, domain) that may be taught under some policy."""
    domains = set(region.programmes["domain"])
    found = {
        (region.institution_of[site], domain)
        for site, domain in rows(region.site_domains, "site", "domain")
        if domain in domains
    }
    if _general_units(region):
        found |= {(institution, GENERAL) for institution, _ in found}
    return found


def _general_units(region: Region) -> bool:
    """Tell whether programmes of several domains use the same unit, and not online."""
    domain_of = mapping(region.programmes, "programme", "domain")
    delivery = mapping(region.units, "unit", "delivery")
    domains: dict[str, set[str]] = defaultdict(set)
    for programme, unit in rows(region.curriculum, "programme", "unit"):
        if delivery[unit] != "online":
            domains[unit].add(domain_of[programme])
    return any(len(found) > 1 for found in domains.values())
