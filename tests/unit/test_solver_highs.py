from __future__ import annotations

import math
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from highspy import HighsModelStatus

from coverage_opt.solver.compile import compile_model, objective_vector
from coverage_opt.solver.highs import Outcome, Solver, SolverError, Status
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.matrix import Matrix, Row, Sense
from coverage_opt.solver.progress import Progress, relative_gap
from coverage_opt.solver.running import QuietHighs
from solver_models import INFINITE, hard_knapsack, knapsack, market_split, solver


def two_columns(**changes: Any) -> Matrix:
    """Minimise -x - y, both from 0 to 5, with x - y at most 1; ``changes`` come on top."""
    model = {
        "coefficients": np.array([[1.0, -1.0]]),
        "row_lower": -INFINITE,
        "row_upper": 1.0,
        "column_upper": 5.0,
        "objective": [-1.0, -1.0],
    }
    return Matrix.from_arrays(**{**model, **changes})


def assert_plan(outcome: Outcome, values: list[float], value: float) -> None:
    assert outcome.status is Status.OPTIMAL
    assert outcome.values is not None
    np.testing.assert_allclose(outcome.values, values, atol=1e-9)
    assert outcome.value == pytest.approx(value)
    assert outcome.bound == pytest.approx(value)
    assert outcome.gap == 0.0
    assert not outcome.interrupted


def test_a_mixed_integer_model_is_solved_in_the_users_sense_with_the_offset() -> None:
    assert_plan(solver(knapsack()).solve(), [0, 1, 1], 109.0)


def test_a_linear_model_has_its_value_as_bound() -> None:
    programme = solver(knapsack())
    with programme.relaxed():
        outcome = programme.solve()
    assert_plan(outcome, [1, 1, 0.5], 109.5)
    assert outcome.nodes == 0
    assert_plan(programme.solve(), [0, 1, 1], 109.0)


def test_rows_without_columns_have_duals_of_nothing() -> None:
    rows = Matrix.from_arrays(coefficients=np.zeros((2, 0)), row_lower=-INFINITE, row_upper=1.0)
    programme = solver(rows)
    assert programme.solve().status is Status.OPTIMAL
    np.testing.assert_array_equal(programme.row_duals(), [0.0, 0.0])


def test_a_transport_problem_from_arrays() -> None:
    minutes = np.array([[10.0, 30.0], [20.0, 15.0]])  # two zones, two sites
    leaves_zone = np.kron(np.eye(2), np.ones(2))
    enters_site = np.kron(np.ones(2), np.eye(2))
    matrix = Matrix.from_arrays(
        coefficients=np.vstack([leaves_zone, enters_site]),
        row_lower=[5, 5, 4, 6],
        row_upper=[5, 5, 4, 6],
        objective=minutes.ravel(),
    )
    assert_plan(solver(matrix).solve(), [4, 1, 0, 5], 145.0)


def test_a_pyomo_model_solved_in_two_stages() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2, 3], domain=pyo.Binary)
    model.lonely = pyo.Var(bounds=(0, 3))
    model.two = pyo.Constraint(expr=sum(model.x[k] for k in (1, 2, 3)) == 2)
    matrix = compile_model(model)
    stages = solver(matrix)
    first = objective_vector(matrix, model.x[1] + model.x[2] + 1)
    stages.set_objective(*first, "maximise")
    assert stages.solve().value == 3.0
    kept = np.flatnonzero(first[0])
    assert stages.add_row(2.0, INFINITE, kept, first[0][kept]) == 1
    stages.set_objective(*objective_vector(matrix, 5 * model.x[3] - 2 * model.lonely), "maximise")
    outcome = stages.solve()
    assert_plan(outcome, [1, 1, 0, 0], 0.0)
    stages.set_objective(*objective_vector(matrix, 2 * model.lonely), "maximise")
    assert_plan(stages.solve(), [1, 1, 0, 3], 6.0)


