"""Solving the parts that a model falls into: no row joins two of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.joining import bounded
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats
from coverage_opt.solver.parts import Part, parts, parts_apart
from coverage_opt.solver.progress import Listener, Progress, relative_gap
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.separate import Separate

Positions = NDArray[np.int64]

LARGEST_SHARE = 0.5
"""A model of which one part has a larger share of the whole numbers does not fall apart."""


def falls_apart(solver: Solver) -> bool:
    """Tell whether a model is parts that no row joins, none of them most of it."""
    integer = solver.matrix.integer
    apart = parts_apart(solver, np.arange(len(integer)))
    most = max((int(integer[columns].sum()) for columns in apart), default=0)
    return 0 < most <= LARGEST_SHARE * int(integer.sum())


def solve_apart(
    solver: Solver,
    held: Positions,
    values: Floats,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    phase: str,
) -> Outcome:
    """Hold some columns, and solve each part that this leaves by itself.

    Args:
        solver: holds the model and its objective; its bounds stay as they are.
        held: the columns that stand still; none for the model as it is.
        values: (n,) their values; the others do not matter.
        limits: gap, seed and threads.
        deadline: of all parts together.
        listener: hears how many parts are done, and of better plans once all parts have one.
        phase: put into the events.

    Returns:
        The best plan of the whole with these columns held, and a bound for just that; infeasible
        as soon as one part is.
    """
    began = time.monotonic()
    everywhere = np.arange(len(values))
    free = np.setdiff1d(everywhere, held)
    still = np.where(np.isin(everywhere, held), values, 0.0)
    apart = parts(solver, still, parts_apart(solver, free))
    # what stands still is part of the worth of every part
    fixed = float(solver.objective @ still) + solver.offset

    def report() -> None:
        value, bound = search.value, search.bound
        reached = None if value is None or bound is None else relative_gap(value, bound)
        message = f"searching, {search.solved} of {len(apart)} parts solved"
        listener(Progress(phase, time.monotonic() - began, value, bound, reached, 0, message))

    search = Separate(
        [part.matrix for part in apart],
        constant=fixed * (1 - len(apart)),
        gap=limits.gap,
        limits=limits,
        deadline=deadline,
        heard=report,
    )
    with ctrl_c() as pressed:
        search.solve(pressed)
        found = _together(solver, still, apart, search, limits.gap)
        return replace(
            found, seconds=time.monotonic() - began, nodes=0, interrupted=pressed.is_set()
        )


def _together(
    solver: Solver, still: Floats, apart: Sequence[Part], search: Separate, gap: float
) -> Outcome:
    """Return what is known of the whole."""
    bound = search.bound
    if search.settled is not None:
        return Outcome(search.settled, None, None, None, None, 0.0, 0)
    if search.value is None:
        return Outcome(Status.NO_PLAN, None, None, bound, None, 0.0, 0)
    values = still
    for place, part in enumerate(apart):
        found = search.outcomes[place].values
        values = values if found is None else part.joined(values, found)
    if not solver.satisfied_by(values):
        # rows in which everything stands still
        return Outcome(Status.INFEASIBLE, None, None, None, None, 0.0, 0)
    value = float(solver.objective @ values) + solver.offset
    plan = Outcome(Status.FEASIBLE, values, value, None, None, 0.0, 0)
    return bounded(solver, plan, bound, gap)
