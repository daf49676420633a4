"""Follows the log of a solver while it runs, for solvers that tell nothing in another way."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from pathlib import Path

from benchmarks.task import Trace

TICK_SECONDS = 0.2

Reading = tuple[float, float | None, float | None]
"""Seconds since the solver began, value of the best plan, bound."""
Reader = Callable[[str], Reading | None]

_NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)"
# columns: source, nodes, queue, leaves, explored, bound, plan, gap, cuts, ..., time
_HIGHS = re.compile(
    rf"^\s*[A-Zl]?\s+\d\S*\s+\d\S*\s+\d\S*\s+[\d.]+%\s+({_NUMBER})\s+({_NUMBER})\s.*?([\d.]+)s\s*$"
)
_CPSAT = re.compile(
    rf"^#\S*\s+([\d.]+)s\s+best:({_NUMBER})\s+next:\[({_NUMBER}),({_NUMBER})\]", re.IGNORECASE
)
_CBC = re.compile(
    rf"({_NUMBER}) best solution, best possible ({_NUMBER}) \(([\d.]+) seconds\)", re.IGNORECASE
)
_CBC_PLAN = re.compile(
    rf"Integer solution of ({_NUMBER}) found .*\(([\d.]+) seconds\)", re.IGNORECASE
)
_CBC_NONE = 1e49
_FINAL = re.compile(rf"(?:Lower bound|best_bound):\s+({_NUMBER})", re.IGNORECASE)
_CBC_DONE = re.compile(
    rf"Result - Optimal solution found\s+Objective value:\s+({_NUMBER})", re.IGNORECASE
)


def HIGHS_LOG(line: str) -> Reading | None:  # noqa: N802
    """Read a line of the table that HiGHS logs."""
    found = _HIGHS.match(line)
    if found is None:
        return None
    bound, value, seconds = map(float, found.groups())
    return seconds, _finite(value), _finite(bound)


def CPSAT_LOG(line: str) -> Reading | None:  # noqa: N802
    """Read a line in which CP-SAT, minimising, tells of a plan or a bound."""
    found = _CPSAT.match(line)
    if found is None:
        return None
    seconds, value, least, _ = map(float, found.groups())
    return seconds, _finite(value), _finite(least)


def CBC_LOG(line: str) -> Reading | None:  # noqa: N802
    """Read a line in which CBC, minimising, tells of a plan or a bound."""
    found = _CBC.search(line)
    if found is not None:
        value, bound, seconds = map(float, found.groups())
        return seconds, _finite(value), _finite(bound)
    found = _CBC_PLAN.search(line)
    if found is None:
        return None
    value, seconds = map(float, found.groups())
    return seconds, _finite(value), None


def bound_in(log: str, reader: Reader) -> float | None:
    """Return the best bound in the whole log of a solver that minimises; None without one."""
    readings = [reading for line in log.splitlines() if (reading := reader(line)) is not None]
    bounds = [bound for _, _, bound in readings if bound is not None]
    final = [float(found) for found in _FINAL.findall(log)]
    # solved to the end, CBC gives the value alone
    final = final or [float(found) for found in _CBC_DONE.findall(log)]
    bounds += [bound for bound in map(_finite, final) if bound is not None]
    return max(bounds, default=None)


class Tail:
    """Reads what is added to a log, line by line, and notes it.

    Args:
        log: the file; it is there already.
        reader: understands a line.
        trace: where it is noted.
        began: seconds on the trace's clock when the solver began; infinite to note nothing.
        sign: -1 where the log is of the negated objective.
        offset: added to every value, after the sign.
    """

    def __init__(
        self,
        log: Path,
        reader: Reader,
        trace: Trace,
        began: float,
        sign: float = 1.0,
        offset: float = 0.0,
    ) -> None:
        self._log, self._reader, self._trace, self._began = log, reader, trace, began
        self._sign, self._offset = sign, offset
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Tail:
        """Follow from now on."""
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        """Read what is left, and stop."""
        self._done.set()
        self._thread.join()

    def _follow(self) -> None:
        with self._log.open(encoding="utf-8", errors="replace") as lines:
            rest = ""
            while True:
                done = self._done.wait(TICK_SECONDS)
                *whole, rest = (rest + lines.read()).split("\n")
                for line in whole:
                    self._take_in(line)
                if done:
                    return

    def _take_in(self, line: str) -> None:
        reading = self._reader(line) if math.isfinite(self._began) else None
        if reading is None:
            return
        seconds, value, bound = reading
        self._trace.note(self._own(value), self._own(bound), self._began + seconds)

    def _own(self, value: float | None) -> float | None:
        return None if value is None else self._sign * value + self._offset


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) and abs(number) < _CBC_NONE else None
