"""Questions to a compiled model: each answer is what an independent solve finds."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from asked_plans import EXACT, SIZES, asked, policy_with, short_of_money
from builders import full_tables, tiny_region
from coverage_opt import Policy, solve
from coverage_opt.formulation.shortfalls import shortfalls
from coverage_opt.frames import rows
from coverage_opt.plan.plan import TABLES
from coverage_opt.planning import Infeasible, what_if
from coverage_opt.planning.blocking import impossible_without, in_the_way
from coverage_opt.planning.changes import Change, Demand, droppable
from coverage_opt.planning.what_if import Answer, WhatIf
from coverage_opt.policy.policy import Stage
from coverage_opt.region.region import Region
from coverage_opt.rules.fixed_offers import FixedOffers
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.outcome import Status
from coverage_opt.solver.patience import Patience
from planning_models import case_of
from random_regions import policy_of

COVERAGE, COST = Stage(maximise={"coverage": 1}), Stage(minimise={"cost": 1})


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables())


@pytest.fixture(scope="module")
def in_hand(region: Region) -> WhatIf:
    """Return a plan for which there was not enough money to offer everything."""
    return asked(region, short_of_money(region))[0]


def independently(policy: Policy, region: Region, change: Change) -> float | None:
    """Return what the first stage is worth in a solve of its own; None where there is no plan."""
    try:
        plan = solve(region, change.policy(policy), EXACT)
    except Infeasible:
        return None
    return float(plan.stages.iloc[0]["value"])


def every_change(in_hand: WhatIf) -> list[Change]:
    offers = in_hand.offers(in_hand.columns)[2026]
    possible = in_hand.prepared.model.periods[0].offer
    return [
        Change(closed=frozenset([pair])) if pair in offers else Change(opened=frozenset([pair]))
        for pair in possible
    ]


def asked_with_patience(
    in_hand: WhatIf, monkeypatch: pytest.MonkeyPatch, change: Change, *, thorough: bool
) -> tuple[Patience, Answer]:
    """Return an answer, and what decided how long it was searched: not at all beyond one event."""
    kept = []

    def patient(seconds: float, *others: Any) -> Patience:
        kept.append(Patience(0.0 * seconds, *others))
        return kept[-1]

    monkeypatch.setattr(what_if, "Patience", patient)
    answer = in_hand.ask(change, thorough=thorough)
    (patience,) = kept
    return patience, answer


def test_a_plan_near_what_is_proven_is_enough_at_once(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, limits = asked(region, short_of_money(region))[0], Limits(None, 0.05, threads=1)
    rough = WhatIf(plan.prepared, plan.plan, limits)
    early = 0
    for change in every_change(rough):
        patience, answer = asked_with_patience(rough, monkeypatch, change, thorough=False)
        early += patience.over.is_set()
        if patience.over.is_set():
            assert answer.status is Status.OPTIMAL
            assert answer.gap <= 0.05 + 1e-9
    assert early > 0


@pytest.mark.parametrize(
    ("asked_for", "longest"),
    [({}, 4.0), ({"seconds": 9.0}, np.inf), ({"thorough": True}, np.inf)],
)
def test_how_long_is_enough_goes_by_how_long_the_plan_took(
    in_hand: WhatIf, monkeypatch: pytest.MonkeyPatch, asked_for: dict[str, Any], longest: float
) -> None:
    known: list[float] = []

    def patient(*given: Any) -> Patience:
        known.append(given[-1])
        return Patience(*given)

    stages = in_hand.plan.stages.assign(seconds=80.0)
    tables = {name: in_hand.plan.table(name) for name in TABLES} | {"stages": stages}
    slow = WhatIf(in_hand.prepared, replace(in_hand.plan, _tables=tables), in_hand.limits)
    monkeypatch.setattr(what_if, "Patience", patient)
    slow.ask(every_change(in_hand)[0], **asked_for)
    assert known == [longest]


def test_thorough_answers_have_all_patience(
    in_hand: WhatIf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for change in every_change(in_hand):
        patience, _ = asked_with_patience(in_hand, monkeypatch, change, thorough=True)
        assert not patience.over.is_set()


def test_what_is_told_to_stop_is_interrupted(in_hand: WhatIf) -> None:
    told = threading.Event()
    told.set()
    with pytest.raises(KeyboardInterrupt):
        in_hand.ask(every_change(in_hand)[0], stop=told)


@pytest.mark.parametrize("thorough", [True, False])
def test_forcing_an_offer_is_worth_what_a_solve_with_it_is(
    in_hand: WhatIf, region: Region, thorough: bool
) -> None:
    changes = every_change(in_hand)
    assert {bool(change.opened) for change in changes} == {True, False}
    for change in changes:
        answer = in_hand.ask(change, thorough=thorough)
        alone = independently(in_hand.prepared.policy, region, change)
        if alone is None:
            assert answer.status is Status.INFEASIBLE
        else:
            assert answer.value <= alone + 1e-6 <= answer.bound + 2e-6
            if thorough:
                assert answer.value == pytest.approx(alone, abs=1e-6)
                assert answer.bound == pytest.approx(alone, abs=1e-5)


def test_an_answer_can_be_made_a_plan_that_verifies(in_hand: WhatIf) -> None:
    pair = sorted(in_hand.offers(in_hand.columns)[2026])[0]
    plan = in_hand.make(in_hand.ask(Change(closed=frozenset([pair])), thorough=True), why="a test")
    assert pair not in set(rows(plan.offers, "programme", "site"))
    assert plan.status == "optimal"
    rule = plan.policy.rule(FixedOffers)
    assert rule is not None
    assert [offer.key for offer in rule.must_not] == [pair]
    assert plan.run["why"] == "a test"


def test_the_plan_in_hand_stays_as_it_is(in_hand: WhatIf) -> None:
    before = in_hand.columns.copy()
    pair = sorted(in_hand.offers(in_hand.columns)[2026])[0]
    in_hand.ask(Change(closed=frozenset([pair])), thorough=True)
    again = in_hand.ask(Change())
    assert again.value == pytest.approx(in_hand.value)
    assert (in_hand.columns == before).all()


def test_a_floor_under_coverage_is_kept_at_the_cost_of_the_rest(region: Region) -> None:
    what_if, plan = asked(region, {}, watched=(COST, COVERAGE))
    least = plan.indicators["cost"] * 0.7
    answer = what_if.ask(Change(demands=(Demand(COST, most=least),)), thorough=True)
    limited = {"region_budget": {"euros_at_most": least}}
    alone = solve(region, policy_with(limited), EXACT)
    assert answer.value == pytest.approx(float(alone.stages.iloc[0]["value"]), abs=1e-6)
    assert answer.value < what_if.value - 1e-3


def test_another_goal_is_pursued_and_bounded(region: Region) -> None:
    what_if, plan = asked(region, {}, watched=(COST, COVERAGE))
    answer = what_if.ask(Change(goal=COST), thorough=True)
    cheapest = solve(region, policy_of(SIZES, [{"minimise": {"cost": 1}}], ("orientation",)), EXACT)
    assert answer.value == pytest.approx(cheapest.indicators["cost"], abs=1.0)
    assert answer.bound <= answer.value + 1e-6
    assert answer.value < plan.indicators["cost"]


def test_a_rule_that_is_only_rows_can_be_left_out(region: Region) -> None:
    rules = {"max_sites": {"sites_at_most": 1}}
    what_if, _ = asked(region, rules)
    assert droppable(what_if.prepared.policy) == ("max_sites",)
    answer = what_if.ask(Change(without=frozenset(["max_sites"])), thorough=True)
    free = solve(region, policy_with({}), EXACT)
    assert answer.value == pytest.approx(float(free.stages.iloc[0]["value"]), abs=1e-6)
    assert answer.value > what_if.value + 1e-3


def test_a_rule_that_shapes_the_model_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="travel_limit"):
        Change(without=frozenset(["travel_limit"]))


def test_an_offer_that_nobody_could_fill_is_said_not_to_be_there(in_hand: WhatIf) -> None:
    with pytest.raises(Infeasible, match="no class can be filled"):
        in_hand.ask(Change(opened=frozenset([("weld-BOL", "nowhere")])))


def test_what_is_in_the_way_is_the_rule_that_says_so(region: Region) -> None:
    closed = {"must_not": [{"programme": "care-BOL", "site": "hill-centre"}]}
    what_if, _ = asked(region, {"fixed_offers": closed})
    change = Change(opened=frozenset([("care-BOL", "hill-centre")]))
    for search in (in_the_way, impossible_without):
        short = search(what_if, change, Deadline())
        assert short is not None
        assert [one.demand.rule.name for one in short] == ["fixed_offers"]
        assert short[0].short == pytest.approx(1.0)
    assert what_if.ask(change).status is Status.INFEASIBLE


def test_a_class_that_could_never_be_large_enough_lacks_so_many_learners() -> None:
    """Within 60 minutes of hook-centre live 60 in bank and 40 in hook, a tenth of whom ask."""
    rules: dict[str, Any] = {
        "class_size": {"own": {"minimum": 12}},
        "travel_limit": {"minutes": 60},
    }
    region = tiny_region(accept=[], choices=[("pipe-BOL", 0.1), ("care-BOL", 0.9)])
    case = case_of(region, policy_of(rules, [{"maximise": {"placed": 1}}], ()))
    assert ("pipe-BOL", "hill-centre") in case.periods[0].offers
    here, there = ("pipe-BOL", "hill-centre"), ("pipe-BOL", "hook-centre")
    found = shortfalls(case, [here, there])
    assert found[here] == ()
    (short,) = found[there]
    assert (short.period, short.unit, short.least) == (2026, "own:pipe-BOL", 12)
    # 480 hours in the first year, 600 in the second, in which nine tenths are left
    assert short.most == pytest.approx(10 * (480 + 0.9 * 600) / 1080)


def test_periods_and_scenarios_are_asked_together(region: Region) -> None:
    moments: dict[str, Any] = {"periods": [2026, 2030], "scenarios": "two"}
    what_if, _ = asked(region, {}, **moments)
    pair = sorted(what_if.offers(what_if.columns)[2030])[0]
    change = Change(closed=frozenset([pair]), periods=frozenset([2030]))
    answer = what_if.ask(change, thorough=True)
    alone = solve(region, change.policy(what_if.prepared.policy), EXACT, **moments)
    assert answer.value == pytest.approx(float(alone.stages.iloc[0]["value"]), abs=1e-6)
    made = what_if.make(answer)
    later = made.offers[made.offers["period"] == 2030]
    assert pair not in set(rows(later, "programme", "site"))
