"""What must hold for every region and policy, on random tiny ones."""

from __future__ import annotations

from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from builders import tiny_region
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.planning import Infeasible, solve
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.solver.limits import Limits
from random_regions import (
    SHARING,
    Tables,
    objective,
    policy_of,
    random_policy,
    random_tables,
    rule_parameters,
)

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.filter_too_much])

seeds = st.integers(0, 10**6)
patterns = st.sampled_from(sorted(SHARING))


def planned(region: Region, policy: Policy, **options: Any) -> Plan | None:
    """Return the plan, or None when there is none."""
    try:
        return solve(region, policy, EXACT, **options)
    except Infeasible:
        return None


def optima(plan: Plan | None, policy: Policy) -> list[float] | None:
    """Return what each stage that decides offers reached: its bound, as the gap is 0.

    What later stages reach depends on which of several equally good plans the earlier ones hold.
    """
    if plan is None:
        return None
    assert plan.status == "optimal"
    free = [stage.decides == "offers" for stage in policy.objective]
    bounds: list[float] = plan.stages["bound"].to_list()
    return [bound for bound, counts in zip(bounds, free, strict=True) if counts]


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
    first = planned(tiny_region(**tables), policy)
    second = planned(tiny_region(**shuffled), policy)
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
    if policy.model_dump()["rules"]["fixed_offers"] is not None:
        policy = policy_without(policy, "fixed_offers")
    backwards = {f"{kind}{number}": f"{kind}{9 - number}" for kind in "zs" for number in range(5)}
    renamed: Tables = {
        name: rows
        if name == "settings" or rows is None
        else [tuple(backwards.get(value, value) for value in row) for row in rows]
        for name, rows in tables.items()
    }
    agree(
        optima(planned(tiny_region(**renamed), policy), policy),
        optima(planned(tiny_region(**tables), policy), policy),
    )


def policy_without(policy: Policy, rule: str) -> Policy:
    return policy.model_copy(update={"rules": policy.rules.model_copy(update={rule: None})})


@given(seed=seeds, pattern=patterns)
@FEW
def test_merging_zones_does_not_change_the_optimum(seed: int, pattern: str) -> None:
    tables = random_tables(seed)
    region, policy = tiny_region(**tables), random_policy(seed, pattern, tables)
    merged, apart = planned(region, policy), planned(region, policy, merge_zones=False)
    agree(optima(merged, policy), optima(apart, policy))


RELAXED: dict[str, Any] = {
    "class_size": lambda rule: {
        name: max(0, value - 2)
        if name == "per_offer"
        else {**value, "minimum": max(0, value["minimum"] - 3)}
        for name, value in rule.items()
    },
    "fixed_offers": lambda rule: {"must": rule["must"][1:], "must_not": rule["must_not"][1:]},
    "max_sites": lambda rule: {"sites_at_most": rule["sites_at_most"] + 1},
    "minimum_coverage": lambda rule: {**rule, "share": rule["share"] / 2},
    "no_duplication": lambda rule: {**rule, "within_minutes": rule["within_minutes"] / 2},
    "placement_guarantee": lambda rule: {"unplaced_at_most": rule["unplaced_at_most"] + 0.2},
    "travel_limit": lambda rule: {
        **rule,
        "minutes": rule["minutes"] + 15,
        "by_level": {level: minutes + 15 for level, minutes in rule["by_level"].items()},
    },
}
"""How each rule is made to ask for less."""


@pytest.mark.parametrize("rule", sorted(RULES))
@given(seed=seeds, pattern=patterns, dropped=st.booleans())
@settings(FEW, max_examples=6)
def test_relaxing_a_rule_never_worsens_the_optimum(
    rule: str, seed: int, pattern: str, dropped: bool
) -> None:
    tables = random_tables(seed)
    random = Random(seed)
    every = rule_parameters(random, tables)
    assume(rule in every)
    aims = objective(random)[:1]
    others = {name: parameters for name, parameters in every.items() if random.random() < 0.4}
    strict = policy_of({**others, rule: every[rule]}, aims, SHARING[pattern])
    easier = {} if dropped else {rule: RELAXED[rule](every[rule])}
    without = {name: parameters for name, parameters in others.items() if name != rule}
    relaxed = policy_of({**without, **easier}, aims, SHARING[pattern])
    region = tiny_region(**tables)
    before, after = optima(planned(region, strict), strict), planned(region, relaxed)
    if before is None:
        return
    now = optima(after, relaxed)
    assert now is not None
    if strict.objective[0].sense == "maximise":
        assert now[0] >= before[0] - 1e-6
    else:
        assert now[0] <= before[0] + 1e-6


KINDS = ["generic", "orientation", "common", "profile", "elective"]


@given(
    seed=seeds,
    minimum=st.sampled_from([3, 6, 9, 13]),
    shared=st.sets(st.sampled_from(KINDS)),
    also=st.sets(st.sampled_from(KINDS), min_size=1),
)
@settings(FEW, max_examples=20)
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
    region = tiny_region(**tables)
    coarse = planned(region, policy_of(kept, aims, tuple(sorted(shared))))
    fine = planned(region, policy_of(kept, aims, tuple(sorted(shared | also))))
    assert coarse is not None
    assert fine is not None
    assert fine.stages["value"][0] >= coarse.stages["value"][0] - 1e-6


def _nobody_leaves(tables: Tables) -> Tables:
    settings = {**tables["settings"], "retention": {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}}
    return {**tables, "settings": settings}
