"""What must hold for every region and policy, on random tiny ones."""

from __future__ import annotations

from random import Random
from typing import Any, cast

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from relaxed import RELAXED

from builders import tiny_region
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.planning import Infeasible, solve, solving
from coverage_opt.planning.prepared import Prepared
from coverage_opt.policy.policy import Policy
from coverage_opt.rules import RULES
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.stages import Staged
from random_features import SET
from random_regions import (
    SHARING,
    Tables,
    objective,
    periods_of,
    policy_of,
    random_policy,
    random_tables,
    rule_parameters,
    scenarios_of,
    wider_tables,
)
from random_rule_cases import rule_case

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.filter_too_much])

seeds = st.integers(0, 10**6)
patterns = st.sampled_from(sorted(SHARING))


def planned(tables: Tables, policy: Policy) -> Plan | None:
    """Return the plan for all periods and scenarios of a region, or None when there is none."""
    future: dict[str, Any] = {"periods": periods_of(tables), "scenarios": scenarios_of(tables)}
    try:
        return solve(tiny_region(**tables), policy, EXACT, **future)
    except Infeasible:
        return None


def optima(tables: Tables, policy: Policy, **options: Any) -> list[float] | None:
    """Return what each stage that decides offers reached, as the engine decides; None: no plan.

    What later stages reach depends on which of several equally good plans the earlier ones hold;
    that the plan is then placed and verified takes most of the time and changes nothing here.
    """
    future = {"periods": periods_of(tables), "scenarios": scenarios_of(tables)} | options

    def decided(_prepared: Prepared, staged: Staged, *_others: Any) -> Staged:
        return staged

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solving, "finish", decided)
        try:
            staged = cast(Staged, solve(tiny_region(**tables), policy, EXACT, **future))
        except Infeasible:
            return None
    assert all(stage.solved for stage in staged.stages)
    # the gap is 0: a bound is an optimum, also where later stages may give something up
    return [
        stage.bound
        for stage, asked in zip(staged.stages, policy.objective, strict=False)
        if asked.decides == "offers"
    ]


def agree(found: list[float] | None, expected: list[float] | None) -> None:
    if found is None or expected is None:
        assert found == expected
    else:
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


@given(seed=seeds, pattern=patterns)
@FEW
def test_rows_in_another_order_give_the_same_plan(seed: int, pattern: str) -> None:
    tables = random_tables(seed)
    policy = random_policy(seed, pattern, tables)
    shuffled = dict(tables)
    for name, rows in tables.items():
        if name != "settings" and rows is not None:
            shuffled[name] = Random(seed).sample(rows, len(rows))
    first, second = planned(tables, policy), planned(shuffled, policy)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        for name in TABLES:
            timeless = [column for column in TABLES[name] if column != "seconds"]
            pd.testing.assert_frame_equal(first.table(name)[timeless], second.table(name)[timeless])


@given(seed=seeds, pattern=patterns)
@FEW
def test_names_of_zones_and_sites_do_not_change_the_optimum(seed: int, pattern: str) -> None:
    # names decide in which order zones and sites come, and which zone stands for others
    tables = random_tables(seed)
    policy = random_policy(seed, pattern, tables)
    for rule in ("fixed_offers", "intake_cap"):
        policy = policy_without(policy, rule)
    backwards = {f"{kind}{number}": f"{kind}{9 - number}" for kind in "zs" for number in range(5)}
    renamed: Tables = {
        name: rows
        if name == "settings" or rows is None
        else [tuple(backwards.get(value, value) for value in row) for row in rows]
        for name, rows in tables.items()
    }
    agree(optima(renamed, policy), optima(tables, policy))


def policy_without(policy: Policy, rule: str) -> Policy:
    return policy.model_copy(update={"rules": policy.rules.model_copy(update={rule: None})})


@given(seed=seeds, pattern=patterns)
@FEW
def test_merging_zones_does_not_change_the_optimum(seed: int, pattern: str) -> None:
    tables = random_tables(seed)
    policy = random_policy(seed, pattern, tables)
    agree(optima(tables, policy), optima(tables, policy, merge_zones=False))


