"""What the plan is worth, and what each objective reached."""

from __future__ import annotations

from rich.table import Table

from coverage_opt.cli.duration import in_words
from coverage_opt.cli.figures import in_unit, percentage, significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.plan.plan import Plan
from coverage_opt.report.words import MEANINGS


def indicators(plan: Plan) -> Table:
    """Return every indicator with its unit and meaning."""
    table = plain("Indicator", "Value", "Unit", "Meaning", numbers=("Value",))
    rows = plan.table("indicators")
    for name, unit, value in zip(rows["name"], rows["unit"], rows["value"], strict=True):
        table.add_row(name, in_unit(value, unit), unit, MEANINGS.get(name, ""))
    return table


def stages(plan: Plan) -> Table:
    """Return what each stage reached, with its bound and gap."""
    numbers = ("Value", "Best", "Gap", "Time")
    table = plain("", "Goal", *numbers, "Status", numbers=numbers)
    for row in plan.stages.to_dict("records"):
        table.add_row(
            str(row["stage"]),
            f"{row['sense']} {row['goal']}",
            significant(row["value"]),
            significant(row["bound"]),
            percentage(row["gap"], 2),
            in_words(row["seconds"]),
            row["status"],
        )
    return table
