"""Solving a model block by block, with a bound that stays valid for the whole.

Rows that touch several blocks are relaxed with multipliers (Lagrange; the duals of the linear
relaxation), after which every block is a problem of its own and the sum of their bounds is a bound
for the whole: for a maximisation, with rows ``a x <= b`` relaxed at multipliers ``m >= 0``,

    max {c x : all rows} <= m b + max {(c - m a) x : rows within blocks}.

With these multipliers the bound is never worse than that of the linear relaxation, and mostly far
better, because each block is solved as the integer problem it is. The blocks' decisions together
are then completed to a plan of the whole; what it is worth against the bound is the proven gap.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from coverage_opt.solver.completing import Whole, block_range, complete
from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.joining import bounded
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix
from coverage_opt.solver.progress import Listener, Progress, relative_gap, silent
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.separate import Separate

Positions = NDArray[np.int64]

SHARE_OF_TIME = 0.8
"""Of the time left, the blocks together may use this much; the rest is for the whole. What the
blocks leave open, the whole seldom closes: a longer search there gains more."""

SHARE_OF_GAP = 0.8
"""Of the asked gap, the blocks together may use this much; the rest is for putting together."""

SHARE_FOR_WHOLE = 0.8
"""Of the time left after the blocks, putting them together may use this much."""

SMALLEST_COST = 1e-7
"""A column that costs less does not move HiGHS, even where it could move without end."""

PASSES = 2
"""How often bounds that single rows imply are worked out, each time from those before."""


@dataclass(frozen=True)
class _Run:
    """What every step needs to know."""

    solver: Solver
    labels: Positions
    limits: Limits
    deadline: Deadline
    listener: Listener
    gap: float
    phase: str
    began: float

    @property
    def sign(self) -> float:
        return 1.0 if self.solver.sense == "maximise" else -1.0

    def report(self, value: float | None, bound: float, message: str) -> None:
        gap = None if value is None else relative_gap(value, bound)
        seconds = time.monotonic() - self.began
        self.listener(Progress(self.phase, seconds, value, bound, gap, 0, message))

    def planless(self, status: Status, bound: float | None, *, told: bool) -> Outcome:
        seconds = time.monotonic() - self.began
        return Outcome(status, None, None, bound, None, seconds, 0, told)


@dataclass(frozen=True)
class Block:
    """One part: its columns in the whole, and its own matrix, always to be maximised."""

    columns: Positions
    matrix: Matrix

    @property
    def integers(self) -> int:
        """How many of its columns are whole numbers."""
        return int(self.matrix.integer.sum())


@dataclass(frozen=True)
class Priced:
    """The blocks of a model as problems of their own, at the prices of its linear relaxation.

    Any bounds of them add up, with the constant, to a bound of the whole.

    Attributes:
        blocks: the largest first.
        constant: what lies outside them, at most.
        relaxed: what the linear relaxation of the whole is worth, in the model's own sense.
        sign: 1 where more is better for the whole, else -1: the blocks' sense is turned then.
    """

    blocks: tuple[Block, ...]
    constant: float
    relaxed: float
    sign: float

    def at_most(self, together: float | None) -> float:
        """Return what the whole is worth at the most, in its own sense.

        Args:
            together: the constant and the blocks' bounds, added up; None where one has none.
        """
        relaxed = self.sign * self.relaxed
        return self.sign * (relaxed if together is None else min(together, relaxed))


def solve_in_blocks(
    solver: Solver,
    labels: Positions,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    gap: float,
    phase: str,
) -> Outcome | None:
    """Solve block by block, and complete the blocks' decisions to a plan of the whole.

    Args:
        solver: holds the model and its objective.
        labels: block of each column, negative for columns outside all blocks.
        limits: seed and threads.
        deadline: shared with whatever comes next.
        listener: hears how it goes.
        gap: relative gap asked of the whole.
        phase: put into the events.

    Returns:
        A plan with a bound for the whole; without values when the blocks' decisions do not make
        a plan of the whole, and then the bound still holds. None when nothing is known: the
        model does not fall apart, or its linear relaxation was not solved.

    Raises:
        SolverError: when HiGHS fails on any part; the other parts are stopped.
        KeyboardInterrupt: at a second Ctrl-C; the first one stops the search and keeps the plan.
    """
    if len(np.unique(labels[labels >= 0])) < 2 or not solver.matrix.integer.any():
        return None
    run = _Run(solver, labels, limits, deadline, listener, gap, phase, time.monotonic())
    with ctrl_c() as pressed:
        return _solve_and_complete(run, pressed)


def _solve_and_complete(run: _Run, pressed: threading.Event) -> Outcome | None:
    relaxation, duals = _relax(run)
    if relaxation.status is Status.INFEASIBLE:
        return relaxation
    if relaxation.interrupted:
        return run.planless(Status.NO_PLAN, relaxation.bound, told=True)
    if relaxation.status is not Status.OPTIMAL or relaxation.value is None:
        return None
    apart = _take_apart(run, duals, relaxation.value)
    blocks = _solve_blocks(run, apart, pressed)
    if blocks.settled is Status.INFEASIBLE:
        return run.planless(Status.INFEASIBLE, None, told=pressed.is_set())
    bound = apart.at_most(blocks.bound)
    found = _complete(run, apart, blocks.outcomes, bound, pressed)
    told = pressed.is_set() or (found is not None and found.interrupted)
    if found is None or found.value is None:
        return run.planless(Status.NO_PLAN, bound, told=told)
    judged = bounded(run.solver, found, bound, run.gap)
    run.report(found.value, bound if judged.bound is None else judged.bound, judged.status)
    seconds = time.monotonic() - run.began
    return replace(judged, seconds=seconds, nodes=0, interrupted=told)


def _relax(run: _Run) -> tuple[Outcome, Floats]:
    """Solve the linear relaxation; the duals are empty unless it was solved to the end."""
    with run.solver.relaxed():
        limit = SHARE_OF_TIME * run.deadline.remaining()
        relaxation = run.solver.solve(gap=0.0, time_limit=limit, phase=run.phase)
        solved = relaxation.status is Status.OPTIMAL
        return relaxation, run.solver.row_duals() if solved else np.zeros(0)


def _take_apart(run: _Run, duals: Floats, relaxed: float) -> Priced:
    """Relax the rows between blocks at the prices that the linear relaxation puts on them."""
    matrix, labels = run.solver.current(), run.labels
    column_lower, column_upper = _implied_bounds(run.solver)
    rows = matrix.coefficients.tocsr()
    lowest, highest = block_range(matrix, labels)
    within = (lowest == highest) & (highest >= 0)
    price = np.where(within, 0.0, run.sign * duals)
    priced_above = (price > 0) & np.isfinite(matrix.row_upper)
    priced_below = (price < 0) & np.isfinite(matrix.row_lower)
    price = np.where(priced_above | priced_below, price, 0.0)
    objective = run.sign * run.solver.objective - rows.T @ price
    constant = float(price[priced_above] @ matrix.row_upper[priced_above])
    constant += float(price[priced_below] @ matrix.row_lower[priced_below])
    best = np.where(objective > 0, column_upper, column_lower)
    unseen = np.isinf(best) & (np.abs(objective) < SMALLEST_COST)
    outside = np.flatnonzero(((labels < 0) | unseen) & (objective != 0.0))
    # infinite where no row bounds a column: then the bound of the relaxation is all there is
    constant += float(objective[outside] @ best[outside]) + run.sign * run.solver.offset
    blocks = []
    for label in np.unique(labels[labels >= 0]):
        columns = np.flatnonzero(labels == label)
        own = np.flatnonzero(within & (lowest == label))
        block = Matrix.from_arrays(
            coefficients=rows[own].tocsc()[:, columns],
            row_lower=matrix.row_lower[own],
            row_upper=matrix.row_upper[own],
            column_lower=column_lower[columns],
            column_upper=column_upper[columns],
            objective=objective[columns],
            sense="maximise",
            integer=matrix.integer[columns],
        )
        blocks.append(Block(columns, block))
    blocks.sort(key=lambda block: -block.integers)
    return Priced(tuple(blocks), constant, relaxed, run.sign)


def _implied_bounds(solver: Solver) -> tuple[Floats, Floats]:
    """Return the columns' bounds, with the infinite ones replaced by what single rows imply.

    In the linear relaxation's optimum a column without a bound has no reduced cost, but for
    rounding; times infinity that would undo the bound of the whole.
    """
    matrix, lower, upper = solver.current(), solver.column_lower, solver.column_upper
    table = sparse.vstack([matrix.coefficients, -matrix.coefficients]).tocoo()
    row, column, weight = table.row, table.col, table.data
    limit = np.concatenate([matrix.row_upper, -matrix.row_lower])
    for _ in range(PASSES):
        least = np.where(weight > 0, weight * lower[column], weight * upper[column])
        endless = np.isinf(least)
        least = np.where(endless, 0.0, least)
        others = np.bincount(row, least, len(limit))[row] - least
        others_endless = np.bincount(row, endless, len(limit))[row] > endless
        implied = (limit[row] - others) / weight
        known = np.isfinite(limit[row]) & ~others_endless
        above, below = known & (weight > 0), known & (weight < 0)
        highest, lowest = np.full_like(upper, np.inf), np.full_like(lower, -np.inf)
        np.minimum.at(highest, column[above], implied[above])
        np.maximum.at(lowest, column[below], implied[below])
        # rounding may not cross the bounds
        upper = np.where(np.isinf(upper), np.maximum(highest, lower), upper)
        lower = np.where(np.isinf(lower), np.minimum(lowest, upper), lower)
    return lower, upper


def _solve_blocks(run: _Run, apart: Priced, pressed: threading.Event) -> Separate:
    """Solve every block, the largest first."""

    def report() -> None:
        message = f"searching, {blocks.solved} of {len(apart.blocks)} parts solved"
        run.report(None, apart.at_most(blocks.bound), message)

    blocks = Separate(
        [block.matrix for block in apart.blocks],
        constant=apart.constant,
        gap=SHARE_OF_GAP * run.gap,
        limits=run.limits,
        deadline=run.deadline.share(SHARE_OF_TIME),
        heard=report,
    )
    blocks.solve(pressed)
    return blocks


def _complete(
    run: _Run,
    apart: Priced,
    outcomes: Mapping[int, Outcome],
    bound: float,
    pressed: threading.Event,
) -> Outcome | None:
    """Make a plan of the whole from what the blocks decided, where they decided anything."""
    decided = np.full(len(run.labels), np.nan)
    for place, outcome in outcomes.items():
        if outcome.values is not None:
            decided[apart.blocks[place].columns] = outcome.values
    if np.isnan(decided[run.labels >= 0]).all():
        return None
    share = run.deadline.share(SHARE_FOR_WHOLE)
    whole = Whole(
        run.solver, run.limits, run.labels, run.gap, bound, share, pressed, run.listener, run.phase
    )
    return complete(whole, decided)


def priced_blocks(
    solver: Solver, labels: Positions, limits: Limits, deadline: Deadline
) -> Priced | None:
    """Return the blocks as problems of their own.

    Args:
        solver: holds the model and its objective.
        labels: block of each column, negative for columns outside all blocks.
        limits: seed and threads.
        deadline: of the relaxation.

    Returns:
        None when the relaxation was not solved in time.
    """
    run = _Run(solver, labels, limits, deadline, silent, 0.0, "", time.monotonic())
    relaxation, duals = _relax(run)
    if relaxation.status is not Status.OPTIMAL or relaxation.value is None:
        return None
    return _take_apart(run, duals, relaxation.value)
