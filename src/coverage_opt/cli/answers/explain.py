"""The command ``explain``: why something is, or is not, in a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from coverage_opt.cli import options
from coverage_opt.cli.answers import in_hand as hand
from coverage_opt.cli.failures import Exit, expected_failures, usage_failures
from coverage_opt.region.region import Region
from coverage_opt.solver.progress import Listener

if TYPE_CHECKING:
    from coverage_opt.planning.what_if import WhatIf


def explain(
    run: options.Run,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="P", help="Identifier or name.")
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="With --programme.")
    ] = None,
    occupation: Annotated[
        str | None, typer.Option("--occupation", metavar="O", help="A shortage occupation.")
    ] = None,
    municipality: Annotated[
        str | None, typer.Option("--municipality", metavar="M", help="Of those who live there.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not prove how large small effects are.")
    ] = False,
    instance: options.Moved = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say why an offer is in a plan or not, or why something is out of reach.

    With --programme and --site: what is in the way of the offer, and what forcing it open (or
    closed) would change. With --occupation or --programme, and --municipality or none: who has it
    within reach, and the cheapest change that brings it to more. Exit codes as for solve.
    """
    _check(programme, site, occupation, municipality)
    with expected_failures(machine=as_json):
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
        with solve_failures(machine=as_json):
            found = hand.in_hand(run, instance)
            of = _identified(found.region, programme, site, occupation, municipality)
            console = options.console(stderr=True)
            with hand.asking(found, limits, console, quiet=quiet) as (what_if, listener):
                said = _answer(what_if, listener, found, of, thorough=not quick)
        if as_json:
            typer.echo(said.line)
        else:
            said.show(options.console())


@dataclass(frozen=True)
class _Said:
    """An answer, as a line for programs and as what it shows to people."""

    line: str
    show: Callable[[Console], None]


def _answer(
    what_if: WhatIf,
    listener: Listener,
    found: hand.InHand,
    of: Mapping[str, str | None],
    *,
    thorough: bool,
) -> _Said:
    from coverage_opt.analysis.why_offer import why_offer
    from coverage_opt.analysis.why_reach import why_reach
    from coverage_opt.cli.answers import explain_page, reach_page

    programme, site = of["programme"], of["site"]
    if programme is not None and site is not None:
        one = why_offer(what_if, programme, site, thorough=thorough, listener=listener)
        return _Said(explain_page.as_line(one, found), partial(explain_page.show, one, found))
    other = why_reach(
        what_if,
        occupation=of["occupation"],
        programme=programme,
        municipality=of["municipality"],
        thorough=thorough,
        listener=listener,
    )
    return _Said(reach_page.as_line(other, found), partial(reach_page.show, other, found))


def _check(
    programme: str | None, site: str | None, occupation: str | None, municipality: str | None
) -> None:
    """Refuse combinations of options that ask nothing, or too much."""
    said = None
    if (programme is None) == (occupation is None):
        said = "give --programme or --occupation, and not both"
    elif site is not None and (programme is None or municipality is not None):
        said = "--site goes with --programme, and with nothing else"
    if said is not None:
        typer.echo(f"Error: {said}", err=True)
        raise typer.Exit(Exit.USAGE)


def _identified(
    region: Region,
    programme: str | None,
    site: str | None,
    occupation: str | None,
    municipality: str | None,
) -> dict[str, str | None]:
    """Return what was typed as identifiers; everything that is unknown is said at once."""
    asked = {
        "programme": (programme, hand.programmes(region)),
        "site": (site, hand.sites(region)),
        "occupation": (occupation, hand.occupations(region)),
        "municipality": (municipality, hand.municipalities(region)),
    }
    return hand.all_named(asked)
