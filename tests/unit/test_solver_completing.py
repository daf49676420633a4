"""What blocks decided becomes a plan of the whole, or nothing; never anything in between."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import block_diag

from block_models import EXACT, Floats, Labels, linked_model, two_equal_blocks
from coverage_opt.solver.completing import Whole, complete, improve
from coverage_opt.solver.highs import Outcome, Solver, Status
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import Progress, silent
from coverage_opt.solver.stages import Goal, run_stages

ROUNDING = 1e-6
SENSES: tuple[Sense, Sense] = ("maximise", "minimise")
NOTHING = np.zeros(0, dtype=np.int64)


def whole_of(matrix: Matrix, labels: Labels, bound: float) -> Whole:
    return Whole(Solver(matrix, EXACT), EXACT, labels, 0.0, bound, Deadline(), threading.Event())


def decisions(matrix: Matrix, labels: Labels, near: Floats, seed: int) -> Floats:
    """Return whole numbers for the columns of the blocks: a plan's, but for a few."""
    generator = np.random.default_rng(seed)
    upper = np.minimum(matrix.column_upper, 3.0)
    other = np.floor(generator.uniform(matrix.column_lower, upper + 1))
    decided = np.where(generator.random(len(near)) < 0.25, other, near)
    return np.where(matrix.integer & (labels >= 0), decided, np.nan)


def assert_plan(matrix: Matrix, found: Outcome, best: float) -> None:
    assert found.values is not None
    assert found.value is not None
    activity = matrix.coefficients @ found.values
    # a row may be off by a millionth of its largest coefficient, whoever solves it
    slack = 2 * ROUNDING * matrix.row_scale
    assert (activity >= matrix.row_lower - slack).all()
    assert (activity <= matrix.row_upper + slack).all()
    assert found.value == pytest.approx(float(matrix.objective @ found.values) + matrix.offset)
    gained = found.value - best if matrix.sense == "maximise" else best - found.value
    assert gained <= 10 * ROUNDING * max(1.0, abs(best))


@pytest.mark.parametrize("sense", SENSES)
def test_decisions_become_a_plan_or_nothing(sense: Sense) -> None:
    plans = 0
    for seed in range(60):
        matrix, labels = linked_model(seed, sense, possible=True)
        best = Solver(matrix, EXACT).solve()
        assert best.values is not None
        assert best.value is not None
        whole = whole_of(matrix, labels, best.value)
        found = complete(whole, decisions(matrix, labels, best.values, seed))
        if found is not None:
            assert_plan(matrix, found, best.value)
            plans += 1
        np.testing.assert_array_equal(whole.solver.column_lower, matrix.column_lower)
        np.testing.assert_array_equal(whole.solver.column_upper, matrix.column_upper)
    assert plans > 20


@pytest.mark.parametrize("sense", SENSES)
def test_the_decisions_of_the_best_plan_lead_to_it(sense: Sense) -> None:
    for seed in range(20):
        matrix, labels = linked_model(seed, sense, possible=True)
        best = Solver(matrix, EXACT).solve()
        assert best.values is not None
        decided = np.where(matrix.integer & (labels >= 0), best.values, np.nan)
        found = complete(whole_of(matrix, labels, best.value or 0.0), decided)
        assert found is not None
        assert found.value == pytest.approx(best.value, abs=1e-5), seed


def test_decisions_that_do_not_fit_are_mended_block_by_block() -> None:
    # exactly one of two is to be chosen, and neither was
    matrix, labels = two_equal_blocks()
    found = complete(whole_of(matrix, labels, 1.0), np.zeros(2))
    assert found is not None
    assert_plan(matrix, found, 1.0)
    assert found.value == 1.0


def test_decisions_that_cannot_be_mended_make_no_plan() -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[1.0, 1.0]]),
        row_lower=0.5,
        row_upper=0.5,
        column_upper=1.0,
        objective=[1.0, 1.0],
        sense="maximise",
        integer=True,
    )
    assert complete(whole_of(matrix, np.arange(2), 1.0), np.ones(2)) is None


