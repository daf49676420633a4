"""Tables of results in words: medians and spreads, for people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.question import Suite
from benchmarks.statistics import shifted_geometric_mean, spread

Texts = list[list[str]]

CASE_HEADER = (
    *("case", "method", "runs", "limit, s", "ended", "value", "gap", "to best known"),
    *("seconds", "first plan, s", "primal integral, s", "outside HiGHS", "peak, MB"),
)
METHOD_HEADER = ("method", "runs", "with a plan", "within the gap", "seconds", "primal integral, s")
LINEAR_HEADER = ("case", "method", "rows", "nonzeros", "relaxation", "seconds")
LARGE = 1000.0
ROUNDING = 1e-9
"""Share that is only rounding."""
FAR = 10.0
"""A gap beyond this says no more than that it is beyond."""
LEFT = 2
"""Columns of a table that hold names."""


def page(suite: Suite, table: pd.DataFrame) -> str:
    """Return the page of one table of results."""
    relaxations = by_relaxation(table)
    return "\n".join(
        [
            f"# {suite.name}",
            "",
            f"{suite.title}.",
            "",
            made_of(table),
            "",
            *by_case(table),
            "",
            *by_method(table),
            "",
            *([*relaxations, ""] if relaxations else []),
        ]
    )


def commits_in(table: pd.DataFrame) -> str:
    """Return the commits that the runs of a table are of."""
    return ", ".join(dict.fromkeys(map(str, table["commit"])))


def made_of(table: pd.DataFrame) -> str:
    """Return on what days, from which commits and on what machines the runs of a table were."""
    days = ", ".join(sorted(set(table["date"])))
    machines = "; ".join(dict.fromkeys(table["machine"]))
    return f"{days}, commit {commits_in(table)}, on {machines}."


def by_case(table: pd.DataFrame) -> list[str]:
    """Return one row for each case and method: median, and in brackets least and most."""
    rows = []
    for (case, method), runs in table.groupby(["case", "method"], sort=False):
        ended = runs["status"].value_counts()
        rows.append(
            [
                str(case),
                str(method),
                str(len(runs)),
                _median(runs["time_limit"], seconds),
                ", ".join(f"{count} {words}" for words, count in ended.items()),
                _median(runs["value"], number),
                _median(runs["gap"], percent),
                _median(runs["gap_to_best"], percent),
                _median(runs["seconds"], seconds),
                _median(runs["first_plan"], seconds),
                _median(runs["primal_integral"], seconds),
                _median(runs["outside_share"], share),
                f"{runs['peak_mb'].max():,.0f}",
            ]
        )
    return markdown(CASE_HEADER, rows)


def by_method(table: pd.DataFrame) -> list[str]:
    """Return one row for each method: shifted geometric mean of seconds, mean of integrals."""
    rows = []
    for method, runs in table.groupby("method", sort=False):
        within = runs["gap"] <= runs["gap_asked"] + 1e-6
        rows.append(
            [
                str(method),
                str(len(runs)),
                str(int(runs["value"].notna().sum())),
                str(int(within.sum())),
                seconds(shifted_geometric_mean(runs["seconds"])),
                seconds(float(runs["primal_integral"].mean())),
            ]
        )
    note = "Seconds are shifted geometric means (shift 10 s), primal integrals means."
    return [note, "", *markdown(METHOD_HEADER, rows, left=1)]


def by_relaxation(table: pd.DataFrame) -> list[str]:
    """Return what the relaxation of each model is worth, where that was noted."""
    if "relaxation" not in table:
        return []
    rows = [
        [
            str(row["case"]),
            str(row["method"]),
            *(f"{int(row[name]):,}" for name in ("rows", "nonzeros")),
            number(row["relaxation"]),
            seconds(row["relaxation_seconds"]),
        ]
        for row in table[table["relaxation"].notna()].to_dict("records")
    ]
    return ["Linear relaxations, by an interior point method:", "", *markdown(LINEAR_HEADER, rows)]


def markdown(header: Sequence[str], rows: Texts, left: int = LEFT) -> list[str]:
    """Return the lines of a table; all but the first columns are set to the right."""
    rule = ["---"] * left + ["--:"] * (len(header) - left)
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]


def write_page(file: Path, text: str) -> None:
    """Write a page with Unix line ends."""
    file.write_text(text, encoding="utf-8", newline="\n")


def number(value: float) -> str:
    """Return a number with six digits, or three decimals where it is large; a dash for none."""
    if not math.isfinite(value):
        return "-"
    if abs(value) < LARGE:
        return f"{value:.6g}"
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def seconds(value: float) -> str:
    """Return seconds; a dash when that was never."""
    if not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def percent(value: float) -> str:
    """Return a share as a percentage with the digits that a gap needs."""
    if not math.isfinite(value):
        return "-"
    if value < ROUNDING:
        return "0 %"
    if value > FAR:
        return f"over {100 * FAR:.0f} %"
    return f"{100 * value:.2g} %" if value < 0.1 else f"{100 * value:.0f} %"


def share(value: float) -> str:
    """Return a share as a whole percentage."""
    return f"{100 * value:.0f} %" if math.isfinite(value) else "-"


def _median(values: pd.Series[Any], text: Callable[[float], str]) -> str:
    known = [float(value) for value in values if not math.isnan(value)]
    if not known:
        return "-"
    middle, least, most = spread(known)
    said = list(dict.fromkeys(map(text, (least, most))))
    return (
        text(middle)
        if len(known) == 1 or len(said) == 1
        else (f"{text(middle)} ({said[0]} to {said[1]})")
    )


def pairs(table: pd.DataFrame, one: str, other: str) -> Iterator[tuple[Any, Any]]:
    """Yield the rows of two methods on the same case and seed, side by side."""
    keyed = {(row["case"], row["seed"], row["method"]): row for row in table.to_dict("records")}
    for (case, seed, method), row in keyed.items():
        if method == one and (case, seed, other) in keyed:
            yield row, keyed[case, seed, other]
