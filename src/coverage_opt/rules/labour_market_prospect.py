"""Programmes with a poor prospect of work are not offered, or take in fewer learners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

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

Prospect = Literal["very good", "good", "fair", "moderate", "poor"]

BEST_FIRST: tuple[Prospect, ...] = ("very good", "good", "fair", "moderate", "poor")


class LabourMarketProspect(Rule):
    r"""Where the prospect of work is poor, nothing is offered or only a share is taken in.

    .. math::

        \mathrm{offer}_{pst} = 0 \quad \text{where } x = 0, \qquad
        \sum_s \mathrm{enrolled}_{pstw} \le x\, n_{ptw} \quad \text{otherwise}
        \qquad \forall p: c(p) \in C

    with :math:`n_{ptw}` the learners who ask for :math:`p` itself, and :math:`c(p)` the class of
    prospect of the occupation that takes the largest share of its graduates; of occupations that
    take as many, the best class. A programme that leads to no occupation is not judged.

    Source: Wet educatie en beroepsonderwijs, article 6.1.3, first paragraph: an institution offers
    a programme only when its graduates have a prospect of work (zorgplicht
    arbeidsmarktperspectief). Which classes fall short, the article does not say.
    """

    name: ClassVar[str] = "labour_market_prospect"

    classes: Annotated[tuple[Prospect, ...], Field(min_length=1)] = ("poor",)
    """Classes of prospect that fall short."""
    intake_share_at_most: float = Field(default=0.0, ge=0, le=1)
    """Learners who start, as a share (0-1) of those who ask for the programme itself; with 0 the
    programme is not offered at all."""

    def prospect_of(self, region: Region) -> dict[str, Prospect]:
        """Return the class of prospect of each programme that leads to an occupation."""
        prospects = mapping(region.occupations, "occupation", "prospect")
        best: dict[str, tuple[float, int]] = {}
        for programme, occupation, share in rows(
            region.leads_to, "programme", "occupation", "share"
        ):
            entry = (share, -BEST_FIRST.index(prospects[occupation]))
            best[programme] = max(best.get(programme, entry), entry)
        return {programme: BEST_FIRST[-place] for programme, (_, place) in best.items()}

    def _judged(self, region: Region) -> list[str]:
        """Return the programmes whose prospect falls short, in order."""
        prospects = self.prospect_of(region)
        return sorted(name for name, prospect in prospects.items() if prospect in self.classes)

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per offer that is ruled out, where no share may be taken in."""
        if self.intake_share_at_most > 0:
            return
        judged = set(self._judged(period.region))
        for (programme, site), offer in period.offer.items():
            if programme in judged:
                yield (programme, site), (0, offer, 0)

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per programme, where a share may be taken in."""
        if self.intake_share_at_most == 0:
            return
        for programme in self._judged(period.region):
            enrolled = [
                learners for key, learners in moment.enrolled.items() if key[0] == programme
            ]
            if enrolled:
                most = self.intake_share_at_most * moment.asked.get(programme, 0.0)
                yield (programme,), (None, sum(enrolled), most)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the share that is taken in, where one is."""
        return Knob(("intake_share_at_most",), 1.0, 0.01) if len(key) == 1 else None

    def sentence(self, key: Key, region: Region) -> str:
        """Say what is not offered, or how many may start."""
        programme = region.programme_name(key[0])
        because = f"the prospect of work is {self.prospect_of(region)[key[0]]}"
        if len(key) > 1:
            return f"{programme} is not offered at {region.site_name(key[1])}: {because}"
        share = f"{self.intake_share_at_most:.0%}"
        return f"{programme} takes in at most {share} of those who ask for it: {because}"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Look for offers that are ruled out."""
        if self.intake_share_at_most > 0:
            return
        prospects = self.prospect_of(facts.region)
        for programme, site in rows(facts.offers, "programme", "site"):
            if prospects.get(programme) in self.classes:
                yield (programme, site), 1.0

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare those who start with those who ask for it."""
        if self.intake_share_at_most == 0:
            return
        started = facts.offers.groupby("programme")["learners"].sum()
        asked = facts.demand.groupby("choice")["learners"].sum()
        for programme in self._judged(facts.region):
            learners = float(started.get(programme, 0.0))
            most = self.intake_share_at_most * float(asked.get(programme, 0.0))
            if exceeds(learners, most):
                yield (programme,), learners - most
