"""From a region and a policy to a verified plan: the whole way, in one place."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import pandas as pd

from coverage_opt.errors import InputError
from coverage_opt.formulation.blocks import blocks_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case, takers_of
from coverage_opt.formulation.decisions import Decisions
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.frames import mapping
from coverage_opt.handing_over import hand_over
from coverage_opt.placing import Placed, place
from coverage_opt.plan.derive import Basis, derive_tables
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from coverage_opt.rules import Violation
from coverage_opt.solver.highs import ContradictionError, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Listener, relative_gap, silent
from coverage_opt.solver.stages import Staged, StageResult, run_stages

ROUNDING = 1e-9
"""By how much rounding may lift a gap over what is allowed."""


class NoPlan(Exception):
    """A limit came before a plan was found; there may be one.

    Attributes:
        interrupted: whether it was the user who stopped the run.
    """

    def __init__(self, message: str, *, interrupted: bool = False) -> None:
        super().__init__(message)
        self.interrupted = interrupted


class Infeasible(Exception):
    """No plan satisfies the policy: proven."""


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
    period: int | None = None,
    listener: Listener = silent,
    merge_zones: bool = True,
) -> Plan:
    """Plan a region under a policy for one period.

    Args:
        region: the region.
        policy: the policy.
        limits: time, gap, seed, threads; by default those of :class:`Limits`.
        period: calendar year; by default the region's first.
        listener: hears how the solve goes.
        merge_zones: whether zones and learners that cannot be told apart are planned as one
            wherever that is exact (no stage that decides offers or units weighs travel); it
            changes no optimum, only the time.

    Returns:
        A plan that has passed :func:`coverage_opt.plan.verify.verify`.

    Raises:
        InputError: the policy does not fit the region, or the region has no such period.
        Infeasible: no plan satisfies the policy.
        NoPlan: a limit came before a plan was found.
        UnverifiedPlan: the engine made a plan that breaks a rule; please report it.
    """
    limits = limits or Limits()
    period = region.periods[0] if period is None else period
    demand = region.demand(period)
    _check(region, policy)
    clock = _Clock()
    deadline = Deadline.after(limits.time_limit_seconds)
    with clock.phase("reduce"):
        taught = teaching(region, policy.sharing)
        merge = merge_zones and _may_merge(policy)
        case = build_case(region, policy, taught, demand, takers_of(region), merge=merge)
    with clock.phase("build"):
        model = build(case, policy, _openings(region, period))
    staged, decisions = _decide(model, limits, deadline, listener, clock)
    with clock.phase("place"):
        placed = place(case, policy, demand, decisions, limits)
    tables = _tables(case, policy, period, demand, decisions, placed)
    tables["stages"] = _stage_table(policy, tables["indicators"], staged, placed.stage, limits.gap)
    plan = Plan(
        status=_status(policy, tables["stages"]),
        region=region.name,
        region_hash=region.content_hash,
        policy=policy,
        period=period,
        run=_how_it_was_made(limits, clock, case, staged),
        _tables=tables,
    )
    with clock.phase("verify"):
        violations = verify(region, plan)
    if violations:
        raise UnverifiedPlan(violations)
    return plan


def _check(region: Region, policy: Policy) -> None:
    problems = tuple(policy.problems(region))
    if problems:
        raise InputError(problems)


def _openings(region: Region, period: int) -> dict[str, float]:
    openings = region.openings[region.openings["period"] == period]
    return mapping(openings, "occupation", "openings")


def _may_merge(policy: Policy) -> bool:
    """Merging is exact as long as no stage that decides offers weighs minutes."""
    return not any(
        stage.decides != "placement" and "travel_minutes" in stage.terms
        for stage in policy.objective
    )


def _decide(
    model: PlanningModel, limits: Limits, deadline: Deadline, listener: Listener, clock: _Clock
) -> tuple[Staged, Decisions]:
    """Solve the stages that decide offers."""
    stages = [stage for stage in model.policy.objective if stage.decides != "placement"]
    try:
        with clock.phase("hand_over"):
            handed = hand_over(model, stages, limits)
            blocks = blocks_of(model, handed.matrix.columns)
    except ContradictionError as error:
        raise Infeasible(_in_words(model, str(error))) from error
    with clock.phase("solve"):
        staged = run_stages(handed.solver, handed.goals, limits, deadline, listener, blocks)
    if staged.status is Status.INFEASIBLE:
        raise Infeasible(_in_words(model, "no plan satisfies every rule of the policy"))
    if staged.columns is None:
        raise NoPlan("no plan was found within the limits", interrupted=staged.interrupted)
    return staged, handed.decisions(staged.columns)


def _in_words(model: PlanningModel, reason: str) -> str:
    rules = ", ".join(rule.name for rule in model.policy.active_rules) or "none"
    return f"{reason}; rules in force: {rules}"


def _tables(
    case: Case,
    policy: Policy,
    period: int,
    demand: pd.DataFrame,
    decisions: Decisions,
    placed: Placed,
) -> dict[str, pd.DataFrame]:
    """Return every table of the plan but the stages."""
    return derive_tables(
        Basis(
            region=case.region,
            policy=policy,
            teaching=case.teaching,
            period=period,
            demand=demand,
            offers=decisions.offers,
            nearby=placed.nearby,
            switches=placed.switches,
            placements=placed.placements,
            attendance=placed.attendance,
        )
    )


def _stage_table(
    policy: Policy, indicators: pd.DataFrame, staged: Staged, travel: StageResult, gap: float
) -> pd.DataFrame:
    """Return one row per stage that was pursued, each measured on the finished plan.

    What a stage had in hand when it ended is not what the plan is worth: later stages may move
    it within its tolerance, and a stage stopped by a limit may not have counted all it reached.
    """
    worth = mapping(indicators, "name", "value")
    worth["open_sites"] = worth["sites"]
    pursued = iter(staged.stages)
    rows = []
    for number, stage in enumerate(policy.objective, start=1):
        result = travel if stage.decides == "placement" else next(pursued, None)
        if result is None:
            continue
        value = sum(weight * worth[term] for term, weight in stage.terms.items())
        bound = max(value, result.bound) if stage.sense == "maximise" else min(value, result.bound)
        reached = relative_gap(value, bound)
        allowed = (gap + stage.tolerance) / (1 - stage.tolerance)
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
