"""A programme is offered at no more sites than its learners can fill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

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


class ProgrammeEfficiency(Rule):
    r"""Over all its sites together, a programme has enough learners for each.

    .. math::

        \sum_s \mathrm{enrolled}_{pstw} \ge m \sum_s \mathrm{offer}_{pst} \qquad \forall p, t

    in every scenario :math:`w`; or, where it ``holds`` in expectation, with the mean over the
    scenarios on the left.

    Source: Wet educatie en beroepsonderwijs, article 6.1.3, third paragraph: an institution offers
    a programme only when that is efficient, what others offer taken together with it (zorgplicht
    doelmatigheid). The article names no number; 15 is the class that Dutch colleges commonly ask
    for (a convention).
    """

    name: ClassVar[str] = "programme_efficiency"

    learners_per_offer: float = Field(default=15, gt=0, le=1000)
    """Learners a year who start, at the least, for each site that offers the programme."""
    holds: Literal["every_scenario", "expectation"] = "every_scenario"
    """Whether it holds in each scenario, or in the mean over them."""

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows on the mean over the scenarios."""
        if self.holds == "expectation":
            yield from self._filled(period, [(each.probability, each) for each in period.moments])

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows on one scenario."""
        if self.holds == "every_scenario":
            yield from self._filled(period, [(1.0, moment)])

    def _filled(
        self, period: PeriodView, parts: list[tuple[float, MomentView]]
    ) -> Iterator[tuple[Key, Row]]:
        """Yield one row per programme."""
        slack: dict[str, Any] = {}
        for (programme, site), offer in period.offer.items():
            enrolled = sum(share * moment.enrolled[programme, site] for share, moment in parts)
            spare = enrolled - self.learners_per_offer * offer
            slack[programme] = slack.get(programme, 0) + spare
        for programme, spare in slack.items():
            yield (programme,), (0, spare, None)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the number of learners."""
        return Knob(("learners_per_offer",), 0.1, 0.1)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many learners a programme needs."""
        programme = region.programme_name(key[0])
        return (
            f"{programme} has at least {self.learners_per_offer:g} learners a year for each site "
            "that offers it"
        )

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Compare the mean over the scenarios with the number of sites."""
        if self.holds == "expectation":
            weighed = [(moment.probability, moment) for moment in facts.moments]
            yield from self._short(facts, weighed)

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare those who start in one scenario with the number of sites."""
        if self.holds == "every_scenario":
            yield from self._short(period, [(1.0, facts)])

    def _short(
        self, period: PeriodFacts, parts: list[tuple[float, MomentFacts]]
    ) -> Iterator[Broken]:
        """Yield the programmes with too few learners for their sites."""
        for programme, sites in period.offers.groupby("programme")["site"]:
            learners = 0.0
            for share, moment in parts:
                starting = moment.offers["programme"] == programme
                learners += share * float(moment.offers.loc[starting, "learners"].sum())
            needed = self.learners_per_offer * len(sites)
            if exceeds(needed, learners):
                yield (str(programme),), needed - learners
