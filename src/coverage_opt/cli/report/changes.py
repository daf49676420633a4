"""For whom it changes: who gets something else than asked for."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from coverage_opt.cli.figures import amount
from coverage_opt.cli.names import Names
from coverage_opt.cli.report.grid import plain
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.weighing import expected

CHANGES_SHOWN = 8
SMALLEST_CHANGE = 0.05
"""Learners a year below which a change is not worth telling."""
NO_PLACE = "(no place)"


def largest_changes(plan: Plan, names: Names) -> Table | Text:
    """Return who gets something else than asked for, the most learners first."""
    changed = sorted(_changed(plan, names), key=lambda change: (-change[2], change))
    if not changed:
        return Text("Everybody gets what they asked for.")
    table = plain("Asked for", "Takes", "Learners", numbers=("Learners",))
    for asked, takes, learners in changed[:CHANGES_SHOWN]:
        table.add_row(asked, takes, amount(learners))
    rest = changed[CHANGES_SHOWN:]
    if rest:
        together = sum(learners for _, _, learners in rest)
        table.add_row(f"... and {len(rest)} smaller ones", "", amount(together))
    return table


def _changed(plan: Plan, names: Names) -> Iterator[tuple[str, str, float]]:
    """Yield what was asked for, what is taken instead, and by how many learners a year."""
    taken = expected(plan, "switches", ["choice", "programme"])
    pairs = list(zip(taken["choice"], taken["programme"], strict=True))
    flows = zip(pairs, taken["learners"], names.first_choices(pairs), strict=True)
    for (choice, programme), learners, met in flows:
        if not met and learners > SMALLEST_CHANGE:
            yield names.choice(choice), names.programme(programme), float(learners)
    without = expected(plan, "unplaced", ["choice"])
    for choice, learners in zip(without["choice"], without["learners"], strict=True):
        if learners > SMALLEST_CHANGE:
            yield names.choice(choice), NO_PLACE, float(learners)
