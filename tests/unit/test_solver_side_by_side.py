"""Several solves at a time: each is heard of, and all end when told to."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from coverage_opt.solver.outcome import Outcome, SolverError, Status
from coverage_opt.solver.side_by_side import Job, side_by_side


def outcome(value: float) -> Outcome:
    return Outcome(Status.OPTIMAL, None, value, value, 0.0, 0.0, 0)


def at_once(value: float) -> Job:
    return lambda _: outcome(value)


def until_told(stop: threading.Event) -> Outcome:
    assert stop.wait(30)
    return outcome(-1.0)


def unheard(_ended: int) -> None:
    pass


def test_every_job_is_yielded_with_its_position() -> None:
    heard: list[int] = []
    jobs = [at_once(float(number)) for number in range(5)]
    with closing(side_by_side(jobs, 2, threading.Event(), heard.append)) as outcomes:
        found = {position: one.value for position, one in outcomes}
    assert found == {number: float(number) for number in range(5)}
    assert heard == sorted(heard)
    assert heard[-1] == 5


def test_once_pressed_all_are_told_and_waited_for() -> None:
    pressed = threading.Event()
    with closing(side_by_side([until_told] * 3, 3, pressed, lambda _: pressed.set())) as outcomes:
        assert [one.value for _, one in outcomes] == [-1.0] * 3


def test_what_has_not_begun_never_does_once_nobody_listens() -> None:
    begun: list[int] = []

    def noted(stop: threading.Event) -> Outcome:
        begun.append(1)
        return until_told(stop)

    jobs: list[Job] = [at_once(1.0), *[noted] * 9]
    with closing(side_by_side(jobs, 1, threading.Event(), unheard)) as outcomes:
        assert next(outcomes)[0] == 0
    assert len(begun) <= 1


def test_what_one_raises_ends_the_others() -> None:
    def failing(_: threading.Event) -> Outcome:
        raise SolverError("no good")

    jobs: list[Job] = [failing, until_told]
    with (
        pytest.raises(SolverError, match="no good"),
        closing(side_by_side(jobs, 2, threading.Event(), unheard)) as outcomes,
    ):
        list(outcomes)
