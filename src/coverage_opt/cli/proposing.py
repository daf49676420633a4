"""The command ``propose-units``: orientation years and modules that programmes could share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coverage_opt.cli import options
from coverage_opt.cli.failures import expected_failures, usage_failures
from coverage_opt.policy.load import load_policy
from coverage_opt.region.load import load_region


def propose_units(
    instance: options.Instance,
    policy: Annotated[
        str, typer.Option("--policy", help="Its group sizes and travel limit are asked.")
    ] = "modular",
    variant: options.Variant = None,
    overrides: options.Overrides = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Proposals to show.")] = 10,
    seed: options.Seed = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A region to make, with proposals in it."),
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option(metavar="UNIT", help="A proposal to put in; may be repeated; else all shown."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Propose units that programmes could share, so that learners find a group within reach.

    Exit codes: 0; 2 usage; 3 bad data.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.proposals import propose
        from coverage_opt.analysis.proposed_region import write_with
        from coverage_opt.cli import proposals_page as page

        region = load_region(instance)
        asked = load_policy(policy, tuple(overrides or ()), variant)
        found = propose(region, asked, seed=seed)[:top]
        with usage_failures():
            taken = page.chosen(found, take)
        made = None
        if out is not None and taken:
            made = page.Made(out, taken, region, write_with(region, taken, out), asked)
    if as_json:
        typer.echo(page.as_line(found, region, made))
    else:
        page.show(found, region, asked, options.console())
        if made is not None:
            page.show_made(made, options.console())
