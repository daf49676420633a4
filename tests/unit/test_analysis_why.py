"""Why, what else and at what price: each claimed effect is confirmed by a solve of its own."""

from __future__ import annotations

import math
import signal
from dataclasses import replace
from typing import Any

import pytest

from asked_plans import EXACT, asked, first_value, policy_with, short_of_money
from builders import HYBRIDS, MONEY, OPTIONAL, TABLES, changed, tiny_region
from coverage_opt import InputError, Plan, solve, verify
from coverage_opt.analysis import importance, prices
from coverage_opt.analysis.alternatives import alternatives_to
from coverage_opt.analysis.forced import force
from coverage_opt.analysis.frontier import frontier
from coverage_opt.analysis.importance import importance_of
from coverage_opt.analysis.prices import rule_prices, without_rule
from coverage_opt.analysis.why_offer import why_offer
from coverage_opt.analysis.why_reach import why_reach
from coverage_opt.frames import rows
from coverage_opt.planning.changes import Change
from coverage_opt.planning.failures import NoPlan
from coverage_opt.planning.measures import coverage, filled_openings
from coverage_opt.planning.shadow import shadow_prices
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.region.region import Region

WITH_MONEY: dict[str, Any] = {"settings": {"money": MONEY}}


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**WITH_MONEY)


@pytest.fixture(scope="module")
def in_hand(region: Region) -> WhatIf:
    """Return a plan for which there was not enough money to offer everything."""
    return asked(region, short_of_money(region))[0]


def offered(in_hand: WhatIf) -> set[tuple[str, str]]:
    return set(rows(in_hand.plan.offers, "programme", "site"))


def with_bound(plan: Plan, bound: float) -> Plan:
    """Return a plan of which less is proven."""
    stages = plan.table("stages")
    stages = stages.assign(bound=[bound, *stages["bound"].iloc[1:]])
    return replace(plan, _tables={**plan._tables, "stages": stages})


# --- why an offer is there or not ---------------------------------------------------------------


def test_what_an_offer_that_is_there_is_worth_is_what_a_solve_without_it_loses(
    in_hand: WhatIf, region: Region
) -> None:
    offer = sorted(offered(in_hand))[0]
    reasons = why_offer(in_hand, *offer)
    assert reasons.offered
    assert reasons.in_the_way is None
    forced = reasons.forced
    assert forced is not None
    assert forced.plan is not None
    policy = Change(closed=frozenset([offer])).policy(in_hand.prepared.policy)
    lost = in_hand.value - first_value(region, policy)
    assert forced.loss.low - 1e-6 <= lost <= forced.loss.high + 1e-6
    assert forced.loss.high - forced.loss.low < 1e-4
    assert not verify(region, forced.plan)
    for name, (before, after) in forced.indicators.items():
        assert before == in_hand.plan.indicators[name]
        assert after == forced.plan.indicators[name]
    moved = {offer[1:] for offer in (*forced.opened, *forced.closed)}
    after_it = set(rows(forced.plan.offers, "programme", "site"))
    assert moved == (offered(in_hand) ^ after_it) - {offer}


def test_an_offer_that_is_left_out_for_want_of_a_site_has_that_in_its_way(region: Region) -> None:
    what_if, _ = asked(region, {"max_sites": {"sites_at_most": 1}})
    (used,) = {site for _, site in offered(what_if)}
    possible = what_if.prepared.model.periods[0].offer
    offer = next(offer for offer in possible if offer[1] != used)
    reasons = why_offer(what_if, *offer)
    assert not reasons.offered
    assert reasons.in_the_way is not None
    assert [one.demand.rule.name for one in reasons.in_the_way] == ["max_sites"]
    assert reasons.in_the_way[0].short == pytest.approx(1.0)
    forced = reasons.forced
    assert forced is not None
    assert {site for _, _, site in forced.closed} == {used}, "the other site is left for it"
    policy = Change(opened=frozenset([offer])).policy(what_if.prepared.policy)
    lost = what_if.value - first_value(region, policy)
    assert forced.loss.low - 1e-6 <= lost <= forced.loss.high + 1e-6


