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

SEEDS = range(8)


def test_the_oracle_knows_every_rule_by_its_name() -> None:
    places = (Data, OfferRules, TimeRules, FlowRules)
    for name in RULES:
        assert any(hasattr(place, name) for place in places), name


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_engine_keeps_each_rule_as_the_oracle_does(rule: str, seed: int) -> None:
    tables, policy, _ = rule_case(rule, seed)
    compare(tiny_region(**tables), policy, tables)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_is_in_the_way_of_some_plans(rule: str) -> None:
    matters = 0
    for seed in SEEDS:
        tables, policy, without = rule_case(rule, seed)
        region = tiny_region(**tables)
        bound, free = (oracle_of(region, one, tables).optima() for one in (policy, without))
        assert free is not None
        matters += not same(bound, free)
    assert matters >= 2
