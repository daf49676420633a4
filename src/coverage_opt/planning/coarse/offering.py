"""What a family offers: decided on a coarse map, and filled again on a finer one.

On a **cautious map** what is within reach of a group of zones is within reach of each of them. So
a plan on it is one of the region: let each zone have its share, by demand, of what its group does.
Everybody is counted as before, nobody travels too far, and all sums over zones stay, and with them
class sizes, enrolment and graduates; coverage in the region is no lower. Nor does leaving out
sites make it less of a plan. Plans of several families together are one as well: they share no
learners, and a unit that more than one of them uses has the learners of all, so that it is large
enough where it was large enough for each.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.formulation.blocks import labels_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case
from coverage_opt.formulation.changes import NOTHING_BEFORE
from coverage_opt.formulation.decisions import PeriodDecisions
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.planning.coarse.bound import only_rules
from coverage_opt.planning.coarse.families import Family
from coverage_opt.planning.coarse.neighbourhoods import in_order, windows
from coverage_opt.planning.coarse.question import Whole
from coverage_opt.planning.coarse.zones import Map, cautious, well_placed
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.facility_required import FacilityRequired
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.completing import Whole as Parts
from coverage_opt.solver.completing import improve
from coverage_opt.solver.highs import Solver
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats
from coverage_opt.solver.outcome import Outcome
from coverage_opt.solver.progress import ABSOLUTE_GAP

Columns = NDArray[np.int64]
Stop = threading.Event | None

MOST_SITES = 20
"""Sites that a family may be offered at: enough to be within everybody's reach."""
MOST_ZONES, MOST_FINER_ZONES = 40, 150
"""Groups of zones on the map on which offers are decided, and on that on which they are filled."""
KEPT = {ClassSize.name, TravelLimit.name, FacilityRequired.name}
"""The rules that hold for the whole where they hold for each family."""
NOT_AT_ALL = 1e-6
"""A share of an offer below which the linear relaxation does without it."""
SHARE_FOR_RELAXING, SHARE_FOR_OFFERS = 0.5, 0.7
"""Of the time that is left for a family."""
LEAST_SHARES, SHARE_FOR_FIRST_PLAN = (0.9, 0.6), 0.2
"""Of an offer in the relaxation, to be in the first plans; and of the time for offers, for each."""
ROUGH_GAP = 2e-3
"""A first plan need not be nearer to the best one."""


@dataclass(frozen=True)
class Settled:
    """What was decided for a family, and on which map.

    Attributes:
        family: the family.
        here: the map.
        case: the family's case on the map.
        decided: what was decided for it.
        value: what it is worth on the map, as a part of the first stage's goal.
    """

    family: Family
    here: Map
    case: Case
    decided: PeriodDecisions
    value: float


def settle(
    whole: Whole,
    family: Family,
    allowed: float,
    limits: Limits,
    deadline: Deadline,
    stop: Stop = None,
) -> Settled | None:
    """Decide what a family offers where, and who goes there; None when there was no time.

    Args:
        whole: the whole question.
        family: the family.
        allowed: by how much the offers may miss the best ones on the map.
        limits: seed.
        deadline: of this family.
        stop: ends the search early.
    """
    learners = whole.demand.only(family.choices).learners.sum(axis=1)
    minutes = whole.region.minutes
    sites = whole.sites_of(family)
    within = minutes.to_numpy()[:, sites] <= max(whole.limits)
    sites = sites[well_placed(within, learners, MOST_SITES)]
    coarse = cautious(minutes, whole.limits, learners, sites, MOST_ZONES)
    case = whole.of_family(family, coarse, shared_units=True)
    alone = Limits(seed=limits.seed, threads=1)
    handed = _handed(whole, case, alone)
    offers = _best_offers(whole, family, handed, allowed, alone, deadline, stop)
    if offers.values is None or offers.value is None:
        return None
    decided = handed.decisions(offers.values)[0]
    settled = Settled(family, coarse, case, decided, offers.value)
    fine = cautious(minutes, whole.limits, learners, sites, MOST_FINER_ZONES)
    if len(fine.minutes) == len(coarse.minutes) or deadline.passed():
        return settled
    return _filled(whole, settled, fine, alone, deadline, stop)


def _handed(whole: Whole, case: Case, limits: Limits) -> HandedOver:
    policy = only_rules(whole.policy, KEPT)
    model = build(case, policy, [whole.policy.objective[0]], before=NOTHING_BEFORE)
    handed = hand_over(model, limits)
    handed.goals[0].pursue(handed.solver)
    return handed


