"""Ordered stages against trying everything, and what becomes of the plan when a limit strikes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from block_models import EXACT, Labels, linked_model, two_equal_blocks, two_hard_blocks
from coverage_opt.solver import stages as module
from coverage_opt.solver.highs import Outcome, Solver, SolverError, Status
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import Progress, silent
from coverage_opt.solver.stages import Goal, Staged, run_stages
from solver_models import Scripted, answered, hard_knapsack, knapsack

COLUMNS = 6
ROUNDING = 1e-6
NOTHING = np.zeros(0, dtype=np.int64)

Floats = NDArray[np.float64]


def goal(
    coefficients: Any,
    sense: Sense = "maximise",
    tolerance: float = 0.0,
    holds: Sequence[int] = (),
    offset: float = 0.0,
) -> Goal:
    vector, held = np.array(coefficients, dtype=np.float64), np.array(holds, dtype=np.int64)
    return Goal("goal", sense, vector, offset, tolerance, held)


def whole_model(generator: np.random.Generator) -> Matrix:
    """Six whole columns from -1 to 2 and three rows that the middle of them satisfies."""
    table = generator.integers(-3, 5, size=(3, COLUMNS)).astype(np.float64)
    level = table.sum(axis=1) / 2
    return Matrix.from_arrays(
        coefficients=table,
        row_lower=[-np.inf, level[1] - 2, level[2] - 3],
        row_upper=[level[0] + 1, np.inf, level[2] + 3],
        column_lower=-1.0,
        column_upper=2.0,
        integer=True,
    )


def random_goals(generator: np.random.Generator) -> list[Goal]:
    """Two or three goals of both senses, with values of both signs; the last may hold columns."""
    goals = [
        goal(
            generator.integers(-4, 5, COLUMNS),
            "maximise" if generator.random() < 0.5 else "minimise",
            float(generator.choice([0.0, 0.0, 0.1, 0.3])),
            offset=float(generator.integers(-9, 10)),
        )
        for _ in range(generator.integers(2, 4))
    ]
    if generator.random() < 0.5:
        goals[-1] = replace(goals[-1], holds=generator.permutation(COLUMNS)[:3])
    return goals


def every_plan(matrix: Matrix) -> Floats:
    points = np.array(list(product([-1.0, 0.0, 1.0, 2.0], repeat=COLUMNS)))
    activity = points @ matrix.coefficients.toarray().T
    within = (activity >= matrix.row_lower - ROUNDING) & (activity <= matrix.row_upper + ROUNDING)
    return np.asarray(points[within.all(axis=1)])


def worth(goal: Goal, plans: Floats) -> Floats:
    return np.asarray(plans @ goal.coefficients + goal.offset)


def bests(goals: Sequence[Goal], plans: Floats, held: Floats | None) -> list[float]:
    """The best of every goal among the plans that keep the goals before it."""
    found = []
    for each in goals:
        if len(each.holds) and held is not None:
            plans = plans[(plans[:, each.holds] == held[each.holds]).all(axis=1)]
        values = worth(each, plans)
        sign = 1.0 if each.sense == "maximise" else -1.0
        best = sign * float((sign * values).max())
        found.append(best)
        plans = plans[sign * values >= sign * best - each.tolerance * abs(best) - ROUNDING]
    return found


def staged(matrix: Matrix, goals: Sequence[Goal], labels: Labels | None = None) -> Staged:
    return run_stages(Solver(matrix, EXACT), goals, EXACT, Deadline(), silent, labels)


@pytest.mark.parametrize("in_blocks", [False, True])
def test_stages_agree_with_trying_everything(in_blocks: bool) -> None:
    infeasible = gave_up = 0
    labels = np.arange(COLUMNS) // 3 if in_blocks else None
    for seed in range(120):
        generator = np.random.default_rng(seed)
        matrix, goals = whole_model(generator), random_goals(generator)
        plans = every_plan(matrix)
        result = staged(matrix, goals, labels)
        if not len(plans):
            assert (result.status, result.columns) == (Status.INFEASIBLE, None), seed
            infeasible += 1
            continue
        assert result.columns is not None
        assert (plans == result.columns).all(axis=1).any(), seed
        # what the last stage held is what the stages before it left
        before = staged(matrix, goals[:-1], labels).columns
        wanted = bests(goals, plans, before)
        for each, best, stage in zip(goals, wanted, result.stages, strict=True):
            assert stage.bound == pytest.approx(best, abs=1e-5), seed
            assert stage.value == pytest.approx(float(worth(each, result.columns[None])[0]))
            lost = best - stage.value if each.sense == "maximise" else stage.value - best
            assert -1e-5 <= lost <= each.tolerance * abs(best) + 1e-5, seed
            gave_up += lost > 0.01
            # that a later stage gives some of it up is not held against it
            assert stage.solved, seed
        assert result.stages[-1].value == pytest.approx(wanted[-1], abs=1e-5), seed
        if len(goals[-1].holds) and before is not None:
            held = goals[-1].holds
            np.testing.assert_array_equal(result.columns[held], before[held])
    assert gave_up > 5
    assert infeasible < 60


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_two_stages_in_blocks_and_whole_reach_the_same(sense: Sense) -> None:
    for seed in range(30):
        matrix, labels = linked_model(seed, sense, possible=True)
        coefficients = np.random.default_rng(seed).integers(-3, 4, len(labels))
        goals = [goal(matrix.objective, sense, 0.05), goal(coefficients, "maximise")]
        one, other = staged(matrix, goals), staged(matrix, goals, labels)
        assert one.status is other.status is Status.OPTIMAL
        for whole, together in zip(one.stages, other.stages, strict=True):
            assert whole.bound == pytest.approx(together.bound, abs=1e-4), seed
        assert one.stages[1].value == pytest.approx(other.stages[1].value, abs=1e-4), seed


def test_a_goal_without_coefficients_is_worth_its_offset() -> None:
    nothing = goal(np.zeros(3), offset=7.0)
    for goals in ([nothing, goal([3, 4, 5])], [goal([3, 4, 5]), nothing]):
        result = staged(knapsack(), goals)
        assert result.columns is not None
        assert sorted(stage.value for stage in result.stages) == [7.0, 9.0]
        assert all(stage.solved for stage in result.stages)


@dataclass(frozen=True)
class UntilTold(Deadline):
    """No limit, until it is over."""

    over: threading.Event = field(default_factory=threading.Event)

    def remaining(self) -> float:
        return 0.0 if self.over.is_set() else np.inf


def test_a_stage_without_time_keeps_the_plan_and_knows_no_bound() -> None:
    deadline, matrix = UntilTold(), hard_knapsack()

    def listen(progress: Progress, /) -> None:
        if progress.message == "optimal":
            deadline.over.set()

    few = goal([1.0] * 5 + [0.0] * 295, "minimise")
    goals = [few, goal(matrix.objective), goal(-matrix.objective, "minimise")]
    result = run_stages(Solver(matrix, EXACT), goals, EXACT, deadline, listen)
    assert result.status is Status.OPTIMAL
    assert result.columns is not None
    assert [stage.solved for stage in result.stages] == [True, False, False]
    assert result.stages[0].value == 0.0
    value = float(matrix.objective @ result.columns)
    assert result.stages[1].value == value
    assert result.stages[1].bound > value
    assert result.stages[2].bound < -value
    assert not result.interrupted


def test_without_time_there_is_no_plan() -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    late = Deadline.after(0.0)
    goals = [goal(matrix.objective)] * 2
    result = run_stages(Solver(matrix, EXACT), goals, EXACT, late, silent, labels)
    assert result == Staged(Status.NO_PLAN, None, (), False)


def test_ctrl_c_in_a_later_stage_keeps_the_plan_and_skips_the_rest() -> None:
    matrix = hard_knapsack()
    events: list[str] = []

    def listen(progress: Progress, /) -> None:
        events.append(progress.phase)
        if progress.phase == "long" and events.count("long") == 1:
            signal.raise_signal(signal.SIGINT)

    short, long = goal([1.0] * 5 + [0.0] * 295, "minimise"), goal(matrix.objective)
    goals = [short, replace(long, name="long"), replace(short, name="never")]
    result = run_stages(Solver(matrix, EXACT), goals, EXACT, Deadline(), listen)
    assert result.interrupted
    assert result.columns is not None
    assert len(result.stages) == 2
    assert "never" not in events


def test_a_worse_plan_than_the_one_in_hand_is_not_taken() -> None:
    solver = Scripted(knapsack(), EXACT)
    solver.script = ({}, answered([0.0, 0.0, 0.0], 0.0, 12.0, Status.FEASIBLE))
    goals = [goal([0.0, 0.0, 1.0]), goal([3.0, 4.0, 5.0])]
    solver.set_start([0.0, 1.0, 1.0])
    result = run_stages(solver, goals, EXACT, Deadline(), silent)
    assert result.columns is not None
    assert result.columns[2] == 1.0
    assert result.stages[1].value >= 5.0
    assert result.stages[1].bound == 12.0


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.NO_PLAN])
def test_a_later_stage_that_ends_without_a_plan_keeps_the_one_in_hand(status: Status) -> None:
    solver = Scripted(knapsack(), EXACT)
    solver.script = ({}, {"values": None, "value": None, "bound": None, "status": status})
    result = run_stages(solver, [goal([3, 4, 5]), goal([1, 0, 0])], EXACT, Deadline(), silent)
    assert result.status is Status.OPTIMAL
    assert result.stages[0].value == 9.0
    assert (result.stages[1].bound, result.stages[1].solved) == (np.inf, False)


def apart(values: Any, value: float | None, bound: float | None, status: Status) -> Outcome:
    columns = None if values is None else np.array(values)
    return Outcome(status, columns, value, bound, None, 1.0, 0)


KNOWN = [
    # what the blocks found, what the whole says, then: value, bound, status
    (apart([0, 1, 1], 9.0, 9.5, Status.FEASIBLE), {"bound": 9.3}, (9.0, 9.3, "feasible")),
    (apart([0, 1, 1], 9.0, 9.0, Status.FEASIBLE), {"bound": 9.3}, (9.0, 9.0, "optimal")),
    (
        apart([0, 1, 1], 9.0, 9.5, Status.FEASIBLE),
        answered([1, 1, 0], 7.0, None, Status.FEASIBLE),
        (9.0, 9.5, "feasible"),
    ),
    (
        apart([1, 1, 0], 7.0, 9.5, Status.FEASIBLE),
        {"values": None, "value": None, "bound": None, "status": Status.NO_PLAN},
        (7.0, 9.5, "feasible"),
    ),
    (apart(None, None, 9.2, Status.NO_PLAN), {"bound": 9.5}, (9.0, 9.2, "feasible")),
    (apart(None, None, 9.0 - 1e-7, Status.NO_PLAN), {"bound": 9.5}, (9.0, 9.0, "optimal")),
]


@pytest.mark.parametrize(("parts", "whole", "expected"), KNOWN)
@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_the_better_plan_and_the_better_bound_are_taken(
    parts: Outcome,
    whole: dict[str, Any],
    expected: tuple[float, float, str],
    sense: Sense,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign = 1.0 if sense == "maximise" else -1.0

    def turned(fields: dict[str, Any]) -> dict[str, Any]:
        return {
            name: sign * value if name in {"value", "bound"} and value is not None else value
            for name, value in fields.items()
        }

    found = replace(parts, **turned({"value": parts.value, "bound": parts.bound}))
    monkeypatch.setattr(module, "solve_in_blocks", lambda *_: found)
    solver = Scripted(knapsack(), EXACT)
    solver.script = (turned(whole),)
    only = goal(sign * np.array([3.0, 4.0, 5.0]), sense)
    result = run_stages(solver, [only], EXACT, Deadline(), silent, np.arange(3))
    value, bound, status = expected
    assert result.status.value == status
    stage = result.stages[0]
    assert sign * stage.value == value
    assert sign * stage.bound == pytest.approx(bound, abs=1e-12)
    assert stage.solved == (status == "optimal")


def test_a_plan_beyond_the_bound_of_the_blocks_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    found = apart(None, None, 8.0, Status.NO_PLAN)
    monkeypatch.setattr(module, "solve_in_blocks", lambda *_: found)
    with pytest.raises(SolverError, match="beyond its own bound"):
        staged(knapsack(), [goal([3.0, 4.0, 5.0])], np.arange(3))


def test_a_model_with_a_plan_that_is_called_infeasible_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = apart([1, 1, 0], 7.0, 9.5, Status.FEASIBLE)
    monkeypatch.setattr(module, "solve_in_blocks", lambda *_: found)
    solver = Scripted(knapsack(), EXACT)
    solver.script = ({"values": None, "value": None, "bound": None, "status": Status.INFEASIBLE},)
    with pytest.raises(SolverError, match="infeasible of which a plan is in hand"):
        run_stages(solver, [goal([3, 4, 5])], EXACT, Deadline(), silent, np.arange(3))


def test_blocks_without_plan_do_not_hide_that_there_is_none() -> None:
    matrix, labels = two_equal_blocks()
    impossible = replace(matrix, row_lower=np.array([0.5]), row_upper=np.array([0.5]))
    result = staged(impossible, [goal([1.0, 1.0])], labels)
    assert result == Staged(Status.INFEASIBLE, None, (), False)


def test_the_plan_of_the_blocks_is_kept_when_time_is_up_for_the_whole() -> None:
    matrix, labels = two_hard_blocks()
    deadline = Deadline.after(6.0)
    result = run_stages(
        Solver(matrix, EXACT), [goal(matrix.objective)] * 2, EXACT, deadline, silent, labels
    )
    assert result.columns is not None
    assert [stage.solved for stage in result.stages] == [False, False]
    assert all(np.isfinite(stage.bound) for stage in result.stages[:1])
    assert result.stages[0].value > 200_000
