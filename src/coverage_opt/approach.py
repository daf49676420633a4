"""How a model of many moments is approached: a cautious plan to begin with, and a bound.

The model of several periods under several scenarios is many times the model of one. Two smaller
questions come first:

* a **cautious plan**: period after period, what would be offered if of each group of learners only
  as many asked as in the scenario in which fewest do? Whatever fills its classes then fills them
  in every scenario, by the same flows, and its groups mostly have room for who comes beside; so
  what is offered, and in how many groups, is a sound start for the whole;
* a **bound**: a plan that knew the scenario beforehand, and could change everything between
  periods for nothing, is at least as good. So each moment alone, added up in the way of the goal,
  bounds the whole (the wait-and-see bound of stochastic programming: Madansky, 1960).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from coverage_opt.formulation.blocks import blocks_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, Pair
from coverage_opt.formulation.changes import NOTHING_BEFORE
from coverage_opt.formulation.decisions import PeriodDecisions
from coverage_opt.formulation.moments import Moment
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.frames import rows
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.rules.minimum_run import MinimumRun
from coverage_opt.solver.block_bounds import bound_by_blocks
from coverage_opt.solver.highs import ContradictionError
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Listener, Progress
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.side_by_side import Shares
from coverage_opt.solver.stages import Hint, run_stages

SHARE_OF_TIME = 0.5
"""Of the time there is, the cautious plan may use this much; and of the rest the bound."""

PATIENCE = 2.0
"""How much more than an even share of the time one period may use: without a plan for it there is
no start at all, and most need far less."""

CAUTIOUS_GAP = 0.04
"""How near to the best the cautious plan comes, at the least: it is only a start."""

BOUNDING, CAUTIOUS = "a bound from each moment alone", "a cautious plan for {}"
"""What a listener is told is being solved."""


def approach(
    case: Case, handed: HandedOver, limits: Limits, deadline: Deadline, listener: Listener
) -> Hint:
    """Return what is worth knowing before the first stage of a model of many moments.

    Args:
        case: the whole case.
        handed: its model, in the solver's hands.
        limits: gap, seed, threads.
        deadline: of the whole solve.
        listener: hears how it goes.

    Returns:
        Columns to hold for a first plan, and a bound, either of which may be missing; and what
        to decide anew at a time, when the plan is improved.
    """
    moments = [moment for period in case.periods for moment in period.moments]
    if len(moments) == 1:
        return Hint()
    stage = handed.model.stages[0]
    with ctrl_c() as pressed:
        share = deadline.share(SHARE_OF_TIME)
        starts = _cautious_columns(case, handed, limits, share, listener, pressed)
        bound = None
        if not pressed.is_set():
            share = deadline.share(SHARE_OF_TIME)
            bound = bound_of_moments(case, stage, limits, share, listener, pressed)
    parts = blocks_of(handed.model, handed.matrix.columns, by_period=True)
    return Hint(starts, bound, parts, pressed.is_set())


# --- the bound --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Alone:
    """A moment by itself, and what its best plan is worth at the most."""

    moment: Moment
    bound: float | None


def bound_of_moments(
    case: Case,
    stage: Stage,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    stop: threading.Event | None = None,
) -> float | None:
    """Return a value of the stage's goal that no plan betters; None where it is not known.

    Each moment is bounded by itself, block by block: no rule that spans scenarios, nothing that
    opens or closes. The goal is monotone in what each scenario is worth, whatever its sense
    of risk, so the moments' bounds, put together as it does, bound the whole.
    """
    alone = [
        period.alone(number) for period in case.periods for number in range(len(period.moments))
    ]
    policy = _within_moments(case.policy)
    goal = stage.model_copy(update={"risk": "expected"})
    found: list[_Alone] = []
    told = stop or threading.Event()
    began = time.monotonic()
    at_once = limits.threads or os.cpu_count() or 1
    shares = Shares(deadline, np.zeros(len(alone)), at_once)

    def bounded(number: int) -> _Alone:
        period, share = alone[number], Deadline.after(shares.begin(number))
        if told.is_set():
            return _Alone(period.moments[0], None)
        bound = _bounded(case.only(period), policy, goal, limits, share, told)
        return _Alone(period.moments[0], bound)

    with ThreadPoolExecutor(at_once) as pool:
        for number, result in enumerate(pool.map(bounded, range(len(alone))), start=1):
            found.append(result)
            message = f"searching, {number} of {len(alone)} moments bounded"
            seconds = time.monotonic() - began
            listener(Progress(BOUNDING, seconds, None, None, None, 0, message))
    if any(result.bound is None for result in found):
        return None
    return _together(case, stage, found)


def _within_moments(policy: Policy) -> Policy:
    """Return the policy without the rules that hold in the mean over scenarios, or over time."""
    spanning = {
        rule.name: None
        for rule in policy.active_rules
        if getattr(rule, "holds", "every_scenario") == "expectation"
    }
    return policy.with_rules(spanning)


def _bounded(
    alone: Case,
    policy: Policy,
    stage: Stage,
    limits: Limits,
    deadline: Deadline,
    stop: threading.Event,
) -> float | None:
    """Return what a moment's best plan is worth at the most."""
    if deadline.passed():
        return None
    model = build(alone, policy, [stage], before=NOTHING_BEFORE)
    if model.contradictions:
        return None
    try:
        handed = hand_over(model, Limits(seed=limits.seed, threads=1))
    except ContradictionError:
        return None
    handed.goals[0].pursue(handed.solver)
    blocks = blocks_of(model, handed.matrix.columns)
    return bound_by_blocks(handed.solver, blocks, limits, deadline, stop)


