"""Several jobs at a time, all of which end when they are told to.

They are threads, as HiGHS lets go of Python's lock while it runs: on two cores, first plans for the
parts of the hard case that take 50 s one after the other take 28 s. Nothing has to be sent from
process to process, and whoever waits can read what is known of each part.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Floats
from coverage_opt.solver.outcome import Outcome

TICK_SECONDS = 0.2

MOST = 0.9
"""While others wait, no job may use more than this share of what is left."""

Job = Callable[[threading.Event], Outcome]
"""One solve, which ends when the event it is given is set."""

Result = TypeVar("Result")


def side_by_side(
    jobs: Sequence[Callable[[threading.Event], Result]],
    threads: int | None,
    pressed: threading.Event,
    tick: Callable[[int], None],
) -> Generator[tuple[int, Result], None, None]:
    """Yield the position and result of each job as it ends, the first ones begun first.

    Close the iterator, or leave it by an exception, and what runs is stopped; what has not begun
    never does.

    Args:
        jobs: each ends early when the event it is given is set.
        threads: how many at a time; by default as many as there are cores.
        pressed: once it is set, every job is told to end; all are still waited for.
        tick: hears how many jobs have ended, whenever some have, and some times a
            second.

    Raises:
        Exception: what a job raised, at once.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        try:
            positions = {pool.submit(job, stop): position for position, job in enumerate(jobs)}
            running = set(positions)
            while running:
                done, running = wait(running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    yield positions[future], future.result()
                tick(len(jobs) - len(running))
                if pressed.is_set():
                    stop.set()
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)


class Shares:
    """The time of several jobs, dealt out as they begin.

    Each has at least an even share of what is left then, and a larger one where it leaves more
    open than the others that have not begun, but never all of it; what it does not use is for
    those.

    Args:
        deadline: of all of them.
        remaining: (n,) what each leaves open; infinite where nothing is known.
        at_once: how many run at a time.
    """

    def __init__(self, deadline: Deadline, remaining: Floats, at_once: int) -> None:
        self._deadline, self._at_once = deadline, at_once
        known = remaining[np.isfinite(remaining)]
        most = float(known.max()) if len(known) and known.max() > 0 else 1.0
        self._weight: NDArray[np.float64] = np.where(np.isfinite(remaining), remaining, most)
        self._waiting = np.ones(len(remaining), dtype=np.bool_)
        self._lock = threading.Lock()

    def begin(self, number: int) -> float:
        """Return the seconds that the job which begins now may take."""
        with self._lock:
            weight = float(self._weight[self._waiting].sum())
            even = 1.0 / int(self._waiting.sum())
            share = max(min(float(self._weight[number]) / weight if weight else 0.0, MOST), even)
            self._waiting[number] = False
        left = self._deadline.remaining()
        return min(left, left * self._at_once * share)
