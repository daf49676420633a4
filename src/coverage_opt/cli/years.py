"""Periods as people type them: ``all``, or years between commas."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coverage_opt.region.region import Region

ALL = "all"


@dataclass(frozen=True)
class Years:
    """The periods asked for.

    Attributes:
        chosen: calendar years, increasing; empty for all of a region's.
    """

    chosen: tuple[int, ...]

    def of(self, region: Region) -> tuple[int, ...]:
        """Return the years for a region; whether it has them is for the planning to say."""
        return self.chosen or region.periods


def years(text: str) -> Years:
    """Return the periods in ``all``, ``2026`` or ``2026,2030``.

    Raises:
        ValueError: it is none of these, or names a year twice.
    """
    typed = [part.strip() for part in text.split(",")]
    if [part.lower() for part in typed] == [ALL]:
        return Years(())
    if not all(part.isascii() and part.isdigit() for part in typed):
        raise ValueError(f"{text!r} is not {ALL}, a year, or years such as 2026,2030")
    chosen = sorted(map(int, typed))
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"{text!r} names a year twice")
    return Years(tuple(chosen))


def listed(words: Collection[object]) -> str:
    """Return words as a reader lists them: ``2026, 2030 and 2035``."""
    *first, last = map(str, words)
    return f"{', '.join(first)} and {last}" if first else last


def spanned(periods: tuple[int, ...]) -> str:
    """Return periods in short: ``2026``, or ``2026 to 2040``."""
    return str(periods[0]) if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
