"""Every rule by itself: the engine's optimum is the oracle's, and the rule is in the way."""

from __future__ import annotations

import pytest
from comparing import compare, oracle_of, same
from oracle_data import Data
from oracle_rules_of_flows import FlowRules
from oracle_rules_of_offers import OfferRules, TimeRules

from builders import tiny_region
from coverage_opt.rules import RULES
from random_rule_cases import rule_case

SEEDS: dict[str, tuple[int, ...]] = {
    "breadth": (0, 3, 5, 6, 1, 2),
    "change_limit": (6, 7, 8, 9, 21, 0),
    "class_size": (2, 5, 7, 9, 0, 1),
    "facility_required": (2, 7, 8, 9, 0, 1),
    "fixed_offers": (1, 2, 4, 6, 0, 3),
    "institution_balance": (0, 8, 9, 11, 12, 1),
    "institution_share": (0, 1, 2, 3, 5, 12),
    "intake_cap": (0, 1, 2, 3, 6, 7),
    "labour_market_prospect": (0, 2, 7, 8, 1, 3),
    "max_sites": (0, 3, 4, 6, 1, 2),
    "minimum_coverage": (0, 1, 2, 4, 5, 3),
    "minimum_run": (3, 6, 8, 10, 0, 1),
    "no_duplication": (1, 9, 10, 0, 2, 3),
    "partnership": (3, 6, 8, 18, 1, 0),
    "placement_guarantee": (0, 1, 5, 13, 3, 6),
    "programme_efficiency": (0, 1, 2, 3, 6, 8),
    "progression": (0, 1, 2, 6, 3, 4),
    "region_budget": (0, 1, 2, 3, 4, 15),
    "site_capacity": (0, 2, 3, 4, 1, 11),
    "teacher_hours": (1, 2, 3, 4, 0, 9),
    "travel_limit": (1, 5, 6, 7, 0, 2),
    "workplace_capacity": (0, 1, 2, 4, 3, 11),
    "zone_access": (0, 7, 9, 11, 1, 5),
}
"""Seeds of `rule_case`: the first three, at the least, have a rule that is in the way."""

ENOUGH = 3
"""Cases in which a rule is seen to be in the way."""

ONCE_WRONG = (("breadth", 11), ("partnership", 2), ("progression", 7), ("progression", 18))
"""Cases that found a fault: scenarios taken as one that may differ, plans that could not be placed
anew, programmes whose only successor the policy does not have."""


def test_every_rule_is_tried() -> None:
    assert set(SEEDS) == set(RULES)


def test_the_oracle_knows_every_rule_by_its_name() -> None:
    places = (Data, OfferRules, TimeRules, FlowRules)
    for name in RULES:
        assert any(hasattr(place, name) for place in places), name


@pytest.mark.parametrize(
    ("rule", "seed"),
    [*((rule, seed) for rule, seeds in SEEDS.items() for seed in seeds), *ONCE_WRONG],
)
def test_the_engine_keeps_each_rule_as_the_oracle_does(rule: str, seed: int) -> None:
    tables, policy, _ = rule_case(rule, seed)
    compare(tiny_region(**tables), policy, tables)


@pytest.mark.parametrize("rule", sorted(SEEDS))
def test_each_rule_is_in_the_way_of_some_plans(rule: str) -> None:
    matters = 0
    for seed in SEEDS[rule]:
        tables, policy, without = rule_case(rule, seed)
        region = tiny_region(**tables)
        bound, free = (oracle_of(region, one, tables).optima() for one in (policy, without))
        assert free is not None
        matters += not same(bound, free)
        if matters == ENOUGH:
            return
    pytest.fail(f"it is in the way in {matters} cases only")
