"""Zones, municipalities and sites: what is within reach of whom, and what is offered where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coverage_opt.frames import mapping, values_at
from coverage_opt.plan.weighing import as_asked, expected, zone_coverage
from coverage_opt.region.region import YOUNG
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Table

PLACE = ["period", "zone"]
BANDS: tuple[tuple[str, float, float], ...] = (
    ("up_to_30", 0.0, 30.0),
    ("up_to_45", 30.0, 45.0),
    ("up_to_60", 45.0, 60.0),
    ("up_to_90", 60.0, 90.0),
    ("beyond_90", 90.0, np.inf),
)
"""Journeys one way in classes: name, more than so many minutes, at most so many."""

_SHARES = (
    Column("learners", noop("Learners a year"), "learners"),
    Column("coverage", noop("Coverage"), "share"),
    Column("placed", noop("Placed"), "share"),
    Column("first_choice", noop("First choice"), "share"),
    Column("minutes", noop("Mean journey, min"), "minutes"),
)


def zones(run: Run) -> Table:
    """Return each zone in each period: who asks, what is within reach, who is served how."""
    counted = zone_counts(run)
    shares = _with_shares(counted).reset_index()
    region = run.region
    shares["municipality"] = shares["zone"].map(mapping(region.zones, "zone", "municipality"))
    shares["name"] = [region.zone_name(zone) for zone in shares["zone"]]
    columns = (
        Column("period", noop("Year"), "year"),
        Column("municipality", noop("Municipality")),
        Column("zone", noop("Zone")),
        Column("name", noop("Place")),
        *_SHARES,
    )
    ordered = shares.sort_values(["period", "municipality", "zone"], ignore_index=True)
    return Table("zones", noop("Zones"), columns, ordered)


def municipalities(run: Run) -> Table:
    """Return each municipality in each period: reach, places and how far learners travel."""
    counted = zone_counts(run).reset_index()
    counted["municipality"] = counted["zone"].map(mapping(run.region.zones, "zone", "municipality"))
    summed = counted.drop(columns="zone").groupby(["period", "municipality"]).sum()
    shares = _with_shares(summed).reset_index()
    columns = (
        Column("period", noop("Year"), "year"),
        Column("municipality", noop("Municipality")),
        *_SHARES,
        Column("up_to_30", noop("Up to 30 min"), "share"),
        Column("up_to_45", noop("30 to 45 min"), "share"),
        Column("up_to_60", noop("45 to 60 min"), "share"),
        Column("up_to_90", noop("60 to 90 min"), "share"),
        Column("beyond_90", noop("Over 90 min"), "share"),
    )
    return Table("municipalities", noop("Municipalities"), columns, shares)


def zone_counts(run: Run) -> pd.DataFrame:
    """Return learners a year by period and zone, expected over the scenarios.

    Returns:
        Index period, zone; columns learners (who ask for a place), young, covered (young times
        coverage), placed, first_choice, journeys (learner-minutes), and one for each of `BANDS`.
    """
    found = _served(run).join(_travelled(run), how="left").fillna(0.0)
    coverage = zone_coverage(run.region, run.plan.table("reach")).set_index(PLACE)["coverage"]
    found["covered"] = found["young"] * coverage.reindex(found.index).fillna(0.0)
    return found


def _served(run: Run) -> pd.DataFrame:
    """Return who asks, how many of them are young, who is placed, and in what they asked for."""
    plan, region = run.plan, run.region
    taken = expected(plan, "switches", ["learner", "zone", "choice", "programme"], each_period=True)
    left = expected(plan, "unplaced", ["learner", "zone", "choice"], each_period=True)
    units = region.units
    alone = units.loc[units["kind"] != "orientation", "unit"]
    left = left[~left["choice"].isin(alone)]
    asked = pd.concat([taken, left])
    sums = {
        "learners": _summed(asked),
        "young": _summed(asked[asked["learner"] == YOUNG]),
        "placed": _summed(taken),
        "first_choice": _summed(taken[as_asked(region, taken)]),
    }
    every = pd.MultiIndex.from_product([plan.periods, region.zones["zone"]], names=PLACE)
    return pd.DataFrame(sums).reindex(every).fillna(0.0)


def _travelled(run: Run) -> pd.DataFrame:
    """Return learner-minutes to programmes, and learners in each class of journey."""
    placed = expected(run.plan, "placements", ["zone", "site"], each_period=True)
    minutes = values_at(run.region.minutes, placed["zone"], placed["site"])
    placed["journeys"] = placed["learners"] * minutes
    for name, over, most in BANDS:
        within = (minutes > over) & (minutes <= most) | (over == 0) & (minutes == 0)
        placed[name] = placed["learners"].where(within, 0.0)
    return placed.groupby(PLACE)[["journeys", *(name for name, _, _ in BANDS)]].sum()


def _with_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Return shares and means out of counts; NaN where there is nobody to take them of."""
    asked, placed = counts["learners"], counts["placed"]
    found = {
        "learners": asked,
        "young": counts["young"],
        "coverage": _ratio(counts["covered"], counts["young"]),
        "placed": _ratio(placed, asked),
        "first_choice": _ratio(counts["first_choice"], asked),
        "minutes": _ratio(counts["journeys"], placed),
        **{name: _ratio(counts[name], placed) for name, _, _ in BANDS},
    }
    return pd.DataFrame(found)


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole).where(whole > 0)


def _summed(table: pd.DataFrame) -> pd.Series:
    return table.groupby(PLACE)["learners"].sum()