def test_minimising_gives_a_bound_from_below() -> None:
    hard = solver(hard_knapsack())
    hard.set_objective(-hard.matrix.objective, 50.0, "minimise")
    outcome = hard.solve(time_limit=0.5)
    assert outcome.status is Status.FEASIBLE
    assert outcome.value is not None
    assert outcome.bound is not None
    assert outcome.bound < outcome.value < -100_000


def test_infeasible_by_bounds_rows_or_integrality() -> None:
    crossed = solver(two_columns())
    crossed.change_bounds([0], 3, 2)
    rows = solver(two_columns(row_lower=6.0, row_upper=INFINITE))
    whole = solver(two_columns(coefficients=np.array([[2.0, -2.0]]), row_lower=1.0, integer=True))
    for case in (crossed, rows, whole):
        outcome = case.solve()
        assert outcome.status is Status.INFEASIBLE
        assert (outcome.values, outcome.value, outcome.bound, outcome.gap) == (None,) * 4


@pytest.mark.parametrize("integer", [False, True])
def test_unbounded(integer: bool) -> None:
    assert solver(two_columns(column_upper=INFINITE, integer=integer)).solve().status is (
        Status.UNBOUNDED
    )


def test_what_presolve_leaves_open_is_decided_by_a_second_run() -> None:
    no_rows = np.zeros((0, 1))
    ray = Matrix.from_arrays(
        coefficients=no_rows, row_lower=[], row_upper=[], objective=-1.0, integer=True
    )
    endless = solver(ray)
    assert endless.solve().status is Status.UNBOUNDED
    endless.change_bounds([0], 0, 4.5)
    assert_plan(endless.solve(), [4], -4.0)


def test_models_without_rows_or_without_columns() -> None:
    no_rows = Matrix.from_arrays(
        coefficients=np.zeros((0, 2)),
        row_lower=[],
        row_upper=[],
        column_upper=[1, 2],
        objective=[1, -1],
        integer=[True, False],
    )
    assert_plan(solver(no_rows).solve(), [0, 2], -2.0)
    events: list[Progress] = []
    nothing = Matrix.from_arrays(
        coefficients=np.zeros((1, 0)), row_lower=-1, row_upper=1, offset=7.0
    )
    assert_plan(solver(nothing).solve(on_progress=events.append), [], 7.0)
    assert [event.message for event in events] == ["optimal"]
    impossible = Matrix.from_arrays(coefficients=np.zeros((1, 0)), row_lower=1, row_upper=2)
    assert solver(impossible).solve().status is Status.INFEASIBLE
    empty = Matrix.from_arrays(coefficients=np.zeros((0, 0)), row_lower=[], row_upper=[])
    assert_plan(solver(empty).solve(), [], 0.0)


def test_a_limit_without_a_plan() -> None:
    outcome = solver(market_split()).solve(time_limit=0.3)
    assert outcome.status is Status.NO_PLAN
    assert (outcome.values, outcome.value, outcome.gap) == (None, None, None)
    assert not outcome.interrupted


def test_a_limit_with_a_plan_is_never_called_optimal() -> None:
    outcome = solver(hard_knapsack()).solve(gap=0.0, time_limit=1.0)
    assert outcome.status is Status.FEASIBLE
    assert outcome.value is not None
    assert outcome.bound is not None
    assert outcome.gap == relative_gap(outcome.value, outcome.bound) > 1e-4
    assert outcome.bound > outcome.value


def test_a_plan_within_the_asked_gap_is_optimal() -> None:
    outcome = solver(hard_knapsack()).solve(gap=0.05)
    assert outcome.status is Status.OPTIMAL
    assert outcome.gap is not None
    assert 0.0 < outcome.gap <= 0.05


def test_a_plan_near_what_is_proven_already_ends_the_search() -> None:
    best = solver(hard_knapsack()).solve(gap=0.0, time_limit=2.0)
    assert best.value is not None
    found = solver(hard_knapsack()).solve(gap=1e-3, time_limit=120.0, known_bound=best.value)
    assert found.value is not None
    assert relative_gap(found.value, best.value) <= 1e-3
    assert found.seconds < 60.0
    # what it proved by itself is less, and nobody interrupted it
    assert found.status is Status.FEASIBLE
    assert found.bound is not None
    assert found.bound > best.value
    assert not found.interrupted


