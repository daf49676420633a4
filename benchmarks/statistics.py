"""What is made of measurements: gaps, primal integrals, means."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from coverage_opt.solver.progress import relative_gap

SHIFT_SECONDS = 10.0
"""Shift of geometric means of times, as usual in comparisons of solvers (Achterberg, 2007)."""


class Moment(NamedTuple):
    """Where a run stood."""

    seconds: float
    """Since its clock was started."""
    value: float | None
    """Of the best plan so far; None without one."""
    bound: float | None
    """Best proven bound so far; None without one."""


def shifted_geometric_mean(values: Iterable[float], shift: float = SHIFT_SECONDS) -> float:
    """Return ``(prod (v + shift))^(1/n) - shift``.

    The shift keeps very short runs from weighing too much.

    Args:
        values: 0 or more each; NaN when there are none.
        shift: in the unit of the values, 0 or more.
    """
    logarithms = [math.log(value + shift) for value in values]
    return math.exp(statistics.fmean(logarithms)) - shift if logarithms else math.nan


def primal_gap(value: float | None, reference: float) -> float:
    """Return how far a value is from the best known one, 0 to 1 (Berthold, 2013).

    ``|r - v| / max(|r|, |v|)``; 0 when both are 0, 1 without a value or with another sign.
    """
    if value is None or math.isnan(value) or value * reference < 0:
        return 1.0
    largest = max(abs(value), abs(reference))
    return abs(reference - value) / largest if largest else 0.0


def primal_integral(moments: Sequence[Moment], reference: float, seconds: float) -> float:
    """Return the primal gap, added up over the time of a run: seconds without any plan.

    Args:
        moments: in the order of time.
        reference: value of the best plan known.
        seconds: how long the run took.

    Returns:
        From 0 (the best plan at once) to ``seconds`` (never a plan), in seconds.
    """
    total, since, gap = 0.0, 0.0, 1.0
    for moment in moments:
        if moment.value is None:
            continue
        now = min(moment.seconds, seconds)
        total += gap * (now - since)
        since, gap = now, primal_gap(moment.value, reference)
    return total + gap * max(0.0, seconds - since)


def seconds_to_gap(moments: Iterable[Moment], gap: float) -> float:
    """Return when a run had first proven its plan to be within a gap; infinite when never."""
    for moment in moments:
        if moment.value is None or moment.bound is None:
            continue
        if relative_gap(moment.value, moment.bound) <= gap:
            return moment.seconds
    return math.inf


def best_so_far(moments: Iterable[Moment], sense: str) -> list[Moment]:
    """Return the moments with the best value and bound up to each, as a run had them in hand."""
    better, tighter = (max, min) if sense == "maximise" else (min, max)
    value: float | None = None
    bound: float | None = None
    found = []
    for moment in moments:
        value = _of(better, value, moment.value)
        bound = _of(tighter, bound, moment.bound)
        found.append(Moment(moment.seconds, value, bound))
    return found


def sound(moments: Iterable[Moment], sense: str, value: float, bound: float) -> list[Moment]:
    """Return the moments without claims that the end of the run refutes.

    A value better than the final, verified one, or a bound tighter than the final one, is of
    another model or was withdrawn: it is no merit of the run.
    """
    sign = 1.0 if sense == "maximise" else -1.0
    slack = 1e-6 * max(1.0, abs(value)) if not math.isnan(value) else 0.0
    kept = []
    for moment in moments:
        claimed, proven = moment.value, moment.bound
        if claimed is not None and not sign * (claimed - value) <= slack:
            claimed = None
        if proven is not None and not math.isnan(bound) and sign * (bound - proven) > slack:
            proven = None
        kept.append(Moment(moment.seconds, claimed, proven))
    return kept


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return median, least and most of some values."""
    return statistics.median(values), min(values), max(values)


def _of(
    choose: Callable[[list[float]], float], one: float | None, other: float | None
) -> float | None:
    given = [number for number in (one, other) if number is not None]
    return choose(given) if given else None
