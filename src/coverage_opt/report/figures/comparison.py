"""Plans for the same region side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coverage_opt.plan.weighing import expected
from coverage_opt.report.figures.places import municipalities
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Kind, Measure, Table
from coverage_opt.report.words import TITLES


def compared_indicators(runs: Sequence[Run]) -> Table:
    """Return every indicator of every plan."""
    values = {key: run.plan.indicators for key, run in _keyed(runs).items()}
    units = runs[0].plan.table("indicators")
    found = [
        {
            "title": TITLES[name],
            **{
                key: Measure(of_run[name], unit) if name in of_run else None
                for key, of_run in values.items()
            },
            "unit": unit,
        }
        for name, unit in zip(units["name"], units["unit"], strict=True)
    ]
    columns = (
        Column("title", noop("Indicator"), "word"),
        *_of_runs(runs, "measure"),
        Column("unit", noop("Measured in"), "word"),
    )
    return Table(
        "compared_indicators", noop("Indicators of each plan"), columns, pd.DataFrame(found)
    )


def compared_offers(runs: Sequence[Run]) -> Table:
    """Return the offers that are not the same in all plans, with learners a year in each.

    Means over the periods of each plan; blank where a plan does not offer it.
    """
    region = runs[0].region
    grid = pd.DataFrame({key: _mean_learners(run) for key, run in _keyed(runs).items()})
    differing = grid[grid.isna().any(axis=1)].reset_index()
    differing["name"] = [region.programme_name(one) for one in differing["programme"]]
    differing["site_name"] = [region.site_name(one) for one in differing["site"]]
    columns = (
        Column("name", noop("Programme")),
        Column("site_name", noop("Site")),
        *_of_runs(runs, "learners"),
    )
    ordered = differing.sort_values(["name", "site_name"], ignore_index=True)
    return Table("compared_offers", noop("Offers that differ"), columns, ordered)


def compared_municipalities(runs: Sequence[Run]) -> Table:
    """Return the coverage of each municipality under each plan, in the mean over its periods."""
    grid = pd.DataFrame(
        {
            key: municipalities(run).rows.groupby("municipality")["coverage"].mean()
            for key, run in _keyed(runs).items()
        }
    )
    columns = (Column("municipality", noop("Municipality")), *_of_runs(runs, "share"))
    title = noop("Coverage of each municipality")
    return Table("compared_municipalities", title, columns, grid.reset_index())


def compared_money(runs: Sequence[Run]) -> Table:
    """Return the balance of each institution under each plan, EUR a year; the mean of its years."""
    region = runs[0].region
    grid = pd.DataFrame(
        {
            key: expected(run.plan, "money", ["institution"], "balance").set_index("institution")[
                "balance"
            ]
            for key, run in _keyed(runs).items()
        }
    ).reset_index()
    grid["name"] = [region.institution_name(one) for one in grid["institution"]]
    columns = (Column("name", noop("Institution"), "word"), *_of_runs(runs, "euros"))
    title = noop("Balance of each institution, EUR a year")
    return Table("compared_money", title, columns, grid)


def _of_runs(runs: Sequence[Run], kind: Kind) -> tuple[Column, ...]:
    return tuple(Column(key, run.name, kind, named=True) for key, run in _keyed(runs).items())


def _keyed(runs: Sequence[Run]) -> dict[str, Run]:
    """Return the runs under keys that no other column has."""
    return {f"plan_{place}": run for place, run in enumerate(runs, start=1)}


def _mean_learners(run: Run) -> pd.Series:
    sums = run.plan.offers.groupby(["programme", "site"])["learners"].sum()
    return sums / len(run.plan.periods)
