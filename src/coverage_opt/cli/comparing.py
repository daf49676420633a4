"""The command ``compare``: saved runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coverage_opt.cli import options
from coverage_opt.cli.failures import Exit, expected_failures, usage_failures
from coverage_opt.plan import store
from coverage_opt.plan.plan import Plan
from coverage_opt.region.load import load_region


def compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Folders made by solve; the first is compared with.")
    ],
    instance: Annotated[
        str | None, typer.Option(help="The region, when it is not where it was.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A .csv for the figures, or a folder for every table.", metavar="PLACE"),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Show what runs offer differently, and who gains and loses by it.

    Exit codes: 0; 2 usage; 3 a run that cannot be read, or runs that cannot be compared.
    """
    if len(runs) < 2:
        typer.echo("Error: give at least two runs to compare.", err=True)
        raise typer.Exit(Exit.USAGE)
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.comparison import compare as compared
        from coverage_opt.analysis.comparison import refuse_different_regions
        from coverage_opt.cli import comparison_page as page

        with usage_failures():
            page.check_destination(out)
        plans = _named(runs)
        refuse_different_regions(plans)
        first = next(iter(plans.values()))
        region = load_region(instance or first.run.get("instance") or first.region)
        found = compared(plans, region)
        if out is not None:
            page.write(found, out)
    if as_json:
        typer.echo(page.as_line(found))
    else:
        page.show(found, options.console())
        if out is not None:
            typer.echo(f"Written to {out}")


def _named(runs: list[Path]) -> dict[str, Plan]:
    """Return the plans by the folders' names, or by the folders themselves where those clash."""
    names = [run.name for run in runs]
    clash = len(set(names)) < len(names)
    plans: dict[str, Plan] = {}
    for run in runs:
        name = str(run) if clash else run.name
        while name in plans:
            name += " (again)"
        plans[name] = store.load_plan(run)
    return plans
