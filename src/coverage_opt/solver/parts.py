"""Parts of a model: what is left of it where other columns stand still."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix
from coverage_opt.solver.progress import Listener, Progress
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.side_by_side import Job, side_by_side

Positions = NDArray[np.int64]

SMALL_SHARE = 1e-3
"""A part with a smaller share of the free columns is not worth a solve of its own."""


@dataclass(frozen=True)
class Part:
    """Some columns of a model, with the rows that touch them.

    Attributes:
        columns: positions in the whole.
        matrix: the part as a model of its own; what it is worth includes all that stands still.
    """

    columns: Positions
    matrix: Matrix

    def joined(self, values: Floats, found: Floats) -> Floats:
        """Return the values of the whole, with those of the part replaced."""
        together = values.copy()
        together[self.columns] = found
        return together


def part_of(solver: Solver, values: Floats, free: Positions) -> Part:
    """Return the part that the free columns are; all others stand still at their values."""
    still = values.copy()
    still[free] = 0.0
    return _parts(solver, still, [free])[0]


def _parts(solver: Solver, still: Floats, apart: Sequence[Positions]) -> list[Part]:
    """Return parts that no row joins; ``still`` is 0 in all columns that are free."""
    matrix = solver.current()
    used = matrix.coefficients @ still
    offset = solver.offset + float(solver.objective @ still)
    parts = []
    for free in apart:
        columns = matrix.coefficients[:, free].tocsr()
        rows = np.flatnonzero(np.diff(columns.indptr))
        part = Matrix.from_arrays(
            coefficients=columns[rows],
            row_lower=(matrix.row_lower - used)[rows],
            row_upper=(matrix.row_upper - used)[rows],
            column_lower=solver.column_lower[free],
            column_upper=solver.column_upper[free],
            objective=solver.objective[free],
            offset=offset,
            sense=solver.sense,
            integer=matrix.integer[free],
        )
        parts.append(Part(free, part))
    return parts


def parts_apart(solver: Solver, free: Positions) -> list[Positions]:
    """Return the free columns by part: no row touches free columns of two; the largest first.

    Many parts are a column or two; together they make one.
    """
    columns = solver.current().coefficients[:, free].tocsc()
    height, width = columns.shape
    # a graph of rows and columns, joined where a row touches a column
    table = sparse.coo_array(columns)
    places = (table.row, table.col + height)
    joins = sparse.coo_array((np.ones(table.nnz), places), shape=(height + width,) * 2)
    if not width:
        return []
    _, label = connected_components(joins, directed=False)
    order = np.argsort(label[height:], kind="stable")
    bounds = np.flatnonzero(np.diff(label[height:][order])) + 1
    parts = [free[part] for part in np.split(order, bounds)]
    small = [part for part in parts if len(part) < SMALL_SHARE * width]
    large = [part for part in parts if len(part) >= SMALL_SHARE * width]
    if small:
        large.append(np.sort(np.concatenate(small)))
    return sorted(large, key=len, reverse=True)


def solve_apart(
    solver: Solver,
    held: Positions,
    values: Floats,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    phase: str,
) -> Outcome:
    """Hold some columns, and solve each part that this leaves by itself, several at a time.

    Args:
        solver: holds the model and its objective; its bounds stay as they are.
        held: the columns that stand still.
        values: (n,) their values; the others do not matter.
        limits: gap, seed and threads.
        deadline: of all parts together.
        listener: hears how many parts are done.
        phase: put into the events.

    Returns:
        The best plan of the whole with these columns held, and no bound; infeasible as soon as
        one part is.
    """
    began = time.monotonic()
    free = np.setdiff1d(np.arange(len(values)), held)
    still = np.where(np.isin(np.arange(len(values)), held), values, 0.0)
    apart = _parts(solver, still, parts_apart(solver, free))
    failed: Outcome | None = None

    def report(ended: int) -> None:
        message = f"searching, {ended} of {len(apart)} parts solved"
        listener(Progress(phase, time.monotonic() - began, None, None, None, 0, message))

    jobs = [_job(part, limits, deadline) for part in apart]
    with (
        ctrl_c() as pressed,
        closing(side_by_side(jobs, limits.threads, pressed, report)) as outcomes,
    ):
        for position, outcome in outcomes:
            if outcome.values is None:
                failed = outcome
                break
            still = apart[position].joined(still, outcome.values)
    interrupted = pressed.is_set()
    seconds = time.monotonic() - began
    if failed is not None:
        status = Status.INFEASIBLE if failed.status is Status.INFEASIBLE else Status.NO_PLAN
        return Outcome(status, None, None, None, None, seconds, 0, interrupted)
    if not solver.satisfied_by(still):
        # rows in which everything stands still
        return Outcome(Status.INFEASIBLE, None, None, None, None, seconds, 0, interrupted)
    value = float(solver.objective @ still) + solver.offset
    return Outcome(Status.FEASIBLE, still, value, None, None, seconds, 0, interrupted)


def _job(part: Part, limits: Limits, deadline: Deadline) -> Job:
    own = replace(limits, threads=1, log_file=None)

    def solve(stop: threading.Event) -> Outcome:
        solver = Solver(part.matrix, own)
        return solver.solve(gap=limits.gap, time_limit=deadline.remaining(), stop=stop)

    return solve
