"""A plan near the relaxation, and what there is where the relaxation leads to none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from block_models import EXACT, linked_model
from coverage_opt.solver import rounding
from coverage_opt.solver.highs import Outcome, Solver, SolverError, Status
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import Progress
from coverage_opt.solver.rounding import rounded
from solver_models import hard_knapsack


def dead_end(at_least: float = 0.0) -> Matrix:
    """Return a model whose relaxation has ``a`` whole and ``b`` at a half, where no plan is."""
    return Matrix.from_arrays(
        coefficients=np.array([[1.0, 2.0], [-1.0, 2.0]]),
        row_lower=[-np.inf, 0.0],
        row_upper=[2.0, np.inf],
        column_lower=[at_least, 0.0],
        column_upper=1.0,
        objective=[1.0, 0.0],
        sense="maximise",
        integer=True,
    )


def test_where_the_relaxation_leads_nowhere_the_least_is_a_plan() -> None:
    found, _ = rounded(Solver(dead_end(), EXACT), 0.0, 60.0)
    assert found.status is Status.FEASIBLE
    assert found.values is not None
    assert found.values.tolist() == [0.0, 0.0]
    assert (found.value, found.bound) == (0.0, 1.0)


def test_the_bound_is_kept_where_the_least_is_no_plan_either() -> None:
    found, _ = rounded(Solver(dead_end(at_least=1.0), EXACT), 0.0, 60.0)
    assert (found.status, found.value, found.bound) == (Status.NO_PLAN, None, 1.0)


@pytest.mark.parametrize("fault", ["stopped", "unknown"])
def test_where_the_relaxation_comes_to_no_end_the_least_is_a_plan_without_a_bound(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Solver.solve

    def solve(solver: Solver, *arguments: Any, **named: Any) -> Outcome:
        if solver._integer.any():
            return usual(solver, *arguments, **named)
        if fault == "unknown":
            raise SolverError("HiGHS ended with 'Unknown'")
        return Outcome(Status.NO_PLAN, None, None, None, None, 0.0, 0)

    monkeypatch.setattr(Solver, "solve", solve)
    found, relaxed = rounded(Solver(dead_end(), EXACT), 0.0, 60.0)
    assert (found.status, found.value, found.bound) == (Status.FEASIBLE, 0.0, None)
    assert relaxed is None
    nothing, _ = rounded(Solver(dead_end(at_least=1.0), EXACT), 0.0, 60.0)
    assert (nothing.status, nothing.value, nothing.bound) == (Status.NO_PLAN, None, None)


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
@pytest.mark.parametrize("seed", range(6))
def test_a_wide_model_has_the_same_bound(
    seed: int, sense: Sense, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = linked_model(seed, sense, possible=True)[0]
    before, _ = rounded(Solver(matrix, EXACT), 0.0, 60.0)
    monkeypatch.setattr(rounding, "WIDE", 0)
    solver = Solver(matrix, EXACT)
    wide, _ = rounded(solver, 0.0, 60.0)
    best = solver.solve()
    assert best.value is not None
    sign = 1.0 if sense == "maximise" else -1.0
    for found in (before, wide):
        assert found.bound is not None
        assert sign * (found.bound - best.value) >= -1e-6
        assert found.value is None or sign * (best.value - found.value) >= -1e-6


def test_patience_that_ends_is_no_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "PATIENCE", 0.0)
    monkeypatch.setattr(rounding, "LEAST_SECONDS", 0.2)
    monkeypatch.setattr(rounding, "POOR", 1e9)
    found, _ = rounded(Solver(hard_knapsack(), EXACT), 0.0, 60.0)
    assert found.values is not None
    assert not found.interrupted


def test_each_better_plan_is_heard_of_with_the_bound_of_the_relaxation() -> None:
    heard: list[Progress] = []
    solver = Solver(hard_knapsack(), EXACT)
    found, relaxed = rounded(solver, 1e-3, 20.0, None, heard.append)
    assert relaxed is not None
    assert found.value is not None
    assert heard
    assert {event.bound for event in heard} == {relaxed.bound}
    plans = [event.incumbent for event in heard if event.incumbent is not None]
    assert plans
    assert plans == sorted(plans)
    assert plans[-1] <= found.value + 1e-9
