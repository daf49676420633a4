"""What each institution is funded with, what it spends, and what is left."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.console import RenderableType

from coverage_opt.cli.names import Names
from coverage_opt.cli.report.grid import Line, over_periods
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.weighing import expected

PARTS = ("funding", "cost", "balance")


def accounts(plan: Plan, names: Names) -> list[RenderableType]:
    """Return funding, cost and balance of each institution, in thousands of EUR a year.

    What is expected over the scenarios; where they differ, also the smallest balance.
    """
    found = plan.table("money")
    lines: list[Line] = []
    for institution in sorted(found["institution"].unique(), key=names.institution):
        lines += _account(plan, str(institution), names.institution(str(institution)))
    if len(set(found["institution"])) > 1:
        lines += _account(plan, None, "all together")
    return over_periods(plan.periods, lines)


def _account(plan: Plan, institution: str | None, label: str) -> Iterator[Line]:
    """Yield the lines of one institution, or of all together for None."""
    yield Line(label, {})
    for part in PARTS:
        table = expected(plan, "money", ["institution"], part, each_period=True)
        yield Line(part, _thousands(_of(table, institution), part), under=True)
    if len(plan.scenarios) > 1:
        every = _of(plan.table("money"), institution)
        each = every.groupby(["period", "scenario"], as_index=False)["balance"].sum()
        smallest = each.groupby("period", as_index=False)["balance"].min()
        yield Line("balance, worst scenario", _thousands(smallest, "balance"), under=True)


def _of(table: pd.DataFrame, institution: str | None) -> pd.DataFrame:
    return table if institution is None else table[table["institution"] == institution]


def _thousands(table: pd.DataFrame, part: str) -> dict[int, str]:
    sums = table.groupby("period")[part].sum()
    return {
        int(str(year)): f"{float(value) / 1000:,.0f}"
        for year, value in zip(sums.index, sums, strict=True)
    }
