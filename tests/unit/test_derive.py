"""What is derived from the decisions is what a plan by hand says, and what the checker recounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ahead_numbers import HILL, HOOK
from coverage_opt.plan.derive import Basis, derive_tables, stage_value
from coverage_opt.plan.plan import TABLES, Plan, kind_of
from coverage_opt.plan.verify import verify
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from plans import SHARING, hand_made_plan, plan_region
from plans_ahead import RULES, ahead_policy, ahead_region, plan_ahead

FLOWS = ("switches", "placements", "attendance", "certificates", "sent")


def basis_of(region: Region, plan: Plan, **changed: pd.DataFrame) -> Basis:
    """Return the decisions of a plan, some of them changed."""
    decided: dict[str, Any] = {
        "offers": plan.offers[["period", "programme", "site"]],
        "runs": plan.units[["period", "unit", "site"]],
        **{name: plan.table(name) for name in FLOWS},
        **changed,
    }
    return Basis(
        region=region,
        policy=plan.policy,
        teaching=teaching(region, plan.policy),
        periods=plan.periods,
        scenarios=plan.scenarios,
        demand={
            (period, scenario.name): region.demand(period, scenario.name)
            for period in plan.periods
            for scenario in plan.scenarios
        },
        **decided,
    )


def assert_derived(region: Region, plan: Plan) -> None:
    """Compare everything derived with the plan; rows in any order."""
    shuffled = {name: plan.table(name).sample(frac=1, random_state=4) for name in FLOWS}
    derived = derive_tables(basis_of(region, plan, **shuffled))
    assert set(derived) == set(TABLES) - {"stages"}
    for name, table in derived.items():
        key = [column for column in TABLES[name] if kind_of(column) != "float64"]
        found, right = (
            each.sort_values(key, ignore_index=True) for each in (table, plan.table(name))
        )
        assert_frame_equal(found, right, check_dtype=False, rtol=1e-9, obj=name)


@pytest.fixture(scope="module")
def region() -> Region:
    return ahead_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The plan for two periods and two scenarios."""
    return plan_ahead(region)


@pytest.mark.parametrize("case", SHARING)
def test_a_plan_for_one_period_by_hand(case: str) -> None:
    region = plan_region()
    assert_derived(region, hand_made_plan(region, case))


def test_a_plan_ahead_by_hand(region: Region, plan: Plan) -> None:
    assert_derived(region, plan)
    derived = derive_tables(basis_of(region, plan))
    worth = [
        stage_value(stage, derived["outlook"], plan.scenarios) for stage in plan.policy.objective
    ]
    assert worth == pytest.approx(plan.stages["value"].tolist())


def test_tables_are_sorted_and_typed(region: Region, plan: Plan) -> None:
    for name, table in derive_tables(basis_of(region, plan)).items():
        assert list(table.columns) == list(TABLES[name])
        assert {column: str(kind) for column, kind in table.dtypes.items()} == {
            column: kind_of(column) for column in TABLES[name]
        }
        if name not in ("outlook", "indicators"):
            key = [column for column in TABLES[name] if kind_of(column) != "float64"]
            assert table[key].apply(tuple, axis=1).is_monotonic_increasing


def test_what_merges_later_merges_when_others_join() -> None:
    region = ahead_region(current=None)
    plan = replace(plan_ahead(region), policy=ahead_policy())
    offers = pd.DataFrame(
        [
            (2026, "weld-BOL", HILL),
            (2026, "care-BOL", HILL),
            (2030, "weld-BOL", HILL),
            (2030, "care-BOL", HILL),
            # taught nearby, the orientation unit is shared over sites
            (2030, "weld-BBL", HOOK),
        ],
        columns=["period", "programme", "site"],
    )
    timeline = derive_tables(basis_of(region, plan, offers=offers))["timeline"]
    assert list(timeline.itertuples(index=False, name=None)) == [
        (2030, "merges", "weld-BOL", HILL, "try-tech"),
        (2030, "opens", "weld-BBL", HOOK, ""),
    ]


