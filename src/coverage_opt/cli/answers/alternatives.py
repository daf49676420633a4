"""The command ``alternatives``: plans nearly as good, and as different as possible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from coverage_opt.cli import machine, options
from coverage_opt.cli.answers import in_hand as hand
from coverage_opt.cli.answers import words
from coverage_opt.cli.failures import expected_failures, usage_failures
from coverage_opt.cli.figures import MILLION, in_unit, percentage, significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import spanned
from coverage_opt.errors import InputError, Problem
from coverage_opt.plan import store
from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.plan.plan import Plan

if TYPE_CHECKING:
    from rich.console import Console

    from coverage_opt.analysis.alternatives import Alternative, Alternatives

ONE_MINUTE = "1m"

TOLD = {
    "coverage": "Coverage",
    "filled_openings": "Filled",
    "placed": "Placed",
    "cost": "Cost, EUR m",
}
"""Indicator -> head of its column."""


def alternatives(
    run: options.Run,
    number: Annotated[int, typer.Option("-n", min=1, max=1000, help="Plans to find.")] = 10,
    within: Annotated[
        str, typer.Option(metavar="SHARE", help="Of the best first stage to give up: 1%, 0.01.")
    ] = "1%",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the plans are saved, one run folder each."),
    ] = None,
    instance: options.Moved = None,
    time_limit: options.TimeLimit = ONE_MINUTE,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Find plans nearly as good as a saved one, as different as possible; each is verified.

    Says which offers are in all of them, in some, in none. The time limit is for each search.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.alternatives import alternatives_to
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
            share = _share(within)
            folder = out or run.parent / f"{run.name}-alternatives"
            _check(folder, number)
        with solve_failures(machine=as_json):
            found = hand.in_hand(run, instance)

            def save(one: Alternative, place: int) -> None:
                noted = {**one.plan.run, "instance": found.instance, "alternative_to": str(run)}
                store.save_plan(replace(one.plan, run=noted), folder / f"{place:02d}")

            console = options.console(stderr=True)
            with hand.asking(found, limits, console, quiet=quiet) as (what_if, listener):
                result = alternatives_to(what_if, number, share, listener=listener, told=save)
        if as_json:
            typer.echo(as_line(result, found, folder))
        else:
            show(result, found, folder, options.console())


def show(result: Alternatives, found: hand.InHand, folder: Path, console: Console) -> None:
    """Print the plans, and what is in all of them, in some, in none."""
    region, plan = found.region, found.plan
    head = f"{region.title} {spanned(plan.periods)}: plans within {percentage(result.within)}"
    console.print(Text(f"{head} of the best ({plan.policy.name})", style="bold"))
    names = [name for name in TOLD if name in plan.indicators]
    numbers = ("Goal", *(TOLD[name] for name in names), "Differs", "Nearest")
    table = plain("Plan", *numbers, numbers=numbers)
    first = float(plan.stages.iloc[0]["value"])
    shown = [_figure(plan, name) for name in names]
    table.add_row("in hand", significant(first), *shown, "", "")
    for place, one in enumerate(result.plans, start=1):
        shown = [_figure(one.plan, name) for name in names]
        differs = (str(one.distance), str(one.nearest))
        table.add_row(f"{place:02d}", significant(one.value), *shown, *differs)
    console.print(table)
    console.print()
    for line in _sentences(result, found):
        console.print(Text(line))
    if result.plans:
        console.print(Text(f"Saved in {folder}"))


def _figure(plan: Plan, name: str) -> str:
    """Return an indicator; money in millions, so that it fits."""
    value = plan.indicators[name]
    return f"{value / MILLION:.2f}" if name == "cost" else in_unit(value, INDICATOR_UNITS[name])


def _sentences(result: Alternatives, found: hand.InHand) -> list[str]:
    region, periods = found.region, found.plan.periods
    lines = [
        "Differs: offers that open or close against the plan in hand; nearest: against the plan "
        "above it that is most like it."
    ]
    if len(result.plans) < result.asked:
        lines.append(
            f"{words.plural(len(result.plans), 'plan')} of {result.asked}: no other was found "
            "within the share and the limits."
        )
    backbone, some, none = result.backbone, result.some, result.none
    lines.append(f"In all {result.together} plans: {words.plural(len(backbone), 'offer')}.")
    lines.append(f"In some: {words.plural(len(some), 'offer')}.")
    for one in some[: words.OFFERS_LISTED]:
        said = words.offer(one, region, periods)
        lines.append(f"  {result.counts[one]} of {result.together}: {said}")
    if len(some) > words.OFFERS_LISTED:
        lines.append(f"  and {len(some) - words.OFFERS_LISTED} more; --json has them all.")
    lines.append(f"Possible, and in none: {words.plural(len(none), 'offer')}.")
    return lines


def as_line(result: Alternatives, found: hand.InHand, folder: Path) -> str:
    """Return the plans as one line of JSON."""
    plan = found.plan
    return machine.line(
        {
            "region": plan.region,
            "policy": plan.policy.name,
            "within": result.within,
            "asked": result.asked,
            "value": float(plan.stages.iloc[0]["value"]),
            "bound": float(plan.stages.iloc[0]["bound"]),
            "plans": [
                {
                    "run": str(folder / f"{place:02d}"),
                    "value": one.value,
                    "distance": one.distance,
                    "nearest": one.nearest,
                    "indicators": dict(one.plan.indicators),
                }
                for place, one in enumerate(result.plans, start=1)
            ],
            "backbone": [list(one) for one in result.backbone],
            "some": [[*one, result.counts[one]] for one in result.some],
            "none": [list(one) for one in result.none],
        }
    )


def _share(typed: str) -> float:
    """Return ``1%`` or ``0.01`` as a number.

    Raises:
        InputError: it is no share of at least 0 and below 1.
    """
    text, divisor = (typed.strip()[:-1], 100.0) if typed.strip().endswith("%") else (typed, 1.0)
    try:
        share = float(text) / divisor
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        advice = "give one such as 1% or 0.01, from 0 and below 1"
        raise InputError([Problem(f"{typed!r} is not a share", "--within", advice=advice)])
    return share


def _check(folder: Path, number: int) -> None:
    """Tell, before any long work, whether the plans could be saved."""
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem(f"{folder} is a file", "--out", (), "choose another place")])
    for place in range(1, number + 1):
        store.check_destination(folder / f"{place:02d}")
