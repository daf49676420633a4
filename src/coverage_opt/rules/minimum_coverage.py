"""Every shortage occupation can be learned within reach of enough of the region's youth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, ModelView, Row, Rule, Violation, exceeds


class MinimumCoverage(Rule):
    r"""Each occupation with a large enough shortage is within reach of a share of the learners.

    .. math::

        \sum_z n_z \, \mathrm{reach}_{oz} \ge x \sum_z n_z
        \qquad \forall o: w_o \ge \underline{w}

    """

    name: ClassVar[str] = "minimum_coverage"
    needs_reach: ClassVar[bool] = True

    share: float = Field(ge=0, le=1)
    """Share of the region's learners, 0-1, who have the occupation within reach."""
    weight_at_least: float = Field(default=1e-9, gt=0)
    """Only occupations with at least this shortage weight."""

    def _occupations(self, region: Region) -> list[str]:
        occupations = region.occupations
        short = occupations["weight"] >= self.weight_at_least
        return [str(occupation) for occupation in occupations.loc[short, "occupation"]]

    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per shortage occupation."""
        for occupation in self._occupations(model.region):
            reached = sum(
                model.living[key] * reach
                for key, reach in model.reach.items()
                if key[0] == occupation
            )
            yield (occupation,), (self.share * model.everybody, reached, None)

    def sentence(self, key: Key, region: Region) -> str:
        """Say which occupation must be within whose reach."""
        name = region.occupation_name(key[0])
        return f"{name} must be within reach of at least {self.share:.0%} of the learners"

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Weigh the reach of each shortage occupation by the learners of each zone."""
        learners = facts.demand.groupby("zone")["learners"].sum()
        weighed = facts.reach.assign(
            learners=facts.reach["reach"] * facts.reach["zone"].map(learners).fillna(0.0)
        )
        reached = weighed.groupby("occupation")["learners"].sum() / learners.sum()
        for occupation in self._occupations(facts.region):
            share = float(reached.get(occupation, 0.0))
            if exceeds(self.share, share):
                yield self.violation((occupation,), self.share - share, facts)
