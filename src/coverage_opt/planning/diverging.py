"""Plans nearly as good as one in hand, and as different from all found as can be.

Hop, skip and jump (Brill, Chang and Hopkins, 1982): with the first stage held near its optimum,
the sum of the Hamming distances to the offerings found so far is maximised, again and again. That
is solved block by block in a drawn order, as it is far too hard for the whole at once: so the plans
are very different, though not proven to be the most different there are. Ties are broken by a draw
too; the same seed draws the same.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage_opt.planning.changes import Change
from coverage_opt.planning.what_if import Answer, Vector, WhatIf
from coverage_opt.solver.highs import Outcome, Solver
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.outcome import Status
from coverage_opt.solver.parts import part_of
from coverage_opt.solver.progress import Listener, relative_gap, silent

TIE_BREAK = 0.05
"""Largest weight of a draw, where opening or closing one offer counts 1."""

DISTANCE_GAP = 0.02
"""A distance within this share of the largest is far enough."""


@dataclass(frozen=True)
class Diverging:
    """Another offering.

    Attributes:
        answer: its columns, its value and the bound that holds for the plan in hand too.
        distance: offers by which it differs from each of those found before, the plan in hand
            first.
    """

    answer: Answer
    distance: tuple[int, ...]


class Diverger:
    """Finds offerings near the optimum, each far from those before.

    Args:
        what_if: the plan in hand.
        within: share of the first stage's bound that may be given up.
        seed: of the draws.
    """

    def __init__(self, what_if: WhatIf, within: float, seed: int) -> None:
        self._what_if = what_if
        self._goal = what_if.goal
        self._given_up = within * abs(what_if.bound)
        self._draw = np.random.default_rng(seed)
        self._columns = np.array(sorted(what_if.offer_columns), dtype=np.int64)
        self._found: list[NDArray[np.bool_]] = [what_if.columns[self._columns] > 0.5]

    def next(self, listener: Listener = silent) -> Diverging | None:
        """Return an offering that is none of those found, as far from them as can be found.

        From the plan in hand, block after block is decided anew, each with its share of what may
        be given up; where that leads to an offering that is known, everything is decided at once.

        Returns:
            None when there is no other within the share, or none was found in time.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        began, deadline = time.monotonic(), Deadline.after(self._what_if.limits.time_limit_seconds)
        weights = np.zeros(len(self._what_if.columns))
        weights[self._columns] = sum(np.where(other, -1.0, 1.0) for other in self._found)
        weights[self._columns] += self._draw.uniform(-TIE_BREAK, TIE_BREAK, len(self._columns))
        values = self._block_by_block(weights, deadline, listener)
        if self._known(values):
            whole = self._at_once(weights, deadline, listener)
            if whole.values is None:
                return None
            values = whole.values
        chosen = values[self._columns] > 0.5
        distance = tuple(int((chosen != other).sum()) for other in self._found)
        self._found.append(chosen)
        value, bound = self._goal.value(values), self._what_if.bound
        gap = relative_gap(value, bound)
        near = gap <= self._what_if.limits.gap
        status = Status.OPTIMAL if near else Status.FEASIBLE
        seconds = time.monotonic() - began
        answer = Answer(Change(), status, values, value, bound, gap, seconds)
        return Diverging(answer, distance)

    def _block_by_block(self, weights: Vector, deadline: Deadline, listener: Listener) -> Vector:
        """Return the columns of an offering in which each block in turn was moved away."""
        what_if, values = self._what_if, self._what_if.columns
        labels = what_if.prepared.blocks
        blocks = self._draw.permutation(np.unique(labels[labels >= 0]))
        lost = abs(what_if.bound - what_if.value)
        for done, label in enumerate(blocks.tolist(), start=1):
            if deadline.passed():
                break
            given_up = lost + (self._given_up - lost) * done / len(blocks)
            share = Deadline.after(2 * deadline.remaining() / (len(blocks) - done + 2))
            solver = self._solver(weights, given_up)
            part = part_of(solver, values, np.flatnonzero((labels == label) | (labels < 0)))
            alone = Solver(part.matrix, what_if.limits)
            start = values[part.columns]
            alone.start_from(start)
            found = _solved(alone, share, listener)
            if found.values is not None and weights[part.columns] @ (found.values - start) > 0:
                values = part.joined(values, found.values)
        return values

    def _solver(self, weights: Vector, given_up: float) -> Solver:
        """Return a solver that maximises the distance to all that was found.

        Args:
            weights: of the columns.
            given_up: of the first stage's bound, at most.
        """
        solver = self._what_if.prepared.afresh(self._what_if.limits).solver
        self._goal.keep(solver, self._what_if.bound, given_up)
        offset = float(sum(other.sum() for other in self._found))
        solver.set_objective(weights, offset, "maximise")
        return solver

    def _at_once(self, weights: Vector, deadline: Deadline, listener: Listener) -> Outcome:
        """Decide everything at once, where all that was found is ruled out."""
        solver, columns = self._solver(weights, self._given_up), self._columns
        for other in self._found:
            signs = np.where(other, -1.0, 1.0)
            solver.add_row(1.0 - float(other.sum()), np.inf, columns, signs)
        return _solved(solver, deadline, listener)

    def _known(self, values: Vector) -> bool:
        chosen = values[self._columns] > 0.5
        return any(bool((chosen == other).all()) for other in self._found)


def _solved(solver: Solver, deadline: Deadline, listener: Listener) -> Outcome:
    seconds, phase = deadline.remaining(), "offers that differ"
    return solver.solve(DISTANCE_GAP, seconds, listener, phase).uninterrupted()
