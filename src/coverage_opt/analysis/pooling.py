"""Who could be taught together: parts of programmes, and the learners they pool at each site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage_opt.frames import mapping, rows
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit

ORIENTATION, COMMON = "orientation", "common"

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """What some programmes have taught by themselves, and could share with others.

    Attributes:
        kind: ``orientation`` or ``common``.
        unit: the unit it is now; empty for programmes without an orientation year.
        donor: the unit of these programmes that an orientation year would be taken out of; empty
            where there is a unit already.
        programmes: that have it.
        year: year of study.
        hours: contact hours a group.
        delivery: how it is taught.
    """

    kind: str
    unit: str
    donor: str
    programmes: tuple[str, ...]
    year: int
    hours: float
    delivery: str

    @property
    def form(self) -> tuple[str, int, float, str]:
        """What parts must have alike to be taught as one."""
        return self.kind, self.year, self.hours, self.delivery

    @property
    def name(self) -> str:
        """What it is told apart by: its unit, or the unit that would give the hours."""
        return self.unit or self.donor


def parts_of(region: Region, kind: str) -> list[Part]:
    """Return the parts of a kind, those without an orientation year last."""
    programmes = defaultdict[str, list[str]](list)
    for programme, unit in rows(region.curriculum, "programme", "unit"):
        programmes[unit].append(programme)
    columns = ("unit", "kind", "year", "hours", "delivery")
    units = {unit: details for unit, *details in rows(region.units, *columns)}
    found = [
        Part(kind, unit, "", tuple(sorted(programmes[unit])), int(year), float(hours), delivery)
        for unit, (of_kind, year, hours, delivery) in units.items()
        if of_kind == kind
    ]
    if kind == ORIENTATION and found:
        found += _without_orientation(region, found, programmes)
    return found


def _without_orientation(
    region: Region, known: Sequence[Part], programmes: dict[str, list[str]]
) -> Iterator[Part]:
    """Yield programmes that have no orientation year, where a unit of theirs can give the hours.

    The unit must be theirs alone and keep at least half as many hours as it gives.
    """
    usual = min(known, key=lambda part: (-len(part.programmes), part.unit))
    having = {programme for part in known for programme in part.programmes}
    hours = mapping(region.units, "unit", "hours")
    largest: dict[str, str] = {}
    for programme, unit in sorted(rows(region.curriculum, "programme", "unit")):
        theirs = not having.intersection(programmes[unit])
        if theirs and hours[unit] >= 1.5 * usual.hours:
            best = largest.get(programme, unit)
            largest[programme] = max(best, unit, key=lambda each: (hours[each], each))
    for donor in sorted(set(largest.values())):
        users = tuple(sorted(programmes[donor]))
        if all(largest.get(user) == donor for user in users):
            yield Part(ORIENTATION, "", donor, users, usual.year, usual.hours, usual.delivery)


@dataclass(frozen=True)
class Pool:
    """What a set of parts pools.

    Attributes:
        minimum: learners that a group needs at the least.
        alone: (parts, sites) learners a year within reach of each site, by part.
        together: (sites,) of all parts together, where one of them may be taught.
        gained: learners a year who have such a group within reach only when it is shared.
        nearer: learners a year who have one in any case, and a nearer one when it is shared.
        minutes_saved: one way, of all of these together.
    """

    minimum: int
    alone: Floats
    together: Floats
    gained: float
    nearer: float
    minutes_saved: float


class Pooling:
    """Where learners of parts live, and which sites are close enough to them.

    Learners are those of the first period, as forecast, who ask for one of the programmes or are
    undecided between them, after drop-out before the year of study. Who would take something else
    instead is left out, so that nobody is counted twice.
    """

    def __init__(self, region: Region, policy: Policy, parts: Sequence[Part]) -> None:
        """Count the learners of every part."""
        self.region, self.parts, self.policy = region, tuple(parts), policy
        self.sites: list[str] = [str(site) for site in region.minutes.columns]
        zones = [str(zone) for zone in region.minutes.index]
        self._place = {part: place for place, part in enumerate(self.parts)}
        living = defaultdict[tuple[str, str], float](float)
        demand = region.demand(region.periods[0])
        for zone, choice, learners in rows(demand, "zone", "choice", "learners"):
            living[choice, zone] += learners
        self._living = np.array(
            [
                [
                    region.retention[part.year]
                    * sum(living.get((choice, zone), 0.0) for choice in _choices(part))
                    for zone in zones
                ]
                for part in self.parts
            ]
        ).reshape(len(self.parts), len(zones))
        teachable = set(rows(region.teachable, "programme", "site"))
        self._taught: Flags = np.array(
            [
                [any((p, site) in teachable for p in part.programmes) for site in self.sites]
                for part in self.parts
            ]
        ).reshape(len(self.parts), len(self.sites))

    def minimum(self, kind: str) -> int:
        """Return the learners that a group of a kind needs at the least."""
        rule = self.policy.rule(ClassSize)
        return rule.of(kind).minimum if rule is not None else 0

    def pool(self, chosen: Sequence[Part]) -> Pool:
        """Return what some parts of the same form pool."""
        places = [self._place[part] for part in chosen]
        minutes = self._minutes(chosen[0])
        near = (minutes < np.inf).astype(np.float64)
        living, taught = self._living[places], self._taught[places]
        alone = np.where(taught, living @ near, 0.0)
        # a unit nearby is for all who reach the site, wherever their programme is offered
        nearby = chosen[0].delivery == "nearby"
        may_join = np.broadcast_to(taught.any(axis=0), taught.shape) if nearby else taught
        together = np.where(may_join, living @ near, 0.0).sum(axis=0)
        minimum = self.minimum(chosen[0].kind)
        before = _nearest(minutes, alone >= max(minimum, 1))
        after = _nearest(minutes, may_join & (together >= max(minimum, 1)))
        gained = np.isinf(before) & np.isfinite(after)
        had = np.where(np.isfinite(before), before, 0.0)
        saved = had - np.minimum(had, after)
        return Pool(
            minimum,
            alone,
            together,
            gained=float(living[gained].sum()),
            nearer=float(living[saved > 0].sum()),
            minutes_saved=float((living * saved).sum()),
        )

    def _minutes(self, part: Part) -> Floats:
        """Return (zones, sites) minutes one way; inf beyond the travel limit of the part."""
        rule = self.policy.rule(TravelLimit)
        limit = np.inf
        if rule is not None and part.delivery == "nearby":
            limit = rule.of_nearby_unit()
        elif rule is not None:
            limit = rule.minutes
        minutes = self.region.minutes.to_numpy(dtype=np.float64)
        within: Floats = np.where(minutes <= limit, minutes, np.inf)
        return within


def _nearest(minutes: Floats, large_enough: Flags) -> Floats:
    """Return (parts, zones) minutes to the nearest site that is large enough; inf: none is."""
    nearest = [minutes[:, sites].min(axis=1, initial=np.inf) for sites in large_enough]
    return np.array(nearest).reshape(len(large_enough), len(minutes))


def _choices(part: Part) -> tuple[str, ...]:
    """Return what the learners of a part ask for."""
    undecided = part.kind == ORIENTATION and part.unit
    return (*part.programmes, part.unit) if undecided else part.programmes
