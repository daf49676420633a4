"""The plain way: the model as a user would write it, through Pyomo's own interface to HiGHS.

The same rules and terms, without merging, blocks, start or hints; goals one after the other. What
nobody could ever fill is left out here too, as in any model written with care, which is to the
advantage of this side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyomo.environ as pyo
from pyomo.contrib import appsi

from benchmarks.methods.clock import HighsClock
from benchmarks.methods.run import Run, fingerprint
from benchmarks.methods.tail import HIGHS_LOG, Tail
from benchmarks.task import Found
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import build_case
from coverage_opt.formulation.moments import moments_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region

LOG = "plain.log"
SLACK = 1e-9
"""Share by which an earlier goal may fall, so that rounding leaves later stages a plan."""

Results = Any


def plain(run: Run) -> Found:
    """Build the whole model, and pursue every stage within the time limit."""
    region, policy = run.read()
    stages = policy.objective
    model = built(run, region, policy, stages, merge=False)
    built_after = run.trace.seconds
    found = Found("no_plan", stages[0].sense, build_seconds=built_after)
    found.fingerprint = fingerprint(region, policy)
    found.columns, found.rows = model.pyomo.nvariables(), model.pyomo.nconstraints()
    with HighsClock() as clock:
        for number, stage in enumerate(stages):
            results = _pursue(run, model, number, stage)
            if number == 0:
                _note(found, results)
                run.trace.note(_number(found.value), _number(found.bound))
            if not _has_plan(results) or run.trace.seconds >= run.task.time_limit:
                break
            found.figures["stages"] = number + 1
            _keep(model, number, stage)
        found.highs_seconds = clock.seconds
    return found


def built(
    run: Run, region: Region, policy: Policy, stages: Sequence[Stage], *, merge: bool
) -> PlanningModel:
    """Return the engine's own formulation, with zones that cannot be told apart merged or not."""
    futures = region.scenario_set(run.question.scenarios)
    moments = moments_of(region, run.periods(region), futures, join=False)
    taught = teaching(region, policy)
    case = build_case(region, policy, taught, moments, futures, merge=merge)
    return build(case, policy, stages)


def _pursue(run: Run, model: PlanningModel, number: int, stage: Stage) -> Results:
    """Solve for one goal with what is left of the time."""
    pyomo = model.pyomo
    pyomo.del_component("goal")
    sense = pyo.maximize if stage.sense == "maximise" else pyo.minimize
    pyomo.goal = pyo.Objective(expr=model.goals[number], sense=sense)
    _hold(model, stage)
    solver = appsi.solvers.Highs()
    solver.config.time_limit = max(1.0, run.task.time_limit - run.trace.seconds)
    solver.config.mip_gap = run.task.gap
    solver.config.load_solution = False
    log = run.folder / f"{number}-{LOG}"
    log.touch()
    solver.highs_options = {"log_file": str(log), "random_seed": run.task.seed}
    began = run.trace.seconds
    with Tail(log, HIGHS_LOG, run.trace, began if number == 0 else math.inf):
        results = solver.solve(pyomo)
    if _has_plan(results):
        results.solution_loader.load_vars()
    return results


def _hold(model: PlanningModel, stage: Stage) -> None:
    """Fix what a stage may not change any more at its value in the plan in hand."""
    pyomo = model.pyomo
    settled = {
        "offers": [],
        "units": [pyomo.offer],
        "placement": [pyomo.offer, pyomo.run, pyomo.groups, pyomo.switch],
    }
    for variables in settled[stage.decides]:
        for variable in variables.values():
            variable.fix()


def _keep(model: PlanningModel, number: int, stage: Stage) -> None:
    """Hold what a goal reached, less its tolerance, in all later stages."""
    value = pyo.value(model.goals[number])
    given_up = max(stage.tolerance or 0.0, SLACK) * abs(value)
    goal = model.goals[number]
    row = goal >= value - given_up if stage.sense == "maximise" else goal <= value + given_up
    model.pyomo.add_component(f"kept_{number}", pyo.Constraint(expr=row))


def _has_plan(results: Results) -> bool:
    return results.best_feasible_objective is not None and math.isfinite(
        results.best_feasible_objective
    )


def _note(found: Found, results: Results) -> None:
    """Note what the first stage reached."""
    ended = results.termination_condition
    bound = results.best_objective_bound
    if bound is not None and math.isfinite(bound):
        found.bound = float(bound)
    if _has_plan(results):
        found.value = float(results.best_feasible_objective)
        optimal = ended == appsi.base.TerminationCondition.optimal
        found.status = "optimal" if optimal else "feasible"
    elif ended == appsi.base.TerminationCondition.infeasible:
        found.status = "infeasible"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
