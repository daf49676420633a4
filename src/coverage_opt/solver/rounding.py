"""Plans near the linear relaxation.

A dive makes a first plan. Where it agrees with the relaxation both are held, and only the rest is
decided: a far smaller problem, of which the best plan is mostly close to the best of all
(relaxation enforced and induced neighbourhood search; Berthold 2014, Danna et al. 2005). Where
minimum sizes make plans rare, HiGHS finds them much sooner so than in its own search.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.diving import attempted, dive, fractional
from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.joining import bounded, joined
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Floats
from coverage_opt.solver.patience import Patience
from coverage_opt.solver.progress import Listener, Progress, silent

NEAR = 0.3
"""What the first plan and the relaxation have within this of each other is held at first, ..."""

NEARER = 0.1
"""... and within this in a wider search."""

ROUGH_GAP = 3e-3
"""The smaller problem is not solved to a narrower gap: it has not the best plan anyway."""

SHARE_OF_TIME = 0.5
"""Of the time given, the relaxation may use this much."""

PATIENCE = 4.0
"""The smaller problem may take so many times as long as the relaxation, ..."""

LEAST_SECONDS = 1.0
"""... and a second besides, ..."""

LONGER, POOR = 3.0, 0.03
"""... and as many times as long again while its plan is farther than this share from the bound."""

WIDE = 4_000
"""The relaxation of a model with more columns is left to an interior point method: 0.7 s where the
simplex method takes 1.4, for 6,000 columns of the hard case, and 3 instead of 48 s for 12,600."""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A linear relaxation that was solved.

    Attributes:
        values: (n,) of each column.
        bound: no plan is better.
        seconds: it took.
    """

    values: Floats
    bound: float | None
    seconds: float


def rounded(
    solver: Solver,
    gap: float,
    seconds: float,
    stop: threading.Event | None = None,
    heard: Listener = silent,
) -> tuple[Outcome, Relaxed | None]:
    """Solve the relaxation, and then what a dive from it leaves open.

    Args:
        solver: holds the model and its objective; its bounds are as before afterwards.
        gap: relative gap asked of the whole.
        seconds: for all of it.
        stop: ends the search when set from another thread.
        heard: hears of each better plan, with the relaxation's bound.

    Returns:
        A plan with the relaxation's bound; without values where none was found, and then the
        bound still holds; without a bound where the relaxation came to no end. Infeasible when the
        relaxation is. And the relaxation, for wider searches; None where they would bring nothing.
    """
    began, deadline = time.monotonic(), Deadline.after(seconds)
    if not solver.matrix.integer.any():
        return solver.solve(gap=gap, time_limit=seconds, stop=stop), None
    with solver.relaxed(by_interior_point=len(solver.objective) > WIDE):
        relaxation = attempted(solver, SHARE_OF_TIME * seconds, stop)
        if relaxation.status in (Status.INFEASIBLE, Status.UNBOUNDED):
            return _since(began, relaxation), None
        if relaxation.status is Status.OPTIMAL and relaxation.values is not None:
            relaxed = Relaxed(relaxation.values, relaxation.bound, relaxation.seconds)
            solver.by_interior_point(on=False)
            dived = dive(solver, relaxed.values, deadline.share(SHARE_OF_TIME), stop)
        else:
            # stopped before its end, it says nothing
            relaxed = None
    if relaxed is None:
        return _since(began, bounded(solver, _least(solver, stop), None, gap)), None

    def hear(progress: Progress) -> None:
        heard(replace(progress, bound=relaxed.bound))

    found = _near(solver, relaxed, dived, NEAR, gap, deadline, stop, hear)
    if found.value is None:
        # the dive led nowhere
        found = _near(solver, relaxed, relaxed.values, NEAR, gap, deadline, stop, hear)
    if found.value is None:
        found = _least(solver, stop)
    return _since(began, bounded(solver, found, relaxed.bound, gap)), relaxed


def widened(
    solver: Solver,
    relaxed: Relaxed,
    known: Outcome,
    gap: float,
    seconds: float,
    stop: threading.Event | None = None,
    heard: Listener = silent,
) -> Outcome:
    """Search farther from a plan near the relaxation.

    Args:
        solver: holds the model and its objective; its bounds are as before afterwards.
        relaxed: its relaxation.
        known: what is known already.
        gap: relative gap asked of the whole.
        seconds: it may take no longer.
        stop: ends the search when set from another thread.
        heard: hears how it goes; what is proven there is only of what is near.

    Returns:
        The better plan, with the bound that is known.
    """
    if known.values is None:
        return known
    deadline = Deadline.after(seconds)
    found = _near(solver, relaxed, known.values, NEARER, gap, deadline, stop, heard)
    if found.values is None:
        return known
    # what is proven is only of what is near
    return joined(solver, known, replace(found, bound=None, gap=None), gap)


def _near(
    solver: Solver,
    relaxed: Relaxed,
    point: Floats,
    near: float,
    gap: float,
    deadline: Deadline,
    stop: threading.Event | None,
    heard: Listener,
) -> Outcome:
    """Search what is near a plan and the relaxation, or what a point leaves in fractions."""
    integer = np.flatnonzero(solver.matrix.integer)
    at = point[integer]
    decided, left = np.round(at), fractional(at)
    if not left.any():
        held = np.abs(relaxed.values[integer] - decided) <= near
        solver.start_from(point)
    else:
        held = ~left
    seconds = PATIENCE * relaxed.seconds + LEAST_SECONDS
    patience = Patience(seconds, relaxed.bound, POOR, stop)

    def hear(progress: Progress) -> None:
        patience.hear(progress)
        heard(progress)

    with solver.holding(integer[held], decided[held]):
        found = solver.solve(
            gap=max(gap, ROUGH_GAP),
            time_limit=min(deadline.remaining(), LONGER * seconds),
            on_progress=hear,
            stop=patience.over,
        )
    # that it was patient long enough is no interruption
    return replace(found, interrupted=patience.told)


def _least(solver: Solver, stop: threading.Event | None) -> Outcome:
    """Return the plan with as little as may be of all that is whole, where that is a plan."""
    integer: NDArray[np.int64] = np.flatnonzero(solver.matrix.integer)
    least = np.clip(0.0, solver.column_lower[integer], solver.column_upper[integer])
    with solver.holding(integer, least):
        return solver.solve(gap=0.0, time_limit=LEAST_SECONDS, stop=stop)


def _since(began: float, found: Outcome) -> Outcome:
    """Return what was found, with all the seconds it took."""
    return replace(found, seconds=time.monotonic() - began)
