"""Why something is out of reach: an occupation or a programme, in the region or a municipality.

What leads to it, where that is offered, who has it within reach; and of all offers that would bring
it to more of them, the one that costs the goal least: each is forced open in a re-solve. Where no
plan of the policy brings it to more, the settings are found that would have to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from coverage_opt.analysis.area import Area, Pair
from coverage_opt.analysis.bringing_in import Proposal, Sought, opening, proposals
from coverage_opt.analysis.forced import Forced, force, loss_of
from coverage_opt.analysis.worth import Interval
from coverage_opt.formulation.shortfalls import Shortfall, shortfalls
from coverage_opt.frames import rows
from coverage_opt.planning.blocking import Short, in_the_way
from coverage_opt.planning.failures import Infeasible
from coverage_opt.planning.what_if import Answer, WhatIf
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.progress import Listener, silent

Standing = Literal[
    "nobody lives here", "no programme", "not offered", "out of reach", "partly", "within reach"
]
"""How far something is from being within reach."""

WANTING: frozenset[Standing] = frozenset(("not offered", "out of reach", "partly"))
"""Where something could bring it to more people."""

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
        in_the_way: what stands in the way of the first of them, all else as in the plan.
        forced: the first of the candidates, in full; None where there is none.
        proposals: where no plan has any of the candidates, changes of the policy that would bring
            it to more, the smallest first.
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
    proposals: tuple[Proposal, ...]


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
    region, plan = what_if.prepared.region, what_if.plan
    programmes = _leading(what_if, occupation, programme)
    area = Area(what_if.prepared, municipality, programmes)
    offers = plan.offers[plan.offers["period"] == area.year]
    chosen = offers[offers["programme"].isin(programmes)]
    offered = {pair: area.within(pair) > 0 for pair in rows(chosen, "programme", "site")}
    served = area.zones_within(offered)
    reached = area.living_in(served)
    sought = Sought(programmes, municipality, frozenset(offered), reached)
    candidates = _candidates(what_if, area, sought, listener)
    blocked, forced = _foremost(what_if, area, sought, candidates, listener, thorough=thorough)
    short = _impossible(what_if, area, programmes, served)
    standing = _standing(area, programmes, offered, reached)
    changes: tuple[Proposal, ...] = ()
    if standing in WANTING and not (candidates and candidates[0].answer):
        beyond = [one.offer for one in candidates]
        changes = proposals(what_if, sought, short, beyond, listener=listener)
    weights = dict(rows(region.occupations, "occupation", "weight"))
    return ReachReasons(
        year=area.year,
        occupation=occupation,
        programmes=programmes,
        weight=float(weights.get(occupation, 0.0)) if occupation is not None else 0.0,
        municipality=municipality,
        living=area.everybody,
        asking=area.asking,
        reached=reached,
        offered=offered,
        standing=standing,
        impossible={pair: short[pair] for pair in list(short)[:IMPOSSIBLE_TOLD]},
        candidates=candidates,
        in_the_way=blocked,
        forced=forced,
        proposals=changes,
    )


def _foremost(
    what_if: WhatIf,
    area: Area,
    sought: Sought,
    candidates: Sequence[Candidate],
    listener: Listener,
    *,
    thorough: bool,
) -> tuple[tuple[Short, ...] | None, Forced | None]:
    """Return what is in the way of the first candidate, and what forcing it open does."""
    if not candidates:
        return None, None
    change = opening(what_if.prepared, area, sought, candidates[0].offer)
    deadline = Deadline.after(what_if.limits.time_limit_seconds)
    blocked = in_the_way(what_if, change, deadline)
    return blocked, force(what_if, change, thorough=thorough, listener=listener)


def _leading(what_if: WhatIf, occupation: str | None, programme: str | None) -> tuple[str, ...]:
    """Return the programmes that lead to an occupation, as far as the policy has them."""
    if programme is not None:
        return (programme,)
    leads = what_if.prepared.region.leads_to
    leading = set(leads.loc[leads["occupation"] == occupation, "programme"])
    return tuple(sorted(leading & set(what_if.prepared.case.teaching.curriculum["programme"])))


def _standing(
    area: Area, programmes: tuple[str, ...], offered: dict[Pair, bool], reached: float
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


def _candidates(
    what_if: WhatIf, area: Area, sought: Sought, listener: Listener
) -> tuple[Candidate, ...]:
    """Force open each offer that would bring it to more; the cheapest first."""
    last = what_if.prepared.model.periods[-1]
    served = area.zones_within(sought.offered)
    found: list[Candidate] = []
    for offer in sorted(last.offer):
        gains = area.living_in(area.zones_within([offer]) - served)
        if offer[0] not in sought.programmes or gains <= 0:
            continue
        try:
            answer = what_if.ask(opening(what_if.prepared, area, sought, offer), listener=listener)
        except Infeasible:
            continue
        known = answer if answer.columns is not None else None
        found.append(Candidate(offer, gains, known, loss_of(what_if, answer)))
    return tuple(sorted(found, key=lambda one: (one.loss.high, -one.gains, one.offer)))


def _impossible(
    what_if: WhatIf, area: Area, programmes: tuple[str, ...], served: set[str]
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
    return {pair: found[pair] for pair in nearest}


def _lacking(short: tuple[Shortfall, ...]) -> float:
    """Return the learners that the class lacks that lacks most."""
    return max((one.least - one.most for one in short), default=0.0)
