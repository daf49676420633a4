"""From what was decided to a verified plan: learners placed, tables derived, everything checked."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pandas as pd

from coverage_opt.formulation.case import Case
from coverage_opt.formulation.decisions import PeriodDecisions
from coverage_opt.placing import Placed, place
from coverage_opt.plan.derive import Basis, derive_tables, stage_value
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.planning.clock import Clock
from coverage_opt.planning.failures import NoPlan, UnverifiedPlan
from coverage_opt.planning.prepared import Asked, Prepared
from coverage_opt.policy.policy import Policy
from coverage_opt.region.scenarios import Scenario
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.progress import relative_gap
from coverage_opt.solver.stages import Staged, StageResult

ROUNDING = 1e-9
"""By how much rounding may lift a gap over what is allowed."""


def finish(
    prepared: Prepared,
    staged: Staged,
    limits: Limits,
    clock: Clock,
    *,
    policy: Policy | None = None,
    made: Mapping[str, Any] | None = None,
) -> Plan:
    """Make a verified plan of what was decided.

    Args:
        prepared: what was solved.
        staged: what its stages ended with.
        limits: as they were for the stages.
        clock: where the time is noted.
        policy: what the plan satisfies, where that is not the policy that was prepared.
        made: what is to be kept about how the plan was made, besides.

    Raises:
        NoPlan: there are no decisions to make a plan of.
        UnverifiedPlan: the engine made a plan that breaks a rule; please report it.
    """
    if staged.columns is None:
        raise NoPlan("no plan was found within the limits", interrupted=staged.interrupted)
    case, followed = prepared.case, policy or prepared.policy
    decisions = prepared.handed.decisions(staged.columns)
    with clock.phase("place"):
        placed = place(case, decisions, limits)
    with clock.phase("derive"):
        tables = _tables(case, prepared.scenarios, decisions, placed)
        tables["stages"] = stage_table(
            followed, tables, prepared.scenarios, staged.stages, placed.stage, limits.gap
        )
    how = how_it_was_made(limits, clock, prepared.reductions, interrupted=staged.interrupted)
    return published(replace(prepared, policy=followed), tables, {**how, **(made or {})}, clock)


def published(
    asked: Asked, tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any], clock: Clock
) -> Plan:
    """Return the plan with these tables, once it is verified.

    Args:
        asked: what it is for.
        tables: every table of a plan.
        run: how it was made.
        clock: where the time is noted.

    Raises:
        UnverifiedPlan: the plan breaks a rule, or misreports itself.
    """
    plan = Plan(
        status=_status(asked.policy, tables["stages"]),
        region=asked.region.name,
        region_hash=asked.region.content_hash,
        policy=asked.policy,
        periods=asked.periods,
        scenario_set=asked.scenario_set,
        scenarios=asked.scenarios,
        run=run,
        _tables=tables,
    )
    with clock.phase("verify"):
        violations = verify(asked.region, plan)
    if violations:
        raise UnverifiedPlan(violations)
    return plan


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


def stage_table(
    policy: Policy,
    tables: Mapping[str, pd.DataFrame],
    scenarios: Sequence[Scenario],
    stages: Sequence[StageResult],
    travel: StageResult,
    gap: float,
) -> pd.DataFrame:
    """Return one row per stage that was pursued, each measured on the finished plan.

    What a stage had in hand when it ended is not what the plan is worth: later stages may move
    it within its tolerance, and a stage stopped by a limit may not have counted all it reached.
    """
    pursued = iter(stages)
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


def how_it_was_made(
    limits: Limits,
    clock: Clock,
    reductions: Mapping[str, tuple[int, int]],
    *,
    interrupted: bool,
) -> dict[str, Any]:
    """Return what a plan keeps of how it was made."""
    packages = ("coverage-opt", "highspy", "pyomo", "pandas", "numpy", "networkx")
    return {
        "gap_asked": limits.gap,
        "seed": limits.seed,
        "time_limit_seconds": limits.time_limit_seconds,
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "seconds": clock.seconds,
        "reductions": {name: list(counts) for name, counts in reductions.items()},
        "overrides": [],
        "interrupted": interrupted,
    }
