"""Plans and bounds on coarse maps, against the region as it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from builders import full_tables, tiny_region
from coverage_opt.formulation.moments import moments_of
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.planning import NoPlan, coarse, solve
from coverage_opt.planning.coarse import bound, neighbourhoods, offering, size, zones
from coverage_opt.planning.coarse.demand import Demand
from coverage_opt.planning.coarse.families import Family, families_of
from coverage_opt.planning.coarse.offering import Settled
from coverage_opt.planning.coarse.question import Whole
from coverage_opt.planning.coarse.travel import Nearer, moved
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Deadline, Limits
from random_policies import SHARING, policy_of
from random_regions import domains_apart, random_tables

EXACT = Limits(gap=0.0, threads=1)
SHARES = {"coverage": 1.0, "filled_openings": 1.0, "placed": 2.0, "first_choice": 1.0}
OBJECTIVE: list[dict[str, Any]] = [
    {"maximise": SHARES},
    {"maximise": {"saved_hours": 1}, "decides": "units"},
    {"minimise": {"travel_minutes": 1}, "decides": "placement"},
]
SIZES = {
    "own": {"minimum": 5},
    "generic": {"minimum": 6},
    "orientation": {"minimum": 6},
    "common": {"minimum": 5},
    "profile": {"minimum": 4},
    "elective": {"minimum": 3},
    "per_offer": 3,
}
SEEDS = [seed for seed in range(13) if seed // 5 % 2 == 0]


@cache
def region_of(seed: int) -> tuple[Region, Policy]:
    """Return a plain region of one period, whose domains are families, with a policy."""
    patterns = list(SHARING.values())
    region = tiny_region(**domains_apart(random_tables(seed)))
    rules = {"class_size": SIZES, "travel_limit": {"minutes": [30, 50][seed % 2]}}
    return region, policy_of(rules, OBJECTIVE, patterns[seed % len(patterns)])


def regions() -> Iterator[tuple[int, Region, Policy]]:
    """Yield some of them, each with its seed."""
    for seed in SEEDS:
        yield seed, *region_of(seed)


def whole_of(region: Region, policy: Policy) -> Whole:
    periods = region.periods[:1]
    moments = moments_of(region, periods, region.scenario_set("baseline"))
    return Whole.of(region, policy, teaching(region, policy), moments[periods[0]][0])


def bound_on(whole: Whole, most_zones: int, most_sites: int) -> float:
    return sum(
        bound.bound_of_family(
            whole, family, EXACT, Deadline(), most_zones=most_zones, most_sites=most_sites
        )
        for family in families_of(whole.region, whole.takers)
    )


@cache
def best_of(seed: int) -> float:
    """Return what the best plan of one of the regions is worth, planned as it is."""
    with pytest.MonkeyPatch.context() as as_it_is:
        as_it_is.setattr(size, "MOST_FLOWS", 10**9)
        return float(solve(*region_of(seed), EXACT).stages["value"].iloc[0])


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every region count as too large, and every map coarse."""
    monkeypatch.setattr(size, "MOST_FLOWS", -1)
    for module in (bound, offering):
        monkeypatch.setattr(module, "MOST_ZONES", 2)
        monkeypatch.setattr(module, "MOST_SITES", 2)


def coarse_plan(region: Region, policy: Policy, said: list[str]) -> Plan | None:
    """Return the plan that is made the coarse way; None where a guarantee is not kept."""
    try:
        return solve(region, policy, EXACT, told=said.append)
    except NoPlan:
        return None


def test_no_plan_is_worth_more_than_the_bound() -> None:
    tight = 0
    for seed, region, policy in regions():
        best = best_of(seed)
        whole = whole_of(region, policy)
        for most_zones, most_sites in ((1, 1), (2, 1), (1, 2), (9, 9)):
            found = bound_on(whole, most_zones, most_sites)
            assert found >= best - 1e-6, f"seed {seed}, {most_zones} zones, {most_sites} sites"
        tight += found <= best + 0.02
    # on a map where everything is as it is, the relaxation is often close
    assert tight > len(SEEDS) / 3


