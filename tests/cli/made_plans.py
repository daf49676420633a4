"""Plans from a few rows, to be shown: they need not add up."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pandas as pd
from rich.console import Console

from coverage_opt.cli import report
from coverage_opt.cli.names import Names
from coverage_opt.plan.plan import COUNT_COLUMNS, TABLES, TEXT_COLUMNS, Plan
from coverage_opt.policy.load import load_policy
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario

Rows = Sequence[tuple[object, ...]]

BASELINE = (Scenario("baseline", "Baseline", 1.0),)
TWO = (Scenario("slow", "Slow decline", 0.75), Scenario("fast", "Fast decline", 0.25))


def plan_of(
    status: str = "feasible",
    periods: tuple[int, ...] = (2035,),
    scenarios: tuple[Scenario, ...] = BASELINE,
    **tables: Rows,
) -> Plan:
    """Return a plan with these rows, and no others."""
    return Plan(
        status,
        "tiny",
        "ab12",
        load_policy("modular"),
        periods,
        "baseline" if scenarios == BASELINE else "decline",
        scenarios,
        {"gap_asked": 1e-3},
        {name: _table(name, tables.get(name, ())) for name in TABLES},
    )


def shown(plan: Plan, region: Region | None = None) -> str:
    """Return the report as it is printed on a terminal of 80 columns."""
    console = Console(file=io.StringIO(), width=80, markup=False, emoji=False, highlight=False)
    report.show(plan, Names(plan, region), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def section(text: str, heading: str) -> list[str]:
    """Return the lines below a heading, without blanks around them."""
    lines = text.splitlines()
    place = next(at for at, line in enumerate(lines) if line.startswith(heading))
    rest = lines[place + 1 :]
    end = next((at for at, line in enumerate(rest) if not line.strip()), len(rest))
    return [line.rstrip() for line in rest[:end]]


def _table(name: str, rows: Rows) -> pd.DataFrame:
    kinds = {column: _kind(column) for column in TABLES[name]}
    return pd.DataFrame(rows, columns=list(TABLES[name])).astype(kinds)


def _kind(column: str) -> str:
    if column in TEXT_COLUMNS:
        return "str"
    return "int64" if column in COUNT_COLUMNS else "float64"
