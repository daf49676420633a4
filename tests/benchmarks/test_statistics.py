"""Gaps, integrals and means, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest
from benchmarks.statistics import (
    Moment,
    best_so_far,
    primal_gap,
    primal_integral,
    seconds_to_gap,
    shifted_geometric_mean,
    sound,
    spread,
)


def test_shifted_geometric_mean() -> None:
    # (0 + 10) (30 + 10) = 400 = 20 x 20
    assert shifted_geometric_mean([0.0, 30.0], shift=10.0) == pytest.approx(10.0)
    assert shifted_geometric_mean([2.0, 8.0], shift=0.0) == pytest.approx(4.0)
    assert shifted_geometric_mean([7.0]) == pytest.approx(7.0)
    assert math.isnan(shifted_geometric_mean([]))


@pytest.mark.parametrize(
    ("value", "reference", "gap"),
    [
        (80.0, 100.0, 0.2),
        (125.0, 100.0, 0.2),
        (100.0, 100.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, 5.0, 1.0),
        (-1.0, 5.0, 1.0),
        (None, 5.0, 1.0),
        (math.nan, 5.0, 1.0),
    ],
)
def test_primal_gap(value: float | None, reference: float, gap: float) -> None:
    assert primal_gap(value, reference) == pytest.approx(gap)


def test_primal_integral_by_hand() -> None:
    moments = [
        Moment(2.0, None, 120.0),  # a bound alone is no plan
        Moment(4.0, 50.0, 120.0),
        Moment(10.0, 80.0, 110.0),
    ]
    # 4 s without a plan, 6 s at half, 10 s at a fifth
    assert primal_integral(moments, 100.0, 20.0) == pytest.approx(4 + 6 * 0.5 + 10 * 0.2)


def test_primal_integral_without_a_plan_is_the_whole_time() -> None:
    assert primal_integral([], 100.0, 30.0) == 30.0


def test_what_comes_after_the_end_does_not_count() -> None:
    assert primal_integral([Moment(50.0, 100.0, None)], 100.0, 30.0) == 30.0


def test_seconds_to_gap() -> None:
    moments = [Moment(1.0, 90.0, None), Moment(2.0, 90.0, 99.0), Moment(3.0, 98.0, 99.0)]
    assert seconds_to_gap(moments, 0.1) == 2.0
    assert seconds_to_gap(moments, 0.02) == 3.0
    assert math.isinf(seconds_to_gap(moments, 0.001))


@pytest.mark.parametrize(
    ("sense", "value", "bound"), [("maximise", 7.0, 9.0), ("minimise", 5.0, 10.0)]
)
def test_the_best_so_far_stays_in_hand(sense: str, value: float, bound: float) -> None:
    moments = [Moment(1.0, 5.0, 9.0), Moment(2.0, 7.0, 10.0), Moment(3.0, None, None)]
    assert best_so_far(moments, sense)[-1] == Moment(3.0, value, bound)


def test_claims_that_the_end_refutes_are_dropped() -> None:
    moments = [Moment(1.0, 12.0, 13.0), Moment(2.0, 8.0, 9.0), Moment(3.0, 10.0, 11.0)]
    # the plan was worth 10 and 11 was proven: 12 was of another model, and so was 9
    assert sound(moments, "maximise", 10.0, 11.0) == [
        Moment(1.0, None, 13.0),
        Moment(2.0, 8.0, None),
        Moment(3.0, 10.0, 11.0),
    ]


def test_spread() -> None:
    assert spread([3.0, 1.0, 8.0]) == (3.0, 1.0, 8.0)
