"""Single units that adults take without a programme."""

from __future__ import annotations

from rich.table import Table

from coverage_opt.cli.figures import amount
from coverage_opt.cli.names import Names
from coverage_opt.cli.report.grid import plain
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.weighing import expected

UNITS_SHOWN = 8


def alone(plan: Plan, names: Names) -> Table:
    """Return the units that most adults take alone, and where."""
    taken = expected(plan, "certificates", ["unit"])
    taken = taken.sort_values(["learners", "unit"], ascending=[False, True])
    sites = plan.table("certificates").groupby("unit")["site"].unique()
    table = plain("Unit", "Learners", "At", numbers=("Learners",))
    first, rest = taken.head(UNITS_SHOWN), taken.iloc[UNITS_SHOWN:]
    for unit, learners in zip(first["unit"], first["learners"], strict=True):
        where = ", ".join(sorted(names.site(site) for site in sites[unit]))
        table.add_row(names.unit(unit), amount(float(learners)), where)
    if len(rest):
        table.add_row(f"... and {len(rest)} others", amount(float(rest["learners"].sum())), "")
    return table
