"""A plan as a board can read it: what it brings, how good it is, where, and for whom it changes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coverage_opt.cli.duration import in_words
from coverage_opt.cli.figures import amount, in_unit, percentage, significant
from coverage_opt.cli.names import Names
from coverage_opt.plan.plan import Plan

CHANGES_SHOWN = 8
SMALLEST_CHANGE = 0.05
"""Learners a year below which a change is not worth telling."""
VAST_GAP = 10.0
"""A relative gap from which on the number says nothing."""
NO_PLACE = "(no place)"

_SENTENCES: tuple[str, ...] = (
    "{programmes} programmes are offered at {sites} sites ({offers} offers) for {learners} "
    "learners a year.",
    "{placed} of the learners find a place; {first_choice} get what they asked for.",
    "{coverage} of shortage occupations, weighted by shortage and learners, can be learned "
    "within reach; in the worst zone {worst_zone}.",
    "{filled_openings} of the openings in shortage occupations, weighted by shortage, are filled.",
    "Teaching together saves {saved_hours} contact hours a year: {reuse} of all there would be.",
    "Those placed travel {travel} minutes one way on average.",
)

_MEANINGS = {
    "coverage": "shortage occupations that can be learned within reach",
    "filled_openings": "openings in shortage occupations filled by graduates",
    "placed": "learners with a place",
    "first_choice": "learners in what they asked for",
    "reuse": "contact hours saved by teaching together",
    "worst_zone": "coverage of the zone that has the least",
    "saved_hours": "contact hours saved by teaching together",
    "travel": "mean journey one way of those placed",
    "travel_minutes": "all journeys one way together",
    "mean_group": "mean size of a teaching group",
    "offers": "programmes, counted at every site",
    "programmes": "programmes offered anywhere",
    "units": "teaching units, counted at every site",
    "sites": "sites that teach",
    "learners": "learners who ask for a place",
}


def show(plan: Plan, names: Names, console: Console) -> None:
    """Print the whole report."""
    console.print(Text(title(plan, names), style="bold"))
    for sentence in headlines(plan):
        console.print(Text(sentence))
    for heading, table in {
        "Indicators": _indicators(plan),
        "Objective": _stages(plan),
        "Offers and learners a year at each site": _sites(plan, names),
        "Largest changes: learners a year who get something else": _changes(plan, names),
    }.items():
        console.print()
        console.print(Text(heading, style="bold"))
        console.print(table)


def title(plan: Plan, names: Names) -> str:
    """Return region, period and policy in one line."""
    return f"{names.title or plan.region} {plan.period}: {plan.policy.title} ({plan.policy.name})"


def headlines(plan: Plan) -> Iterator[str]:
    """Yield what matters most, a sentence each."""
    yield quality(plan)
    table = plan.table("indicators")
    shown = {
        name: in_unit(value, unit)
        for name, unit, value in zip(table["name"], table["unit"], table["value"], strict=True)
    }
    for sentence in _SENTENCES:
        if "{saved_hours}" in sentence and not plan.policy.sharing:
            continue  # nothing is taught together, by the policy
        try:
            yield sentence.format_map(shown)
        except KeyError:
            continue  # an indicator this sentence needs is not in the plan


def quality(plan: Plan) -> str:
    """Say how far the plan can be from the best one."""
    if plan.status == "optimal":
        asked = plan.run.get("gap_asked")
        within = f" (within {percentage(asked, 2)})" if isinstance(asked, float) else ""
        return f"No plan does better by this policy{within}."
    cause = "You stopped the search" if plan.run.get("interrupted") else "A limit came first"
    # a stage that was not pursued is as open as one without a bound
    gaps = dict.fromkeys(range(1, len(plan.policy.objective) + 1), math.inf)
    stages = plan.stages
    for stage, gap, status in zip(stages["stage"], stages["gap"], stages["status"], strict=True):
        gaps[stage] = 0.0 if status == "optimal" else gap
    better = [
        f"{percentage(gap, 2) if gap < VAST_GAP else 'any amount'} in stage {stage}"
        for stage, gap in gaps.items()
        if gap > 0
    ]
    return f"{cause}: a better plan may exist, by at most {' and '.join(better)}."


def _table(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        right = column in numbers
        table.add_column(column, justify="right" if right else "left", no_wrap=right)
    return table


def _indicators(plan: Plan) -> Table:
    table = _table("Indicator", "Value", "Unit", "Meaning", numbers=("Value",))
    rows = plan.table("indicators")
    for name, unit, value in zip(rows["name"], rows["unit"], rows["value"], strict=True):
        table.add_row(name, in_unit(value, unit), unit, _MEANINGS.get(name, ""))
    return table


def _stages(plan: Plan) -> Table:
    numbers = ("Value", "Best", "Gap", "Time")
    table = _table("", "Goal", *numbers, "Status", numbers=numbers)
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


def _sites(plan: Plan, names: Names) -> Table:
    numbers = ("Offers", "Learners")
    by_domain = ("Offers by domain",) if names.domains else ()
    table = _table("Site", *numbers, *by_domain, numbers=numbers)
    for site, offers in plan.offers.groupby("site"):
        counts = Counter(names.domains.get(programme, "?") for programme in offers["programme"])
        domains = ", ".join(f"{domain} {number}" for domain, number in counts.most_common())
        learners = amount(offers["learners"].sum())
        cells = [names.site(str(site)), str(len(offers)), learners, domains]
        table.add_row(*cells[: len(table.columns)])
    return table


def _changes(plan: Plan, names: Names) -> Table | Text:
    """Return who gets something else than asked for, the most learners first."""
    changed = sorted(_changed(plan, names), key=lambda change: (-change[2], change))
    if not changed:
        return Text("Everybody gets what they asked for.")
    table = _table("Asked for", "Takes", "Learners", numbers=("Learners",))
    for asked, takes, learners in changed[:CHANGES_SHOWN]:
        table.add_row(asked, takes, amount(learners))
    rest = changed[CHANGES_SHOWN:]
    if rest:
        together = sum(learners for _, _, learners in rest)
        table.add_row(f"... and {len(rest)} smaller ones", "", amount(together))
    return table


def _changed(plan: Plan, names: Names) -> Iterator[tuple[str, str, float]]:
    """Yield what was asked for, what is taken instead, and by how many learners a year."""
    switches, unplaced = plan.table("switches"), plan.table("unplaced")
    taken = switches.groupby(["choice", "programme"], as_index=False)["learners"].sum()
    pairs = list(zip(taken["choice"], taken["programme"], strict=True))
    flows = zip(pairs, taken["learners"], names.first_choices(pairs), strict=True)
    for (choice, programme), learners, met in flows:
        if not met and learners > SMALLEST_CHANGE:
            yield names.choice(choice), names.programme(programme), float(learners)
    without = unplaced.groupby("choice", as_index=False)["learners"].sum()
    for choice, learners in zip(without["choice"], without["learners"], strict=True):
        if learners > SMALLEST_CHANGE:
            yield names.choice(choice), NO_PLACE, float(learners)
