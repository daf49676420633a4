"""What planning for several scenarios is worth, for people and for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coverage_opt.analysis.uncertainty import Uncertainty
from coverage_opt.analysis.worth import Interval, Worth, indicator_of
from coverage_opt.cli import machine
from coverage_opt.cli.asking import Question
from coverage_opt.cli.figures import difference, euros, in_unit, percentage, significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import listed, spanned
from coverage_opt.plan.indicators import INDICATOR_UNITS

ROUNDING = 1e-7
"""A difference this small, against what the plan is worth, is none."""


def show(found: Uncertainty, question: Question, console: Console) -> None:
    """Print the account."""
    region, policy = question.region, question.policy
    head = f"{region.title} {spanned(found.periods)}: the worth of planning for uncertainty"
    console.print(Text(f"{head} ({policy.name})", style="bold"))
    for sentence in sentences(found):
        console.print(Text(sentence))
    console.print()
    console.print(_values(found))


def sentences(found: Uncertainty) -> Iterator[str]:
    """Yield what was asked and what came out, a sentence each."""
    each = [f"{one.title} ({percentage(one.probability, 0)})" for one in found.scenarios]
    yield f"The goal is to {found.sense} {found.goal}, expected over {listed(each)}."
    if found.unit == "share" and not _is_one_term(found):
        yield "In it 0.01 is one percentage point of a share that counts once."
    adds = "adds" if found.sense == "maximise" else "saves"
    yield _worth(
        found, f"Knowing beforehand which scenario comes {adds}", found.perfect_information
    )
    solution = found.stochastic_solution
    if solution is None:
        yield (
            "Planning for all scenarios instead of the mean one is worth more than can be "
            "measured: with the offers for the mean scenario no plan satisfies every rule in every "
            "scenario."
        )
    else:
        yield _worth(found, f"Planning for all scenarios instead of the mean one {adds}", solution)
    if found.in_expectation:
        yield (
            f"{listed(found.in_expectation)}: as these rules hold in the mean over the scenarios, "
            "a single scenario known beforehand must do more, so that knowing may even cost."
        )


def as_line(found: Uncertainty, question: Question) -> str:
    """Return the account as one line of JSON."""
    solution = found.stochastic_solution
    result: dict[str, Any] = {
        "status": "uncertainty",
        "region": question.region.name,
        "policy": question.policy.name,
        "policy_hash": question.policy.content_hash,
        "periods": list(found.periods),
        "scenario_set": found.scenario_set,
        "scenarios": [
            {"name": one.name, "title": one.title, "probability": one.probability}
            for one in found.scenarios
        ],
        "goal": found.goal,
        "sense": found.sense,
        "unit": found.unit,
        "recourse": _as_facts(found.planned),
        "wait_and_see": _as_facts(found.wait_and_see),
        "foreseen": {name: _as_facts(worth) for name, worth in found.foreseen.items()},
        "expected_value": _as_facts(found.averaged),
        "held": None if found.held is None else _as_facts(found.held),
        "evpi": asdict(found.perfect_information),
        "vss": None if solution is None else asdict(solution),
        "in_expectation": list(found.in_expectation),
    }
    return machine.line(result)


def _worth(found: Uncertainty, what: str, interval: Interval) -> str:
    """Say how much a difference is: exactly, at most, or between two numbers."""
    low, high = (_in_goal(found, end) for end in (interval.low, interval.high))
    nothing = ROUNDING * max(1.0, abs(found.planned.value))
    if math.isinf(interval.high):
        known = f"at least {low}" if nothing < interval.low < math.inf else "an amount not known"
        return f"{what} {known}: a limit came before enough was proven."
    if interval.high <= nothing and interval.low >= -nothing:
        return f"{what} nothing."
    relative = _relative(found, interval.high)
    if abs(interval.low) <= nothing:
        return f"{what} at most {high}{relative}, which is what the gaps leave open."
    if interval.high - interval.low <= nothing:
        return f"{what} {high}{relative}."
    return f"{what} {low} to {high}{relative}."


def _relative(found: Uncertainty, amount: float) -> str:
    """Return an amount as a share of what the plan for all scenarios is worth, in brackets."""
    value = abs(found.planned.value)
    return f" ({percentage(amount / value, 2)} of the goal)" if value > 0 else ""


def _in_goal(found: Uncertainty, amount: float) -> str:
    """Return an amount of the goal, with its unit where it has one."""
    if found.unit == "share" and not _is_one_term(found):
        return significant(amount)
    return difference(amount, found.unit)


def _is_one_term(found: Uncertainty) -> bool:
    """Tell whether the goal is a term as it is, without others or a weight."""
    return found.terms == (found.goal,)


def _values(found: Uncertainty) -> Table:
    """Return the goal and what it weighs, in the plans that are compared."""
    names = [indicator_of(term) for term in found.terms]
    goal = () if _is_one_term(found) else ("Goal",)
    columns = (*goal, *(name.replace("_", " ").capitalize() for name in names))
    table = plain("Plan", *columns, numbers=columns)
    for label, worth in _plans(found):
        if worth is None:
            table.add_row(label, *("no plan" for _ in columns))
            continue
        figures = [significant(worth.value)] if goal else []
        figures += [_figure(worth, name) for name in names]
        table.add_row(label, *figures)
    return table


def _plans(found: Uncertainty) -> Iterator[tuple[str, Worth | None]]:
    yield "for all scenarios", found.planned
    yield "scenario known", found.wait_and_see
    for one in found.scenarios:
        yield f"  {one.title}", found.foreseen[one.name]
    yield "for the mean, as hoped", found.averaged
    yield "for the mean, as it comes", found.held


def _figure(worth: Worth, name: str) -> str:
    if name not in worth.indicators:
        return "not known"
    value, unit = worth.indicators[name], INDICATOR_UNITS[name]
    return euros(value) if unit.startswith("EUR") else in_unit(value, unit)


def _as_facts(worth: Worth) -> dict[str, Any]:
    return {
        "value": worth.value,
        "bound": worth.bound,
        "indicators": dict(worth.indicators),
        "seconds": worth.seconds,
    }
