"""From a region and a policy to a verified plan: the whole way, in one place."""

from __future__ import annotations

import platform
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from coverage_opt.approach import approach
from coverage_opt.contradiction import in_words
from coverage_opt.errors import InputError, Problem
from coverage_opt.formulation.blocks import blocks_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case
from coverage_opt.formulation.decisions import PeriodDecisions
from coverage_opt.formulation.moments import may_join, moments_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.placing import Placed, place
from coverage_opt.plan.derive import Basis, derive_tables, stage_value
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules import Violation
from coverage_opt.solver.highs import ContradictionError, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Listener, relative_gap, silent
from coverage_opt.solver.stages import Hint, Staged, StageResult, run_stages

NO_PLAN = "no plan satisfies every rule of the policy"

ROUNDING = 1e-9
"""By how much rounding may lift a gap over what is allowed."""

HeldOffers = Mapping[int, Collection[tuple[str, str]]]
"""Period -> the (programme, site) that are offered in it, and no others."""


class NoPlan(Exception):
    """A limit came before a plan was found; there may be one.

    Attributes:
        interrupted: whether it was the user who stopped the run.
    """

    def __init__(self, message: str, *, interrupted: bool = False) -> None:
        super().__init__(message)
        self.interrupted = interrupted


class Infeasible(Exception):
    """No plan satisfies the policy: proven. Says which rules are involved."""


class UnverifiedPlan(Exception):
    """The engine made a plan that its own verifier refuses: a fault of the engine.

    Attributes:
        violations: everything the verifier found.
    """

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("\n".join(str(violation) for violation in violations[:20]))
        self.violations = violations


