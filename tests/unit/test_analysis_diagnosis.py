"""A policy without a plan: exactly the demands that contradict, and a way out that is one."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import pytest
from planted import AIMS, PLANTED, WELDING, Planted

from builders import full_tables, tiny_region
from coverage_opt.analysis import diagnosis as module
from coverage_opt.analysis.diagnosis import Diagnosis, diagnose
from coverage_opt.analysis.relaxing import Change, settled
from coverage_opt.contradiction import Situation, look_for_plan
from coverage_opt.errors import InputError
from coverage_opt.formulation.build import ask_less
from coverage_opt.handing_over import hand_over
from coverage_opt.plan.verify import verify
from coverage_opt.planning import solve
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.settings import apply, read_setting
from coverage_opt.region.region import Region
from coverage_opt.rules.base import When
from coverage_opt.rules.demand import Demand
from coverage_opt.rules.minimum_coverage import MinimumCoverage
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.highs import Status
from coverage_opt.solver.limits import Deadline, Limits
from random_regions import SHARING, policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)


@cache
def diagnosis(name: str) -> Diagnosis:
    planted = PLANTED[name]
    return diagnose(planted.region, planted.policy, EXACT)


def with_settings(policy: Policy, settings: tuple[str, ...]) -> Policy:
    """Return the policy with settings as they are typed after ``--set``."""
    content = policy.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    for text in settings:
        apply(content, read_setting(text))
    return Policy.model_validate(content)


def can_be_met(region: Region, policy: Policy, kept: tuple[Demand, ...]) -> bool:
    """Tell by a model of its own whether some demands can be met, and nothing else is asked."""
    limits = {demand.key for demand in kept if demand.rule.name == TravelLimit.name}
    if not limits:
        rules = policy.rules.model_copy(update={TravelLimit.name: None})
        policy = policy.model_copy(update={"rules": rules})
    situation = Situation.of(region, policy, region.periods[:1], region.scenario_set("baseline"))
    model = situation.model(policy, every_offer=True)
    places = {demand.place for demand in kept}
    asked = [*model.demands.values(), *model.contradictions]
    given_up = [each for each in asked if each.place not in places]
    ask_less(model, [(each, None) for each in given_up if not each.rule.defines(each.key)])
    verdict = look_for_plan(model, EXACT, Deadline())
    assert verdict.possible is not None
    return verdict.possible


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_contradiction_is_found_exactly(name: str) -> None:
    found = diagnosis(name)
    assert found.possible is False
    assert found.irreducible
    assert found.complete
    demands = [(each.demand.rule.name, each.demand.key) for each in found.demands]
    assert frozenset(demands) == PLANTED[name].demands
    assert len(demands) == len(set(demands))
    assert found.involved is not None
    assert {rule.name for rule in found.involved.rules} == set(PLANTED[name].rules)


@pytest.mark.parametrize("name", PLANTED)
def test_without_any_one_of_the_demands_the_others_can_be_met(name: str) -> None:
    region, policy = PLANTED[name].region, PLANTED[name].policy
    demands = tuple(each.demand for each in diagnosis(name).demands)
    assert not can_be_met(region, policy, demands)
    for others in combinations(demands, len(demands) - 1):
        assert can_be_met(region, policy, others)


@pytest.mark.parametrize("name", PLANTED)
def test_half_offers_get_round_what_whole_ones_cannot(name: str) -> None:
    planted = PLANTED[name]
    region, policy = planted.region, planted.policy
    situation = Situation.of(region, policy, region.periods[:1], region.scenario_set("baseline"))
    handed = hand_over(situation.model(policy, every_offer=True), EXACT)
    handed.solver.relax_integrality()
    status = handed.solver.solve(gap=0.0, time_limit=60.0).status
    assert status is (Status.OPTIMAL if planted.whole else Status.INFEASIBLE)


@pytest.mark.parametrize("name", PLANTED)
def test_the_cheapest_way_out_is_one(name: str) -> None:
    found = diagnosis(name)
    way = found.cheapest
    assert way is not None
    assert way.confirmed
    assert way.verified
    assert way.bound == pytest.approx(way.price)
    plan = solve(found.region, with_settings(found.policy, way.settings), EXACT)
    assert verify(found.region, plan) == ()


def test_of_the_cheapest_way_out_nothing_less_will_do() -> None:
    # of 200 learners 160 live where fitting is within reach
    way = diagnosis("five").cheapest
    assert way is not None
    assert way.settings == ("rules.minimum_coverage.share=0.8",)
    assert way.price == pytest.approx((0.95 - 0.8) / 0.95)
    less = with_settings(diagnosis("five").policy, ("rules.minimum_coverage.share=0.81",))
    assert diagnose_only_whether(diagnosis("five").region, less) is False


def diagnose_only_whether(region: Region, policy: Policy) -> bool | None:
    situation = Situation.of(region, policy, region.periods[:1], region.scenario_set("baseline"))
    return look_for_plan(situation.model(policy), EXACT, Deadline()).possible


def test_each_single_setting_is_enough_and_one_step_less_is_not() -> None:
    found = diagnosis("five")
    assert [way.settings for way in found.alone] == [
        ("rules.minimum_coverage.share=0.8",),
        ("rules.travel_limit.minutes=75",),
        ("rules.class_size.per_offer=5",),
        ("rules.intake_cap.caps.0.learners_at_most=10",),
    ]
    for way in found.alone:
        assert way.verified
        plan = solve(found.region, with_settings(found.policy, way.settings), EXACT)
        assert verify(found.region, plan) == ()
    too_little = ("travel_limit.minutes=74", "class_size.per_offer=6")
    for setting in (*too_little, "intake_cap.caps.0.learners_at_most=9"):
        policy = with_settings(found.policy, (f"rules.{setting}",))
        assert diagnose_only_whether(found.region, policy) is False, setting


def test_each_demand_says_how_near_it_comes_while_the_others_are_met() -> None:
    region = diagnosis("five").region
    best = {
        each.demand.rule.name: each.at_best and each.at_best.after(region)
        for each in diagnosis("five").demands
    }
    assert best == {
        "class_size": "Welder (BOL) at Hook Centre needs at least 5 learners a year "
        "(2026 baseline)",
        "facility_required": None,
        "intake_cap": "At most 10 learners a year start Welder (BOL) at Hook Centre "
        "(2026 baseline)",
        "minimum_coverage": "Fitter must be within reach of at least 80% of the learners "
        "(2026 baseline)",
        "travel_limit": None,
    }


def test_what_the_region_rules_out_is_one_demand() -> None:
    must = [{"programme": "care-BOL", "site": "hook-centre"}]  # which teaches no care
    policy = policy_of({"fixed_offers": {"must": must}}, AIMS)
    found = diagnose(tiny_region(), policy, EXACT)
    assert [each.demand.key for each in found.demands] == [("must", "care-BOL", "hook-centre")]
    assert found.cheapest is not None
    assert found.cheapest.settings == ("rules.fixed_offers=null",)
    assert found.cheapest.verified


def test_two_contradictions_that_have_nothing_to_do_with_each_other_both_give() -> None:
    two, three = PLANTED["two"].rules, PLANTED["three"].rules
    must = [*two["fixed_offers"]["must"], *three["fixed_offers"]["must"]]
    both = Planted({**two, **three, "fixed_offers": {"must": must}}, frozenset())
    found = diagnose(both.region, both.policy, EXACT)
    assert {(each.demand.rule.name, each.demand.key) for each in found.demands} in (
        PLANTED["two"].demands,
        PLANTED["three"].demands,
    )
    assert found.cheapest is not None
    assert len(found.cheapest.changes) == 2
    assert found.cheapest.price == pytest.approx(1.5)
    assert found.cheapest.verified


def test_a_policy_that_allows_a_plan_is_told_so_with_a_plan_that_verifies() -> None:
    region, policy = tiny_region(**full_tables()), load_policy("modular")
    found = diagnose(region, policy, EXACT)
    assert found.possible
    assert found.complete
    assert found.plan is not None
    assert verify(region, found.plan) == ()
    assert found.plan.policy.rules == policy.rules
    assert found.demands == ()


def test_when_time_is_up_nothing_is_claimed() -> None:
    planted = PLANTED["five"]
    found = diagnose(planted.region, planted.policy, Limits(time_limit_seconds=1e-9))
    assert found.possible is None
    assert not found.complete
    assert not found.irreducible
    assert found.demands == ()


def test_a_way_out_is_told_also_when_it_is_not_known_whether_there_is_a_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "has_plan", lambda *asked: None)
    planted = PLANTED["two"]
    found = diagnose(planted.region, planted.policy, EXACT)
    assert found.possible is None
    assert found.cheapest is not None
    assert found.cheapest.verified
    assert diagnose(planted.region, load_policy("modular"), EXACT).possible


def test_bad_questions_are_answered_all_at_once() -> None:
    policy = policy_of({"fixed_offers": {"must": [{**WELDING, "site": "hook"}]}}, AIMS)
    with pytest.raises(InputError) as caught:
        diagnose(tiny_region(), policy, periods=[2027], scenarios="nobody")
    text = str(caught.value)
    assert "no period 2027" in text
    assert "nobody" in text
    assert "unknown site 'hook'" in text


@pytest.mark.parametrize("pattern", ["dossier", "programme"])
def test_sharing_does_not_matter_to_what_is_found(pattern: str) -> None:
    rules = {"max_sites": {"sites_at_most": 1}, "travel_limit": {"minutes": 30}}
    policy = policy_of({**rules, "zone_access": {"levels_at_least": 1}}, AIMS, SHARING[pattern])
    found = diagnose(tiny_region(), policy, EXACT)
    names = [each.demand.rule.name for each in found.demands]
    assert sorted(set(names)) == ["max_sites", "travel_limit", "zone_access"]
    assert found.irreducible
    assert not can_be_met(tiny_region(), policy, tuple(each.demand for each in found.demands))


def test_an_occupation_that_nobody_can_learn_is_left_out_and_the_others_stay() -> None:
    region, policy = tiny_region(), policy_of({"minimum_coverage": {"share": 0.3}}, AIMS)
    rule = policy.rule(MinimumCoverage)
    assert rule is not None
    welder = Change(Demand(rule, When(2026), ("welder",)), None, None)
    looser, settings = settled(policy, [welder])
    assert settings == ('rules.minimum_coverage={"share": 0.3, "exempt": ["welder"]}',)
    assert with_settings(policy, settings).rules == looser.rules
    fitter = rule.knob(("fitter",), region)
    eased = rule.model_copy(update={"share": 0.2})
    less = Change(Demand(rule, When(2026), ("fitter",)), eased, fitter)
    both, settings = settled(policy, [welder, less])
    assert settings == ('rules.minimum_coverage={"share": 0.2, "exempt": ["welder"]}',)
    assert with_settings(policy, settings).rules == both.rules
    named = rule.model_copy(update={"occupations": ("fitter", "welder")})
    assert named.without(("fitter",)) == rule.model_copy(update={"occupations": ("welder",)})
    assert rule.model_copy(update={"occupations": ("welder",)}).without(("welder",)) is None
