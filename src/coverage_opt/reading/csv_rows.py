"""The structure of a CSV file: a header of known columns, and rows with a field for each.

Every record is one line. A quoted field that runs over the end of its line is a problem, not a
field with a line break, so that one missing quote cannot swallow the rows below it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.text import did_you_mean, read_text

_LINE_END = re.compile(r"\r\n|\n|\r")
_OTHER_SEPARATORS = ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"))
_ROW_SHOWN = 80
_ADVICE = {
    "a quote is not closed on its line": 'close it; a quote inside a text is doubled: ""',
    "an empty row": "remove it",
    "too few fields": "give every row a field for each column of the header",
    "too many fields": "put a text that holds a comma in quotes",
}


@dataclass(frozen=True)
class CsvRows:
    """The fields of a CSV file, as text.

    Attributes:
        columns: the columns of the file, in the order of the schema.
        fields: per row, the fields in the order of `columns`.
        lines: the line, from 1, of each row.
        problems: what is wrong with the structure.
        whole: whether every row of the file is in `fields`.
    """

    columns: list[str]
    fields: list[list[str]]
    lines: list[int]
    problems: list[Problem]
    whole: bool


def read_csv_rows(
    path: Path,
    columns: Sequence[str],
    source: str,
    *,
    optional: Collection[str] = (),
    may_be_empty: bool = False,
) -> CsvRows:
    """Read a comma-separated UTF-8 file and check its structure.

    Args:
        path: the file.
        columns: the columns the header must name, in any order; no other is allowed.
        source: how messages call the file.
        optional: those of the columns that may be left out.
        may_be_empty: whether a header without rows is fine; a file without a header never is.
    """
    unread = partial(CsvRows, list(columns), [], [], whole=False)
    try:
        text = read_text(path, source)
    except InputError as error:
        return unread(problems=list(error.problems))
    lines = _LINE_END.split(text)
    cut_off = lines[-1] != ""
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        advice = f"give at least the header: {','.join(columns)}"
        return unread(problems=[Problem("the file is empty", source, advice=advice)])
    wanted = [column for column in columns if column not in optional]
    header, problems = _header(lines[0], wanted, optional, source)
    if any(column not in header for column in wanted) or len(set(header)) < len(header):
        return unread(problems=problems)
    present = [column for column in columns if column in header]
    rows = _Rows(header, present)
    for number, line in enumerate(lines[1:], start=2):
        rows.add(number, line)
    if len(lines) == 1 and not may_be_empty:
        problems.append(Problem("the table has no rows", source, advice="add rows to it"))
    problems += rows.problems(source, cut_off_at=len(lines) if cut_off else None)
    whole = not rows.faults and (bool(rows.fields) or may_be_empty)
    return CsvRows(present, rows.fields, rows.lines, problems, whole)


def _header(
    line: str, columns: Sequence[str], optional: Collection[str], source: str
) -> tuple[list[str], list[Problem]]:
    """Return the header's columns, and what is wrong with them."""
    where = f"{source}:1"
    for separator, plural in _OTHER_SEPARATORS:
        if separator in line and "," not in line:
            what = f"the file is separated by {plural}, not by commas"
            return [], [Problem(what, where, (line,), "save it as comma-separated")]
    try:
        header = next(csv.reader([line], strict=True))
    except csv.Error as error:
        return [], [Problem(f"the header cannot be read: {error}", where, (line,))]
    problems = [
        Problem(f"the column {column!r} is given twice", where, (line,))
        for column in dict.fromkeys(name for name in header if header.count(name) > 1)
    ]
    missing = [column for column in columns if column not in header]
    unknown = [name for name in dict.fromkeys(header) if name not in {*columns, *optional}]
    for name in unknown:
        what = f"unknown column {name!r}" if name else "a column without a name"
        advice = did_you_mean(name, missing) or f"the columns are: {', '.join(columns)}"
        problems.append(Problem(what, where, (line,), advice))
    for column in missing:
        advice = f"the columns are: {', '.join(columns)}"
        problems.append(Problem(f"the column {column!r} is missing", where, (line,), advice))
    return header, problems


class _Rows:
    """Sorts the lines below the header into rows and into faults by kind."""

    def __init__(self, header: Sequence[str], columns: Sequence[str]) -> None:
        self.width = len(header)
        self.order = [header.index(column) for column in columns]
        self.fields: list[list[str]] = []
        self.lines: list[int] = []
        self.faults: dict[str, list[tuple[int, str]]] = {}

    def add(self, number: int, line: str) -> None:
        if '"' in line:
            try:
                fields = next(csv.reader([line], strict=True))
            except csv.Error:
                self.faults.setdefault("a quote is not closed on its line", []).append(
                    (number, _shown(number, line))
                )
                return
        else:
            fields = line.split(",")
        if not any(field.strip() for field in fields):
            self.faults.setdefault("an empty row", []).append((number, f"line {number}"))
        elif len(fields) != self.width:
            fault = "too few fields" if len(fields) < self.width else "too many fields"
            said = f"{_shown(number, line)}  ({len(fields)} fields, not {self.width})"
            self.faults.setdefault(fault, []).append((number, said))
        else:
            self.fields.append([fields[position] for position in self.order])
            self.lines.append(number)

    def problems(self, source: str, cut_off_at: int | None) -> list[Problem]:
        problems = []
        for fault, found in self.faults.items():
            said = _ADVICE[fault]
            if fault == "too few fields" and found[-1][0] == cut_off_at:
                said = "the file seems to be cut off at its last line: export it again"
            where = f"{source}:{found[0][0]}" if len(found) == 1 else source
            problems.append(Problem(fault, where, tuple(text for _, text in found), said))
        return problems


def _shown(number: int, line: str) -> str:
    return f"line {number}: {line if len(line) <= _ROW_SHOWN else line[:_ROW_SHOWN] + '...'}"
