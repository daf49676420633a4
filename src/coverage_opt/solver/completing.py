"""A plan of the whole from what its blocks decided, and a better one block by block."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.highs import GAP_SLACK, Outcome, Solver
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix
from coverage_opt.solver.outcome import SolverError
from coverage_opt.solver.parts import part_of
from coverage_opt.solver.progress import Listener, Progress, relative_gap, silent
from coverage_opt.solver.slack import Slack

Positions = NDArray[np.int64]

SHARE_OF_TIME = 0.3
"""Of the time left, one attempt at the whole may use this much."""

SECONDS_TO_COMPLETE = 30.0
"""After Ctrl-C, what the blocks have decided by then is completed within this time."""

HALF = 0.5
"""A count below this is none."""

NOTHING = 1e-7
"""A row that is broken by less is kept."""

SHARE_OF_GAP = 0.1
"""Of the asked gap, one solve may leave this much."""

LEAST_GAIN = 1e-6
"""A round of improvement that brings less than this share of the value is the last."""

PATIENCE = 3.0
"""How much more than its share of the time a block may use: most blocks use far less."""

ROUNDS = 3
"""How often each block is tried, at the most."""


@dataclass(frozen=True)
class Whole:
    """The model as a whole, and what is known of it.

    Attributes:
        solver: holds the model and its objective.
        limits: seed and threads.
        labels: block of each column, negative for columns outside all blocks.
        gap: relative gap asked.
        bound: no plan is better.
        deadline: of the search.
        stopped: set once the user wants to stop.
        listener: hears of better plans.
        phase: put into the events.
    """

    solver: Solver
    limits: Limits
    labels: Positions
    gap: float
    bound: float
    deadline: Deadline
    stopped: threading.Event
    listener: Listener = silent
    phase: str = ""

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return 1.0 if self.solver.sense == "maximise" else -1.0

    @cached_property
    def blocks(self) -> list[int]:
        """The labels of the blocks."""
        labels: list[int] = np.unique(self.labels[self.labels >= 0]).tolist()
        return labels

    def good_enough(self, found: Outcome | None) -> bool:
        """Tell whether a plan is within the asked gap."""
        if found is None or found.value is None:
            return False
        return relative_gap(found.value, self.bound) <= self.gap + GAP_SLACK


def complete(whole: Whole, decided: Floats) -> Outcome | None:
    """Make a plan of the whole from what the blocks decided; None when there is none.

    First all of it is held and the rest is solved. Where the rows between blocks leave no room
    for that, only what the blocks left out stays out. Where that does not help either, these rows
    may be broken at a price, and block after block is decided anew until none is. What then
    misses the asked gap is improved in the same way.

    Args:
        whole: the model.
        decided: (n,) values of the columns; NaN where nothing was decided.
    """
    integer = whole.solver.matrix.integer & ~np.isnan(decided)
    found = _holding(whole, decided, integer)
    if found is None and not whole.stopped.is_set():
        found = _holding(whole, decided, integer & (decided < HALF))
    if found is None and not whole.stopped.is_set():
        found = _mended(whole, decided)
    if found is None or whole.stopped.is_set() or whole.good_enough(found):
        return found
    found = improve(whole, found, whole.good_enough)
    values = found.values if found.values is not None else decided
    # all blocks together may share what each had for itself
    return _holding(whole, values, whole.solver.matrix.integer) or found


def _mended(whole: Whole, decided: Floats) -> Outcome | None:
    """Return a plan that keeps the rows between blocks, from decisions that do not."""
    elastic, width = _elastic(whole), len(decided)
    beyond = len(elastic.labels) - width

    def kept(found: Outcome | None) -> bool:
        return (
            found is not None
            and found.values is not None
            and bool((found.values[width:] <= NOTHING).all())
        )

    try:
        values = np.concatenate([decided, np.zeros(beyond)])
        found = _anew(elastic, values, (elastic.labels < 0) | np.isnan(values))
        if found is not None:
            found = improve(elastic, found, kept)
    except SolverError:
        # a model whose rows may be broken can be without end: then there is no mending it so
        return None
    if found is None or found.values is None or not kept(found):
        return None
    return _holding(whole, found.values[:width], whole.solver.matrix.integer)


def _elastic(whole: Whole) -> Whole:
    """Return the model in which rows between blocks may be broken, at a price.

    To break a row by its largest coefficient costs as much as the best plan could be worth.
    """
    solver, matrix = whole.solver, whole.solver.current()
    rows = np.flatnonzero(between_blocks(matrix, whole.labels))
    slack = Slack.of(matrix, rows)
    worth = max(1.0, abs(whole.bound) if np.isfinite(whole.bound) else 1.0)
    price = -whole.sign * worth / matrix.row_scale[slack.rows]
    together = slack.widened(
        np.concatenate([solver.objective, price]),
        solver.offset,
        solver.sense,
        solver.column_lower,
        solver.column_upper,
    )
    labels = np.concatenate([whole.labels, np.full(len(price), -1, dtype=np.int64)])
    solver = Solver(together, whole.limits)
    # what a plan that breaks rows is worth is nobody's business
    return replace(whole, solver=solver, labels=labels, listener=silent)


def between_blocks(matrix: Matrix, labels: Positions) -> NDArray[np.bool_]:
    """Tell for each row whether it touches more than one block, or columns of none."""
    lowest, highest = block_range(matrix, labels)
    between: NDArray[np.bool_] = (lowest != highest) | (highest < 0)
    return between


def block_range(matrix: Matrix, labels: Positions) -> tuple[Positions, Positions]:
    """Return the lowest and the highest label in each row."""
    entries = matrix.coefficients.tocoo()
    lowest = np.full(len(matrix.row_lower), np.iinfo(np.int64).max)
    highest = np.full(len(matrix.row_lower), -1, dtype=np.int64)
    np.minimum.at(lowest, entries.row, labels[entries.col])
    np.maximum.at(highest, entries.row, labels[entries.col])
    return lowest, highest


def improve(
    whole: Whole,
    found: Outcome,
    enough: Callable[[Outcome], bool],
    rounds: int = ROUNDS,
    patience: float = PATIENCE,
) -> Outcome:
    """Return a plan at least as good: each block in turn is decided anew, all else as it is.

    Args:
        whole: the model.
        found: a plan of it.
        enough: tells of a plan whether it will do.
        rounds: how often each block is tried, at the most.
        patience: how much more than its share of the time left a block may use.
    """
    integer = whole.solver.matrix.integer
    blocks = sorted(whole.blocks, key=lambda label: -int(integer[whole.labels == label].sum()))
    for _ in range(rounds):
        before = found.value or 0.0
        for number, label in enumerate(blocks):
            if whole.stopped.is_set() or enough(found) or whole.deadline.passed():
                return found
            left = whole.deadline.remaining()
            share = Deadline.after(patience * left / (len(blocks) - number))
            found = _improved_in(whole, found, label, share)
            _tell(whole, found)
        if abs((found.value or 0.0) - before) <= LEAST_GAIN * max(1.0, abs(before)):
            break
    return found


def _improved_in(whole: Whole, found: Outcome, label: int, share: Deadline) -> Outcome:
    """Return the plan with one block decided anew, where that is better."""
    values = found.values if found.values is not None else np.zeros(len(whole.labels))
    free = (whole.labels == label) | (whole.labels < 0)
    try:
        again = _anew(whole, values, free, share)
    except SolverError:
        # what was only to make a plan better does not lose it
        return found
    return _better(whole, found, again) or found


def _tell(whole: Whole, found: Outcome) -> None:
    if found.value is not None:
        gap = relative_gap(found.value, whole.bound)
        progress = Progress(
            whole.phase, found.seconds, found.value, whole.bound, gap, 0, "searching, part by part"
        )
        whole.listener(progress)


def _better(whole: Whole, *plans: Outcome | None) -> Outcome | None:
    found: Sequence[Outcome] = [plan for plan in plans if plan is not None]
    return max(found, key=lambda plan: whole.sign * (plan.value or 0.0), default=None)


def _holding(whole: Whole, decided: Floats, which: NDArray[np.bool_]) -> Outcome | None:
    """Solve the whole with some columns held as decided; None when that makes no plan."""
    solver, held = whole.solver, np.flatnonzero(which)
    lower, upper = solver.column_lower[held], solver.column_upper[held]
    with solver.holding(held, np.clip(np.round(decided[held]), lower, upper)):
        limit = SHARE_OF_TIME * whole.deadline.remaining()
        return _solved(whole, solver, limit, SHARE_OF_GAP * whole.gap)


def _anew(
    whole: Whole, values: Floats, free: NDArray[np.bool_], deadline: Deadline | None = None
) -> Outcome | None:
    """Decide the free columns anew, with all others as they are; None when that makes no plan.

    Only the free columns and the rows that touch them are solved: what other blocks use of a row
    between blocks is theirs.
    """
    part = part_of(whole.solver, values, np.flatnonzero(free))
    alone = Solver(part.matrix, replace(whole.limits, log_file=None))
    if not np.isnan(values[free]).any():
        alone.start_from(values[free])
    limit = whole.deadline if deadline is None else deadline
    # a gap is one of all that the plan is worth, of which a block is only a part
    gap = min(SHARE_OF_GAP, 1 / max(1, len(whole.blocks))) * whole.gap
    found = _solved(whole, alone, min(limit.remaining(), whole.deadline.remaining()), gap)
    if found is None or found.values is None:
        return None
    return replace(found, values=part.joined(values, found.values))


def _solved(whole: Whole, solver: Solver, limit: float, gap: float) -> Outcome | None:
    """Solve within the time left; None when no plan is found."""
    limit = min(limit, SECONDS_TO_COMPLETE) if whole.stopped.is_set() else limit
    found = solver.solve(gap=gap, time_limit=limit, stop=_only(whole))
    if found.interrupted:
        whole.stopped.set()
    return found if found.values is not None else None


def _only(whole: Whole) -> threading.Event | None:
    """Return what stops a solve: nothing once the stop has been asked for, so that it can end."""
    return None if whole.stopped.is_set() else whole.stopped
