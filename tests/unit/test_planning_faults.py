"""Faults that a plan once had, each held here so that it does not come back."""

from __future__ import annotations

from typing import Any

import pytest

from builders import full_tables, tiny_region
from coverage_opt.errors import InputError
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, solve
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from random_regions import policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
TRAVEL: dict[str, Any] = {"travel_limit": {"minutes": 90}}


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables())


def planned(
    region: Region, rules: dict[str, Any], stages: list[dict[str, Any]], **moments: Any
) -> Plan:
    return solve(region, policy_of({**TRAVEL, **rules}, stages), EXACT, **moments)


def test_travel_does_not_undo_what_an_institution_keeps(region: Region) -> None:
    plan = planned(region, {}, [{"maximise": {"worst_institution": 1}}])
    assert plan.status == "optimal"
    assert plan.indicators["worst_institution"] == pytest.approx(1.0)


def test_a_weight_on_travel_counts_for_its_bound_too(region: Region) -> None:
    stages: list[dict[str, Any]] = [
        {"maximise": {"placed": 1}},
        {"minimise": {"travel_minutes": 2}, "decides": "placement"},
    ]
    plan = planned(region, {}, stages)
    last = plan.stages.iloc[-1]
    assert last["value"] == pytest.approx(2 * plan.indicators["travel_minutes"])
    assert last["gap"] == 0.0
    assert plan.status == "optimal"


def test_scenarios_alike_now_are_told_apart_where_a_mean_and_a_risk_meet() -> None:
    """The one that fares better later may carry more of the burden now: 0.774, not 0.760."""
    region = tiny_region(
        choices=[("weld-BOL", 0.15), ("weld-BBL", 0.1), ("pipe-BOL", 0.1), ("care-BOL", 0.65)],
        scenarios=[("two", "baseline", "As forecast", 0.5), ("two", "more", "More care", 0.5)],
        factors=[("more", 2030, "choice", "care-BOL", 1.3)],
    )
    sizes = {"own": {"minimum": 25, "maximum": 200}, "holds": "expectation"}
    stages: list[dict[str, Any]] = [{"maximise": {"first_choice": 1}, "risk": "worst_case"}]
    plan = planned(region, {"class_size": sizes}, stages, periods=[2026, 2030], scenarios="two")
    assert plan.stages.iloc[0]["value"] == pytest.approx(0.77424, abs=1e-4)


def test_a_tail_of_everything_is_the_mean_though_probabilities_miss_a_crumb() -> None:
    region = tiny_region(
        **{
            **full_tables(),
            "scenarios": [
                ("three", "baseline", "As forecast", 0.3333333),
                ("three", "decline", "Faster decline", 0.3333333),
                ("three", "other", "Another", 0.333333),
            ],
        }
    )
    stages: list[dict[str, Any]] = [{"maximise": {"placed": 1}, "risk": "cvar", "tail": 1.0}]
    plan = planned(region, {}, stages, periods=[2030], scenarios="three")
    assert plan.status == "optimal"
    assert plan.stages.iloc[0]["value"] == pytest.approx(plan.indicators["placed"], abs=1e-5)


def test_all_that_is_wrong_with_what_is_asked_is_said_at_once(region: Region) -> None:
    stages: list[dict[str, Any]] = [
        {"maximise": {"placed": 1}, "tolerance": 0.0005},
        {"minimise": {"offers": 1}},
    ]
    promised = {"must": [{"programme": "weld-BO", "site": "hook-centre"}]}
    policy = policy_of({"fixed_offers": promised}, stages)
    with pytest.raises(InputError) as caught:
        solve(region, policy, Limits(gap=0.001), periods=[2030, 2026, 1999], scenarios="tow")
    said = str(caught.value)
    for fault in ("1999", "not in order", "'tow'", "weld-BO", "tolerance"):
        assert fault in said, fault


def test_a_demand_that_nothing_can_meet_is_said_in_words(region: Region) -> None:
    rules = {
        "minimum_coverage": {"share": 1.0},
        "class_size": {"own": {"minimum": 500, "maximum": 500}},
    }
    with pytest.raises(Infeasible) as caught:
        planned(region, rules, [{"maximise": {"placed": 1}}])
    said = str(caught.value)
    assert "Welder must be within reach of at least 100% of the learners" in said
    assert "class_size" in said
    assert "minimum_coverage" in said


def test_rules_that_contradict_each_other_are_named_and_no_others(region: Region) -> None:
    rules = {
        "fixed_offers": {"must": [{"programme": "care-BOL", "site": "hill-centre"}]},
        "intake_cap": {"caps": [{"programme": "care-BOL", "learners_at_most": 20}]},
        "class_size": {"per_offer": 30, "own": {"minimum": 5}},
        "placement_guarantee": {"unplaced_at_most": 0.9},
    }
    with pytest.raises(Infeasible) as caught:
        planned(region, rules, [{"maximise": {"placed": 1}}])
    said = str(caught.value)
    for name in ("fixed_offers", "intake_cap", "class_size"):
        assert name in said
    for name in ("placement_guarantee", "travel_limit"):
        assert name not in said
