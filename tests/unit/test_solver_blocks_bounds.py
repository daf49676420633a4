"""Whatever ties the blocks together, and whatever the prices, the bound holds for the whole."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from block_models import EXACT, KINDS, Labels, linked_model, two_equal_blocks
from coverage_opt.solver import completing
from coverage_opt.solver.block_bounds import bound_by_blocks
from coverage_opt.solver.blocks import solve_in_blocks
from coverage_opt.solver.highs import Outcome, Solver, SolverError, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix, Row, Sense
from coverage_opt.solver.progress import relative_gap, silent
from coverage_opt.solver.stages import Goal, run_stages

ROUNDING = 1e-6

SENSES: tuple[Sense, Sense] = ("maximise", "minimise")


def in_blocks(solver: Solver, labels: Labels, gap: float = 0.0) -> Outcome:
    found = solve_in_blocks(solver, labels, EXACT, Deadline(), silent, gap, "test")
    assert found is not None
    return found


def relaxed(matrix: Matrix) -> float:
    solver = Solver(matrix, EXACT)
    solver.relax_integrality()
    value = solver.solve().value
    assert value is not None
    return value


def better_by(matrix: Matrix, value: float, other: float) -> float:
    """By how much, as a share, the value is better than the other in the model's sense."""
    gained = value - other if matrix.sense == "maximise" else other - value
    return gained / max(1.0, abs(other))


def assert_sound(matrix: Matrix, found: Outcome, exact: float, gap: float) -> None:
    """The bound holds, and the plan is worth what it says, within the bound and the gap."""
    assert found.bound is not None
    assert better_by(matrix, exact, found.bound) <= ROUNDING
    if found.values is None:
        assert found.status is Status.NO_PLAN
        assert (found.value, found.gap) == (None, None)
        return
    assert found.value is not None
    assert found.value == pytest.approx(float(matrix.objective @ found.values) + matrix.offset)
    assert better_by(matrix, found.value, exact) <= ROUNDING
    assert better_by(matrix, found.value, found.bound) <= 0.0
    assert found.gap == pytest.approx(relative_gap(found.value, found.bound))
    if found.status is Status.OPTIMAL:
        assert relative_gap(found.value, exact) <= gap + 2 * ROUNDING