@dataclass
class _Clock:
    """Wall time per phase, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + spent


def solve(
    region: Region,
    policy: Policy,
    limits: Limits | None = None,
    *,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
    listener: Listener = silent,
    merge_zones: bool = True,
    held_offers: HeldOffers | None = None,
) -> Plan:
    """Plan a region under a policy, for one or more periods and scenarios.

    Args:
        region: the region.
        policy: the policy.
        limits: time, gap, seed, threads; by default those of :class:`Limits`.
        periods: calendar years, increasing; by default the region's first alone.
        scenarios: name of a scenario set of the region; ``mean:SET`` for the one scenario that is
            the mean of a set.
        listener: hears how the solve goes.
        merge_zones: whether zones and learners that cannot be told apart are planned as one
            wherever that is exact (no stage that decides offers or units weighs travel); it
            changes no optimum, only the time.
        held_offers: what is offered in each period, where that is settled already.

    Returns:
        A plan that has passed :func:`coverage_opt.plan.verify.verify`.

    Raises:
        InputError: the policy does not fit the region, or the region has no such period or set.
        Infeasible: no plan satisfies the policy.
        NoPlan: a limit came before a plan was found.
        UnverifiedPlan: the engine made a plan that breaks a rule; please report it.
    """
    limits = limits or Limits()
    years = region.periods[:1] if periods is None else tuple(periods)
    futures = _check(region, policy, years, scenarios, limits)
    clock = _Clock()
    deadline = Deadline.after(limits.time_limit_seconds)
    with clock.phase("reduce"):
        taught = teaching(region, policy)
        moments = moments_of(region, years, futures, join=may_join(policy, years))
        merge = merge_zones and _may_merge(policy)
        case = build_case(region, policy, taught, moments, futures, merge=merge)
    with clock.phase("build"):
        model = build(case, policy, _deciding(policy))
    staged, decisions = _decide(model, limits, deadline, listener, clock, held_offers)
    with clock.phase("place"):
        placed = place(case, decisions, limits)
    with clock.phase("derive"):
        tables = _tables(case, futures, decisions, placed)
        tables["stages"] = _stage_table(policy, tables, futures, staged, placed.stage, limits.gap)
    plan = Plan(
        status=_status(policy, tables["stages"]),
        region=region.name,
        region_hash=region.content_hash,
        policy=policy,
        periods=years,
        scenario_set=scenarios,
        scenarios=futures,
        run=_how_it_was_made(limits, clock, case, staged),
        _tables=tables,
    )
    with clock.phase("verify"):
        violations = verify(region, plan)
    if violations:
        raise UnverifiedPlan(violations)
    return plan


def _check(
    region: Region, policy: Policy, years: Sequence[int], scenarios: str, limits: Limits
) -> tuple[Scenario, ...]:
    """Return the scenarios; raise everything that is wrong with what is asked, at once."""
    problems: list[Problem] = []
    unknown = [str(year) for year in years if year not in region.periods]
    listed = ", ".join(map(str, region.periods))
    if unknown:
        what = f"{region.name} has no period {', '.join(unknown)}"
        problems.append(Problem(what, advice=f"choose from {listed}"))
    if not years or list(years) != sorted(set(years)):
        shown = ", ".join(map(str, years)) or "none"
        what = f"the periods are not in order, or one comes twice: {shown}"
        problems.append(Problem(what, advice=f"give them once each, the earliest first: {listed}"))
    futures: tuple[Scenario, ...] = ()
    try:
        futures = region.scenario_set(scenarios)
    except InputError as error:
        problems += error.problems
    problems += policy.problems(region, gap=limits.gap)
    if problems:
        raise InputError(problems)
    return futures


def _may_merge(policy: Policy) -> bool:
    """Merging is exact as long as no stage that decides offers weighs minutes."""
    return not any("travel_minutes" in stage.terms for stage in _deciding(policy))


def _deciding(policy: Policy) -> list[Stage]:
    """Return the stages that decide more than where learners go."""
    return [stage for stage in policy.objective if stage.decides != "placement"]


def _decide(
    model: PlanningModel,
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
    clock: _Clock,
    held_offers: HeldOffers | None,
) -> tuple[Staged, tuple[PeriodDecisions, ...]]:
    """Solve the stages that decide offers."""
    if model.contradictions:
        raise Infeasible(in_words(model, limits, NO_PLAN))
    try:
        with clock.phase("hand_over"):
            handed = hand_over(model, limits)
            blocks = blocks_of(model, handed.matrix.columns)
            _hold_offers(handed, held_offers)
    except ContradictionError as error:
        raise Infeasible(in_words(model, limits, NO_PLAN)) from error
    with clock.phase("solve"):
        hint = Hint()
        if held_offers is None:
            hint = approach(model.case, handed, limits, deadline, listener)
            if hint.interrupted:
                raise NoPlan("no plan was found before it was stopped", interrupted=True)
        staged = run_stages(handed.solver, handed.goals, limits, deadline, listener, blocks, hint)
    if staged.status is Status.INFEASIBLE:
        if held_offers is not None:
            raise Infeasible("no plan with exactly these offers satisfies every rule of the policy")
        raise Infeasible(in_words(model, limits, NO_PLAN))
    if staged.columns is None:
        raise NoPlan("no plan was found within the limits", interrupted=staged.interrupted)
    return staged, handed.decisions(staged.columns)


def _hold_offers(handed: HandedOver, held_offers: HeldOffers | None) -> None:
    """Fix the offers, where they are settled already."""
    for period in handed.model.periods if held_offers is not None else ():
        wanted = set((held_offers or {}).get(period.period, ()))
        beyond = sorted(wanted - set(period.offer))
        if beyond:
            programme, site = beyond[0]
            raise Infeasible(f"no class can be filled in {period.period} for {programme} at {site}")
        columns = [handed.matrix.column(offer) for offer in period.offer.values()]
        values = np.array([float(key in wanted) for key in period.offer])
        handed.solver.change_bounds(columns, values, values)


def _tables(
    case: Case,
    scenarios: Sequence[Scenario],
    decisions: Sequence[PeriodDecisions],
    placed: Placed,
) -> dict[str, pd.DataFrame]:
    """Return every table of the plan but the stages."""
    demand = {
        (moment.period, scenario): moment.demand
        for period in case.periods
        for moment in period.moments
        for scenario in moment.scenarios
    }
    offers = [
        decided.offers.assign(period=period.period)[["period", "programme", "site"]]
        for period, decided in zip(case.periods, decisions, strict=True)
    ]
    return derive_tables(
        Basis(
            region=case.region,
            policy=case.policy,
            teaching=case.teaching,
            periods=tuple(period.period for period in case.periods),
            scenarios=tuple(scenarios),
            demand=demand,
            offers=pd.concat(offers, ignore_index=True),
            runs=placed.runs,
            **placed.tables,
        )
    )


def _stage_table(
    policy: Policy,
    tables: Mapping[str, pd.DataFrame],
    scenarios: Sequence[Scenario],
    staged: Staged,
    travel: StageResult,
    gap: float,
) -> pd.DataFrame:
    """Return one row per stage that was pursued, each measured on the finished plan.

    What a stage had in hand when it ended is not what the plan is worth: later stages may move
    it within its tolerance, and a stage stopped by a limit may not have counted all it reached.
    """
    pursued = iter(staged.stages)
    rows = []
    for number, stage in enumerate(policy.objective, start=1):
        result = travel if stage.decides == "placement" else next(pursued, None)
        if result is None:
            continue
        value = stage_value(stage, tables["outlook"], scenarios)
        weight = stage.terms["travel_minutes"] if result is travel else 1.0
        bound = weight * result.bound
        bound = max(value, bound) if stage.sense == "maximise" else min(value, bound)
        reached = relative_gap(value, bound)
        # what later stages gave up within the tolerance is not held against a stage that was
        # solved to the end
        tolerance = (stage.tolerance or 0.0) if result.solved else 0.0
        allowed = (gap + tolerance) / (1 - tolerance)
        rows.append(
            {
                "stage": number,
                "goal": stage.goal,
                "sense": stage.sense,
                "value": value,
                "bound": bound,
                "gap": reached,
                "seconds": result.seconds,
                "status": "optimal" if reached <= allowed + ROUNDING else "feasible",
            }
        )
    return pd.DataFrame(rows)


def _status(policy: Policy, stages: pd.DataFrame) -> str:
    whole = len(stages) == len(policy.objective) and (stages["status"] == "optimal").all()
    return "optimal" if whole else "feasible"


def _how_it_was_made(limits: Limits, clock: _Clock, case: Case, staged: Staged) -> dict[str, Any]:
    packages = ("coverage-opt", "highspy", "pyomo", "pandas", "numpy", "networkx")
    return {
        "gap_asked": limits.gap,
        "seed": limits.seed,
        "time_limit_seconds": limits.time_limit_seconds,
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "seconds": clock.seconds,
        "reductions": {name: list(counts) for name, counts in case.reductions.items()},
        "overrides": [],
        "interrupted": staged.interrupted,
    }
