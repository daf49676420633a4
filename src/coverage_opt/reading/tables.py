"""CSV tables read strictly: every field as text first, then typed by a pandera schema.

Nothing is guessed. A number is written ``12.5``; ``1,5``, ``nan``, ``inf`` and a blank are problems
with their line, and ``0101`` in a text column stays ``0101``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from coverage_opt.errors import Problem
from coverage_opt.reading.csv_rows import read_csv_rows

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}\.0*")
_NOT_NUMBERS = frozenset(("nan", "na", "n/a", "inf", "infinity", "null", "none"))
_DUPLICATE = "multiple_fields_uniqueness"


@dataclass(frozen=True)
class Table:
    """A table as read, with the line of each row and what is wrong with it.

    Attributes:
        source: how messages call the file.
        key: the columns that name a row.
        rows: the typed rows in the order of the file; a number that cannot be read is NaN.
        written: the same rows as the text of the file.
        lines: the line, from 1, of each row.
        problems: what is wrong with the file by itself.
        whole: whether every row of the file is in `rows`, so that a name not found there is
            really unknown.
    """

    source: str
    key: tuple[str, ...]
    rows: pd.DataFrame
    written: pd.DataFrame
    lines: tuple[int, ...]
    problems: tuple[Problem, ...] = ()
    whole: bool = True

    def problem(
        self,
        what: str,
        positions: Sequence[int],
        columns: Sequence[str] = (),
        advice: str = "",
    ) -> Problem:
        """Say that some rows are at fault.

        Args:
            what: the fault, in one sentence.
            positions: positions of the rows at fault, from 0.
            columns: columns to show besides the key.
            advice: what the reader can do about it.
        """
        shown = list(dict.fromkeys([*self.key, *columns]))
        ordered = sorted(positions)
        texts = self.written[shown].iloc[ordered].to_numpy()
        rows = tuple(
            f"line {self.lines[position]}: "
            + ", ".join(f"{column} {text}" for column, text in zip(shown, fields, strict=True))
            for position, fields in zip(ordered, texts, strict=True)
        )
        where = f"{self.source}:{self.lines[ordered[0]]}" if len(ordered) == 1 else self.source
        return Problem(what, where, rows, advice)


def read_table(
    path: Path, schema: pa.DataFrameSchema, source: str = "", *, may_be_empty: bool = False
) -> Table:
    """Read a CSV file by a pandera schema; what is wrong is in the result's `problems`.

    Args:
        path: the file.
        schema: its columns (str, int64 or float64, with checks whose ``error`` completes a
            sentence that starts with the column) and, as ``unique``, the key.
        source: how messages call the file; its own name when empty.
        may_be_empty: whether a header without rows is fine.
    """
    source = source or path.name
    columns = [str(column) for column in schema.columns]
    optional = [str(name) for name, column in schema.columns.items() if not column.required]
    read = read_csv_rows(path, columns, source, optional=optional, may_be_empty=may_be_empty)
    columns = read.columns
    written = pd.DataFrame(read.fields, columns=columns, dtype="str")
    key = tuple(str(column) for column in schema.unique or columns[:1])
    table = Table(source, key, written, written, tuple(read.lines), (), read.whole)
    problems = [*read.problems]
    typed: dict[str, pd.Series] = {}
    readable = np.ones(len(written), dtype=bool)
    for column in columns:
        values, faults = _typed(table, column, str(schema.columns[column].dtype))
        typed[column] = values
        for what, positions, advice in faults:
            problems.append(table.problem(f"{column} {what}", positions, [column], advice))
            readable[positions] = False
    table = replace(table, rows=pd.DataFrame(typed, columns=columns))
    problems += _schema_problems(table, schema, readable)
    return replace(table, problems=tuple(problems))


Fault = tuple[str, list[int], str]
"""What is wrong (completing a sentence that starts with the column), in which rows, advice."""


def _typed(table: Table, column: str, kind: str) -> tuple[pd.Series, list[Fault]]:
    texts: list[str] = table.written[column].tolist()
    faults = list(_text_faults(texts))
    if kind not in ("int64", "float64"):
        return pd.Series([text.strip() for text in texts], dtype="str"), faults
    seen = {position for _, positions, _ in faults for position in positions}
    pattern = _INTEGER if kind == "int64" else _NUMBER
    unread = [position for position, text in enumerate(texts) if not pattern.fullmatch(text)]
    numbers = np.full(len(texts), np.nan)
    good = np.ones(len(texts), dtype=bool)
    good[unread] = False
    numbers[good] = [float(text) for text in np.array(texts, dtype=object)[good]]
    infinite = np.flatnonzero(np.isinf(numbers)).tolist()
    numbers[infinite] = np.nan
    faults += _number_faults(texts, [p for p in [*unread, *infinite] if p not in seen], kind)
    if kind == "int64" and good.all():
        return pd.Series([int(text) for text in texts], dtype="int64"), faults
    return pd.Series(numbers, dtype="float64"), faults


def _text_faults(texts: list[str]) -> Iterator[Fault]:
    blank = [position for position, text in enumerate(texts) if not text.strip()]
    padded = [p for p, text in enumerate(texts) if text.strip() != text and text.strip()]
    hidden = [p for p, text in enumerate(texts) if not text.strip().isprintable()]
    if blank:
        yield "is blank", blank, "fill it in, or remove the row"
    if padded:
        yield "has spaces around it", padded, "remove the spaces"
    if hidden:
        yield "holds an invisible character", hidden, "type the value again"


def _number_faults(texts: list[str], positions: list[int], kind: str) -> Iterator[Fault]:
    wanted = "a whole number" if kind == "int64" else "a number"
    by_advice: dict[str, list[int]] = {}
    for position in sorted(positions):
        by_advice.setdefault(_number_advice(texts[position]), []).append(position)
    for advice, found in by_advice.items():
        yield f"is not {wanted}", found, advice


def _number_advice(text: str) -> str:
    if _DECIMAL_COMMA.fullmatch(text):
        return "write a decimal point, not a comma: 1.5"
    if _WHOLE_NUMBER.fullmatch(text):
        return "write it without decimals: 2026"
    if text.lower().lstrip("+-") in _NOT_NUMBERS:
        return "give a real number, or remove the row"
    return "the number is too large" if _NUMBER.fullmatch(text) else ""


def _schema_problems(
    table: Table, schema: pa.DataFrameSchema, readable: np.ndarray
) -> Iterator[Problem]:
    """Validate the rows that could be read, lazily, and say each failed check once."""
    rows = table.rows[readable]
    kinds = {str(name): str(column.dtype) for name, column in schema.columns.items()}
    numbers = {
        name: kind for name, kind in kinds.items() if name in rows and kind in ("int64", "float64")
    }
    rows = rows.astype(numbers)
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as error:
        failures = error.failure_cases
        for (column, check), cases in failures.groupby(["column", "check"], sort=False):
            positions = sorted({int(position) for position in cases["index"]})
            if check == _DUPLICATE:
                # Reported once, for the key as a whole, not for each of its columns.
                if column == table.key[0]:
                    yield _duplicates(table, positions)
                continue
            yield table.problem(f"{column} {check}", positions, [str(column)])


def _duplicates(table: Table, positions: list[int]) -> Problem:
    key = " and ".join(table.key)
    what = f"the same {key} is given more than once"
    return table.problem(
        what, positions, table.written.columns.tolist()[:3], "keep one of the rows"
    )
