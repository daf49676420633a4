"""``python -m benchmarks``: measured runs, and the tables made from them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Optional

import typer

from benchmarks import generate
from benchmarks.machine import ROOT
from benchmarks.question import MissingSourceError
from benchmarks.registry import SUITES, UnknownNameError, suite_named
from benchmarks.results import RESULTS

PAGE = ROOT / "docs" / "benchmarks.md"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measured runs, and the tables made from them.",
)
app.add_typer(generate.app, name="generate")

Folder = Annotated[Path, typer.Option("--results", help="Folder of the tables of results.")]


@app.command("list")
def show() -> None:
    """List the suites and their cases."""
    for suite in SUITES.values():
        typer.echo(f"{suite.name}: {suite.title}")
        for case in suite.cases:
            typer.echo(f"  {case.name}: {', '.join(case.methods)}")


@app.command()
def run(
    suite: Annotated[str, typer.Argument(help="Name of a suite; see `list`.")],
    only: Annotated[
        Optional[list[str]],  # noqa: UP045 - as the command line's library wants it
        typer.Option(help="Only cases whose name begins so; may be repeated."),
    ] = None,
    methods: Annotated[
        str, typer.Option(help="Only these methods, as engine,plain; by default all of a case.")
    ] = "",
    seeds: Annotated[
        str, typer.Option(help="Seeds, as 1,2,3; by default those of the suite.")
    ] = "",
    time_limit: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=1.0, help="Seconds a run may take; by default those of the suite."),
    ] = None,
    data: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder of published location problems."),
    ] = None,
    facts: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder of public figures of the Netherlands."),
    ] = None,
    results: Folder = RESULTS,
    keep_best: Annotated[
        bool, typer.Option("--keep-best", help="Write better values into best_known.yaml.")
    ] = False,
    write_tables: Annotated[
        bool,
        typer.Option("--write-tables", help="regional: write README.md and each SOURCES.md too."),
    ] = False,
) -> None:
    """Run a suite, one process a run, and write its table of results."""
    from benchmarks.measuring import Asked, measure

    with _expected_failures():
        asked = Asked(
            suite_named(suite),
            tuple(only or ()),
            tuple(name for name in methods.split(",") if name),
            tuple(int(seed) for seed in seeds.split(",") if seed),
            time_limit,
            data,
            facts,
        )
        file = measure(asked, results, keep_best=keep_best, say=typer.echo)
        typer.echo(f"written: {file}")
        if write_tables:
            _write_tables(results)


@app.command()
def report(
    results: Folder = RESULTS,
    page: Annotated[Path, typer.Option(help="The page to write.")] = PAGE,
    keep_best: Annotated[
        bool, typer.Option("--keep-best", help="Write the best values into best_known.yaml first.")
    ] = False,
    write_tables: Annotated[
        bool, typer.Option("--write-tables", help="README.md and each SOURCES.md too.")
    ] = False,
) -> None:
    """Write the page of results: every target, met or not, every suite; and that of each table."""
    from benchmarks.best_known import read_best, write_best
    from benchmarks.registry import SUITES
    from benchmarks.report import report_page, write_pages
    from benchmarks.results import take_in_tables
    from benchmarks.summary import write_page

    if keep_best:
        best = read_best()
        for suite in SUITES.values():
            take_in_tables(suite, best, results)
        write_best(best)
    write_page(page, report_page(results))
    for file in (page, *write_pages(results)):
        typer.echo(f"written: {file}")
    if write_tables:
        with _expected_failures():
            _write_tables(results)


def _write_tables(results: Path) -> None:
    from benchmarks.readme import write_tables

    for file in write_tables(results):
        typer.echo(f"written: {file}")


@contextmanager
def _expected_failures() -> Iterator[None]:
    """Say what is wrong with what was asked, and end with exit code 2."""
    try:
        yield
    except (MissingSourceError, UnknownNameError) as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    app()
