"""``python -m benchmarks generate``: regions that are made up, in the engine's own files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.question import Question

app = typer.Typer(
    no_args_is_help=True, help="Write a synthetic region, and mostly a policy, into a folder."
)

Into = Annotated[Path, typer.Option(help="Folder to write; it must not be there yet.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed, the same files.")]


@app.command()
def region(
    into: Into,
    zones: Annotated[int, typer.Option(min=1, help="Number of zones.")] = 80,
    sites: Annotated[int, typer.Option(min=1, help="Number of sites.")] = 20,
    programmes: Annotated[int, typer.Option(min=1, help="Number of programmes.")] = 120,
    learners: Annotated[
        float, typer.Option(min=1, help="Learners a year who ask for a programme, on average.")
    ] = 80.0,
    reach: Annotated[
        float, typer.Option(min=0.1, help="Sites within the limit of a zone, on average.")
    ] = 6.25,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="No two zones reach the same sites: none merge.")
    ] = False,
    seed: Seed = 1,
) -> None:
    """A region of any size, where learners compete for classes."""
    from benchmarks.generators.region import Shape, write_synthetic

    with _into(into):
        shape = Shape(zones, sites, programmes, learners, reach, distinct)
        _say(write_synthetic(shape, seed, into))


@app.command()
def hard(
    into: Into,
    size: Annotated[str, typer.Option(help="small, medium or large.")] = "medium",
    seed: Seed = 1,
) -> None:
    """The hard case in one of its sizes."""
    from benchmarks.generators.region import SIZES, write_synthetic

    with _into(into):
        if size not in SIZES:
            raise ValueError(f"there is no size {size!r}: choose from {', '.join(SIZES)}")
        _say(write_synthetic(SIZES[size], seed, into))


@app.command()
def covering(
    into: Into,
    clients: Annotated[int, typer.Option(min=1, help="Number of clients.")] = 1000,
    sites: Annotated[int, typer.Option(min=1, help="Number of sites.")] = 100,
    opened: Annotated[int, typer.Option(min=1, help="Sites that may be opened.")] = 10,
    radius: Annotated[float, typer.Option(min=0.1, help="Kilometres a site covers.")] = 6.0,
    seed: Seed = 1,
) -> None:
    """A random maximal covering problem."""
    from benchmarks.generators.covering import Covering, write_covering

    with _into(into):
        _say(write_covering(Covering(clients, sites, opened, radius), seed, into))


@app.command()
def national(
    into: Into,
    facts: Annotated[Path, typer.Option(help="Folder of public figures, as for derivation.")],
) -> None:
    """All postcode areas of the Netherlands, with a made-up site in each larger town."""
    from benchmarks.generators.national import write_national

    with _into(into):
        write_national(facts, into)
        typer.echo(f"coverage-opt solve {into} --policy modular")


def _say(question: Question) -> None:
    typer.echo(f"coverage-opt solve {question.region} --policy {question.policy}")


@contextmanager
def _into(folder: Path) -> Iterator[None]:
    """Say what is wrong with what was asked, and end with exit code 2."""
    from derivation.facts import FactsMissingError

    if folder.exists():
        typer.echo(f"Error: {folder} is there already; give a new folder", err=True)
        sys.exit(2)
    try:
        yield
    except (ValueError, FactsMissingError) as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)
