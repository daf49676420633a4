"""The engine's plan against the best of all subsets."""

from __future__ import annotations

import pytest
from brute_force import BruteForce

from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, solve
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from random_regions import Tables, periods_of, scenarios_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)


def same(one: list[float] | None, other: list[float] | None) -> bool:
    """Return whether two lists of optima, or the want of any plan, agree but for rounding."""
    if one is None or other is None:
        return one is other
    return one == pytest.approx(other, rel=1e-6, abs=1e-6)


def oracle_of(region: Region, policy: Policy, tables: Tables, *, prune: bool = True) -> BruteForce:
    """Return the oracle for all periods and scenarios of a region's tables."""
    return BruteForce(region, policy, periods_of(tables), scenarios_of(tables), prune=prune)


def planned(region: Region, policy: Policy, tables: Tables) -> Plan | None:
    """Return the engine's plan, None when there is none."""
    periods, scenarios = periods_of(tables), scenarios_of(tables)
    try:
        return solve(region, policy, EXACT, periods=periods, scenarios=scenarios)
    except Infeasible:
        return None


def compare(region: Region, policy: Policy, tables: Tables) -> None:
    """Assert that the engine's plan is the best there is, stage by stage."""
    oracle, plan = oracle_of(region, policy, tables), planned(region, policy, tables)
    if plan is None:
        assert oracle.optima() is None
        return
    assert plan.status == "optimal"
    best = oracle.optima(plan)
    assert best is not None
    for number, (stage, optimum) in enumerate(zip(oracle.stages, best, strict=True)):
        row = plan.stages.iloc[number]
        # later stages may have used what a stage gave up: then its bound is its optimum
        reached = row["bound"] if stage.tolerance else row["value"]
        # what rounding gives up of one stage is worth more in the next
        rounding = 1e-5 if number else 1e-6
        assert reached == pytest.approx(optimum, rel=rounding, abs=rounding), stage.goal
    if policy.objective[-1].decides == "placement":
        travel = plan.indicators["travel_minutes"]
        # a plan's learners are right to a millionth, which moves the minutes by more than that
        assert travel == pytest.approx(oracle.least_travel(plan), rel=1e-5, abs=1e-3)
