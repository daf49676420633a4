"""Learners are dealt back to their zones with as little travel as if each zone stood alone."""

from __future__ import annotations

import pandas as pd
import pytest

from builders import tiny_region
from coverage_opt.formulation import case as cases
from coverage_opt.formulation.groups import Alike, Groups, group_learners
from coverage_opt.formulation.possible import Askers, Possible
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, solve
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.solver.limits import Limits
from random_regions import (
    SHARING,
    Tables,
    periods_of,
    policy_of,
    random_policy,
    random_tables,
    scenarios_of,
)
from random_rule_cases import rule_case

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
OF_FLOWS = sorted(name for name, rule in RULES.items() if rule.of_flows)


def fill_both_sites() -> Policy:
    """Return a policy that has welders at both sites, of whom 15 a year start at each at least."""
    sites = ("hill-centre", "hook-centre")
    return policy_of(
        rules={
            "class_size": {"own": {"minimum": 1, "maximum": 200}, "per_offer": 15},
            "fixed_offers": {"must": [{"programme": "weld-BOL", "site": site} for site in sites]},
            "travel_limit": {"minutes": 90},
        },
        objective=[{"maximise": {"placed": 1}}],
    )


def test_whose_detour_is_as_long_share_it_and_nobody_goes_farther() -> None:
    travel = [
        ("hill", "hill-centre", 10),
        ("hill", "hook-centre", 30),
        ("bank", "hill-centre", 20),
        ("bank", "hook-centre", 40),
        ("hook", "hill-centre", 10),
        ("hook", "hook-centre", 70),
    ]
    region = tiny_region(travel=travel, choices=[("weld-BOL", 1.0)], accept=[])
    plan = solve(region, fill_both_sites(), EXACT)
    there = plan.placements[plan.placements["site"] == "hook-centre"]
    assert dict(zip(there["zone"], there["learners"], strict=True)) == pytest.approx(
        {"hill": 15 * 100 / 160, "bank": 15 * 60 / 160}
    )
    # 100, 60 and 40 learners to the nearer site, and 20 minutes more for fifteen of them
    assert travelled(plan) == pytest.approx([100 * 10 + 60 * 20 + 40 * 10 + 15 * 20])


@pytest.mark.parametrize("seed", range(100, 112))
def test_no_plan_travels_more_than_with_each_zone_by_itself(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = random_tables(seed)
    policy = random_policy(seed, list(SHARING)[seed % len(SHARING)], tables)
    compare_travel(tiny_region(**tables), policy, tables, monkeypatch)


@pytest.mark.parametrize("rule", OF_FLOWS)
def test_nor_with_any_rule_on_where_learners_go(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(2):
        tables, policy, _ = rule_case(rule, seed)
        compare_travel(tiny_region(**tables), policy, tables, monkeypatch)


def compare_travel(
    region: Region, policy: Policy, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compare the travel, and what bounds it, with that of a plan made zone by zone."""
    together = planned(region, policy, tables)
    with monkeypatch.context() as patched:
        patched.setattr(cases, "group_learners", one_by_one)
        apart = planned(region, policy, tables)
    assert (together is None) == (apart is None)
    if together is not None and apart is not None:
        assert travelled(together) == pytest.approx(travelled(apart), rel=1e-6, abs=1e-5)
        for column in ("value", "bound"):
            assert together.stages[column].to_numpy() == pytest.approx(
                apart.stages[column].to_numpy(), rel=1e-6, abs=1e-5
            )


def one_by_one(askers: Askers, remaining: Possible, alike: Alike) -> Groups:
    """Group as the engine does, but nobody with others in the placing."""
    return group_learners(askers, remaining, "never" if alike == "by_detours" else alike)


def planned(region: Region, policy: Policy, tables: Tables) -> Plan | None:
    """Return the engine's plan, None when there is none."""
    try:
        return solve(
            region, policy, EXACT, periods=periods_of(tables), scenarios=scenarios_of(tables)
        )
    except Infeasible:
        return None


def travelled(plan: Plan) -> list[float]:
    """Return the learner-minutes of each moment of a plan."""
    outlook: pd.DataFrame = plan.table("outlook")
    return [float(value) for value in outlook.loc[outlook["name"] == "travel_minutes", "value"]]
