"""The tables of results: one a suite and day, as CSV for programs and as Markdown for people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.best_known import Best, entry_of, known_of, note, problem_name
from benchmarks.machine import ROOT
from benchmarks.question import Suite
from benchmarks.running import Ended
from benchmarks.statistics import (
    best_so_far,
    primal_gap,
    primal_integral,
    seconds_to_gap,
    sound,
)
from benchmarks.task import Task
from coverage_opt.solver.progress import relative_gap

RESULTS = ROOT / "benchmarks" / "results"
RUN = ["case", "method", "seed"]
KEY = [*RUN, "time_limit"]
FIRST = [
    *KEY, "gap_asked", "status", "sense", "value", "bound", "gap", "best_known", "gap_to_best",
    "seconds", "first_plan", "to_5pct", "to_2pct", "to_1pct", "to_05pct", "to_03pct",
    "primal_integral", "build_seconds", "highs_seconds", "outside_share", "peak_mb", "columns",
    "rows", "nonzeros",
    "date", "commit", "machine", "fingerprint", "note",
]  # fmt: skip
"""Columns of every table, in this order; what a suite notes besides comes after them."""
THRESHOLDS = {
    "to_5pct": 0.05,
    "to_2pct": 0.02,
    "to_1pct": 0.01,
    "to_05pct": 0.005,
    "to_03pct": 0.003,
}
"""Column -> gap: seconds until that was proven."""

Row = dict[str, Any]


def row_of(
    suite: Suite, task: Task, ended: Ended, best: Mapping[str, Best], about: Mapping[str, str]
) -> Row:
    """Return the row of one run.

    Args:
        suite: of the run.
        task: the run.
        ended: how it ended.
        best: best values known.
        about: ``date``, ``commit`` and ``machine``.
    """
    found = ended.found
    known = _known(suite, task, ended, best)
    reference = found.value if known is None else known
    moments = best_so_far(ended.moments, found.sense)
    moments = sound(moments, found.sense, found.value, found.bound)
    plans = [moment.seconds for moment in moments if moment.value is not None]
    outside = 1.0 - found.highs_seconds / ended.seconds if ended.seconds else math.nan
    row = {
        "case": task.case,
        "method": task.method,
        "seed": task.seed,
        "time_limit": task.time_limit,
        "gap_asked": task.gap,
        "status": found.status,
        "sense": found.sense,
        "value": found.value,
        "bound": found.bound,
        "gap": _gap(found.value, found.bound),
        "best_known": math.nan if known is None else known,
        "gap_to_best": math.nan if known is None else primal_gap(found.value, known),
        "seconds": ended.seconds,
        "first_plan": min(plans, default=math.inf),
        **{name: seconds_to_gap(moments, gap) for name, gap in THRESHOLDS.items()},
        "primal_integral": primal_integral(moments, reference, ended.seconds),
        "build_seconds": found.build_seconds,
        "highs_seconds": found.highs_seconds,
        "outside_share": outside,
        "peak_mb": ended.peak_megabytes,
        "columns": found.columns,
        "rows": found.rows,
        "nonzeros": found.nonzeros,
        "fingerprint": found.fingerprint,
        "note": _last_line(ended.words),
        **about,
    }
    return row | found.figures


def _gap(value: float, bound: float) -> float:
    known = not (math.isnan(value) or math.isnan(bound))
    return relative_gap(value, bound) if known else math.inf


def _last_line(words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _known(suite: Suite, task: Task, ended: Ended, best: Mapping[str, Best]) -> float | None:
    """Return the best value known for the problem of a run, its own included."""
    name = problem_name(suite.name, task.case, task.seed, drawn=suite.drawn)
    if name not in best:
        name = problem_name(suite.name, task.case, task.seed, drawn=False)
    return known_of(best, name, ended.found.fingerprint, ended.found.sense)


def table_file(suite: str, day: date, folder: Path = RESULTS) -> Path:
    """Return the file of a suite's results of a day."""
    return folder / f"{day.isoformat()}-{suite}.csv"


def add_rows(rows: Sequence[Row], file: Path) -> pd.DataFrame:
    """Add rows to a table; they take the place of earlier ones of the same run.

    Returns:
        The whole table, as it is written.
    """
    table = pd.DataFrame(rows)
    if file.exists():
        table = pd.concat([read_table(file), table], ignore_index=True)
    table = table.drop_duplicates(KEY, keep="last").sort_values(KEY, ignore_index=True)
    others = [column for column in table.columns if column not in FIRST]
    table = table.reindex(columns=[*FIRST, *others])
    file.parent.mkdir(parents=True, exist_ok=True)
    table.map(_short).to_csv(file, index=False, lineterminator="\n")
    return table


def read_table(file: Path) -> pd.DataFrame:
    """Read a table of results."""
    return pd.read_csv(file, dtype={"commit": str, "fingerprint": str, "note": str})


def tables_of(suite: str, folder: Path = RESULTS) -> list[Path]:
    """Return the files of a suite's results, the oldest first."""
    return sorted(folder.glob(f"????-??-??-{suite}.csv"))


def newest_runs(suite: str, folder: Path = RESULTS) -> pd.DataFrame | None:
    """Return the newest run of each case, method and seed of a suite; None when it was never run.

    Runs take hours, so a suite is mostly measured over several days; each row has its own date and
    commit. Of the runs of one day that with the longest limit counts.
    """
    files = tables_of(suite, folder)
    if not files:
        return None
    runs = pd.concat([read_table(file) for file in files], ignore_index=True)
    runs = runs.sort_values(["date", "time_limit"], kind="stable")
    return runs.drop_duplicates(RUN, keep="last").sort_values(RUN, ignore_index=True)


def take_in_tables(suite: Suite, best: dict[str, Best], folder: Path = RESULTS) -> None:
    """Note the values of all runs of a suite that are better than the best known."""
    for file in tables_of(suite.name, folder):
        for row in read_table(file).to_dict("records"):
            when = f"{row['date']}, commit {row['commit']}"
            found = row["method"], row["status"], row["value"], row["bound"]
            entry = entry_of(*found, _fingerprint_in(row), when)
            note(best, _problem_of(suite, row), entry, row["sense"])


def against_best(suite: Suite, table: pd.DataFrame, best: Mapping[str, Best]) -> pd.DataFrame:
    """Return a table of runs with the best values as they are known now."""
    rows = []
    for row in table.to_dict("records"):
        found = known_of(best, _problem_of(suite, row), _fingerprint_in(row), row["sense"])
        known = math.nan if found is None else found
        planless = math.isnan(known) or math.isnan(row["value"])
        gap = math.nan if planless else primal_gap(row["value"], known)
        rows.append(row | {"best_known": known, "gap_to_best": gap})
    return pd.DataFrame(rows, columns=table.columns)


def _fingerprint_in(row: Mapping[Any, Any]) -> str:
    return row["fingerprint"] if isinstance(row["fingerprint"], str) else ""


def _problem_of(suite: Suite, row: Mapping[Any, Any]) -> str:
    return problem_name(suite.name, row["case"], int(row["seed"]), drawn=suite.drawn)


def _short(cell: Any) -> Any:
    """Return a number without digits that mean nothing."""
    return float(f"{cell:.12g}") if isinstance(cell, float) and math.isfinite(cell) else cell
