"""Nearly everybody who asks for a place gets one: no one from school without a diploma."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import pandas as pd
from pydantic import Field

from coverage_opt.errors import Problem
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

_SPOKEN = {"young": "learners", "adult": "adults", "everyone": "learners and adults"}


class PlacementGuarantee(Rule):
    r"""At most a small share of those who ask for a programme is left without a place.

    .. math::

        \sum_{a \in A,\, z,\, c} \mathrm{unplaced}_{azctw} \le y \sum_{a \in A,\, z,\, c} n_{azctw}
        \qquad \forall t, w

    with :math:`A` the young learners, the adults or both. An adult who asks for a single unit
    does not count.
    """

    name: ClassVar[str] = "placement_guarantee"

    unplaced_at_most: float = Field(default=0.05, ge=0, le=1)
    """Share of these learners, 0-1, who may be left without a place."""
    of: Literal["young", "adult", "everyone"] = "young"
    """To whom it is promised: the young, adults, or all of them together."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem when adults are promised a place in a region that has none."""
        if self.of == "adult" and not _has_adults(region):
            yield Problem(
                f"rule {self.name} is for adults, and nothing is known of the region's adults",
                where=f"rules.{self.name}.of",
                advice="add adult_cohorts.csv and adult_choices.csv, or adult_demand.csv, to the "
                "region, or make the promise to others",
            )

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield the one row of a moment."""
        unplaced = self._total(moment.unplaced, moment.learner_of)
        asking = self._total(moment.asking, moment.learner_of)
        yield (), (None, unplaced, self.unplaced_at_most * asking)

    def promised(self, moment: MomentView) -> float:
        """Return how many learners a year must have a place, at the least."""
        return (1.0 - self.unplaced_at_most) * float(self._total(moment.asking, moment.learner_of))

    def _total(self, amounts: Mapping[str, Any], learner_of: Mapping[str, str]) -> Any:
        """Return the sum over the groups that were promised a place."""
        return sum(
            amount
            for group, amount in amounts.items()
            if self.of in ("everyone", learner_of[group])
        )

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the share."""
        return Knob(("unplaced_at_most",), 1.0, 0.001)

    def sentence(self, key: Key, region: Region) -> str:
        """Say who is promised a place."""
        who = _SPOKEN[self.of]
        return f"At most {self.unplaced_at_most:.1%} of the {who} are left without a place"

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare the unplaced with all who ask for a programme."""
        region = facts.region
        orientation = region.units.loc[region.units["kind"] == "orientation", "unit"]
        choices = {*region.programmes["programme"], *orientation}
        asking = self._learners(facts.demand, choices)
        if asking <= 0:
            return
        share = self._learners(facts.unplaced, choices) / asking
        if exceeds(share, self.unplaced_at_most):
            yield (), share - self.unplaced_at_most

    def _learners(self, table: pd.DataFrame, choices: set[str]) -> float:
        """Return the learners a year of those promised a place who ask for these choices."""
        counted = table["choice"].isin(choices)
        if self.of != "everyone":
            counted &= table["learner"] == self.of
        return float(table.loc[counted, "learners"].sum())


def _has_adults(region: Region) -> bool:
    return any(region.has(table) for table in ("adult_cohorts", "adult_demand"))
