"""A plan in hand and its compiled model, asked what would be if something else held.

A question changes bounds of columns, adds rows or leaves rows out: nothing is built or compiled
again. What it touches is decided anew first, with all else held as the plan has it, which answers
in a fraction of the first solve; the answer's bound is what was proven of the plan in hand as long
as the question only restricts. Asked to be thorough, it then sharpens both: the bound block by
block, of which only those that are touched are solved again, and the plan over everything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import rows
from coverage_opt.handing_over import HandedOver
from coverage_opt.plan.plan import Plan
from coverage_opt.planning.changes import Change
from coverage_opt.planning.clock import Clock
from coverage_opt.planning.failures import Infeasible
from coverage_opt.planning.finishing import finish
from coverage_opt.planning.prepared import Pair, Prepared
from coverage_opt.solver.block_bounds import BlockBounds
from coverage_opt.solver.highs import GAP_SLACK, Solver, SolverError, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.parts import part_of
from coverage_opt.solver.patience import Patience
from coverage_opt.solver.progress import ABSOLUTE_GAP, Listener, Progress, relative_gap, silent
from coverage_opt.solver.stages import Goal, Hint, Staged, run_stages

Vector = NDArray[np.float64]

SHARE_OF_TIME = 0.3
"""Of the time left, deciding anew what a question touches may use this much."""

NEAR_GAP = 0.5
"""What is touched is solved to this share of the asked gap, as it adds to that of the rest."""

NEAR_SECONDS = 0.5
"""A plan within the asked gap of what was proven of the one in hand is improved for so long, ..."""

NEAR_SHARE, NEAR_LEAST = 0.05, 1.0
"""... and any plan for this share of the time that the plan in hand took, at least so many seconds:
an answer that is not to be thorough is to come at once, with the gap that it then has."""


@dataclass(frozen=True)
class Answer:
    """What is known of the best plan under a change.

    Attributes:
        change: what was asked.
        status: ``optimal`` within the asked gap, ``feasible``, ``infeasible`` (proven) or
            ``no_plan`` (none found in time).
        columns: of the best plan found; None without one.
        value: of its first stage; not a number without a plan.
        bound: no plan under the change is better.
        gap: relative; infinite without a plan.
        seconds: wall time.
    """

    change: Change
    status: Status
    columns: Vector | None
    value: float
    bound: float
    gap: float
    seconds: float


class WhatIf:
    """A plan and the model it comes from.

    Args:
        prepared: the compiled model.
        plan: a plan of it.
        limits: gap, seed, threads, and time for each question.

    Raises:
        InputError: the plan is not one of this model.
    """

    def __init__(self, prepared: Prepared, plan: Plan, limits: Limits) -> None:
        self.prepared, self.plan, self.limits = prepared, plan, limits
        self.goal: Goal = prepared.goals[0]
        first = plan.stages.iloc[0]
        self.bound = float(first["bound"])
        self.decided = _decided(prepared, plan)
        self.columns = self._in_hand()
        self.value = self.goal.value(self.columns)

    @cached_property
    def offer_columns(self) -> frozenset[int]:
        """The columns that say what is offered."""
        column = self.prepared.handed.matrix.column
        periods = self.prepared.model.periods
        return frozenset(column(offer) for p in periods for offer in p.offer.values())

    @cached_property
    def block_bounds(self) -> BlockBounds:
        """The bounds of the blocks; they take about as long as the first solve, once."""
        handed = self.prepared.afresh(self.limits)
        self.goal.pursue(handed.solver)
        deadline = Deadline.after(self.limits.time_limit_seconds)
        return BlockBounds(handed.solver, self.prepared.blocks, self.limits, deadline)

    def ask(
        self,
        change: Change,
        *,
        thorough: bool = False,
        whole: bool = True,
        seconds: float = np.inf,
        listener: Listener = silent,
        stop: threading.Event | None = None,
    ) -> Answer:
        """Return what is known of the best plan under a change.

        Args:
            change: what is asked.
            thorough: whether the bound is sharpened where the plan found is worse than the one in
                hand, and both until they are within the asked gap or time is up; else the first
                value and a bound that holds are enough.
            whole: whether all is decided anew where deciding what is touched is not enough.
            seconds: deciding what is touched anew may take no longer. Where that is not said, an
                answer that is not to be thorough takes a share of what the plan in hand took.
            listener: hears how it goes.
            stop: ends that when set from another thread, as Ctrl-C does from the keyboard.

        Raises:
            Infeasible: an offer is to be opened that nobody could fill.
            KeyboardInterrupt: Ctrl-C.
        """
        began, deadline = time.monotonic(), Deadline.after(self.limits.time_limit_seconds)
        held, sign = self.bounds_of(change), self._pursued(change).sign
        share = Deadline.after(min(seconds, SHARE_OF_TIME * deadline.remaining()))
        bound = self.bound if change.restricts else sign * np.inf
        longest = self._longest if np.isinf(seconds) and not thorough else np.inf
        enough = None if thorough else bound
        patience = Patience(NEAR_SECONDS, enough, self.limits.gap, stop, longest)
        found = self._near(change, held, share, listener, patience)
        if thorough and self._in_blocks(change) and not self._as_good(found):
            bound = sign * min(sign * bound, sign * self.block_bounds.held(held, deadline))
        none_left = sign * bound == -np.inf
        wanting = whole and (found is None or (thorough and self._open(found, bound)))
        if not none_left and wanting:
            staged = self._whole(change, held, found, bound, deadline, listener)
            none_left = staged.status is Status.INFEASIBLE
            if staged.columns is not None:
                found = staged.columns
                bound = sign * min(sign * bound, sign * staged.stages[0].bound)
        return self._answer(change, found, bound, time.monotonic() - began, none_left=none_left)

    def make(self, answer: Answer, *, listener: Listener = silent, **made: Any) -> Plan:
        """Return a verified plan with the offers of an answer, improved in the later stages.

        Args:
            answer: with a plan; its change holds offers or leaves rules out, and no more.
            listener: hears how it goes.
            made: what is to be kept about how it was made.

        Raises:
            ValueError: the answer has no plan.
        """
        if answer.columns is None:
            raise ValueError("there is no plan to be made: the answer has none")
        clock = Clock()
        with clock.phase("solve"):
            staged = self._staged(answer, listener)
        policy = answer.change.policy(self.prepared.policy)
        return finish(self.prepared, staged, self.limits, clock, policy=policy, made=made)

    def offers(self, columns: Vector) -> dict[int, frozenset[Pair]]:
        """Return period -> what is offered in it."""
        column = self.prepared.handed.matrix.column
        return {
            period.period: frozenset(
                pair for pair, offer in period.offer.items() if columns[column(offer)] > 0.5
            )
            for period in self.prepared.model.periods
        }

    def bounds_of(self, change: Change) -> dict[int, tuple[float, float]]:
        """Return the bounds of the columns that a change holds.

        Raises:
            Infeasible: an offer is to be opened that nobody could fill.
        """
        column = self.prepared.handed.matrix.column
        held: dict[int, tuple[float, float]] = {}
        for period in self.prepared.model.periods:
            if not change.speaks_of(period.period):
                continue
            for programme, site in sorted(change.opened - set(period.offer)):
                what = f"no class can be filled in {period.period} for {programme} at {site}"
                raise Infeasible(what)
            held |= {column(period.offer[pair]): (1.0, 1.0) for pair in change.opened}
            held |= {
                column(period.offer[pair]): (0.0, 0.0) for pair in change.closed & set(period.offer)
            }
        return held

    # --- the steps of an answer --------------------------------------------------------------

    def _in_hand(self) -> Vector:
        """Return the columns of the plan in hand, as good in the first stage as they can be."""
        handed = self.held(Change(), self.decided)
        self.goal.pursue(handed.solver)
        gap = NEAR_GAP * self.limits.gap
        outcome = handed.solver.solve(gap, np.inf, phase=self.goal.name).uninterrupted()
        if outcome.values is None:
            what = "the plan does not satisfy the model of its own region and policy"
            raise InputError([Problem(what, advice="solve again with this version")])
        return outcome.values

    def held(self, change: Change, held: Mapping[int, tuple[float, float]]) -> HandedOver:
        """Return the model as it is asked, in the hands of a solver of its own."""
        handed = self.prepared.afresh(self.limits, change.without)
        columns = list(held)
        lower, upper = [held[c][0] for c in columns], [held[c][1] for c in columns]
        handed.solver.change_bounds(columns, lower, upper)
        for demand in change.demands:
            goal = self.prepared.goal_of(demand.stage)
            used = np.flatnonzero(goal.coefficients)
            least, most = demand.least - goal.offset, demand.most - goal.offset
            handed.solver.add_row(least, most, used, goal.coefficients[used])
        return handed

    def _pursued(self, change: Change) -> Goal:
        return self.goal if change.goal is None else self.prepared.goal_of(change.goal)

    def _near(
        self,
        change: Change,
        held: Mapping[int, tuple[float, float]],
        deadline: Deadline,
        listener: Listener,
        patience: Patience,
    ) -> Vector | None:
        """Decide anew what a change touches, all else held; None where that makes no plan."""
        if not change.holds_only:
            return None
        handed = self.held(change, held)
        self.goal.pursue(handed.solver)
        labels = self.prepared.blocks
        touched = np.unique(labels[list(held)])
        if (touched < 0).any():
            start = self._within_bounds(handed.solver)
            return self._anew(handed.solver, start, deadline, listener, patience)
        free = np.flatnonzero(np.isin(labels, touched) | (labels < 0))
        part = part_of(handed.solver, self.columns, free)
        start = self._within_bounds(handed.solver)[free]
        found = self._anew(Solver(part.matrix, self.limits), start, deadline, listener, patience)
        return None if found is None else part.joined(self.columns, found)

    def _within_bounds(self, solver: Solver) -> Vector:
        """Return the plan in hand, moved to the bounds of a solver."""
        moved: Vector = np.clip(self.columns, solver.column_lower, solver.column_upper)
        return moved

    def _anew(
        self,
        solver: Solver,
        start: Vector,
        deadline: Deadline,
        listener: Listener,
        patience: Patience,
    ) -> Vector | None:
        """Solve from a start, to a share of the asked gap or as long as patience lasts."""

        def hear(progress: Progress) -> None:
            patience.hear(progress)
            listener(progress)

        solver.start_from(start)
        gap, seconds = NEAR_GAP * self.limits.gap, deadline.remaining()
        found = solver.solve(gap, seconds, hear, self.goal.name, stop=patience.over)
        if patience.told:
            raise KeyboardInterrupt
        return found.values if patience.over.is_set() else found.uninterrupted().values

    def _in_blocks(self, change: Change) -> bool:
        labels = self.prepared.blocks
        return change.holds_only and len(np.unique(labels[labels >= 0])) > 1

    def _whole(
        self,
        change: Change,
        held: Mapping[int, tuple[float, float]],
        found: Vector | None,
        bound: float,
        deadline: Deadline,
        listener: Listener,
    ) -> Staged:
        """Pursue the goal over everything, from what was found."""
        handed, start = self.held(change, held), None
        begin = found if found is not None else (None if change.restricts else self.columns)
        if begin is not None:
            start = {column: float(begin[column]) for column in self.decided}
        hint = Hint(() if start is None else (start,), bound if np.isfinite(bound) else None)
        goals, blocks = (self._pursued(change),), self.prepared.blocks
        staged = run_stages(handed.solver, goals, self.limits, deadline, listener, blocks, hint)
        if staged.interrupted:
            raise KeyboardInterrupt
        return staged

    def _staged(self, answer: Answer, listener: Listener) -> Staged:
        """Pursue all stages with the offers of an answer, whose bound is that of the first."""
        handed = self.held(replace(answer.change, demands=()), {})
        columns = np.array([c for c in self.decided if c in self.offer_columns], dtype=np.int64)
        values = np.round((answer.columns if answer.columns is not None else columns)[columns])
        handed.solver.change_bounds(columns, values, values)
        deadline = Deadline.after(self.limits.time_limit_seconds)
        hint = Hint(({int(c): float(v) for c, v in zip(columns, values, strict=True)},))
        goals = self.prepared.goals
        staged = run_stages(handed.solver, goals, self.limits, deadline, listener, None, hint)
        if staged.columns is None:
            raise SolverError("the offers of an answer make no plan")
        first = replace(staged.stages[0], bound=answer.bound, solved=False)
        return replace(staged, stages=(first, *staged.stages[1:]))

    @property
    def _longest(self) -> float:
        """Seconds after which any plan that is near is enough."""
        return max(NEAR_LEAST, NEAR_SHARE * float(self.plan.stages["seconds"].iloc[0]))

    # --- values and bounds -------------------------------------------------------------------

    def _as_good(self, found: Vector | None) -> bool:
        """Tell whether a plan is as good as the one in hand."""
        if found is None:
            return False
        return self.goal.sign * (self.goal.value(found) - self.value) >= -ABSOLUTE_GAP

    def _open(self, found: Vector | None, bound: float) -> bool:
        """Tell whether a value and a bound are farther apart than the asked gap."""
        if found is None:
            return True
        return relative_gap(self.goal.value(found), bound) > self.limits.gap + GAP_SLACK

    def _answer(
        self,
        change: Change,
        found: Vector | None,
        bound: float,
        seconds: float,
        *,
        none_left: bool,
    ) -> Answer:
        if found is None:
            status = Status.INFEASIBLE if none_left else Status.NO_PLAN
            return Answer(change, status, None, np.nan, bound, np.inf, seconds)
        goal = self._pursued(change)
        value = goal.value(found)
        bound = goal.sign * max(goal.sign * value, goal.sign * bound)
        gap = relative_gap(value, bound)
        status = Status.OPTIMAL if gap <= self.limits.gap + GAP_SLACK else Status.FEASIBLE
        return Answer(change, status, found, value, bound, gap, seconds)


def _decided(prepared: Prepared, plan: Plan) -> dict[int, tuple[float, float]]:
    """Return the columns of offers and units, held as a plan has them.

    Raises:
        InputError: the plan has an offer that the model does not have.
    """
    column = prepared.handed.matrix.column
    offered = set(rows(plan.offers, "period", "programme", "site"))
    taught = set(rows(plan.units, "period", "unit", "site"))
    held: dict[int, tuple[float, float]] = {}
    for period in prepared.model.periods:
        year = period.period
        unknown = {
            pair for when, *pair in offered if when == year and tuple(pair) not in period.offer
        }
        if unknown:
            what = "the plan has offers that its own region and policy do not allow"
            raise InputError([Problem(what, advice="solve again with this version")])
        held |= {column(v): _twice((year, *key) in taught) for key, v in period.run.items()}
        held |= {column(v): _twice((year, *key) in offered) for key, v in period.offer.items()}
    return held


def _twice(chosen: bool) -> tuple[float, float]:
    return float(chosen), float(chosen)
