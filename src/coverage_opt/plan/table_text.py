"""One table of a plan as CSV text and back, with nothing lost.

Text is always quoted and numbers never, floats in the fewest digits that give back the same float
(``repr``), so that every value comes back exactly: commas, quotes, line breaks, infinities too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.plan import COUNT_COLUMNS, TABLES, TEXT_COLUMNS, kind_of, typed
from coverage_opt.reading.text import did_you_mean, read_text

_FLOAT = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?inf|nan")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_QUOTED = '"[^"]*(?:""[^"]*)*"'
_REPAIR = "solve again, or restore the file"


def as_text(table: pd.DataFrame) -> str:
    """Return the rows of a table as CSV, with a header, lines ending in a line feed."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*(table[column].tolist() for column in table.columns), strict=True))
    return text.getvalue()


def conform(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a plan's table in the order and the types of the files.

    Raises:
        ValueError: columns that differ from :data:`TABLES`, missing text, broken counts.
    """
    columns = TABLES[name]
    if set(table.columns) != set(columns):
        raise ValueError(f"{name} has the columns {list(table.columns)}, not {list(columns)}")
    ordered = table[list(columns)].reset_index(drop=True)
    for column in columns:
        if column in TEXT_COLUMNS and ordered[column].isna().any():
            raise ValueError(f"{name} has rows without {column}")
        if column in COUNT_COLUMNS and (ordered[column] % 1 != 0).any():
            raise ValueError(f"{name} has a {column} that is not a whole number")
    return typed(ordered)


def read_rows(name: str, path: Path) -> pd.DataFrame:
    """Read a table of a plan.

    Raises:
        InputError: everything wrong with it: missing, cut off, other columns, ragged rows, values
            that are not numbers.
    """
    text = read_text(path)
    if not text.endswith("\n"):
        what = "the file is cut off before the end of its last line"
        raise InputError([Problem(what, path.name, advice=_REPAIR)])
    return _as_written(name, text) if _is_as_written(name, text) else _looked_over(name, text, path)


def _is_as_written(name: str, text: str) -> bool:
    """Tell whether a text is, to the letter, what :func:`as_text` could have written.

    One pattern goes over the whole file: then nothing in it can be misread, however it is parsed.
    Any other text is looked over cell by cell.
    """
    header = ",".join(f'"{column}"' for column in TABLES[name]) + "\n"
    # a carriage return inside a text is data, but no parser need be relied on for it
    if not text.startswith(header) or "\r" in text:
        return False
    rows, place = _rows_of(name), len(header)
    while place < len(text):
        found = rows.match(text, place)
        if found is None:
            return False
        place = found.end()
    return True


@cache
def _rows_of(name: str) -> re.Pattern[str]:
    """Return the pattern of some rows of a table: not of all, so that it need not look back far."""
    cells = {"str": _QUOTED, "int64": _WHOLE.pattern, "float64": f"(?:{_FLOAT.pattern})"}
    row = ",".join(cells[kind_of(column)] for column in TABLES[name])
    return re.compile(f"(?:{row}\n){{1,1000}}")


def _as_written(name: str, text: str) -> pd.DataFrame:
    """Parse a text that is as it was written."""
    table = pd.read_csv(
        io.StringIO(text), dtype=str, na_filter=False, index_col=False, skip_blank_lines=False
    )
    typed = {column: _typed(column, table[column]) for column in TABLES[name]}
    return pd.DataFrame(typed, columns=list(TABLES[name]))


def _typed(column: str, texts: Sequence[str] | pd.Series) -> pd.Series:
    kind = kind_of(column)
    if kind == "str":
        return pd.Series(texts, dtype="str")
    cells = np.array(texts, dtype=object)
    # Python's own reading of a number, which gives back what repr has written
    return pd.Series(cells.astype(np.float64 if kind == "float64" else np.int64), dtype=kind)


def _looked_over(name: str, text: str, path: Path) -> pd.DataFrame:
    """Read a text cell by cell.

    Raises:
        InputError: everything that is wrong with it.
    """
    header, rows, lines = _parsed(text, path.name)
    _check_header(name, header, path.name)
    problems = _ragged(header, rows, lines, path.name)
    if problems:
        raise InputError(problems)
    values = {column: [row[at] for row in rows] for at, column in enumerate(header)}
    for column in TABLES[name]:
        problems += _unreadable(column, values[column], lines, path.name)
    if problems:
        raise InputError(problems)
    typed = {column: _typed(column, values[column]) for column in TABLES[name]}
    return pd.DataFrame(typed, columns=list(TABLES[name]))


def _parsed(text: str, source: str) -> tuple[list[str], list[list[str]], list[int]]:
    """Return the header, the rows, and the last line, from 1, of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        where = f"{source}:{reader.line_num}"
        raise InputError(
            [Problem(f"the row cannot be read: {error}", where, advice=_REPAIR)]
        ) from error
    return rows[0], rows[1:], lines[1:]


def _check_header(name: str, header: list[str], source: str) -> None:
    columns = TABLES[name]
    missing = [column for column in columns if column not in header]
    unknown = [column for column in dict.fromkeys(header) if column not in columns]
    twice = [column for column in columns if header.count(column) > 1]
    where = f"{source}:1"
    advice = f"the columns are: {', '.join(columns)}"
    problems = [Problem(f"the column {name!r} is missing", where, (), advice) for name in missing]
    for column in unknown:
        nearest = did_you_mean(column, missing) if missing else advice
        problems.append(Problem(f"unknown column {column!r}", where, (), nearest))
    problems += [Problem(f"the column {column!r} is given twice", where) for column in twice]
    if problems:
        raise InputError(problems)


def _ragged(
    header: list[str], rows: list[list[str]], lines: list[int], source: str
) -> list[Problem]:
    wrong = tuple(
        f"line {line}: {len(row)} fields, not {len(header)}"
        for row, line in zip(rows, lines, strict=True)
        if len(row) != len(header)
    )
    what = "rows with too few or too many fields"
    return [Problem(what, source, wrong, _REPAIR)] if wrong else []


def _unreadable(column: str, texts: list[str], lines: list[int], source: str) -> list[Problem]:
    kind = kind_of(column)
    if kind == "str":
        return []
    pattern = _WHOLE if kind == "int64" else _FLOAT
    wrong = tuple(
        f"line {line}: {column} {text!r}"
        for text, line in zip(texts, lines, strict=True)
        if not pattern.fullmatch(text)
    )
    wanted = "a whole number" if kind == "int64" else "a number"
    return [Problem(f"{column} is not {wanted}", source, wrong, _REPAIR)] if wrong else []
