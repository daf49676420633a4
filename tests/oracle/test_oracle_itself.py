"""The oracle by itself: what must hold of it whatever the engine does."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from brute_force import BruteForce
from comparing import oracle_of, same
from oracle_data import Data
from oracle_moments import records

from builders import tiny_region
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.rules import RULES
from random_features import SET
from random_regions import (
    SHARING,
    Tables,
    periods_of,
    random_policy,
    random_tables,
    scenarios_of,
    wider_tables,
)
from random_rule_cases import rule_case, uncertain_tables

FEW = 7
"""Decisions of which every combination is tried without passing over any."""

MANY = 500
"""Combinations that are all tried."""


def first_optimum(
    tables: Tables, policy: Policy, scenarios: str | None = None
) -> list[float] | None:
    """Return the optimum of the first stage as a list; None: there is no plan."""
    only = policy.model_copy(update={"objective": policy.objective[:1]})
    chosen = scenarios_of(tables) if scenarios is None else scenarios
    return BruteForce(tiny_region(**tables), only, periods_of(tables), chosen).optima()


def not_better(stage: Stage, one: list[float] | None, other: list[float] | None) -> bool:
    """Return whether the first optimum is at best as good as the second."""
    if one is None or other is None:
        return one is None
    slack = 1e-6 * max(1.0, abs(other[0]))
    return one[0] <= other[0] + slack if stage.sense == "maximise" else one[0] >= other[0] - slack


def with_risk(policy: Policy, risk: str, tail: float = 0.2) -> Policy:
    """Return the policy with the first stage alone, at a risk."""
    first = policy.objective[0].model_copy(update={"risk": risk, "tail": tail})
    return policy.model_copy(update={"objective": (first,)})


@pytest.mark.parametrize("seed", [2, 7, 22, 25, 31, 39, 46, 47, 68, 75])
def test_passing_over_subsets_changes_nothing(seed: int) -> None:
    tables = random_tables(seed)
    region = tiny_region(**tables)
    for pattern in SHARING:
        policy = random_policy(seed, pattern, tables)
        every = oracle_of(region, policy, tables, prune=False)
        if every.binaries <= FEW:
            passing = oracle_of(region, policy, tables)
            assert same(every.optima(), passing.optima())


@pytest.mark.parametrize("rule", ["change_limit", "class_size", "partnership", "teacher_hours"])
def test_passing_over_subsets_changes_nothing_with_a_rule(rule: str) -> None:
    tried = 0
    for seed in range(20):
        tables, policy, _ = rule_case(rule, seed)
        region = tiny_region(**tables)
        every = oracle_of(region, policy, tables, prune=False)
        if tried < 2 and sum(1 for _ in every.candidates()) <= MANY:
            tried += 1
            passing = oracle_of(region, policy, tables)
            assert same(every.optima(), passing.optima())
    assert tried == 2


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"partnership"}))
@pytest.mark.parametrize("seed", range(20, 22))
def test_another_rule_never_makes_a_plan_better(rule: str, seed: int) -> None:
    tables, policy, without = rule_case(rule, seed)
    stage = policy.objective[0]
    bound, free = first_optimum(tables, policy), first_optimum(tables, without)
    assert not_better(stage, bound, free)


@pytest.mark.parametrize("seed", range(20, 26))
def test_partners_never_make_a_plan_worse(seed: int) -> None:
    tables, policy, without = rule_case("partnership", seed)
    stage = policy.objective[0]
    assert not_better(stage, first_optimum(tables, without), first_optimum(tables, policy))


@pytest.mark.parametrize("seed", range(10))
def test_a_scenario_is_two_that_are_the_same_and_half_as_probable(seed: int) -> None:
    tables = uncertain_tables(seed)
    policy = random_policy(seed, "modular", tables)
    split, factors = [], list(tables["factors"] or ())
    for name, scenario, title, probability in tables["scenarios"]:
        split.append((name, scenario, title, probability / 2))
        split.append((name, f"{scenario}-too", f"{title} too", probability / 2))
        factors += [
            (f"{scenario}-too", *row[1:]) for row in tables["factors"] or () if row[0] == scenario
        ]
    doubled = {**tables, "scenarios": split, "factors": factors or None}
    for risk in ("expected", "worst_case", "cvar"):
        tried = with_risk(policy, risk)
        once, twice = first_optimum(tables, tried), first_optimum(doubled, tried)
        assert same(once, twice)


@pytest.mark.parametrize("seed", range(10, 22))
def test_an_expectation_is_better_than_its_tail_and_that_than_the_worst_case(seed: int) -> None:
    tables = uncertain_tables(seed)
    policy = random_policy(seed, "dossier", tables)
    stage = policy.objective[0]
    risks = [("worst_case", 0.2), ("cvar", 0.1), ("cvar", 0.5), ("cvar", 1.0), ("expected", 0.2)]
    found = [first_optimum(tables, with_risk(policy, *risk)) for risk in risks]
    for worse, better in pairwise(found):
        assert not_better(stage, worse, better)
    # the mean of the worst of all is the mean, and the least likely is no less than a tenth
    assert same(found[3], found[4])
    least = min(row[3] for row in tables["scenarios"])
    if least >= 0.1:
        assert same(found[0], found[1])


@pytest.mark.parametrize("seed", range(30, 40))
def test_knowing_the_scenario_beforehand_is_never_worse(seed: int) -> None:
    tables = uncertain_tables(seed)
    policy = random_policy(seed, "orientation", tables)
    # what holds in expectation only need not hold in any one scenario
    rules = policy.rules
    for name in ("class_size", "programme_efficiency"):
        if getattr(rules, name) is not None:
            every = getattr(rules, name).model_copy(update={"holds": "every_scenario"})
            rules = rules.model_copy(update={name: every})
    policy = with_risk(policy.model_copy(update={"rules": rules}), "expected")
    stage, scenarios = policy.objective[0], tables["scenarios"]
    alone = [(f"only {row[1]}", *row[1:3], 1.0) for row in scenarios]
    together = {**tables, "scenarios": [*scenarios, *alone]}
    known = [first_optimum(together, policy, row[0]) for row in alone]
    unknown = first_optimum(together, policy, SET)
    if unknown is not None:
        values = [best[0] for best in known if best is not None]
        assert len(values) == len(known)
        mean = sum(row[3] * value for row, value in zip(scenarios, values, strict=True))
        assert not_better(stage, unknown, [mean])


@pytest.mark.parametrize("seed", range(40))
def test_the_region_tells_each_moment_as_the_oracle_works_it_out(seed: int) -> None:
    tables = wider_tables(seed)
    region = tiny_region(**tables)
    policy = random_policy(seed, Random(seed).choice(list(SHARING)), tables)
    for moment in Data(region, policy, region.periods, scenarios_of(tables)).moments:
        year = region.periods[moment.period]
        asking = {
            (row["learner"], row["zone"], row["choice"]): row["learners"]
            for row in records(region.demand(year, moment.scenario))
        }
        assert asking == pytest.approx(moment.asking)
        openings = region.openings_in(year, moment.scenario)
        found = dict(zip(openings["occupation"], openings["openings"], strict=True))
        assert found == pytest.approx(moment.openings)
        places = {
            (row["domain"], row["pathway"]): row["places"]
            for row in records(region.workplaces_in(year, moment.scenario))
        }
        assert places == pytest.approx(moment.workplaces)


@pytest.mark.parametrize("seed", range(40))
def test_the_region_tells_what_the_oracle_derives(seed: int) -> None:
    tables = wider_tables(seed)
    region = tiny_region(**tables)
    policy = random_policy(seed, "modular", tables).model_copy(update={"hybrids": True})
    data = Data(region, policy, region.periods, scenarios_of(tables))
    assert region.present_years == pytest.approx(data.present_years)
    teach_out = {name: data.teach_out_hours[name] for name in data.programmes}
    assert region.teach_out_hours == pytest.approx(teach_out)
    assert [region.span_years(year) for year in region.periods] == pytest.approx(data.span_years)
    assert sorted(region.teachable[["programme", "site"]].itertuples(index=False)) == sorted(
        data.offers
    )
    for learner, choice in {(who, what) for m in data.moments for who, _, what in m.asking}:
        share = region.arriving(learner, choice, policy.continuous_intake)
        assert share == pytest.approx(data.arriving(learner, choice))