def _best_offers(
    whole: Whole,
    family: Family,
    handed: HandedOver,
    allowed: float,
    limits: Limits,
    deadline: Deadline,
    stop: Stop,
) -> Outcome:
    """Return a plan that is near the best one, as far as time allows.

    The relaxation is close (it links each group of learners to the offers in its reach). What it
    offers almost whole makes a small problem with a first plan; with what it offers more than half
    a larger one with a better. From there some neighbouring programmes at a time are decided anew,
    and at last all of them at once.
    """
    solver, matrix = handed.solver, handed.matrix
    with solver.relaxed(by_interior_point=True):
        limit = SHARE_FOR_RELAXING * deadline.remaining()
        relaxed = solver.solve(gap=0.0, time_limit=limit, stop=stop)
    until = deadline.share(SHARE_FOR_OFFERS)
    found = None
    if relaxed.values is not None and relaxed.value is not None:
        (period,) = handed.model.periods
        offers = np.array([matrix.column(o) for o in period.offer.values()], dtype=np.int64)
        shares = relaxed.values[offers]
        # what it leaves out altogether is seldom of use
        solver.change_bounds(offers[shares < NOT_AT_ALL], 0.0, 0.0)
        found = _first_plan(solver, offers, shares, until, stop)
        if found is not None and found.values is not None:
            gap, undivided = allowed / max(abs(relaxed.value), ABSOLUTE_GAP), np.zeros_like(offers)
            stopped = stop or threading.Event()
            here = Parts(solver, limits, undivided, gap, relaxed.value, until, stopped)
            order = in_order(family.programmes, handed.model.units_of, whole.takers)
            found = _by_neighbourhoods(here, handed, found, order)
    if found is not None and found.values is not None:
        solver.start_from(found.values)
    allowed = max(allowed, ABSOLUTE_GAP)
    last = solver.solve(gap=0.0, time_limit=until.remaining(), absolute_gap=allowed, stop=stop)
    # their bounds are of different problems: none holds for the family
    plans = [plan for plan in (last, found) if plan is not None and plan.value is not None]
    return max(plans, key=lambda plan: plan.value or 0.0, default=last)


def _first_plan(
    solver: Solver, offers: Columns, shares: Floats, deadline: Deadline, stop: Stop
) -> Outcome | None:
    """Return a plan that offers only what the relaxation offers a large share of."""
    found: Outcome | None = None
    for least in LEAST_SHARES:
        with solver.holding(offers[shares < least], 0.0):
            if found is not None and found.values is not None:
                solver.start_from(found.values)
            limit = SHARE_FOR_FIRST_PLAN * deadline.remaining()
            again = solver.solve(gap=ROUGH_GAP, time_limit=limit, stop=stop)
        found = again if found is None or again.values is not None else found
    return found


def _by_neighbourhoods(
    here: Parts, handed: HandedOver, found: Outcome, order: list[str]
) -> Outcome:
    """Return a better plan: some neighbouring programmes at a time are decided anew."""
    for number_of in windows(order):
        labels = labels_of(handed.model, handed.matrix.columns, number_of)
        parts = replace(here, labels=labels)
        found = improve(parts, found, parts.good_enough, rounds=1, patience=1.0)
        if parts.good_enough(found) or parts.deadline.passed() or parts.stopped.is_set():
            break
    return found


def _filled(
    whole: Whole,
    settled: Settled,
    fine: Map,
    limits: Limits,
    deadline: Deadline,
    stop: Stop,
) -> Settled:
    """Return the same offers with more learners in them: a linear programme on a finer map.

    The coarser plan, dealt to the finer groups, is one of its plans; so what was settled stays
    where it turns out no better, or not in time.
    """
    case = whole.of_family(settled.family, fine, shared_units=True, held=settled.decided.held())
    handed = _handed(whole, case, limits)
    solver = handed.solver
    solver.change_bounds(np.flatnonzero(handed.matrix.integer), 1.0, 1.0)
    solver.relax_integrality()
    solver.by_interior_point()
    found = solver.solve(gap=0.0, time_limit=deadline.remaining(), stop=stop)
    if found.values is None or found.value is None or found.value <= settled.value:
        return settled
    decided = handed.decisions(found.values)[0]
    return Settled(settled.family, fine, case, decided, found.value)
