"""Block by block against the whole: the bound always holds, and a plan called optimal is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sparse
from numpy.typing import NDArray

from coverage_opt.solver.blocks import solve_in_blocks
from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import Progress, silent
from coverage_opt.solver.stages import Goal, run_stages

EXACT = Limits(time_limit_seconds=None, gap=0.0, threads=1)
TOLERANCE = 1e-6

Labels = NDArray[np.int64]


def block_model(seed: int, sense: Sense = "maximise") -> tuple[Matrix, Labels]:
    """Two to four small knapsacks with choices, tied by a few rows and one outside column."""
    generator = np.random.default_rng(seed)
    blocks = int(generator.integers(2, 5))
    width = 4
    n = blocks * width + 1
    rows, lower, upper = [], [], []
    for block in range(blocks):
        for _ in range(2):
            row = np.zeros(n)
            row[block * width : (block + 1) * width] = generator.integers(1, 9, width)
            rows.append(row)
            lower.append(-np.inf)
            upper.append(float(generator.integers(6, 14)))
    for kind in range(3):
        row = generator.integers(0, 4, n).astype(float)
        level = float(row.sum() * generator.uniform(0.3, 0.6))
        rows.append(row)
        lower.append([-np.inf, level / 4, level / 5][kind])
        upper.append([level, np.inf, level][kind])
    integer = generator.random(n) < 0.7
    integer[0] = True
    labels = np.repeat(np.arange(blocks), width)
    signs = 1.0 if sense == "maximise" else -1.0
    matrix = Matrix.from_arrays(
        coefficients=sparse.csc_array(np.array(rows)),
        row_lower=lower,
        row_upper=upper,
        column_upper=generator.integers(1, 4, n).astype(float),
        objective=signs * generator.integers(-2, 10, n).astype(float),
        offset=float(generator.integers(-5, 6)),
        sense=sense,
        integer=integer,
    )
    return matrix, np.append(labels, -1).astype(np.int64)


def in_blocks(matrix: Matrix, labels: Labels, gap: float = 0.0) -> Outcome | None:
    solver = Solver(matrix, EXACT)
    return solve_in_blocks(solver, labels, EXACT, Deadline(), silent, gap, "test")


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_the_bound_holds_and_optimal_means_optimal(sense: Sense) -> None:
    optimal = incomplete = 0
    for seed in range(120):
        matrix, labels = block_model(seed, sense)
        exact = Solver(matrix, EXACT).solve()
        found = in_blocks(matrix, labels)
        assert found is not None
        if exact.status is Status.INFEASIBLE:
            assert found.values is None
            continue
        assert exact.value is not None
        if found.status is Status.INFEASIBLE:
            pytest.fail(f"seed {seed}: called infeasible, but {exact.value} is possible")
        assert found.bound is not None
        beyond = exact.value - found.bound if sense == "maximise" else found.bound - exact.value
        assert beyond <= TOLERANCE * max(1.0, abs(exact.value)), seed
        if found.value is None:
            incomplete += 1
            continue
        worse = exact.value - found.value if sense == "maximise" else found.value - exact.value
        # both stop within the tolerance of the best
        assert worse >= -2 * TOLERANCE, seed
        if found.status is Status.OPTIMAL:
            optimal += 1
            assert worse <= 2 * TOLERANCE * max(1.0, abs(exact.value)), seed
    assert optimal > 5, "the test has lost its teeth: no instance was closed block by block"
    assert incomplete < 60


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_stages_reach_the_optimum_whatever_the_blocks_found(sense: Sense) -> None:
    for seed in range(60):
        matrix, labels = block_model(seed, sense)
        exact = Solver(matrix, EXACT).solve()
        goal = Goal(
            "test", sense, matrix.objective, matrix.offset, 0.0, np.array([], dtype=np.int64)
        )
        staged = run_stages(Solver(matrix, EXACT), [goal], EXACT, Deadline(), silent, labels)
        if exact.status is Status.INFEASIBLE:
            assert staged.status is Status.INFEASIBLE
            continue
        assert exact.value is not None
        assert staged.status is Status.OPTIMAL, seed
        assert staged.stages[0].value == pytest.approx(exact.value, abs=1e-5), seed
        assert staged.stages[0].bound == pytest.approx(exact.value, abs=1e-5), seed


def test_a_model_in_one_block_is_left_to_the_whole() -> None:
    matrix, labels = block_model(1)
    assert in_blocks(matrix, np.zeros_like(labels)) is None
    assert in_blocks(matrix, np.full_like(labels, -1)) is None


def test_bounds_that_were_changed_before_are_kept() -> None:
    matrix, labels = block_model(3)
    best = Solver(matrix, EXACT).solve().values
    assert best is not None
    held = int(np.flatnonzero(matrix.integer & (best > 0.5) & (labels >= 0))[0])
    solver = Solver(matrix, EXACT)
    solver.change_bounds([held], [0.0], [0.0])
    found = solve_in_blocks(solver, labels, EXACT, Deadline(), silent, 0.0, "test")
    assert found is not None
    again = solver.solve()
    assert again.values is not None
    assert again.values[held] == 0.0
    if found.values is not None:
        assert found.values[held] == 0.0


def test_an_outside_column_without_bounds_leaves_the_bound_of_the_relaxation() -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 1.0, 1.0]]),
        row_lower=-np.inf,
        row_upper=[3.0, 3.0, 4.0],
        column_upper=[2.0, 2.0, np.inf],
        objective=[3.0, 2.0, 1.0],
        sense="maximise",
        integer=[True, True, False],
    )
    found = in_blocks(matrix, np.array([0, 1, -1]))
    assert found is not None
    assert found.bound is not None
    assert math.isfinite(found.bound)
    assert found.bound >= 7.0 - TOLERANCE
    assert found.value == pytest.approx(7.0)


def test_an_infeasible_block_makes_the_whole_infeasible() -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[2.0, 2.0, 0.0], [1.0, 0.0, 1.0]]),
        row_lower=[3.0, -np.inf],
        row_upper=[3.0, 5.0],
        column_upper=4.0,
        objective=[1.0, 1.0, 1.0],
        sense="maximise",
        integer=True,
    )
    found = in_blocks(matrix, np.array([0, 0, 1]))
    assert found is not None
    assert found.status is Status.INFEASIBLE


def test_the_same_seed_gives_the_same_plan() -> None:
    matrix, labels = block_model(7)
    first, second = in_blocks(matrix, labels), in_blocks(matrix, labels)
    assert first is not None
    assert second is not None
    assert first.bound == second.bound
    assert (first.values is None) == (second.values is None)
    if first.values is not None and second.values is not None:
        np.testing.assert_array_equal(first.values, second.values)


def test_a_listener_that_fails_stops_everything_and_is_heard() -> None:
    matrix, labels = block_model(7)

    def failing(_progress: Progress, /) -> None:
        raise ValueError("the listener failed")

    with pytest.raises(ValueError, match="the listener failed"):
        solve_in_blocks(Solver(matrix, EXACT), labels, EXACT, Deadline(), failing, 0.0, "test")