@pytest.mark.parametrize("gap", [0.0, 0.05])
@pytest.mark.parametrize("sense", SENSES)
def test_the_bound_holds_whatever_ties_the_blocks(sense: Sense, gap: float) -> None:
    seen = dict.fromkeys(Status, 0)
    for seed in range(100):
        kinds = KINDS if seed % 2 else (KINDS[seed // 2 % len(KINDS)],)
        matrix, labels = linked_model(seed, sense, kinds)
        exact = Solver(matrix, EXACT).solve()
        found = in_blocks(Solver(matrix, EXACT), labels, gap)
        seen[found.status] += 1
        if exact.value is None:
            assert exact.status is Status.INFEASIBLE, seed
            assert found.values is None, seed
        else:
            assert_sound(matrix, found, exact.value, gap)
    assert seen[Status.INFEASIBLE] > 3
    assert seen[Status.NO_PLAN] > 3
    assert seen[Status.OPTIMAL] > 3
    assert seen[Status.UNBOUNDED] == 0


@pytest.mark.parametrize("sense", SENSES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "free"])
def test_rows_of_every_kind_are_priced_so_that_the_bound_beats_the_relaxation(
    kind: str, sense: Sense
) -> None:
    beaten = 0
    for seed in range(15):
        matrix, labels = linked_model(seed, sense, (kind,), possible=True)
        exact = Solver(matrix, EXACT).solve().value
        found = in_blocks(Solver(matrix, EXACT), labels)
        assert exact is not None
        assert found.bound is not None
        assert_sound(matrix, found, exact, 0.0)
        gained = -better_by(matrix, found.bound, relaxed(matrix))
        assert gained >= -ROUNDING
        beaten += gained > 0.01
    assert beaten >= 5


@pytest.mark.parametrize("sense", SENSES)
def test_any_prices_give_a_bound_that_holds(sense: Sense, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(40):
        matrix, labels = linked_model(seed, sense, possible=True)
        exact = Solver(matrix, EXACT).solve().value
        assert exact is not None
        generator = np.random.default_rng(seed)
        prices = generator.normal(size=len(matrix.row_lower)) * generator.choice([1e-8, 1.0])
        monkeypatch.setattr(Solver, "row_duals", lambda _self, prices=prices: prices)
        assert_sound(matrix, in_blocks(Solver(matrix, EXACT), labels), exact, 0.0)


def test_prices_that_are_slightly_off_count_in_full_where_a_column_is_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = 1e7
    matrix = Matrix.from_arrays(
        coefficients=np.array([[1.0, 1.0, 1.0]]),
        row_lower=-np.inf,
        row_upper=large,
        column_upper=[1.0, 1.0, np.inf],
        objective=[0.0, 0.0, 1.0],
        sense="maximise",
        integer=[True, True, False],
    )
    monkeypatch.setattr(Solver, "row_duals", lambda _self: np.array([1.0 - 5e-8]))
    found = in_blocks(Solver(matrix, EXACT), np.array([0, 1, -1]))
    assert found.bound is not None
    assert found.bound >= large


def unlimited(label: int) -> tuple[Matrix, Labels]:
    """The third column has no bound, no row gives it one, and its price is off by rounding."""
    matrix = Matrix.from_arrays(
        coefficients=np.array([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 1.0, 1.0, -1.0]]),
        row_lower=-np.inf,
        row_upper=[3.0, 3.0, 0.0],
        column_upper=[2.0, 2.0, np.inf, np.inf],
        objective=[3.0, 2.0, 1.0, -1.0],
        sense="maximise",
        integer=[True, True, False, False],
    )
    return matrix, np.array([0, 1, label, -1])


@pytest.mark.parametrize("label", [-1, 0])
def test_a_column_without_any_bound_leaves_the_bound_of_the_relaxation(
    label: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, labels = unlimited(label)
    monkeypatch.setattr(Solver, "row_duals", lambda _self: np.array([0.0, 0.0, 1.0 - 1e-9]))
    found = in_blocks(Solver(matrix, EXACT), labels)
    assert found.bound == pytest.approx(relaxed(matrix))
    assert found.bound == pytest.approx(4.5)


def test_columns_outside_are_bounded_by_rows_whatever_their_signs() -> None:
    for sign in (1.0, -1.0):
        matrix = Matrix.from_arrays(
            coefficients=sign * np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, -2.0, 1.0]]),
            row_lower=[-np.inf, 0.0] if sign > 0 else [-4.0, -np.inf],
            row_upper=[4.0, np.inf] if sign > 0 else [np.inf, 0.0],
            column_lower=[0.0, 0.0, 0.0, -np.inf],
            column_upper=[1.0, 1.0, np.inf, np.inf],
            objective=[1.0, 1.0, 3.0, -1.0],
            sense="maximise",
            integer=[True, True, False, False],
        )
        found = in_blocks(Solver(matrix, EXACT), np.array([0, 1, -1, -1]))
        assert found.status is Status.OPTIMAL
        assert found.value == pytest.approx(4.0)


def test_a_row_that_was_added_holds_for_the_plan_and_the_bound_holds_for_the_row() -> None:
    for seed in range(20):
        matrix, labels = linked_model(seed, "maximise", possible=True)
        solver = Solver(matrix, EXACT)
        everywhere = np.arange(len(labels))
        best = solver.solve()
        assert best.value is not None
        solver.add_row(-np.inf, best.value - matrix.offset - 1.0, everywhere, matrix.objective)
        found = in_blocks(solver, labels)
        exact = solver.solve().value
        if exact is not None:
            assert_sound(matrix, found, exact, 0.0)
        if found.value is not None:
            assert found.value <= best.value - 1.0 + ROUNDING


@pytest.mark.parametrize("within", [True, False])
def test_a_row_that_was_added_bounds_the_blocks_like_one_of_the_model(within: bool) -> None:
    tighter = 0
    for seed in range(20):
        matrix, labels = linked_model(seed, "maximise", possible=True)
        best = Solver(matrix, EXACT).solve()
        assert best.values is not None
        columns = np.flatnonzero(labels == 0 if within else labels >= 0).astype(np.int32)
        used = matrix.objective[columns]
        most = float(used @ best.values[columns]) - 0.5
        solver = Solver(matrix, EXACT)
        solver.add_row(-np.inf, most, columns, used)
        built = Solver(matrix.with_rows([Row(-np.inf, most, columns, used)]), EXACT)
        added, known = in_blocks(solver, labels), in_blocks(built, labels)
        assert added.status is known.status
        if known.bound is not None:
            assert added.bound == pytest.approx(known.bound, abs=1e-6)
            without = in_blocks(Solver(matrix, EXACT), labels).bound
            assert without is not None
            tighter += known.bound < without - 1e-6
    assert tighter > 3


