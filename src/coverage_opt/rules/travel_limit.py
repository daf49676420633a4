"""Nobody is sent further than a learner of that level, pathway or unit can be asked to travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Annotated, Any, ClassVar, Literal, Self

import pandas as pd
from pydantic import Field

from coverage_opt.frames import mapping, rows, values_at
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.base import TOLERANCE, Broken, Key, MomentFacts, PeriodFacts, Rule
from coverage_opt.rules.easing import Knob, value_at

ALL_DAY = 1440.0
"""Minutes: a limit that limits nothing."""

Minutes = Annotated[float, Field(ge=0, le=ALL_DAY)]

Pathway = Literal["BOL", "BBL"]

Learner = Literal["young", "adult"]


class TravelLimit(Rule):
    r"""Learners are placed, and occupations are within reach, only at sites close enough.

    .. math::

        \mathrm{place}_{azpstw} = 0 \quad \text{where} \quad \mathrm{minutes}_{zs} > L_{ap}

    and likewise :math:`\mathrm{attend}_{azustw}` for units taught nearby and
    :math:`\mathrm{certificate}_{azustw}` for adults who take one unit alone. The limit :math:`L` is
    the strictest of those that apply. It acts on the index sets: a variable that must be zero is
    never made, so the rule has no rows of its own. No public travel-time norm was found, so the
    defaults are assumptions to be varied.
    """

    name: ClassVar[str] = "travel_limit"

    minutes: Minutes = 90.0
    """Minutes one way, for everybody."""
    by_level: Mapping[Annotated[int, Field(ge=1, le=4)], Minutes] = {}
    """Minutes one way, for programmes of a level."""
    by_pathway: Mapping[Pathway, Minutes] = {}
    """Minutes one way, for programmes of a pathway."""
    by_learner: Mapping[Learner, Minutes] = {}
    """Minutes one way, for the young or for adults, wherever they go."""
    nearby: Minutes | None = None
    """Minutes one way to units that are taught nearby, such as an orientation year."""

    def of_programme(self, level: int, pathway: Pathway, learner: str = "young") -> float:
        """Return the limit for a programme, in minutes one way."""
        limits = [self.by_level.get(level, inf), self.by_pathway.get(pathway, inf)]
        return min(self.minutes, *limits, self._of_learner(learner))

    def of_programmes(self, region: Region, learner: str = "young") -> dict[str, float]:
        """Return the limit for each programme of the region, in minutes one way."""
        return {
            programme: self.of_programme(level, pathway, learner)
            for programme, level, pathway in rows(
                region.programmes, "programme", "level", "pathway"
            )
        }

    def of_nearby_unit(self, learner: str = "young") -> float:
        """Return the limit for a unit taught nearby, in minutes one way."""
        nearby = self.minutes if self.nearby is None else self.nearby
        return min(nearby, self._of_learner(learner))

    def of_certificate(self, delivery: str, learner: str = "adult") -> float:
        """Return the limit for a unit that is taken alone, in minutes one way; online: none."""
        if delivery == "online":
            return inf
        if delivery == "nearby":
            return self.of_nearby_unit(learner)
        return min(self.minutes, self._of_learner(learner))

    def _of_learner(self, learner: str) -> float:
        return min(
            (limit for kind, limit in self.by_learner.items() if kind == learner), default=inf
        )

    def entries(self) -> dict[Key, Self]:
        """Return each limit that is given, by where it stands, with the rule without it."""
        found: dict[Key, Self] = {}
        if self.nearby is not None:
            found["nearby",] = self.model_copy(update={"nearby": None})
        for name in ("by_learner", "by_pathway", "by_level"):
            limits: Mapping[Any, float] = getattr(self, name)
            for kind in limits:
                others = {other: limit for other, limit in limits.items() if other != kind}
                found[name, str(kind)] = self.model_copy(update={name: others})
        found["minutes",] = self.model_copy(update={"minutes": ALL_DAY})
        return found

    def _is_entry(self, key: Key) -> bool:
        return key in self.entries()

    def _of_entry(self, key: Key) -> str:
        """Say one limit for itself."""
        kind = key[-1]
        to_where = {
            "by_level": f" to a programme of level {kind}",
            "by_pathway": f" to a {kind} programme",
            "nearby": " to a unit taught nearby",
        }.get(key[0], "")
        who = "No adult" if kind == "adult" else "No young learner" if kind == "young" else "Nobody"
        return f"{who} travels more than {value_at(self, key):g} minutes one way{to_where}"

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the minutes of a limit."""
        finite = region.minutes.to_numpy(dtype=float)
        farthest = float(finite[finite < inf].max(initial=0.0))
        return (
            Knob(key, min(1440.0, max(farthest, value_at(self, key))))
            if self._is_entry(key)
            else None
        )

    def sentence(self, key: Key, region: Region) -> str:
        """Say how far a learner of a zone may be sent."""
        if self._is_entry(key):
            return self._of_entry(key)
        learner = "adult" if len(key) > 3 else "young"
        zone, taught, site = key[-3:]
        limit_of = self.of_programmes(region, learner)
        if taught in limit_of:
            name, limit = region.programme_name(taught), limit_of[taught]
        else:
            delivery = mapping(region.units, "unit", "delivery").get(taught, "with_programme")
            name, limit = region.unit_name(taught), self.of_certificate(delivery, learner)
        who = "Adults" if learner == "adult" else "Learners"
        return (
            f"{who} of {region.zone_name(zone)} travel at most {limit:g} minutes to {name}; "
            f"{region.site_name(site)} is {region.minutes[site][zone]:.0f} minutes away"
        )

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Compare the minutes of everybody who is placed or taught with their limit."""
        delivery = mapping(facts.region.units, "unit", "delivery")
        for learner in ("young", "adult"):
            limit_of = self.of_programmes(facts.region, learner)
            placed = _of(facts.placements, learner, "programme")
            yield from self._too_far(facts, placed.assign(limit=placed["taught"].map(limit_of)))
            attending = _of(facts.attendance, learner, "unit")
            limit = self.of_nearby_unit(learner)
            yield from self._too_far(facts, attending.assign(limit=limit))
            alone = _of(facts.certificates, learner, "unit")
            limits = [self.of_certificate(delivery[unit], learner) for unit in alone["taught"]]
            yield from self._too_far(facts, alone.assign(limit=limits))

    def _too_far(self, facts: MomentFacts, journeys: pd.DataFrame) -> Iterator[Broken]:
        """Yield the journeys of one kind of learner that are longer than their limit."""
        minutes = values_at(facts.region.minutes, journeys["zone"], journeys["site"])
        beyond = minutes > journeys["limit"] * (1 + TOLERANCE)
        excess = journeys.assign(excess=minutes - journeys["limit"])
        too_far = excess[beyond & (journeys["learners"] > 0)]
        for learner, *key, amount in rows(too_far, "learner", "zone", "taught", "site", "excess"):
            who = ("adult",) if learner == "adult" else ()
            yield (*who, *key), amount


def _of(table: pd.DataFrame, learner: str, taught: str) -> pd.DataFrame:
    """Return the journeys of one kind of learner: learner, zone, taught, site, learners."""
    travelling = (table["learner"] == learner) & (table["site"] != ONLINE)
    return table[travelling].rename(columns={taught: "taught"})
