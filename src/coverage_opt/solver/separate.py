"""Solving problems that nothing joins, several at a time and in rounds.

What they are worth adds up, and so do their bounds. In the first round each gets a plan near its
linear relaxation, so that there is a plan of all of them early, and none is left out because
another takes all the time; in the second, those that leave something open are searched a little
farther from it where time is short, by whoever has none left to begin. Then they are searched as
they are, each for a share of the time that grows with what it leaves open, or as long as no other
waits for its turn, until all together are near enough.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.joining import joined
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix
from coverage_opt.solver.progress import Listener, Progress
from coverage_opt.solver.rounding import Relaxed, rounded, widened
from coverage_opt.solver.side_by_side import Shares, side_by_side

_NO_BEST = (Status.INFEASIBLE, Status.UNBOUNDED)
"""A problem that ends so settles all of them."""

AMPLE = 150.0
"""Where there are so many times the seconds that a relaxation took, the search as it is needs no
better beginning: it saves a seventh of the time in Zeeland under `modular`, but where time is short
the wider search leaves 0.29 instead of 0.36 % after 113 s."""

OBEYS_WITHIN = 1.0
"""HiGHS may search on for so many seconds after it is told to stop."""

SMALLEST_GAP = 1e-9
"""No problem is asked to come nearer to its best plan than this."""


Way = Callable[[int, float, threading.Event], Outcome]
"""Searches one problem for some seconds, or until it is told to stop."""

Turn = Callable[[threading.Event], Outcome | None]
"""Searches one problem and notes what came of it; None where there was none to search."""


class Separate:
    """Problems of one sense, and what is known of each; it may be read while they are solved.

    Args:
        matrices: the problems, the hardest first.
        constant: what all of them are worth together is this, and the sum of what each is.
        gap: relative gap asked of that sum.
        limits: seed, and how many are solved at a time.
        deadline: of all of them together.
        heard: called often while they are solved, in the thread that called :meth:`solve`.

    Attributes:
        outcomes: what is known of each that was begun.
    """

    def __init__(
        self,
        matrices: Sequence[Matrix],
        constant: float,
        gap: float,
        limits: Limits,
        deadline: Deadline,
        heard: Callable[[], None],
    ) -> None:
        self._matrices, self._constant, self._gap = matrices, constant, gap
        self._limits = replace(limits, threads=1, log_file=None)
        self._at_once = limits.threads or os.cpu_count() or 1
        self._deadline, self._heard = deadline, heard
        integers = np.array([max(1, int(matrix.integer.sum())) for matrix in matrices])
        self._part_of_gap = integers / max(1, int(integers.sum()))
        self._values = np.full(len(matrices), np.nan)
        self._bounds = np.full(len(matrices), np.nan)
        self._ended: set[int] = set()
        self._searching: set[int] = set()
        self._relaxed: dict[int, Relaxed] = {}
        self._choosing = threading.Lock()
        self.outcomes: dict[int, Outcome] = {}

    @property
    def value(self) -> float | None:
        """What the plans in hand are worth together; None until each has one."""
        return self._together(self._values)

    @property
    def bound(self) -> float | None:
        """No plans are worth more together; None until each has a bound."""
        return self._together(self._bounds)

    @property
    def solved(self) -> int:
        """How many are as near to their best plan as their part of the gap asks."""
        return len(self._matrices) - len(self._unsolved())

    @property
    def settled(self) -> Status | None:
        """What all of them are because one is: without a plan, or without a best one."""
        found = {outcome.status for outcome in self.outcomes.values()}
        return next((status for status in _NO_BEST if status in found), None)

    def solve(self, pressed: threading.Event) -> None:
        """Solve in rounds until all together are near enough, or time is up.

        Args:
            pressed: once it is set, all end, with what they have.

        Raises:
            SolverError: when HiGHS fails on one; the others are stopped.
        """
        if self._matrices:
            everything = list(range(len(self._matrices)))
            # whoever has no other to begin does not wait until the last of them has a plan
            self._round(
                [*self._jobs(everything, self._begun), *[self._early] * len(everything)], pressed
            )
        if not self._over(pressed):
            again = [place for place in self._unsolved() if place in self._relaxed]
            self._round(self._jobs(again, self._widened), pressed)
        while not self._over(pressed):
            self._round(self._jobs(self._unsolved(), self._searched), pressed)

    def _together(self, amounts: Floats) -> float | None:
        return None if np.isnan(amounts).any() else self._constant + float(amounts.sum())

    @property
    def _open(self) -> Floats:
        """How far each is from solved; infinite without a plan or a bound."""
        apart = np.abs(self._bounds - self._values)
        return np.where(np.isnan(apart), np.inf, apart)

    @property
    def _allowed(self) -> float:
        """How far all together may be from solved; 0 as long as nothing is known."""
        worth = self.bound if self.value is None else self.value
        return 0.0 if worth is None or np.isinf(worth) else self._gap * abs(worth)

    def _near_enough(self) -> bool:
        return bool(self._open.sum() <= self._allowed)

    def _over(self, pressed: threading.Event) -> bool:
        done = self._near_enough() or not self._unsolved()
        return done or pressed.is_set() or self._deadline.passed() or self.settled is not None

    def _unsolved(self) -> list[int]:
        """Return those to be searched, what leaves most open first."""
        remaining = self._open
        beyond = remaining > self._allowed * self._part_of_gap
        left = [place for place in np.flatnonzero(beyond).tolist() if place not in self._ended]
        return sorted(left, key=lambda place: -remaining[place])

    def _jobs(self, places: list[int], way: Way) -> list[Turn]:
        """Return one job for each of these, all of which share the time."""
        shares = Shares(self._deadline, self._open[places], self._at_once)

        def job(number: int, place: int) -> Turn:
            return lambda stop: self._noted(place, way(place, shares.begin(number), stop))

        return [job(number, place) for number, place in enumerate(places)]

    def _round(self, jobs: Sequence[Turn], pressed: threading.Event) -> None:
        def tick(_ended: int) -> None:
            self._heard()

        with closing(side_by_side(jobs, self._at_once, pressed, tick)) as ended:
            for _, found in ended:
                if found is not None and found.status in _NO_BEST:
                    return

    def _noted(self, place: int, outcome: Outcome) -> Outcome:
        """Note what is known of one problem: whoever looks for one to search sees it at once."""
        for known, found in ((self._values, outcome.value), (self._bounds, outcome.bound)):
            known[place] = np.nan if found is None else found
        self.outcomes[place] = outcome
        return outcome

    def _begun(self, place: int, seconds: float, stop: threading.Event) -> Outcome:
        """Return a plan of one problem near its relaxation."""
        solver = Solver(self._matrices[place], self._limits)
        hear = partial(self._take_in, place)
        outcome, relaxed = rounded(solver, self._gap, seconds, stop, hear)
        if relaxed is not None:
            self._relaxed[place] = relaxed
        return outcome

    def _early(self, stop: threading.Event) -> Outcome | None:
        """Search what leaves most open farther from its relaxation while others are begun."""
        with self._choosing:
            noted = (place for place in self._unsolved() if place in self.outcomes)
            place = next((place for place in noted if place in self._relaxed), None)
            if place is None or self._near_enough():
                return None
            relaxed = self._relaxed.pop(place)
        even = self._deadline.remaining() * self._at_once / len(self._matrices)
        return self._noted(place, self._farther(place, relaxed, even, stop))

    def _widened(self, place: int, seconds: float, stop: threading.Event) -> Outcome:
        """Search one problem farther from its relaxation."""
        return self._farther(place, self._relaxed.pop(place), seconds, stop)

    def _farther(
        self, place: int, relaxed: Relaxed, seconds: float, stop: threading.Event
    ) -> Outcome:
        known = self.outcomes[place]
        if seconds > AMPLE * relaxed.seconds:
            return known
        solver = Solver(self._matrices[place], self._limits)

        def hear(progress: Progress) -> None:
            # what is proven is only of what is near
            self._take_in(place, replace(progress, bound=None))

        return widened(solver, relaxed, known, self._gap, seconds, stop, hear)

    def _searched(self, place: int, seconds: float, stop: threading.Event) -> Outcome:
        """Search one problem from the plan it has, beyond its share of the time if nobody waits.

        To begin again later would be to begin from the root.
        """
        solver, known = Solver(self._matrices[place], self._limits), self.outcomes[place]
        if known.values is not None:
            solver.start_from(known.values)
        over = threading.Event()
        self._searching.add(place)
        found = solver.solve(
            gap=0.0,
            time_limit=self._deadline.remaining(),
            on_progress=self._hearing(place, seconds, stop, over),
            absolute_gap=max(SMALLEST_GAP, self._allowed * float(self._part_of_gap[place])),
            stop=over,
        )
        self._searching.discard(place)
        if found.status is Status.OPTIMAL or np.isinf(seconds):
            # to search it again would bring nothing new
            self._ended.add(place)
        # that its share was over is no interruption
        return joined(solver, known, replace(found, interrupted=stop.is_set()), 0.0)

    def _others_wait(self) -> bool:
        """Tell whether a problem is unsolved that is not searched at the moment."""
        return any(place not in self._searching for place in self._unsolved())

    def _hearing(
        self, place: int, seconds: float, stop: threading.Event, over: threading.Event
    ) -> Listener:
        """Return what hears of one problem, and stops all once they are near enough together."""
        ends = max(seconds / 2, seconds - OBEYS_WITHIN)

        def hear(progress: Progress) -> None:
            self._take_in(place, progress)
            if self._near_enough():
                stop.set()
            if stop.is_set() or (progress.seconds >= ends and self._others_wait()):
                over.set()

        return hear

    def _take_in(self, place: int, progress: Progress) -> None:
        """Note what a search of one problem has come to, where it is better than before."""
        better = max if self._matrices[place].sense == "maximise" else min
        worse = min if self._matrices[place].sense == "maximise" else max
        for known, found, best in (
            (self._values, progress.incumbent, better),
            (self._bounds, progress.bound, worse),
        ):
            if found is not None and np.isfinite(found):
                before = float(known[place])
                known[place] = found if np.isnan(before) else best(before, found)
