"""The command ``report``: a page, a workbook and GeoJSON of saved plans."""

from __future__ import annotations

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from coverage_opt.cli.failures import Exit, expected_failures, usage_failures

NEEDED = ("altair", "babel", "jinja2", "markdown_it", "shapely", "vl_convert", "xlsxwriter")
"""What the extra ``report`` brings."""


class Tongue(StrEnum):
    """A language of the report."""

    nl = "nl"
    en = "en"


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Folders made by solve, for one region; more than one are laid side by side.",
        ),
    ],
    language: Annotated[
        Tongue, typer.Option("--language", help="Shown first; the page has both.")
    ] = Tongue.nl,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page; else RUN.html beside the run.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also a workbook of the same tables.")
    ] = None,
    geojson: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also zones and sites, for a GIS.")
    ] = None,
    instance: Annotated[
        str | None, typer.Option(help="The region, when it is not where it was.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are there.")
    ] = False,
) -> None:
    """Write a plan up as one page that works offline and prints: words, maps, tables, proof."""
    _check_installed()
    from coverage_opt.report.making import check_places, make_report
    from coverage_opt.report.runs import NotHoldingError, read_runs

    with expected_failures():
        page = out or _beside(runs[0])
        places = [place for place in (page, xlsx, geojson) if place is not None]
        with usage_failures():
            check_places(places, overwrite=overwrite)
        try:
            make_report(read_runs(runs, instance), language.value, page, xlsx, geojson)
        except NotHoldingError as error:
            told = "\n".join(map(str, error.violations))
            typer.echo(f"{error}: nothing is reported of it\n{told}", err=True)
            raise typer.Exit(Exit.FAULT) from error
    for place in places:
        typer.echo(f"Written: {place}")


def _beside(run: Path) -> Path:
    """Return the place of a run's page: beside its folder, under its name."""
    whole = run.resolve()
    return run.parent / f"{whole.name}.html" if run.name else whole.with_name(f"{whole.name}.html")


def _check_installed() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        typer.echo(
            f"Error: reports need what is not installed: {', '.join(missing)}\n"
            "    -> pip install 'coverage-opt[report]'",
            err=True,
        )
        raise typer.Exit(Exit.USAGE)
