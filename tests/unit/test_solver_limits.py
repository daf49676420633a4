from __future__ import annotations

import math
import time

import pytest

from coverage_opt.errors import InputError
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import relative_gap


def test_the_defaults_are_valid_and_no_limit_is_allowed() -> None:
    assert Limits().time_limit_seconds == 600.0
    assert Limits(time_limit_seconds=None, gap=0.0, threads=1).threads == 1


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Limits(time_limit_seconds=0, gap=-0.1, seed=2**31, threads=0)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for word in ("time limit", "gap", "seed", "threads"):
        assert word in text


@pytest.mark.parametrize("wrong", [math.nan, -1.0])
def test_a_time_that_is_no_time_is_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="time limit"):
        Limits(time_limit_seconds=wrong)


def test_a_gap_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="gap"):
        Limits(gap=math.nan)


def test_a_deadline_runs_down_to_zero_and_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    deadline = Deadline.after(10.0)
    clock[0] = 104.0
    assert deadline.remaining() == 6.0
    assert not deadline.passed()
    clock[0] = 111.0
    assert deadline.remaining() == 0.0
    assert deadline.passed()


def test_without_a_limit_the_deadline_never_comes() -> None:
    assert Deadline.after(None).remaining() == math.inf
    assert not Deadline.after(None).passed()
    assert Deadline.after(None).share(0.5).remaining() == math.inf
    assert 4.0 < Deadline.after(10.0).share(0.5).remaining() <= 5.0


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [
        (100.0, 110.0, 0.1),
        (100.0, 90.0, 0.1),
        (-100.0, -90.0, 0.1),
        (5.0, 5.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, 1e-7, 0.0),
        (0.0, 1.0, 1e9),
        (5.0, math.inf, math.inf),
        (5.0, -math.inf, math.inf),
    ],
)
def test_the_relative_gap_is_a_share_of_the_value(
    value: float, bound: float, expected: float
) -> None:
    assert relative_gap(value, bound) == pytest.approx(expected)
