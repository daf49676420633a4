"""A teaching group needs enough learners, and holds only so many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coverage_opt.frames import mapping, rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, ModelView, Row, Rule, Violation, exceeds


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

        \mathrm{size}_{us} \ge m_{k(u)} \, \mathrm{run}_{us}
        \qquad
        \mathrm{enrolled}_{ps} \ge e \, \mathrm{offer}_{ps}

    with :math:`k(u)` the kind of unit. The second row keeps an offer from riding on a handful of
    learners in classes that other programmes fill. The number of parallel groups,
    :math:`\lceil \mathrm{size}_{us} / M_{k(u)} \rceil`, follows from the maximum :math:`M`; it
    restricts nothing until groups cost money, so the model leaves it to be counted afterwards.

    Source of the default: the class of 15 per qualification that Dutch colleges commonly use as
    the lower bound of a viable group (a convention: no official minimum was found).
    """

    name: ClassVar[str] = "class_size"

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

    def of(self, kind: str) -> GroupSize:
        """Return the group size of a kind of unit."""
        size: GroupSize = getattr(self, kind)
        return size

    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per unit and site, and one per offer when offers have a minimum."""
        kinds = mapping(model.units, "unit", "kind")
        for (unit, site), size in model.size.items():
            minimum = self.of(kinds[unit]).minimum
            if minimum > 0:
                yield (unit, site), (0, size - minimum * model.run[unit, site], None)
        if self.per_offer > 0:
            for (programme, site), offer in model.offer.items():
                slack = model.enrolled[programme, site] - self.per_offer * offer
                yield ("offer", programme, site), (0, slack, None)

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

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Compare each recomputed size with the minimum of its kind."""
        for unit, site, kind, learners in rows(facts.units, "unit", "site", "kind", "learners"):
            minimum = self.of(kind).minimum
            if exceeds(minimum, learners):
                yield self.violation((unit, site), minimum - learners, facts)
        for programme, site, learners in rows(facts.offers, "programme", "site", "learners"):
            if exceeds(self.per_offer, learners):
                key = ("offer", programme, site)
                yield self.violation(key, self.per_offer - learners, facts)
