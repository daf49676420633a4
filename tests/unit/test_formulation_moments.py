"""Scenarios that do not differ in a period are one moment of it, and that costs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from builders import OPTIONAL, Rows, full_tables, tiny_region
from coverage_opt.formulation.case import build_case
from coverage_opt.formulation.moments import Moment, may_join, moments_of
from coverage_opt.handing_over import hand_over
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from coverage_opt.solver.highs import Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import silent
from coverage_opt.solver.stages import Staged, run_stages
from planning_models import model_of
from random_regions import (
    SHARING,
    Tables,
    periods_of,
    policy_of,
    random_policy,
    scenarios_of,
)
from random_rule_cases import uncertain_tables

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)

THREE: Rows = [
    ("two", "baseline", "As forecast", 0.5),
    ("two", "decline", "Faster decline", 0.3),
    ("two", "growth", "Growth", 0.2),
]
GROWTH = ("growth", 2030, "learners", "all", 1.2)


def region_with(factors: Rows) -> Region:
    return tiny_region(**full_tables() | {"scenarios": THREE, "factors": factors})


def grouped(region: Region, periods: Sequence[int] = (2026, 2030)) -> dict[int, list[Any]]:
    """Return the scenarios and the probability of each moment."""
    found = moments_of(region, periods, region.scenario_set("two"))
    return {
        period: [(moment.scenarios, round(moment.probability, 9)) for moment in moments]
        for period, moments in found.items()
    }


def test_scenarios_with_the_same_data_are_one_moment() -> None:
    everybody = ("baseline", "decline", "growth")
    assert grouped(region_with([GROWTH])) == {
        2026: [(everybody, 1.0)],
        2030: [(("baseline", "decline"), 0.8), (("growth",), 0.2)],
    }


def test_the_first_and_the_last_are_found_to_be_alike() -> None:
    region = region_with([("decline", 2026, "adults", "all", 2.0), GROWTH])
    assert grouped(region, [2026]) == {2026: [(("baseline", "growth"), 0.7), (("decline",), 0.3)]}


def test_two_scenarios_that_say_the_same_are_alike() -> None:
    said = [GROWTH, (("decline"), *GROWTH[1:])]
    assert grouped(region_with(said))[2030] == [
        (("baseline",), 0.5),
        (("decline", "growth"), 0.5),
    ]


@pytest.mark.parametrize(
    ("quantity", "of"),
    [
        ("learners", "all"),
        ("adults", "all"),
        ("choice", "technology"),
        ("choice", "pipe-BOL"),
        ("openings", "welder"),
        ("workplaces", "care"),
    ],
)
def test_any_difference_makes_a_moment_of_its_own(quantity: str, of: str) -> None:
    region = region_with([("decline", 2030, quantity, of, 1.01)])
    found = grouped(region)
    assert len(found[2026]) == 1
    assert found[2030] == [(("baseline", "growth"), 0.7), (("decline",), 0.3)]


def test_a_moment_has_the_data_of_each_of_its_scenarios() -> None:
    region = region_with([*OPTIONAL["factors"], GROWTH])
    for period, moments in moments_of(region, [2026, 2030], region.scenario_set("two")).items():
        assert sorted(name for moment in moments for name in moment.scenarios) == [
            "baseline",
            "decline",
            "growth",
        ]
        for moment in moments:
            assert moment.period == period
            for name in moment.scenarios:
                pd.testing.assert_frame_equal(moment.demand, region.demand(period, name))
                openings = region.openings_in(period, name)
                expected = dict(zip(openings["occupation"], openings["openings"], strict=True))
                assert moment.openings == expected
                places = region.workplaces_in(period, name)
                keys = zip(places["domain"], places["pathway"], strict=True)
                assert moment.workplaces == dict(zip(keys, places["places"], strict=True))


def solved(
    region: Region,
    policy: Policy,
    moments: Mapping[int, Sequence[Moment]],
    scenarios: str,
) -> Staged | None:
    """Return the outcome of the stages, or None where a rule cannot be met by any decision."""
    futures = region.scenario_set(scenarios)
    taught = teaching(region, policy)
    model = model_of(build_case(region, policy, taught, moments, futures, merge=True))
    if model.contradictions:
        return None
    handed = hand_over(model, EXACT)
    return run_stages(handed.solver, handed.goals, EXACT, Deadline(), silent)


def with_a_quiet_period(tables: Tables, seed: int) -> Tables:
    """Return the tables with scenarios that do not differ in one of the periods."""
    quiet = periods_of(tables)[seed % len(periods_of(tables))]
    factors = [row for row in tables["factors"] or () if row[1] != quiet]
    return {**tables, "factors": factors or None}


def policy_for(seed: int, tables: Tables, stages: list[dict[str, Any]], *, means: bool) -> Policy:
    """Return random rules with these stages; with ``means`` class sizes hold in the mean."""
    drawn = random_policy(seed, list(SHARING)[seed % 4], tables)
    rules = drawn.rules.model_dump(exclude_none=True)
    for rule in rules.values():
        rule.pop("holds", None)
    if means:
        sizes = {kind: {"minimum": 2 + seed % 5} for kind in ("own", "profile", "common")}
        rules["class_size"] = {**sizes, "holds": "expectation"}
    return policy_of(rules, stages, drawn.sharing, hybrids=drawn.hybrids)


FIRST = {"placed": 1.0, "filled_openings": 1.0}
SECOND = {"first_choice": 1.0, "placed": 0.5}
OFFERS = {"minimise": {"offers": 1.0, "changes": 1.0}}

STAGES: dict[str, tuple[list[dict[str, Any]], bool]] = {
    # the stages, and whether a rule holds in the mean
    "expected": ([{"maximise": FIRST}, {"maximise": SECOND}], False),
    "expected and a mean": ([{"maximise": FIRST}, {"maximise": SECOND}], True),
    "worst case": ([{"maximise": FIRST, "risk": "worst_case"}, OFFERS], False),
    "worst case and a mean": ([{"maximise": SECOND, "risk": "worst_case"}], True),
    "tail": ([{"maximise": FIRST, "risk": "cvar", "tail": 0.4}, OFFERS], False),
    "tail and a mean": ([{"maximise": SECOND, "risk": "cvar", "tail": 0.4}], True),
    "worst case, then expected": (
        [{"maximise": FIRST, "risk": "worst_case"}, {"maximise": SECOND}],
        False,
    ),
    "expected, then a tail": (
        [{"maximise": FIRST}, {"maximise": SECOND, "risk": "cvar", "tail": 0.4}],
        False,
    ),
}


@pytest.mark.parametrize("name", sorted(STAGES))
def test_merging_moments_does_not_change_the_optimum(name: str) -> None:
    stages, means = STAGES[name]
    optimal = 0
    for seed in range(8):
        tables = with_a_quiet_period(uncertain_tables(seed), seed)
        policy, region = policy_for(seed, tables, stages, means=means), tiny_region(**tables)
        periods, scenarios = periods_of(tables), scenarios_of(tables)
        futures, join = region.scenario_set(scenarios), may_join(policy, periods)
        one, other = (
            solved(region, policy, moments_of(region, periods, futures, join=each), scenarios)
            for each in (join, False)
        )
        assert (one is None) == (other is None)
        if one is None or other is None:
            continue
        assert one.status is other.status
        optimal += one.status is Status.OPTIMAL
        for stage, again in zip(one.stages, other.stages, strict=True):
            assert stage.value == pytest.approx(again.value, rel=1e-5, abs=1e-5), seed
    assert optimal > 2


def test_alike_scenarios_are_one_wherever_stages_take_the_mean_or_one_period_is_planned() -> None:
    mean = {"class_size": {"holds": "expectation"}}
    risky: list[dict[str, Any]] = [{"maximise": FIRST, "risk": "worst_case"}]
    calm: list[dict[str, Any]] = [{"maximise": FIRST}, {"maximise": SECOND}]
    assert may_join(policy_of(mean, calm), [2026, 2030])
    assert may_join(policy_of(mean, risky), [2026])
    assert may_join(policy_of({}, [*risky, OFFERS]), [2026, 2030])
    assert not may_join(policy_of(mean, risky), [2026, 2030])


def test_the_mean_over_scenarios_counts_a_moment_by_all_that_it_stands_for() -> None:
    # offers filled in one of three scenarios, alike in two: the mean is what the data say
    region = region_with([GROWTH])
    policy = policy_of({}, [{"maximise": {"placed": 1, "certificates": 1}}], SHARING["modular"])
    for moments in (
        moments_of(region, [2030], region.scenario_set("two")),
        moments_of(region, [2030], region.scenario_set("two"), join=False),
    ):
        staged = solved(region, policy, moments, "two")
        assert staged is not None
        assert staged.stages[0].value == pytest.approx(2.0)
