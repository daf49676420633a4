"""What is expected: tables of single years and scenarios, weighed together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coverage_opt.frames import mapping, rows
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region

Pair = tuple[str, str]

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


def as_asked(region: Region, taken: pd.DataFrame) -> pd.Series:
    """Tell of each row, with a choice and a programme, whether that is what was asked for.

    An orientation unit is met by every programme that may follow it.
    """
    stated = region.afterwards
    users = region.curriculum
    free = users[~users["unit"].isin(stated["unit"])]
    met = {*rows(free, "unit", "programme"), *rows(stated, "unit", "programme")}
    found = [pair in met or pair[0] == pair[1] for pair in rows(taken, "choice", "programme")]
    return pd.Series(found, index=taken.index, dtype=bool)


def zone_coverage(region: Region, reach: pd.DataFrame) -> pd.DataFrame:
    """Return period, zone, coverage: weighted share of shortage occupations within reach.

    Args:
        region: the region.
        reach: a plan's table of that name.
    """
    weight = mapping(region.occupations, "occupation", "weight")
    urgency = sum(weight.values())
    weighed = reach["reach"] * reach["occupation"].map(weight).astype("float64")
    found = weighed.groupby([reach["period"], reach["zone"]]).sum() / (urgency or 1.0)
    return found.rename("coverage").reset_index()


def sizes_of_changes(plan: Plan, today: pd.DataFrame | None, period: int) -> dict[Pair, float]:
    """Return learners a year at an offer (programme, site): as it is, or as it was at its close.

    Args:
        plan: the plan.
        today: programme, site, learners of today's offering, where it is known.
        period: one of the plan's.
    """
    offers = plan.offers
    place = plan.periods.index(period)
    if place > 0:
        before = offers[offers["period"] == plan.periods[place - 1]]
    else:
        before = offers.head(0) if today is None else today
    sizes: dict[Pair, float] = {}
    for table in (before, offers[offers["period"] == period]):
        sizes |= mapping(table, ["programme", "site"], "learners")
    return sizes