@pytest.mark.parametrize("sense", SENSES)
def test_improving_never_loses_what_was_found(sense: Sense) -> None:
    better = 0
    for seed in range(40):
        matrix, labels = linked_model(seed, sense, possible=True)
        best = Solver(matrix, EXACT).solve()
        assert best.value is not None
        # some plan: the best one for another objective
        start = Solver(matrix, EXACT)
        other = np.random.default_rng(seed).integers(-5, 6, len(labels)).astype(np.float64)
        start.set_objective(other, 0.0, sense)
        values = start.solve().values
        assert values is not None
        value = float(matrix.objective @ values) + matrix.offset
        first = Outcome(Status.FEASIBLE, values, value, None, None, 0.0, 0)
        whole = whole_of(matrix, labels, best.value)
        found = improve(whole, first, whole.good_enough)
        assert_plan(matrix, found, best.value)
        assert found.value is not None
        gained = whole.sign * (found.value - value)
        assert gained >= -ROUNDING, seed
        better += gained > ROUNDING
    assert better > 10


def test_what_many_blocks_gain_together_is_found_where_none_gains_much() -> None:
    # the first plan is a tenth from the best in every block: of all blocks, a third of a per cent
    blocks, generator = 30, np.random.default_rng(1)
    weight = generator.integers(100, 200, (blocks, 15)).astype(np.float64)
    worth = weight + generator.integers(0, 40, weight.shape)
    matrix = Matrix.from_arrays(
        coefficients=block_diag(*weight),
        row_lower=-np.inf,
        row_upper=np.floor(weight.sum(axis=1) / 2),
        column_upper=1.0,
        objective=worth.ravel(),
        sense="maximise",
        integer=True,
    )
    best = Solver(matrix, EXACT).solve()
    assert best.values is not None
    assert best.value is not None
    # without one thing of each block
    worse = best.values.reshape(weight.shape).copy()
    worse[np.arange(blocks), np.where(worse > 0, worth, np.inf).argmin(axis=1)] = 0.0
    first = Outcome(Status.FEASIBLE, worse.ravel(), float((worse * worth).sum()), None, None, 0, 0)
    labels = np.repeat(np.arange(blocks), weight.shape[1])
    whole = replace(whole_of(matrix, labels, best.value), gap=0.05)
    assert not whole.good_enough(first)
    assert whole.good_enough(improve(whole, first, whole.good_enough))


def test_a_plan_that_is_good_enough_is_not_improved() -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    best = Solver(matrix, EXACT).solve()
    told: list[Progress] = []
    whole = Whole(
        Solver(matrix, EXACT),
        EXACT,
        labels,
        0.0,
        best.value or 0.0,
        Deadline(),
        threading.Event(),
        told.append,
    )
    assert improve(whole, best, whole.good_enough) is best
    assert told == []


def test_after_a_stop_the_plan_in_hand_is_kept() -> None:
    matrix, labels = linked_model(1, "maximise", possible=True)
    best = Solver(matrix, EXACT).solve()
    whole = whole_of(matrix, labels, np.inf)
    whole.stopped.set()
    assert improve(whole, best, whole.good_enough) is best


@pytest.mark.parametrize(("seed", "sense"), [(7, "minimise"), (56, "maximise")])
def test_where_mending_has_no_end_the_whole_is_solved(seed: int, sense: Sense) -> None:
    # rows that may be broken at a price are all that some columns without a bound are held by
    matrix, labels = linked_model(seed, sense)
    goal = Goal("goal", sense, matrix.objective, 0.0, 0.0, NOTHING)
    plain, apart = (
        run_stages(Solver(matrix, EXACT), [goal], EXACT, Deadline(), silent, each)
        for each in (None, labels)
    )
    assert apart.status is plain.status
    for one, other in zip(apart.stages, plain.stages, strict=True):
        assert one.value == pytest.approx(other.value, abs=1e-4)
