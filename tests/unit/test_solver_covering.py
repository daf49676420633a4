"""The choice by exchange is as good as the best on small problems, and counts what it has."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sparse

from coverage_opt.solver import covering as room
from coverage_opt.solver.covering import Covering, exchanged
from coverage_opt.solver.limits import Deadline

NEVER = Deadline()


def drawn(seed: int, things: int = 9, places: int = 25, at_most: int = 3) -> Covering:
    """Return a random problem; some things cover nothing, some places are worth nothing."""
    random = np.random.default_rng(seed)
    covers = random.random((things, places)) < 0.2
    worth = random.integers(0, 10, places).astype(np.float64)
    return Covering(sparse.csr_array(covers.astype(np.float64)), worth, at_most)


def value(covering: Covering, chosen: Sequence[int]) -> float:
    """Return the worth of all places that the chosen things cover."""
    table = covering.covers.toarray() > 0
    return float(covering.worth[table[list(chosen)].any(axis=0)].sum())


def best(covering: Covering) -> float:
    """Return the worth of the best choice, by trying all."""
    things = range(covering.covers.shape[0])
    return max(
        value(covering, chosen)
        for chosen in combinations(things, min(covering.at_most, len(things)))
    )


@pytest.mark.parametrize("seed", range(24))
def test_it_finds_the_best_choice_of_a_small_problem(seed: int) -> None:
    covering = drawn(seed, things=5 + seed % 6, at_most=1 + seed % 4)
    chosen = exchanged(covering, seed, NEVER)
    assert len(chosen) == len(set(chosen.tolist())) <= covering.at_most
    assert value(covering, chosen.tolist()) == pytest.approx(best(covering))


@pytest.mark.parametrize("at_most", [9, 12])
def test_all_are_chosen_where_that_is_allowed(at_most: int) -> None:
    assert exchanged(drawn(1, at_most=at_most), 1, NEVER).tolist() == list(range(9))


def test_the_same_seed_chooses_the_same() -> None:
    covering = drawn(4, things=30, places=200, at_most=8)
    first, again = (exchanged(covering, 7, NEVER).tolist() for _ in range(2))
    assert first == again


def test_exchange_betters_the_greedy_choice() -> None:
    # the thing that covers most is not in the best pair
    covers = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], dtype=float)
    covering = Covering(sparse.csr_array(covers), np.ones(6), 2)
    assert exchanged(covering, 1, NEVER).tolist() == [1, 2]


@pytest.mark.parametrize("way", ["deadline", "stopped"])
def test_it_ends_early_with_the_greedy_choice(way: str) -> None:
    stop = threading.Event()
    if way == "stopped":
        stop.set()
    deadline = Deadline.after(0.0) if way == "deadline" else NEVER
    covers = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], dtype=float)
    covering = Covering(sparse.csr_array(covers), np.ones(6), 2)
    chosen = exchanged(covering, 1, deadline, stop).tolist()
    assert len(chosen) == 2
    assert 0 in chosen


@pytest.mark.parametrize("seed", range(10))
def test_what_each_thing_adds_stays_right_through_exchanges(seed: int) -> None:
    covering, random = drawn(seed, things=12, places=60), np.random.default_rng(seed)
    table, choice = covering.covers.toarray(), room._Choice(covering)
    for _ in range(200):
        thing = int(random.integers(12))
        (choice.drop if choice.chosen[thing] else choice.add)(thing)
        times = table[choice.chosen].sum(axis=0)
        assert choice.value == pytest.approx(float(covering.worth[times > 0].sum()))
        np.testing.assert_allclose(choice.gain, table @ (covering.worth * (times == 0)), atol=1e-9)
        np.testing.assert_allclose(choice.alone, table @ (covering.worth * (times == 1)), atol=1e-9)
