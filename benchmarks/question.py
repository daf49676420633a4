"""What a benchmark asks: a region, a policy and how much of it, ready to be loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.classics.problem import LocationProblem
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region

Figures = dict[str, float | str]
"""What is noted of a run besides what every run has: column -> value."""


@dataclass(frozen=True)
class Question:
    """One planning problem.

    Attributes:
        region: a shipped region, or the folder of one.
        policy: a shipped policy, or the file of one.
        variant: named changes to the policy; None for none.
        overrides: settings ``path=value`` on top of these.
        periods: how many of the region's periods are planned for, from the first on.
        scenarios: name of the scenario set.
        figures: what else is to be noted of a plan, worked out from it and its region.
        scale: by which the value of the first stage is multiplied, so that it is in a unit of the
            problem's own.
        problem: the location problem it stands for; None when it is of the engine's own kind.
    """

    region: str
    policy: str
    variant: str | None = None
    overrides: tuple[str, ...] = ()
    periods: int = 1
    scenarios: str = "baseline"
    figures: Callable[[Region, Plan], Figures] | None = None
    scale: float = 1.0
    problem: LocationProblem | None = None


@dataclass(frozen=True)
class Sources:
    """Folders with published data, which are not part of the project.

    Attributes:
        problems: published location problems (``--data``); None when not given.
        facts: public figures of the Netherlands (``--facts``); None when not given.
    """

    problems: Path | None = None
    facts: Path | None = None

    def need_problems(self) -> Path:
        """Return the folder of published problems.

        Raises:
            MissingSourceError: it was not given, or is not there.
        """
        return _needed(self.problems, "published location problems", "--data")

    def need_facts(self) -> Path:
        """Return the folder of public figures.

        Raises:
            MissingSourceError: it was not given, or is not there.
        """
        return _needed(self.facts, "public figures", "--facts")


class MissingSourceError(Exception):
    """A folder of published data is needed and not there; says how to give it."""


@dataclass(frozen=True)
class Case:
    """One problem of a suite.

    Attributes:
        name: within its suite.
        ask: makes the question: from the published data, a seed, and a folder to write into.
        methods: names of what it is put to.
        time_limit: seconds a run may take; None for that of the suite.
        gap: relative gap that is asked for; None for that of the suite.
        published: whether it needs the published data of its suite.
    """

    name: str
    ask: Callable[[Sources, int, Path], Question]
    methods: tuple[str, ...] = ("engine",)
    time_limit: float | None = None
    gap: float | None = None
    published: bool = False


@dataclass(frozen=True)
class Suite:
    """Problems that are run together and reported in one table.

    Attributes:
        name: as typed.
        title: what it is about, in one sentence.
        cases: its problems.
        seeds: seeds every case is run with, one run each.
        time_limit: seconds a run may take.
        gap: relative gap that is asked for.
        grace: seconds after the limit within which a run must have ended by itself.
        needs: option that gives the published data it needs; empty for none.
        drawn: whether its problems are drawn with the seed, and so differ from seed to seed.
    """

    name: str
    title: str
    cases: tuple[Case, ...] = field(repr=False)
    seeds: tuple[int, ...] = (1,)
    time_limit: float = 600.0
    gap: float = 1e-4
    grace: float = 60.0
    needs: str = ""
    drawn: bool = False


def shipped(
    region: str,
    policy: str,
    *,
    variant: str | None = None,
    periods: int = 1,
    scenarios: str = "baseline",
    figures: Callable[[Region, Plan], Figures] | None = None,
) -> Callable[[Sources, int, Path], Question]:
    """Return what asks a shipped policy of a shipped region."""
    question = Question(region, policy, variant, (), periods, scenarios, figures)
    return lambda _sources, _seed, _folder: question


def _needed(folder: Path | None, what: str, option: str) -> Path:
    if folder is None:
        raise MissingSourceError(f"the {what} are needed: give their folder with {option}")
    if not folder.is_dir():
        raise MissingSourceError(f"there is no folder {folder} with the {what} ({option})")
    return folder
