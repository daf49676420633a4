"""The command ``prices``: what each rule costs, and what a little more of a limit is worth."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coverage_opt.cli import machine, options
from coverage_opt.cli.answers import explain_page, words
from coverage_opt.cli.answers import in_hand as hand
from coverage_opt.cli.failures import expected_failures, usage_failures
from coverage_opt.cli.figures import significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import spanned
from coverage_opt.plan.indicators import INDICATOR_UNITS

if TYPE_CHECKING:
    from coverage_opt.analysis.prices import RulePrice
    from coverage_opt.planning.shadow import ShadowPrice

SHOWN = {"coverage": "Coverage", "filled_openings": "Filled", "placed": "Placed", "cost": "EUR m"}
"""Indicator -> head of its column."""

LISTED = 10
"""So many shadow prices of each rule are shown."""


def prices(
    run: options.Run,
    instance: options.Moved = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what each rule of a plan costs: a plan without it for each, and shadow prices.

    The time limit is for each plan. Exit codes as for solve.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.prices import rule_prices
        from coverage_opt.cli.solving import solve_failures
        from coverage_opt.planning.shadow import shadow_prices

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
        with solve_failures(machine=as_json):
            found = hand.in_hand(run, instance)
            progress = options.console(stderr=True)
            with hand.asking(found, limits, progress, quiet=quiet) as (what_if, listener):
                shadows = shadow_prices(what_if)
                rules = rule_prices(
                    what_if,
                    listener=listener,
                    told_of=lambda one: None if quiet else progress.print(f"Without {one.rule}"),
                )
        if as_json:
            typer.echo(as_line(rules, shadows, found))
        else:
            show(rules, shadows, found, options.console())


def show(
    rules: tuple[RulePrice, ...],
    shadows: tuple[ShadowPrice, ...],
    found: hand.InHand,
    console: Console,
) -> None:
    """Print what the rules cost, and the shadow prices."""
    plan = found.plan
    first = plan.stages.iloc[0]
    head = f"{found.region.title} {spanned(plan.periods)}: what each rule costs"
    console.print(Text(f"{head} ({plan.policy.name})", style="bold"))
    console.print(
        Text(
            f"The goal is to {first['sense']} {first['goal']}; gap of the plan "
            f"{words.share(float(first['gap']))}. Indicators: by how much they differ without it."
        )
    )
    console.print(_rules(rules))
    for one in rules:
        if one.reason:
            console.print(Text(f"Without {one.rule}: {one.reason}."))
    console.print()
    if not shadows:
        console.print(Text("No limit has a price at the margin, offers staying as they are."))
        return
    console.print(Text("What one unit more is worth, offers staying as they are", style="bold"))
    console.print(_shadows(shadows, found))
    console.print(
        Text(
            "Of the goal, for small changes; groups are counted in fractions. With enough more, "
            "other offers would be made."
        )
    )


def _rules(rules: tuple[RulePrice, ...]) -> Table:
    names = [name for name in SHOWN if any(name in one.indicators for one in rules)]
    numbers = ("Costs of the goal", "Gap", *(SHOWN[name] for name in names))
    table = plain("Rule", *numbers, numbers=numbers)
    table.columns[0].min_width = min(20, max((len(one.rule) for one in rules), default=4))
    for one in rules:
        changes = [_change(one, name) if name in one.indicators else "" for name in names]
        gap = words.share(one.gap) if isfinite(one.gap) else ""
        table.add_row(
            one.rule, _cost(one), gap, *(each.removesuffix(" points") for each in changes)
        )
    return table


def _change(one: RulePrice, name: str) -> str:
    """Return by how much an indicator differs without the rule, money in millions."""
    before, after = one.indicators[name]
    unit = INDICATOR_UNITS[name]
    if unit.startswith("EUR"):
        return f"{(after - before) / 1e6:+,.2f}"
    return explain_page.difference(after - before, unit)


def _cost(one: RulePrice) -> str:
    low, high = one.cost.low, one.cost.high
    if one.plan is not None and isfinite(low) and not isfinite(high):
        return f"at least {significant(low)}"
    if not isfinite(low) or not isfinite(high):
        return "not known"
    if high <= 0 and low < 0:
        return f"gives {significant(-high)} to {significant(-low)}"
    if one.measurable:
        return f"{significant(low)} to {significant(high)}"
    return f"at most {significant(high)}"


def _shadows(shadows: tuple[ShadowPrice, ...], found: hand.InHand) -> Table:
    table = plain("Limit", "Worth", "For one more", numbers=("Worth",))
    for rule in dict.fromkeys(one.demand.rule.name for one in shadows):
        of_rule = [one for one in shadows if one.demand.rule.name == rule]
        for one in of_rule[:LISTED]:
            price, unit = _per_unit(one)
            table.add_row(one.demand.sentence(found.region), significant(price), unit)
        if len(of_rule) > LISTED:
            table.add_row(f"and {len(of_rule) - LISTED} more of {rule}", "", "")
    return table


def _per_unit(one: ShadowPrice) -> tuple[float, str]:
    """Return a price for what people count in: a learner, a place, EUR 1,000."""
    rule = one.demand.rule.name
    unit = words.UNITS.get(rule, "")
    if rule in words.IN_THOUSANDS:
        return one.price, "EUR 1,000 a year"
    return one.price, _ONE.get(unit, unit)


_ONE = {
    "learners": "learner less asked",
    "learners a year": "learner a year",
    "learners a year without a place": "learner a year without a place",
    "learners at once": "learner at once",
    "hours a year": "hour a year",
    "places": "place",
}


def as_line(
    rules: tuple[RulePrice, ...], shadows: tuple[ShadowPrice, ...], found: hand.InHand
) -> str:
    """Return what the rules cost, and the shadow prices, as one line of JSON."""
    return machine.line(
        {
            **found.facts(),
            "rules": [_rule_data(one) for one in rules],
            "shadow_prices": [
                {
                    "rule": one.demand.rule.name,
                    "sentence": one.demand.sentence(found.region),
                    "price": _per_unit(one)[0],
                    "for_one_more": _per_unit(one)[1],
                }
                for one in shadows
            ],
        }
    )


def _rule_data(one: RulePrice) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "status": None if one.plan is None else one.plan.status,
        "cost": {"low": one.cost.low, "high": one.cost.high},
        "measurable": one.measurable,
        "gap": one.gap,
        "reason": one.reason,
        "indicators": {
            name: {"with": before, "without": after}
            for name, (before, after) in one.indicators.items()
        },
    }