def test_with_the_programme_offers_merge_at_their_own_site() -> None:
    units = [
        ("dutch", "generic", "Dutch", 1, 80, "online"),
        ("try-tech", "orientation", "Trying technology", 1, 400, "with_programme"),
        ("metal-common", "common", "Metal work", 1, 300, "with_programme"),
        ("welding", "profile", "Welding", 2, 500, "with_programme"),
        ("pipefitting", "profile", "Pipefitting", 2, 600, "with_programme"),
        ("nursing", "profile", "Nursing", 1, 900, "with_programme"),
        ("aids", "profile", "Aids", 2, 700, "with_programme"),
    ]
    region = ahead_region(units=units)
    timeline = derive_tables(basis_of(region, plan_ahead(region)))["timeline"]
    merged = timeline[timeline["event"] == "merges"]
    # at hook nothing else is offered in 2026; in 2030 welders (BOL) join there
    assert merged[["period", "programme", "site"]].to_numpy().tolist() == [
        [2026, "weld-BOL", HILL],
        [2030, "weld-BBL", HOOK],
    ]


def _random_decisions(region: Region, plan: Plan, seed: int) -> dict[str, pd.DataFrame]:
    """Return decisions as a careless planner might take them.

    They need not fit together, but for what no number could be given to: learners are placed where
    something is offered, and not more are sent away than are there.
    """
    random = np.random.default_rng(seed)
    shares = {
        name: plan.table(name).sample(frac=0.8, random_state=seed).reset_index(drop=True)
        for name in FLOWS
    }
    flows = {
        name: table.assign(learners=table["learners"] * random.uniform(0.2, 3.0, len(table)))
        for name, table in shares.items()
    }
    taught = teaching(region, plan.policy)
    pairs = region.teachable.sample(frac=0.7, random_state=seed)
    units = taught.units[["unit"]].merge(
        pd.DataFrame({"site": [HILL, HOOK, "online"]}), how="cross"
    )
    years = pd.DataFrame({"period": plan.periods})
    offers = years.merge(pairs, how="cross").sample(frac=0.8, random_state=seed)
    runs = years.merge(units, how="cross").sample(frac=0.6, random_state=seed)
    flows["placements"] = flows["placements"].merge(offers, on=["period", "programme", "site"])
    welders = flows["placements"][flows["placements"]["programme"].str.startswith("weld")]
    there = welders[["period", "scenario", "site"]].drop_duplicates()
    flows["sent"] = flows["sent"].merge(there, on=["period", "scenario", "site"])
    flows["sent"]["learners"] *= 0.001
    return {"offers": offers, "runs": runs, **flows}


FOLLOWING = {"timeline", "reach", "filled", "money", "teachers", "outlook", "indicators", "stages"}


@pytest.mark.parametrize("seed", range(8))
def test_the_checker_recounts_whatever_is_decided_as_it_is_derived(
    region: Region, plan: Plan, seed: int
) -> None:
    class_size = {"holds": "expectation" if seed % 2 else "every_scenario"}
    rules = {**RULES, "class_size": class_size} if seed % 3 else {}
    policy = ahead_policy(rules)
    decided = replace(plan, policy=policy)
    tables = derive_tables(basis_of(region, decided, **_random_decisions(region, decided, seed)))
    stages = [
        (number, stage.goal, stage.sense, worth, worth, 0.0, 1.0, "optimal")
        for number, stage in enumerate(policy.objective, start=1)
        for worth in [stage_value(stage, tables["outlook"], plan.scenarios)]
    ]
    tables["stages"] = pd.DataFrame(stages, columns=list(TABLES["stages"]))
    found = verify(region, replace(decided, _tables=tables))
    assert found  # it does not fit together
    assert [str(each) for each in found if each.rule in FOLLOWING] == []
    assert [str(each) for each in found if "is said to" in each.sentence] == []
