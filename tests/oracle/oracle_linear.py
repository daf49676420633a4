"""A small linear programme by names of columns, solved by scipy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

Key = tuple[str, ...]
SLACK = 1e-7
"""What a later stage may give up of an earlier one: the rounding of linear programmes."""


@dataclass
class LinearProgramme:
    """Columns by key, rows as sums of columns; everything at least 0."""

    position: dict[Key, int] = field(default_factory=dict)
    upper: list[float] = field(default_factory=list)
    most: list[tuple[dict[Key, float], float]] = field(default_factory=list)
    equal: list[tuple[dict[Key, float], float]] = field(default_factory=list)

    def column(self, key: Key, upper: float = inf) -> None:
        """Add a column between 0 and ``upper``."""
        self.position[key] = len(self.upper)
        self.upper.append(upper)

    def at_most(self, row: Mapping[Key, float], right: float) -> None:
        """Add ``row <= right``."""
        self.most.append((dict(row), right))

    def at_least(self, row: Mapping[Key, float], right: float) -> None:
        """Add ``row >= right``."""
        self.most.append(({key: -factor for key, factor in row.items()}, -right))

    def maximum(self, goal: Mapping[Key, float]) -> float | None:
        """Return the largest ``goal``, None when the rows contradict each other."""
        if not self.position:
            possible = all(right >= -SLACK for _, right in self.most) and all(
                abs(right) <= SLACK for _, right in self.equal
            )
            return 0.0 if possible else None
        cost = np.zeros(len(self.upper))
        for key, factor in goal.items():
            cost[self.position[key]] = -factor
        result = linprog(
            cost,
            *self._matrix(self.most),
            *self._matrix(self.equal),
            bounds=[(0, None if upper == inf else upper) for upper in self.upper],
            method="highs",
        )
        if result.status == 2:
            return None
        assert result.status == 0, result.message
        assert result.fun is not None
        return -result.fun

    def _matrix(self, rows: list[tuple[dict[Key, float], float]]) -> tuple[Any, Any]:
        if not rows:
            return None, None
        entries = [
            (factor, number, self.position[key])
            for number, (row, _) in enumerate(rows)
            for key, factor in row.items()
        ]
        values, numbers, columns = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(rows), len(self.upper))
        return coo_array((values, (numbers, columns)), shape=shape), [right for _, right in rows]