def test_at_a_limit_what_counts_is_the_gap_and_not_the_reason_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QuietHighs, "getModelStatus", lambda _highs: HighsModelStatus.kTimeLimit)
    assert_plan(solver(knapsack()).solve(), [0, 1, 1], 109.0)


@pytest.mark.parametrize("seconds", [0.0, 1e-6, 1e-3, 0.01, 0.03, 0.1])
@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_however_early_the_stop_the_bound_is_never_beyond_the_best(
    seconds: float, sense: Sense
) -> None:
    hard = solver(hard_knapsack())
    sign = 1 if sense == "maximise" else -1
    hard.set_objective(sign * hard.matrix.objective, 1000.0, sense)
    outcome = hard.solve(time_limit=seconds)
    assert outcome.bound is None or sign * (outcome.bound - 1000.0) >= 107_302  # found once
    assert outcome.value is None or sign * (outcome.value - 1000.0) <= 107_516  # proven once


def test_the_gap_and_time_limit_of_the_limits_are_the_default() -> None:
    loose = Solver(hard_knapsack(), Limits(threads=1, gap=0.05, time_limit_seconds=30))
    assert loose.solve().status is Status.OPTIMAL
    short = Solver(hard_knapsack(), Limits(threads=1, gap=0.0, time_limit_seconds=0.5))
    assert short.solve().status is Status.FEASIBLE


def test_each_solve_has_its_own_time_mixed_integer_or_linear() -> None:
    hard = solver(hard_knapsack())
    for _ in range(2):
        outcome = hard.solve(time_limit=0.6)
        assert outcome.status is Status.FEASIBLE
        assert 0.5 <= outcome.seconds <= 3.0
    hard.relax_integrality()
    for _ in range(2):
        assert hard.solve(time_limit=0.6).status is Status.OPTIMAL
        hard.set_objective(np.arange(300), 0.0, "maximise")


def test_a_linear_solve_stopped_at_a_limit_leaves_nothing_behind() -> None:
    relaxed = solver(hard_knapsack())
    relaxed.relax_integrality()
    stopped = relaxed.solve(time_limit=0.0)
    assert stopped.status in (Status.NO_PLAN, Status.FEASIBLE)
    assert (stopped.bound, stopped.gap) == (None, None)
    assert relaxed.solve().status is Status.OPTIMAL


def test_no_time_limit_at_all() -> None:
    endless = Solver(knapsack(), Limits(time_limit_seconds=None))
    assert_plan(endless.solve(), [0, 1, 1], 109.0)
    endless.relax_integrality()
    assert_plan(endless.solve(time_limit=math.inf), [1, 1, 0.5], 109.5)


def test_a_start_is_used() -> None:
    hard = solver(hard_knapsack())
    found = hard.solve(time_limit=1.0)
    assert found.values is not None
    again = solver(hard_knapsack())
    assert again.solve(time_limit=0.0).values is None
    again.set_start(found.values)
    started = again.solve(time_limit=0.0)
    assert started.status is Status.FEASIBLE
    assert started.value == found.value
    assert (started.bound, started.gap) == (None, None)


def test_a_start_is_used_however_long_the_solves_before_took() -> None:
    bags = hard_knapsack()
    weight = np.hstack([bags.coefficients.toarray(), np.ones((len(bags.row_lower), 1))])
    with_room = Matrix.from_arrays(
        coefficients=weight,
        row_lower=bags.row_lower,
        row_upper=bags.row_upper,
        column_upper=[*bags.column_upper, 1.0],
        objective=[*bags.objective, 0.001],
        sense=bags.sense,
        integer=[*bags.integer, False],
    )
    hard = solver(with_room)
    found = hard.solve(time_limit=1.5)
    assert found.values is not None
    assert found.value is not None
    hard.start_from(found.values)
    started = hard.solve(time_limit=0.5)
    assert started.value is not None
    assert started.value >= found.value - 1e-6


