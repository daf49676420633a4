"""What the plan is worth, and what each objective reached."""

from __future__ import annotations

from rich.table import Table

from coverage_opt.cli.duration import in_words
from coverage_opt.cli.figures import in_unit, percentage, significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.plan.plan import Plan

_MEANINGS = {
    "coverage": "shortage occupations that can be learned within reach",
    "filled_openings": "openings in shortage occupations filled by graduates",
    "placed": "learners with a place",
    "first_choice": "learners in what they asked for",
    "certificates": "adults who ask for a single unit and can take it",
    "reuse": "contact hours saved by teaching together",
    "worst_zone": "coverage of the zone that has the least",
    "worst_institution": "learners kept by the institution that keeps the fewest",
    "saved_hours": "contact hours saved by teaching together",
    "group_hours": "contact hours of all groups together",
    "travel": "mean journey one way of those placed",
    "travel_minutes": "all journeys one way together",
    "mean_group": "mean size of a teaching group",
    "cost": "what it costs, all institutions together",
    "funding": "what it is funded with, all institutions together",
    "balance": "funding less cost",
    "changes": "times an offer opens or closes, over all years",
    "offers": "programmes, counted at every site",
    "programmes": "programmes offered anywhere",
    "units": "teaching units, counted at every site",
    "sites": "sites that teach",
    "learners": "learners who ask for a place",
    "certificate_learners": "adults who ask for a single unit",
}


def indicators(plan: Plan) -> Table:
    """Return every indicator with its unit and meaning."""
    table = plain("Indicator", "Value", "Unit", "Meaning", numbers=("Value",))
    rows = plan.table("indicators")
    for name, unit, value in zip(rows["name"], rows["unit"], rows["value"], strict=True):
        table.add_row(name, in_unit(value, unit), unit, _MEANINGS.get(name, ""))
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
