"""What is expected: tables of single years and scenarios, weighed together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coverage_opt.plan.plan import Plan

MORE_IS_BETTER = (
    *("coverage", "filled_openings", "placed", "first_choice", "certificates", "reuse"),
    *("worst_zone", "worst_institution", "saved_hours", "funding", "balance"),
)
LESS_IS_BETTER = ("travel", "travel_minutes", "cost", "changes")


def probability_of(plan: Plan) -> dict[str, float]:
    """Return the probability of each scenario by its name."""
    return {scenario.name: scenario.probability for scenario in plan.scenarios}


def expected(
    plan: Plan, table: str, by: Sequence[str], value: str = "learners", *, each_period: bool = False
) -> pd.DataFrame:
    """Return the sum of a column by some keys: a mean over the periods, expected over scenarios.

    Args:
        plan: the plan.
        table: one of its tables that has a period.
        by: the keys.
        value: the column that is summed.
        each_period: whether the period is a key too, and the mean over periods is left out.
    """
    found = plan.table(table)
    if "scenario" in found:
        found[value] = found[value] * found["scenario"].map(probability_of(plan)).astype(float)
    if not each_period:
        found[value] /= len(plan.periods)
    keys = ["period", *by] if each_period else list(by)
    return found.groupby(keys)[value].sum().reset_index()


def outlook_of(plan: Plan, name: str) -> pd.DataFrame:
    """Return an indicator in every moment: index scenario, columns period; plan order."""
    found = plan.table("outlook")
    found = found[found["name"] == name]
    grid = found.pivot_table(index="scenario", columns="period", values="value", dropna=False)
    return grid.reindex([scenario.name for scenario in plan.scenarios])


def expected_outlook(plan: Plan, name: str) -> dict[int, float]:
    """Return what is expected of an indicator in each period."""
    grid = outlook_of(plan, name)
    weights = pd.Series(probability_of(plan))
    return {int(period): float((grid[period] * weights).sum()) for period in grid.columns}