def test_a_solve_from_a_start_keeps_the_gap_that_is_asked() -> None:
    hard = solver(hard_knapsack())
    found = hard.solve(time_limit=1.0)
    assert found.values is not None
    assert found.gap is not None
    hard.start_from(found.values)
    near_enough = hard.solve(gap=2 * found.gap, time_limit=60.0)
    assert near_enough.seconds < 30.0
    hard.start_from(found.values)
    asked = {hard._highs.getOptionValue(name)[1] for name in ("mip_rel_gap", "mip_abs_gap")}
    hard.solve(gap=0.125, absolute_gap=0.25, time_limit=5.0)
    after = {hard._highs.getOptionValue(name)[1] for name in ("mip_rel_gap", "mip_abs_gap")}
    assert after == {0.125, 0.25} != asked


def test_a_partial_start_is_completed() -> None:
    best = solver(hard_knapsack()).solve(time_limit=3.0)
    assert best.values is not None
    chosen = {int(column): best.values[column] for column in np.flatnonzero(best.values)}
    hard = solver(hard_knapsack())
    hard.set_start(chosen)
    outcome = hard.solve(gap=0.05)
    assert outcome.value is not None
    assert best.value is not None
    assert outcome.value >= best.value


def test_an_infeasible_start_does_no_harm_and_a_wrong_one_is_refused() -> None:
    bag = solver(knapsack())
    bag.set_start([1, 1, 1])
    assert_plan(bag.solve(), [0, 1, 1], 109.0)
    with pytest.raises(SolverError, match="beyond the 3"):
        bag.set_start({3: 1.0})
    with pytest.raises(SolverError, match="not finite"):
        bag.set_start({0: math.nan})


def test_bounds_fix_and_release() -> None:
    bag = solver(knapsack())
    bag.change_bounds([1], 0, 0)
    assert_plan(bag.solve(), [1, 0, 1], 108.0)
    bag.change_bounds([0, 1], [1, 1], [1, 1])
    assert_plan(bag.solve(), [1, 1, 0], 107.0)
    bag.change_bounds([0, 1], bag.matrix.column_lower[[0, 1]], bag.matrix.column_upper[[0, 1]])
    assert_plan(bag.solve(), [0, 1, 1], 109.0)


def test_many_changes_agree_with_a_model_built_afresh() -> None:
    random = np.random.default_rng(4)
    changed = solver(knapsack())
    for _ in range(20):
        objective = random.integers(-3, 9, size=3).astype(float)
        upper = random.integers(0, 3, size=3).astype(float)
        changed.set_objective(objective, 1.0, "maximise")
        changed.change_bounds(range(3), 0, upper)
        fresh = Matrix.from_arrays(
            coefficients=np.array([[2.0, 3.0, 4.0]]),
            row_lower=-INFINITE,
            row_upper=7.0,
            column_upper=upper,
            objective=objective,
            offset=1.0,
            sense="maximise",
            integer=True,
        )
        assert changed.solve().value == pytest.approx(solver(fresh).solve().value)


def test_fractional_bounds_of_integer_columns_are_made_whole() -> None:
    inward = Matrix.from_arrays(
        coefficients=np.array([[-1.0, 1.0]]),
        row_lower=-INFINITE,
        row_upper=1.0,
        column_lower=[0.0, -0.5],
        column_upper=[0.0, 1.5],
        objective=[-1.0, -1.0],
        integer=True,
    )
    changed = solver(inward)
    assert_plan(changed.solve(), [0, 1], -1.0)
    assert (list(changed.column_lower), list(changed.column_upper)) == ([0, 0], [0, 1])
    changed.change_bounds([1], -2.5, 0.9)
    assert_plan(changed.solve(), [0, 0], 0.0)
    changed.change_bounds([1], 0.3, 0.7)
    assert changed.solve().status is Status.INFEASIBLE
    changed.change_bounds([1], 1 - 1e-9, 1 - 1e-9)  # rounding of a whole number
    assert_plan(changed.solve(), [0, 1], -1.0)
    generator = np.random.default_rng(0)
    for _ in range(100):
        table = generator.integers(-3, 4, size=(2, 3)).astype(np.float64)
        low = generator.integers(-2, 1, 3)
        high = low + generator.choice([0.0, 0.4, 1.5, 2.0], 3)
        objective = generator.integers(-5, 6, 3)
        fractional, whole = (
            Matrix.from_arrays(
                coefficients=table,
                row_lower=-INFINITE,
                row_upper=table @ low + 2.0,
                column_lower=low,
                column_upper=upper,
                objective=objective,
                integer=True,
            )
            for upper in (high, np.floor(high))
        )
        assert solver(fractional).solve().value == pytest.approx(solver(whole).solve().value)