def test_columns_that_were_fixed_before_stay_so_and_the_solver_is_left_as_it_was() -> None:
    for seed in range(20):
        matrix, labels = linked_model(seed, "minimise", possible=True)
        solver, other = Solver(matrix, EXACT), Solver(matrix, EXACT)
        plan = solver.solve().values
        assert plan is not None
        fixed = np.flatnonzero(matrix.integer)[:3]
        for each in (solver, other):
            each.change_bounds(fixed, plan[fixed], plan[fixed])
        exact = other.solve().value
        assert exact is not None
        found = in_blocks(solver, labels)
        assert_sound(matrix, found, exact, 0.0)
        if found.values is not None:
            np.testing.assert_array_equal(found.values[fixed], plan[fixed])
        np.testing.assert_array_equal(solver.column_lower, other.column_lower)
        np.testing.assert_array_equal(solver.column_upper, other.column_upper)
        assert solver.solve().value == pytest.approx(exact)


def test_decisions_that_do_not_fit_leave_the_bound_and_the_stages_solve_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(completing, "_mended", lambda *_: None)
    matrix, labels = two_equal_blocks()
    found = in_blocks(Solver(matrix, EXACT), labels)
    assert found.status is Status.NO_PLAN
    assert found.values is None
    assert found.bound == pytest.approx(1.0)
    goal = Goal("one", "maximise", matrix.objective, 0.0, 0.0, np.zeros(0, dtype=np.int64))
    staged = run_stages(Solver(matrix, EXACT), [goal], EXACT, Deadline(), silent, labels)
    assert staged.status is Status.OPTIMAL
    assert staged.columns is not None
    assert staged.columns.sum() == 1.0


def test_a_model_without_whole_numbers_or_time_is_left_to_the_whole() -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    late = Deadline.after(0.0)
    assert solve_in_blocks(Solver(matrix, EXACT), labels, EXACT, late, silent, 0.0, "") is None
    fractional = Matrix.from_arrays(coefficients=np.eye(2), row_lower=0.0, row_upper=1.0)
    solver = Solver(fractional, EXACT)
    everywhere = np.arange(2)
    assert solve_in_blocks(solver, everywhere, EXACT, Deadline(), silent, 0.0, "") is None


def test_what_is_unbounded_is_left_to_the_whole() -> None:
    endless = Matrix.from_arrays(
        coefficients=np.array([[1.0, -1.0]]),
        row_lower=0.0,
        row_upper=np.inf,
        objective=[1.0, 1.0],
        sense="maximise",
        integer=True,
    )
    solver, labels = Solver(endless, EXACT), np.arange(2)
    assert solve_in_blocks(solver, labels, EXACT, Deadline(), silent, 0.0, "") is None


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_plan_on_any_number_of_threads(threads: int) -> None:
    def plan(seed: int) -> tuple[float | None, list[float]]:
        matrix, labels = linked_model(seed, "maximise", ("at most",), possible=True)
        limits = Limits(time_limit_seconds=None, gap=0.0, threads=threads)
        goal = Goal(
            "g", "maximise", matrix.objective, matrix.offset, 0.0, np.zeros(0, dtype=np.int64)
        )
        solver = Solver(matrix, limits)
        staged = run_stages(solver, [goal], limits, Deadline(), silent, labels)
        assert staged.columns is not None
        return staged.stages[0].bound, list(staged.columns)

    for seed in range(8):
        assert plan(seed) == plan(seed)


def test_duals_are_refused_where_there_are_none() -> None:
    matrix, _ = two_equal_blocks()
    solver = Solver(matrix, EXACT)
    with pytest.raises(SolverError, match="no duals"):
        solver.row_duals()
    solver.solve()
    with pytest.raises(SolverError, match="no duals"):
        solver.row_duals()
    solver.relax_integrality()
    solver.solve()
    duals: NDArray[np.float64] = solver.row_duals()
    assert list(duals) == [1.0]


@pytest.mark.parametrize("sense", SENSES)
def test_a_bound_by_blocks_holds_and_is_no_worse_than_the_relaxation(sense: Sense) -> None:
    tighter = 0
    for seed in range(30):
        matrix, labels = linked_model(seed, sense, possible=True)
        exact = Solver(matrix, EXACT).solve().value
        assert exact is not None
        bound = bound_by_blocks(Solver(matrix, EXACT), labels, EXACT, Deadline())
        assert bound is not None
        assert better_by(matrix, exact, bound) <= ROUNDING, seed
        gained = better_by(matrix, relaxed(matrix), bound)
        assert gained >= -ROUNDING, seed
        tighter += gained > ROUNDING
    assert tighter >= 10


def test_without_time_for_the_relaxation_no_bound_is_claimed() -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    assert bound_by_blocks(Solver(matrix, EXACT), labels, EXACT, Deadline.after(0.0)) is None
