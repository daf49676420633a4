"""A plan in which nobody has a place, in some moment or in all, is a plan like any other."""

from __future__ import annotations

from typing import Any

import pytest

from builders import Rows, full_tables, tiny_region
from coverage_opt.plan.verify import verify
from coverage_opt.planning import solve
from coverage_opt.solver.limits import Limits
from random_regions import SHARING, policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
AIMS: list[dict[str, Any]] = [{"maximise": {"coverage": 1, "placed": 1}}]
TOO_LARGE = {"class_size": {"own": {"minimum": 900, "maximum": 900}}}

APART: Rows = [(choice, 0.5) for choice in ("weld-BOL", "care-BOL")]
FUTURES: Rows = [("two", "metal", "Metal", 0.5), ("two", "care", "Care", 0.5)]
ALL_OR_NOTHING: Rows = [
    ("metal", 2026, "choice", "care-BOL", 0.0),
    ("care", 2026, "choice", "weld-BOL", 0.0),
]


@pytest.mark.parametrize("everything", [False, True])
def test_nothing_that_can_be_offered(everything: bool) -> None:
    region = tiny_region(**full_tables()) if everything else tiny_region()
    policy = policy_of(TOO_LARGE, [*AIMS, {"minimise": {"offers": 1}}])
    plan = solve(region, policy, EXACT, periods=[2026, 2030])
    assert plan.status == "optimal"
    assert plan.offers.empty
    assert plan.indicators["placed"] == 0.0
    assert verify(region, plan) == ()


def test_nothing_that_is_worth_offering() -> None:
    plan = solve(tiny_region(), policy_of({}, [{"minimise": {"offers": 1}}]), EXACT)
    assert plan.offers.empty
    assert plan.stages["value"].to_list() == [0.0]


@pytest.mark.parametrize("holds", ["every_scenario", "expectation"])
def test_nobody_in_one_scenario_who_asks_for_what_is_offered(holds: str) -> None:
    region = tiny_region(choices=APART, scenarios=FUTURES, factors=ALL_OR_NOTHING)
    policy = policy_of({"class_size": {"holds": holds}}, AIMS, SHARING["modular"])
    plan = solve(region, policy, EXACT, periods=[2026, 2030], scenarios="two")
    assert plan.status == "optimal"
    offered = plan.offers[plan.offers["period"] == 2026]
    assert offered.empty == (holds == "every_scenario")
    assert not plan.offers[plan.offers["period"] == 2030].empty
    assert verify(region, plan) == ()