def test_rows_added_at_once_are_those_added_one_by_one() -> None:
    at_once, singly = solver(knapsack()), solver(knapsack())
    rows = [
        Row(-np.inf, 1.0, np.array([0, 1], dtype=np.int32), np.array([1.0, 1.0])),
        Row(1.0, np.inf, np.array([2], dtype=np.int32), np.array([2.0])),
        Row(0.0, 5.0, np.array([], dtype=np.int32), np.array([])),
    ]
    at_once.add_rows(rows)
    for row in rows:
        singly.add_row(row.lower, row.upper, row.indices, row.values)
    both = at_once.current(), singly.current()
    assert (both[0].coefficients - both[1].coefficients).count_nonzero() == 0
    for name in ("row_lower", "row_upper"):
        np.testing.assert_array_equal(*(getattr(matrix, name) for matrix in both))
    assert at_once.solve().value == singly.solve().value
    at_once.add_rows([])
    assert len(at_once.current().row_lower) == len(both[0].row_lower)


def test_what_highs_refuses_is_said() -> None:
    bag = solver(knapsack())
    with pytest.raises(SolverError, match="could not change bounds"):
        bag.change_bounds([99], 0, 1)
    with pytest.raises(SolverError, match="could not add a row"):
        bag.add_row(0, 1, [99], [1.0])
    with pytest.raises(SolverError, match="could not add a row"):
        bag.add_row(0, 1, [0], [1e-12])
    with pytest.raises(SolverError, match="3 finite coefficients"):
        bag.set_objective([1.0, 2.0], 0.0, "minimise")
    with pytest.raises(SolverError, match="could not set the option mip_rel_gap to -1"):
        bag.solve(gap=-1)


@pytest.mark.parametrize(
    ("claimed", "complaint"),
    [
        ([0.0, 0.9, 1.0], "1 0.1 from a whole number"),
        ([0.0, 2.0, 0.0], "1 1 beyond its bounds"),
        ([1.0, 1.0, 1.0], "violates class size"),
        ([math.nan, 1.0, 1.0], "from a whole number"),
        ([0.0, 1.0, 0.0], None),
    ],
)
def test_the_word_of_the_solver_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, claimed: list[float], complaint: str | None
) -> None:
    matrix = knapsack()
    object.__setattr__(matrix, "rows", ["class size"])
    answer = SimpleNamespace(col_value=claimed)
    monkeypatch.setattr(QuietHighs, "getSolution", lambda _highs: answer)
    bag = solver(matrix)
    if complaint is None:
        assert bag.solve().status is Status.FEASIBLE  # a worse plan than the bound: not optimal
    else:
        with pytest.raises(SolverError, match=complaint):
            bag.solve()


def test_added_rows_are_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    bag = solver(knapsack())
    bag.add_row(-INFINITE, 1.0, [1, 2], [1.0, 1.0])
    assert_plan(bag.solve(), [1, 0, 1], 108.0)
    bag.set_objective(bag.matrix.objective, 0.0, "maximise")
    answer = SimpleNamespace(col_value=[0.0, 1.0, 1.0])
    monkeypatch.setattr(QuietHighs, "getSolution", lambda _highs: answer)
    with pytest.raises(SolverError, match="violates added row 0"):
        bag.solve()


