"""A programme takes in no more than so many learners (numerus fixus)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
from coverage_opt.rules.names import unknown_names


class Cap(BaseModel):
    """The most learners who may start a programme, at a site or at all sites together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: str
    """Identifier of the programme."""
    learners_at_most: float = Field(ge=0, le=100_000)
    """Learners a year who may start."""
    site: str | None = None
    """Identifier of the site; all sites together when left out."""

    @property
    def key(self) -> Key:
        """Programme, and the site when there is one."""
        return (self.programme,) if self.site is None else (self.programme, self.site)


class IntakeCap(Rule):
    r"""No more learners start a programme than its cap, at a site or at all sites together.

    .. math::

        \mathrm{enrolled}_{pstw} \le k_{ps}
        \qquad
        \sum_s \mathrm{enrolled}_{pstw} \le k_p
        \qquad \forall t, w

    The young and adults count alike. What is capped, and at how many, is the institutions' own
    decision (numerus fixus).
    """

    name: ClassVar[str] = "intake_cap"
    of_flows: ClassVar[bool] = True

    caps: Annotated[tuple[Cap, ...], Field(min_length=1)]
    """The most learners a year who may start: a list of
    ``{programme: ..., learners_at_most: ..., site: ...}``, the site only for a cap of its own."""

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        often = [key for key, count in Counter(cap.key for cap in self.caps).items() if count > 1]
        if often:
            said = ", ".join(" at ".join(key) for key in often)
            raise ValueError(f"caps names twice: {said}")
        return self

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield unknown names."""
        programmes = [cap.programme for cap in self.caps]
        yield from unknown_names(self.name, "programme", programmes, region.programmes["programme"])
        sites = [cap.site for cap in self.caps if cap.site is not None]
        yield from unknown_names(self.name, "site", sites, region.sites["site"])

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per cap of something that may be offered."""
        capped: dict[Key, list[Any]] = defaultdict(list)
        for (programme, site), learners in moment.enrolled.items():
            capped[programme,].append(learners)
            capped[programme, site].append(learners)
        for cap in self.caps:
            if cap.key in capped:
                yield cap.key, (None, sum(capped[cap.key]), cap.learners_at_most)

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return how many may start."""
        place = next(place for place, cap in enumerate(self.caps) if cap.key == key)
        return Knob(("caps", str(place), "learners_at_most"), 100_000.0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how many may start."""
        most = next(cap.learners_at_most for cap in self.caps if cap.key == key)
        where = f" at {region.site_name(key[1])}" if len(key) > 1 else ""
        return f"At most {most:g} learners a year start {region.programme_name(key[0])}{where}"

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare those who start with each cap."""
        started: dict[Key, float] = defaultdict(float)
        for programme, site, learners in rows(facts.offers, "programme", "site", "learners"):
            started[programme,] += learners
            started[programme, site] += learners
        for cap in self.caps:
            learners = started.get(cap.key, 0.0)
            if exceeds(learners, cap.learners_at_most):
                yield cap.key, learners - cap.learners_at_most
