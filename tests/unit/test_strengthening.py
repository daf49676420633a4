"""Rows that follow from capped intake change no optimum, and every plan keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from asked_plans import policy_with
from builders import tiny_region
from coverage_opt.planning import prepare
from coverage_opt.planning.strengthening import strengthen
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.outcome import Status

EXACT = Limits(gap=0.0, threads=1)
CAPS = [
    {"programme": "weld-BOL", "learners_at_most": 9},
    {"programme": "pipe-BOL", "site": "hill-centre", "learners_at_most": 11},
    {"programme": "care-BOL", "learners_at_most": 1000},
]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


def capped(caps: list[dict[str, Any]], **rules: Any) -> dict[str, Any]:
    return {"intake_cap": {"caps": caps}, **rules}


@pytest.mark.parametrize(
    "rules",
    [
        capped(CAPS),
        capped(CAPS, placement_guarantee={"unplaced_at_most": 0.3}),
        capped(CAPS, placement_guarantee={"unplaced_at_most": 0.5, "of": "everyone"}),
        capped(CAPS[:1], placement_guarantee={"unplaced_at_most": 0.0}),
    ],
)
def test_the_best_plan_stays_the_best(region: Region, rules: dict[str, Any]) -> None:
    prepared = prepare(region, policy_with(rules), EXACT)
    goal, solver = prepared.goals[0], prepared.handed.solver
    solver.set_objective(goal.coefficients, goal.offset, goal.sense)
    before = solver.solve()
    rows = len(solver.current().row_lower)
    strengthen(prepared.handed, prepared.policy)
    assert len(solver.current().row_lower) > rows
    after = solver.solve()
    assert after.status == before.status
    if before.value is None or before.values is None:
        assert before.status is Status.INFEASIBLE
        return
    assert after.value == pytest.approx(before.value, abs=1e-6)
    assert solver.satisfied_by(before.values)


def test_fractions_of_an_offer_are_cut_off(region: Region) -> None:
    rules = capped([{"programme": "weld-BOL", "learners_at_most": 4}])
    prepared = prepare(region, policy_with(rules), EXACT)
    goal, solver = prepared.goals[0], prepared.handed.solver
    solver.set_objective(goal.coefficients, goal.offset, goal.sense)
    solver.relax_integrality()
    before = solver.solve()
    strengthen(prepared.handed, prepared.policy)
    after = solver.solve()
    assert before.value is not None
    assert after.value is not None
    assert after.value < before.value - 1e-4


def test_without_a_cap_nothing_is_added(region: Region) -> None:
    rules = {"placement_guarantee": {"unplaced_at_most": 0.3}}
    prepared = prepare(region, policy_with(rules), EXACT)
    rows = len(prepared.handed.solver.current().row_lower)
    strengthen(prepared.handed, prepared.policy)
    assert len(prepared.handed.solver.current().row_lower) == rows
