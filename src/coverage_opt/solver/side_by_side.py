"""Several jobs at a time, all of which end when they are told to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TypeVar

from coverage_opt.solver.outcome import Outcome

TICK_SECONDS = 1.0

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
        tick: hears how many jobs have ended, whenever some have, and once a second.

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
