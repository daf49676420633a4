"""What is to be expected year by year, and how much hangs on the scenario that comes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.console import RenderableType
from rich.table import Table

from coverage_opt.cli.figures import in_unit, percentage
from coverage_opt.cli.report.grid import Line, over_periods, plain
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.weighing import (
    LESS_IS_BETTER,
    expected_outlook,
    outlook_of,
)

KEY_INDICATORS = (
    *("learners", "offers", "coverage", "filled_openings", "placed", "first_choice"),
    *("certificates", "worst_zone", "worst_institution", "travel", "cost", "balance", "changes"),
)
OF_A_SCENARIO = ("learners", "coverage", "placed", "first_choice", "balance")
_SHORT = {"first_choice": "first choice"}


def outlook(plan: Plan) -> list[RenderableType]:
    """Return the key indicators in each period: expected, worst and best."""
    rows = plan.table("indicators")
    units = dict(zip(rows["name"], rows["unit"], strict=True))
    lines = [
        line for name in KEY_INDICATORS if name in units for line in _lines(plan, name, units[name])
    ]
    return over_periods(plan.periods, lines)


def _lines(plan: Plan, name: str, unit: str) -> Iterator[Line]:
    """Yield what is expected, and the range over the scenarios where there is one."""
    grid = outlook_of(plan, name)
    middle = {year: in_unit(value, unit) for year, value in expected_outlook(plan, name).items()}
    yield Line(name, middle)
    ends = [_end(grid, unit, largest=largest) for largest in (False, True)]
    if ends[0][1] == ends[1][1]:
        return  # the same in every scenario
    words = ("lowest", "highest") if name in _NEITHER else ("worst", "best")
    for word, (scenario, figures) in zip(
        words, reversed(ends) if name in LESS_IS_BETTER else ends, strict=True
    ):
        yield Line(f"{word}: {_titled(plan, scenario)}" if scenario else word, figures, under=True)


_NEITHER = ("learners", "offers")


def _end(grid: pd.DataFrame, unit: str, *, largest: bool) -> tuple[str | None, dict[int, str]]:
    """Return one end of the range, with the scenario when it is the same in every period."""
    values = grid.max() if largest else grid.min()
    where = grid.idxmax() if largest else grid.idxmin()
    figures = {
        int(year): in_unit(float(value), unit)
        for year, value in zip(values.index, values, strict=True)
    }
    return (str(where.iloc[0]) if len(set(where)) == 1 else None), figures


def _titled(plan: Plan, scenario: str) -> str:
    return next(one.title for one in plan.scenarios if one.name == scenario)


def scenarios(plan: Plan) -> Table:
    """Return the means over the periods under each scenario."""
    rows = plan.table("indicators")
    units = {
        name: unit
        for name, unit in zip(rows["name"], rows["unit"], strict=True)
        if name in OF_A_SCENARIO
    }
    shown = [name for name in OF_A_SCENARIO if name in units]
    columns = tuple(_SHORT.get(name, name).capitalize() for name in shown)
    table = plain("Scenario", "Chance", *columns, numbers=("Chance", *columns))
    means = {name: outlook_of(plan, name).mean(axis=1) for name in shown}
    for scenario in plan.scenarios:
        figures = [in_unit(float(means[name][scenario.name]), units[name]) for name in shown]
        table.add_row(scenario.title, percentage(scenario.probability, 0), *figures)
    return table
