"""What goes wrong while blocks are solved: it is heard, nothing hangs, and a plan is kept."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from block_models import EXACT, linked_model, two_equal_blocks, two_hard_blocks
from coverage_opt.solver import blocks, separate
from coverage_opt.solver.blocks import solve_in_blocks
from coverage_opt.solver.highs import Outcome, Solver, SolverError, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.progress import Progress, silent
from coverage_opt.solver.stages import Goal, run_stages

FOLDER = Path(__file__).parent.parent
TWO_AT_ONCE = Limits(time_limit_seconds=None, gap=0.0, threads=2)
NOTHING = np.zeros(0, dtype=np.int64)

SCRIPT = """
import numpy as np
from block_models import two_hard_blocks
from coverage_opt.solver.highs import Solver
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import relative_gap
from coverage_opt.solver.stages import Goal, run_stages

def listen(event):
    if "of 2 parts" in event.message:
        print("searching", flush=True)

matrix, labels = two_hard_blocks()
limits = Limits(time_limit_seconds=None, gap=0.0, threads=2)
nothing = np.zeros(0, dtype=np.int64)
goal = Goal("both", "maximise", matrix.objective, 0.0, 0.0, nothing)
staged = run_stages(Solver(matrix, limits), [goal, goal], limits, Deadline(), listen, labels)
stage, = staged.stages
gap = relative_gap(stage.value, stage.bound)
print(staged.status, staged.interrupted, stage.value > 200_000, 0 < gap < 0.1)
"""


def test_ctrl_c_while_blocks_are_solved_ends_well_with_a_plan() -> None:
    command = [sys.executable, "-u", "-c", SCRIPT]
    with subprocess.Popen(
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(3):  # by then both parts have a plan
            assert process.stdout.readline() == "searching\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert errors == ""
    assert output.splitlines()[-1] == "feasible True True True"
    assert process.returncode == 0


def press(_progress: Progress, /) -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_second_ctrl_c_does_not_wait_and_leaves_no_thread_behind() -> None:
    matrix, labels = two_hard_blocks()
    began, before = time.monotonic(), threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        solve_in_blocks(
            Solver(matrix, TWO_AT_ONCE), labels, TWO_AT_ONCE, Deadline(), press, 0.0, "test"
        )
    assert time.monotonic() - began < 60
    assert threading.active_count() == before
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_between_two_solves_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, labels = two_hard_blocks()
    relax, here = Solver.relax_integrality, threading.main_thread()

    def pressed(solver: Solver) -> None:
        if threading.current_thread() is here:
            signal.raise_signal(signal.SIGINT)
        relax(solver)

    monkeypatch.setattr(Solver, "relax_integrality", pressed)
    found = solve_in_blocks(
        Solver(matrix, TWO_AT_ONCE), labels, TWO_AT_ONCE, Deadline(), silent, 0.0, "test"
    )
    assert found is not None
    assert found.interrupted
    assert found.bound is not None


class Interrupted(Solver):
    """Ctrl-C comes during the first solve, which then has nothing to show."""

    solves = 0

    def solve(self, *_: Any, **__: Any) -> Outcome:
        self.solves += 1
        return Outcome(Status.NO_PLAN, None, None, None, None, 0.0, 0, interrupted=True)


def test_ctrl_c_in_the_relaxation_ends_the_stage() -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    solver = Interrupted(matrix, EXACT)
    goal = Goal("g", "maximise", matrix.objective, 0.0, 0.0, NOTHING)
    staged = run_stages(solver, [goal, goal], EXACT, Deadline(), silent, labels)
    assert (staged.status, staged.columns, staged.stages) == (Status.NO_PLAN, None, ())
    assert staged.interrupted
    assert solver.solves == 1


def one_small_block() -> tuple[Matrix, Any]:
    """The two hard blocks, the last column of all a block of its own."""
    matrix, labels = two_hard_blocks()
    labels[-1] = 2
    return matrix, labels


class FailsOnSmall(Solver):
    """Fails on a block of one column."""

    def solve(self, *arguments: Any, **named: Any) -> Outcome:
        if len(self.matrix.objective) == 1:
            raise SolverError("this part failed")
        return super().solve(*arguments, **named)


@pytest.mark.parametrize("threads", [2, 3])
def test_a_part_that_fails_stops_the_others_and_is_heard(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, labels = one_small_block()
    solver, before = Solver(matrix, EXACT), threading.active_count()
    monkeypatch.setattr(separate, "Solver", FailsOnSmall)
    limits = Limits(time_limit_seconds=None, gap=0.0, threads=threads)
    # with two threads, the small block waits for one of the hard ones
    deadline = Deadline.after(8.0) if threads == 2 else Deadline()
    began = time.monotonic()
    with pytest.raises(SolverError, match="this part failed"):
        solve_in_blocks(solver, labels, limits, deadline, silent, 0.0, "test")
    assert time.monotonic() - began < 60
    assert threading.active_count() == before


def test_a_part_that_fails_keeps_those_that_wait_from_being_solved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix, labels = linked_model(3, "maximise", possible=True)
    solver, tried = Solver(matrix, EXACT), set[Solver]()

    class Fails(Solver):
        def solve(self, *_: Any, **__: Any) -> Outcome:
            # a part whose relaxation fails may try once more
            tried.add(self)
            time.sleep(0.2)
            raise SolverError("this part failed")

    monkeypatch.setattr(separate, "Solver", Fails)
    with pytest.raises(SolverError, match="this part failed"):
        solve_in_blocks(solver, labels, EXACT, Deadline(), silent, 0.0, "test")
    assert 1 <= len(tried) < len(set(labels[labels >= 0])) + 1
    assert np.isfinite(solver.solve().value or np.inf)


class KnowsNothingOfTheFirst(Solver):
    """A limit comes before anything is known of the block with the first column."""

    def solve(self, *arguments: Any, **named: Any) -> Outcome:
        outcome = super().solve(*arguments, **named)
        if self.matrix.objective[0] == 0.0:
            return replace(
                outcome, status=Status.NO_PLAN, values=None, value=None, bound=None, gap=None
            )
        return outcome


def test_a_part_without_plan_and_bound_is_left_to_the_completion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[2.0, 2.0, 0.0, 0.0], [0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0]]),
        row_lower=-np.inf,
        row_upper=[3.0, 3.0, 9.0],
        column_upper=2.0,
        objective=[0.0, 5.0, 1.0, 4.0],
        offset=10.0,
        sense="maximise",
        integer=True,
    )
    labels = np.array([0, 0, 1, 1])
    solver = Solver(matrix, EXACT)
    monkeypatch.setattr(separate, "Solver", KnowsNothingOfTheFirst)
    found = solve_in_blocks(solver, labels, EXACT, Deadline(), silent, 0.0, "test")
    assert found is not None
    assert found.bound == pytest.approx(23.5)  # of the relaxation: 10 + 7.5 + 6
    assert found.value == pytest.approx(19.0)
    assert found.status is Status.FEASIBLE


def test_a_plan_beyond_the_bound_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, labels = two_equal_blocks()
    monkeypatch.setattr(separate.Separate, "bound", property(lambda _: 0.5))
    monkeypatch.setattr(
        blocks, "_complete", lambda run, *_, **__: run.solver.solve(gap=0.0, time_limit=60.0)
    )
    with pytest.raises(SolverError, match="beyond its own bound"):
        solve_in_blocks(Solver(matrix, EXACT), labels, EXACT, Deadline(), silent, 0.0, "test")


def test_an_error_in_the_relaxation_leaves_whole_numbers_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    solver = Solver(matrix, EXACT)
    exact = solver.solve().value

    def failing(_self: Solver) -> Any:
        raise SolverError("no duals today")

    monkeypatch.setattr(Solver, "row_duals", failing)
    with pytest.raises(SolverError, match="no duals today"):
        solve_in_blocks(solver, labels, EXACT, Deadline(), silent, 0.0, "test")
    assert solver.solve().value == pytest.approx(exact)
