"""Ways to make a plan wrong on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from coverage_opt.plan.plan import Plan
from coverage_opt.rules.base import Violation
from plans import with_table

Change = Callable[[pd.DataFrame], pd.DataFrame]


def with_changes(plan: Plan, **changes: Change) -> Plan:
    """Return the plan with some of its tables changed."""
    for name, change in changes.items():
        plan = with_table(plan, name, change(plan.table(name)))
    return plan


def one_row(table: pd.DataFrame, **values: Any) -> pd.Series:
    fits = pd.Series(True, index=table.index)
    for column, value in values.items():
        fits &= table[column] == value
    assert fits.sum() == 1, values
    return fits


def moved(by: float, **values: Any) -> Change:
    """Return a change that adds to the learners of the one row with these values."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(learners=table["learners"] + by * one_row(table, **values))

    return change


def without(**values: Any) -> Change:
    """Return a change that drops the one row with these values."""
    return lambda table: table[~one_row(table, **values)]


def more(*rows: tuple[Any, ...]) -> Change:
    """Return a change that adds rows."""
    return lambda table: pd.concat([table, pd.DataFrame(rows, columns=table.columns)])


def unmeasured(plan: Plan, *names: str) -> Plan:
    """Return the plan without some indicators."""
    for table in ("outlook", "indicators"):
        content = plan.table(table)
        plan = with_table(plan, table, content[~content["name"].isin(names)])
    return plan


def first_of(found: tuple[Violation, ...]) -> tuple[str, str, str]:
    """Return rule, place and sentence of the gravest violation."""
    return found[0].rule, found[0].place, found[0].sentence
