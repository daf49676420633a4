"""Classical problems through the engine's own files: tiny ones by brute force, published ones."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from benchmarks.classics.convert import write_problem
from benchmarks.classics.problem import Floats, Kind, LocationProblem
from benchmarks.classics.published import (
    PUBLISHED,
    read_facilities,
    read_median,
    read_published,
)
from scipy.optimize import linprog

from coverage_opt.plan.plan import Plan
from coverage_opt.planning import solve
from coverage_opt.policy.load import load_policy
from coverage_opt.region.load import load_region
from coverage_opt.solver.limits import Limits

DATA = Path(__file__).parents[3] / "shared" / "bench"
published = pytest.mark.skipif(
    not DATA.is_dir(), reason="no folder with the published problems at ../shared/bench"
)
CLIENTS, SITES = 7, 4


def drawn(kind: Kind, seed: int) -> LocationProblem:
    random = np.random.default_rng(seed)
    demand = random.integers(1, 20, CLIENTS).astype(float)
    distance = random.integers(0, 5000, (CLIENTS, SITES)).astype(float)
    if kind == "facility_location":
        total = float(demand.sum())
        fixed = random.integers(0, 60_000, SITES).astype(float)
        fixed[0] = 0.0
        capacity = np.ceil(total * random.uniform(0.3, 0.7, SITES))
        return LocationProblem(kind, demand, distance / 7.0, fixed=fixed, capacity=capacity)
    radius = float(np.inf if kind == "p_median" else distance.min(axis=1).max())
    return LocationProblem(kind, demand, distance, radius, 0 if kind == "set_covering" else 2)


def best(problem: LocationProblem) -> float:
    """Try every set of sites."""
    sets = [
        np.array(chosen)
        for count in range(1, problem.sites + 1)
        for chosen in combinations(range(problem.sites), count)
    ]
    nearest = [problem.distance[:, chosen].min(axis=1) for chosen in sets]
    few = [place for place, chosen in enumerate(sets) if len(chosen) <= problem.sites_at_most]
    if problem.kind == "maximal_covering":
        return max(float(problem.demand[nearest[n] <= problem.radius].sum()) for n in few)
    if problem.kind == "p_median":
        return min(float(problem.demand @ nearest[n]) for n in few)
    if problem.kind == "set_covering":
        return min(
            len(chosen)
            for chosen, near in zip(sets, nearest, strict=True)
            if (near <= problem.radius).all()
        )
    return min(shipped(problem, chosen) for chosen in sets)


def shipped(problem: LocationProblem, chosen: Floats) -> float:
    """Cost of some sites and of the cheapest shipment from them; infinite when they are full."""
    clients, sites = problem.clients, len(chosen)
    served = np.kron(np.eye(clients), np.ones(sites))
    loaded = np.kron(np.ones(clients), np.eye(sites))
    found = linprog(
        problem.distance[:, chosen].ravel(),
        A_ub=loaded,
        b_ub=problem.capacity[chosen],
        A_eq=served,
        b_eq=problem.demand,
    )
    return float(found.fun + problem.fixed[chosen].sum()) if found.success else float("inf")


def planned(problem: LocationProblem, folder: Path) -> tuple[Plan, float]:
    question = write_problem(problem, "problem", folder)
    region, policy = load_region(question.region), load_policy(question.policy)
    plan = solve(region, policy, Limits(gap=0.0, threads=1))
    return plan, question.scale * float(plan.stages["value"].iloc[0])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "kind", ["maximal_covering", "set_covering", "p_median", "facility_location"]
)
def test_the_engine_finds_the_optimum_of_tiny_problems(
    kind: Kind, seed: int, tmp_path: Path
) -> None:
    problem = drawn(kind, seed)
    plan, value = planned(problem, tmp_path)
    assert plan.status == "optimal"
    assert value == pytest.approx(best(problem), rel=1e-8)


def test_facilities_are_read_as_published(tmp_path: Path) -> None:
    file = tmp_path / "cap.txt"
    file.write_text(" 2 3 \n capacity 100.\n capacity 0.\n 10\n 20. 30.\n 5 \n 5 10 \n 1 7 8\n")
    problem = read_facilities(file, 40.0)
    assert problem.capacity.tolist() == [40.0, 40.0]
    assert problem.fixed.tolist() == [100.0, 0.0]
    assert problem.demand.tolist() == [10.0, 5.0, 1.0]
    assert problem.distance.tolist() == [[2.0, 3.0], [1.0, 2.0], [7.0, 8.0]]


def test_of_a_repeated_edge_the_last_counts(tmp_path: Path) -> None:
    file = tmp_path / "pmed.txt"
    file.write_text("3 3 1\n1 2 9\n2 3 4\n1 2 5\n")
    problem = read_median(file)
    assert problem.distance.tolist() == [[0, 5, 9], [5, 0, 4], [9, 4, 0]]
    assert problem.sites_at_most == 1


@published
@pytest.mark.parametrize(
    "name",
    [
        *("cap41", "cap74", "pmed1", "san-francisco-set-covering"),
        *("san-francisco-maximal-covering", "san-francisco-p-median"),
    ],
)
def test_published_optima_are_met(name: str, tmp_path: Path) -> None:
    plan, value = planned(read_published(name, DATA), tmp_path)
    assert plan.status == "optimal"
    # as many digits as were published
    assert value == pytest.approx(PUBLISHED[name].optimum, rel=1e-9)


@published
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_problem_can_be_read(name: str) -> None:
    problem = read_published(name, DATA)
    assert problem.kind == PUBLISHED[name].kind
    assert np.isfinite(problem.distance).all()
    assert problem.clients == len(problem.demand)
