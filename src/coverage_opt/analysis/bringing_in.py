"""The least change of a policy's settings that brings something within reach.

Where no plan of the policy can, a number of it must give: the class size of a kind of unit, the
learners of an offer, a travel limit, or what another rule allows. How far is read off the bounds
that keep offers out of the model. Then each change is tried: the model is made anew with it, the
offer is forced open, and the plan that comes of it is verified. Only what passed is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from coverage_opt.analysis.area import Area, Pair
from coverage_opt.analysis.forced import Forced, forced_by
from coverage_opt.analysis.lenient import Way, looser, price_of_way, sized_ways, stricter
from coverage_opt.analysis.relaxing import Search, settled, unique_knobs
from coverage_opt.contradiction import Situation
from coverage_opt.formulation.shortfalls import Shortfall
from coverage_opt.planning.blocking import impossible_without
from coverage_opt.planning.changes import Change
from coverage_opt.planning.failures import Infeasible
from coverage_opt.planning.prepared import Prepared, prepare
from coverage_opt.planning.what_if import Answer, WhatIf
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.base import TOLERANCE, When
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.demand import Demand
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.outcome import Status
from coverage_opt.solver.progress import Listener, silent

WAYS_TRIED = 3
"""So many ways are tried, those that change the policy least first."""

OFFERS_TRIED = 3
"""So many offers are tried with each, those that reach most people first."""


SHARE_OF_WHOLE = 0.1
"""Of the time left, deciding all anew may use this much, where it must be told whether less would
do."""

LEAST_SECONDS = 10.0
"""What was found within the time is made a plan, which may take this long besides."""


@dataclass(frozen=True)
class Sought:
    """What is to come within reach, and of whom.

    Attributes:
        programmes: any one of them will do.
        municipality: of those who live there; None for the whole region.
        offered: where the plan offers them.
        reached: young learners a year of the area who have it within reach in the plan.
    """

    programmes: tuple[str, ...]
    municipality: str | None
    offered: frozenset[Pair]
    reached: float


class Opening(NamedTuple):
    """An offer that would bring something to more people; None where nothing has to open."""

    offer: Pair | None
    gains: float


@dataclass(frozen=True)
class Proposal:
    """A change of settings that brings it within reach of more people.

    Attributes:
        way: the settings, before and after.
        settings: the same as ``path=value`` of the policy.
        price: how far they change, relative to their numbers; 1 is giving one up.
        offer: what opens for it; None where what is offered already comes within reach.
        gains: young learners a year who have it within reach besides.
        least: whether it is proven that one step less of any of them does not do.
        gained: by how much the goal of the first stage is better in the plan with it.
        forced: the plan in hand beside a verified one with the settings and the offer.
    """

    way: Way
    settings: tuple[str, ...]
    price: float
    offer: Pair | None
    gains: float
    least: bool
    gained: float
    forced: Forced


def proposals(
    what_if: WhatIf,
    sought: Sought,
    short: Mapping[Pair, Sequence[Shortfall]],
    blocked: Sequence[Pair] = (),
    *,
    listener: Listener = silent,
) -> tuple[Proposal, ...]:
    """Return changes of the policy that bring something within reach, the smallest first.

    Args:
        what_if: the plan in hand; its time limit is for all of this together.
        sought: what is to come within reach.
        short: offers that could never be filled -> the classes that are short.
        blocked: offers that could be, but that no plan has.
        listener: hears how it goes.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    prepared, deadline = what_if.prepared, Deadline.after(what_if.limits.time_limit_seconds)
    ways = [
        *sized_ways(prepared.policy, prepared.region, short),
        *_nearer(prepared, sought, short, what_if.limits, deadline),
        *_rules(what_if, sought, blocked, deadline),
    ]
    trial = _Trial(what_if, sought, deadline, listener)
    tried = (trial.least(way) for way in sorted(ways, key=price_of_way)[:WAYS_TRIED])
    found = {one.settings: one for one in tried if one is not None}
    return tuple(sorted(found.values(), key=lambda one: (one.price, -one.gained)))


