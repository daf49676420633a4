"""The tables of a report as a workbook.

Names are written as text, whatever they begin with: none of them is taken for a formula.
"""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from coverage_opt.report import telling
from coverage_opt.report.contents import Tables
from coverage_opt.report.language import Language
from coverage_opt.report.table import TEXTS, Column, Measure, Table

_NUMBERS = {
    "year": "0",
    "count": "#,##0",
    "learners": "#,##0.0",
    "share": "0.0%",
    "minutes": "#,##0",
    "euros": "€ #,##0",
    "number": "#,##0.0000",
}
_EPOCH = datetime(2000, 1, 1)  # a fixed date: the same plan gives the same workbook
_WIDEST = 60
_NAME_LENGTH = 31
"""Of a sheet, at most."""


def workbook(tables: Tables, language: Language) -> bytes:
    """Return a workbook with a sheet for each table, and one before them that lists them."""
    content = BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _EPOCH, "title": telling.title(tables.runs[0])})
    formats = _Formats(book)
    first = book.add_worksheet(language("Contents"))
    shown = tables.filled
    names = _sheet_names([language(table.title) for table in shown], first.get_name())
    _write_contents(first, tables, names, language, formats)
    for name, table in zip(names, shown, strict=True):
        _write_table(book.add_worksheet(name), table, language, formats)
    book.close()
    return content.getvalue()


class _Formats:
    """How cells look, by what they hold."""

    def __init__(self, book: Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format({"bold": True, "bottom": 2, "text_wrap": True})
        self.text = book.add_format({"text_wrap": False})
        # keeps a text that looks like a formula a text when somebody edits its cell
        self.careful = book.add_format({"quote_prefix": True})
        self.numbers = {
            kind: book.add_format({"num_format": pattern}) for kind, pattern in _NUMBERS.items()
        }

    def of_measure(self, unit: str) -> Format:
        """Return the format of a number with a unit of its own."""
        if unit == "share":
            return self.numbers["share"]
        return self.numbers["euros" if unit.startswith("EUR") else "learners"]


def _write_contents(
    sheet: Worksheet, tables: Tables, names: list[str], language: Language, formats: _Formats
) -> None:
    run = tables.runs[0]
    policy = run.plan.policy
    sheet.write_string(0, 0, telling.title(run), formats.title)
    lines = [
        f"{language(policy.title)} ({policy.name})",
        *telling.headlines(run, language),
    ]
    for place, line in enumerate(lines, start=2):
        _write_text(sheet, place, 0, line, formats)
    start = len(lines) + 3
    for place, name in enumerate(names, start=start):
        inside = name.replace("'", "''")
        sheet.write_url(place, 0, f"internal:'{inside}'!A1", string=name)
    for place, (what, value) in enumerate(
        telling.proof(run, language), start=start + len(names) + 1
    ):
        _write_text(sheet, place, 0, what, formats)
        _write_text(sheet, place, 1, value, formats)
    sheet.set_column(0, 0, 44)


def _write_table(sheet: Worksheet, table: Table, language: Language, formats: _Formats) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.heading(language), formats.heading)
        sheet.set_column(place, place, _width(table, column, language))
    for row, values in enumerate(table.values(), start=1):
        for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            _write_cell(sheet, row, place, column, value, language, formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_cell(
    sheet: Worksheet,
    row: int,
    place: int,
    column: Column,
    value: Any,
    language: Language,
    formats: _Formats,
) -> None:
    if value is None or value != value:
        return
    if column.kind in TEXTS:
        text = language(str(value)) if column.kind == "word" else str(value)
        _write_text(sheet, row, place, text, formats)
    elif isinstance(value, Measure):
        if value.value == value.value:
            sheet.write_number(row, place, value.value, formats.of_measure(value.unit))
    elif abs(value) != float("inf"):
        sheet.write_number(row, place, value, formats.numbers[column.kind])


def _write_text(sheet: Worksheet, row: int, place: int, text: str, formats: _Formats) -> None:
    looks_like_formula = text[:1] in ("=", "+", "-", "@")
    sheet.write_string(row, place, text, formats.careful if looks_like_formula else formats.text)


def _width(table: Table, column: Column, language: Language) -> int:
    """Return the width of a column in characters, by its first rows."""
    if column.kind not in TEXTS:
        return 16
    cells = [str(value) for value in table.rows[column.key].head(200)]
    return min(_WIDEST, max(map(len, [column.heading(language), *cells])) + 2)


def _sheet_names(titles: list[str], taken: str) -> list[str]:
    """Return names that a workbook takes: short, all different, without what it forbids."""
    used = {taken.casefold()}
    names = []
    for title in titles:
        plain = re.sub(r"[\[\]:*?/\\]", " ", title).strip("'")[:_NAME_LENGTH].strip()
        name, number = plain, 1
        while name.casefold() in used:
            number += 1
            name = f"{plain[: _NAME_LENGTH - 3]} {number}"
        used.add(name.casefold())
        names.append(name)
    return names
