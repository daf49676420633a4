"""Which programmes of a family are decided together."""

from __future__ import annotations

import pandas as pd

from builders import tiny_region
from coverage_opt import Limits
from coverage_opt.formulation.blocks import SPANNING, labels_of
from coverage_opt.planning import prepare
from coverage_opt.planning.coarse.neighbourhoods import SIZES, in_order, windows
from random_policies import policy_of

NOBODY = pd.DataFrame({"choice": [], "programme": []})


def test_programmes_that_share_units_stand_together() -> None:
    units = {f"{kind}{number}": [kind, f"own {kind}{number}"] for kind in "ab" for number in "123"}
    mixed = ["a1", "b3", "a3", "b1", "a2", "b2"]
    assert in_order(mixed, units, NOBODY) == ["a1", "a2", "a3", "b1", "b2", "b3"]
    assert in_order(reversed(mixed), units, NOBODY) == in_order(mixed, units, NOBODY)


def test_programmes_that_the_same_learners_would_take_stand_together() -> None:
    units = {name: [f"own {name}"] for name in "pqrs"}
    takers = pd.DataFrame(
        {"choice": ["p", "p", "q", "q"], "programme": ["p", "r", "q", "s"]}, dtype=str
    )
    found = in_order("pqrs", units, takers)
    assert sorted((found[:2], found[2:])) == [["p", "r"], ["q", "s"]]


def test_every_programme_is_in_one_neighbourhood_and_those_grow() -> None:
    order = [f"p{number:03}" for number in range(130)]
    sizes = []
    for number_of in windows(order):
        assert sorted(number_of) == order
        numbers = [number_of[name] for name in order]
        assert numbers == sorted(numbers), "neighbours stand together"
        sizes.append(max(numbers.count(number) for number in set(numbers)))
    assert sizes == [size for size in SIZES for _ in range(2)]


def test_columns_have_the_label_of_their_programme_or_none() -> None:
    policy = policy_of({"class_size": {"own": {"minimum": 5}}}, [{"maximise": {"coverage": 1}}])
    prepared = prepare(tiny_region(), policy, Limits(threads=1))
    programmes = sorted(prepared.model.units_of)
    number_of = {name: number for number, name in enumerate(programmes)}
    labels = labels_of(prepared.model, prepared.handed.matrix.columns, number_of)
    for period in prepared.model.periods:
        for (programme, _), offer in period.offer.items():
            assert labels[prepared.handed.matrix.column(offer)] == number_of[programme]
    same = labels_of(prepared.model, prepared.handed.matrix.columns, dict.fromkeys(programmes, 0))
    # what several programmes have is of one label only where they have the same
    assert (same[labels != SPANNING] == 0).all()
    assert (same == 0).sum() > (labels != SPANNING).sum()
