"""The classical location problems as PySAL's spopt builds and solves them, through PuLP."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.classics.problem import LocationProblem
from benchmarks.methods.clock import HighsClock
from benchmarks.methods.run import Run
from benchmarks.task import Found

SENSES = {"maximal_covering": "maximise", "set_covering": "minimise", "p_median": "minimise"}


def spopt(run: Run) -> Found:
    """Solve a covering or median problem with spopt; it has no facility location with costs."""
    from pulp import HiGHS

    problem = run.question.problem
    if problem is None or problem.kind not in SENSES:
        raise ValueError(f"spopt has no such problem as {run.task.case}")
    sense = SENSES[problem.kind]
    (run.folder / "sense.txt").write_text(sense, encoding="utf-8")
    model = _model(problem)
    found = Found("no_plan", sense, build_seconds=run.trace.seconds)
    found.columns, found.rows = model.problem.numVariables(), model.problem.numConstraints()
    left = max(1.0, run.task.time_limit - run.trace.seconds)
    solver = HiGHS(msg=False, timeLimit=left, gapRel=run.task.gap)
    with HighsClock() as clock:
        solved = model.solve(solver, results=False)
    found.highs_seconds = clock.seconds
    found.figures["it_says"] = str(_status(solved))
    opened = [site for site, column in enumerate(solved.fac_vars) if (column.value() or 0.0) > 0.5]
    if opened:
        found.value = value_of(problem, opened)
        found.status = "feasible"
        found.figures["open_sites"] = len(opened)
    info = getattr(solved.problem, "solverModel", None)
    bound = math.nan if info is None else float(info.getInfo().mip_dual_bound)
    if math.isfinite(bound):
        # PuLP minimises the negated objective or keeps its sense, by version: the bound is the
        # one on the other side of the value
        found.bound = bound if not _beyond(sense, found.value, bound) else -bound
        gap = abs(found.bound - found.value) / max(abs(found.value), 1e-9)
        found.status = "optimal" if gap <= run.task.gap + 1e-6 else found.status
    known = (found.value, found.bound)
    run.trace.note(*(None if math.isnan(number) else number for number in known))
    return found


def value_of(problem: LocationProblem, opened: list[int]) -> float:
    """Return what a choice of sites is worth, counted from the problem itself."""
    nearest = problem.distance[:, opened].min(axis=1)
    if problem.kind == "set_covering":
        return float(len(opened)) if (nearest <= problem.radius).all() else math.nan
    if problem.kind == "maximal_covering":
        return float(problem.demand[nearest <= problem.radius].sum())
    return float((problem.demand * nearest).sum())


def _model(problem: LocationProblem) -> Any:
    from spopt.locate import LSCP, MCLP, PMedian

    distance, demand = problem.distance, problem.demand
    if problem.kind == "set_covering":
        return LSCP.from_cost_matrix(distance, problem.radius)
    if problem.kind == "maximal_covering":
        return MCLP.from_cost_matrix(distance, demand, problem.radius, problem.sites_at_most)
    return PMedian.from_cost_matrix(distance, demand, problem.sites_at_most)


def _status(solved: Any) -> object:
    from pulp import LpStatus

    return LpStatus.get(solved.problem.status, solved.problem.status)


def _beyond(sense: str, value: float, bound: float) -> bool:
    """Tell whether a bound lies on the wrong side of a value."""
    slack = 1e-6 * max(1.0, abs(value) if np.isfinite(value) else 1.0)
    return bound < value - slack if sense == "maximise" else bound > value + slack
