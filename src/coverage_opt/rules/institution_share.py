"""Each institution keeps its part of the region's learners."""

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
    PeriodFacts,
    PeriodView,
    Row,
    Rule,
    exceeds,
)
from coverage_opt.rules.easing import Knob
from coverage_opt.rules.names import missing_tables


class InstitutionShare(Rule):
    r"""No institution loses more than a part of its present share of the learners.

    .. math::

        \sum_{p,\, s \in S(i)} \mathrm{enrolled}_{pstw} \ge x \, q_i \, N_{tw}
        \qquad \forall i, t, w

    with :math:`q_i` the institution's share of today's learners in ``current.csv`` and
    :math:`N_{tw}` all who ask for a programme or an orientation year, placed or not. When there
    are fewer learners, each institution may shrink with the region. Institutions that have no
    learners today are promised none.

    No norm was found; how much each institution keeps is what the institutions agree on.
    """

    name: ClassVar[str] = "institution_share"
    of_flows: ClassVar[bool] = True

    share_at_least: float = Field(ge=0, le=1)
    """Part, 0-1, of its present share of the learners that each institution keeps."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when it is not known who has how many learners today."""
        yield from missing_tables(self.name, region, "current")

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row for each institution that has learners today.

        An institution that can have no learners at all gets a row that cannot be met.
        """
        region, starting = period.region, defaultdict[str, list[Any]](list)
        for (_, site), learners in moment.enrolled.items():
            starting[region.institution_of[site]].append(learners)
        for institution, present in _present_shares(region).items():
            least = self.share_at_least * present * moment.everybody
            yield (institution,), (least, sum(starting[institution]), None)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the share."""
        return Knob(("share_at_least",), 0.0, 0.01)

    def sentence(self, key: Key, region: Region) -> str:
        """Say which share of the learners an institution keeps."""
        present = _present_shares(region)[key[0]]
        return (
            f"{region.institution_name(key[0])} keeps at least {self.share_at_least * present:.1%} "
            f"of the learners; today it has {present:.1%}"
        )

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare the learners at each institution with its share of all who ask."""
        region, units = facts.region, facts.region.units
        programmes = [
            *region.programmes["programme"],
            *units.loc[units["kind"] == "orientation", "unit"],
        ]
        asking = facts.demand["choice"].isin(programmes)
        everybody = float(facts.demand.loc[asking, "learners"].sum())
        started = facts.offers.merge(region.sites[["site", "institution"]], on="site")
        learners = started.groupby("institution")["learners"].sum()
        for institution, present in _present_shares(region).items():
            least = self.share_at_least * present * everybody
            has = float(learners.get(institution, 0.0))
            if exceeds(least, has):
                yield (institution,), least - has


def _present_shares(region: Region) -> dict[str, float]:
    """Return institution -> its share 0-1 of today's learners, where it has any."""
    learners: dict[str, float] = defaultdict(float)
    for site, starting in rows(region.current, "site", "learners"):
        learners[region.institution_of[site]] += starting
    everybody = sum(learners.values())
    return {
        institution: starting / everybody
        for institution, starting in sorted(learners.items())
        if starting > 0
    }