def _together(case: Case, stage: Stage, found: Sequence[_Alone]) -> float:
    """Put the bounds of moments together as the stage's goal does."""
    worth = {
        name: sum(
            (result.bound or 0.0) / len(case.periods)
            for result in found
            if name in result.moment.scenarios
        )
        for name in case.scenarios
    }
    if stage.risk == "expected":
        return sum(case.scenarios[name] * value for name, value in worth.items())
    worst_first = sorted(worth, key=worth.__getitem__, reverse=stage.sense == "minimise")
    if stage.risk == "worst_case":
        return worth[worst_first[0]]
    left, tail = stage.tail, 0.0
    for name in worst_first:
        mass = min(case.scenarios[name], left)
        tail, left = tail + mass * worth[name], left - mass
    return tail / (stage.tail - left)


# --- the cautious plan ------------------------------------------------------------------------


def _cautious_columns(
    case: Case,
    handed: HandedOver,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    stop: threading.Event,
) -> tuple[dict[int, float], ...]:
    """Return what to hold of the whole model, as a cautious plan has it.

    First the offers, what runs and the groups, then the same without the groups; nothing where no
    cautious plan was found.
    """
    before: Mapping[Pair, float] | None = None
    today = set(rows(case.region.current, "programme", "site"))
    opened: dict[Pair, int] = {}
    chosen: dict[int, float] = {}
    counted: dict[int, float] = {}
    for number, period in enumerate(handed.model.periods):
        alone = case.only(case.periods[number].cautious())
        share = deadline.share(min(1.0, PATIENCE / (len(case.periods) - number)))
        must = _must_stay(case, opened, period.period)
        told = _under(listener, CAUTIOUS.format(period.period))
        decided = _plan_period(alone, handed.model, before, must, limits, share, told, stop)
        if decided is None or stop.is_set():
            return ()
        offers, runs = set(rows(decided.offers)), set(rows(decided.runs))
        if before is not None or today:
            earlier = today if before is None else set(before)
            opened |= dict.fromkeys(offers - earlier, period.period)
        before = dict.fromkeys(offers, 1.0)
        for taken, variables in ((runs, period.run), (offers, period.offer)):
            for key, variable in variables.items():
                chosen[handed.matrix.column(variable)] = float(key in taken)
        for key, variable in period.groups.items():
            counted[handed.matrix.column(variable)] = round(decided.groups.get(key, 0.0))
    return (chosen | counted, chosen) if counted else (chosen,)


def _under(listener: Listener, phase: str) -> Listener:
    """Return a listener that tells another one what is really being solved."""

    def tell(progress: Progress, /) -> None:
        listener(replace(progress, phase=phase))

    return tell


def _must_stay(case: Case, opened: Mapping[Pair, int], year: int) -> set[Pair]:
    """Return the offers that opened too short ago to be closed."""
    rule = case.policy.rule(MinimumRun)
    if rule is None:
        return set()
    return {offer for offer, since in opened.items() if year - since < rule.years_at_least}


def _plan_period(
    alone: Case,
    whole: PlanningModel,
    before: Mapping[Pair, float] | None,
    must: set[Pair],
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    stop: threading.Event,
) -> PeriodDecisions | None:
    """Plan one period as if its moment were certain; None when no plan was found."""
    stage = whole.stages[0].model_copy(update={"risk": "expected"})
    model = build(alone, alone.policy, [stage], before=before)
    if model.contradictions or not must <= set(model.periods[0].offer):
        return None
    try:
        handed = hand_over(model, replace(limits, log_file=None))
    except ContradictionError:
        return None
    held = [handed.matrix.column(model.periods[0].offer[offer]) for offer in sorted(must)]
    handed.solver.change_bounds(held, 1.0, 1.0)
    enough = replace(limits, gap=max(limits.gap, CAUTIOUS_GAP), log_file=None)
    blocks = blocks_of(model, handed.matrix.columns)
    staged = run_stages(handed.solver, handed.goals, enough, deadline, listener, blocks)
    if staged.interrupted:
        stop.set()
    return None if staged.columns is None else handed.decisions(staged.columns)[0]
