"""What a policy must change to bring something within reach: confirmed by solves of its own.

Each solve forces an offer open under the setting as proposed, or a step short of it.
"""

from __future__ import annotations

from typing import Any

import pytest

from asked_plans import EXACT, asked, policy_with
from builders import MONEY, tiny_region
from coverage_opt import Infeasible, Plan, solve, verify
from coverage_opt.analysis.bringing_in import Proposal
from coverage_opt.analysis.lenient import sized_ways
from coverage_opt.analysis.why_reach import why_reach
from coverage_opt.formulation.shortfalls import Shortfall
from coverage_opt.region.names import OWN_UNIT
from coverage_opt.region.region import Region

TARGETS = {"fitter": ("pipe-BOL", "weld-BOL")}
SITES = ("hill-centre", "hook-centre")


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(settings={"money": MONEY})


def reached(
    plan: Plan, occupation: str, zones: tuple[str, ...] = ("hill", "bank", "hook")
) -> float:
    """Return how many of the young learners have an occupation within reach, by the plan."""
    living = {"hill": 100.0, "bank": 60.0, "hook": 40.0}
    table = plan.table("reach")
    table = table[table["occupation"] == occupation]
    share = dict(zip(table["zone"], table["reach"], strict=True))
    return sum(living[zone] * float(share.get(zone, 0.0)) for zone in zones)


def most_reached(
    region: Region, rules: dict[str, Any], occupation: str, zones: tuple[str, ...]
) -> float:
    """Return how many could have it within reach at most: each offer is forced in a solve."""
    found = [0.0]
    for programme in TARGETS[occupation]:
        for site in SITES:
            must = {"fixed_offers": {"must": [{"programme": programme, "site": site}]}}
            try:
                plan = solve(region, policy_with({**rules, **must}), EXACT)
            except Infeasible:
                continue
            found.append(reached(plan, occupation, zones))
    return max(found)


def the_one(proposals: tuple[Proposal, ...], path: str) -> Proposal:
    """Return the proposal that changes one setting, and that one only."""
    (found,) = [
        one
        for one in proposals
        if len(one.settings) == 1 and one.settings[0].startswith(f"rules.{path}=")
    ]
    return found


def value_of(one: Proposal) -> float:
    return float(one.settings[0].split("=")[1])


def sizes(own: int, orientation: int = 1, per_offer: int = 0) -> dict[str, Any]:
    group = {
        "own": {"minimum": own, "maximum": 60},
        "orientation": {"minimum": orientation, "maximum": 200},
    }
    return {"class_size": {**group, "per_offer": per_offer}}


def test_the_largest_class_size_that_brings_it_in_is_proposed(
    region: Region,
) -> None:
    what_if, plan = asked(region, sizes(own=58))
    assert reached(plan, "fitter") == 0
    reasons = why_reach(what_if, occupation="fitter")
    assert reasons.standing == "not offered"
    one = the_one(reasons.proposals, "class_size.own.minimum")
    zones = ("hill", "bank", "hook")
    own = int(value_of(one))
    assert most_reached(region, sizes(own), "fitter", zones) > 0
    assert most_reached(region, sizes(own + 1), "fitter", zones) == 0
    assert one.least
    assert one.forced.plan is not None
    assert not verify(region, one.forced.plan)
    assert one.forced.plan.policy.rules.class_size.own.minimum == own  # type: ignore[attr-defined]
    assert reached(one.forced.plan, "fitter") >= one.gains - 1e-6 > 0
    value = float(one.forced.plan.stages.iloc[0]["value"])
    assert one.gained == pytest.approx(value - what_if.value, abs=1e-6)


def test_a_learner_fewer_at_an_offer_is_proposed_where_that_is_what_is_in_the_way(
    region: Region,
) -> None:
    what_if, _ = asked(region, sizes(own=1, per_offer=55))
    one = the_one(why_reach(what_if, occupation="fitter").proposals, "class_size.per_offer")
    zones = ("hill", "bank", "hook")
    least = int(value_of(one))
    assert most_reached(region, sizes(1, per_offer=least), "fitter", zones) > 0
    assert most_reached(region, sizes(1, per_offer=least + 1), "fitter", zones) == 0
    assert one.least


