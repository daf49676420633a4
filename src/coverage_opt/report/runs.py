"""The plans that a report is about, each with its region and verified anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.manifest import MANIFEST
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.plan.store import load_plan
from coverage_opt.plan.verify import verify
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Violation


@dataclass(frozen=True)
class Run:
    """A saved plan that has passed the verifier.

    Attributes:
        name: what tells it apart from the others: the name of its folder.
        plan: the plan.
        region: the region it was made for, unchanged since.
    """

    name: str
    plan: Plan
    region: Region

    @property
    def rows_verified(self) -> int:
        """Rows of its tables, all of which were recomputed."""
        return sum(len(self.plan.table(name)) for name in TABLES)


class NotHoldingError(Exception):
    """A plan that breaks a rule or misreports itself: nothing is reported of it.

    Attributes:
        folder: the run folder.
        violations: everything that does not hold.
    """

    def __init__(self, folder: Path, violations: Sequence[Violation]) -> None:
        self.folder, self.violations = folder, tuple(violations)
        super().__init__(f"{folder} does not hold")


def read_runs(folders: Sequence[Path], instance: str | None = None) -> tuple[Run, ...]:
    """Read and verify run folders, the first of which the report is about.

    Args:
        folders: run folders, and folders of run folders, which stand for all that are in them.
        instance: the region, when it is not where it was.

    Raises:
        InputError: a folder that is no run folder, is damaged, was changed or is of another
            format; a region that is gone or has changed; runs of different regions.
        NotHoldingError: a plan does not verify.
    """
    places = _places(folders)
    plans = _loaded(places)
    _check_one_region(places, plans)
    region = load_region(instance or plans[0].run.get("instance") or plans[0].region)
    for place, plan in zip(places, plans, strict=True):
        if plan.region_hash != region.content_hash:
            raise InputError([_changed(place, plan, region)])
    for place, plan in zip(places, plans, strict=True):
        violations = verify(region, plan)
        if violations:
            raise NotHoldingError(place, violations)
    named = zip(_names(places), plans, strict=True)
    return tuple(Run(name, plan, region) for name, plan in named)


def _places(folders: Sequence[Path]) -> list[Path]:
    """Return the run folders meant, each once."""
    found: dict[Path, Path] = {}
    for folder in folders:
        inner = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
        is_run = (folder / MANIFEST).is_file() or not inner
        for place in [folder] if is_run else inner:
            found.setdefault(place.resolve(), place)
    return list(found.values())


def _loaded(places: Sequence[Path]) -> list[Plan]:
    """Read every plan.

    Raises:
        InputError: the problems of all folders, each with its folder when there are several.
    """
    plans, problems = [], list[Problem]()
    for place in places:
        try:
            plans.append(load_plan(place))
        except InputError as error:
            for problem in error.problems:
                where = f"{place}/{problem.where}" if problem.where else ""
                shown = where if len(places) > 1 else problem.where
                problems.append(Problem(problem.what, shown, problem.rows, problem.advice))
    if problems:
        raise InputError(problems)
    return plans


def _check_one_region(places: Sequence[Path], plans: Sequence[Plan]) -> None:
    regions = {plan.region for plan in plans}
    if len(regions) > 1:
        listed = tuple(f"{place}: {plan.region}" for place, plan in zip(places, plans, strict=True))
        what = "the runs are of different regions, of which nothing can be laid side by side"
        raise InputError([Problem(what, "", listed, "make a report for each region")])
    versions = {plan.region_hash for plan in plans}
    if len(versions) > 1:
        listed = tuple(
            f"{place}: {plan.region_hash[:12]}" for place, plan in zip(places, plans, strict=True)
        )
        what = f"the runs are of different versions of {plans[0].region}"
        advice = "solve again with the same data, or report on each by itself"
        raise InputError([Problem(what, "", listed, advice)])


def _changed(place: Path, plan: Plan, region: Region) -> Problem:
    if plan.region != region.name:
        what = f"{place} is a plan for {plan.region}, not for {region.name}"
        return Problem(what, advice="give the region it was made for with --instance")
    what = f"{region.name} has changed since {place} was made"
    return Problem(what, advice="solve again, or give the region as it was with --instance")


def _names(places: Sequence[Path]) -> list[str]:
    """Return names for people that are all different: as much of the paths as that takes."""
    short = [place.resolve().name for place in places]
    if len(set(short)) == len(short):
        return short
    return [str(place) for place in places]
