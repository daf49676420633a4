"""Exit codes, and what is said when something that can be expected goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import typer

from coverage_opt.cli import INTERRUPTED
from coverage_opt.errors import InputError


class Exit(IntEnum):
    """What the program's exit code says."""

    PLAN = 0
    """a plan within the asked gap, or one at a limit with its gap shown; a check that passed"""
    FAULT = 1
    """a plan that does not verify; a fault of the engine"""
    USAGE = 2
    """the command line itself is wrong"""
    BAD_DATA = 3
    """the input cannot be planned with"""
    INFEASIBLE = 4
    """no plan satisfies the policy"""
    NO_PLAN = 5
    """a limit came first"""
    INTERRUPTED = INTERRUPTED
    """Ctrl-C, without a plan"""


@contextmanager
def expected_failures(*, machine: bool = False) -> Iterator[None]:
    """Turn bad input and Ctrl-C into words on standard error and an exit code.

    Args:
        machine: whether the outcome is also printed as one line of JSON on standard output.
    """
    try:
        yield
    except InputError as error:
        problems = [
            {"what": p.what, "where": p.where, "rows": list(p.rows), "advice": p.advice}
            for p in error.problems
        ]
        said = f"{_counted(error)}\n{error}"
        leave(Exit.BAD_DATA, said, machine, "bad_data", {"problems": problems})
    except KeyboardInterrupt:
        facts = {"message": "interrupted", "interrupted": True}
        leave(Exit.INTERRUPTED, "Interrupted: nothing was saved.", machine, "no_plan", facts)


@contextmanager
def usage_failures() -> Iterator[None]:
    """Turn an InputError about what was typed into a usage error."""
    try:
        yield
    except InputError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(Exit.USAGE) from error


def leave(code: Exit, said: str, machine: bool, status: str, facts: dict[str, Any]) -> NoReturn:
    """Say why on standard error, and to programs on standard output, and leave.

    Args:
        code: the exit code.
        said: the reason, for people.
        machine: whether programs are told too.
        status: the reason in one word, for programs.
        facts: the rest of what programs are told.
    """
    typer.echo(said, err=True)
    if machine:
        typer.echo(json.dumps({"status": status, **facts}))
    raise typer.Exit(code)


def _counted(error: InputError) -> str:
    number = len(error.problems)
    return "The input has a problem:" if number == 1 else f"The input has {number} problems:"
