"""What highs.py and running.py rely on in highspy."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sparse
from highspy import Highs, HighsModelStatus, HighsStatus, ObjSense

INFINITE = highspy.kHighsInf


def quiet(**options: Any) -> Highs:
    highs = Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("log_to_console", False)
    for name, value in {"threads": 1, **options}.items():
        assert highs.setOptionValue(name, value) == HighsStatus.kOk
    return highs


def passed(
    highs: Highs,
    objective: Any,
    table: Any,
    row_bounds: tuple[Any, Any],
    column_bounds: tuple[Any, Any],
    integer: Any,
    offset: float = 0.0,
    maximise: bool = False,
) -> HighsStatus:
    matrix = sparse.csc_array(np.atleast_2d(np.asarray(table, dtype=float)))
    rows, columns = matrix.shape
    return highs.passModel(
        columns,
        rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(ObjSense.kMaximize if maximise else ObjSense.kMinimize),
        offset,
        np.asarray(objective, dtype=float),
        np.asarray(column_bounds[0], dtype=float),
        np.asarray(column_bounds[1], dtype=float),
        np.asarray(row_bounds[0], dtype=float),
        np.asarray(row_bounds[1], dtype=float),
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.asarray(integer, dtype=np.int32),
    )


def hard(offset: float = 0.0, **options: Any) -> Highs:
    """A knapsack in 60 dimensions over 300 objects: a plan at once, a proof in hours."""
    random = np.random.default_rng(1)
    table = random.integers(10, 1000, size=(60, 300)).astype(float)
    objective = random.integers(10, 1000, size=300)
    highs = quiet(**options)
    row_bounds = (np.full(60, -INFINITE), table.sum(axis=1) // 2)
    column_bounds = (np.zeros(300), np.ones(300))
    kinds = np.ones(300)
    status = passed(highs, objective, table, row_bounds, column_bounds, kinds, offset, True)
    assert status == HighsStatus.kOk
    return highs


def linear() -> Highs:
    """A linear programme that takes some tenths of a second."""
    random = np.random.default_rng(1)
    table = sparse.random(800, 1200, density=0.02, random_state=random).toarray()
    highs = quiet(presolve="off")
    row_bounds = (np.full(800, -INFINITE), 50 * random.random(800))
    column_bounds = (np.zeros(1200), np.full(1200, 5.0))
    costs = random.random(1200)
    passed(highs, costs, table, row_bounds, column_bounds, np.zeros(1200), maximise=True)
    return highs


def small(table: Any, row_bounds: Any, column_bounds: Any, integer: Any, **options: Any) -> Highs:
    """Minimise minus the sum of the columns."""
    highs = quiet(**options)
    passed(highs, -np.ones(len(integer)), table, row_bounds, column_bounds, integer)
    highs.run()
    return highs


def test_a_wrong_option_name_is_a_status_and_no_exception() -> None:
    assert quiet().setOptionValue("no_such_option", 1) == HighsStatus.kError


def test_zeros_say_that_no_column_is_integer() -> None:
    highs = small([[2.0]], ([0.0], [3.0]), ([0.0], [9.0]), [0])
    assert list(highs.getSolution().col_value) == [1.5]


def test_fractional_bounds_of_integer_columns_lose_plans() -> None:
    column_bounds = ([0.0, 0.0], [0.0, 1.5])
    lost = small([[-1.0, 1.0]], ([-INFINITE], [1.0]), column_bounds, [1, 1])
    assert lost.getModelStatus() == HighsModelStatus.kOptimal
    assert list(lost.getSolution().col_value) == [0.0, 0.0]
    whole = small([[-1.0, 1.0]], ([-INFINITE], [1.0]), ([0.0, 0.0], [0.0, 1.0]), [1, 1])
    assert list(whole.getSolution().col_value) == [0.0, 1.0]


def test_small_coefficients_are_dropped_with_a_warning_and_huge_ones_refused() -> None:
    bounds = ([0.0], [1.0]), ([0.0], [1.0])
    assert passed(quiet(), [1.0], [[1e-10]], *bounds, [0]) == HighsStatus.kWarning
    assert passed(quiet(), [1.0], [[1e-9 * 1.001]], *bounds, [0]) == HighsStatus.kOk
    assert passed(quiet(), [1.0], [[1e15 * 1.001]], *bounds, [0]) == HighsStatus.kError


def test_crossed_bounds_are_infeasible_and_no_error() -> None:
    column = small([[1.0]], ([0.0], [9.0]), ([2.0], [1.0]), [0])
    row = small([[1.0]], ([2.0], [1.0]), ([0.0], [9.0]), [0])
    assert column.getModelStatus() == HighsModelStatus.kInfeasible
    assert row.getModelStatus() == HighsModelStatus.kInfeasible


def test_rows_without_columns_count_as_an_empty_model_even_when_impossible() -> None:
    highs = quiet()
    none = np.zeros(0)
    assert passed(highs, none, np.zeros((1, 0)), ([1.0], [2.0]), (none, none), none) == (
        HighsStatus.kOk
    )
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kModelEmpty


@pytest.mark.parametrize(
    ("presolve", "expected"),
    [("on", HighsModelStatus.kUnboundedOrInfeasible), ("off", HighsModelStatus.kUnbounded)],
)
def test_presolve_cannot_tell_unbounded_from_infeasible(
    presolve: str, expected: HighsModelStatus
) -> None:
    column_bounds = ([0.0, 0.0], [1.0, INFINITE])
    highs = small([[1.0, 0.0]], ([0.0], [1.0]), column_bounds, [1, 1], presolve=presolve)
    assert highs.getModelStatus() == expected


def test_bound_and_gap_are_in_the_users_sense_with_the_offset() -> None:
    highs = hard(offset=1000.0, time_limit=0.5)
    highs.run()
    info = highs.getInfo()
    value = info.objective_function_value
    plain = float(np.asarray(highs.getLp().col_cost_) @ np.asarray(highs.getSolution().col_value))
    assert value == pytest.approx(plain + 1000.0)
    assert info.mip_dual_bound > value > 100_000
    assert info.mip_gap == pytest.approx((info.mip_dual_bound - value) / value)


def test_callbacks_speak_the_users_sense_too_and_only_with_output_on() -> None:
    seen: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for output in seen:
        highs = hard(offset=1000.0, time_limit=0.5, output_flag=output)

        def note(event: Any, output: bool = output) -> None:
            seen[output].append((event.data_out.mip_primal_bound, event.data_out.mip_dual_bound))

        highs.cbMipLogging.subscribe(note)
        highs.run()
    value, bound = seen[True][-1]
    assert bound > value > 100_000
    assert not seen[False]


def test_an_interrupt_keeps_the_plan() -> None:
    highs = hard(time_limit=30.0)
    planned = threading.Event()
    highs.cbMipImprovingSolution.subscribe(lambda _event: planned.set())
    highs.cbMipInterrupt.subscribe(lambda event: event.interrupt(planned.is_set()))
    assert highs.run() == HighsStatus.kWarning
    assert highs.getModelStatus() == HighsModelStatus.kInterrupt
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    assert highs.getInfo().primal_solution_status == feasible
    assert highs.getRunTime() < 15.0


def test_an_interrupt_is_remembered_by_the_next_run_until_taken_back() -> None:
    highs = hard(time_limit=30.0)
    orders = iter([True])

    def obey(event: Any) -> None:
        if next(orders, False):
            event.interrupt()

    highs.cbMipInterrupt.subscribe(obey)
    highs.setOptionValue("mip_rel_gap", 0.05)
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kInterrupt
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kInterrupt
    highs.cbMipInterrupt.subscribe(lambda event: event.interrupt(False))
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kOptimal


def test_the_time_limit_of_a_mixed_integer_model_begins_anew_with_each_run() -> None:
    highs = hard(time_limit=0.5)
    highs.run()
    earlier = highs.getRunTime()
    assert earlier >= 0.45
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kTimeLimit
    assert highs.getRunTime() - earlier >= 0.45


def test_the_time_limit_of_a_linear_model_counts_over_all_runs() -> None:
    highs = linear()
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kOptimal
    once = highs.getRunTime()
    highs.clearSolver()
    highs.setOptionValue("time_limit", 0.9 * once)
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kTimeLimit
    highs.clearSolver()
    highs.setOptionValue("time_limit", highs.getRunTime() + 20 * once)
    highs.run()
    assert highs.getModelStatus() == HighsModelStatus.kOptimal


def test_a_start_is_taken_even_when_no_time_is_left() -> None:
    highs = hard(time_limit=0.0)
    start = np.zeros(300)
    start[0] = 1.0
    assert highs.setSolution(300, np.arange(300, dtype=np.int32), start) == HighsStatus.kOk
    highs.run()
    assert list(highs.getSolution().col_value) == list(start)


def test_an_infeasible_start_is_accepted_and_dropped() -> None:
    highs = hard(time_limit=0.5)
    everything = np.ones(300)
    assert highs.setSolution(300, np.arange(300, dtype=np.int32), everything) == HighsStatus.kOk
    highs.run()
    assert 0 < sum(highs.getSolution().col_value) < 300


def test_bounds_costs_and_rows_change_between_runs() -> None:
    first, second = np.array([0], dtype=np.int32), np.array([0, 1], dtype=np.int32)
    highs = small([[1.0, 1.0]], ([0.0], [3.0]), ([0, 0], [2, 2]), [1, 1])
    assert highs.getInfo().objective_function_value == -3.0
    assert highs.changeColsBounds(1, first, np.zeros(1), np.zeros(1)) == HighsStatus.kOk
    highs.run()
    assert list(highs.getSolution().col_value) == [0.0, 2.0]
    assert highs.addRow(-INFINITE, 1.0, 2, second, np.ones(2)) == HighsStatus.kOk
    highs.run()
    assert list(highs.getSolution().col_value) == [0.0, 1.0]
    assert highs.changeColsCost(2, second, np.ones(2)) == HighsStatus.kOk
    highs.run()
    assert list(highs.getSolution().col_value) == [0.0, 0.0]


def test_integrality_can_be_taken_away_and_given_back() -> None:
    highs = small([[2.0]], ([0.0], [3.0]), ([0], [9]), [1])
    for kind, expected in ((0, 1.5), (1, 1.0)):
        kinds = np.array([kind], dtype=np.uint8)
        status = highs.changeColsIntegrality(1, np.zeros(1, dtype=np.int32), kinds)
        assert status == HighsStatus.kOk
        highs.run()
        assert list(highs.getSolution().col_value) == [expected]


def test_another_number_of_threads_needs_another_thread_or_a_reset() -> None:
    statuses: list[HighsStatus] = []

    def one_then_two() -> None:
        statuses.append(small([[1.0]], ([0.0], [1.0]), ([0], [1]), [1], threads=1).run())
        statuses.append(small([[1.0]], ([0.0], [1.0]), ([0], [1]), [1], threads=2).run())
        Highs.resetGlobalScheduler(True)
        statuses.append(small([[1.0]], ([0.0], [1.0]), ([0], [1]), [1], threads=2).run())

    def two() -> None:
        statuses.append(small([[1.0]], ([0.0], [1.0]), ([0], [1]), [1], threads=2).run())

    for work in (one_then_two, two, one_then_two):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    ok, error = HighsStatus.kOk, HighsStatus.kError
    assert statuses == [ok, error, ok, ok, ok, error, ok]


def test_the_log_is_appended_to_and_a_missing_folder_goes_unnoticed(tmp_path: Path) -> None:
    log = tmp_path / "highs.log"
    for _ in range(2):
        small([[1.0]], ([0.0], [1.0]), ([0], [1]), [1], log_file=str(log))
    assert log.read_text().count("MIP has 1 row") == 2
    missing = tmp_path / "missing" / "highs.log"
    assert quiet().setOptionValue("log_file", str(missing)) == HighsStatus.kOk
