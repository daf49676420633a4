"""What is known before the first stage may save time; it never changes what is best."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from block_models import EXACT, linked_model
from coverage_opt.solver import stages as module
from coverage_opt.solver.highs import Solver, SolverError, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import Progress, silent
from coverage_opt.solver.stages import Goal, Hint, Staged, run_stages
from solver_models import Scripted, answered, hard_knapsack, knapsack

NOTHING = np.zeros(0, dtype=np.int64)
VALUES = (3.0, 4.0, 5.0)
"""Of the objects of the knapsack: the best two are worth 9."""


def goal(coefficients: Any, sense: Sense = "maximise") -> Goal:
    return Goal("goal", sense, np.array(coefficients, dtype=np.float64), 0.0, 0.0, NOTHING)


def hinted(matrix: Matrix, only: Goal, hint: Hint) -> tuple[Staged, Scripted]:
    solver = Scripted(matrix, EXACT)
    return run_stages(solver, [only], EXACT, Deadline(), silent, None, hint), solver


def random_hint(generator: np.random.Generator, matrix: Matrix, plan: Staged, sense: Sense) -> Hint:
    """Return a start, of the best plan or of no plan at all, and a bound that holds."""
    columns = np.flatnonzero(matrix.integer & (generator.random(len(matrix.integer)) < 0.6))
    lower, upper = matrix.column_lower[columns], np.minimum(matrix.column_upper[columns], 3.0)
    start = np.floor(generator.uniform(lower, upper + 1))
    bound = None
    if plan.columns is not None:
        if generator.random() < 0.4:
            start = plan.columns[columns]
        above = float(generator.choice([0.0, 0.5, 20.0]))
        bound = plan.stages[0].bound + (above if sense == "maximise" else -above)
    parts = generator.random(2) < 0.8
    return Hint(
        (dict(zip(columns.tolist(), start.tolist(), strict=True)),) if parts[0] else (),
        bound if parts[1] else None,
    )


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_a_hint_never_changes_an_optimum(sense: Sense) -> None:
    infeasible = 0
    for seed in range(60):
        generator = np.random.default_rng(seed)
        matrix, labels = linked_model(seed, sense)
        second = goal(generator.integers(-3, 4, len(labels)))
        goals = [goal(matrix.objective, sense), second]
        plain = run_stages(Solver(matrix, EXACT), goals, EXACT, Deadline(), silent)
        hint = random_hint(generator, matrix, plain, sense)
        blocks = labels if seed % 2 else None
        told = run_stages(Solver(matrix, EXACT), goals, EXACT, Deadline(), silent, blocks, hint)
        assert told.status is plain.status, seed
        infeasible += told.status is Status.INFEASIBLE
        assert len(told.stages) == len(plain.stages)
        for one, other in zip(told.stages, plain.stages, strict=True):
            assert one.solved
            assert other.solved
            assert one.value == pytest.approx(other.value, abs=1e-4), seed
            assert one.bound == pytest.approx(other.bound, abs=1e-4), seed
    assert 3 < infeasible < 30


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_a_start_that_reaches_the_bound_is_the_end_of_the_search(sense: Sense) -> None:
    sign = 1.0 if sense == "maximise" else -1.0
    only = goal(sign * np.array(VALUES), sense)
    result, solver = hinted(knapsack(), only, Hint(({1: 1.0},), sign * 9.0))
    assert solver.solves == 0
    assert (result.status, result.stages[0].solved) == (Status.OPTIMAL, True)
    assert (result.stages[0].value, result.stages[0].bound) == (sign * 9.0, sign * 9.0)


def test_the_columns_of_a_start_are_free_again_afterwards() -> None:
    result, solver = hinted(knapsack(), goal(VALUES), Hint(({0: 1.0, 2: 0.0},), 12.0))
    assert solver.solves == 1
    assert result.stages[0].value == 9.0
    assert result.columns is not None
    assert result.columns.round().tolist() == [0.0, 1.0, 1.0]
    np.testing.assert_array_equal(solver.column_upper, np.ones(3))


@pytest.mark.parametrize("start", [dict.fromkeys(range(3), 1.0), {0: 2.0}, {1: -1.0, 2: 0.4}])
def test_a_start_that_is_no_plan_is_dropped(start: dict[int, float]) -> None:
    result, _ = hinted(knapsack(), goal(VALUES), Hint((start,), None))
    assert (result.status, result.stages[0].value) == (Status.OPTIMAL, 9.0)
    assert result.stages[0].bound == pytest.approx(9.0)


def test_a_start_of_a_model_without_plan_does_not_hide_that_there_is_none() -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[2.0, 2.0]]),
        row_lower=1.0,
        row_upper=1.0,
        column_upper=1.0,
        integer=True,
    )
    result, _ = hinted(matrix, goal([1.0, 1.0]), Hint(({0: 1.0},), 5.0))
    assert result == Staged(Status.INFEASIBLE, None, (), False)


@pytest.mark.parametrize(("bound", "counts"), [(9.2, 9.2), (11.0, 9.8), (None, 9.8)])
@pytest.mark.parametrize("start", [{0: 1.0}, None])
@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_the_better_of_two_bounds_counts(
    bound: float | None, counts: float, start: dict[int, float] | None, sense: Sense
) -> None:
    sign = 1.0 if sense == "maximise" else -1.0
    only = goal(sign * np.array(VALUES), sense)
    solver = Scripted(knapsack(), EXACT)
    stopped = answered([1.0, 0.0, 1.0], sign * 8.0, sign * 9.8, Status.FEASIBLE)
    solver.script = (stopped,)
    hint = Hint(() if start is None else (start,), None if bound is None else sign * bound)
    result = run_stages(solver, [only], EXACT, Deadline(), silent, None, hint)
    stage = result.stages[0]
    assert (sign * stage.value, stage.solved) == (8.0, False)
    assert sign * stage.bound == pytest.approx(counts)


def test_a_start_is_kept_when_time_is_up_for_the_rest() -> None:
    matrix = hard_knapsack()
    start = dict.fromkeys(range(300), 0.0) | {7: 1.0}
    waiting: list[float] = []

    class Late(Deadline):
        def remaining(self) -> float:
            # the first question is that of the hint
            waiting.append(0.0)
            return np.inf if len(waiting) == 1 else 0.0

    hint = Hint((start,), float(matrix.objective.sum()))
    only = goal(matrix.objective)
    result = run_stages(Solver(matrix, EXACT), [only], EXACT, Late(), silent, None, hint)
    assert result.columns is not None
    assert result.stages[0].value == matrix.objective[7]
    assert not result.stages[0].solved


def test_a_plan_beyond_the_bound_of_the_hint_is_an_error() -> None:
    for hint in (Hint(({1: 1.0},), 8.0), Hint((), 8.0)):
        with pytest.raises(SolverError, match="beyond its own bound"):
            hinted(knapsack(), goal(VALUES), hint)


def test_ctrl_c_while_the_start_is_completed_ends_the_run() -> None:
    matrix = hard_knapsack()
    signals: list[str] = []

    def listen(progress: Progress, /) -> None:
        if not signals:
            signals.append(progress.phase)
            signal.raise_signal(signal.SIGINT)

    solver = Scripted(matrix, EXACT)
    goals = [goal(matrix.objective)] * 2
    hint = Hint(({0: 0.0},), float(matrix.objective.sum()))
    result = run_stages(solver, goals, EXACT, Deadline(), listen, None, hint)
    assert signals == ["goal"]
    assert result.interrupted
    assert solver.solves == 0
    assert len(result.stages) <= 1


@pytest.mark.parametrize("wide", [False, True])
def test_a_wide_model_is_not_taken_apart(wide: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, labels = linked_model(3, "maximise", possible=True)
    monkeypatch.setattr(module, "MOST_COLUMNS_AT_ONCE", len(labels) - 1 if wide else len(labels))
    asked: list[int] = []
    monkeypatch.setattr(module, "solve_in_blocks", lambda *_: asked.append(1))
    only = goal(matrix.objective)
    result = run_stages(Solver(matrix, EXACT), [only], EXACT, Deadline(), silent, labels)
    assert result.status is Status.OPTIMAL
    assert len(asked) == (0 if wide else 1)


def test_the_plan_of_a_hint_is_improved_part_by_part_where_the_model_is_wide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_COLUMNS_AT_ONCE", 0)
    better = 0
    for seed in range(20):
        matrix, labels = linked_model(seed, "maximise", possible=True)
        best = Solver(matrix, EXACT).solve()
        other = Solver(matrix, EXACT)
        drawn = np.random.default_rng(seed).integers(-5, 6, len(labels)).astype(np.float64)
        other.set_objective(drawn, 0.0, "maximise")
        values = other.solve().values
        assert values is not None
        assert best.value is not None
        whole = np.flatnonzero(matrix.integer)
        start = {int(column): float(values[column]) for column in whole}
        plans = []
        for parts in (np.zeros(len(labels), dtype=np.int64), labels):
            hint = Hint((start,), best.value, parts)
            goals = [replace(goal(matrix.objective), offset=matrix.offset)]
            limits = replace(EXACT, gap=1e-4)
            solver = Solver(matrix, limits)
            told = run_stages(solver, goals, limits, Deadline(), silent, None, hint)
            assert told.stages[0].bound == pytest.approx(best.value, abs=1e-4)
            plans.append(told.stages[0].value)
        # all of it anew is the optimum; part by part is no worse than the start
        assert plans[0] == pytest.approx(best.value, rel=1e-3, abs=1e-3), seed
        held = Solver(matrix, EXACT)
        held.change_bounds(whole, values[whole], values[whole])
        began = held.solve().value
        assert began is not None
        assert began - 1e-5 <= plans[1] <= best.value + 1e-4, seed
        better += plans[1] > began + 1e-5
    assert better > 5


def test_a_plan_near_a_bound_known_before_ends_the_stage() -> None:
    matrix, limits = hard_knapsack(), Limits(gap=1e-3, threads=1)
    best = Solver(matrix, limits).solve(gap=0.0, time_limit=2.0)
    assert best.value is not None
    hint, until = Hint(bound=best.value), Deadline.after(120.0)
    only = [goal(matrix.objective)]
    staged = run_stages(Solver(matrix, limits), only, limits, until, silent, None, hint)
    assert staged.status is Status.OPTIMAL
    assert staged.stages[0].bound == best.value
    assert staged.stages[0].seconds < 60.0
    assert not staged.interrupted
