"""Stages must have reached what they say, and a plan be as good as its status says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.policy.policy import ONLY_MAXIMISED, ONLY_MINIMISED
from coverage_opt.region.region import Region
from plans import (
    OBJECTIVE,
    hand_made_plan,
    only,
    plan_policy,
    plan_region,
    with_rows,
    with_table,
)
from plans_ahead import OBJECTIVE as AHEAD
from plans_ahead import ahead_policy, ahead_region, plan_ahead, under


@pytest.fixture(scope="module")
def region() -> Region:
    return plan_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The modular plan: every table has rows."""
    return hand_made_plan(region, "modular")


@pytest.fixture(scope="module")
def future_region() -> Region:
    return ahead_region()


@pytest.fixture(scope="module")
def future(future_region: Region) -> Plan:
    """The plan for two periods and two scenarios."""
    return plan_ahead(future_region)


def _with_stage(plan: Plan, number: int, **values: Any) -> Plan:
    stages = plan.stages
    for column, value in values.items():
        stages.loc[stages["stage"] == number, column] = value
    return with_table(plan, "stages", stages)


def test_a_bound_on_the_wrong_side(region: Region, plan: Plan) -> None:
    for number, factor in ((1, 0.9995), (3, 1.0004)):
        value = plan.stages["value"].to_list()[number - 1]
        gap = abs(factor - 1)
        found = only(verify(region, _with_stage(plan, number, bound=value * factor, gap=gap)))
        assert (found.rule, found.place) == ("stages", f"stage {number}")
        assert "better than its bound" in found.sentence
        assert found.amount == pytest.approx(value * gap)


def test_optimal_beyond_the_gap_asked_for(region: Region, plan: Plan) -> None:
    strict = replace(plan, run={"gap_asked": 4.5e-4, "interrupted": False})
    found = only(verify(region, strict))
    assert (found.rule, found.place) == ("stages", "stage 1")
    assert found.sentence == "A gap of 0.050% is not the 0.045% asked for"
    honest = replace(_with_stage(strict, 1, status="feasible"), status="feasible")
    assert verify(region, honest) == ()


def test_the_plan_is_as_good_as_its_worst_stage(region: Region, plan: Plan) -> None:
    found = only(verify(region, replace(plan, status="feasible")))
    assert found.sentence == "The plan is said to be feasible, but by its stages it is optimal"
    strict = replace(plan, run={"gap_asked": 4.5e-4, "interrupted": False})
    found = only(verify(region, _with_stage(strict, 1, status="feasible")))
    assert found.sentence == "The plan is said to be optimal, but by its stages it is feasible"


def test_what_later_stages_gave_up_is_not_held_against_a_stage(region: Region, plan: Plan) -> None:
    objective = [{**OBJECTIVE[0], "tolerance": 0.01}, *OBJECTIVE[1:]]
    tolerant = replace(plan, policy=plan_policy("modular", objective=objective))
    value = float(plan.stages["value"].iloc[0])
    assert verify(region, _with_stage(tolerant, 1, bound=value * 1.009, gap=0.009)) == ()
    assert verify(region, _with_stage(plan, 1, bound=value * 1.009, gap=0.009)) != ()


def test_a_stage_that_proved_nothing(region: Region, plan: Plan) -> None:
    unproven = _with_stage(plan, 2, bound=np.inf, gap=np.inf, status="feasible")
    assert verify(region, replace(unproven, status="feasible")) == ()
    wrong_side = _with_stage(plan, 2, bound=-np.inf, gap=np.inf, status="feasible")
    assert len(verify(region, replace(wrong_side, status="feasible"))) == 1


def test_a_stage_may_be_missing_when_the_run_was_stopped(region: Region, plan: Plan) -> None:
    short = with_table(plan, "stages", plan.stages[plan.stages["stage"] != 2])
    found = verify(region, short)
    assert (
        found[-1].sentence == "The stage on saved_hours is missing, though nobody stopped the run"
    )
    stopped = replace(short, run={"gap_asked": 1e-3, "interrupted": True}, status="feasible")
    assert verify(region, stopped) == ()
    assert verify(region, replace(stopped, status="optimal")) != ()


