"""The command ``tradeoff``: the frontier between two indicators."""

from __future__ import annotations

import os
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import pandas as pd
import typer
from rich.text import Text

from coverage_opt.analysis.worth import indicator_of
from coverage_opt.cli import machine, options
from coverage_opt.cli.answers import words
from coverage_opt.cli.asking import Question, Typed
from coverage_opt.cli.failures import expected_failures, usage_failures
from coverage_opt.cli.figures import in_unit
from coverage_opt.cli.progress import shown_on
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import spanned
from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.plan.table_text import as_text
from coverage_opt.policy.stage import Term
from coverage_opt.reading.text import did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

    from coverage_opt.analysis.frontier import Frontier, Point

CSV = ".csv"


def tradeoff(
    instance: options.Instance,
    policy: options.PolicyName,
    x: Annotated[str, typer.Option("--x", metavar="NAME", help="Indicator that is limited.")],
    y: Annotated[str, typer.Option("--y", metavar="NAME", help="Indicator that is pursued.")],
    points: Annotated[int, typer.Option(min=2, max=1000, help="Points to look for.")] = 7,
    periods: options.Periods = None,
    scenarios: options.ScenarioSet = None,
    variant: options.Variant = None,
    overrides: options.Overrides = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .csv to write the points to.")
    ] = None,
    time_limit: options.TimeLimit = options.TWO_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Show how much of one indicator has to be given up for another, under a policy's rules.

    The policy's own objective does not count. The time limit is for each point. Exit codes as
    for solve.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.frontier import frontier
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
            terms = _terms(x, y)
            _check(out)
        asked = Typed(instance, policy, periods, scenarios, variant, tuple(overrides or ()))
        progress = options.console(stderr=True)
        with solve_failures(machine=as_json):
            question = asked.read()
            with shown_on(progress, quiet=quiet) as listener:
                found = frontier(
                    question.region,
                    question.policy,
                    *terms,
                    points,
                    limits,
                    periods=question.periods,
                    scenarios=question.scenarios,
                    listener=listener,
                )
        if out is not None:
            _write(found, terms, out)
        if as_json:
            typer.echo(as_line(found, terms, question))
        else:
            show(found, terms, question, options.console())
            if out is not None:
                typer.echo(f"Written to {out}")


def show(found: Frontier, terms: tuple[Term, Term], question: Question, console: Console) -> None:
    """Print the frontier."""
    region = question.region
    head = f"{region.title} {spanned(question.periods)}: {terms[1]} against {terms[0]}"
    console.print(Text(f"{head} ({question.policy.name})", style="bold"))
    console.print(
        Text(
            f"Each plan has the {_best(found.y.sense)} {terms[1]} found with {terms[0]} no "
            f"{'higher' if found.x.sense == 'minimise' else 'lower'} than that."
        )
    )
    numbers = (terms[0], terms[1], "At best", "Gap", "Offers")
    table = plain(*numbers, numbers=numbers)
    for point in found.points:
        table.add_row(
            _figure(point.x, terms[0]),
            _figure(point.y, terms[1]),
            _figure(point.bound, terms[1]),
            words.share(point.gap),
            str(sum(point.offers.values())),
        )
    console.print(table)
    if isfinite(found.best_x):
        less = "lower" if found.x.sense == "minimise" else "higher"
        best = _figure(found.best_x, terms[0])
        console.print(Text(f"Proven: no plan has {terms[0]} {less} than {best}."))
    if found.dominated:
        left = words.plural(found.dominated, "point")
        console.print(Text(f"{left} left out: another is as good in one and better in the other."))


def as_line(found: Frontier, terms: tuple[Term, Term], question: Question) -> str:
    """Return the frontier as one line of JSON."""
    return machine.line(
        {
            "region": question.region.name,
            "policy": question.policy.name,
            "periods": list(question.periods),
            "scenario_set": question.scenarios,
            "x": terms[0],
            "y": terms[1],
            "x_sense": found.x.sense,
            "y_sense": found.y.sense,
            "best_x": found.best_x,
            "dominated": found.dominated,
            "points": [_data(point) for point in found.points],
        }
    )


def _data(point: Point) -> dict[str, Any]:
    return {
        "limit": point.limit,
        "x": point.x,
        "y": point.y,
        "bound": point.bound,
        "gap": point.gap,
        "offers": {str(year): number for year, number in point.offers.items()},
        "seconds": point.seconds,
    }


def _figure(value: float, term: Term) -> str:
    return in_unit(value, INDICATOR_UNITS[indicator_of(term)])


def _best(sense: str) -> str:
    return "lowest" if sense == "minimise" else "highest"


def _terms(x: str, y: str) -> tuple[Term, Term]:
    """Return the terms that were named, by their own names or as the indicators they are.

    Raises:
        InputError: one of them is no term.
    """
    known: dict[str, Term] = {}
    for term in get_args(Term):
        known[indicator_of(term)] = known[term] = term
    problems = [
        Problem(
            f"{name!r} is nothing that can be pursued", f"--{axis}", (), did_you_mean(name, known)
        )
        for axis, name in (("x", x), ("y", y))
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return known[x], known[y]


def _check(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix != CSV:
        advice = f"give a file that ends in {CSV}"
        raise InputError([Problem(f"{out} is no table that can be written", "--out", (), advice)])
    if out.is_dir() or not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise InputError([Problem(f"{out} cannot be written", "--out", (), "choose another place")])


def _write(found: Frontier, terms: tuple[Term, Term], out: Path) -> None:
    table = pd.DataFrame(
        [
            {
                terms[0]: point.x,
                terms[1]: point.y,
                f"{terms[1]}_bound": point.bound,
                "gap": point.gap,
                "offers": sum(point.offers.values()),
            }
            for point in found.points
        ]
    )
    try:
        out.write_text(as_text(table), encoding="utf-8", newline="")
    except OSError as error:
        what = f"{out} cannot be written: {error.strerror}"
        raise InputError([Problem(what, "--out", (), "choose another place")]) from error