def test_a_site_that_may_not_teach_it_is_said_so(in_hand: WhatIf) -> None:
    reasons = why_offer(in_hand, "care-BOL", "hook-centre")
    assert not reasons.taught
    assert reasons.forced is None
    assert reasons.possible == ()


def test_forcing_what_no_rule_allows_says_which(region: Region) -> None:
    what_if, _ = asked(region, {"max_sites": {"sites_at_most": 1}})
    used = {site for _, site in offered(what_if)}
    other = next(offer for offer in what_if.prepared.model.periods[0].offer if offer[1] not in used)
    here = frozenset(offered(what_if))
    forced = force(what_if, Change(opened=here | {other}))
    assert not forced.possible
    assert [one.demand.rule.name for one in forced.short] == ["max_sites"]
    assert forced.short[0].short == pytest.approx(1.0)
    assert forced.loss.low == float("inf")


def test_a_loss_within_the_gap_is_not_measurable(in_hand: WhatIf) -> None:
    """With a gap as large as anything an offer can be worth, nothing is proven."""
    plan = in_hand.plan
    doubtful = with_bound(plan, 2 * in_hand.value)
    unsure = WhatIf(in_hand.prepared, doubtful, replace(EXACT, gap=1.0))
    forced = force(unsure, Change(closed=frozenset(sorted(offered(in_hand))[:1])), thorough=False)
    assert forced.plan is not None
    assert not forced.measurable
    assert forced.loss.low == 0
    assert forced.loss.high > 0


# --- why something is out of reach --------------------------------------------------------------


def test_an_occupation_that_no_programme_leads_to_is_said_so() -> None:
    """Only a programme over two domains leads to it, which the policy leaves out."""
    leads = [row for row in HYBRIDS["leads_to"] if row[0] != "aid-BOL"]
    tables: dict[str, Any] = {
        **HYBRIDS,
        "leads_to": [*leads, ("aid-BOL", "aide", 0.4)],
        "occupations": [*TABLES["occupations"], ("aide", "Aide", "good", 2.0, 1.0)],
        "openings": [*TABLES["openings"], ("aide", 2026, 5), ("aide", 2030, 5)],
    }
    what_if, _ = asked(tiny_region(**tables), {})
    reasons = why_reach(what_if, occupation="aide")
    assert reasons.standing == "no programme"
    assert reasons.forced is None
    assert reasons.programmes == ()


def test_the_cheapest_offer_that_brings_it_in_is_the_one_a_solve_says(region: Region) -> None:
    rules = {"fixed_offers": {"must_not": [{"programme": "pipe-BOL", "site": "hook-centre"}]}}
    what_if, _ = asked(region, {**short_of_money(region, 0.8), **rules})
    found = [why_reach(what_if, occupation="welder")]
    tried = [reasons for reasons in found if reasons.candidates]
    assert tried, "there is something to bring in"
    for reasons in tried:
        values = {}
        for one in reasons.candidates:
            policy = Change(opened=frozenset([one.offer])).policy(what_if.prepared.policy)
            if one.answer is not None:
                values[one.offer] = first_value(region, policy)
        best = reasons.candidates[0]
        assert best.answer is not None
        assert values[best.offer] == pytest.approx(max(values.values()))
        if reasons.forced is not None and reasons.forced.plan is not None:
            after = reasons.forced.plan.table("reach")
            after = after[(after["occupation"] == reasons.occupation) & (after["reach"] > 0)]
            demand = region.demand(2026)
            young = demand[(demand["learner"] == "young")]
            living = young.groupby("zone")["learners"].sum()
            now = float(living[list(after["zone"])].sum())
            assert now >= reasons.reached + best.gains - 1e-6