def test_nothing_saved_is_optimal_when_nothing_can_be(region: Region) -> None:
    plan = hand_made_plan(region, "none")
    assert verify(region, _with_stage(plan, 2, bound=5e-7)) == ()


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("coverage", 560 / 600),
        ("filled_openings", 101.36 / 130),
        ("placed", 0.96),
        ("first_choice", 0.93),
        ("worst_zone", 2 / 3),
        ("saved_hours", 1920.0),
        ("travel_minutes", 6380.0),
        ("offers", 5.0),
        ("open_sites", 2.0),
    ],
)
def test_every_term_of_an_objective(region: Region, plan: Plan, term: str, value: float) -> None:
    sense = "maximise" if term in ONLY_MAXIMISED else "minimise"
    policy = plan_policy("modular", objective=[{sense: {term: 2.5}}])
    row = (1, f"2.5 {term}", sense, 2.5 * value, 2.5 * value, 0.0, 1.0, "optimal")
    right = with_rows(replace(plan, policy=policy), stages=[row])
    assert verify(region, right) == ()
    wrong = _with_stage(right, 1, value=2.6 * value, bound=2.6 * value)
    found = only(verify(region, wrong))
    assert (found.rule, found.place) == ("stages", "stage 1")
    assert found.amount == pytest.approx(0.1 * value)


RISKS: dict[str, Callable[[list[float]], float]] = {
    "expected": lambda values: 0.6 * values[0] + 0.4 * values[1],
    "worst_case": min,
    # the worst 0.3 lies within the worse scenario; the worst 0.8 takes half of the better one
    "cvar": lambda values: values[1] if values[1] < values[0] else values[0],
}
"""Of a sum to be maximised, as forecast (0.6) and in decline (0.4)."""


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize(
    "term",
    ["certificates", "worst_institution", "placed", "cost", "balance", "changes", "open_sites"],
)
def test_every_term_and_risk_over_periods_and_scenarios(
    future_region: Region, future: Plan, term: str, risk: str
) -> None:
    sense = "minimise" if term in ONLY_MINIMISED else "maximise"
    sign = -1 if sense == "minimise" else 1
    tail = {"tail": 0.3} if risk == "cvar" else {}
    policy = ahead_policy(objective=[{sense: {term: 2}, "risk": risk, **tail}])
    name = "sites" if term == "open_sites" else term
    values = [2 * sign * under(scenario, name) for scenario in ("baseline", "decline")]
    value = sign * RISKS[risk](values)
    row = (1, policy.objective[0].goal, sense, value, value, 0.0, 1.0, "optimal")
    right = with_rows(replace(future, policy=policy), stages=[row])
    assert verify(future_region, right) == ()
    wrong = _with_stage(right, 1, value=1.1 * value, bound=1.1 * value)
    assert only(verify(future_region, wrong)).amount == pytest.approx(0.1 * abs(value))


def test_the_worst_tail_takes_part_of_a_scenario(future_region: Region, future: Plan) -> None:
    objective = [{"maximise": {"placed": 1}, "risk": "cvar", "tail": 0.8}]
    worse, better = sorted((under(name, "placed"), name) for name in ("baseline", "decline"))
    assert worse[1] == "decline"
    value = (0.4 * worse[0] + 0.4 * better[0]) / 0.8
    row = (1, "CVaR 80% of (placed)", "maximise", value, value, 0.0, 1.0, "optimal")
    policy = ahead_policy(objective=objective)
    assert verify(future_region, with_rows(replace(future, policy=policy), stages=[row])) == ()


def test_what_a_stage_weighs_against_another_risk(future_region: Region, future: Plan) -> None:
    objective = [{**AHEAD[0], "risk": "worst_case"}, *AHEAD[1:]]
    objective[0].pop("tail")
    found = verify(future_region, replace(future, policy=ahead_policy(objective=objective)))
    assert {each.place for each in found} == {"stage 1"}
    assert found[0].sentence.startswith("The goal is said to be 'CVaR 50% of (")
