"""Solving the parts that a model falls into, several at a time and in rounds.

No row joins two parts, so what they are worth adds up, and so do their bounds. In the first round
each gets a plan near its linear relaxation, so that a plan of the whole is there early. Then each
that is not within the asked gap is solved in its share of the time; what is still open after that
shares what time is left.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.highs import GAP_SLACK, Outcome, Solver, Status
from coverage_opt.solver.joining import bounded, joined
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats
from coverage_opt.solver.parts import Part, parts, parts_apart
from coverage_opt.solver.progress import Listener, Progress, relative_gap
from coverage_opt.solver.rounding import rounded
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.side_by_side import Job, side_by_side

Positions = NDArray[np.int64]

_NO_BEST = (Status.INFEASIBLE, Status.UNBOUNDED)

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
    everywhere = np.arange(len(values))
    free = np.setdiff1d(everywhere, held)
    still = np.where(np.isin(everywhere, held), values, 0.0)
    apart = parts(solver, still, parts_apart(solver, free))
    search = _Search(solver, still, apart, limits, deadline, listener, phase)
    with ctrl_c() as pressed:
        search.run(pressed)
        return search.outcome(interrupted=pressed.is_set())


@dataclass
class _Search:
    """The parts of a model, and what is known of each."""

    solver: Solver
    still: Floats
    apart: list[Part]
    limits: Limits
    deadline: Deadline
    listener: Listener
    phase: str
    began: float = field(default_factory=time.monotonic)
    known: dict[int, Outcome] = field(default_factory=dict)

    def run(self, pressed: threading.Event) -> None:
        """Solve in rounds until every part is within the asked gap, or time is up."""
        unsolved = list(range(len(self.apart)))
        first = True
        while unsolved:
            self._round(unsolved, pressed, first=first)
            left = self.deadline.remaining()
            over = left == 0.0 or (np.isinf(left) and not first)
            if over or self._settled is not None or pressed.is_set():
                break
            first = False
            unsolved = [part for part in unsolved if not self._within(part)]

    @property
    def _settled(self) -> Status | None:
        """What the whole is because one part is: without a plan, or without a best one."""
        found = {outcome.status for outcome in self.known.values()}
        without_best = Status.UNBOUNDED if Status.UNBOUNDED in found else None
        return Status.INFEASIBLE if Status.INFEASIBLE in found else without_best

    def _round(self, unsolved: list[int], pressed: threading.Event, *, first: bool) -> None:
        shares = _Shares(self.deadline, len(unsolved), self.limits.threads or os.cpu_count() or 1)
        jobs = [self._job(part, shares, first=first) for part in unsolved]
        threads = self.limits.threads
        with closing(side_by_side(jobs, threads, pressed, self._report)) as outcomes:
            for position, outcome in outcomes:
                part = unsolved[position]
                known = self.known.get(part)
                if known is not None:
                    outcome = joined(self.solver, known, outcome, self.limits.gap)
                self.known[part] = outcome
                if outcome.status in _NO_BEST:
                    return

    def _job(self, number: int, shares: _Shares, *, first: bool) -> Job:
        matrix, known = self.apart[number].matrix, self.known.get(number)
        own = replace(self.limits, threads=1, log_file=None)

        def solve(stop: threading.Event) -> Outcome:
            solver, gap = Solver(matrix, own), self.limits.gap
            if first:
                return rounded(solver, gap, shares.next(), stop)
            if known is not None and known.values is not None:
                solver.start_from(known.values)
            return solver.solve(gap=gap, time_limit=shares.next(), stop=stop)

        return solve

    def _within(self, part: int) -> bool:
        known = self.known.get(part)
        if known is None or known.value is None or known.bound is None:
            return False
        return relative_gap(known.value, known.bound) <= self.limits.gap + GAP_SLACK

    def _report(self, _ended: int) -> None:
        value, bound = self._value, self._bound
        reached = None if value is None or bound is None else relative_gap(value, bound)
        solved = sum(self._within(part) for part in range(len(self.apart)))
        message = f"searching, {solved} of {len(self.apart)} parts solved"
        seconds = time.monotonic() - self.began
        self.listener(Progress(self.phase, seconds, value, bound, reached, 0, message))

    @property
    def _value(self) -> float | None:
        return self._together([outcome.value for outcome in self.known.values()])

    @property
    def _bound(self) -> float | None:
        return self._together([outcome.bound for outcome in self.known.values()])

    def _together(self, amounts: list[float | None]) -> float | None:
        """Return what amounts to parts comes to for the whole; None as long as one has none."""
        given = [amount for amount in amounts if amount is not None]
        if len(given) < len(self.apart):
            return None
        # what stands still is part of the worth of every part
        fixed = float(self.solver.objective @ self.still) + self.solver.offset
        return fixed + sum(amount - fixed for amount in given)

    def outcome(self, *, interrupted: bool) -> Outcome:
        """Return what is known of the whole."""
        seconds = time.monotonic() - self.began
        bound, settled = self._bound, self._settled
        if settled is not None:
            return Outcome(settled, None, None, None, None, seconds, 0, interrupted)
        if self._value is None:
            return Outcome(Status.NO_PLAN, None, None, bound, None, seconds, 0, interrupted)
        values = self.still
        for number, part in enumerate(self.apart):
            found = self.known[number].values
            values = values if found is None else part.joined(values, found)
        if not self.solver.satisfied_by(values):
            # rows in which everything stands still
            return Outcome(Status.INFEASIBLE, None, None, None, None, seconds, 0, interrupted)
        value = float(self.solver.objective @ values) + self.solver.offset
        plan = Outcome(Status.FEASIBLE, values, value, None, None, seconds, 0, interrupted)
        return bounded(self.solver, plan, bound, self.limits.gap)


class _Shares:
    """The time of a round, dealt out evenly among the parts that have not begun."""

    def __init__(self, deadline: Deadline, parts: int, at_once: int) -> None:
        self._deadline, self._left, self._at_once = deadline, parts, at_once
        self._lock = threading.Lock()

    def next(self) -> float:
        """Return the seconds that the part that begins now may take."""
        with self._lock:
            left, self._left = self._left, self._left - 1
        remaining = self._deadline.remaining()
        return min(remaining, remaining * self._at_once / max(1, left))
