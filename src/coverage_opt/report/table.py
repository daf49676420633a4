"""A table of a report, whatever it is shown in: a page, a chart or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from coverage_opt.report.language import Language

Kind = Literal[
    "text",
    "word",
    "year",
    "count",
    "learners",
    "share",
    "minutes",
    "euros",
    "number",
    "measure",
]
"""What a column holds. Text is shown as it is, a word is translated; a measure has a unit
of its own."""

TEXTS: frozenset[Kind] = frozenset({"text", "word"})


@dataclass(frozen=True)
class Measure:
    """A number with its unit, where the numbers of a column differ in unit."""

    value: float
    unit: str


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name among the rows, and in data that programs read.
        title: its heading: an English message, or a name.
        kind: what it holds.
        named: whether the title is a name, which is the same in every language.
    """

    key: str
    title: str
    kind: Kind = "text"
    named: bool = False

    def heading(self, language: Language) -> str:
        """Return the title in a language."""
        return self.title if self.named else language(self.title)


@dataclass(frozen=True)
class Table:
    """Figures, with what they are called.

    Attributes:
        name: for programs; unique in a report.
        title: an English message.
        columns: those that are shown, in order.
        rows: a DataFrame with at least these columns.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: pd.DataFrame

    def __len__(self) -> int:
        return len(self.rows)

    def first(self, number: int) -> Table:
        """Return the table with its first rows only."""
        return replace(self, rows=self.rows.head(number))

    def without(self, key: str) -> Table:
        """Return the table with a column out of sight; its rows keep it."""
        return replace(self, columns=tuple(one for one in self.columns if one.key != key))

    def values(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows' plain values in the order of the columns."""
        shown = [self.rows[column.key].tolist() for column in self.columns]
        yield from zip(*shown, strict=True)

    def cells(self, language: Language) -> Iterator[tuple[str, ...]]:
        """Yield the rows as text in a language."""
        kinds = [column.kind for column in self.columns]
        for row in self.values():
            yield tuple(
                shown(value, kind, language) for value, kind in zip(row, kinds, strict=True)
            )


def shown(value: Any, kind: Kind, language: Language) -> str:
    """Return a value of a table as text in a language; blank where there is none."""
    if value is None or value != value:
        return ""
    if kind in TEXTS:
        return language(str(value)) if kind == "word" else str(value)
    if kind == "year":
        return str(value)
    if isinstance(value, Measure):
        return language.in_unit(value.value, value.unit)
    return _SHOWN[kind](language, float(value))


_SHOWN: dict[Kind, Callable[[Language, float], str]] = {
    "count": Language.whole,
    "learners": lambda language, value: language.decimal(value, 1),
    "share": Language.share,
    "minutes": Language.whole,
    "euros": Language.whole,
    "number": Language.number,
}
