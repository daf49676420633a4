"""Amounts of two tables side by side: few rows one by one, many at once, with the same result."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage_opt.plan.verify import compare
from coverage_opt.plan.verify.compare import absent, differences

KEY = ["zone", "period"]


def random_table(generator: np.random.Generator, rows: int) -> pd.DataFrame:
    """Return some amounts, more than one of a key, and some so small that they are rounding."""
    zone = generator.choice(["hill", "bank", "hook"], rows)
    amount = generator.choice([0.0, 1e-7, 0.5, 40.0], rows)
    table = pd.DataFrame({"zone": zone, "period": generator.integers(2026, 2029, rows)})
    return table.assign(learners=amount).astype({"zone": "str", "period": "int64"})


@pytest.mark.parametrize("seed", range(30))
def test_few_and_many_rows_differ_in_the_same_places(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(seed)
    sizes = generator.integers(0, 12, 2).tolist()
    stated, expected = (random_table(generator, size) for size in sizes)
    few = list(differences(stated, expected, KEY, "learners"))
    monkeypatch.setattr(compare, "FEW", -1)
    many = list(differences(stated, expected, KEY, "learners"))
    assert [each.key for each in few] == [each.key for each in many]
    for one, other in zip(few, many, strict=True):
        assert (one.stated, one.expected) == pytest.approx((other.stated, other.expected))
    sums = [table.groupby(KEY)["learners"].sum() for table in (stated, expected)]
    both = pd.concat(sums, axis=1, keys=["stated", "expected"]).fillna(0.0)
    apart = both[(both["stated"] - both["expected"]).abs() > 1e-5 * both["expected"].clip(lower=1)]
    assert [each.key for each in few] == sorted(apart.index)


def test_what_is_absent_are_the_rows_whose_key_the_other_does_not_have() -> None:
    table = pd.DataFrame({"zone": ["hill", "bank", "hill"], "period": [2026, 2026, 2027]})
    other = pd.DataFrame({"zone": ["hill", "hook"], "period": [2026, 2026]})
    assert absent(table, other, KEY).index.tolist() == [1, 2]
    assert absent(table, other.head(0), KEY).index.tolist() == [0, 1, 2]
    assert absent(table.head(0), other, KEY).empty
    assert list(absent(table.head(0), other, KEY).columns) == KEY
