"""Ordered objectives: each stage keeps what the stages before it reached."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.apart import falls_apart, solve_apart
from coverage_opt.solver.blocks import solve_in_blocks
from coverage_opt.solver.completing import Whole, improve
from coverage_opt.solver.highs import GAP_SLACK, Outcome, Solver, Status
from coverage_opt.solver.joining import bounded, joined
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Listener, Progress, relative_gap
from coverage_opt.solver.running import ctrl_c

Vector = NDArray[np.float64]

MOST_COLUMNS_AT_ONCE = 150_000
"""A model with more columns is not solved as a whole, as long as there is another way."""

SHARE_OF_REMAINING_TIME = 0.7
"""A stage that others follow may use this share of the time that is left."""


@dataclass(frozen=True)
class Goal:
    """One objective over the columns of the matrix.

    Attributes:
        name: the weighted sum as text.
        sense: whether larger or smaller is better.
        coefficients: one per column.
        offset: constant part.
        tolerance: share of the value that later stages may give up.
        holds: columns that stay as the stages before left them.
    """

    name: str
    sense: Literal["maximise", "minimise"]
    coefficients: Vector
    offset: float
    tolerance: float
    holds: NDArray[np.int64]

    def value(self, columns: Vector) -> float:
        """Return what ``columns`` are worth."""
        return float(self.coefficients @ columns) + self.offset

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return 1.0 if self.sense == "maximise" else -1.0

    def pursue(self, solver: Solver) -> None:
        """Make it the objective of a solver."""
        solver.set_objective(self.coefficients, self.offset, self.sense)

    def keep(self, solver: Solver, value: float, given_up: float) -> None:
        """Hold a value, less what may be given up, in everything solved from now on."""
        used = np.flatnonzero(self.coefficients)
        end = value - self.sign * given_up - self.offset
        lower, upper = (end, np.inf) if self.sign > 0 else (-np.inf, end)
        if len(used):
            solver.add_row(lower, upper, used, self.coefficients[used])


@dataclass(frozen=True)
class Hint:
    """What is known before the first stage.

    Attributes:
        starts: each column -> value, to be held for a first plan; the next one where one fails.
        bound: no plan has a better first stage; None when nothing is known.
        parts: (n,) label of each column; what has one label can be decided anew with the rest as
            it is. None when nothing is known; negative for columns outside all parts.
        interrupted: whether the user stopped the run before the first stage.
    """

    starts: tuple[Mapping[int, float], ...] = ()
    bound: float | None = None
    parts: NDArray[np.int64] | None = field(default=None, compare=False)
    interrupted: bool = False


@dataclass(frozen=True)
class StageResult:
    """What a stage reached, measured on the plan after the last stage.

    Attributes:
        name: the weighted sum as text.
        sense: whether larger or smaller is better.
        value: of the final plan.
        bound: nothing better than this exists, given the stages before.
        seconds: wall time in the solver.
        solved: whether it came within the asked gap when it was pursued.
    """

    name: str
    sense: str
    value: float
    bound: float
    seconds: float
    solved: bool


@dataclass(frozen=True)
class Staged:
    """The outcome of all stages.

    Attributes:
        status: of the first stage: it decides whether there is a plan at all.
        columns: value of every column, or None without a plan.
        stages: one result per goal that was pursued.
        interrupted: whether the user stopped the run.
    """

    status: Status
    columns: Vector | None
    stages: tuple[StageResult, ...]
    interrupted: bool


def run_stages(
    solver: Solver,
    goals: Sequence[Goal],
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    blocks: NDArray[np.int64] | None = None,
    hint: Hint = Hint(),
) -> Staged:
    """Pursue ``goals`` in order; each keeps the earlier ones within their tolerance.

    The first stage is solved block by block where the model falls apart. Later stages start from
    the plan they are to improve, so a limit that strikes in a later stage never loses the plan:
    the stage then reports the plan it started from and its bound.
    """
    columns: Vector | None = None
    outcomes: list[tuple[Goal, Outcome]] = []
    for number, goal in enumerate(goals):
        last = number == len(goals) - 1
        if columns is not None and len(goal.holds):
            solver.change_bounds(goal.holds, columns[goal.holds], columns[goal.holds])
        time_left = deadline if last else deadline.share(SHARE_OF_REMAINING_TIME)
        if columns is None:
            outcome = _start(solver, goal, blocks, limits, time_left, listener, hint)
        else:
            outcome = _improve(solver, goal, columns, limits, time_left, listener)
        outcomes.append((goal, outcome))
        columns = _better(goal, columns, outcome.values)
        if columns is None or outcome.interrupted:
            break
        if not last:
            value = goal.value(columns)
            goal.keep(solver, value, goal.tolerance * abs(value))
    first = outcomes[0][1]
    interrupted = any(outcome.interrupted for _, outcome in outcomes)
    if columns is None:
        return Staged(first.status, None, (), interrupted)
    stages = tuple(_result(goal, outcome, columns, limits.gap) for goal, outcome in outcomes)
    return Staged(first.status, columns, stages, interrupted)


def _better(goal: Goal, start: Vector | None, found: Vector | None) -> Vector | None:
    """Return what was found, unless it is worse than the start, which HiGHS may have dropped."""
    if start is None or found is None:
        return start if found is None else found
    return found if goal.sign * (goal.value(found) - goal.value(start)) >= 0 else start


def _start(
    solver: Solver,
    goal: Goal,
    blocks: NDArray[np.int64] | None,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    hint: Hint,
) -> Outcome:
    """Solve without a plan to start from: as hinted, then block by block, then whole.

    What no row joins is not solved together at all.

    Each is tried where the ones before are not enough; what they found counts to the end.
    """
    goal.pursue(solver)
    known = _hinted(solver, goal, limits, deadline, listener, hint)
    if known is not None and (known.interrupted or known.status in _SETTLED):
        return known
    if known is not None and known.values is not None and hint.parts is not None and _wide(solver):
        return _improved(solver, known, hint.parts, limits, deadline, listener, goal)
    if known is None and falls_apart(solver):
        nothing, zeros = np.zeros(0, dtype=np.int64), np.zeros(len(solver.objective))
        return solve_apart(solver, nothing, zeros, limits, deadline, listener, goal.name)
    apart = None
    if blocks is not None and not _wide(solver):
        apart = solve_in_blocks(solver, blocks, limits, deadline, listener, limits.gap, goal.name)
    if apart is not None:
        known = apart if known is None else joined(solver, known, apart, limits.gap)
        if apart.interrupted or known.status in _SETTLED:
            return known
    if known is not None and known.values is not None:
        solver.start_from(known.values)
    whole = solver.solve(
        gap=limits.gap,
        time_limit=deadline.remaining(),
        on_progress=listener,
        phase=goal.name,
        known_bound=None if known is None else known.bound,
    )
    return whole if known is None else joined(solver, known, whole, limits.gap)


def _wide(solver: Solver) -> bool:
    """Tell whether the relaxation of the model alone would take the time there is."""
    return len(solver.objective) > MOST_COLUMNS_AT_ONCE


def _improved(
    solver: Solver,
    known: Outcome,
    parts: NDArray[np.int64],
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    goal: Goal,
) -> Outcome:
    """Return the best plan that deciding part by part anew leads to, with the bound known."""
    began = time.monotonic()
    bound = known.bound
    if bound is None:
        bound = np.inf if goal.sense == "maximise" else -np.inf
    with ctrl_c() as pressed:
        whole = Whole(
            solver, limits, parts, limits.gap, bound, deadline, pressed, listener, goal.name
        )
        found = improve(whole, known, whole.good_enough)
        interrupted = pressed.is_set()
    judged = bounded(solver, found, known.bound, limits.gap)
    seconds = known.seconds + time.monotonic() - began
    ended = replace(judged, seconds=seconds, interrupted=interrupted)
    listener(_told(goal, ended))
    return ended


def _told(goal: Goal, found: Outcome) -> Progress:
    return Progress(
        goal.name, found.seconds, found.value, found.bound, found.gap, 0, str(found.status)
    )


def _hinted(
    solver: Solver,
    goal: Goal,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    hint: Hint,
) -> Outcome | None:
    """Return the plan that the hint leads to, with its bound; None without a hint."""
    if not hint.starts and hint.bound is None:
        return None
    found = Outcome(Status.NO_PLAN, None, None, None, None, 0.0, 0)
    for start in hint.starts:
        held = np.array(sorted(start), dtype=np.int64)
        lower, upper = solver.column_lower[held], solver.column_upper[held]
        values = np.zeros(len(solver.objective))
        values[held] = np.clip([round(start[column]) for column in held.tolist()], lower, upper)
        share = deadline.share(SHARE_OF_REMAINING_TIME)
        found = solve_apart(solver, held, values, limits, share, listener, goal.name)
        if found.values is not None or found.interrupted:
            break
    known = bounded(solver, found, hint.bound, limits.gap)
    if known.value is not None:
        listener(_told(goal, known))
    return known


_SETTLED = (Status.OPTIMAL, Status.INFEASIBLE)


def _improve(
    solver: Solver,
    goal: Goal,
    start: Vector,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
) -> Outcome:
    """Solve from the plan that the stages before left."""
    if not goal.coefficients.any():
        return Outcome(Status.OPTIMAL, start, goal.offset, goal.offset, 0.0, 0.0, 0)
    goal.pursue(solver)
    solver.start_from(start)
    return solver.solve(
        gap=limits.gap, time_limit=deadline.remaining(), on_progress=listener, phase=goal.name
    )


def _result(goal: Goal, outcome: Outcome, columns: Vector, gap: float) -> StageResult:
    """Measure a stage on the final plan, whose value may differ within the tolerance."""
    value = goal.value(columns)
    bound = np.inf if goal.sense == "maximise" else -np.inf
    if outcome.bound is not None:
        better = max if goal.sense == "maximise" else min
        bound = better(value, outcome.bound)
    solved = outcome.status is Status.OPTIMAL or relative_gap(value, bound) <= gap + GAP_SLACK
    return StageResult(goal.name, goal.sense, value, bound, outcome.seconds, solved)
