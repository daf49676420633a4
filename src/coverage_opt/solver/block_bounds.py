"""Bounds that stay at hand: when one block changes, only that block is solved anew.

The blocks of a model are taken apart once, at the prices of its linear relaxation; each is solved
once. A change that touches the columns of one block then leaves the bounds of all others as they
are, so the new bound of the whole costs no more than that block (see :mod:`.blocks`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from coverage_opt.solver.blocks import priced_blocks
from coverage_opt.solver.highs import Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix, Sense

Bounds = Mapping[int, tuple[float, float]]
"""Column of the whole -> its new lower and upper bound, not outside the ones it had."""

SHARE_OF_GAP = 0.1
"""Of the asked gap, the blocks together may be this far from solved."""


class _Part:
    """One block, with what is known of it."""

    def __init__(self, columns: NDArray[np.int64], matrix: Matrix, limits: Limits) -> None:
        self.place = {column: place for place, column in enumerate(columns.tolist())}
        self.matrix = matrix
        self.limits = limits
        self.bound = np.inf
        self.values: Floats | None = None

    def solve(
        self,
        bounds: Bounds,
        allowed: float,
        deadline: Deadline,
        stop: threading.Event | None = None,
    ) -> float:
        """Return a bound of the block; minus infinity where it has no plan left."""
        own = {self.place[column]: pair for column, pair in bounds.items()}
        if own and self.values is not None and self._fits(own):
            return self.bound
        solver = Solver(self.matrix, self.limits)
        for place, (lower, upper) in own.items():
            solver.change_bounds([place], lower, upper)
        if self.values is not None:
            solver.start_from(np.clip(self.values, solver.column_lower, solver.column_upper))
        found = solver.solve(
            gap=0.0, time_limit=deadline.remaining(), absolute_gap=allowed, stop=stop
        )
        if found.status is Status.INFEASIBLE:
            return -np.inf
        bound = self.bound if found.bound is None else min(self.bound, found.bound)
        if not own:
            self.bound, self.values = bound, found.values
        return bound

    def _fits(self, own: Bounds) -> bool:
        values = self.values if self.values is not None else np.zeros(0)
        return all(lower <= values[place] <= upper for place, (lower, upper) in own.items())


class BlockBounds:
    """The bound of a model, and of the same model with some columns held.

    Args:
        solver: holds the model and its objective.
        labels: block of each column, negative for columns outside all blocks.
        limits: gap, seed and threads.
        deadline: of taking apart and solving each block once.
    """

    def __init__(
        self, solver: Solver, labels: NDArray[np.int64], limits: Limits, deadline: Deadline
    ) -> None:
        self._labels, self._sense = labels, solver.sense
        one = Limits(seed=limits.seed, threads=1)
        found = priced_blocks(solver, labels, limits, deadline)
        self._constant = np.inf if found is None else found.constant
        self._parts = {
            int(labels[block.columns[0]]): _Part(block.columns, block.matrix, one)
            for block in (() if found is None else found.blocks)
        }
        integers = max(1, sum(int(part.matrix.integer.sum()) for part in self._parts.values()))
        scale = SHARE_OF_GAP * limits.gap * max(1.0, abs(self._constant))
        self._allowed = {
            label: max(1e-9, scale * int(part.matrix.integer.sum()) / integers)
            for label, part in self._parts.items()
        }
        self._solve_each(limits, deadline)

    def _solve_each(self, limits: Limits, deadline: Deadline) -> None:
        """Solve every block as it is, several at a time; whatever stops one stops all."""
        stop = threading.Event()
        with ThreadPoolExecutor(limits.threads or os.cpu_count() or 1) as pool:
            solving = [
                pool.submit(part.solve, {}, self._allowed[label], deadline, stop)
                for label, part in self._parts.items()
            ]
            try:
                for each in solving:
                    each.result()
            except BaseException:
                stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    @property
    def whole(self) -> float:
        """A bound of the model as it is."""
        return self._signed(self._sum({}))

    def held(self, bounds: Bounds, deadline: Deadline) -> float:
        """Return a bound of the model with these columns held.

        Returns:
            The bound, in the sense of the objective; minus infinity (infinity where less is
            better) where a block has no plan left, so that the whole has none either.
        """
        touched: dict[int, dict[int, tuple[float, float]]] = {}
        for column, pair in bounds.items():
            touched.setdefault(int(self._labels[column]), {})[column] = pair
        anew = {
            label: self._parts[label].solve(own, self._allowed[label], deadline)
            for label, own in touched.items()
            if label in self._parts
        }
        return self._signed(self._sum(anew))

    def _sum(self, anew: Mapping[int, float]) -> float:
        parts = self._parts.items()
        return self._constant + sum(anew.get(label, part.bound) for label, part in parts)

    def _signed(self, bound: float) -> float:
        sense: Sense = self._sense
        return float(bound if sense == "maximise" else -bound)


def bound_by_blocks(
    solver: Solver,
    labels: NDArray[np.int64],
    limits: Limits,
    deadline: Deadline,
    stop: threading.Event | None = None,
) -> float | None:
    """Return a bound of a model, from each of its blocks for a share of the time.

    Whatever a block is known to be worth at the most by then counts: mostly that is far less than
    in the linear relaxation, already after the cuts of the root node.

    Args:
        solver: holds the model and its objective.
        labels: block of each column, negative for columns outside all blocks.
        limits: gap that is good enough, seed; one thread is used.
        deadline: of the relaxation and all blocks.
        stop: ends the search when set from another thread.

    Returns:
        None when not even the relaxation was solved.
    """
    one = Limits(seed=limits.seed, threads=1)
    priced = priced_blocks(solver, labels, one, deadline)
    if priced is None:
        return None
    together = priced.constant
    for number, block in enumerate(reversed(priced.blocks)):
        seconds = deadline.share(1 / (len(priced.blocks) - number)).remaining()
        found = Solver(block.matrix, one).solve(gap=limits.gap, time_limit=seconds, stop=stop)
        together += np.inf if found.bound is None else found.bound
    return priced.at_most(together)
