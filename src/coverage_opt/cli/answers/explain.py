"""The command ``explain``: why something is, or is not, in a plan."""

from __future__ import annotations

from typing import Annotated

import typer

from coverage_opt.cli import options
from coverage_opt.cli.answers import in_hand as hand
from coverage_opt.cli.failures import Exit, expected_failures, usage_failures
from coverage_opt.region.region import Region


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
                if of["site"] is not None:
                    from coverage_opt.analysis.why_offer import why_offer
                    from coverage_opt.cli.answers import explain_page as page

                    reasons = why_offer(
                        what_if,
                        str(of["programme"]),
                        of["site"],
                        thorough=not quick,
                        listener=listener,
                    )
        if as_json:
            typer.echo(page.as_line(reasons, found))
        else:
            page.show(reasons, found, options.console())


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
