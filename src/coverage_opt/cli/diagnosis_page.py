"""Why a policy allows no plan, for people and for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from coverage_opt.analysis.diagnosis import Diagnosis, Named
from coverage_opt.analysis.relaxing import Change, WayOut
from coverage_opt.cli import machine
from coverage_opt.cli.figures import quoted
from coverage_opt.cli.years import listed, spanned

ROUNDING = 1e-6
MOST_OF_A_RULE = 5
"""So many demands of one rule are told; programs get all of them."""


def show(found: Diagnosis, console: Console) -> None:
    """Print the diagnosis."""
    head = f"{found.region.title} {spanned(found.periods)}, policy {found.policy.name}"
    console.print(Text(f"{head}: {_verdict(found)}", style="bold"))
    for line, indent in _lines(found):
        margin = " " * indent
        # what is typed again must not be broken within a word
        told = textwrap.fill(
            line, console.width - indent, break_on_hyphens=False, break_long_words=False
        )
        console.print(Text(textwrap.indent(told, margin)))


def _verdict(found: Diagnosis) -> str:
    if found.possible is None:
        return "the time did not suffice to tell whether there is a plan"
    return "a plan is possible" if found.possible else "no plan is possible"


def _lines(found: Diagnosis) -> Iterator[tuple[str, int]]:
    """Yield the lines below the head, each with its indent."""
    if found.possible:
        yield _possible(found), 0
        return
    if found.possible is False:
        yield from _contradiction(found)
    ways = [] if found.cheapest is None else [_cheapest(found.cheapest, found)]
    if found.alone:
        # what was tried comes before what may not do
        first = found.cheapest is None or not found.cheapest.confirmed
        ways.insert(0 if first else 1, _settings_alone(found.alone, first=first))
    for way in ways:
        yield "", 0
        yield from way


def _possible(found: Diagnosis) -> str:
    if found.plan is None:
        return "One was found; the time did not suffice to verify it."
    offers = len(found.plan.offers)
    return f"Some plan, with {offers:,} offers, was made and verified; solve makes the best one."


def _contradiction(found: Diagnosis) -> Iterator[tuple[str, int]]:
    if not found.policy.active_rules:
        yield "No rule is in force: the region itself leaves no room.", 0
        return
    if found.involved is not None and not found.demands:
        names = listed([rule.name for rule in found.involved.rules])
        yield f"Among these rules, some contradict each other: {names}.", 0
        yield "The time did not suffice to tell which of their demands.", 0
        return
    yield _introduced(found), 0
    told: Counter[str] = Counter()
    several = len(found.demands) > 1
    for named in found.demands:
        rule = named.demand.rule.name
        told[rule] += 1
        if told[rule] <= MOST_OF_A_RULE:
            yield f"{rule}: {named.demand.sentence(found.region)}", 2
            if several and named.at_best is not None:
                yield f"while the others are met: {_number(named.at_best)}", 6
    for rule, count in told.items():
        if count > MOST_OF_A_RULE:
            yield f"{rule}: and {count - MOST_OF_A_RULE:,} demands more", 2


def _introduced(found: Diagnosis) -> str:
    count = len(found.demands)
    if count == 1:
        return "This demand cannot be met, whatever the others:"
    if found.irreducible:
        return f"These {count:,} demands contradict each other; any one left out, the others hold:"
    return f"These {count:,} demands contradict each other (not shown to be the smallest set):"


def _cheapest(way: WayOut, found: Diagnosis) -> Iterator[tuple[str, int]]:
    count = len(way.changes)
    proof = "proven" if proven(way) else "not proven"
    what = "1 demand gives" if count == 1 else f"{count:,} demands give"
    yield f"The cheapest way out ({proof}): {what}, at a price of {way.price:.2g}.", 0
    if count > 1 or way.price > 1:
        yield "A price of 1 is giving up one demand altogether.", 0
    for change in way.changes[: 2 * MOST_OF_A_RULE]:
        yield f"{change.before(found.region)}: {_number(change)}", 2
    if count > 2 * MOST_OF_A_RULE:
        yield f"and {count - 2 * MOST_OF_A_RULE:,} demands more", 2
    if way.confirmed:
        yield "A model made anew with just this has a plan.", 0
    else:
        yield "Whether it is enough was not confirmed in time.", 0
    yield "The same as settings, for everybody:", 0
    for setting in way.settings:
        yield f"--set {quoted(setting)}", 2
    yield _checked(way), 0


def _number(change: Change) -> str:
    """Return what is asked instead of what: ``11 instead of 20``, ``84% instead of 90%``."""
    if change.number is None or change.knob is None or change.is_nothing:
        return "given up"
    before, after = (
        f"{100 * value:.3g}%" if change.knob.is_share else f"{value:,.9g}"
        for value in change.number
    )
    return f"{after} instead of {before}"


def _settings_alone(ways: Sequence[WayOut], *, first: bool) -> Iterator[tuple[str, int]]:
    yield f"{'Change' if first else 'Or change'} one setting alone, the least first:", 0
    for way in ways:
        yield from _alone(way)


def _alone(way: WayOut) -> Iterator[tuple[str, int]]:
    yield f"--set {quoted(way.settings[0])}", 2
    yield f"{_number(way.changes[0])}; {_checked(way)[0].lower()}{_checked(way)[1:]}", 6


def _checked(way: WayOut) -> str:
    if way.verified:
        return "A plan was made with it, and verified."
    return "No plan was made with it in time."


def proven(way: WayOut) -> bool:
    """Tell whether nothing is cheaper, but for rounding and the gap that was asked."""
    return way.bound is not None and way.price - way.bound <= 0.01 * way.price + ROUNDING


def as_line(found: Diagnosis) -> str:
    """Return the diagnosis as one line of JSON."""
    status = {True: "possible", False: "infeasible", None: "unknown"}[found.possible]
    involved = [] if found.involved is None else [rule.name for rule in found.involved.rules]
    way = found.cheapest
    return machine.line(
        {
            "status": status,
            "region": found.region.name,
            "policy": found.policy.name,
            "periods": list(found.periods),
            "scenario_set": found.scenarios,
            "complete": found.complete,
            "verified": found.plan is not None,
            "rules": involved,
            "irreducible": found.irreducible,
            "demands": [_demand(named, found) for named in found.demands],
            "cheapest": None if way is None else _way(way, found) | {"proven": proven(way)},
            "alone": [_way(each, found) for each in found.alone],
        }
    )


def _demand(named: Named, found: Diagnosis) -> dict[str, Any]:
    demand, best = named.demand, named.at_best
    return {
        "rule": demand.rule.name,
        "key": list(demand.key),
        "period": demand.when.period,
        "scenarios": list(demand.when.scenarios),
        "sentence": demand.sentence(found.region),
        "while_the_others_are_met": None if best is None else best.after(found.region),
    }


def _way(way: WayOut, found: Diagnosis) -> dict[str, Any]:
    return {
        "price": way.price,
        "confirmed": way.confirmed,
        "verified": way.verified,
        "settings": list(way.settings),
        "changes": [
            {
                "rule": change.demand.rule.name,
                "before": change.before(found.region),
                "after": change.after(found.region),
                "number": None if change.number is None else list(change.number),
            }
            for change in way.changes
        ],
    }
