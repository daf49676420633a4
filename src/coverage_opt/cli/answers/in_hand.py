"""A saved plan with its region: what every question about a run begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coverage_opt.cli.progress import shown_on
from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.store import load_plan
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.progress import Listener

if TYPE_CHECKING:
    from rich.console import Console

    from coverage_opt.planning.what_if import WhatIf
    from coverage_opt.policy.policy import Stage


@dataclass(frozen=True)
class InHand:
    """A plan, and the region it was made for.

    Attributes:
        plan: the plan.
        region: the region, with the content it then had.
        instance: the region as the user named it.
    """

    plan: Plan
    region: Region
    instance: str

    def facts(self) -> dict[str, str | float]:
        """Return what programs are told first: whose plan it is, and how good its first stage."""
        first = self.plan.stages.iloc[0]
        of_stage = {name: float(first[name]) for name in ("value", "bound", "gap")}
        return {"region": self.plan.region, "policy": self.plan.policy.name, **of_stage}


def in_hand(run: Path, instance: str | None) -> InHand:
    """Read a run folder, and the region it was made for.

    Args:
        run: a folder made by ``solve``.
        instance: the region, when it is not where it was.

    Raises:
        InputError: the folder cannot be read, or the region is gone or has changed.
    """
    plan = load_plan(run)
    named = instance or str(plan.run.get("instance") or plan.region)
    region = load_region(named)
    if region.content_hash != plan.region_hash:
        what = f"{named} is not the region as it was when {run} was made"
        advice = "solve again, or give the region as it then was with --instance"
        raise InputError([Problem(what, advice=advice)])
    return InHand(plan, region, named)


@contextmanager
def asking(
    found: InHand,
    limits: Limits,
    console: Console,
    *,
    quiet: bool,
    watched: Sequence[Stage] = (),
) -> Iterator[tuple[WhatIf, Listener]]:
    """Yield the plan in hand with its compiled model, and who hears how questions go."""
    from coverage_opt.planning.prepared import prepare
    from coverage_opt.planning.what_if import WhatIf

    plan = found.plan
    with shown_on(console, quiet=quiet) as listener:
        prepared = prepare(
            found.region,
            plan.policy,
            limits,
            periods=plan.periods,
            scenarios=plan.scenario_set,
            watched=watched,
        )
        yield WhatIf(prepared, plan, limits), listener


def named(kind: str, typed: str, names: Mapping[str, str]) -> str:
    """Return the identifier that was typed, or whose name was.

    Args:
        kind: what it is of, for messages.
        typed: an identifier, or a name that only one has.
        names: identifier -> name.

    Raises:
        InputError: there is none, or there are several of that name; with the nearest.
    """
    if typed in names:
        return typed
    same = [one for one, name in names.items() if name.casefold() == typed.casefold().strip()]
    if len(same) == 1:
        return same[0]
    if same:
        what = f"there are {len(same)} of the name {typed!r} among the {kind}s"
        raise InputError([Problem(what, f"--{kind}", tuple(same), "give one of these")])
    by_name = {name: one for one, name in names.items()}
    advice = did_you_mean(typed, [*names, *by_name])
    raise InputError([Problem(f"there is no {kind} {typed!r}", f"--{kind}", advice=advice)])


def all_named(asked: Mapping[str, tuple[str | None, Mapping[str, str]]]) -> dict[str, str | None]:
    """Return identifiers by kind, None for what was not typed.

    Args:
        asked: kind -> what was typed, and identifier -> name of all there are.

    Raises:
        InputError: everything that is unknown, with the nearest.
    """
    found: dict[str, str | None] = {}
    problems: list[Problem] = []
    for kind, (typed, names) in asked.items():
        try:
            found[kind] = None if typed is None else named(kind.split()[0], typed, names)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def each_named(
    kind: str, typed: Sequence[str] | None, names: Mapping[str, str]
) -> frozenset[str] | None:
    """Return the identifiers of several names; None when none was typed.

    Raises:
        InputError: everything that is unknown, with the nearest.
    """
    if not typed:
        return None
    found = all_named({f"{kind} {one}": (one, names) for one in typed})
    return frozenset(one for one in found.values() if one is not None)


def programmes(region: Region) -> dict[str, str]:
    """Return programme -> name."""
    return {str(one): region.programme_name(one) for one in region.programmes["programme"]}


def sites(region: Region) -> dict[str, str]:
    """Return site -> name."""
    return {str(one): region.site_name(one) for one in region.sites["site"]}


def occupations(region: Region) -> dict[str, str]:
    """Return occupation -> name."""
    return {str(one): region.occupation_name(one) for one in region.occupations["occupation"]}


def municipalities(region: Region) -> dict[str, str]:
    """Return the municipalities, each of which is called what it is."""
    return {str(one): str(one) for one in sorted(region.zones["municipality"].unique())}