def opening(prepared: Prepared, area: Area, sought: Sought, offer: Pair | None) -> Change:
    """Return what opens an offer, in all periods in which that is possible.

    Whoever has what is sought within reach already keeps it.
    """
    kept = {pair for pair in sought.offered if area.within(pair) > 0}
    opened = frozenset(kept if offer is None else {*kept, offer})
    possible = [p.period for p in prepared.model.periods if opened <= set(p.offer)]
    return Change(opened=opened, periods=frozenset(possible))


def _nearer(
    prepared: Prepared,
    sought: Sought,
    short: Mapping[Pair, Sequence[Shortfall]],
    limits: Limits,
    deadline: Deadline,
) -> Iterator[Way]:
    """Yield the least change of each limit that keeps people from getting there at all.

    These are the limits of travel, and class sizes of units that are taught nearby: an offer is
    out of reach of those who reach no such unit. How far they must give is found by trying, as
    learners who come from farther come to all classes.
    """
    policy = prepared.policy
    situation = Situation.of(prepared.region, policy, prepared.periods, prepared.scenarios)
    search = Search(situation, policy, limits, deadline)

    def allows(changed: Policy) -> bool:
        taught = prepared.region.teachable
        sites = zip(taught["programme"], taught["site"], strict=True)
        if deadline.passed() or not _openings(prepared, changed, sought, sites):
            return False
        possible = situation.case(changed).periods[-1].offers
        return bool(_openings(prepared, changed, sought, possible))

    for demand in (*_travel(policy), *_nearby_units(prepared, short)):
        change = search.alone(demand, allows)
        if change is not None and not deadline.passed():
            yield (change,)


def _travel(policy: Policy) -> list[Demand]:
    rule = policy.rule(TravelLimit)
    return [Demand(rule, When(), key) for key in rule.entries()] if rule is not None else []


def _nearby_units(
    prepared: Prepared, short: Mapping[Pair, Sequence[Shortfall]]
) -> Sequence[Demand]:
    """Return the class size of each kind of unit taught nearby, where nobody could come at all."""
    rule, teaching = prepared.policy.rule(ClassSize), prepared.case.teaching
    empty = {offer for offer, classes in short.items() if any(one.most <= 0 for one in classes)}
    nearby = teaching.units.loc[teaching.units["delivery"] == "nearby", "unit"]
    needed = teaching.curriculum[teaching.curriculum["unit"].isin(nearby)]
    needed = needed[needed["programme"].isin([programme for programme, _ in empty])]
    keys = [(unit, site) for unit in needed["unit"].unique() for _, site in sorted(empty)]
    demands = [Demand(rule, When(), key) for key in keys] if rule is not None else []
    return unique_knobs(demands, prepared.region)


def _rules(
    what_if: WhatIf, sought: Sought, blocked: Sequence[Pair], deadline: Deadline
) -> Iterator[Way]:
    """Yield the least that rules must give for an offer that could be filled and no plan has."""
    prepared = what_if.prepared
    for offer in blocked[:1]:
        change = opening(
            prepared, Area(prepared, sought.municipality, sought.programmes), sought, offer
        )
        short = impossible_without(what_if, change, deadline) or ()
        policy = change.policy(prepared.policy)
        situation = Situation.of(prepared.region, policy, prepared.periods, prepared.scenarios)
        search = Search(situation, policy, what_if.limits, deadline)
        for demand in unique_knobs((one.demand for one in short), prepared.region):
            found = search.alone(demand)
            if found is not None:
                yield (found,)


def _openings(
    prepared: Prepared, policy: Policy, sought: Sought, possible: Iterable[Pair]
) -> list[Opening]:
    """Return the offers that bring it to more people under a policy, the most people first."""
    area = Area(prepared, sought.municipality, sought.programmes, policy)
    served = area.zones_within(sought.offered)
    more = area.living_in(served) - sought.reached
    if more > TOLERANCE:
        return [Opening(None, more)]
    gains = {
        pair: area.living_in(area.zones_within([pair]) - served)
        for pair in possible
        if pair[0] in sought.programmes and pair not in sought.offered
    }
    helping = [Opening(pair, gain) for pair, gain in gains.items() if gain > 0]
    return sorted(helping, key=lambda one: (-one.gains, one.offer))


