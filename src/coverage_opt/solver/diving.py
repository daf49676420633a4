"""A plan by diving from the linear relaxation.

Of what the relaxation leaves in fractions, what is nearest to the next whole number is raised to
it, a little at a time, and all that is not near it is lowered; each time the relaxation is solved
again from where it stands, which takes a fraction of its first solve, and makes much of the rest
whole by itself (Berthold 2006, primal heuristics). The plan is mostly some per cent from the best:
a beginning for searches near it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.highs import Outcome, Solver, SolverError, Status
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Floats

WHOLE = 1e-6
"""So near to a whole number counts as whole."""

RAISED = 0.07
"""Of what is left in fractions, this share is raised at a time (more where time is short), ..."""

LOWERED = 0.4
"""... and what is no more than this above a whole number is lowered. With 0.1, dives in the hard
case take 1.7 times as long, and end 2.6 instead of 1.8 % from the relaxations."""

FEW = 4
"""Where no more than these are left and there is no room for the next, all of them are lowered, and
the dive ends: to solve the relaxation anew after each took a third of the time of all dives."""

CLOCK_STEP = 0.02
"""Seconds between two readings of a coarse clock: a first step may seem to have taken none."""


def dive(
    solver: Solver, relaxed: Floats, deadline: Deadline, stop: threading.Event | None = None
) -> Floats:
    """Return the columns where the dive ends.

    They are of a plan, unless something whole is left in fractions or there was no room for the
    last few: then these are lowered, and the others are for the solver to work out, if it can.

    Args:
        solver: holds the model, relaxed and just solved; its bounds are as before afterwards.
        relaxed: (n,) what the relaxation has in each column.
        deadline: of the dive.
        stop: ends it when set from another thread.
    """
    integer = np.flatnonzero(solver.matrix.integer)
    lower, upper = solver.column_lower[integer], solver.column_upper[integer]
    try:
        *_, last = chain([relaxed], _dived(solver, integer, relaxed, deadline, stop))
        return last
    finally:
        solver.change_bounds(integer, lower, upper)


def fractional(values: Floats) -> NDArray[np.bool_]:
    """Tell which values are not whole."""
    fractions: NDArray[np.bool_] = np.abs(values - np.round(values)) > WHOLE
    return fractions


def _dived(
    solver: Solver,
    integer: NDArray[np.int64],
    values: Floats,
    deadline: Deadline,
    stop: threading.Event | None,
) -> Iterator[Floats]:
    """Yield the columns after each step."""
    lower, upper = solver.column_lower[integer], solver.column_upper[integer]
    began, steps = time.monotonic(), 0
    while True:
        at = values[integer]
        left = np.flatnonzero(fractional(at))
        if not len(left):
            return
        pace = _pace(len(left), steps, time.monotonic() - began, deadline)
        above = at - np.floor(at)
        nearest = left[np.argsort(-above[left], kind="stable")]
        raised = nearest[: max(1, int(pace * len(left)))]
        lowered = np.setdiff1d(left[above[left] <= LOWERED], raised)
        least, most = lower.copy(), upper.copy()
        least[raised], most[lowered] = np.ceil(at[raised]), np.floor(at[lowered])
        found = _solved(solver, integer, least, most, deadline, stop)
        if found.status is Status.INFEASIBLE:
            # there is no room for what was raised
            if len(left) <= FEW:
                ended = values.copy()
                ended[integer[left]] = np.floor(at[left])
                yield ended
                return
            least, most = lower.copy(), upper.copy()
            most[raised] = np.floor(at[raised])
            found = _solved(solver, integer, least, most, deadline, stop)
        if found.status is not Status.OPTIMAL or found.values is None:
            return
        lower, upper, values, steps = least, most, found.values, steps + 1
        yield values


def _pace(left: int, steps: int, seconds: float, deadline: Deadline) -> float:
    """Return the share of what is left in fractions that is to be raised now.

    It grows where the steps left at the speed so far would not do.
    """
    if steps == 0:
        return RAISED
    possible = max(1.0, deadline.remaining() * steps / max(seconds, CLOCK_STEP))
    return max(RAISED, 1.0 - math.pow(left, -1.0 / possible))


def _solved(
    solver: Solver,
    integer: NDArray[np.int64],
    least: Floats,
    most: Floats,
    deadline: Deadline,
    stop: threading.Event | None,
) -> Outcome:
    solver.change_bounds(integer, least, most)
    return attempted(solver, deadline.remaining(), stop)


def attempted(solver: Solver, seconds: float, stop: threading.Event | None = None) -> Outcome:
    """Solve a relaxation; return no plan and no bound where HiGHS cannot tell how it ended.

    It says "Unknown" then, seldom, and only of wide models.

    Args:
        solver: holds the model, relaxed.
        seconds: it may take no longer.
        stop: ends it when set from another thread.
    """
    try:
        return solver.solve(gap=0.0, time_limit=seconds, stop=stop)
    except SolverError:
        return Outcome(Status.NO_PLAN, None, None, None, None, 0.0, 0)
