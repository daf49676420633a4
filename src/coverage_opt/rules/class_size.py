"""A teaching group needs enough learners, and holds only so many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coverage_opt.frames import mapping, rows
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


class GroupSize(BaseModel):
    """Learners in one teaching group, after drop-out before the unit's year of study."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minimum: int = Field(default=15, ge=0, le=1000)
    """Learners at a site below which the unit is not taught there."""
    maximum: int = Field(default=28, ge=1, le=1000)
    """Learners above which a site needs a parallel group."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class ClassSize(Rule):
    r"""Each unit that runs at a site has at least its minimum of learners there.

    .. math::

        \mathrm{size}_{ustw} \ge m_{k(u)} \, \mathrm{run}_{ust}
        \qquad
        \mathrm{enrolled}_{pstw} \ge e \, \mathrm{offer}_{pst}

    with :math:`k(u)` the kind of unit, in every scenario :math:`w`; or, where it ``holds`` in
    expectation, with the mean over the scenarios on the left. The second row keeps an offer from
    riding on a handful of learners in classes that other programmes fill. The number of parallel
    groups follows from the maximum: see ``formulation/money.py``.

    Source of the default: the class of 15 per qualification that Dutch colleges commonly use as
    the lower bound of a viable group (a convention: no official minimum was found).
    """

    name: ClassVar[str] = "class_size"
    of_flows: ClassVar[bool] = True

    own: GroupSize = GroupSize()
    """The unit in which a programme teaches all it does not share."""
    generic: GroupSize = GroupSize()
    """Dutch, arithmetic, citizenship."""
    orientation: GroupSize = GroupSize(minimum=20)
    """The shared orientation year of a domain."""
    common: GroupSize = GroupSize()
    """The part that a dossier's qualifications have in common (basisdeel)."""
    profile: GroupSize = GroupSize()
    """The part that makes the qualification (profieldeel)."""
    elective: GroupSize = GroupSize()
    """Electives (keuzedelen)."""
    per_offer: int = Field(default=0, ge=0, le=1000)
    """Learners a year that start at an offer, at the least."""
    holds: Literal["every_scenario", "expectation"] = "every_scenario"
    """Whether sizes hold in each scenario, or in the mean over them."""

    def of(self, kind: str) -> GroupSize:
        """Return the group size of a kind of unit."""
        size: GroupSize = getattr(self, kind)
        return size

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows on the mean over the scenarios."""
        if self.holds == "expectation":
            moments = period.moments
            size = _mean([(moment.probability, moment.size) for moment in moments])
            enrolled = _mean([(moment.probability, moment.enrolled) for moment in moments])
            yield from self._sized(period, size, enrolled)

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows on one scenario."""
        if self.holds == "every_scenario":
            yield from self._sized(period, moment.size, moment.enrolled)

    def _sized(
        self, period: PeriodView, size: Mapping[Pair, Any], enrolled: Mapping[Pair, Any]
    ) -> Iterator[tuple[Key, Row]]:
        """Yield one row per unit and site, and one per offer when offers have a minimum."""
        kinds = mapping(period.units, "unit", "kind")
        for (unit, site), learners in size.items():
            minimum = self.of(kinds[unit]).minimum
            if minimum > 0:
                yield (unit, site), (0, learners - minimum * period.run[unit, site], None)
        if self.per_offer > 0:
            for (programme, site), offer in period.offer.items():
                slack = enrolled[programme, site] - self.per_offer * offer
                yield ("offer", programme, site), (0, slack, None)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the minimum of the kind of unit, or of an offer."""
        path = "per_offer" if key[0] == "offer" else f"{region.unit_kind(key[0])}.minimum"
        return Knob(tuple(path.split(".")), 0.0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say which unit or offer needs how many learners."""
        if key[0] == "offer":
            programme = region.programme_name(key[1])
            site = region.site_name(key[2])
            return f"{programme} at {site} needs at least {self.per_offer} learners a year"
        kind = region.unit_kind(key[0])
        minimum = self.of(kind).minimum
        unit, site = region.unit_name(key[0]), region.site_name(key[1])
        return f"{unit} at {site} needs at least {minimum} learners"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Compare the mean over the scenarios with the minimums."""
        if self.holds == "every_scenario":
            return
        sizes: dict[tuple[str, str, str], float] = defaultdict(float)
        starting: dict[Pair, float] = defaultdict(float)
        for moment in facts.moments:
            for *unit, learners in rows(moment.units, "unit", "site", "kind", "learners"):
                sizes[unit[0], unit[1], unit[2]] += moment.probability * learners
            for *offer, learners in rows(moment.offers, "programme", "site", "learners"):
                starting[offer[0], offer[1]] += moment.probability * learners
        yield from self._short(sizes, starting)

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare each recomputed size with the minimum of its kind."""
        if self.holds == "expectation":
            return
        sizes = mapping(facts.units, ["unit", "site", "kind"], "learners")
        yield from self._short(sizes, mapping(facts.offers, ["programme", "site"], "learners"))

    def _short(
        self, sizes: Mapping[tuple[str, str, str], float], starting: Mapping[Pair, float]
    ) -> Iterator[Broken]:
        for (unit, site, kind), learners in sizes.items():
            minimum = self.of(kind).minimum
            if exceeds(minimum, learners):
                yield (unit, site), minimum - learners
        for (programme, site), learners in starting.items():
            if exceeds(self.per_offer, learners):
                yield ("offer", programme, site), self.per_offer - learners


def _mean(parts: list[tuple[float, Mapping[Pair, Any]]]) -> dict[Pair, Any]:
    """Return the mean of expressions over moments, by key."""
    return {key: sum(share * values[key] for share, values in parts) for key in parts[0][1]}