@pytest.mark.usefixtures("large")
def test_coarse_plans_are_verified_and_between_nothing_and_the_best() -> None:
    worth = 0.0
    best_worth = 0.0
    for seed, region, policy in regions():
        said: list[str] = []
        plan = coarse_plan(region, policy, said)
        assert plan is not None
        assert said[0].startswith("coarse: ")
        assert verify(region, plan) == ()
        stage, best = plan.stages.iloc[0], best_of(seed)
        assert stage["value"] <= best + 1e-6 <= stage["bound"] + 2e-6, f"seed {seed}"
        terms = sum(weight * plan.indicators[name] for name, weight in SHARES.items())
        assert stage["value"] == pytest.approx(terms)
        worth, best_worth = worth + stage["value"], best_worth + best
    assert worth > 0.8 * best_worth


@pytest.mark.usefixtures("large")
def test_a_poor_first_plan_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    _, region, policy = next(regions())
    usual = coarse_plan(region, policy, [])
    # at first nothing may be offered at all, and that is proven to be the best of that
    monkeypatch.setattr(offering, "LEAST_SHARES", (2.0,))
    monkeypatch.setattr(neighbourhoods, "SIZES", (1, 2))
    found = coarse_plan(region, policy, [])
    assert usual is not None
    assert found is not None
    worth = [float(plan.stages["value"].iloc[0]) for plan in (usual, found)]
    assert worth[1] == pytest.approx(worth[0], abs=1e-6)
    assert worth[1] > 0.5


@pytest.mark.usefixtures("large")
def test_a_family_without_a_plan_in_time_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    region, policy, left_out = next(
        (region, policy, found[0])
        for _, region, policy in regions()
        if len(found := families_of(region, whole_of(region, policy).takers)) > 1
    )

    def too_slow(whole: Whole, family: Family, *rest: Any) -> Settled | None:
        return None if family == left_out else offering.settle(whole, family, *rest)

    monkeypatch.setattr(coarse.solving, "settle", too_slow)
    said: list[str] = []
    plan = coarse_plan(region, policy, said)
    assert plan is not None
    assert "no plan was found in time for 1 of the families" in said[1]
    assert left_out.programmes[0] in said[1]
    assert not set(plan.offers["programme"]) & set(left_out.programmes)
    assert verify(region, plan) == ()


@pytest.mark.usefixtures("large")
def test_a_guarantee_that_the_coarse_plan_does_not_keep_is_no_plan() -> None:
    region = tiny_region()
    rules = {"class_size": SIZES, "placement_guarantee": {"unplaced_at_most": 0.0}}
    rules |= {"travel_limit": {"minutes": 20}}
    with pytest.raises(NoPlan, match="no other plan was looked for"):
        solve(region, policy_of(rules, OBJECTIVE), EXACT)
    rules["placement_guarantee"] = {"unplaced_at_most": 0.9}
    plan = solve(region, policy_of(rules, OBJECTIVE), EXACT)
    assert verify(region, plan) == ()


@pytest.mark.usefixtures("large")
def test_what_the_proofs_do_not_cover_is_planned_as_it_is() -> None:
    region, said = tiny_region(), list[str]()
    policy = policy_of({"max_sites": {"sites_at_most": 1}}, OBJECTIVE)
    plan = solve(region, policy, EXACT, told=said.append)
    assert "the rule max_sites is not kept" in said[0]
    assert said[1].startswith("reduce: ")
    assert verify(region, plan) == ()


@pytest.mark.parametrize(
    ("objective", "reason"),
    [
        ([{"maximise": {"worst_zone": 1}}], "worst_zone"),
        ([{"minimise": {"offers": 1}}], "offers"),
        ([OBJECTIVE[0], {"minimise": {"changes": 1}}], "changes"),
    ],
)
def test_goals_that_do_not_fall_apart_are_refused(
    objective: list[dict[str, Any]], reason: str
) -> None:
    region = tiny_region(**full_tables())
    policy = policy_of({"class_size": SIZES}, objective)
    found = size.refusal(region, policy, (2026,), region.scenario_set("baseline"))
    assert found is not None
    assert reason in found


def test_single_units_and_several_moments_are_refused() -> None:
    region = tiny_region(**full_tables())
    policy = policy_of({"class_size": SIZES}, OBJECTIVE)
    one, two = region.scenario_set("baseline"), region.scenario_set("two")
    assert size.refusal(region, policy, (2026,), one) == "adults ask for single units"
    assert size.refusal(region, policy, (2026,), two) == "there are several periods or scenarios"
    assert size.refusal(tiny_region(), policy, (2026,), one) is None


