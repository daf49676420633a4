"""What institutions earn and spend, and the hours their teachers give."""

from __future__ import annotations

from coverage_opt.frames import mapping
from coverage_opt.plan.weighing import expected
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Table

PARTS = ("funding", "cost", "balance")
KEY = ["period", "institution"]


def money(run: Run) -> Table:
    """Return funding, cost and balance of each institution in each period, EUR a year.

    Expected over the scenarios; ``worst`` is the smallest balance over them.
    """
    plan, region = run.plan, run.region
    found = plan.table("money")[KEY].drop_duplicates(ignore_index=True)
    for part in PARTS:
        sums = expected(plan, "money", ["institution"], part, each_period=True)
        found = found.merge(sums, on=KEY)
    worst = plan.table("money").groupby(KEY)["balance"].min().rename("worst").reset_index()
    found = found.merge(worst, on=KEY)
    found["name"] = [region.institution_name(one) for one in found["institution"]]
    uncertain = len(plan.scenarios) > 1
    columns = (
        Column("period", noop("Year"), "year"),
        Column("name", noop("Institution"), "word"),
        Column("funding", noop("Funding"), "euros"),
        Column("cost", noop("Cost"), "euros"),
        Column("balance", noop("Balance"), "euros"),
        *((Column("worst", noop("Balance, worst scenario"), "euros"),) if uncertain else ()),
    )
    ordered = found.sort_values(["period", "name"], ignore_index=True)
    return Table("money", noop("Money of each institution, EUR a year"), columns, ordered)


def teachers(run: Run) -> Table:
    """Return the group hours that teachers give, and can give where that is known."""
    region = run.region
    found = run.plan.table("teachers")
    known = mapping(region.teachers, ["institution", "domain"], "hours")
    pairs = zip(found["institution"], found["domain"], strict=True)
    found["available"] = [known.get(pair) for pair in pairs]
    found["name"] = [region.institution_name(one) for one in found["institution"]]
    columns = (
        Column("period", noop("Year"), "year"),
        Column("name", noop("Institution"), "word"),
        Column("domain", noop("Domain"), "word"),
        Column("hours", noop("Group hours a year"), "count"),
        *((Column("available", noop("Can be given"), "count"),) if known else ()),
    )
    ordered = found.sort_values(["period", "name", "domain"], ignore_index=True)
    return Table("teachers", noop("Group hours of teachers"), columns, ordered)
