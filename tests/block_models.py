"""Seeded small models of two to four blocks, with rows and columns of every kind between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from coverage_opt.solver.limits import Limits
from coverage_opt.solver.matrix import Matrix, Sense
from solver_models import hard_knapsack

EXACT = Limits(time_limit_seconds=None, gap=0.0, threads=1)

KINDS = ("at most", "at least", "range", "equal", "free")
"""What a row between blocks may be."""

WIDTH = 4
OUTSIDE = 3
MOST = 12.0
"""What the columns without an upper bound may be together."""

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass
class _Rows:
    """Rows drawn so that a given point satisfies all of them."""

    generator: np.random.Generator
    point: Floats
    weights: list[Floats]
    lower: list[float]
    upper: list[float]

    def add(self, columns: NDArray[np.int64], kind: str) -> None:
        """Add a row of this kind over some of the columns."""
        row = np.zeros(len(self.point))
        row[columns] = self.generator.integers(-2, 7, len(columns))
        level, slack = float(row @ self.point), float(self.generator.integers(0, 3)) / 2
        bounds = {
            "at most": (-np.inf, level + slack),
            "at least": (level - slack, np.inf),
            "range": (level - slack, level + 1.0),
            "equal": (level, level),
            "free": (-np.inf, np.inf),
        }
        self.set(row, *bounds[kind])

    def set(self, row: Floats, lower: float, upper: float) -> None:
        """Add a row as it is."""
        self.weights.append(row)
        self.lower.append(lower)
        self.upper.append(upper)


def linked_model(
    seed: int, sense: Sense, kinds: tuple[str, ...] = KINDS, *, possible: bool = False
) -> tuple[Matrix, Labels]:
    """A model and the label of each column: numbers with gaps, in no order, -1 outside.

    Args:
        seed: of the model; sense and kinds change it too.
        sense: of the objective.
        kinds: of the rows between blocks, each at least once.
        possible: whether the model must have a plan; otherwise about one in six has none.
    """
    generator = np.random.default_rng([seed, sense == "maximise", *map(len, kinds)])
    blocks = int(generator.integers(2, 5))
    labels = np.repeat([*generator.permutation(9)[:blocks], -1], [WIDTH] * blocks + [OUTSIDE])
    labels = generator.permutation(labels).astype(np.int64)
    n = len(labels)
    integer = generator.random(n) < 0.6
    integer[0] = True
    lowest, highest = generator.integers(-2, 1, n), generator.integers(1, 4, n)
    point = generator.integers(lowest, highest + 1).astype(np.float64)
    lower, upper = lowest.astype(np.float64), highest.astype(np.float64)
    endless = generator.random(n) < 0.2
    upper[endless] = np.inf
    rows = _Rows(generator, point, [], [], [])
    for label in np.unique(labels[labels >= 0]):
        inside = np.flatnonzero(labels == label)
        for kind in generator.choice(["at most", "range", "at least"], 2):
            rows.add(inside, kind)
    for kind in [*kinds, *generator.choice(kinds, 1)]:
        rows.add(np.flatnonzero(generator.random(n) < 0.7), kind)
    rows.set(endless.astype(np.float64), -np.inf, MOST)
    rows.set(np.zeros(n), -1.0, 1.0)
    if not possible and generator.random() < 0.5:
        rows.lower[-3], rows.upper[-3] = rows.lower[-3] + 19.5, rows.upper[-3] + 19.5
    matrix = Matrix.from_arrays(
        coefficients=sparse.csc_array(np.array(rows.weights)),
        row_lower=rows.lower,
        row_upper=rows.upper,
        column_lower=lower,
        column_upper=upper,
        objective=generator.integers(-9, 10, n).astype(np.float64),
        offset=float(generator.integers(-50, 51)),
        sense=sense,
        integer=integer,
    )
    return matrix, labels


def two_hard_blocks() -> tuple[Matrix, Labels]:
    """Twice a knapsack whose proof takes hours, with one row over both."""
    hard = hard_knapsack()
    n = len(hard.objective)
    both = sparse.csc_array(np.ones((1, 2 * n)))
    table = sparse.vstack([sparse.block_diag([hard.coefficients] * 2), both])
    matrix = Matrix.from_arrays(
        coefficients=sparse.csc_array(table),
        row_lower=-np.inf,
        row_upper=[*hard.row_upper, *hard.row_upper, 1.5 * n],
        column_upper=1.0,
        objective=np.tile(hard.objective, 2),
        sense="maximise",
        integer=True,
    )
    return matrix, np.repeat(np.arange(2), n)


def two_equal_blocks() -> tuple[Matrix, Labels]:
    """Exactly one of two alike: blocks that cannot see each other both say yes or both no."""
    matrix = Matrix.from_arrays(
        coefficients=np.array([[1.0, 1.0]]),
        row_lower=1.0,
        row_upper=1.0,
        column_upper=1.0,
        objective=[1.0, 1.0],
        sense="maximise",
        integer=True,
    )
    return matrix, np.arange(2)