def test_the_fewest_minutes_that_bring_it_in_are_proposed(region: Region) -> None:
    """People of Hook reach nothing within 5 minutes; the first site is 10 minutes away."""
    near: dict[str, Any] = {**sizes(own=4), "travel_limit": {"minutes": 5}}
    what_if, _ = asked(region, near)
    reasons = why_reach(what_if, occupation="fitter", municipality="Lowland")
    one = the_one(reasons.proposals, "travel_limit.minutes")
    minutes = int(value_of(one))

    def within(limit: int) -> float:
        rules = {**near, "travel_limit": {"minutes": limit}}
        return most_reached(region, rules, "fitter", ("hook",))

    assert within(minutes) > 0 == within(minutes - 1)
    assert one.least
    assert one.forced.plan is not None
    assert reached(one.forced.plan, "fitter", ("hook",)) == pytest.approx(one.gains)


def test_two_sizes_that_must_both_give_are_proposed_together_and_neither_in_vain(
    region: Region,
) -> None:
    what_if, _ = asked(region, sizes(own=58, per_offer=59))
    found = why_reach(what_if, occupation="fitter").proposals
    (one,) = [each for each in found if len(each.settings) == 2]
    values = dict(setting.split("=") for setting in one.settings)
    own, per_offer = (
        int(values.pop(f"rules.class_size.{path}")) for path in ("own.minimum", "per_offer")
    )
    assert not values
    zones = ("hill", "bank", "hook")
    assert most_reached(region, sizes(own, per_offer=per_offer), "fitter", zones) > 0
    assert most_reached(region, sizes(own + 1, per_offer=per_offer), "fitter", zones) == 0
    assert most_reached(region, sizes(own, per_offer=per_offer + 1), "fitter", zones) == 0
    assert one.least


def test_a_unit_nearby_that_nobody_could_fill_is_asked_less(region: Region) -> None:
    near: dict[str, Any] = {"travel_limit": {"minutes": 40}}
    what_if, _ = asked(region, sizes(own=1, orientation=150) | near)
    reasons = why_reach(what_if, occupation="fitter")
    one = the_one(reasons.proposals, "class_size.orientation.minimum")
    learners, zones = int(value_of(one)), ("hill", "bank", "hook")
    assert most_reached(region, sizes(1, learners) | near, "fitter", zones) > 0
    assert most_reached(region, sizes(1, learners + 1) | near, "fitter", zones) == 0
    assert one.least


def test_a_rule_that_no_plan_with_it_can_meet_gives_no_more_than_it_must(region: Region) -> None:
    """There is money for one small offer at the most, and fitters are trained for EUR more."""
    poor = sizes(own=1) | {"region_budget": {"euros_at_most": 450_000}}
    what_if, _ = asked(region, poor)
    reasons = why_reach(what_if, occupation="fitter", municipality="Lowland")
    assert all(one.answer is None for one in reasons.candidates)
    one = the_one(reasons.proposals, "region_budget.euros_at_most")
    assert one.forced.plan is not None
    assert not verify(region, one.forced.plan)
    assert reached(one.forced.plan, "fitter", ("hook",)) > 0


def test_a_way_that_asks_for_more_than_another_is_left_out(region: Region) -> None:
    policy = policy_with(sizes(own=20, orientation=30))
    lacking = {
        ("weld-BOL", "hill-centre"): (Shortfall(2026, f"{OWN_UNIT}weld-BOL", 9.4, 20.0),),
        ("weld-BOL", "hook-centre"): (Shortfall(2026, f"{OWN_UNIT}weld-BOL", 4.0, 20.0),),
        ("care-BOL", "hill-centre"): (Shortfall(2026, None, 0.4, 5.0),),
    }
    (way,) = sized_ways(policy, region, lacking)
    assert [change.number for change in way] == [(20.0, 9.0)]
