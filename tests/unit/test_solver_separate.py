"""Problems that nothing joins: none is left out, and together they end where each ends alone."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

import numpy as np
import pytest

from block_models import EXACT, linked_model
from coverage_opt.solver import separate as separate_problems
from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.progress import Progress
from coverage_opt.solver.rounding import Relaxed, rounded, widened
from coverage_opt.solver.separate import Separate
from coverage_opt.solver.side_by_side import Shares
from solver_models import hard_knapsack, knapsack

ONE_THREAD = Limits(time_limit_seconds=None, gap=0.0, threads=1)


def separate(
    *matrices: Matrix, gap: float = 0.0, limits: Limits = ONE_THREAD, seconds: float | None = None
) -> Separate:
    deadline = Deadline.after(seconds)
    return Separate(matrices, 0.0, gap, limits, deadline, lambda: None)


def test_each_ends_where_it_ends_alone() -> None:
    matrices = [linked_model(seed, "maximise", possible=True)[0] for seed in range(6)]
    alone = [Solver(matrix, EXACT).solve().value for matrix in matrices]
    found = separate(*matrices)
    found.solve(threading.Event())
    assert found.settled is None
    assert found.solved == len(matrices)
    together = sum(value for value in alone if value is not None)
    assert found.value == pytest.approx(together, abs=1e-4)
    assert found.bound == pytest.approx(together, abs=1e-4)


def test_one_that_takes_all_the_time_leaves_none_without_a_plan() -> None:
    # one thread, and the hardest first: it would never make room for the others
    found = separate(hard_knapsack(), *[knapsack()] * 3, seconds=6.0)
    found.solve(threading.Event())
    assert found.value is not None
    plans = [found.outcomes[place].value for place in range(4)]
    assert plans[1:] == [109.0] * 3
    assert found.solved >= 3


@pytest.mark.parametrize("threads", [1, 2])
def test_a_share_of_the_time_ends_only_where_others_wait(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[tuple[int, float, float]] = []
    usual = Separate._searched

    def timed(self: Separate, place: int, seconds: float, stop: threading.Event) -> Outcome:
        began = time.monotonic()
        outcome = usual(self, place, seconds, stop)
        searched.append((place, seconds, time.monotonic() - began))
        return outcome

    monkeypatch.setattr(Separate, "_searched", timed)
    limits = Limits(time_limit_seconds=None, gap=0.0, threads=threads)
    found = separate(hard_knapsack(), hard_knapsack(), limits=limits, seconds=8.0)
    found.solve(threading.Event())
    assert not any(outcome.interrupted for outcome in found.outcomes.values())
    first = {place: (share, took) for place, share, took in reversed(searched)}
    assert set(first) == {0, 1}
    if threads == 1:
        # the other one waits
        assert first[0][1] < first[0][0] + 2.0
        assert first[0][1] < 6.0
    else:
        # begun once, each goes on to the end
        assert len(searched) == 2
        assert all(took > 6.0 for _, took in first.values())


def test_what_is_open_together_is_what_counts() -> None:
    # alone the hard one is a per cent from solved; next to much that is solved that is near enough
    worth = knapsack()
    large = Matrix.from_arrays(
        coefficients=worth.coefficients,
        row_lower=worth.row_lower,
        row_upper=worth.row_upper,
        column_upper=1.0,
        objective=1e6 * worth.objective,
        sense="maximise",
        integer=True,
    )
    found = separate(hard_knapsack(), large, gap=1e-2, seconds=60.0)
    found.solve(threading.Event())
    hard = found.outcomes[0]
    assert hard.gap is not None
    assert hard.gap > 0
    assert found.value is not None
    assert found.bound is not None
    assert found.bound - found.value <= 1e-2 * found.value
    # the search ended for that reason, not because the time was up
    assert hard.seconds < 50


def test_all_stop_once_they_are_near_enough_together() -> None:
    found, stop = separate(knapsack(), knapsack(), gap=0.05), threading.Event()
    over = threading.Event(), threading.Event()
    one, other = (found._hearing(place, 60.0, stop, over[place]) for place in (0, 1))

    def event(value: float | None, bound: float) -> Progress:
        return Progress("one of them", 1.0, value, bound, None, 0, "searching")

    one(event(10.0, 10.1))
    other(event(None, 5.0))
    assert not stop.is_set(), "one of them has no plan yet"
    other(event(4.0, 6.0))
    other(event(3.0, 5.3))
    assert found.value == pytest.approx(14.0)
    assert found.bound == pytest.approx(15.1), "what is worse than known is not taken"
    assert not stop.is_set(), "together they are 1.1 from solved"
    assert not over[1].is_set()
    other(event(4.6, 5.0))
    assert stop.is_set()
    assert over[1].is_set()
    one(event(None, 5.0))
    assert over[0].is_set(), "the other one stops when it hears of it"


def test_a_problem_without_a_plan_settles_all() -> None:
    never = Matrix.from_arrays(
        coefficients=np.array([[2.0]]),
        row_lower=3.0,
        row_upper=3.0,
        column_upper=9.0,
        integer=True,
        sense="maximise",
    )
    found = separate(never, knapsack())
    found.solve(threading.Event())
    assert found.settled is Status.INFEASIBLE


def test_nothing_to_solve_is_solved() -> None:
    found = separate()
    found.solve(threading.Event())
    assert (found.value, found.bound, found.solved) == (0.0, 0.0, 0)


def test_shares_grow_with_what_is_open_and_none_is_less_than_even() -> None:
    shares = Shares(Deadline.after(100.0), np.array([6.0, 1.0, 1.0, np.inf]), 1)
    assert shares.begin(0) == pytest.approx(100 * 6 / 14, abs=1.0)
    assert shares.begin(1) == pytest.approx(100 / 3, abs=1.0)
    assert shares.begin(3) == pytest.approx(100 * 6 / 7, abs=1.0)
    assert shares.begin(2) == pytest.approx(100, abs=1.0)


def test_what_is_nearly_all_that_is_open_leaves_some_time_to_the_rest() -> None:
    shares = Shares(Deadline.after(100.0), np.array([600.0, 0.5, 0.5]), 1)
    assert shares.begin(0) == pytest.approx(90.0, abs=1.0)


@pytest.mark.parametrize("ample", [0.0, np.inf])
def test_a_wider_search_is_only_made_where_time_is_short(
    ample: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def noted(*given: Any) -> Outcome:
        asked.append(given[4])
        return widened(*given)

    monkeypatch.setattr(separate_problems, "widened", noted)
    monkeypatch.setattr(separate_problems, "AMPLE", ample)
    found = separate(hard_knapsack(), knapsack(), gap=1e-3, seconds=4.0)
    found.solve(threading.Event())
    assert found.value is not None
    assert bool(asked) is (ample > 0)


def test_who_has_none_to_begin_searches_one_farther(monkeypatch: pytest.MonkeyPatch) -> None:
    farther, pressed, begun = threading.Event(), threading.Event(), itertools.count()

    def late(*given: Any) -> tuple[Outcome, Relaxed | None]:
        if next(begun) == 1:
            assert farther.wait(30), "the one that was begun first is not searched meanwhile"
        return rounded(*given)

    def noted(*given: Any) -> Outcome:
        farther.set()
        pressed.set()
        return widened(*given)

    monkeypatch.setattr(separate_problems, "rounded", late)
    monkeypatch.setattr(separate_problems, "widened", noted)
    monkeypatch.setattr(separate_problems, "AMPLE", np.inf)
    limits = Limits(time_limit_seconds=None, gap=0.0, threads=2)
    found = separate(hard_knapsack(), hard_knapsack(), gap=1e-3, limits=limits, seconds=60.0)
    found.solve(pressed)
    assert farther.is_set()
    assert found.value is not None


def test_each_is_searched_farther_once_at_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def noted(*given: Any) -> Outcome:
        asked.append(id(given[1]))
        return widened(*given)

    monkeypatch.setattr(separate_problems, "widened", noted)
    monkeypatch.setattr(separate_problems, "AMPLE", np.inf)
    limits = Limits(time_limit_seconds=None, gap=0.0, threads=2)
    found = separate(*[hard_knapsack()] * 3, limits=limits, seconds=4.0)
    found.solve(threading.Event())
    assert len(asked) == len(set(asked)) == 3


def test_what_is_found_is_known_before_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[tuple[float | None, float | None]] = []

    def telling(*given: Any) -> tuple[Outcome, Relaxed | None]:
        heard = given[4]
        for value, bound in ((100.0, 120.0), (90.0, 119.0)):
            heard(Progress("near", 1.0, value, bound, None, 0, "searching"))
            known.append((found.value, found.bound))
        return rounded(*given)

    monkeypatch.setattr(separate_problems, "rounded", telling)
    found = separate(knapsack())
    found.solve(threading.Event())
    assert known == [(100.0, 120.0), (100.0, 119.0)]
    assert found.value == 109.0
