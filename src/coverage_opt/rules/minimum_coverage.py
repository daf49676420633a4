"""Every shortage occupation can be learned within reach of enough of the region's youth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

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
from coverage_opt.rules.names import unknown_names


class MinimumCoverage(Rule):
    r"""Each occupation with a large enough shortage is within reach of a share of the young.

    .. math::

        \sum_z n_{ztw} \, \mathrm{reach}_{ozt} \ge x \sum_z n_{ztw}
        \qquad \forall t, w, o: w_o \ge \underline{w}

    with :math:`n_{ztw}` the young learners of zone :math:`z`. What is within reach is settled
    before the scenario :math:`w` is known; who lives there differs from one to the next.
    """

    name: ClassVar[str] = "minimum_coverage"
    needs_reach: ClassVar[bool] = True

    share: float = Field(ge=0, le=1)
    """Share of the region's young learners, 0-1, who have the occupation within reach."""
    weight_at_least: float = Field(default=1e-9, gt=0)
    """Only occupations with at least this shortage weight."""
    occupations: tuple[str, ...] = ()
    """Only these occupations; all of that weight when none is named."""
    exempt: tuple[str, ...] = ()
    """Not these, such as those that no site could fill a class for."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield occupations that the region does not have, or has no shortage in."""
        occupations = region.occupations
        named = tuple(dict.fromkeys((*self.occupations, *self.exempt)))
        yield from unknown_names(self.name, "occupation", named, occupations["occupation"])
        light = occupations["weight"] < self.weight_at_least
        asked = occupations["occupation"].isin(list(self.occupations))
        left_out = tuple(str(name) for name in occupations.loc[light & asked, "occupation"])
        if left_out:
            yield Problem(
                f"occupations are named whose shortage weight is below {self.weight_at_least:g}",
                where=f"rules.{self.name}",
                rows=left_out,
                advice="leave them out, or lower weight_at_least",
            )

    def _occupations(self, region: Region) -> list[str]:
        occupations = region.occupations
        short = occupations["weight"] >= self.weight_at_least
        short &= ~occupations["occupation"].isin(list(self.exempt))
        if self.occupations:
            short &= occupations["occupation"].isin(list(self.occupations))
        return [str(occupation) for occupation in occupations.loc[short, "occupation"]]

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per shortage occupation."""
        for occupation in self._occupations(period.region):
            reached = sum(
                moment.living.get(key, 0.0) * reach
                for key, reach in period.reach.items()
                if key[0] == occupation
            )
            yield (occupation,), (self.share * moment.youth, reached, None)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the share."""
        return Knob(("share",), 0.0, 0.01)

    def without(self, key: Key) -> Self | None:
        """Return the rule without one occupation."""
        left = tuple(name for name in self.occupations if name != key[0])
        if self.occupations:
            return self.model_copy(update={"occupations": left}) if left else None
        return self.model_copy(update={"exempt": (*self.exempt, str(key[0]))})

    def sentence(self, key: Key, region: Region) -> str:
        """Say which occupation must be within whose reach."""
        name = region.occupation_name(key[0])
        return f"{name} must be within reach of at least {self.share:.0%} of the learners"

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Weigh the reach of each shortage occupation by the young learners of each zone."""
        young = facts.demand[facts.demand["learner"] == "young"]
        learners = young.groupby("zone")["learners"].sum()
        if learners.sum() <= 0:
            return
        weighed = period.reach.assign(
            learners=period.reach["reach"] * period.reach["zone"].map(learners).fillna(0.0)
        )
        reached = weighed.groupby("occupation")["learners"].sum() / learners.sum()
        for occupation in self._occupations(facts.region):
            share = float(reached.get(occupation, 0.0))
            if exceeds(self.share, share):
                yield (occupation,), self.share - share
