"""From a region and a policy to a verified plan: the whole way, in one place."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from coverage_opt.errors import InputError
from coverage_opt.formulation.blocks import blocks_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case, takers_of
from coverage_opt.formulation.decisions import Decisions, decisions_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.formulation.terms import goal as goal_expression
from coverage_opt.plan.derive import Basis, derive_tables
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.policy.teaching import Teaching, teaching
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES, Violation
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.compile import compile_model, objective_vector
from coverage_opt.solver.highs import ContradictionError, Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.progress import Listener, relative_gap, silent
from coverage_opt.solver.stages import Goal, Staged, StageResult, run_stages

TRAVEL = Stage(minimise={"travel_minutes": 1.0}, decides="placement")
"""How learners are dealt back to real zones, whether or not the policy has a stage for it."""


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
        dealt = _dealt(decisions.switches, demand, case)
        placed = _place(region, policy, taught, dealt, decisions, limits)
    attendance = placed.decisions.attendance.rename(columns={"catchment": "zone"})
    attended = attendance[["unit", "site"]].drop_duplicates()
    basis = Basis(
        region=region,
        policy=policy,
        teaching=taught,
        period=period,
        demand=demand,
        offers=decisions.offers,
        # without a minimum size the model may run a nearby unit that nobody needs
        nearby=decisions.nearby.merge(attended, on=["unit", "site"]),
        switches=dealt,
        placements=placed.decisions.placements.rename(columns={"catchment": "zone"}),
        attendance=attendance,
    )
    tables = derive_tables(basis)
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
    return dict(zip(openings["occupation"], map(float, openings["openings"]), strict=True))


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
            matrix = compile_model(model.pyomo)
            goals = [_goal(model, matrix, stage) for stage in stages]
            blocks = blocks_of(model, matrix.columns)
            solver = Solver(matrix, limits)
    except ContradictionError as error:
        raise Infeasible(_in_words(model, str(error))) from error
    with clock.phase("solve"):
        staged = run_stages(solver, goals, limits, deadline, listener, blocks)
    if staged.status is Status.INFEASIBLE:
        raise Infeasible(_in_words(model, "no plan satisfies every rule of the policy"))
    if staged.columns is None:
        raise NoPlan("no plan was found within the limits", interrupted=staged.interrupted)
    return staged, decisions_of(model, _values(matrix, staged.columns))


def _goal(model: PlanningModel, matrix: Matrix, stage: Stage) -> Goal:
    coefficients, offset = objective_vector(matrix, goal_expression(model, stage))
    held = [] if stage.decides == "offers" else [matrix.column(v) for v in model.offer.values()]
    holds = np.array(held, dtype=np.int64)
    return Goal(stage.goal, stage.sense, coefficients, offset, stage.tolerance, holds)


def _values(matrix: Matrix, columns: np.ndarray[Any, np.dtype[np.float64]]) -> dict[int, float]:
    return {id(variable): float(columns[i]) for i, variable in enumerate(matrix.columns)}


def _in_words(model: PlanningModel, reason: str) -> str:
    rules = ", ".join(rule.name for rule in model.policy.active_rules) or "none"
    return f"{reason}; rules in force: {rules}"


@dataclass(frozen=True)
class _Placed:
    decisions: Decisions
    stage: StageResult


def _place(
    region: Region,
    policy: Policy,
    taught: Teaching,
    dealt: pd.DataFrame,
    decisions: Decisions,
    limits: Limits,
) -> _Placed:
    """Deal the learners back to the real zones with as little travel as the plan allows.

    Offers, units and who takes which programme are held; each real zone has its share, by
    demand, in what its merged zone does. The same formulation over the real zones then decides
    where everybody goes: a linear programme, so what it reaches is also its bound.
    """
    takes = dealt.groupby(["zone", "programme"], as_index=False)["learners"].sum()
    settled = takes.rename(columns={"programme": "choice"})
    own = takers_of(region)
    own = own[own["choice"] == own["programme"]]
    held = build_case(region, policy, taught, settled, own, merge=False, only=decisions.held())
    model = build(held, _where_only(policy), {}, everybody_placed=True)
    matrix = compile_model(model.pyomo)
    solver = Solver(matrix, limits)
    _hold(solver, matrix, model, decisions)
    goal = _goal(model, matrix, TRAVEL)
    staged = run_stages(solver, [goal], limits, Deadline(), silent)
    if staged.columns is None:
        raise RuntimeError("learners of a plan could not be dealt back to their zones")
    return _Placed(decisions_of(model, _values(matrix, staged.columns)), staged.stages[0])


def _where_only(policy: Policy) -> Policy:
    """Return the policy with only what depends on where learners go.

    All other rules speak of offers, units and takes, which are held, and so hold already.
    """
    rules = {name: None for name in RULES if name not in {ClassSize.name, TravelLimit.name}}
    return policy.model_copy(
        update={"objective": (TRAVEL,), "rules": policy.rules.model_copy(update=rules)}
    )


def _hold(solver: Solver, matrix: Matrix, model: PlanningModel, decisions: Decisions) -> None:
    """Fix every offer and every unit of the model to what was decided."""
    pyomo = model.pyomo
    offered = set(decisions.offers.itertuples(index=False, name=None))
    nearby = set(decisions.nearby.itertuples(index=False, name=None))
    taught = {key for key, users in model.users.items() if any(offer in offered for offer in users)}
    chosen = [
        *((variable, key in offered) for key, variable in pyomo.offer.items()),
        *((variable, key in taught or key in nearby) for key, variable in pyomo.run.items()),
    ]
    columns = [matrix.column(variable) for variable, _ in chosen]
    values = [float(value) for _, value in chosen]
    solver.change_bounds(columns, values, values)


def _dealt(switches: pd.DataFrame, demand: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Give each zone and choice its share, by demand, in what its group does."""
    group_of = case.groups.members[["zone", "choice", "group"]].rename(columns={"zone": "merged"})
    asking = demand.assign(merged=demand["zone"].map(case.zone_of))
    asking = asking.merge(group_of, on=["merged", "choice"])
    asking["share"] = asking["learners"] / asking.groupby("group")["learners"].transform("sum")
    dealt = asking[["zone", "choice", "group", "share"]].merge(switches, on="group")
    dealt["learners"] *= dealt["share"]
    columns = ["zone", "choice", "programme", "learners"]
    return dealt[columns].sort_values(columns[:3], ignore_index=True)


def _stage_table(
    policy: Policy, indicators: pd.DataFrame, staged: Staged, travel: StageResult, gap: float
) -> pd.DataFrame:
    """Return one row per stage that was pursued, each measured on the finished plan.

    What a stage had in hand when it ended is not what the plan is worth: later stages may move
    it within its tolerance, and a stage stopped by a limit may not have counted all it reached.
    """
    worth = dict(zip(indicators["name"], map(float, indicators["value"]), strict=True))
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
