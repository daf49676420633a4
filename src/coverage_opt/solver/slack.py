"""Rows that may be broken: each end of a row gets a column for what goes beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from numpy.typing import NDArray

from coverage_opt.solver.matrix import Floats, Matrix, Sense


@dataclass(frozen=True)
class Slack:
    """Columns that make up for what rows are broken by; they come after those of the matrix.

    Attributes:
        matrix: the model whose rows may be broken.
        rows: (k,) the row that each of these columns is added to.
        signs: (k,) 1 for what is short of the lower end, -1 for what is beyond the upper one.
    """

    matrix: Matrix
    rows: NDArray[np.int64]
    signs: Floats

    @classmethod
    def of(cls, matrix: Matrix, rows: Sequence[int] | NDArray[np.int64]) -> Slack:
        """Return a column for each end that each of some rows has."""
        both = np.repeat(np.asarray(rows, dtype=np.int64), 2)
        signs = np.tile([1.0, -1.0], len(both) // 2)
        ends = np.where(signs > 0, matrix.row_lower[both], matrix.row_upper[both])
        there = np.isfinite(ends)
        return cls(matrix, both[there], signs[there])

    def by_row(self, amounts: Floats) -> Floats:
        """Return (m,) what each row of the matrix is broken by, from the (k,) amounts."""
        broken = np.bincount(self.rows, amounts, len(self.matrix.row_lower))
        return broken.astype(np.float64)

    def widened(
        self,
        objective: npt.ArrayLike = 0.0,
        offset: float = 0.0,
        sense: Sense = "minimise",
        lower: Floats | None = None,
        upper: Floats | None = None,
        most: float = np.inf,
    ) -> Matrix:
        """Return the matrix with these columns.

        Args:
            objective: (n + k,) or one number for all.
            offset: of the objective.
            sense: of the objective.
            lower: (n,) bounds of the matrix's columns; by default its own.
            upper: (n,) the same.
            most: what each row may be broken by.
        """
        matrix, added = self.matrix, len(self.rows)
        places = (self.rows, np.arange(added))
        entries = sparse.coo_array((self.signs, places), shape=(len(matrix.row_lower), added))
        low = matrix.column_lower if lower is None else lower
        high = matrix.column_upper if upper is None else upper
        return Matrix.from_arrays(
            coefficients=sparse.csc_array(sparse.hstack([matrix.coefficients, entries])),
            row_lower=matrix.row_lower,
            row_upper=matrix.row_upper,
            column_lower=np.concatenate([low, np.zeros(added)]),
            column_upper=np.concatenate([high, np.full(added, most)]),
            objective=objective,
            offset=offset,
            sense=sense,
            integer=np.concatenate([matrix.integer, np.zeros(added, dtype=np.bool_)]),
            columns=[*matrix.columns, *(f"slack {number}" for number in range(added))],
            rows=matrix.rows,
        )
