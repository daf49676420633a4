"""Why an offer is or is not in a plan, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coverage_opt.cli import machine
from coverage_opt.cli.answers import words
from coverage_opt.cli.answers.in_hand import InHand
from coverage_opt.cli.figures import amount, in_unit
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import listed, spanned
from coverage_opt.plan.indicators import INDICATOR_UNITS

if TYPE_CHECKING:
    from coverage_opt.analysis.forced import Forced
    from coverage_opt.analysis.why_offer import OfferReasons
    from coverage_opt.planning.blocking import Short


def show(reasons: OfferReasons, found: InHand, console: Console) -> None:
    """Print why an offer is or is not in the plan, and what forcing it would change."""
    region, plan = found.region, found.plan
    what = f"{region.programme_name(reasons.programme)} at {region.site_name(reasons.site)}"
    verb = "is offered" if reasons.offered else "is not offered"
    head = f"{region.title} {spanned(plan.periods)}: {what} {verb} ({plan.policy.name})"
    console.print(Text(head, style="bold"))
    for line in sentences(reasons, found):
        console.print(Text(line))
    forced = reasons.forced
    if forced is None:
        return
    console.print()
    show_forced(forced, found, console, "closed" if reasons.offered else "open")


def sentences(reasons: OfferReasons, found: InHand) -> Iterator[str]:
    """Yield what is known of the offer before anything is forced."""
    region = found.region
    if reasons.offered:
        years = (f"{amount(n)} in {year}" for year, n in sorted(reasons.learners.items()))
        yield f"Learners a year who start it: {listed(list(years))}."
        return
    if not reasons.taught:
        yield _not_taught(reasons, found)
        return
    for one in reasons.short:
        yield f"{words.shortfall(one, region, reasons.programme, reasons.site)}."
    if not reasons.possible:
        yield "So no plan under this policy has it, whatever else is offered."
        return
    if reasons.in_the_way is None:
        yield "What is in its way with the rest of the plan as it is could not be told."
    elif not reasons.in_the_way:
        yield (
            "No rule is in its way: with all other offers as the plan has them, it could be "
            "offered too. What that would do to the goal is said below."
        )
    else:
        yield "In its way, with all other offers as the plan has them:"
        for short in reasons.in_the_way:
            yield f"  {words.breach(short, region)}."


def show_forced(forced: Forced, found: InHand, console: Console, how: str) -> None:
    """Print what a change does.

    Args:
        forced: the change and what came of it.
        found: the plan in hand.
        console: where to print.
        how: ``open`` or ``closed``.
    """
    for line in forced_sentences(forced, found, how):
        console.print(Text(line))
    if forced.indicators:
        console.print()
        console.print(_indicators(forced))


def forced_sentences(forced: Forced, found: InHand, how: str) -> Iterator[str]:
    """Yield what a change does, in words."""
    region, plan = found.region, found.plan
    if not forced.possible:
        proven = forced.answer is None or forced.short or forced.answer.status == "infeasible"
        end = "there is no plan" if proven else "no plan was found within the limits"
        yield f"Forced {how}, {end}."
        if forced.short:
            yield "The cheapest way to have it all the same would break:"
        for short in forced.short:
            yield f"  {words.breach(short, region)}."
        return
    yield f"Forced {how}, in a plan that was solved for and verified:"
    first = plan.stages.iloc[0]
    yield words.loss(forced, str(first["goal"]), float(first["gap"]))
    moving = (("open", forced.opened), ("close", forced.closed))
    if not any(offers for _, offers in moving):
        yield "No other offer opens or closes."
    for verb, offers in moving:
        if offers:
            number = words.plural(len(offers), "other offer")
            moves = verb if len(offers) > 1 else f"{verb}s"
            yield f"{number} {moves}: {words.some(offers, region, plan.periods)}."


def as_line(reasons: OfferReasons, found: InHand) -> str:
    """Return why an offer is or is not in the plan as one line of JSON."""
    region, plan = found.region, found.plan
    return machine.line(
        {
            "region": region.name,
            "policy": plan.policy.name,
            "periods": list(plan.periods),
            "scenario_set": plan.scenario_set,
            "programme": reasons.programme,
            "site": reasons.site,
            "offered": reasons.offered,
            "learners": {str(year): number for year, number in reasons.learners.items()},
            "taught": reasons.taught,
            "possible": list(reasons.possible),
            "never_large_enough": [asdict(one) for one in reasons.short],
            "in_the_way": None
            if reasons.in_the_way is None
            else [breach_data(one, found) for one in reasons.in_the_way],
            "forced": None if reasons.forced is None else forced_data(reasons.forced, found),
        }
    )


def forced_data(forced: Forced, found: InHand) -> dict[str, Any]:
    """Return what a change does, for programs."""
    answer = forced.answer
    return {
        "open": sorted(map(list, forced.change.opened)),
        "closed": sorted(map(list, forced.change.closed)),
        "status": "infeasible" if answer is None else str(answer.status),
        "value": None if answer is None else answer.value,
        "bound": None if answer is None else answer.bound,
        "gap": None if answer is None else answer.gap,
        "gap_of_plan": float(found.plan.stages.iloc[0]["gap"]),
        "loss": {"low": forced.loss.low, "high": forced.loss.high},
        "measurable": forced.measurable,
        "indicators": {
            name: {"before": before, "after": after}
            for name, (before, after) in forced.indicators.items()
        },
        "others_open": [list(one) for one in forced.opened],
        "others_close": [list(one) for one in forced.closed],
        "broken": [breach_data(one, found) for one in forced.short],
    }


def breach_data(one: Short, found: InHand) -> dict[str, Any]:
    """Return a demand that is not met, for programs."""
    rule = one.demand.rule.name
    return {
        "rule": rule,
        "sentence": one.demand.sentence(found.region),
        "short": words.in_rule_unit(rule, one.short),
        "unit": words.UNITS.get(rule),
    }


def _indicators(forced: Forced) -> Table:
    numbers = ("In the plan", "With the change", "Difference")
    table = plain("", *numbers, numbers=numbers)
    for name, (before, after) in forced.indicators.items():
        unit = INDICATOR_UNITS[name]
        table.add_row(
            name, in_unit(before, unit), in_unit(after, unit), difference(after - before, unit)
        )
    return table


def difference(change: float, unit: str) -> str:
    """Return by how much an indicator changes, with its sign: ``+0.12 points``, ``-3``."""
    if unit == "share":
        shown = f"{100 * change:+,.2f} points"
        return "none" if float(shown.split()[0].replace(",", "")) == 0 else shown
    shown = f"{change:+,.0f}" if abs(change) >= 100 else f"{change:+,.1f}"
    return "none" if float(shown.replace(",", "")) == 0 else shown


def _not_taught(reasons: OfferReasons, found: InHand) -> str:
    region = found.region
    if reasons.programme in set(region.hybrids["programme"]) and not found.plan.policy.hybrids:
        return "It is a programme over two domains, which this policy leaves out."
    domains = listed(list(region.domains_of(reasons.programme)))
    return f"{region.site_name(reasons.site)} may not teach {domains}: see site_domains.csv."
