"""Rows that follow from capped intake change no optimum, and every plan keeps them."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest

from asked_plans import policy_with
from builders import tiny_region
from coverage_opt.planning import Infeasible, prepare
from coverage_opt.planning.strengthening import fewest, strengthen
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.outcome import Status
from random_regions import (
    SHARING,
    Tables,
    objective,
    policy_of,
    random_tables,
    rule_parameters,
    scenarios_of,
)

EXACT = Limits(gap=0.0, threads=1)
CAPS = [
    {"programme": "weld-BOL", "learners_at_most": 9},
    {"programme": "pipe-BOL", "site": "hill-centre", "learners_at_most": 11},
    {"programme": "care-BOL", "learners_at_most": 1000},
]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


def capped(caps: list[dict[str, Any]], **rules: Any) -> dict[str, Any]:
    return {"intake_cap": {"caps": caps}, **rules}


@pytest.mark.parametrize(
    "rules",
    [
        capped(CAPS),
        capped(CAPS, placement_guarantee={"unplaced_at_most": 0.3}),
        capped(CAPS, placement_guarantee={"unplaced_at_most": 0.5, "of": "everyone"}),
        capped(CAPS[:1], placement_guarantee={"unplaced_at_most": 0.0}),
    ],
)
def test_the_best_plan_stays_the_best(region: Region, rules: dict[str, Any]) -> None:
    prepared = prepare(region, policy_with(rules), EXACT)
    goal, solver = prepared.goals[0], prepared.handed.solver
    solver.set_objective(goal.coefficients, goal.offset, goal.sense)
    before = solver.solve()
    rows = len(solver.current().row_lower)
    strengthen(prepared.handed, prepared.policy)
    assert len(solver.current().row_lower) > rows
    after = solver.solve()
    assert after.status == before.status
    if before.value is None or before.values is None:
        assert before.status is Status.INFEASIBLE
        return
    assert after.value == pytest.approx(before.value, abs=1e-6)
    assert solver.satisfied_by(before.values)


def randomly_capped(seed: int, tables: Tables) -> Policy:
    """Return a policy that caps some programmes, at a site or in all, and promises a place."""
    random, rules = Random(f"capped {seed}"), rule_parameters(Random(seed), tables)
    sites = [row[0] for row in tables["sites"]]
    programmes = [row[0] for row in tables["programmes"]]
    caps = [
        {"programme": name, "learners_at_most": random.choice([0, 3, 8, 15.5, 40]), **at}
        for name in random.sample(programmes, random.randint(1, len(programmes)))
        for at in random.sample([{}, *({"site": site} for site in sites)], random.randint(1, 2))
    ]
    share, of = random.choice([0.6, 0.75, 0.9]), random.choice(["young", "everyone"])
    kept = ["travel_limit", *(["class_size"] if random.random() < 0.3 else [])]
    drawn = {name: rules[name] for name in kept}
    promise = {"placement_guarantee": {"unplaced_at_most": share, "of": of}}
    pattern = random.choice(sorted(SHARING))
    return policy_of(capped(caps, **promise, **drawn), objective(random)[:1], SHARING[pattern])


def test_no_optimum_of_a_random_region_is_cut_off() -> None:
    added = plans = 0
    for seed in range(100):
        tables = random_tables(seed)
        policy, region = randomly_capped(seed, tables), tiny_region(**tables)
        try:
            prepared = prepare(region, policy, EXACT, scenarios=scenarios_of(tables))
        except Infeasible:
            continue
        goal, solver = prepared.goals[0], prepared.handed.solver
        goal.pursue(solver)
        rows, before = len(solver.current().row_lower), solver.solve()
        strengthen(prepared.handed, policy)
        after = solver.solve()
        assert after.status is before.status, seed
        if before.value is not None:
            assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-6), seed
            plans += 1
            added += len(solver.current().row_lower) > rows
    assert plans > 50
    assert added > 50


def test_fractions_of_an_offer_are_cut_off(region: Region) -> None:
    rules = capped([{"programme": "weld-BOL", "learners_at_most": 4}])
    prepared = prepare(region, policy_with(rules), EXACT)
    goal, solver = prepared.goals[0], prepared.handed.solver
    solver.set_objective(goal.coefficients, goal.offset, goal.sense)
    solver.relax_integrality()
    before = solver.solve()
    strengthen(prepared.handed, prepared.policy)
    after = solver.solve()
    assert before.value is not None
    assert after.value is not None
    assert after.value < before.value - 1e-4


def test_without_a_cap_nothing_is_added(region: Region) -> None:
    rules = {"placement_guarantee": {"unplaced_at_most": 0.3}}
    prepared = prepare(region, policy_with(rules), EXACT)
    rows = len(prepared.handed.solver.current().row_lower)
    strengthen(prepared.handed, prepared.policy)
    assert len(prepared.handed.solver.current().row_lower) == rows


@pytest.mark.parametrize("seed", range(20))
def test_the_fewest_offers_with_room_are_those_of_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    room = rng.integers(0, 12, size=6).astype(float)
    learners = float(rng.integers(0, 40))
    enough = [
        len(chosen)
        for size in range(7)
        for chosen in combinations(room, size)
        if sum(chosen) >= learners
    ]
    assert fewest(room, learners) == min(enough, default=7)


def test_room_that_falls_short_by_rounding_alone_is_enough() -> None:
    assert fewest(np.array([0.1, 0.1, 0.1]), 0.1 + 0.1 + 0.1) == 3
    assert fewest(np.array([5.0, 5.0]), 5.0 * (1 + 1e-9)) == 1


def test_a_guarantee_asks_for_as_many_offers_as_it_takes(region: Region) -> None:
    rules = capped([{"programme": "weld-BOL", "learners_at_most": 4}])
    rules["placement_guarantee"] = {"unplaced_at_most": 0.3}
    prepared = prepare(region, policy_with(rules), EXACT)
    before = len(prepared.handed.solver.current().row_lower)
    strengthen(prepared.handed, prepared.policy)
    matrix = prepared.handed.solver.current()
    count = matrix.coefficients.toarray()[-1]
    (period,) = prepared.model.periods
    offers = [prepared.handed.matrix.column(offer) for offer in period.offer.values()]
    assert len(matrix.row_lower) > before
    assert np.flatnonzero(count).tolist() == sorted(offers)
    assert set(count[offers]) == {1.0}
    assert matrix.row_lower[-1] >= 1
