"""Shortage occupations: who can learn them, and how many openings are filled."""

from __future__ import annotations

import pandas as pd

from coverage_opt.frames import mapping
from coverage_opt.plan.weighing import expected
from coverage_opt.report.figures.places import PLACE, zone_counts
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Table

KEY = ["period", "occupation"]


def occupations(run: Run) -> Table:
    """Return each shortage occupation in each period: its reach, openings and graduates."""
    region = run.region
    found = _reached(run).reset_index()
    for column in ("openings", "graduates", "filled"):
        sums = expected(run.plan, "filled", ["occupation"], column, each_period=True)
        found = found.merge(sums, on=KEY, how="left")
    found["filled_share"] = (found["filled"] / found["openings"]).where(found["openings"] > 0)
    about = region.occupations.set_index("occupation")
    found = found.merge(about, left_on="occupation", right_index=True)
    columns = (
        Column("period", noop("Year"), "year"),
        Column("name", noop("Occupation")),
        Column("prospect", noop("Prospect"), "word"),
        Column("weight", noop("Shortage weight"), "number"),
        Column("reached", noop("Within reach of"), "share"),
        Column("openings", noop("Openings a year"), "learners"),
        Column("graduates", noop("Graduates a year"), "learners"),
        Column("filled_share", noop("Openings filled"), "share"),
    )
    ordered = found.sort_values(
        ["period", "weight", "name"], ascending=[True, False, True], ignore_index=True
    )
    return Table("occupations", noop("Shortage occupations"), columns, ordered)


def _reached(run: Run) -> pd.Series:
    """Return the share of the young learners of a period who can learn an occupation."""
    young = zone_counts(run)["young"].rename("learners")
    reach = run.plan.table("reach").merge(young.reset_index(), on=PLACE)
    reach["reached"] = reach["reach"] * reach["learners"]
    sums = reach.groupby(KEY)[["reached", "learners"]].sum()
    return (sums["reached"] / sums["learners"]).where(sums["learners"] > 0).rename("reached")


def programmes_for(run: Run) -> dict[str, str]:
    """Return, for each programme that leads to shortage occupations, their names."""
    occupations = run.region.occupations
    short = occupations[occupations["weight"] > 0]
    names = mapping(short, "occupation", "name")
    leads = run.region.leads_to
    leads = leads[leads["occupation"].isin(names)].sort_values("share", ascending=False)
    told = leads.assign(name=leads["occupation"].map(names)).groupby("programme")["name"]
    return {str(programme): ", ".join(listed) for programme, listed in told}
