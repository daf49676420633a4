"""A small linear programme, some columns whole, solved by scipy again and again.

What is offered and taught, and what follows from that, enters as *given* columns: their values are
told each time the programme is solved, so that it is built once for all subsets.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Sum = dict[int, float]
"""A weighted sum of columns: column -> factor."""

Given = Mapping[Hashable, float]
"""What is told when solving; what is not there is 0."""

SLACK = 1e-7
"""What a later stage may give up of an earlier one: the rounding of linear programmes."""


class LinearProgramme:
    """Columns, and rows between two bounds; everything at least 0."""

    def __init__(self) -> None:
        """Start with one column that is 0, as there may be no other."""
        self.lower: list[float] = [0.0]
        self.upper: list[float] = [0.0]
        self.whole: list[int] = [0]
        self.given: dict[Hashable, int] = {}
        self.only_with: list[tuple[int, Hashable]] = []
        self.rows: list[tuple[Sum, float, float]] = [({0: 1.0}, 0.0, 0.0)]
        self._arrays: tuple[Any, ...] | None = None

    def column(
        self,
        upper: float = inf,
        *,
        lower: float = 0.0,
        whole: bool = False,
        only_with: Hashable | None = None,
    ) -> int:
        """Add a column between two bounds; 0 unless what it needs is given."""
        self._arrays = None
        number = len(self.upper)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(int(whole))
        if only_with is not None:
            self.only_with.append((number, only_with))
        return number

    def told(self, key: Hashable) -> int:
        """Return the column that has the value given for ``key``."""
        if key not in self.given:
            self.given[key] = self.column()
        return self.given[key]

    def at_most(self, row: Sum, right: float) -> None:
        """Add ``row <= right``."""
        self._add(row, -inf, right)

    def at_least(self, row: Sum, right: float) -> None:
        """Add ``row >= right``."""
        self._add(row, right, inf)

    def equal(self, row: Sum, right: float) -> None:
        """Add ``row == right``."""
        self._add(row, right, right)

    def _add(self, row: Sum, lower: float, upper: float) -> None:
        self._arrays = None
        self.rows.append((dict(row), lower, upper))

    def maximum(self, goal: Sum, given: Given, *, slack: float = 0.0) -> float | None:
        """Return the largest ``goal``, None when the rows contradict each other.

        Args:
            goal: the sum to make as large as possible.
            given: value of each given column.
            slack: by how much rows that are no equations may be missed.
        """
        matrix, least, most, lower, upper, whole = self._settled()
        lower, upper = lower.copy(), upper.copy()
        for key, number in self.given.items():
            lower[number] = upper[number] = given.get(key, 0.0)
        for number, key in self.only_with:
            if not given.get(key, 0.0):
                lower[number] = upper[number] = 0.0
        apart = slack * (least < most)
        cost = np.zeros(len(upper))
        for number, factor in goal.items():
            cost[number] = -factor
        # scipy stops at an absolute gap of 1e-6, which for a share is not little
        scale = 1e3 / max(1e-9, float(np.abs(cost).max(initial=0.0)))
        result = milp(
            cost * scale,
            integrality=whole,
            bounds=Bounds(lower, upper),
            constraints=LinearConstraint(matrix, least - apart, most + apart),
            options={"mip_rel_gap": 0.0},
        )
        if result.status == 2:
            return None
        assert result.status == 0, result.message
        return float(-result.fun / scale)

    def _settled(self) -> tuple[Any, ...]:
        if self._arrays is None:
            columns: list[int] = []
            entries: list[float] = []
            starts = [0]
            for row, _, _ in self.rows:
                columns += row.keys()
                entries += row.values()
                starts.append(len(columns))
            matrix = csr_array(
                (np.array(entries), np.array(columns, dtype=np.int32), np.array(starts)),
                shape=(len(self.rows), len(self.upper)),
            )
            vectors: list[NDArray[np.float64]] = [
                np.array([lower for _, lower, _ in self.rows]),
                np.array([upper for _, _, upper in self.rows]),
                np.array(self.lower),
                np.array(self.upper),
            ]
            self._arrays = (matrix, *vectors, np.array(self.whole))
        return self._arrays


def add(total: Sum, row: Mapping[int, float], factor: float = 1.0) -> Sum:
    """Add ``factor`` times ``row`` to ``total``, in place, and return it."""
    for column, value in row.items():
        total[column] = total.get(column, 0.0) + factor * value
    return total
