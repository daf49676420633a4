"""Changes of a policy that bring something within reach, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from coverage_opt.analysis.bringing_in import Proposal
from coverage_opt.analysis.why_reach import ReachReasons
from coverage_opt.cli.answers import explain_page, words
from coverage_opt.cli.answers.in_hand import InHand
from coverage_opt.cli.figures import amount, in_unit, quoted, significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.plan.indicators import INDICATOR_UNITS


def show(reasons: ReachReasons, found: InHand, console: Console) -> None:
    """Print the changes, the smallest first, and the indicators of the plan with each."""
    head = "What the policy would have to change to bring it in, the smallest change first."
    console.print(Text(head, style="bold"))
    console.print(Text("With each, a plan was made that has it, and verified."))
    for number, one in enumerate(reasons.proposals, 1):
        for setting in one.settings:
            head = f"{number}." if setting == one.settings[0] else "  "
            console.print(Padding(Text(f"{head} --set {quoted(setting)}"), (0, 0, 0, 2)))
        for line in _sentences(one, reasons, found):
            console.print(Padding(Text(line), (0, 0, 0, 5)))
    console.print()
    heads = [f"With {number}" for number, _ in enumerate(reasons.proposals, 1)]
    table = plain("", "In the plan", *heads, numbers=("In the plan", *heads))
    for name, (before, _) in reasons.proposals[0].forced.indicators.items():
        unit = INDICATOR_UNITS[name]
        after = [one.forced.indicators[name][1] for one in reasons.proposals]
        table.add_row(name, *(in_unit(value, unit) for value in (before, *after)))
    console.print(table)


def _sentences(one: Proposal, reasons: ReachReasons, found: InHand) -> Iterator[str]:
    region, years = found.region, (reasons.year,)
    numbers = [change.number for change in one.way if change.number is not None]
    less = (
        "that a step less of any would not do is"
        if len(numbers) > 1
        else "that less would not do is"
    )
    said = ", ".join(f"{after:,.9g} instead of {before:,.9g}" for before, after in numbers)
    yield f"{said}; {less} {'' if one.least else 'not '}proven."
    if one.offer is None:
        who = "What is offered already comes"
    else:
        who = f"{words.offer((reasons.year, *one.offer), region, years)} opens, which comes"
    yield f"{who} within reach of {amount(one.gains)} more young learners a year."
    better = "better" if one.gained >= 0 else "worse"
    goal = found.plan.stages.iloc[0]["goal"]
    yield f"The goal ({goal}) is {significant(abs(one.gained))} {better} in that plan."
    others = words.plural(len(one.forced.opened), "other offer")
    yield f"{others} would open in it and {len(one.forced.closed):,} close."


def as_data(one: Proposal, found: InHand) -> dict[str, Any]:
    """Return a change for programs."""
    return {
        "settings": list(one.settings),
        "changes": [
            {"rule": change.demand.rule.name, "before": number[0], "after": number[1]}
            for change in one.way
            if (number := change.number) is not None
        ],
        "price": one.price,
        "least": one.least,
        "offer": None if one.offer is None else list(one.offer),
        "gains": one.gains,
        "gained": one.gained,
        "forced": explain_page.forced_data(one.forced, found),
    }
