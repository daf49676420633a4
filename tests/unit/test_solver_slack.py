"""Rows that may be broken: by what they are broken, and by no more than is let."""

from __future__ import annotations

import numpy as np
import pytest

from block_models import EXACT
from coverage_opt.solver.highs import Solver, Status
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.slack import Slack


def three_rows() -> Matrix:
    """Return two columns up to 1, whose sum is to be at least 3; no other row asks anything."""
    return Matrix.from_arrays(
        coefficients=np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]),
        row_lower=[3.0, 0.0, -np.inf],
        row_upper=[np.inf, 5.0, 7.0],
        column_upper=1.0,
        integer=True,
    )


def test_each_end_of_a_row_has_a_column() -> None:
    slack = Slack.of(three_rows(), [0, 1, 2])
    assert slack.rows.tolist() == [0, 1, 1, 2]
    assert slack.signs.tolist() == [1.0, 1.0, -1.0, -1.0]
    assert slack.by_row(np.array([4.0, 1.0, 2.0, 3.0])).tolist() == [4.0, 3.0, 3.0]
    none = Slack.of(three_rows(), [])
    assert none.by_row(np.zeros(0)).tolist() == [0.0, 0.0, 0.0]


def test_what_is_missing_is_what_the_cheapest_plan_falls_short_of() -> None:
    matrix = three_rows()
    assert Solver(matrix, EXACT).solve().status is Status.INFEASIBLE
    slack = Slack.of(matrix, [0])
    found = Solver(slack.widened([0.0, 0.0, 1.0]), EXACT).solve()
    assert found.value == pytest.approx(1.0)
    assert found.values is not None
    assert slack.by_row(found.values[2:]).tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert Solver(slack.widened(most=0.0), EXACT).solve().status is Status.INFEASIBLE
    held = slack.widened([0.0, 0.0, 1.0], 10.0, lower=np.zeros(2), upper=np.array([1.0, 0.0]))
    assert Solver(held, EXACT).solve().value == pytest.approx(12.0)
