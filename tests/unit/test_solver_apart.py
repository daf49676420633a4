"""A model that falls apart is the sum of its parts, and a plan near the relaxation is a plan."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest
import scipy.sparse as sparse

from block_models import EXACT, linked_model
from coverage_opt.solver.apart import falls_apart, solve_apart
from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import Listener, Progress, silent
from coverage_opt.solver.rounding import rounded, widened
from coverage_opt.solver.stages import Goal, run_stages

SENSES: tuple[Sense, Sense] = ("maximise", "minimise")


def beside(seed: int, sense: Sense, number: int = 3) -> Matrix:
    """Return models beside each other, that no row joins."""
    models = [linked_model(number * seed + i, sense, possible=True)[0] for i in range(number)]

    def all_of(name: str) -> np.ndarray:
        return np.concatenate([getattr(model, name) for model in models])

    return Matrix.from_arrays(
        coefficients=sparse.csc_array(sparse.block_diag([m.coefficients for m in models])),
        row_lower=all_of("row_lower"),
        row_upper=all_of("row_upper"),
        column_lower=all_of("column_lower"),
        column_upper=all_of("column_upper"),
        objective=all_of("objective"),
        offset=float(seed),
        sense=sense,
        integer=all_of("integer").astype(np.bool_),
    )


def apart(matrix: Matrix, limits: Limits = EXACT, listener: Listener = silent) -> Outcome:
    nothing, zeros = np.zeros(0, dtype=np.int64), np.zeros(len(matrix.integer))
    deadline = Deadline.after(limits.time_limit_seconds)
    return solve_apart(Solver(matrix, limits), nothing, zeros, limits, deadline, listener, "parts")


@pytest.mark.parametrize("sense", SENSES)
def test_the_parts_add_up_and_so_do_their_bounds(sense: Sense) -> None:
    several = 0
    for seed in range(25):
        matrix = beside(seed, sense)
        solver = Solver(matrix, EXACT)
        several += falls_apart(solver)
        exact = solver.solve()
        assert exact.value is not None
        found = apart(matrix)
        assert found.status is Status.OPTIMAL
        assert found.value == pytest.approx(exact.value, abs=1e-5), seed
        assert found.values is not None
        assert solver.satisfied_by(found.values)
        wide = apart(matrix, dataclasses.replace(EXACT, gap=0.3))
        assert wide.bound is not None
        sign = 1.0 if sense == "maximise" else -1.0
        assert sign * wide.bound >= sign * exact.value - 1e-6
        assert wide.gap is not None
    assert several >= 20


def test_all_parts_have_a_plan_after_the_first_round() -> None:
    heard: list[Progress] = []
    found = apart(beside(4, "maximise"), listener=heard.append)
    together = [event for event in heard if event.incumbent is not None]
    assert together
    for event in together:
        assert event.bound is not None
        assert event.incumbent is not None
        assert found.value is not None
        assert event.incumbent <= found.value + 1e-6 <= event.bound + 2e-6


def test_a_part_without_a_plan_leaves_none_for_the_whole() -> None:
    matrix = beside(2, "maximise")
    lower, upper = matrix.row_lower.copy(), matrix.row_upper.copy()
    lower[0] = upper[0] = 1e6
    found = apart(dataclasses.replace(matrix, row_lower=lower, row_upper=upper))
    assert (found.status, found.values) == (Status.INFEASIBLE, None)


def test_a_part_without_a_best_plan_leaves_none_for_the_whole() -> None:
    beyond = Matrix.from_arrays(
        coefficients=np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]),
        row_lower=-np.inf,
        row_upper=[1.0, 1.0],
        objective=np.ones(4),
        sense="maximise",
        integer=True,
    )
    assert apart(beyond).status is Status.UNBOUNDED


def test_what_rows_join_does_not_fall_apart() -> None:
    assert not falls_apart(Solver(linked_model(1, "maximise")[0], EXACT))
    # a large part and a small one are no two halves
    alone = Matrix.from_arrays(
        coefficients=np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]),
        row_lower=-np.inf,
        row_upper=1.0,
        objective=np.ones(4),
        sense="maximise",
        integer=True,
    )
    assert not falls_apart(Solver(alone, EXACT))


def test_the_first_stage_is_solved_apart_where_it_falls_apart() -> None:
    matrix = beside(3, "maximise")
    none = np.zeros(0, dtype=np.int64)
    goal = Goal("worth", "maximise", matrix.objective, matrix.offset, 0.0, none)
    heard: list[Progress] = []
    solver = Solver(matrix, EXACT)
    staged = run_stages(solver, (goal,), EXACT, Deadline(), heard.append)
    assert any("of 3 parts" in event.message for event in heard)
    assert staged.status is Status.OPTIMAL
    assert staged.stages[0].value == pytest.approx(Solver(matrix, EXACT).solve().value)


@pytest.mark.parametrize("sense", SENSES)
def test_a_plan_near_the_relaxation_keeps_the_model_as_it_was(sense: Sense) -> None:
    planned = 0
    for seed in range(40):
        matrix, _ = linked_model(seed, sense, possible=True)
        exact = Solver(matrix, EXACT).solve()
        solver = Solver(matrix, EXACT)
        found, _ = rounded(solver, 0.0, 60.0)
        assert exact.value is not None
        assert found.bound is not None
        sign = 1.0 if sense == "maximise" else -1.0
        assert sign * found.bound >= sign * exact.value - 1e-6
        np.testing.assert_array_equal(solver.column_lower, matrix.column_lower)
        np.testing.assert_array_equal(solver.column_upper, matrix.column_upper)
        again = solver.solve()
        assert again.value == pytest.approx(exact.value, abs=1e-5)
        if found.values is None:
            assert found.status is Status.NO_PLAN
            continue
        planned += 1
        assert solver.satisfied_by(found.values)
        assert found.value is not None
        assert sign * found.value <= sign * exact.value + 1e-6
    assert planned >= 20


def test_without_whole_numbers_the_relaxation_is_all() -> None:
    matrix = dataclasses.replace(linked_model(1, "maximise", possible=True)[0])
    fractions = dataclasses.replace(matrix, integer=np.zeros(len(matrix.integer), dtype=np.bool_))
    found, _ = rounded(Solver(fractions, EXACT), 0.0, 60.0)
    assert (found.status, found.value) == (Status.OPTIMAL, found.bound)


@pytest.mark.parametrize("sense", SENSES)
def test_a_wider_search_has_a_plan_that_is_no_worse_and_the_same_bound(sense: Sense) -> None:
    better = searched = 0
    for seed in range(40):
        solver = Solver(linked_model(seed, sense, possible=True)[0], EXACT)
        first, relaxed = rounded(solver, 0.0, 60.0)
        assert relaxed is not None
        found, exact = widened(solver, relaxed, first, 0.0, 60.0), solver.solve()
        if first.value is None:
            assert found is first
            continue
        searched += 1
        assert found.value is not None
        assert found.values is not None
        assert exact.value is not None
        assert solver.satisfied_by(found.values)
        assert found.bound == first.bound
        sign = 1.0 if sense == "maximise" else -1.0
        assert sign * first.value - 1e-6 <= sign * found.value <= sign * exact.value + 1e-6
        better += sign * (found.value - first.value) > 1e-6
    assert searched >= 20
    assert better >= 1


def test_told_to_stop_there_is_no_verdict() -> None:
    matrix, _ = linked_model(1, "maximise", possible=True)
    stop = threading.Event()
    stop.set()
    found, _ = rounded(Solver(matrix, EXACT), 0.0, 60.0, stop)
    assert found.status in (Status.NO_PLAN, Status.FEASIBLE, Status.OPTIMAL)
    assert found.bound is None or found.values is None or found.status is not Status.NO_PLAN
