"""Plain Python values out of tables, for code that goes through a table row by row.

What a cell of a table can be, pandas' types leave open: these give ``Any``, once, here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield each row's values in ``columns``; in all columns when none is named."""
    # lists: a column of text is slow to go through
    return zip(*(table[column].tolist() for column in columns or table.columns), strict=True)


def mapping(table: pd.DataFrame, keys: str | Sequence[str], value: str) -> dict[Any, Any]:
    """Map each row's key to its value.

    Args:
        table: any table with the columns named.
        keys: the column of the keys; several columns for keys that are tuples.
        value: the column of the values.
    """
    found = table[keys].tolist() if isinstance(keys, str) else rows(table, *keys)
    return dict(zip(found, table[value].tolist(), strict=True))


def cells(table: pd.DataFrame) -> dict[tuple[Any, Any], Any]:
    """Map (row label, column label) to the value there, row by row."""
    keys = product(table.index, table.columns)
    return dict(zip(keys, table.to_numpy().ravel().tolist(), strict=True))


def values_at(table: pd.DataFrame, index: pd.Series, columns: pd.Series) -> NDArray[np.float64]:
    """Return the number at each pair of row label and column label, all of which are there."""
    row, column = positions(table.index, index), positions(table.columns, columns)
    return table.to_numpy(dtype=np.float64)[row, column]


def positions(axis: pd.Index, labels: pd.Series) -> NDArray[np.intp]:
    """Return where each label is on an axis without doubles; -1 where it is not there."""
    return axis.get_indexer(pd.Index(labels))
