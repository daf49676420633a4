from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coverage_opt.solver.highs import Status
from coverage_opt.solver.progress import Progress
from coverage_opt.solver.running import Watch, ctrl_c
from solver_models import hard_knapsack, knapsack, market_split, solver

FOLDER = Path(__file__).parent.parent

SCRIPT = """
from solver_models import hard_knapsack, solver
def listen(event):
    if event.incumbent is not None:
        print("plan", flush=True)
outcome = solver(hard_knapsack()).solve(time_limit=60, on_progress=listen)
print(outcome.status, outcome.interrupted, outcome.value > 100_000, outcome.bound > outcome.value)
"""


class PressOnce:
    """Presses Ctrl-C at the first event with this message, and remembers every event."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.events: list[Progress] = []

    def __call__(self, event: Progress, /) -> None:
        first = self.message not in [earlier.message for earlier in self.events]
        self.events.append(event)
        if first and event.message == self.message:
            signal.raise_signal(signal.SIGINT)


def test_a_process_that_getsctrl_c_ends_well_with_its_plan() -> None:
    command = [sys.executable, "-u", "-c", SCRIPT]
    with subprocess.Popen(
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "plan\n"
        time.sleep(1.0)  # the plan is known: let the bound come too
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.splitlines()[-1] == "feasible True True True"
    assert errors == ""


def testctrl_c_keeps_the_plan_and_the_next_solve_goes_on() -> None:
    hard = solver(hard_knapsack())
    began = time.monotonic()
    outcome = hard.solve(time_limit=60, on_progress=PressOnce("new plan"))
    assert time.monotonic() - began < 20
    assert outcome.interrupted
    assert outcome.status is Status.FEASIBLE
    assert outcome.values is not None
    again = hard.solve(gap=0.05)
    assert again.status is Status.OPTIMAL
    assert not again.interrupted


def testctrl_c_before_a_plan() -> None:
    outcome = solver(market_split()).solve(time_limit=60, on_progress=PressOnce("searching"))
    assert outcome.interrupted
    assert outcome.status is Status.NO_PLAN
    assert outcome.seconds < 20


def test_the_last_event_says_that_it_was_interrupted() -> None:
    listener = PressOnce("new plan")
    solver(hard_knapsack()).solve(time_limit=60, on_progress=listener)
    assert listener.events[-1].message == "feasible, interrupted"


def test_the_second_press_raises() -> None:
    with ctrl_c() as pressed:
        signal.raise_signal(signal.SIGINT)
        assert pressed.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_second_press_during_a_solve_stops_it_before_it_raises() -> None:
    def press_twice(event: Progress) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    hard = solver(hard_knapsack())
    with pytest.raises(KeyboardInterrupt):
        hard.solve(time_limit=60, on_progress=press_twice)
    assert hard.solve(gap=0.05).status is Status.OPTIMAL


def test_the_handler_of_before_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    solver(knapsack()).solve()
    assert signal.getsignal(signal.SIGINT) is before


def test_wherectrl_c_is_ignored_it_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with ctrl_c() as pressed:
            signal.raise_signal(signal.SIGINT)
            assert not pressed.is_set()
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_watch_forgets_the_run_before() -> None:
    watch = Watch(incumbent=1.0, bound=2.0, nodes=3, stop=True)
    watch.reset()
    assert watch == Watch()
