"""A building holds only so many learners at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from coverage_opt.errors import Problem
from coverage_opt.frames import mapping, rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import (
    Broken,
    Key,
    MomentFacts,
    MomentView,
    PeriodFacts,
    PeriodView,
    Row,
    Rule,
    exceeds,
)
from coverage_opt.rules.easing import Knob
from coverage_opt.rules.names import missing_tables


class SiteCapacity(Rule):
    r"""What is taught at a site fits into its places.

    .. math::

        \sum_u h_u \, \mathrm{size}_{ustw} \le H \, \mathrm{places}_s
        \qquad \forall s \in \text{site\_capacity.csv}, \forall t, w

    Learners are in the building for the contact hours :math:`h_u` of their units only, so that
    one place serves several of them in turn, :math:`H` hours a year. Sites that are not listed
    are large enough; what is online needs no place.

    The default of :math:`H` is an assumption: forty weeks in which a place is used for 25 hours.
    """

    name: ClassVar[str] = "site_capacity"
    of_flows: ClassVar[bool] = True

    hours_per_place: float = Field(default=1000.0, gt=0, le=8784)
    """Contact hours of learners that one place gives, hours a year."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when the region does not say how large its sites are."""
        yield from missing_tables(self.name, region, "site_capacity")

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row, in places, for each listed site where anything can be taught."""
        hours = mapping(period.units, "unit", "hours")
        present: dict[str, list[Any]] = defaultdict(list)
        for (unit, site), learners in moment.size.items():
            present[site].append(hours[unit] / self.hours_per_place * learners)
        for site, places in rows(period.region.site_capacity, "site", "places"):
            if site in present:
                yield (site,), (None, sum(present[site]), places)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the hours of a place."""
        return Knob(("hours_per_place",), 8784.0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many learners a site holds."""
        places = mapping(region.site_capacity, "site", "places")[key[0]]
        return f"{region.site_name(key[0])} holds at most {places:,.6g} learners at once"

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare the places that the learners at each site take up with what it has."""
        hours = period.units.drop_duplicates("unit").set_index("unit")["hours"]
        taken_up = facts.units["learners"] * facts.units["unit"].map(hours) / self.hours_per_place
        needed = taken_up.groupby(facts.units["site"]).sum()
        places = facts.region.site_capacity.set_index("site")["places"]
        for site in places.index.intersection(needed.index):
            if exceeds(needed[site], places[site]):
                yield (site,), float(needed[site] - places[site])
