"""The kinds of column that the tables of a region are made of, with their bounds.

Numbers beyond the upper bounds are absurd for a Dutch region and taken for a slip. A text column
must never be blank; identifiers are text, also when they look like numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandera.pandas as pa

MOST_LEARNERS = 100_000
MOST_MINUTES = 1_440
MOST_HOURS = 5_000
MOST_TEACHER_HOURS = 10_000_000
MOST_WEIGHT = 1_000
MOST_OPENINGS = 1_000_000
MOST_PLACES = 1_000_000
MOST_YEARS = 6
MOST_KILOMETRES = 1_000
MOST_FACTOR = 100

PATHWAYS = ("BOL", "BBL")


def table(key: Sequence[str], columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    """Return the schema of a table with a key."""
    return pa.DataFrameSchema(columns, unique=list(key), strict=True)


def text(*, required: bool = True) -> pa.Column:
    """Return a column of text."""
    return pa.Column("str", required=required)


def one_of(words: Sequence[str]) -> pa.Column:
    """Return a column of which every value is one of these words."""
    return pa.Column("str", pa.Check.isin(words, error=f"must be one of {', '.join(words)}"))


def number(*, most: float | None = None, unit: str = "", above: bool = False) -> pa.Column:
    """Return a column of numbers from 0 (or, when `above`, above 0) up to `most`."""
    least = (
        pa.Check.gt(0, error="must be above 0")
        if above
        else pa.Check.ge(0, error="must not be negative")
    )
    checks = [least]
    if most is not None:
        checks.append(pa.Check.le(most, error=f"must be at most {most:,}{unit and ' ' + unit}"))
    return pa.Column("float64", checks)


def within(least: int, most: int, kind: str = "float64") -> pa.Column:
    """Return a column of numbers between two bounds."""
    bounds = pa.Check.in_range(least, most, error=f"must be from {least} to {most}")
    return pa.Column(kind, bounds)


def latitude() -> pa.Column:
    """Return a column of degrees north."""
    return within(-90, 90)


def longitude() -> pa.Column:
    """Return a column of degrees east."""
    return within(-180, 180)


def learners() -> pa.Column:
    """Return a column of learners a year."""
    return number(most=MOST_LEARNERS, unit="learners a year")


def places() -> pa.Column:
    """Return a column of learners that there is a place for at once."""
    return number(most=MOST_PLACES, unit="learners at once")


def minutes() -> pa.Column:
    """Return a column of minutes."""
    return number(most=MOST_MINUTES, unit="minutes (a day)")


def share() -> pa.Column:
    """Return a column of shares above 0 and at most 1."""
    return number(most=1, above=True)


def period() -> pa.Column:
    """Return a column of calendar years."""
    return pa.Column("int64")
