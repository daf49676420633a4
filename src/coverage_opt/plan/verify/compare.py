"""When two numbers count as the same, and how tables are laid side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coverage_opt.frames import rows
from coverage_opt.region.region import Region

ROUNDING = 1e-5
"""Largest difference, relative to what is compared (at least 1), that counts as rounding.

The solver keeps each row of its model within 1e-6 learners. What is compared here adds up several
such rows, for a total over zones some 200 of them; their errors have both signs, so that they grow
with the root of the number: 14e-6 on a total that is a group of learners, which is allowed 8e-5
or more. For a single learner or a share it is a thousandth of a per cent: less than any
planner can act on, and more than the 1e-12 by which two ways of adding up can differ.
"""


def allowance(amount: Any) -> Any:
    """Return the difference from ``amount`` (a number or an array) that counts as rounding."""
    return ROUNDING * np.maximum(1.0, np.abs(amount))


def differ(stated: float, expected: float) -> bool:
    """Tell whether two finite numbers differ by more than rounding."""
    return bool(abs(stated - expected) > allowance(expected))


FEW = 2000
"""So many rows are added up sooner one by one than as tables: twenty in a twentieth of the time."""


class Difference(NamedTuple):
    """A place where a plan states another amount than was recomputed; none counts as 0."""

    key: tuple[Any, ...]
    stated: float
    expected: float

    @property
    def amount(self) -> float:
        """By how much the two differ."""
        return abs(self.stated - self.expected)


def differences(
    stated: pd.DataFrame, expected: pd.DataFrame, key: Sequence[str], value: str
) -> Iterator[Difference]:
    """Yield where the totals of ``value`` by ``key`` differ by more than rounding."""
    few = len(stated) + len(expected) <= FEW
    yield from (_row_by_row if few else _at_once)(stated, expected, list(key), value)


def _row_by_row(
    stated: pd.DataFrame, expected: pd.DataFrame, key: list[str], value: str
) -> Iterator[Difference]:
    totals: dict[tuple[Any, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for side, table in enumerate((stated, expected)):
        for place, amount in zip(rows(table, *key), table[value].tolist(), strict=True):
            totals[place][side] += amount
    places = sorted(totals)
    claimed, right = np.array([totals[place] for place in places]).reshape(-1, 2).T
    for number in np.flatnonzero(np.abs(claimed - right) > allowance(right)).tolist():
        yield Difference(places[number], *totals[places[number]])


def _at_once(
    stated: pd.DataFrame, expected: pd.DataFrame, key: list[str], value: str
) -> Iterator[Difference]:
    sides = [
        stated[key].assign(stated=stated[value], expected=0.0),
        expected[key].assign(stated=0.0, expected=expected[value]),
    ]
    totals = pd.concat(sides).groupby(key, as_index=False)[["stated", "expected"]].sum()
    apart = (totals["stated"] - totals["expected"]).abs() > allowance(totals["expected"])
    for row in records(totals[apart]):
        yield Difference(tuple(row[name] for name in key), row["stated"], row["expected"])


def absent(table: pd.DataFrame, other: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Return the rows of ``table`` whose key ``other`` does not have."""
    there = set(rows(other, *key))
    return table[np.array([found not in there for found in rows(table, *key)], dtype=np.bool_)]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a small table as mappings from column to value."""
    if table.empty:
        return []
    return [
        {str(column): value for column, value in row.items()} for row in table.to_dict("records")
    ]


def said(number: float) -> str:
    """Return a number for people: ``1,234.5``."""
    return f"{number:,.6g}" if abs(number) < 1e6 else f"{number:,.1f}"


def choice_name(region: Region, choice: str) -> str:
    """Return the name of what a learner asks for: a programme, or a unit."""
    a_unit = region.units["unit"].eq(choice).any()
    return region.unit_name(choice) if a_unit else region.programme_name(choice)


def people(learner: str) -> str:
    """Return what learners of a kind are called in sentences."""
    return "adults" if learner == "adult" else "learners"


def home(zone: str, learner: str) -> str:
    """Return where learners come from, in places: ``hill``, or ``adults of hill``."""
    return f"adults of {zone}" if learner == "adult" else zone