def test_a_plan_better_than_the_bound_is_a_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    bag = solver(knapsack())
    bag.add_row(-INFINITE, 1.0, [1, 2], [1.0, 1.0])
    bag._added.clear()
    answer = SimpleNamespace(col_value=[0.0, 1.0, 1.0])
    monkeypatch.setattr(QuietHighs, "getSolution", lambda _highs: answer)
    with pytest.raises(SolverError, match="beyond its own bound"):
        bag.solve()


def test_nearly_whole_values_become_whole_and_stay_within_bounds() -> None:
    values = solver(hard_knapsack()).solve(time_limit=1.0).values
    assert values is not None
    assert set(values) == {0.0, 1.0}


def test_progress_is_told_as_it_goes_and_ends_with_the_outcome() -> None:
    events: list[Progress] = []
    callers: set[threading.Thread] = set()

    def listen(event: Progress) -> None:
        events.append(event)
        callers.add(threading.current_thread())

    outcome = solver(hard_knapsack()).solve(time_limit=2.5, on_progress=listen, phase="coverage")
    assert callers == {threading.current_thread()}
    assert {event.phase for event in events} == {"coverage"}
    assert 2 <= len(events) <= 27
    assert {"new plan", "feasible"} <= {event.message for event in events}
    seconds = [event.seconds for event in events]
    assert seconds == sorted(seconds)
    assert max(np.diff([0.0, *seconds])) < 1.6
    plans = [event.incumbent for event in events if event.incumbent is not None]
    assert plans == sorted(plans)
    last = events[-1]
    assert (last.incumbent, last.bound, last.gap) == (outcome.value, outcome.bound, outcome.gap)
    for event in events:
        if event.incumbent is not None and event.bound is not None:
            assert event.gap == relative_gap(event.incumbent, event.bound)


def test_a_small_linear_model_tells_only_its_end() -> None:
    events: list[Progress] = []
    solver(two_columns()).solve(on_progress=events.append, phase="placement")
    (event,) = events
    assert (event.phase, event.message, event.nodes) == ("placement", "optimal", 0)
    assert event.incumbent == event.bound == -10.0


def test_a_listener_that_fails_stops_the_solve_and_is_heard() -> None:
    def fail(event: Progress) -> None:
        raise RuntimeError("the screen is gone")

    hard = solver(hard_knapsack())
    with pytest.raises(RuntimeError, match="the screen is gone"):
        hard.solve(time_limit=60, on_progress=fail)
    assert hard.solve(gap=0.05).status is Status.OPTIMAL


def test_the_number_of_threads_may_change_from_solver_to_solver() -> None:
    for threads in (1, 2, None, 1):
        limits = Limits(threads=threads, gap=0.05, time_limit_seconds=30)
        assert Solver(hard_knapsack(), limits).solve().status is Status.OPTIMAL


def test_solvers_run_side_by_side() -> None:
    outcomes: dict[int, Outcome] = {}

    def work(threads: int) -> None:
        limits = Limits(threads=threads, gap=0.0)
        outcomes[threads] = Solver(knapsack(), limits).solve()

    workers = [threading.Thread(target=work, args=(threads,)) for threads in (1, 2, 3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {outcome.value for outcome in outcomes.values()} == {109.0}
    assert len(outcomes) == 3


def test_the_same_seed_gives_the_same_plan() -> None:
    plans = [solver(hard_knapsack()).solve(gap=0.01).values for _ in range(2)]
    assert plans[0] is not None
    assert plans[1] is not None
    np.testing.assert_array_equal(plans[0], plans[1])


def test_the_log_is_written_and_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    log = tmp_path / "highs.log"
    limits = Limits(threads=1, log_file=log)
    Solver(knapsack(), limits).solve()
    Solver(knapsack(), limits).solve()
    assert log.read_text().count("MIP has 1 row") == 2
    with pytest.raises(FileNotFoundError):
        Solver(knapsack(), Limits(log_file=tmp_path / "missing" / "highs.log"))


def test_nothing_is_printed() -> None:
    code = "from solver_models import *; solver(hard_knapsack()).solve(time_limit=0.5)"
    folder = Path(__file__).parent.parent
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("", "")
