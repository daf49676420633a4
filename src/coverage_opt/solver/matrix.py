"""A mixed-integer linear model as plain arrays: what the solver takes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from coverage_opt.solver.outcome import SolverError

Sense = Literal["maximise", "minimise"]
Floats = npt.NDArray[np.float64]

SMALLEST_COEFFICIENT, LARGEST_COEFFICIENT = 1e-9, 1e15
"""HiGHS drops smaller coefficients with a warning and refuses larger ones."""


@dataclass(frozen=True)
class Row:
    """``lower <= values @ x[indices] <= upper``."""

    lower: float
    upper: float
    indices: npt.NDArray[np.int32]
    values: Floats


@dataclass(frozen=True, eq=False)
class Matrix:
    """``row_lower <= coefficients @ x <= row_upper``, ``column_lower <= x <= column_upper``.

    Build one with ``from_arrays`` or ``compile.compile_model``. With n columns and m rows:

    Attributes:
        objective: (n,) coefficients; all 0 when the objective comes later.
        offset: constant part of the objective.
        sense: "maximise" or "minimise".
        column_lower: (n,) may be -inf.
        column_upper: (n,) may be inf.
        row_lower: (m,) may be -inf.
        row_upper: (m,) may be inf.
        coefficients: (m, n) csc.
        integer: (n,) True where the column must be whole.
        columns: what each column stands for: the Pyomo variables, or any labels.
        rows: what each row stands for: the Pyomo constraints, or any labels.

    Raises:
        SolverError: when shapes disagree, a value is not a number, or a coefficient is of a
            magnitude HiGHS would drop or refuse.
    """

    objective: Floats
    offset: float
    sense: Sense
    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats
    coefficients: sparse.csc_array
    integer: npt.NDArray[np.bool_]
    columns: Sequence[Any]
    rows: Sequence[Any]

    @classmethod
    def from_arrays(
        cls,
        *,
        coefficients: sparse.sparray | npt.NDArray[Any],
        row_lower: npt.ArrayLike,
        row_upper: npt.ArrayLike,
        column_lower: npt.ArrayLike = 0.0,
        column_upper: npt.ArrayLike = np.inf,
        objective: npt.ArrayLike = 0.0,
        offset: float = 0.0,
        sense: Sense = "minimise",
        integer: npt.ArrayLike = False,
        columns: Sequence[Any] | None = None,
        rows: Sequence[Any] | None = None,
    ) -> Matrix:
        """A matrix without Pyomo, from copies of the arrays; see the class for their shapes.

        A single number stands for the same number everywhere. The coefficients may be sparse or
        dense; explicit zeros are removed. Labels are for messages, by default the positions.
        """
        table = sparse.csc_array(coefficients).astype(np.float64, copy=True)
        table.sum_duplicates()
        table.eliminate_zeros()
        m, n = table.shape
        return cls(
            objective=_spread(objective, n),
            offset=float(offset),
            sense=sense,
            column_lower=_spread(column_lower, n),
            column_upper=_spread(column_upper, n),
            row_lower=_spread(row_lower, m),
            row_upper=_spread(row_upper, m),
            coefficients=table,
            integer=np.array(np.broadcast_to(np.asarray(integer, dtype=np.bool_), n)),
            columns=range(n) if columns is None else tuple(columns),
            rows=range(m) if rows is None else tuple(rows),
        )

    def __post_init__(self) -> None:
        faults = [*self._misshapen(), *self._not_numbers(), *self._out_of_range()]
        if self.sense not in ("maximise", "minimise"):
            faults.append(f"the sense is {self.sense!r}, not maximise or minimise")
        if faults:
            raise SolverError("a matrix cannot be solved: " + "; ".join(faults))
        for vector in (*self._over_columns.values(), *self._over_rows.values(), self.integer):
            vector.flags.writeable = False

    def with_rows(self, added: Sequence[Row]) -> Matrix:
        """Return the matrix with more rows, which come last."""
        if not added:
            return self
        lengths = [len(row.indices) for row in added]
        places = (
            np.repeat(np.arange(len(added)), lengths),
            np.concatenate([row.indices for row in added]),
        )
        values = np.concatenate([row.values for row in added])
        shape = (len(added), self.coefficients.shape[1])
        more = sparse.coo_array((values, places), shape=shape)
        table = sparse.csc_array(sparse.vstack([self.coefficients, more]))
        table.eliminate_zeros()
        return replace(
            self,
            coefficients=table,
            row_lower=np.array([*self.row_lower, *(row.lower for row in added)]),
            row_upper=np.array([*self.row_upper, *(row.upper for row in added)]),
            rows=[*self.rows, *(f"added row {place}" for place in range(len(added)))],
        )

    @cached_property
    def column_of(self) -> Mapping[int, int]:
        """Position of a Pyomo variable by its ``id()``; sound while the matrix is alive."""
        return {id(variable): position for position, variable in enumerate(self.columns)}

    @cached_property
    def row_scale(self) -> Floats:
        """(m,) the largest absolute coefficient of each row, at least 1."""
        scale = np.ones(len(self.row_lower))
        np.maximum.at(scale, self.coefficients.indices, np.abs(self.coefficients.data))
        return scale

    def column(self, variable: object) -> int:
        """Position of a Pyomo variable.

        Raises:
            SolverError: when the variable is not part of the model that was compiled.
        """
        position = self.column_of.get(id(variable))
        if position is None:
            raise SolverError(f"{_name(variable)} is not a variable of the compiled model")
        return position

    def column_name(self, position: int) -> str:
        """Name of a column, made only when asked for."""
        return _name(self.columns[position])

    def row_name(self, position: int) -> str:
        """Name of a row, made only when asked for."""
        return _name(self.rows[position])

    @property
    def _over_columns(self) -> dict[str, Floats]:
        return {
            "objective": self.objective,
            "column_lower": self.column_lower,
            "column_upper": self.column_upper,
        }

    @property
    def _over_rows(self) -> dict[str, Floats]:
        return {"row_lower": self.row_lower, "row_upper": self.row_upper}

    def _misshapen(self) -> list[str]:
        m, n = self.coefficients.shape
        lengths = [
            *((name, len(vector), n) for name, vector in self._over_columns.items()),
            *((name, len(vector), m) for name, vector in self._over_rows.items()),
            ("integer", len(self.integer), n),
            ("columns", len(self.columns), n),
            ("rows", len(self.rows), m),
        ]
        return [
            f"{name} has {found} entries, not {wanted}"
            for name, found, wanted in lengths
            if found != wanted
        ]

    def _not_numbers(self) -> list[str]:
        vectors = {**self._over_columns, **self._over_rows}
        faults = [f"{name} has NaN" for name, vector in vectors.items() if np.isnan(vector).any()]
        if np.isinf(self.objective).any() or not np.isfinite(self.offset):
            faults.append("the objective is not finite")
        return faults

    def _out_of_range(self) -> list[str]:
        size = np.abs(self.coefficients.data)
        wrong = ~((size >= SMALLEST_COEFFICIENT) & (size <= LARGEST_COEFFICIENT))
        if not wrong.any():
            return []
        row = int(self.coefficients.indices[int(np.argmax(wrong))])
        return [
            f"{int(wrong.sum())} coefficients are outside {SMALLEST_COEFFICIENT:g} to "
            f"{LARGEST_COEFFICIENT:g}, one of them in {self.row_name(row)}"
        ]


def _spread(values: npt.ArrayLike, length: int) -> Floats:
    """A copy of the values; a single number is repeated."""
    array = np.array(values, dtype=np.float64)
    return np.full(length, float(array)) if array.ndim == 0 else array


def component_of(thing: object) -> str:
    """Name of the Pyomo component that a column or row is part of; empty for any other label."""
    parent = getattr(thing, "parent_component", None)
    return str(parent().local_name) if parent is not None else ""


def _name(thing: object) -> str:
    return str(getattr(thing, "name", thing))
