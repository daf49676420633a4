"""A first plan near the linear relaxation.

What the relaxation leaves whole is held so, and only what it leaves in fractions is decided: a far
smaller problem, of which the best plan is mostly close to the best of all (relaxation enforced
neighbourhood search, Berthold 2014). Where minimum sizes make plans rare, HiGHS finds them much
sooner so than in its own search.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.joining import bounded
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.patience import Patience

WHOLE = 1e-6
"""So near to a whole number counts as whole."""

ROUGH_GAP = 1e-2
"""The smaller problem is not solved to a narrower gap: it has not the best plan anyway."""

SHARE_OF_TIME = 0.5
"""Of the time given, the relaxation may use this much."""

PATIENCE = 6.0
"""The smaller problem may take so many times as long as the relaxation, ..."""

LEAST_SECONDS = 1.0
"""... and a second besides, ..."""

LONGER, POOR = 3.0, 0.03
"""... and as many times as long again while its plan is farther than this share from the bound."""

WIDE = 8_000
"""The relaxation of a model with more columns is left to an interior point method: 3 s where the
simplex method takes 48, for 12,600 columns."""


def rounded(
    solver: Solver, gap: float, seconds: float, stop: threading.Event | None = None
) -> Outcome:
    """Solve the relaxation, and then what it leaves in fractions.

    Args:
        solver: holds the model and its objective; its bounds are as before afterwards.
        gap: relative gap asked of the whole.
        seconds: for both together.
        stop: ends the search when set from another thread.

    Returns:
        A plan with the relaxation's bound; without values where none was found, and then the
        bound still holds. Infeasible when the relaxation is.
    """
    began, deadline = time.monotonic(), Deadline.after(seconds)
    if not solver.matrix.integer.any():
        return solver.solve(gap=gap, time_limit=seconds, stop=stop)
    with solver.relaxed(by_interior_point=len(solver.objective) > WIDE):
        relaxation = solver.solve(gap=0.0, time_limit=SHARE_OF_TIME * seconds, stop=stop)
    if relaxation.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        return replace(relaxation, seconds=time.monotonic() - began)
    if relaxation.status is not Status.OPTIMAL or relaxation.values is None:
        # stopped before its end, it says nothing
        return _unknown(None, began)
    integer = np.flatnonzero(solver.matrix.integer)
    at = relaxation.values[integer]
    held = integer[np.abs(at - np.round(at)) <= WHOLE]
    seconds = PATIENCE * relaxation.seconds + LEAST_SECONDS
    patience = Patience(seconds, relaxation.bound, POOR, stop)
    with solver.holding(held, np.round(relaxation.values[held])):
        found = solver.solve(
            gap=max(gap, ROUGH_GAP),
            time_limit=min(deadline.remaining(), LONGER * seconds),
            on_progress=patience.hear,
            stop=patience.over,
        )
    if found.value is None:
        found = _least(solver, integer, stop)
    if found.value is None or relaxation.bound is None:
        return _unknown(relaxation.bound, began)
    judged = bounded(solver, found, relaxation.bound, gap)
    # that it was patient long enough is no interruption
    return replace(judged, seconds=time.monotonic() - began, interrupted=patience.told)


def _least(solver: Solver, integer: NDArray[np.int64], stop: threading.Event | None) -> Outcome:
    """Return the plan with as little as may be of all that is whole, where that is a plan."""
    least = np.clip(0.0, solver.column_lower[integer], solver.column_upper[integer])
    with solver.holding(integer, least):
        return solver.solve(gap=0.0, time_limit=LEAST_SECONDS, stop=stop)


def _unknown(bound: float | None, began: float) -> Outcome:
    return Outcome(Status.NO_PLAN, None, None, bound, None, time.monotonic() - began, 0)
