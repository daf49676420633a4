"""Tables that fit a terminal: plain ones, and figures with a column for each period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

PERIODS_BESIDE_EACH_OTHER = 4
LABEL_WIDTH = 30


@dataclass(frozen=True)
class Line:
    """One line of figures over the periods.

    Attributes:
        label: what the figures are.
        figures: calendar year -> the figure as text; blank where there is none.
        under: whether it belongs to the line above it.
    """

    label: str
    figures: Mapping[int, str]
    under: bool = False


def plain(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """Return an empty table; columns of numbers are on the right and never wrap."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        right = column in numbers
        table.add_column(column, justify="right" if right else "left", no_wrap=right)
    return table


def over_periods(periods: Sequence[int], lines: Sequence[Line]) -> list[RenderableType]:
    """Return figures over the periods, in as many tables as it takes to fit a terminal."""
    found: list[RenderableType] = []
    for start in range(0, len(periods), PERIODS_BESIDE_EACH_OTHER):
        beside = periods[start : start + PERIODS_BESIDE_EACH_OTHER]
        years = tuple(map(str, beside))
        table = plain("", *years, numbers=years)
        table.columns[0].max_width = LABEL_WIDTH
        for line in lines:
            label = Text(f"  {line.label}" if line.under else line.label)
            table.add_row(label, *(line.figures.get(year, "") for year in beside))
        found.append(table)
    return found
