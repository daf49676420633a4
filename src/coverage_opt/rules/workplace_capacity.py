"""No more learners than there are companies to learn in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import (
    Broken,
    Key,
    MomentFacts,
    MomentView,
    Pair,
    PeriodFacts,
    PeriodView,
    Row,
    Rule,
    exceeds,
)
from coverage_opt.rules.easing import Knob
from coverage_opt.rules.names import missing_tables


class WorkplaceCapacity(Rule):
    r"""The learners of a domain and pathway find a company that takes them.

    .. math::

        \sum_{p \in P(d, \ell),\, s} y_p \, \mathrm{enrolled}_{pstw}
        \le x \, \mathrm{places}_{d \ell tw}
        \qquad \forall (d, \ell) \in \text{workplaces.csv}, \forall t, w

    with :math:`y_p` the years, after drop-out, that a learner who starts :math:`p` is present, so
    that the left side is how many are there at once. A place is a contract of employment for the
    work-based pathway (BBL), an internship for the school-based one (BOL). A programme counts for
    its first domain. A domain and pathway that is not listed finds places enough.

    Source: WEB art. 7.2.8, by which practice under an agreement with a company is part of every
    programme. The number of places is the region's own.
    """

    name: ClassVar[str] = "workplace_capacity"

    stretch: float = Field(default=1.0, ge=0, le=10)
    """Share of the listed places that is available: above 1 when more companies take part."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when the region does not say how many places there are."""
        yield from missing_tables(self.name, region, "workplaces")

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row for each listed domain and pathway in which anything may be offered."""
        region, present = period.region, defaultdict[Pair, list[Any]](list)
        kind = {
            programme: (domain, pathway)
            for programme, domain, pathway in rows(
                region.programmes, "programme", "domain", "pathway"
            )
        }
        for (programme, _), starting in moment.enrolled.items():
            present[kind[programme]].append(region.present_years[programme] * starting)
        for pair, places in moment.workplaces.items():
            if pair in present:
                yield pair, (None, sum(present[pair]), self.stretch * places)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the stretch."""
        return Knob(("stretch",), 10.0, 0.01)

    def sentence(self, key: Key, region: Region) -> str:
        """Say that there are no more places than that."""
        domain, pathway = key
        what = "contracts" if pathway == "BBL" else "internships"
        return f"{domain} has no more {pathway} learners than companies have {what} for"

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare those who are present at once with the places."""
        region = facts.region
        placed = facts.offers[["programme", "learners"]].merge(
            region.programmes[["programme", "domain", "pathway"]], on="programme"
        )
        years = placed["programme"].map(region.present_years)
        at_once = (placed["learners"] * years).groupby([placed["domain"], placed["pathway"]]).sum()
        listed = region.workplaces_in(facts.period, facts.scenario)
        for domain, pathway, places in rows(listed, "domain", "pathway", "places"):
            pair, most = (domain, pathway), self.stretch * places
            present = float(at_once.get(pair, 0.0))
            if exceeds(present, most):
                yield pair, present - most
