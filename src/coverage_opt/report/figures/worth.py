"""What a plan is worth: its indicators, year by year, and how good it is proven to be."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coverage_opt.plan.weighing import expected_outlook, outlook_of
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Measure, Table
from coverage_opt.report.words import MEANINGS, TITLES


def measures(values: Iterable[float], units: Iterable[str]) -> pd.Series:
    """Return numbers with their units."""
    pairs = zip(values, units, strict=True)
    return pd.Series([Measure(value, unit) for value, unit in pairs], dtype="object")


def indicators(run: Run) -> Table:
    """Return every indicator: what it is called, says and is worth."""
    found = run.plan.table("indicators")
    found["title"] = found["name"].map(dict(TITLES))
    found["meaning"] = found["name"].map(dict(MEANINGS))
    found["measure"] = measures(found["value"], found["unit"])
    columns = (
        Column("title", noop("Indicator"), "word"),
        Column("measure", noop("Value"), "measure"),
        Column("unit", noop("Measured in"), "word"),
        Column("meaning", noop("What it says"), "word"),
    )
    return Table("indicators", noop("Indicators"), columns, found)


def outlook(run: Run) -> Table:
    """Return every indicator in each period: expected, and its range over the scenarios."""
    units = dict(
        zip(*(run.plan.table("indicators")[name] for name in ("name", "unit")), strict=True)
    )
    found = []
    for name, unit in units.items():
        grid = outlook_of(run.plan, name)
        for period, value in expected_outlook(run.plan, name).items():
            ends = (float(grid[period].min()), float(grid[period].max()))
            measures = [Measure(one, unit) for one in (value, *ends)]
            found.append((period, name, TITLES[name], unit, value, *ends, *measures))
    raw = ["period", "name", "title", "unit", "value", "low", "high"]
    table = pd.DataFrame(found, columns=[*raw, "expected", "lowest", "highest"])
    uncertain = len(run.plan.scenarios) > 1
    columns = (
        Column("title", noop("Indicator"), "word"),
        Column("period", noop("Year"), "year"),
        Column("expected", noop("Expected"), "measure"),
        *((Column("lowest", noop("Lowest"), "measure"),) if uncertain else ()),
        *((Column("highest", noop("Highest"), "measure"),) if uncertain else ()),
        Column("unit", noop("Measured in"), "word"),
    )
    return Table("outlook", noop("Outlook"), columns, table)


def scenarios(run: Run) -> Table:
    """Return the futures that the plan is for, with their probabilities."""
    futures = [(one.title, one.probability) for one in run.plan.scenarios]
    columns = (
        Column("title", noop("Scenario")),
        Column("probability", noop("Probability"), "share"),
    )
    table = pd.DataFrame(futures, columns=["title", "probability"])
    return Table("scenarios", noop("Scenarios"), columns, table)


def stages(run: Run) -> Table:
    """Return what each stage of the objective reached, and how much better could exist."""
    columns = (
        Column("stage", noop("Stage"), "count"),
        Column("sense", noop("Sense"), "word"),
        Column("goal", noop("Goal")),
        Column("value", noop("Value"), "number"),
        Column("bound", noop("Best possible"), "number"),
        Column("gap", noop("Gap"), "share"),
        Column("seconds", noop("Seconds"), "number"),
        Column("status", noop("Status"), "word"),
    )
    return Table("stages", noop("What each objective reached"), columns, run.plan.stages)
