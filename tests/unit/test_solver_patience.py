"""A search ends once its plan is good enough, or when somebody says so."""

from __future__ import annotations

import threading

import pytest

from coverage_opt.solver.patience import Patience
from coverage_opt.solver.progress import Progress


def heard(patience: Patience, seconds: float, incumbent: float | None) -> bool:
    """Tell whether a search is over after one event."""
    patience.hear(Progress("", seconds, incumbent, 200.0, None, 0, "searching"))
    return patience.over.is_set()


@pytest.mark.parametrize(
    ("seconds", "incumbent", "over"),
    [
        (4.9, 99.0, False),
        (5.0, None, False),
        (5.0, 90.0, False),
        (5.0, 99.0, True),
        (14.0, 90.0, False),
        (14.0, 98.0, True),
    ],
)
def test_a_search_goes_on_while_its_plan_is_poor(
    seconds: float, incumbent: float | None, over: bool
) -> None:
    patience = Patience(5.0, 100.0, 0.03, None)
    assert heard(patience, seconds, incumbent) is over
    assert not patience.told


@pytest.mark.parametrize("bound", [None, float("inf")])
def test_without_a_bound_no_plan_is_enough(bound: float | None) -> None:
    assert not heard(Patience(5.0, bound, 0.03, None), 1e6, 99.0)


@pytest.mark.parametrize(
    ("seconds", "incumbent", "over"),
    [(7.9, 50.0, False), (8.0, None, False), (8.0, 50.0, True)],
)
def test_after_a_while_any_plan_is_enough(
    seconds: float, incumbent: float | None, over: bool
) -> None:
    assert heard(Patience(5.0, 100.0, 0.03, None, 8.0), seconds, incumbent) is over
    assert heard(Patience(5.0, None, 0.0, None, 8.0), seconds, incumbent) is over


def test_a_search_that_is_told_to_stop_stops() -> None:
    stop = threading.Event()
    patience = Patience(5.0, 100.0, 0.03, stop)
    assert not heard(patience, 0.1, None)
    stop.set()
    assert heard(patience, 0.2, None)
    assert patience.told
