"""Periods: every table has those of the region, and no other."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem
from coverage_opt.reading.tables import Table
from coverage_opt.region.checks.registry import (
    Tables,
    positions,
    readable,
)

_EVERY_PERIOD = {"cohorts": "zone", "openings": "occupation", "adult_cohorts": "zone"}
"""Tables in which everything of a kind has a row for every period."""

_SOMEBODY = ("cohorts", "demand")
"""Tables that give learners in every period; there need be no adults in one."""

_WITH_PERIODS = ("cohorts", "openings", "demand", "adult_cohorts", "adult_demand", "factors")


def period_problems(tables: Tables, periods: tuple[int, ...], settings: str) -> Iterator[Problem]:
    """Yield where tables do not have the periods of ``region.yaml`` (called `settings`)."""
    for name in _WITH_PERIODS:
        if not readable(tables, name):
            continue
        table = tables[name]
        strange = ~table.rows["period"].isin(periods) & table.rows["period"].notna()
        if strange.any():
            advice = f"{settings} has the periods {', '.join(map(str, periods))}"
            what = "a period the region is not planned for"
            yield table.problem(what, positions(strange), advice=advice)
        owner = _EVERY_PERIOD.get(name, "")
        if owner and readable(tables, f"{owner}s"):
            yield from _missing_periods(table, tables[f"{owner}s"], owner, periods)
        if name in _SOMEBODY:
            yield from _empty_periods(table, periods)


def _missing_periods(
    table: Table, owners: Table, owner: str, periods: tuple[int, ...]
) -> Iterator[Problem]:
    given = set(zip(table.rows[owner], table.rows["period"], strict=True))
    rows = []
    for name in dict.fromkeys(owners.rows[owner]):
        missing = [str(period) for period in periods if (name, period) not in given]
        if missing:
            rows.append(f"{owner} {name}: nothing for {', '.join(missing)}")
    if rows:
        what = f"not every {owner} has a row for every period"
        yield Problem(what, table.source, tuple(rows), "add the rows, with 0 where it is none")


def _empty_periods(table: Table, periods: tuple[int, ...]) -> Iterator[Problem]:
    if table.rows["learners"].isna().any():
        return
    learners = table.rows.groupby("period")["learners"].sum()
    empty = [str(period) for period in periods if learners.get(period, 0.0) <= 0]
    if empty:
        rows = tuple(f"period {period}" for period in empty)
        advice = "give learners, or leave the period out of the region"
        yield Problem("a period without any learners", table.source, rows, advice)