def test_only_what_is_large_is_planned_the_coarse_way() -> None:
    region, policy = tiny_region(), policy_of({"class_size": SIZES}, OBJECTIVE)
    # each of three zones reaches both sites; 4 programmes, 2 accepted, 3 from the orientation
    assert size.flows(region, policy) == 1 * 2 * 9
    assert not coarse.too_large(region, policy)


def test_maps_are_exact_in_one_direction_each() -> None:
    random = np.random.default_rng(7)
    names = [f"z{number}" for number in range(30)], [f"s{number}" for number in range(8)]
    minutes = pd.DataFrame(random.integers(5, 150, (30, 8)).astype(float), *names)
    learners, sites = random.random(30), np.array([0, 1, 2, 4, 6, 7])
    limits = [45.0, 90.0]
    below = zones.cautious(minutes, limits, learners, sites, 6)
    above = zones.hopeful(minutes, limits, learners, sites, 6, 3)
    assert below.minutes.shape == (6, 6)
    assert above.minutes.shape == (6, 3)
    for here, beyond in ((below, np.greater_equal), (above, np.less_equal)):
        on_the_map = here.minutes.to_numpy()[np.ix_(here.group_of, here.site_of[sites])]
        assert beyond(on_the_map, minutes.to_numpy()[:, sites]).all()
    assert (below.site_of[[3, 5]] == -1).all()


def test_zones_with_the_same_sites_in_reach_are_one_and_the_few_are_told_apart_last() -> None:
    minutes = pd.DataFrame(
        [[10.0, 200.0], [20.0, 200.0], [200.0, 10.0], [10.0, 10.0]],
        index=["a", "b", "c", "d"],
        columns=["left", "right"],
    )
    learners = np.array([50.0, 50.0, 50.0, 1.0])
    here = zones.cautious(minutes, [60.0], learners, np.array([0, 1]), 2)
    # d reaches both, but is few: it joins a side; a and b are alike
    assert here.group_of[0] == here.group_of[1] != here.group_of[2]
    assert here.group_of[3] in (here.group_of[0], here.group_of[2])


def test_a_few_sites_reach_everybody_that_any_reaches() -> None:
    reach = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
    chosen = zones.well_placed(reach, np.array([5.0, 5.0, 1.0, 9.0]), 2)
    assert chosen.tolist() == [0, 2]


def test_learners_go_nearer_as_far_as_classes_allow() -> None:
    minutes = pd.DataFrame([[10.0, 30.0], [30.0, 10.0]], ["a", "b"], ["left", "right"])
    journeys = pd.DataFrame(
        {
            "learner": "young",
            "zone": ["a", "b"],
            "what": "weld",
            "site": "left",
            "learners": [12.0, 8.0],
        }
    )
    journeys = pd.concat([journeys, journeys.assign(zone="a", site="right", learners=[6.0, 0.0])])
    offered = pd.DataFrame({"what": "weld", "site": ["left", "right"]})
    classes = pd.DataFrame({"what": ["weld"], "unit": ["welding"], "retention": [0.5]})
    nearer = Nearer.of(journeys.reset_index(drop=True), offered, minutes)
    assert nearer.least == pytest.approx(26 * 10)
    found = moved(nearer, classes, {"welding": 3.0})
    sizes = found.groupby("site")["learners"].sum() * 0.5
    assert found["learners"].sum() == pytest.approx(26)
    assert (sizes >= 3.0 - 1e-6).all()
    # all of a go left, all of b right: both classes are large enough then
    assert found.groupby(["zone", "site"])["learners"].sum().loc[("b", "right")] == pytest.approx(8)
    tight = moved(nearer, classes, {"welding": 9.5})
    assert (tight.groupby("site")["learners"].sum() * 0.5).loc["left"] >= 9.5


def test_demand_by_numbers_is_the_table_again() -> None:
    region = tiny_region()
    table = region.demand(2026)
    laid_out = Demand.of(table, region.minutes.index)
    key = ["learner", "zone", "choice"]
    again = laid_out.table().sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(again, table[[*key, "learners"]])
    assert laid_out.youth.sum() == pytest.approx(200)
