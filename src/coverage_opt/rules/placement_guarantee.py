"""Nearly everybody who asks for a place gets one: no one from school without a diploma."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, ModelView, Row, Rule, Violation, exceeds


class PlacementGuarantee(Rule):
    r"""At most a small share of the region's learners is left without a place.

    .. math::

        \sum_{z,c} \mathrm{unplaced}_{zc} \le y \sum_{z,c} n_{zc}

    """

    name: ClassVar[str] = "placement_guarantee"

    unplaced_at_most: float = Field(default=0.05, ge=0, le=1)
    """Share of the region's learners, 0-1, who may be left without a place."""

    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield the one row of the rule."""
        unplaced = sum(model.unplaced.values())
        yield (), (None, unplaced, self.unplaced_at_most * model.everybody)

    def sentence(self, key: Key, region: Region) -> str:
        """Say who is promised a place."""
        return f"At most {self.unplaced_at_most:.1%} of the learners are left without a place"

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Compare the unplaced with all learners."""
        share = float(facts.unplaced["learners"].sum() / facts.demand["learners"].sum())
        if exceeds(share, self.unplaced_at_most):
            yield self.violation((), share - self.unplaced_at_most, facts)
