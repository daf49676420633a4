"""Why something is out of reach, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from coverage_opt.analysis.why_reach import WANTING, Candidate, ReachReasons
from coverage_opt.cli import machine
from coverage_opt.cli.answers import change_page, explain_page, words
from coverage_opt.cli.answers.in_hand import InHand
from coverage_opt.cli.figures import amount, percentage, significant
from coverage_opt.cli.report.grid import plain

CANDIDATES_LISTED = 8


def show(reasons: ReachReasons, found: InHand, console: Console) -> None:
    """Print who has it within reach, why not more, and the cheapest change."""
    region, plan = found.region, found.plan
    where = reasons.municipality or region.title
    head = f"{region.title} {reasons.year}: {_what(reasons, found)}, seen from {where}"
    console.print(Text(f"{head} ({plan.policy.name})", style="bold"))
    for line in sentences(reasons, found):
        console.print(Text(line))
    if reasons.candidates:
        console.print()
        _show_candidates(reasons, found, console)
    if reasons.forced is not None:
        console.print()
        best = reasons.candidates[0].offer
        name = words.offer((reasons.year, *best), region, (reasons.year,))
        head = "The cheapest change" if reasons.forced.possible else "The first of these"
        console.print(Text(f"{head}: {name}.", style="bold"))
        for short in reasons.in_the_way or ():
            console.print(Text(f"In its way as it is: {words.breach(short, region)}."))
        explain_page.show_forced(reasons.forced, found, console, "open")
    if reasons.proposals:
        console.print()
        change_page.show(reasons, found, console)


def sentences(reasons: ReachReasons, found: InHand) -> Iterator[str]:
    """Yield who lives there, what they reach and why it is not more."""
    region = found.region
    where = reasons.municipality or "the region"
    yield (
        f"In {where} live {amount(reasons.living)} young learners a year; of all learners there "
        f"{amount(reasons.asking)} a year ask for it."
    )
    if reasons.occupation is not None and reasons.weight <= 0:
        yield "It is no shortage occupation here: no goal of coverage counts it."
    if reasons.standing == "nobody lives here":
        return
    if reasons.standing == "no programme":
        yield (
            "No programme that this policy has leads to it, so nothing that is offered can bring "
            "it in."
        )
        return
    yield from _offering(reasons, found)
    for pair, short in reasons.impossible.items():
        worst = max(short, key=lambda one: one.least - one.most, default=None)
        if worst is not None:
            name = words.offer((reasons.year, *pair), region, (reasons.year,))
            yield f"Not possible: {name}. {words.shortfall(worst, region, *pair)}."
    if not reasons.candidates and reasons.standing != "within reach":
        yield "No offer that classes could be filled for would bring it to more of them."
    if reasons.standing in WANTING and not reasons.proposals and _none_possible(reasons):
        yield (
            "Nor was any change of class sizes, travel limits or rules in its way found in time "
            "with which a plan brings it to more."
        )


def _none_possible(reasons: ReachReasons) -> bool:
    return all(one.answer is None for one in reasons.candidates)


def _offering(reasons: ReachReasons, found: InHand) -> Iterator[str]:
    """Yield what leads to it, where that is offered and who reaches it."""
    region = found.region
    if reasons.occupation is not None:
        names = [region.programme_name(one) for one in reasons.programmes]
        yield f"Programmes that lead to it: {'; '.join(names)}."
    if reasons.standing == "not offered":
        yield "None of them is offered anywhere." if reasons.occupation else "It is not offered."
        return
    for pair, near in sorted(reasons.offered.items()):
        offer = words.offer((reasons.year, *pair), region, (reasons.year,))
        yield f"Offered: {offer}{'' if near else ', which nobody here can reach'}."
    share = percentage(reasons.reached / reasons.living)
    yield f"Within reach of {amount(reasons.reached)} of them, {share}."


def _show_candidates(reasons: ReachReasons, found: InHand, console: Console) -> None:
    numbers = ("Reaches besides", "Costs at most")
    table = plain("Offer that would bring it to more", *numbers, numbers=numbers)
    for one in reasons.candidates[:CANDIDATES_LISTED]:
        name = words.offer((reasons.year, *one.offer), found.region, (reasons.year,))
        table.add_row(name, amount(one.gains), _cost(one))
    console.print(table)
    more = len(reasons.candidates) - CANDIDATES_LISTED
    if more > 0:
        console.print(Text(f"and {more} more; --json has them all."))


def _cost(one: Candidate) -> str:
    return "no plan" if one.answer is None else significant(one.loss.high)


def _what(reasons: ReachReasons, found: InHand) -> str:
    if reasons.occupation is not None:
        return found.region.occupation_name(reasons.occupation)
    return found.region.programme_name(reasons.programmes[0])


def as_line(reasons: ReachReasons, found: InHand) -> str:
    """Return why something is out of reach as one line of JSON."""
    plan = found.plan
    return machine.line(
        {
            "region": plan.region,
            "policy": plan.policy.name,
            "period": reasons.year,
            "occupation": reasons.occupation,
            "programmes": list(reasons.programmes),
            "weight": reasons.weight,
            "municipality": reasons.municipality,
            "living": reasons.living,
            "asking": reasons.asking,
            "reached": reasons.reached,
            "standing": reasons.standing,
            "offered": [[*pair, near] for pair, near in sorted(reasons.offered.items())],
            "impossible": [
                {"offer": list(pair), "never_large_enough": [asdict(one) for one in short]}
                for pair, short in reasons.impossible.items()
            ],
            "candidates": [
                {
                    "offer": list(one.offer),
                    "gains": one.gains,
                    "value": None if one.answer is None else one.answer.value,
                    "loss": {"low": one.loss.low, "high": one.loss.high},
                }
                for one in reasons.candidates
            ],
            "in_the_way": None
            if reasons.in_the_way is None
            else [explain_page.breach_data(one, found) for one in reasons.in_the_way],
            "forced": None
            if reasons.forced is None
            else explain_page.forced_data(reasons.forced, found),
            "proposals": [change_page.as_data(one, found) for one in reasons.proposals],
        }
    )
