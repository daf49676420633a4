"""When no plan exists, exactly the rules that leave none are named."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import pytest

from builders import full_tables, tiny_region
from coverage_opt import contradiction
from coverage_opt.handing_over import hand_over
from coverage_opt.planning import Infeasible, solve
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.solver.highs import ContradictionError, Status
from coverage_opt.solver.limits import Limits
from planning_models import case_of, model_of
from random_regions import SHARING, periods_of, policy_of, random_policy, scenarios_of
from random_rule_cases import uncertain_tables

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
AIMS: list[dict[str, Any]] = [{"maximise": {"coverage": 1, "placed": 1}}]

INNOCENT: dict[str, Any] = {
    "class_size": {
        kind: {"minimum": 1} for kind in ("generic", "orientation", "common", "profile")
    },
    "intake_cap": {"caps": [{"programme": "care-BOL", "learners_at_most": 150}]},
    "labour_market_prospect": {},
    "no_duplication": {"sites_at_most": 2, "within_minutes": 65},
}
"""Rules that no contradiction below needs; each can be kept with any of those that it has."""

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # what contradicts, and what stands beside it
    "one, whatever is decided": (
        {"fixed_offers": {"must": [{"programme": "care-BOL", "site": "hook-centre"}]}},
        {"max_sites": {"sites_at_most": 2}, "travel_limit": {"minutes": 80}},
    ),
    "one, by learners": (
        {"placement_guarantee": {"unplaced_at_most": 0.0, "of": "everyone"}},
        {"max_sites": {"sites_at_most": 2}, "travel_limit": {"minutes": 80}},
    ),
    "two": (
        {"placement_guarantee": {"unplaced_at_most": 0.05}, "travel_limit": {"minutes": 30}},
        {"max_sites": {"sites_at_most": 2}, "zone_access": {"domains_at_least": 1}},
    ),
    "two, over time": (
        {
            "change_limit": {"changes_at_most": 1},
            "fixed_offers": {
                "must": [
                    {"programme": programme, "site": "hill-centre", "periods": [2030]}
                    for programme in ("weld-BOL", "pipe-BOL")
                ],
                "must_not": [
                    {"programme": programme, "site": "hill-centre", "periods": [2026]}
                    for programme in ("weld-BOL", "pipe-BOL")
                ],
            },
        },
        {"max_sites": {"sites_at_most": 2}, "minimum_run": {"years_at_least": 2}},
    ),
    "two, in one scenario alone": (
        {
            "programme_efficiency": {"learners_per_offer": 19},
            "fixed_offers": {
                "must": [{"programme": "pipe-BOL", "site": "hill-centre", "periods": [2030]}]
            },
        },
        {"travel_limit": {"minutes": 80}},
    ),
    "three": (
        {
            "max_sites": {"sites_at_most": 1},
            "travel_limit": {"minutes": 30},
            "zone_access": {"levels_at_least": 1},
        },
        {"minimum_coverage": {"share": 0.5}},
    ),
}


def region_for(name: str) -> Region:
    if name == "one, by learners":
        # adults who do not wait for the one moment at which they can enter have no place
        return tiny_region(**full_tables())
    if name == "two, in one scenario alone":
        scenarios = [("two", "baseline", "As forecast", 0.9), ("two", "decline", "Decline", 0.1)]
        factors = [("decline", 2030, "choice", "pipe-BOL", 0.1)]
        factors += [("decline", 2030, "choice", "try-tech", 0.1)]
        return tiny_region(scenarios=scenarios, factors=factors)
    return tiny_region()


def said(region: Region, policy: Policy, **asked: Any) -> str:
    with pytest.raises(Infeasible) as caught:
        solve(region, policy, EXACT, **asked)
    return str(caught.value)


def named(text: str) -> set[str]:
    """Return the rules that are named, after what cannot be met whatever is decided."""
    return {name for name in RULES if re.search(rf"\b{name}\b", text.rpartition(": ")[2])}


def possible(region: Region, rules: Collection[str], policy: Policy, **asked: Any) -> bool:
    """Tell whether there is a plan under some rules of a policy."""
    update = {name: None for name in RULES if name not in rules}
    some = policy.model_copy(update={"rules": policy.rules.model_copy(update=update)})
    model = model_of(case_of(region, some, **asked))
    if model.contradictions:
        return False
    try:
        handed = hand_over(model, EXACT)
    except ContradictionError:
        return False
    outcome = handed.solver.solve(gap=1.0)
    assert outcome.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return outcome.status is Status.OPTIMAL


@pytest.mark.parametrize("name", sorted(CASES))
def test_exactly_the_rules_that_contradict_each_other_are_named(name: str) -> None:
    planted, beside = CASES[name]
    rules = {**INNOCENT, **beside, **planted}
    region = region_for(name)
    policy = policy_of(rules, AIMS, SHARING["modular"], continuous_intake=[])
    scenarios = "two" if region.scenarios.size else "baseline"
    text = said(region, policy, periods=region.periods, scenarios=scenarios)
    assert named(text) == set(planted), text
    assert text.startswith("no plan satisfies every rule of the policy")
    if len(planted) == 1:
        assert text.endswith("cannot be met, whatever the other rules")
    else:
        assert ": these rules contradict each other: " in text


def test_a_contradiction_of_whole_offers_alone_is_found() -> None:
    # half a site here and half a site there would do
    planted, _ = CASES["three"]
    policy = policy_of({**INNOCENT, **planted}, AIMS, SHARING["modular"])
    handed = hand_over(model_of(case_of(tiny_region(), policy)), EXACT)
    goal = handed.goals[0]
    handed.solver.set_objective(goal.coefficients, goal.offset, goal.sense)
    handed.solver.relax_integrality()
    assert handed.solver.solve(gap=0.0, time_limit=60.0).status is Status.OPTIMAL
    assert named(said(tiny_region(), policy)) == set(planted)


def test_what_cannot_be_met_whatever_is_decided_is_said_in_words() -> None:
    must = [{"programme": "care-BOL", "site": "hook-centre"}]
    rules = {"fixed_offers": {"must": must}, "max_sites": {"sites_at_most": 2}}
    text = said(tiny_region(), policy_of(rules, AIMS))
    assert "whatever is decided: Nurse (BOL) is offered at Hook Centre (2026): " in text


def test_no_more_than_three_demands_are_said() -> None:
    access = {"domains_at_least": 2, "levels_at_least": 1}
    nowhere = {"zone_access": access, "travel_limit": {"minutes": 5}}
    text = said(tiny_region(), policy_of(nowhere, AIMS), periods=[2026, 2030])
    assert text.count(" within reach (20") == 3
    assert "; and 1 more like it: " in text
    assert named(text) == set(nowhere)


def test_a_permission_is_never_taken_for_a_demand() -> None:
    # without partners hook has no class that is large enough, and zone_access cannot be met; but
    # they are partners, and it is the guarantee that cannot be met within half an hour
    sizes = {"generic": 0, "orientation": 0, "common": 25, "profile": 18}
    rules = {
        "class_size": {kind: {"minimum": minimum} for kind, minimum in sizes.items()},
        "partnership": {"within_minutes": 65},
        "placement_guarantee": {"unplaced_at_most": 0.05},
        "travel_limit": {"minutes": 30},
        "zone_access": {"domains_at_least": 1},
    }
    region, policy = tiny_region(), policy_of(rules, AIMS, SHARING["modular"])
    assert possible(region, rules.keys() - {"placement_guarantee"}, policy)
    assert not possible(region, rules.keys() - {"placement_guarantee", "partnership"}, policy)
    assert named(said(region, policy)) == {"placement_guarantee", "travel_limit"}


def test_without_time_all_rules_that_may_be_involved_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contradiction, "SECONDS", 0.0)
    rules = {**INNOCENT, **CASES["two"][0]}
    text = said(tiny_region(), policy_of(rules, AIMS, SHARING["modular"]))
    assert "among these rules, some contradict each other: " in text
    assert named(text) == set(rules)


@pytest.mark.parametrize("pattern", sorted(SHARING))
def test_of_any_rules_those_named_leave_no_plan_and_all_but_one_leave_one(pattern: str) -> None:
    found = 0
    for seed in range(10):
        tables = uncertain_tables(seed)
        policy = random_policy(seed, pattern, tables)
        region = tiny_region(**tables)
        asked: dict[str, Any] = {
            "periods": periods_of(tables),
            "scenarios": scenarios_of(tables),
        }
        rules = {rule.name for rule in policy.active_rules}
        if possible(region, rules, policy, **asked):
            continue
        involved = named(said(region, policy, **asked))
        allowed = rules & {"partnership"}
        assert involved, seed
        assert not possible(region, involved | allowed, policy, **asked), seed
        for name in involved - allowed:
            fewer = (involved | allowed) - {name}
            assert possible(region, fewer, policy, **asked), (seed, name)
        found += len(involved) > 1
    assert found > 1
