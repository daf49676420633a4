"""Durations as people type them."""

from __future__ import annotations

import math
import re

_DURATION = re.compile(
    r"(?=.)(?:(?P<h>[0-9]+(?:[.][0-9]+)?)h)?(?:(?P<m>[0-9]+(?:[.][0-9]+)?)m)?(?:(?P<s>[0-9]+(?:[.][0-9]+)?)s?)?"
)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}
NO_LIMIT = "none"


def duration(text: str) -> float:
    """Return the seconds in ``5m``, ``90s``, ``1h30m`` or ``300``; infinite for ``none``.

    Raises:
        ValueError: it is none of these, or not above 0.
    """
    typed = text.strip().lower()
    if typed == NO_LIMIT:
        return math.inf
    match = _DURATION.fullmatch(typed)
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 5m, 90s, 1h30m, 300 or {NO_LIMIT}")
    seconds = sum(_SECONDS[unit] * float(number or 0) for unit, number in match.groupdict().items())
    if not seconds > 0:
        raise ValueError("the time limit must be above 0 seconds")
    return seconds


def in_words(seconds: float) -> str:
    """Return a duration for people: ``0.4 s``, ``12 s``, ``3 min 05 s``, ``1 h 02 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
