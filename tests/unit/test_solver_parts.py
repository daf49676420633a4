"""With columns held, a model is the sum of the parts that this leaves."""

from __future__ import annotations

import signal

import numpy as np
import pytest
import scipy.sparse as sparse
from numpy.typing import NDArray

from block_models import EXACT, linked_model
from coverage_opt.solver.apart import solve_apart
from coverage_opt.solver.highs import Solver, Status
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.parts import part_of, parts_apart
from coverage_opt.solver.progress import Progress, silent

SENSES: tuple[Sense, Sense] = ("maximise", "minimise")


def held_in(matrix: Matrix, seed: int) -> NDArray[np.int64]:
    """Return half of the whole-number columns, or most of all columns, in order."""
    share = np.random.default_rng(seed).random(len(matrix.integer))
    return np.flatnonzero(matrix.integer & (share < 0.5) if seed % 2 else share < 0.7)


def two_beside(seed: int, sense: Sense) -> Matrix:
    """Return two models beside each other, with one row over their first columns."""
    one, other = (linked_model(2 * seed + i, sense, possible=True)[0] for i in range(2))
    first = np.zeros(len(one.integer) + len(other.integer))
    first[[0, len(one.integer)]] = 1.0
    beside = sparse.block_diag([one.coefficients, other.coefficients])

    def both(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(one, name), getattr(other, name)])

    return Matrix.from_arrays(
        coefficients=sparse.csc_array(sparse.vstack([beside, sparse.csr_array(first[np.newaxis])])),
        row_lower=[*both("row_lower"), -np.inf],
        row_upper=[*both("row_upper"), 100.0],
        column_lower=both("column_lower"),
        column_upper=both("column_upper"),
        objective=both("objective"),
        sense=sense,
        integer=both("integer").astype(np.bool_),
    )


@pytest.mark.parametrize("sense", SENSES)
def test_the_parts_together_are_the_model_with_these_columns_held(sense: Sense) -> None:
    planned = infeasible = several = 0
    for seed in range(30):
        matrix = two_beside(seed, sense)
        best = Solver(matrix, EXACT).solve()
        assert best.values is not None
        held, values = np.union1d(held_in(matrix, seed), [0]), best.values.copy()
        if seed % 3 == 0:
            values[held] = np.clip(values[held] + 1, matrix.column_lower[held], 3.0)
            values = np.minimum(values, matrix.column_upper)
        bounded = Solver(matrix, EXACT)
        bounded.change_bounds(held, values[held], values[held])
        expected = bounded.solve()
        solver = Solver(matrix, EXACT)
        found = solve_apart(solver, held, values, EXACT, Deadline(), silent, "parts")
        several += len(parts_apart(solver, np.setdiff1d(np.arange(len(values)), held))) > 1
        assert (found.values is None) == (expected.values is None), seed
        if found.values is None or expected.value is None:
            infeasible += found.status is Status.INFEASIBLE
            continue
        planned += 1
        assert found.value == pytest.approx(expected.value, abs=1e-5), seed
        assert solver.satisfied_by(found.values)
        np.testing.assert_array_equal(found.values[held], values[held])
        np.testing.assert_array_equal(solver.column_upper, matrix.column_upper)
    assert planned >= 20
    assert infeasible > 0
    assert several == 30


def test_no_row_touches_two_parts_and_every_free_column_is_in_one() -> None:
    for seed in range(20):
        matrix, _ = linked_model(seed, "maximise")
        free = np.setdiff1d(np.arange(len(matrix.integer)), held_in(matrix, seed))
        parts = parts_apart(Solver(matrix, EXACT), free)
        assert sorted(np.concatenate(parts).tolist()) == free.tolist()
        label = np.full(len(matrix.integer), -1)
        for number, columns in enumerate(parts):
            label[columns] = number
        for row in matrix.coefficients.toarray():
            assert len(set(label[np.flatnonzero(row)].tolist()) - {-1}) <= 1


def test_a_part_is_worth_what_the_whole_is() -> None:
    matrix, _ = linked_model(5, "maximise", possible=True)
    best = Solver(matrix, EXACT).solve()
    assert best.values is not None
    part = part_of(Solver(matrix, EXACT), best.values, np.array([0, 3, 4]))
    own = best.values[part.columns]
    worth = float(part.matrix.objective @ own) + part.matrix.offset
    assert worth == pytest.approx(best.value)
    np.testing.assert_array_equal(part.joined(best.values, own), best.values)


def test_rows_in_which_everything_is_held_count_too() -> None:
    one_of_two = Matrix.from_arrays(
        coefficients=np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        row_lower=[-np.inf, 0.0],
        row_upper=[1.0, 1.0],
        column_upper=1.0,
        objective=[1.0, 1.0, 1.0],
        sense="maximise",
        integer=True,
    )
    held = np.array([0, 1])
    for values, status in (([1.0, 1.0, 0.0], Status.INFEASIBLE), ([1.0, 0.0, 0.0], Status.OPTIMAL)):
        solver = Solver(one_of_two, EXACT)
        found = solve_apart(solver, held, np.array(values), EXACT, Deadline(), silent, "")
        assert found.status == status
    assert found.value == 2.0
    everything = np.arange(3)
    found = solve_apart(solver, everything, np.zeros(3), EXACT, Deadline(), silent, "")
    assert found.value == 0.0


def test_without_time_there_is_no_plan_and_no_verdict() -> None:
    matrix, _ = linked_model(1, "maximise", possible=True)
    nothing = np.zeros(0, dtype=np.int64)
    zeros = np.zeros(len(matrix.integer))
    solver = Solver(matrix, EXACT)
    found = solve_apart(solver, nothing, zeros, EXACT, Deadline.after(0.0), silent, "")
    assert (found.status, found.values) == (Status.NO_PLAN, None)


def test_ctrl_c_ends_all_parts() -> None:
    matrix, _ = linked_model(1, "maximise", possible=True)
    heard: list[Progress] = []

    def listen(progress: Progress, /) -> None:
        heard.append(progress)
        if len(heard) == 1:
            signal.raise_signal(signal.SIGINT)

    nothing = np.zeros(0, dtype=np.int64)
    zeros = np.zeros(len(matrix.integer))
    solver = Solver(matrix, EXACT)
    found = solve_apart(solver, nothing, zeros, EXACT, Deadline(), listen, "parts")
    assert found.interrupted
    assert heard[0].phase == "parts"
    assert "of 1 parts solved" in heard[0].message


def test_rows_that_were_added_since_count_too() -> None:
    matrix = two_beside(1, "maximise")
    best = Solver(matrix, EXACT).solve()
    assert best.values is not None
    assert best.value is not None
    solver = Solver(matrix, EXACT)
    assert solver.current() is matrix
    used = np.flatnonzero(matrix.objective)
    worse = best.value - matrix.offset - 2.0
    solver.add_row(-np.inf, worse, used, matrix.objective[used])
    expected = solver.solve()
    assert expected.value is not None
    assert expected.value < best.value - 1.0
    nothing = np.zeros(0, dtype=np.int64)
    found = solve_apart(solver, nothing, best.values, EXACT, Deadline(), silent, "")
    assert found.value == pytest.approx(expected.value, abs=1e-5)
    # and again when one more is added
    solver.add_row(-np.inf, worse - 1.0, used, matrix.objective[used])
    assert len(solver.current().row_lower) == len(matrix.row_lower) + 2
    again = solve_apart(solver, nothing, best.values, EXACT, Deadline(), silent, "")
    assert again.value is not None
    assert again.value <= worse - 1.0 + matrix.offset + 1e-5
