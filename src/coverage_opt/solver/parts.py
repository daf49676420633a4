"""Parts of a model: what is left of it where other columns stand still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from coverage_opt.solver.highs import Solver
from coverage_opt.solver.matrix import Floats, Matrix

Positions = NDArray[np.int64]

SMALL_SHARE = 1e-3
"""A part with a smaller share of the free columns is not worth a solve of its own."""


@dataclass(frozen=True)
class Part:
    """Some columns of a model, with the rows that touch them.

    Attributes:
        columns: positions in the whole.
        matrix: the part as a model of its own; what it is worth includes all that stands still.
    """

    columns: Positions
    matrix: Matrix

    def joined(self, values: Floats, found: Floats) -> Floats:
        """Return the values of the whole, with those of the part replaced."""
        together = values.copy()
        together[self.columns] = found
        return together


def part_of(solver: Solver, values: Floats, free: Positions) -> Part:
    """Return the part that the free columns are; all others stand still at their values."""
    still = values.copy()
    still[free] = 0.0
    return parts(solver, still, [free])[0]


def parts(solver: Solver, still: Floats, apart: Sequence[Positions]) -> list[Part]:
    """Return parts that no row joins; ``still`` is 0 in all columns that are free."""
    matrix = solver.current()
    used = matrix.coefficients @ still
    offset = solver.offset + float(solver.objective @ still)
    found = []
    for free in apart:
        columns = matrix.coefficients[:, free].tocsr()
        rows = np.flatnonzero(np.diff(columns.indptr))
        part = Matrix.from_arrays(
            coefficients=columns[rows],
            row_lower=(matrix.row_lower - used)[rows],
            row_upper=(matrix.row_upper - used)[rows],
            column_lower=solver.column_lower[free],
            column_upper=solver.column_upper[free],
            objective=solver.objective[free],
            offset=offset,
            sense=solver.sense,
            integer=matrix.integer[free],
        )
        found.append(Part(free, part))
    return found


def parts_apart(solver: Solver, free: Positions) -> list[Positions]:
    """Return the free columns by part: no row touches free columns of two; the largest first.

    Many parts are a column or two; together they make one.
    """
    columns = solver.current().coefficients[:, free].tocsc()
    height, width = columns.shape
    # a graph of rows and columns, joined where a row touches a column
    table = sparse.coo_array(columns)
    places = (table.row, table.col + height)
    joins = sparse.coo_array((np.ones(table.nnz), places), shape=(height + width,) * 2)
    if not width:
        return []
    _, label = connected_components(joins, directed=False)
    order = np.argsort(label[height:], kind="stable")
    bounds = np.flatnonzero(np.diff(label[height:][order])) + 1
    parts = [free[part] for part in np.split(order, bounds)]
    small = [part for part in parts if len(part) < SMALL_SHARE * width]
    large = [part for part in parts if len(part) >= SMALL_SHARE * width]
    if small:
        large.append(np.sort(np.concatenate(small)))
    return sorted(large, key=len, reverse=True)
