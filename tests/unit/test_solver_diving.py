"""A dive ends in a plan, or says what it leaves in fractions, and changes nothing."""

from __future__ import annotations

import threading
from typing import Any, cast

import numpy as np
import pytest

from block_models import EXACT, linked_model
from coverage_opt.solver import diving
from coverage_opt.solver.diving import dive, fractional
from coverage_opt.solver.highs import Solver, SolverError
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Floats, Matrix, Sense
from coverage_opt.solver.outcome import Outcome
from solver_models import hard_knapsack


def dived(matrix: Matrix, seconds: float | None = None) -> tuple[Floats, Floats]:
    """Return the relaxation, and where a dive from it ends."""
    solver = Solver(matrix, EXACT)
    with solver.relaxed():
        relaxed = solver.solve(gap=0.0).values
        assert relaxed is not None
        found = dive(solver, relaxed, Deadline.after(seconds))
    np.testing.assert_array_equal(solver.column_lower, matrix.column_lower)
    np.testing.assert_array_equal(solver.column_upper, matrix.column_upper)
    return relaxed, found


def completed(matrix: Matrix, whole: Floats) -> float | None:
    """Return what a plan with these whole numbers is worth at its best; None without one."""
    solver, integer = Solver(matrix, EXACT), np.flatnonzero(matrix.integer)
    with solver.holding(integer, np.round(whole[integer])):
        return solver.solve().value


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_a_dive_ends_in_a_plan_or_leaves_fractions(sense: Sense) -> None:
    fractions = plans = 0
    for seed in range(40):
        matrix, _ = linked_model(seed, sense, possible=True)
        relaxed, found = dived(matrix)
        fractions += bool(fractional(relaxed[matrix.integer]).any())
        if not fractional(found[matrix.integer]).any():
            plans += completed(matrix, found) is not None
    assert fractions >= 20
    assert plans >= 15


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_a_dive_that_has_room_for_all_it_raises_ends_in_a_plan(
    sense: Sense, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diving, "FEW", 0)
    plans = 0
    for seed in range(40):
        matrix, _ = linked_model(seed, sense, possible=True)
        _, found = dived(matrix)
        if not fractional(found[matrix.integer]).any():
            plans += 1
            rounded = np.where(matrix.integer, np.round(found), found)
            assert Solver(matrix, EXACT).satisfied_by(rounded)
    assert plans >= 15


def test_the_last_few_there_is_no_room_for_are_lowered_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix, solves = hard_knapsack(), list[int]()
    found = {}
    for few in (0, 4):
        solved = diving._solved
        count = 0

        def counted(*given: Any, solved: Any = solved) -> Outcome:
            nonlocal count
            count += 1
            return cast(Outcome, solved(*given))

        with monkeypatch.context() as patched:
            patched.setattr(diving, "FEW", few)
            patched.setattr(diving, "_solved", counted)
            _, found[few] = dived(matrix)
        solves.append(count)
    assert solves[1] < solves[0]
    assert not fractional(found[4][matrix.integer]).any()
    assert completed(matrix, found[4]) is not None


def test_what_there_is_no_room_for_is_lowered() -> None:
    # the relaxation takes all of a and half of b; there is no room for all of b
    matrix = Matrix.from_arrays(
        coefficients=np.array([[2.0, 2.0]]),
        row_lower=-np.inf,
        row_upper=3.0,
        column_upper=1.0,
        objective=[3.0, 2.0],
        sense="maximise",
        integer=True,
    )
    relaxed, found = dived(matrix)
    assert relaxed.tolist() == [1.0, 0.5]
    assert sorted(found.tolist()) == [0.0, 1.0]


def test_a_dive_without_time_stays_where_it_is() -> None:
    relaxed, found = dived(hard_knapsack(), seconds=0.0)
    assert fractional(relaxed[hard_knapsack().integer]).any()
    np.testing.assert_array_equal(found, relaxed)


def test_a_relaxation_that_ends_unknown_ends_the_dive(monkeypatch: pytest.MonkeyPatch) -> None:
    solver = Solver(hard_knapsack(), EXACT)
    with solver.relaxed():
        relaxed = solver.solve(gap=0.0).values
        assert relaxed is not None

        def unknown(*_: object, **_named: object) -> Outcome:
            raise SolverError("HiGHS ended with 'Unknown'")

        monkeypatch.setattr(solver, "solve", unknown)
        np.testing.assert_array_equal(dive(solver, relaxed, Deadline()), relaxed)


def test_a_dive_is_stopped() -> None:
    solver, stop = Solver(hard_knapsack(), EXACT), threading.Event()
    with solver.relaxed():
        relaxed = solver.solve(gap=0.0).values
        assert relaxed is not None
        stop.set()
        dive(solver, relaxed, Deadline(), stop)
    assert np.array_equal(solver.column_upper, hard_knapsack().column_upper)


@pytest.mark.parametrize(
    ("left", "steps", "seconds", "pace"),
    [
        (100, 0, 0.0, diving.RAISED),
        # a coarse clock may not have moved yet
        (100, 1, 0.0, diving.RAISED),
        (100, 10, 1.0, diving.RAISED),
        # two steps are left for a hundred fractions: nine in ten at the first
        (100, 10, 500.0, 0.9),
        (100, 10, 5000.0, 0.99),
    ],
)
def test_a_dive_goes_faster_where_time_is_short(
    left: int, steps: int, seconds: float, pace: float
) -> None:
    assert diving._pace(left, steps, seconds, Deadline.after(100.0)) == pytest.approx(
        pace, abs=1e-3
    )
