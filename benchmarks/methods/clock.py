"""How long HiGHS really ran, whoever called it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from highspy import Highs


class HighsClock:
    """Measures the wall time in which at least one HiGHS of this process runs.

    Solves side by side count once. What runs in other processes is not seen; nor is passing a
    model to HiGHS, which counts as building.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._since = 0.0
        self._total = 0.0
        self._original: Callable[..., Any] = Highs.run

    @property
    def seconds(self) -> float:
        """Measured so far."""
        with self._lock:
            return self._total + (time.monotonic() - self._since if self._running else 0.0)

    def __enter__(self) -> HighsClock:
        """Measure from now on."""
        original = self._original

        def measured(highs: Highs) -> Any:
            self._enter()
            try:
                return original(highs)
            finally:
                self._leave()

        self._replace(measured)
        return self

    def __exit__(self, *_fault: object) -> None:
        """Leave HiGHS as it was."""
        self._replace(self._original)

    @staticmethod
    def _replace(run: Callable[..., Any]) -> None:
        setattr(Highs, "run", run)  # noqa: B010 - a plain assignment to a method is no type

    def _enter(self) -> None:
        with self._lock:
            if not self._running:
                self._since = time.monotonic()
            self._running += 1

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                self._total += time.monotonic() - self._since
