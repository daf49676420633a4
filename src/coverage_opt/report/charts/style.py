"""How all charts look: colours that colour-blind readers can tell apart, and quiet axes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from coverage_opt.report.language import Language
from coverage_opt.report.table import Column, Table

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, BLACK = "#56B4E9", "#CC79A7", "#333333"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, BLACK)
"""Okabe and Ito's colours (2008), for kinds; numbers have viridis."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
"""A shape beside each colour, for who sees none."""
SAND = "#F3D9A8"
"""What is not there, where :data:`BLUE` says what is."""
NOBODY = "#D3D6D8"
"""Where there is nothing to show."""
LETTER = '"Liberation Sans", Arial, Helvetica, sans-serif'
"""One letter in all charts, which the page has too: labels are measured before they are drawn."""

YEAR = "year"
"""The parameter of the calendar year that is shown; the page sets it."""

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": LETTER,
    "view": {"stroke": None},
    "scale": {"invalid": {"color": {"value": NOBODY}}},
    # a chart is one picture with a description, in the language of the page; its table is read
    "mark": {"aria": False},
    "axis": {
        "aria": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": "#4A5560",
        "labelColor": "#26323C",
        "gridColor": "#E6E9EC",
        "domainColor": "#B9C1C8",
        "tickColor": "#B9C1C8",
        "labelLimit": 340,
        "titlePadding": 10,
    },
    "axisY": {"titleAlign": "left"},
    "legend": {
        "aria": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": "#4A5560",
        "labelColor": "#26323C",
        "labelLimit": 260,
        "symbolSize": 110,
        "columnPadding": 18,
    },
}
"""Settings for every chart on the page."""


def year_parameter(periods: Sequence[int]) -> alt.Parameter:
    """Return the parameter of the year shown, at first the first one."""
    return alt.param(name=YEAR, value=int(periods[0]))


IN_YEAR = f"datum.period == {YEAR}"
"""The rows of the year shown."""


def data(table: Table, keys: Iterable[str], language: Language) -> alt.InlineData:
    """Return columns of a table as data for a chart, words translated, numbers as they are."""
    keys = list(keys)
    words = {column.key for column in table.columns if column.kind == "word"}
    columns = {
        key: [language(str(value)) for value in table.rows[key]]
        if key in words
        else [plain(value) for value in table.rows[key].tolist()]
        for key in keys
    }
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return alt.InlineData(values=rows)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it, numbers no longer than anybody reads them."""
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    return value


def tooltips(columns: Iterable[Column], language: Language) -> list[alt.Tooltip]:
    """Return what is told of a mark, in the words and numbers of the language."""
    found = []
    for column in columns:
        title, pattern = column.heading(language), _PATTERNS.get(column.kind)
        if pattern is None:
            found.append(alt.Tooltip(field=column.key, type="nominal", title=title))
        else:
            known = alt.Tooltip(field=column.key, type="quantitative", title=title, format=pattern)
            found.append(known)
    return found


_PATTERNS = {
    "share": ".1%",
    "learners": ",.1f",
    "minutes": ",.0f",
    "count": ",.0f",
    "euros": "$,.0f",
}
"""How d3 writes what a column holds."""


def of(table: Table, *keys: str) -> list[Column]:
    """Return some columns of a table, in this order."""
    by_key = {column.key: column for column in table.columns}
    return [by_key[key] for key in keys]


def finished(chart: Any, description: str, height: int | None = None) -> dict[str, Any]:
    """Return a chart as a Vega-Lite specification, as wide as the page lets it be."""
    sized = chart.properties(width="container", description=description)
    if height is not None:
        sized = sized.properties(height=height)
    found: dict[str, Any] = sized.to_dict()
    for unneeded in ("config", "$schema"):
        found.pop(unneeded, None)
    found["autosize"] = {"type": "fit-x", "contains": "padding"}
    return found


def quoted(value: Any) -> str:
    """Return a text, or a list of them, as Vega's expressions write it."""
    return json.dumps(value, ensure_ascii=False)
