"""Why something is out of reach: an occupation or a programme, in the region or a municipality.

What leads to it, where that is offered, who has it within reach; and of all offers that would bring
it to more of them, the one that costs the goal least: each is forced open in a re-solve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from coverage_opt.analysis.forced import Forced, force, loss_of
from coverage_opt.analysis.worth import Interval
from coverage_opt.formulation.reach import YOUNG, Reach
from coverage_opt.formulation.shortfalls import Shortfall, shortfalls
from coverage_opt.frames import rows
from coverage_opt.planning.blocking import Short, in_the_way
from coverage_opt.planning.changes import Change
from coverage_opt.planning.failures import Infeasible
from coverage_opt.planning.what_if import Answer, WhatIf
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.progress import Listener, silent

Pair = tuple[str, str]

Standing = Literal[
    "nobody lives here", "no programme", "not offered", "out of reach", "partly", "within reach"
]
"""How far something is from being within reach."""

IMPOSSIBLE_TOLD = 6
"""So many offers that could never be filled are told, those that lack fewest learners first."""


@dataclass(frozen=True)
class Candidate:
    """An offer that would bring it to more people, whoever has it within reach keeping it.

    Attributes:
        offer: programme and site.
        gains: young learners a year who would have it within reach besides.
        answer: what is known of the best plan with it; None where no plan has it.
        loss: what that costs in the goal.
    """

    offer: Pair
    gains: float
    answer: Answer | None
    loss: Interval


@dataclass(frozen=True)
class ReachReasons:
    """Why something is within reach of nobody, some or all of the young learners of an area.

    Attributes:
        year: the period that is looked at.
        occupation: identifier; None when a programme was asked for.
        programmes: those that lead to it, or the one that was asked for.
        weight: shortage weight of the occupation; 0 for one that no plan aims for.
        municipality: name; None for the whole region.
        living: young learners a year who live there.
        asking: learners a year there, young and adult, who ask for one of the programmes.
        reached: young learners a year who have it within reach in the plan.
        offered: where the programmes are offered, and whether anybody here can reach it.
        standing: in a few words.
        impossible: offers that could never be filled -> the classes that are short.
        candidates: offers that would bring it to more, the cheapest first.
        in_the_way: what stands in the way of the cheapest, all else as in the plan.
        forced: the cheapest, in full; None where there is none.
    """

    year: int
    occupation: str | None
    programmes: tuple[str, ...]
    weight: float
    municipality: str | None
    living: float
    asking: float
    reached: float
    offered: dict[Pair, bool]
    standing: Standing
    impossible: dict[Pair, tuple[Shortfall, ...]]
    candidates: tuple[Candidate, ...]
    in_the_way: tuple[Short, ...] | None
    forced: Forced | None


def why_reach(
    what_if: WhatIf,
    *,
    occupation: str | None = None,
    programme: str | None = None,
    municipality: str | None = None,
    thorough: bool = True,
    listener: Listener = silent,
) -> ReachReasons:
    """Say who has an occupation or programme within reach, and what would bring it to more.

    The last period that the plan is for is looked at. Offers are forced open in all periods in
    which they are possible, together with those that are within reach already: whoever has it,
    keeps it.

    Args:
        what_if: the plan in hand.
        occupation: one of the region's; or
        programme: one of the region's.
        municipality: those who live there only.
        thorough: whether the cheapest change is proven as far as the limits allow.
        listener: hears how it goes.
    """
    area = _Area(what_if, municipality)
    region, plan = what_if.prepared.region, what_if.plan
    programmes = _leading(what_if, occupation, programme)
    offers = plan.offers[plan.offers["period"] == area.year]
    chosen = offers[offers["programme"].isin(programmes)]
    offered = {pair: area.within(pair) > 0 for pair in rows(chosen, "programme", "site")}
    served = area.zones_within(offered)
    reached = area.living_in(served)
    kept = frozenset(pair for pair, near in offered.items() if near)
    candidates = _candidates(what_if, area, programmes, served, kept, listener)
    best = next((one for one in candidates if one.answer is not None), None)
    blocked, forced = None, None
    if best is not None:
        change = _opening(what_if, best.offer, kept)
        deadline = Deadline.after(what_if.limits.time_limit_seconds)
        blocked = in_the_way(what_if, change, deadline)
        forced = force(what_if, change, thorough=thorough, listener=listener)
    weights = dict(rows(region.occupations, "occupation", "weight"))
    return ReachReasons(
        year=area.year,
        occupation=occupation,
        programmes=programmes,
        weight=float(weights.get(occupation, 0.0)) if occupation is not None else 0.0,
        municipality=municipality,
        living=area.everybody,
        asking=area.asking(programmes),
        reached=reached,
        offered=offered,
        standing=_standing(area, programmes, offered, reached),
        impossible=_impossible(what_if, area, programmes, served),
        candidates=candidates,
        in_the_way=blocked,
        forced=forced,
    )


class _Area:
    """The young learners of a municipality, or of the whole region, in the plan's last period."""

    def __init__(self, what_if: WhatIf, municipality: str | None) -> None:
        prepared = what_if.prepared
        region = prepared.region
        self.year = prepared.periods[-1]
        zones = region.zones
        if municipality is not None:
            zones = zones[zones["municipality"] == municipality]
        self.zones = set(zones["zone"])
        demand = pd.concat(
            [
                region.demand(self.year, one.name).assign(share=one.probability)
                for one in prepared.scenarios
            ]
        )
        self._demand = demand[demand["zone"].isin(self.zones)]
        self._demand = self._demand.assign(
            learners=self._demand["learners"] * self._demand["share"]
        )
        young = self._demand[self._demand["learner"] == YOUNG]
        self._living = young.groupby("zone")["learners"].sum()
        self.everybody = float(self._living.sum())
        self._reach = Reach(region, prepared.policy)

    def zones_within(self, offers: Iterable[Pair]) -> set[str]:
        """Return the zones from which any of these offers can be reached."""
        zones, wanted = sorted(self.zones), list(offers)
        near = self._reach.of_young(zones, wanted)
        return {zone for zone, found in zip(zones, near, strict=True) if found.any()}

    def within(self, offer: Pair) -> float:
        """Return the young learners a year who could reach an offer."""
        return self.living_in(self.zones_within([offer]))

    def living_in(self, zones: set[str]) -> float:
        """Return the young learners a year who live in zones."""
        return float(self._living.reindex(sorted(zones)).fillna(0.0).sum())

    def asking(self, programmes: tuple[str, ...]) -> float:
        """Return the learners a year who ask for any of the programmes."""
        asked = self._demand["choice"].isin(list(programmes))
        return float(self._demand.loc[asked, "learners"].sum())