@given(seed=seeds, pattern=patterns)
@settings(FEW, max_examples=6)
def test_periods_that_nothing_joins_are_planned_as_if_alone(seed: int, pattern: str) -> None:
    # nothing is offered today and nothing costs money, so that what changes does not count
    tables = wider_tables(seed)
    tables = {**tables, "settings": {**tables["settings"], "money": None}, "current": None}
    random = Random(seed)
    rules = {
        name: parameters
        for name, parameters in rule_parameters(random, tables).items()
        if name not in ("change_limit", "minimum_run", "teacher_hours") and random.random() < 0.3
    }
    policy = policy_of(rules, objective(random)[:1], SHARING[pattern])
    together = optima(tables, policy)
    alone = [optima(tables, policy, periods=[period]) for period in periods_of(tables)]
    if any(one is None for one in alone):
        assert together is None
    else:
        mean = sum(one[0] for one in alone if one is not None) / len(alone)
        agree(together, [mean])


@given(seed=seeds, pattern=patterns)
@settings(FEW, max_examples=6)
def test_futures_that_do_not_differ_are_no_futures(seed: int, pattern: str) -> None:
    tables = {**wider_tables(seed), "scenarios": None, "factors": None}
    policy = random_policy(seed, pattern, tables)
    alike = [(SET, name, name.title(), 0.5) for name in ("same", "baseline")]
    agree(optima({**tables, "scenarios": alike}, policy), optima(tables, policy))


@pytest.mark.parametrize("rule", sorted(RULES))
@given(seed=seeds, dropped=st.booleans())
@settings(FEW, max_examples=2)
def test_relaxing_a_rule_never_worsens_the_optimum(rule: str, seed: int, dropped: bool) -> None:
    tables, strict, without = rule_case(rule, seed)
    # without partners there are fewer plans
    easier = RELAXED[rule](strict.model_dump(mode="json")["rules"][rule])
    rules = {
        **without.model_dump(mode="json", exclude_none=True)["rules"],
        **({} if dropped and rule != "partnership" else {rule: easier}),
    }
    stages = strict.model_dump(mode="json", exclude_none=True)["objective"][:1]
    same = {name: getattr(strict, name) for name in ("hybrids", "continuous_intake")}
    relaxed = policy_of(rules, stages, strict.sharing, **same)
    strict = strict.model_copy(update={"objective": strict.objective[:1]})
    before = optima(tables, strict)
    if before is None:
        return
    now = optima(tables, relaxed)
    assert now is not None
    slack = 1e-6 * max(1.0, abs(before[0]))
    if strict.objective[0].sense == "maximise":
        assert now[0] >= before[0] - slack
    else:
        assert now[0] <= before[0] + slack


KINDS = ["generic", "orientation", "common", "profile", "elective"]


@given(
    seed=seeds,
    minimum=st.sampled_from([3, 6, 9, 13]),
    shared=st.sets(st.sampled_from(KINDS)),
    also=st.sets(st.sampled_from(KINDS), min_size=1),
)
@settings(FEW, max_examples=12)
def test_sharing_more_never_covers_less(
    seed: int, minimum: int, shared: set[str], also: set[str]
) -> None:
    # With one minimum for all units and nobody leaving, a programme's own class that is large
    # enough still is when it is cut into units that others may join. Nearby units have no limit
    # of their own, so that they can be taught where the programme is.
    tables = _nobody_leaves(random_tables(seed))
    rules = {
        **rule_parameters(Random(seed), tables),
        "class_size": {kind: {"minimum": minimum} for kind in ("own", *KINDS)},
    }
    rules["travel_limit"]["nearby"] = None
    # what is promised to whom is not at issue here, and may make every case infeasible
    kept = {name: rules[name] for name in ("class_size", "travel_limit", "max_sites")}
    aims = [{"maximise": {"coverage": 1, "placed": 1, "filled_openings": 1}}]
    coarse = optima(tables, policy_of(kept, aims, tuple(sorted(shared))))
    fine = optima(tables, policy_of(kept, aims, tuple(sorted(shared | also))))
    assert coarse is not None
    assert fine is not None
    assert fine[0] >= coarse[0] - 1e-6


def _nobody_leaves(tables: Tables) -> Tables:
    settings = {**tables["settings"], "retention": {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}}
    return {**tables, "settings": settings}