def test_who_lives_in_a_municipality_and_what_they_reach(region: Region) -> None:
    what_if, plan = asked(region, {})
    reasons = why_reach(what_if, occupation="welder", municipality="Lowland")
    assert reasons.living == pytest.approx(40.0)
    reach = plan.table("reach")
    hook = reach[(reach["occupation"] == "welder") & (reach["zone"] == "hook")]
    assert reasons.reached == pytest.approx(40.0 * float(hook["reach"].iloc[0]))
    everywhere = why_reach(what_if, programme="weld-BOL")
    assert everywhere.living == pytest.approx(200.0)


# --- what else ----------------------------------------------------------------------------------


def test_alternatives_are_near_verified_different_and_the_same_again(
    in_hand: WhatIf, region: Region
) -> None:
    found = alternatives_to(in_hand, 3, 0.2)
    assert len(found.plans) == 3
    seen = [offered(in_hand)]
    for one in found.plans:
        assert not verify(region, one.plan)
        assert one.value >= 0.8 * in_hand.bound - 1e-6
        pairs = set(rows(one.plan.offers, "programme", "site"))
        assert one.distance == len(pairs ^ seen[0]) > 0
        assert one.nearest == min(len(pairs ^ other) for other in seen) > 0
        assert one.plan.stages.iloc[0]["bound"] >= in_hand.bound - 1e-9
        seen.append(pairs)
    everywhere = set.intersection(*seen)
    assert {offer[1:] for offer in found.backbone} == everywhere
    assert {offer[1:] for offer in found.some} == set.union(*seen) - everywhere
    again = alternatives_to(in_hand, 3, 0.2)
    assert [one.plan.offers.to_dict() for one in again.plans] == [
        one.plan.offers.to_dict() for one in found.plans
    ]


def test_there_are_no_more_alternatives_than_there_are(in_hand: WhatIf) -> None:
    found = alternatives_to(in_hand, 2, 0.0)
    for one in found.plans:
        assert one.value == pytest.approx(in_hand.value, abs=1e-6)


def test_a_plan_not_known_to_be_near_has_no_alternatives(in_hand: WhatIf) -> None:
    doubtful = with_bound(in_hand.plan, 1.5 * in_hand.value)
    with pytest.raises(InputError, match="within"):
        alternatives_to(WhatIf(in_hand.prepared, doubtful, EXACT), 1, 0.01)


def test_coverage_and_openings_are_read_off_as_the_plan_has_them(region: Region) -> None:
    what_if, _ = asked(region, {}, periods=[2026, 2030])
    plan = what_if.make(what_if.ask(Change()))
    assert coverage(what_if.prepared, what_if.columns) == pytest.approx(
        plan.indicators["coverage"], abs=1e-6
    )
    assert filled_openings(what_if.prepared, what_if.columns) == pytest.approx(
        plan.indicators["filled_openings"], abs=1e-6
    )


def test_what_is_lost_for_each_offer_is_what_a_solve_without_it_loses(
    in_hand: WhatIf, region: Region
) -> None:
    found = importance_of(in_hand, proven=100)
    assert {one.offer for one in found} == offered(in_hand)
    for one in found:
        policy = Change(closed=frozenset([one.offer])).policy(in_hand.prepared.policy)
        lost = in_hand.value - first_value(region, policy)
        assert one.loss.low - 1e-6 <= lost <= one.loss.high + 1e-6
        assert lost > 1e-6 or not one.measurable
    assert any(one.measurable for one in found)
    assert [one.loss.low for one in found] == sorted((o.loss.low for o in found), reverse=True)
    some = importance_of(in_hand, programmes={found[0].offer[0]}, proven=0)
    assert not any(one.measurable for one in some)
    assert {one.offer[0] for one in some} == {found[0].offer[0]}


