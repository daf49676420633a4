"""Models the solver's tests share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.matrix import Matrix

INFINITE = np.inf
ONE_THREAD = Limits(threads=1, gap=0.0, time_limit_seconds=60.0)


def knapsack() -> Matrix:
    """Worth 9: objects 1 and 2 of weights 2, 3, 4 and values 3, 4, 5 in a bag of 7; offset 100."""
    return Matrix.from_arrays(
        coefficients=np.array([[2.0, 3.0, 4.0]]),
        row_lower=-INFINITE,
        row_upper=7.0,
        column_upper=1.0,
        objective=[3.0, 4.0, 5.0],
        offset=100.0,
        sense="maximise",
        integer=True,
    )


def hard_knapsack() -> Matrix:
    """In 60 dimensions over 300 objects: a plan at once, a proof in hours."""
    random = np.random.default_rng(1)
    weights = random.integers(10, 1000, size=(60, 300)).astype(float)
    return Matrix.from_arrays(
        coefficients=weights,
        row_lower=-INFINITE,
        row_upper=weights.sum(axis=1) // 2,
        column_upper=1.0,
        objective=random.integers(10, 1000, size=300),
        sense="maximise",
        integer=True,
    )


def market_split() -> Matrix:
    """Split 60 customers exactly in half for 7 products: to find any plan takes very long."""
    random = np.random.default_rng(1)
    demand = random.integers(0, 100, size=(7, 60)).astype(float)
    half = demand.sum(axis=1) // 2
    return Matrix.from_arrays(
        coefficients=demand, row_lower=half, row_upper=half, column_upper=1.0, integer=True
    )


def solver(matrix: Matrix, limits: Limits = ONE_THREAD) -> Solver:
    """A solver with one thread."""
    return Solver(matrix, limits)


class Scripted(Solver):
    """Answers a solve with what the script says, and solves where it says nothing."""

    script: tuple[Any, ...] = ()
    solves = 0

    def solve(self, *arguments: Any, **named: Any) -> Outcome:
        """Solve, and change the outcome as the script has it for this time."""
        outcome = super().solve(*arguments, **named)
        changes = self.script[self.solves] if self.solves < len(self.script) else {}
        self.solves += 1
        return replace(outcome, **changes)


def answered(values: Any, value: float, bound: float | None, status: Status) -> dict[str, Any]:
    """What a script may say of an outcome."""
    columns = None if values is None else np.array(values)
    return {"values": columns, "value": value, "bound": bound, "status": status}