@dataclass(frozen=True)
class _Tried:
    """What came of a way.

    Attributes:
        way: the way.
        asked: the model made anew with it; None where that has no offer that would help.
        wanted: the offers that would help, the most promising first.
        answer: for the first of them that some plan was found with; None without one.
        proven: where there is no answer, whether it is proven that there is no such plan.
    """

    way: Way
    asked: WhatIf | None = None
    wanted: tuple[Opening, ...] = ()
    answer: Answer | None = None
    proven: bool = False


class _Trial:
    """Tries ways by making the model anew with them and forcing an offer open that helps."""

    def __init__(
        self, what_if: WhatIf, sought: Sought, deadline: Deadline, listener: Listener
    ) -> None:
        self._what_if, self._sought = what_if, sought
        self._deadline, self._listener = deadline, listener

    def least(self, way: Way) -> Proposal | None:
        """Return the least of a way that does: further than it where that is not enough."""
        best = self._tried(way)
        while best.answer is None and (further := looser(best.way)):
            best = self._tried(further)
        if best.answer is None:
            return None
        proven, position = True, 0
        while position < len(best.way):
            less = self._tried(stricter(best.way, position), whole=True)
            if less.answer is not None:
                best, proven, position = less, True, 0
            else:
                proven, position = proven and less.proven, position + 1
        return self._proposal(best, least=proven)

    def _tried(self, way: Way, *, whole: bool = False) -> _Tried:
        """Make the model anew with a way, and look for a plan with an offer that then helps.

        Args:
            way: the settings.
            whole: whether all is decided anew where what an offer touches makes no plan.
        """
        if self._deadline.passed():
            return _Tried(way)
        prepared, limits = self._what_if.prepared, self._limits()
        policy, _ = settled(prepared.policy, way)
        years, scenarios = prepared.periods, prepared.scenario_set
        try:
            other = prepare(prepared.region, policy, limits, periods=years, scenarios=scenarios)
        except Infeasible:
            return _Tried(way, proven=True)
        wanted = _openings(other, policy, self._sought, other.model.periods[-1].offer)
        if not wanted:
            return _Tried(way, proven=True)
        asked = WhatIf(other, self._what_if.plan, limits)
        asked.bound = asked.goal.sign * inf  # what was proven holds for the policy as it was
        proven = len(wanted) <= OFFERS_TRIED
        for one in wanted[:OFFERS_TRIED]:
            answer = self._ask(asked, one, whole=whole)
            if answer.columns is not None:
                rest = (other for other in wanted if other != one)
                return _Tried(way, asked, (one, *rest), answer)
            proven = proven and answer.status is Status.INFEASIBLE
        return _Tried(way, asked, tuple(wanted), proven=proven)

    def _ask(self, asked: WhatIf, wanted: Opening, *, whole: bool) -> Answer:
        area = Area(asked.prepared, self._sought.municipality, self._sought.programmes)
        change = opening(asked.prepared, area, self._sought, wanted.offer)
        answer = asked.ask(change, whole=False, listener=self._listener)
        if answer.columns is not None or not whole:
            return answer
        seconds = SHARE_OF_WHOLE * self._deadline.remaining()
        limits = asked.limits
        asked.limits = replace(limits, time_limit_seconds=None if seconds == inf else seconds)
        answer = asked.ask(change, listener=self._listener)
        asked.limits = limits
        return answer

    def _proposal(self, best: _Tried, *, least: bool) -> Proposal | None:
        """Return the best way to have it with these settings, as a plan that is verified."""
        asked, sign = best.asked, self._what_if.goal.sign
        if asked is None or best.answer is None:
            return None
        answers = {best.wanted[0]: best.answer}
        for one in best.wanted[1:OFFERS_TRIED]:
            answers[one] = self._ask(asked, one, whole=False)
        made = {one: answer for one, answer in answers.items() if answer.columns is not None}
        wanted = max(made, key=lambda one: sign * made[one].value)
        answer = made[wanted]
        return Proposal(
            way=best.way,
            settings=settled(self._what_if.prepared.policy, best.way)[1],
            price=price_of_way(best.way),
            offer=wanted.offer,
            gains=wanted.gains,
            least=least,
            gained=sign * (answer.value - self._what_if.value),
            forced=forced_by(asked, answer, listener=self._listener),
        )

    def _limits(self) -> Limits:
        seconds = max(LEAST_SECONDS, self._deadline.remaining())
        return replace(self._what_if.limits, time_limit_seconds=None if seconds == inf else seconds)
