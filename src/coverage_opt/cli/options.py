"""The arguments and options that several commands share."""

from __future__ import annotations

from math import isinf
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from coverage_opt.cli.duration import duration
from coverage_opt.cli.years import Years, years
from coverage_opt.solver.limits import Limits

TEN_MINUTES, TWO_MINUTES = "10m", "2m"

Instance = Annotated[str, typer.Argument(help="A shipped region, or a folder.", metavar="INSTANCE")]
Run = Annotated[Path, typer.Argument(help="A folder made by solve.", metavar="RUN")]
PolicyName = Annotated[str, typer.Option("--policy", help="A shipped policy, or a YAML file.")]
Periods = Annotated[
    Years | None,
    typer.Option(
        "--periods",
        parser=years,
        metavar="YEARS",
        help="all, or years such as 2026,2030; else the first.",
    ),
]
ScenarioSet = Annotated[
    str | None,
    typer.Option("--scenarios", metavar="SET", help="A scenario set; else the baseline alone."),
]
Variant = Annotated[
    str | None,
    typer.Option("--variant", metavar="NAME", help="Named changes to the policy, before --set."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change the policy; may be repeated."),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        parser=duration,
        metavar="TIME",
        help="Of one solve: for example 5m, 90s, 1h30m or none.",
    ),
]
Gap = Annotated[float, typer.Option("--gap", help="Relative gap that is good enough.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the solver's random choices.")]
Threads = Annotated[int | None, typer.Option("--threads", help="Else the solver chooses.")]
Moved = Annotated[
    str | None,
    typer.Option("--instance", help="The region, when it is not where it was.", metavar="INSTANCE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print no progress.")]


def limits_of(time_limit: float, gap: float, seed: int, threads: int | None) -> Limits:
    """Return the limits as typed.

    Raises:
        InputError: with every value outside its domain.
    """
    return Limits(None if isinf(time_limit) else time_limit, gap, seed, threads)


def console(*, stderr: bool = False) -> Console:
    """Return a console that takes text as it is: no markup, no emoji, no guessing of colours."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)