def test_offers_there_was_no_short_time_for_are_decided_with_all_the_rest(
    in_hand: WhatIf, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = {one.offer: one.loss for one in importance_of(in_hand, proven=0)}
    monkeypatch.setattr(importance, "SECONDS_EACH", (0.0,))
    found = {one.offer: one.loss for one in importance_of(in_hand, proven=0)}
    assert found.keys() == usual.keys()
    for offer, loss in found.items():
        assert max(loss.low, usual[offer].low) <= min(loss.high, usual[offer].high) + 1e-6


def test_ctrl_c_ends_the_search_for_what_is_lost(in_hand: WhatIf) -> None:
    with pytest.raises(KeyboardInterrupt):
        importance_of(in_hand, told=lambda *_: signal.raise_signal(signal.SIGINT))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_frontier_is_what_solves_within_budgets_reach(region: Region) -> None:
    policy = policy_with({})
    found = frontier(region, policy, "cost", "coverage", 4, EXACT)
    assert len(found.points) >= 2
    for point in found.points:
        budget = {"region_budget": {"euros_at_most": point.x + 1.0}}
        aims = policy_with(budget).model_copy(update={"objective": (found.y,)})
        assert point.y == pytest.approx(first_value(region, aims), abs=1e-6)
        assert point.gap <= 1e-6
    xs = [point.x for point in found.points]
    ys = [point.y for point in found.points]
    assert xs == sorted(xs)
    assert ys == sorted(set(ys))
    free = policy.model_copy(update={"objective": (found.x,)})
    assert found.best_x == pytest.approx(first_value(region, free), rel=1e-6)


def test_a_frontier_is_between_two_indicators(region: Region) -> None:
    with pytest.raises(InputError, match="both are cost"):
        frontier(region, policy_with({}), "cost", "cost", 3, EXACT)


# --- at what price ------------------------------------------------------------------------------


def test_what_a_rule_costs_is_what_a_solve_without_it_gains(
    in_hand: WhatIf, region: Region
) -> None:
    found = {one.rule: one for one in rule_prices(in_hand)}
    policy = in_hand.prepared.policy
    assert set(found) == {rule.name for rule in policy.active_rules}
    for name, one in found.items():
        gained = first_value(region, without_rule(policy, name)) - in_hand.value
        assert one.cost.low - 1e-6 <= gained <= one.cost.high + 1e-6
        assert one.plan is not None
        assert not verify(region, one.plan)
        assert one.measurable == (gained > 1e-5)
    assert found["region_budget"].measurable


def held_to(what_if: WhatIf, places: float) -> float:
    """Return the first stage's value with the plan's offers, and other places at hill-centre."""
    other = tiny_region(site_capacity=changed("site_capacity", 0, places=places))
    plan = solve(other, what_if.prepared.policy, EXACT, held_offers={2026: offered(what_if)})
    return float(plan.stages.iloc[0]["value"])


def test_a_shadow_price_is_what_one_place_more_is_worth() -> None:
    region = tiny_region(site_capacity=changed("site_capacity", 0, places=60))
    what_if, _ = asked(region, {"site_capacity": {}})
    prices = [one for one in shadow_prices(what_if) if one.demand.rule.name == "site_capacity"]
    (price,) = [one for one in prices if one.demand.key == ("hill-centre",)]
    more = held_to(what_if, 61) - held_to(what_if, 60)
    assert price.price > 0
    assert price.price == pytest.approx(more, abs=1e-5)


def test_limits_that_leave_room_have_no_price() -> None:
    region = tiny_region(site_capacity=OPTIONAL["site_capacity"])
    what_if, _ = asked(region, {"site_capacity": {}})
    assert not [one for one in shadow_prices(what_if) if one.demand.rule.name == "site_capacity"]


def test_without_time_for_a_rule_its_price_is_what_the_same_offers_reach(
    in_hand: WhatIf, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_with_offers(*args: Any, **more: Any) -> Plan:
        if more["held_offers"] is None:
            raise NoPlan("no plan was found within the limits")
        return solve(*args, **more)

    exact = {one.rule: one for one in rule_prices(in_hand)}
    monkeypatch.setattr(prices, "solve", only_with_offers)
    found = {one.rule: one for one in rule_prices(in_hand)}
    for rule in ("class_size", "travel_limit"):
        assert found[rule].plan is not None
        assert not math.isfinite(found[rule].cost.high)
        assert found[rule].cost.low <= exact[rule].cost.high + 1e-6
        assert found[rule].cost.low >= 0.0
