"""When a plan is good enough to search no longer for a better one."""

from __future__ import annotations

import math
import threading

from coverage_opt.solver.progress import Progress, relative_gap


class Patience:
    """Hears how a search goes, and ends it after a while unless its plan is poor.

    Args:
        seconds: of the search, after which a plan that is not poor is enough.
        bound: no plan is better; while it is None, no plan is enough.
        poor: a plan farther from the bound than this share is poor.
        stop: set by whoever wants the search to end, whatever it has.
        longest: seconds after which any plan is enough.

    Attributes:
        over: set once the search is to end.
    """

    def __init__(
        self,
        seconds: float,
        bound: float | None,
        poor: float,
        stop: threading.Event | None,
        longest: float = math.inf,
    ) -> None:
        self.seconds, self.longest, self.over = seconds, longest, threading.Event()
        self._bound, self._poor, self._stop = bound, poor, stop

    @property
    def told(self) -> bool:
        """Whether somebody wanted the search to end: only then is it interrupted."""
        return self._stop is not None and self._stop.is_set()

    def hear(self, progress: Progress) -> None:
        """Take in how the search goes; it is heard some times a second."""
        if self.told or self._enough(progress.incumbent, progress.seconds):
            self.over.set()

    def _enough(self, value: float | None, seconds: float) -> bool:
        if value is None or seconds < min(self.seconds, self.longest):
            return False
        if seconds >= self.longest:
            return True
        return self._bound is not None and relative_gap(value, self._bound) <= self._poor
