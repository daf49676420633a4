"""The page of results: what was to be reached, what was, and the tables behind it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from benchmarks.best_known import read_best
from benchmarks.question import Suite
from benchmarks.registry import SUITES
from benchmarks.results import RESULTS, against_best, newest_runs, read_table, tables_of
from benchmarks.summary import (
    by_case,
    by_method,
    by_relaxation,
    made_of,
    markdown,
    page,
    write_page,
)
from benchmarks.targets import NOT_MEASURED, TARGETS, Verdict

LEFT_OUT = ("smoke",)
"""Suites that measure nothing of interest."""
TEXT = Path(__file__).with_name("report.md")
"""What the page says besides its tables: everything above and below ``[tables]``."""
TRIED = Path(__file__).with_name("tried.yaml")
"""Target -> what was tried for it; shown as long as it is not met."""
WORDS = {True: "met", False: "**not met**", None: "not measured"}


def report_page(results: Path = RESULTS) -> str:
    """Return the page, made from the newest runs of each suite.

    Args:
        results: folder of the tables of results.
    """
    found = {name: newest_runs(name, results) for name in SUITES}
    best = read_best()
    tables = {
        name: against_best(SUITES[name], table, best)
        for name, table in found.items()
        if table is not None
    }
    sections = ["## Targets", "", *_targets(tables), ""]
    for name, suite in SUITES.items():
        if name not in LEFT_OUT:
            sections += [*_section(suite, tables.get(name)), ""]
    text = TEXT.read_text(encoding="utf-8")
    return text.replace("[tables]", "\n".join(sections).rstrip())


def _targets(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the table of the targets, and what was tried for those that are not met."""
    rows, tried = [], []
    words: Mapping[str, str] = yaml.safe_load(TRIED.read_text(encoding="utf-8"))
    for target in TARGETS:
        table = tables.get(target.suite)
        verdict: Verdict = NOT_MEASURED if table is None else target.judge(table)
        rows.append([target.suite, target.words, WORDS[verdict.met], verdict.figure])
        if verdict.met is not True and target.name in words:
            tried.append(f"- **{target.suite}**, {target.words}: {words[target.name].strip()}")
    lines = markdown(("suite", "target", "", "measured"), rows, left=4)
    return [*lines, "", "What was tried where a target is not met:", "", *tried] if tried else lines


def _section(suite: Suite, table: pd.DataFrame | None) -> list[str]:
    lines = [f"## {suite.name}", "", f"{suite.title}.", ""]
    if table is None:
        return [*lines, "Not run yet."]
    lines += [made_of(table), ""]
    ran = set(table["case"])
    missing = [case.name for case in suite.cases if case.name not in ran]
    relaxations = by_relaxation(table)
    more = ["", *relaxations] if relaxations else []
    more += ["", f"Not run: {', '.join(missing)}."] if missing else []
    return [*lines, *by_case(table), "", *by_method(table), *more]


def write_pages(results: Path = RESULTS) -> list[Path]:
    """Write the page beside each table of results anew, and return the pages.

    Args:
        results: folder of the tables of results.
    """
    pages = []
    for name, suite in SUITES.items():
        for file in tables_of(name, results):
            pages.append(file.with_suffix(".md"))
            write_page(pages[-1], page(suite, read_table(file)))
    return pages
