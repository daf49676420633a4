"""Who has a place, and who is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.plan.derive.basis import MOMENT, Basis

LEFT_OVER = 1e-6
"""Learners of one zone and choice below which the rest is rounding of the solver."""


def enrolments(basis: Basis) -> pd.DataFrame:
    """Return period, scenario, programme, site, learners who start there, where there are any."""
    key = [*MOMENT, "programme", "site"]
    return basis.placements.groupby(key, as_index=False)[["learners"]].sum()


def unplaced(basis: Basis) -> pd.DataFrame:
    """Return period, scenario, learner, zone, choice, learners whom nobody places or teaches."""
    key = [*MOMENT, "learner", "zone", "choice"]
    asking, alone = basis.asking, basis.certificates.rename(columns={"unit": "choice"})
    labels = [pd.Index(asking[column].unique()) for column in key]
    asked = _numbered(asking, key, labels)
    taken = pd.concat(
        [
            table["learners"].groupby(_numbered(table, key, labels)).sum()
            for table in (basis.switches, alone)
        ]
    )
    taken = taken.groupby(level=0).sum().reindex(asked, fill_value=0.0)
    left = asking[[*key, "learners"]].assign(learners=asking["learners"] - taken.to_numpy())
    return left[left["learners"] > LEFT_OVER].reset_index(drop=True)


def _numbered(
    table: pd.DataFrame, key: Sequence[str], labels: Sequence[pd.Index]
) -> NDArray[np.int64]:
    """Return one number for each row that tells its key: millions of names are slow to compare.

    Names that are not among the labels of a column all count as one more.
    """
    numbers = np.zeros(len(table), dtype=np.int64)
    for column, names in zip(key, labels, strict=True):
        numbers = numbers * (len(names) + 1) + names.get_indexer(pd.Index(table[column])) + 1
    return numbers
