"""A planning problem that was checked, reduced, built and compiled: ready to be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.contradiction import in_words
from coverage_opt.errors import InputError, Problem
from coverage_opt.formulation.blocks import blocks_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case
from coverage_opt.formulation.moments import may_join, moments_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.memory import uncollected
from coverage_opt.planning.clock import Clock
from coverage_opt.planning.failures import NO_PLAN, Infeasible
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.solver.highs import ContradictionError, Solver
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.matrix import component_of
from coverage_opt.solver.stages import Goal

Pair = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """What a plan is for.

    Attributes:
        region: the region.
        policy: the policy.
        periods: calendar years, increasing.
        scenario_set: its name.
        scenarios: the scenarios of the set.
    """

    region: Region
    policy: Policy
    periods: tuple[int, ...]
    scenario_set: str
    scenarios: tuple[Scenario, ...]

    @classmethod
    def of(
        cls,
        region: Region,
        policy: Policy,
        limits: Limits,
        periods: Sequence[int] | None = None,
        scenarios: str = "baseline",
    ) -> Asked:
        """Check what is asked.

        Args:
            region: the region.
            policy: the policy.
            limits: whose gap is held against the policy's tolerances.
            periods: calendar years, increasing; by default the region's first alone.
            scenarios: name of a scenario set of the region.

        Raises:
            InputError: the policy does not fit the region, or the region has no such period or set.
        """
        years = region.periods[:1] if periods is None else tuple(periods)
        futures = checked(region, policy, years, scenarios, limits)
        return cls(region, policy, years, scenarios, futures)


@dataclass(frozen=True)
class Prepared(Asked):
    """A region and a policy as a compiled model, which can be asked as often as needed.

    Attributes:
        handed: the model, its matrix, a solver that holds it, and a goal for each stage that
            decides more than where learners go, followed by those that were asked for besides.
        blocks: (columns,) the block of each column, negative where it spans several.
        watched: stages that no plan pursues, but that have a goal as well.
    """

    handed: HandedOver
    blocks: NDArray[np.int64]
    watched: tuple[Stage, ...] = ()

    @property
    def model(self) -> PlanningModel:
        """The model."""
        return self.handed.model

    @property
    def case(self) -> Case:
        """Index sets and data."""
        return self.handed.model.case

    @property
    def reductions(self) -> Mapping[str, tuple[int, int]]:
        """What was left out or merged: name -> (before, after), over all periods.

        The decisions on units are whether each is taught at a site, and in how many groups;
        ``after`` are those that do not follow from another.
        """
        periods, pyomo = self.model.periods, self.model.pyomo
        decisions = sum(len(period.run) + len(period.groups) for period in periods)
        own = len(pyomo.run) + len(pyomo.groups)
        return {**self.case.reductions, "unit decisions": (decisions, own)}

    @property
    def goals(self) -> tuple[Goal, ...]:
        """One for each stage of the policy that decides more than where learners go."""
        return self.handed.goals[: len(self.handed.goals) - len(self.watched)]

    def goal_of(self, stage: Stage) -> Goal:
        """Return the goal of a stage that is watched."""
        return self.handed.goals[len(self.goals) + self.watched.index(stage)]

    def afresh(self, limits: Limits, without: Collection[str] = ()) -> HandedOver:
        """Return the model in the hands of another solver, as it was compiled.

        Args:
            limits: seed, threads and log.
            without: names of rules whose rows are left out.
        """
        matrix = self.handed.matrix
        if without:
            loose = np.array([component_of(row) in without for row in matrix.rows], dtype=np.bool_)
            lower = np.where(loose, -np.inf, matrix.row_lower)
            upper = np.where(loose, np.inf, matrix.row_upper)
            matrix = replace(matrix, row_lower=lower, row_upper=upper)
        return replace(self.handed, matrix=matrix, solver=Solver(matrix, limits))


def prepare(
    region: Region,
    policy: Policy,
    limits: Limits,
    *,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
    merge_zones: bool = True,
    watched: Sequence[Stage] = (),
    clock: Clock | None = None,
) -> Prepared:
    """Check, reduce, build and compile; see :func:`coverage_opt.planning.solving.solve`.

    Args:
        region: the region.
        policy: the policy.
        limits: gap, seed, threads and log of the solver.
        periods: calendar years, increasing; by default the region's first alone.
        scenarios: name of a scenario set of the region.
        merge_zones: whether zones and learners that cannot be told apart are planned as one
            wherever that is exact.
        watched: further stages, so that the model has what they weigh.
        clock: where the time is noted.

    Raises:
        InputError: the policy does not fit the region, or the region has no such period or set.
        Infeasible: a demand of the policy can never be met, whatever is decided.
    """
    asked = Asked.of(region, policy, limits, periods, scenarios)
    return compiled(asked, limits, clock or Clock(), merge_zones=merge_zones, watched=watched)


@uncollected()
def compiled(
    asked: Asked,
    limits: Limits,
    clock: Clock,
    *,
    merge_zones: bool = True,
    watched: Sequence[Stage] = (),
) -> Prepared:
    """Reduce, build and compile what was checked; see :func:`prepare`."""
    region, policy, futures = asked.region, asked.policy, asked.scenarios
    with clock.phase("reduce"):
        moments = moments_of(region, asked.periods, futures, join=may_join(policy, asked.periods))
        stages = [*deciding(policy), *watched]
        merge = merge_zones and may_merge(stages)
        case = build_case(region, policy, teaching(region, policy), moments, futures, merge=merge)
    with clock.phase("build"):
        model = build(case, policy, stages)
    if model.contradictions:
        raise Infeasible(in_words(model, limits, NO_PLAN))
    try:
        with clock.phase("hand_over"):
            handed = hand_over(model, limits)
            blocks = blocks_of(model, handed.matrix.columns)
    except ContradictionError as error:
        raise Infeasible(in_words(model, limits, NO_PLAN)) from error
    return Prepared(
        region,
        policy,
        asked.periods,
        asked.scenario_set,
        futures,
        handed,
        blocks,
        tuple(watched),
    )


def checked(
    region: Region, policy: Policy, years: Sequence[int], scenarios: str, limits: Limits
) -> tuple[Scenario, ...]:
    """Return the scenarios; raise everything that is wrong with what is asked, at once.

    Raises:
        InputError: the policy does not fit the region, or the region has no such period or set.
    """
    problems = list(_problems_of_periods(region, years))
    futures: tuple[Scenario, ...] = ()
    try:
        futures = region.scenario_set(scenarios)
    except InputError as error:
        problems += error.problems
    problems += policy.problems(region, gap=limits.gap)
    if problems:
        raise InputError(problems)
    return futures


def _problems_of_periods(region: Region, years: Sequence[int]) -> Iterator[Problem]:
    unknown = [str(year) for year in years if year not in region.periods]
    listed = ", ".join(map(str, region.periods))
    if unknown:
        what = f"{region.name} has no period {', '.join(unknown)}"
        yield Problem(what, advice=f"choose from {listed}")
    if not years or list(years) != sorted(set(years)):
        shown = ", ".join(map(str, years)) or "none"
        what = f"the periods are not in order, or one comes twice: {shown}"
        yield Problem(what, advice=f"give them once each, the earliest first: {listed}")


def deciding(policy: Policy) -> list[Stage]:
    """Return the stages that decide more than where learners go."""
    return [stage for stage in policy.objective if stage.decides != "placement"]


def may_merge(stages: Iterable[Stage]) -> bool:
    """Tell whether zones with the same sites in reach may be planned as one.

    Only minutes tell them apart, and of all rows and goals only the term ``travel_minutes`` knows
    minutes.

    Args:
        stages: all that the model is built for.
    """
    return not any("travel_minutes" in stage.terms for stage in stages)