def _leading(what_if: WhatIf, occupation: str | None, programme: str | None) -> tuple[str, ...]:
    """Return the programmes that lead to an occupation, as far as the policy has them."""
    if programme is not None:
        return (programme,)
    leads = what_if.prepared.region.leads_to
    leading = set(leads.loc[leads["occupation"] == occupation, "programme"])
    return tuple(sorted(leading & set(what_if.prepared.case.teaching.curriculum["programme"])))


def _standing(
    area: _Area, programmes: tuple[str, ...], offered: dict[Pair, bool], reached: float
) -> Standing:
    if area.everybody <= 0:
        return "nobody lives here"
    if not programmes:
        return "no programme"
    if not offered:
        return "not offered"
    if reached <= 0:
        return "out of reach"
    return "within reach" if reached >= area.everybody - 1e-6 else "partly"


def _opening(what_if: WhatIf, offer: Pair, kept: frozenset[Pair]) -> Change:
    """Return what opens an offer, where whoever has it within reach already is to keep that."""
    opened = kept | {offer}
    possible = [p.period for p in what_if.prepared.model.periods if opened <= set(p.offer)]
    return Change(opened=opened, periods=frozenset(possible))


def _candidates(
    what_if: WhatIf,
    area: _Area,
    programmes: tuple[str, ...],
    served: set[str],
    kept: frozenset[Pair],
    listener: Listener,
) -> tuple[Candidate, ...]:
    """Force open each offer that would bring it to more; the cheapest first."""
    last = what_if.prepared.model.periods[-1]
    found: list[Candidate] = []
    for offer in sorted(last.offer):
        gains = area.living_in(area.zones_within([offer]) - served)
        if offer[0] not in programmes or gains <= 0:
            continue
        try:
            answer = what_if.ask(_opening(what_if, offer, kept), listener=listener)
        except Infeasible:
            continue
        known = answer if answer.columns is not None else None
        found.append(Candidate(offer, gains, known, loss_of(what_if, answer)))
    return tuple(sorted(found, key=lambda one: (one.loss.high, -one.gains, one.offer)))


def _impossible(
    what_if: WhatIf, area: _Area, programmes: tuple[str, ...], served: set[str]
) -> dict[Pair, tuple[Shortfall, ...]]:
    """Return why offers that would help can never be filled: those that nearly could first."""
    last = what_if.prepared.case.periods[-1]
    taught = what_if.prepared.region.teachable
    taught = taught[taught["programme"].isin(programmes)]
    known = set(what_if.prepared.case.teaching.curriculum["programme"])
    beyond = [
        pair
        for pair in rows(taught, "programme", "site")
        if pair not in last.offers
        and pair[0] in known
        and area.living_in(area.zones_within([pair]) - served) > 0
    ]
    found = {
        pair: tuple(one for one in short if one.period == area.year)
        for pair, short in shortfalls(what_if.prepared.case, beyond).items()
    }
    nearest = sorted(found, key=lambda pair: (_lacking(found[pair]), pair))
    return {pair: found[pair] for pair in nearest[:IMPOSSIBLE_TOLD]}


def _lacking(short: tuple[Shortfall, ...]) -> float:
    """Return the learners that the class lacks that lacks most."""
    return max((one.least - one.most for one in short), default=0.0)
