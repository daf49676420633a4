"""Choosing a few of many things that together cover the most, by exchange (maximal covering).

The relaxation of a large covering problem is soon solved, but hardly tells which things to choose,
and HiGHS needs minutes for plans that a search by exchange betters in seconds.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.matrix import Floats

Positions = NDArray[np.int64]

TRIES = 300
"""Exchanges tried for each thing that may be chosen."""

WARM, COLD = 1 / 10, 1 / 100
"""By how much of what a chosen thing is worth in the mean an exchange may lose, first and last: the
temperature of the annealing."""


@dataclass(frozen=True, eq=False)
class Covering:
    """Things that cover places.

    Attributes:
        covers: (things, places) 1 where the thing covers the place.
        worth: (places,) of each place, once, when any chosen thing covers it.
        at_most: things that may be chosen.
    """

    covers: sparse.csr_array
    worth: Floats
    at_most: int

    @cached_property
    def covered_by(self) -> sparse.csr_array:
        """(places, things) the other way round."""
        return sparse.csr_array(self.covers.T)


def exchanged(
    covering: Covering, seed: int, deadline: Deadline, stop: threading.Event | None = None
) -> Positions:
    """Choose greedily, then exchange one thing for another time and again.

    A thing chosen by lot goes, and what then adds the most takes its place, give or take something
    drawn by lot that grows smaller; what makes the whole worse is kept as simulated annealing keeps
    it (Kirkpatrick, Gelatt, Vecchi, 1983).

    Args:
        covering: what is chosen from.
        seed: the same seed, the same choice, as long as the deadline does not come between.
        deadline: of the search.
        stop: ends it early when set.

    Returns:
        The best choice met, in increasing order; proves nothing.
    """
    random, now = np.random.default_rng(seed), _Choice(covering)
    things = covering.covers.shape[0]
    for _ in range(min(covering.at_most, things)):
        now.add(int(np.where(now.chosen, -np.inf, now.gain).argmax()))
    best, kept = now.value, np.flatnonzero(now.chosen)
    if len(kept) in (0, things):
        return kept
    tries, mean = TRIES * things, best / len(kept)
    for number in range(tries):
        if deadline.passed() or (stop is not None and stop.is_set()):
            break
        heat = max(mean, 1e-12) * WARM * (COLD / WARM) ** (number / tries)
        before = now.value
        out = int(random.choice(np.flatnonzero(now.chosen)))
        now.drop(out)
        add = now.gain + random.exponential(heat, things)
        add[now.chosen] = add[out] = -np.inf
        into = int(add.argmax())
        now.add(into)
        if now.value < before and random.random() >= math.exp((now.value - before) / heat):
            now.drop(into)
            now.add(out)
        elif now.value > best:
            best, kept = now.value, np.flatnonzero(now.chosen)
    return kept


class _Choice:
    """What is chosen, with what each thing would add to it and what it alone covers.

    Attributes:
        chosen: (things,) whether each is chosen.
        value: worth of all that is covered.
        gain: (things,) worth of the places that the thing covers and no chosen one does.
        alone: (things,) worth of the places that the thing covers and one chosen one does.
    """

    def __init__(self, covering: Covering) -> None:
        self._covering = covering
        things, places = covering.covers.shape
        self._times = np.zeros(places, dtype=np.int64)
        self.chosen = np.zeros(things, dtype=np.bool_)
        self.value = 0.0
        self.gain: Floats = covering.covers @ covering.worth
        self.alone = np.zeros(things)

    def add(self, thing: int) -> None:
        """Choose a thing that is not chosen."""
        covers = self._covering.covers
        places = covers.indices[covers.indptr[thing] : covers.indptr[thing + 1]]
        times = self._times[places]
        self._times[places] += 1
        self.value += float(self.gain[thing])
        self.chosen[thing] = True
        fresh, twice = self._of_all(places[times == 0]), self._of_all(places[times == 1])
        self.gain -= fresh
        self.alone += fresh - twice

    def drop(self, thing: int) -> None:
        """Give up a thing that is chosen."""
        covers = self._covering.covers
        places = covers.indices[covers.indptr[thing] : covers.indptr[thing + 1]]
        times = self._times[places]
        self._times[places] -= 1
        self.value -= float(self.alone[thing])
        self.chosen[thing] = False
        lost, once = self._of_all(places[times == 1]), self._of_all(places[times == 2])
        self.gain += lost
        self.alone += once - lost

    def _of_all(self, places: NDArray[np.int32]) -> Floats:
        """Return (things,) the worth of those of some places that each thing covers."""
        by, worth = self._covering.covered_by, self._covering.worth
        counts = by.indptr[places + 1] - by.indptr[places]
        begins = by.indptr[places] - (np.cumsum(counts) - counts)
        where = np.repeat(begins, counts) + np.arange(counts.sum())
        weights = np.repeat(worth[places], counts)
        found: Floats = np.bincount(by.indices[where], weights, len(self.chosen)).astype(np.float64)
        return found
