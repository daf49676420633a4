"""Nobody is sent further than a learner of that level, pathway or unit can be asked to travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

import pandas as pd
from pydantic import Field

from coverage_opt.frames import rows, values_at
from coverage_opt.region.region import Region
from coverage_opt.rules.base import TOLERANCE, Facts, Key, ModelView, Row, Rule, Violation

Minutes = Annotated[float, Field(ge=0, le=1440)]

Pathway = Literal["BOL", "BBL"]


class TravelLimit(Rule):
    r"""Learners are placed, and occupations are within reach, only at sites close enough.

    .. math::

        \mathrm{place}_{zps} = 0 \quad \text{where} \quad \mathrm{minutes}_{zs} > L_p

    and likewise :math:`\mathrm{attend}_{zus}` for units taught nearby. The limit :math:`L` is the
    strictest of those that apply. It acts on the index sets: a variable that must be zero is
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
    nearby: Minutes | None = None
    """Minutes one way to units that are taught nearby, such as an orientation year."""

    def of_programme(self, level: int, pathway: Pathway) -> float:
        """Return the limit for a programme, in minutes one way."""
        limits = [self.minutes, self.by_level.get(level), self.by_pathway.get(pathway)]
        return min(limit for limit in limits if limit is not None)

    def of_programmes(self, region: Region) -> dict[str, float]:
        """Return the limit for each programme of the region, in minutes one way."""
        return {
            programme: self.of_programme(level, pathway)
            for programme, level, pathway in rows(
                region.programmes, "programme", "level", "pathway"
            )
        }

    def of_nearby_unit(self) -> float:
        """Return the limit for a unit taught nearby, in minutes one way."""
        return self.minutes if self.nearby is None else self.nearby

    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield nothing: the limit is in the index sets."""
        yield from ()

    def sentence(self, key: Key, region: Region) -> str:
        """Say how far a learner of a zone may be sent."""
        zone, taught, site = key
        limit_of = self.of_programmes(region)
        if taught in limit_of:
            name, limit = region.programme_name(taught), limit_of[taught]
        else:
            name, limit = region.unit_name(taught), self.of_nearby_unit()
        return (
            f"Learners of {region.zone_name(zone)} travel at most {limit:g} minutes to {name}; "
            f"{region.site_name(site)} is {region.minutes[site][zone]:.0f} minutes away"
        )

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Compare the minutes of everybody who is placed with the limit."""
        limit_of = self.of_programmes(facts.region)
        placed = facts.placements.rename(columns={"programme": "taught"})
        yield from self._too_far(placed.assign(limit=placed["taught"].map(limit_of)), facts)
        attending = facts.attendance.rename(columns={"unit": "taught"})
        yield from self._too_far(attending.assign(limit=self.of_nearby_unit()), facts)

    def _too_far(self, journeys: pd.DataFrame, facts: Facts) -> Iterator[Violation]:
        minutes = values_at(facts.region.minutes, journeys["zone"], journeys["site"])
        beyond = minutes > journeys["limit"] * (1 + TOLERANCE)
        excess = journeys.assign(excess=minutes - journeys["limit"])
        too_far = excess[beyond & (journeys["learners"] > 0)]
        for *key, amount in rows(too_far, "zone", "taught", "site", "excess"):
            yield self.violation(tuple(key), amount, facts)
