"""The command ``importance``: what is lost for each offer if it must go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from coverage_opt.cli import machine, options
from coverage_opt.cli.answers import in_hand as hand
from coverage_opt.cli.answers import words
from coverage_opt.cli.failures import expected_failures, usage_failures
from coverage_opt.cli.figures import significant
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import spanned

if TYPE_CHECKING:
    from rich.console import Console

    from coverage_opt.analysis.importance import Importance


def importance(
    run: options.Run,
    programme: Annotated[
        list[str] | None,
        typer.Option("--programme", metavar="P", help="Only offers of it; may be repeated."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Offers to show.")] = 20,
    proven: Annotated[
        int,
        typer.Option(
            "--proven", min=0, help="Of so many, prove what is lost at least. 0 is quickest."
        ),
    ] = 10,
    instance: options.Moved = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say for each offer of a plan what is lost if it must go, from a re-solve for each.

    The time limit is for each re-solve. Exit codes as for solve.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.importance import importance_of
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
        with solve_failures(machine=as_json):
            found = hand.in_hand(run, instance)
            known = hand.programmes(found.region)
            chosen = hand.each_named("programme", programme, known)
            progress = options.console(stderr=True)

            def told(one: Importance, place: int, number: int) -> None:
                if not quiet:
                    name = words.offer((0, *one.offer), found.region, (0,))
                    progress.print(Text(f"{place} of {number}: {name}"))

            # a live line for each of hundreds of short solves would say nothing
            with hand.asking(found, limits, progress, quiet=True) as (what_if, listener):
                result = importance_of(
                    what_if,
                    programmes=chosen,
                    proven=proven,
                    listener=listener,
                    told=told,
                )
        if as_json:
            typer.echo(as_line(result, found))
        else:
            show(result, found, top, options.console())


def show(result: tuple[Importance, ...], found: hand.InHand, top: int, console: Console) -> None:
    """Print the offers without which most is lost."""
    region, plan = found.region, found.plan
    head = f"{region.title} {spanned(plan.periods)}: what is lost without an offer"
    console.print(Text(f"{head} ({plan.policy.name})", style="bold"))
    first = plan.stages.iloc[0]
    console.print(Text(f"The goal is to {first['sense']} {first['goal']}."))
    numbers = ("Lost", "Coverage", "Filled", "Gap")
    table = plain("Offer", *numbers, numbers=numbers)
    for one in result[:top]:
        name = words.offer((0, *one.offer), region, (0,))
        table.add_row(
            name, _lost(one), _points(one.coverage), _points(one.filled_openings), _gap(one)
        )
    console.print(table)
    console.print()
    measurable = sum(one.measurable for one in result)
    console.print(
        Text(
            f"{words.plural(len(result), 'offer')}; what is lost is measurable for {measurable}. "
            f"Of the others it is within the gap: that of the plan is "
            f"{words.share(float(first['gap']))}. Coverage and filled openings are those of the "
            "plans found, in points; a minus means that they gain."
        )
    )


def _lost(one: Importance) -> str:
    if one.answer.columns is None:
        return "no plan left" if one.answer.status == "infeasible" else "not known"
    if one.measurable:
        return f"{significant(one.loss.low)} to {significant(one.loss.high)}"
    return f"at most {significant(one.loss.high)}"


def _gap(one: Importance) -> str:
    return "" if one.answer.columns is None else words.share(one.answer.gap)


def _points(share: float) -> str:
    return "" if share != share else f"{100 * share:.2f}".replace("-0.00", "0.00")


def as_line(result: tuple[Importance, ...], found: hand.InHand) -> str:
    """Return what is lost for each offer as one line of JSON."""
    return machine.line(
        {
            **found.facts(),
            "offers": [
                {
                    "programme": one.offer[0],
                    "site": one.offer[1],
                    "status": str(one.answer.status),
                    "value": one.answer.value,
                    "bound": one.answer.bound,
                    "gap": one.answer.gap,
                    "loss": {"low": one.loss.low, "high": one.loss.high},
                    "measurable": one.measurable,
                    "coverage_lost": one.coverage,
                    "filled_openings_lost": one.filled_openings,
                }
                for one in result
            ],
        }
    )
