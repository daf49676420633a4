"""Rounding that keeps totals, and writing tables the same way every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd


def round_to_total(values: npt.NDArray[np.float64], decimals: int) -> npt.NDArray[np.float64]:
    """Round so that the rounded values add up to the rounded total (largest remainder).

    Args:
        values: numbers of 0 or more.
        decimals: digits kept.

    Returns:
        The rounded values, in the same order.
    """
    scaled = values * 10**decimals
    floors = np.floor(scaled)
    spare = round(float(scaled.sum())) - int(floors.sum())
    # A stable sort, so that equal remainders fall the same way on every machine.
    takers = np.argsort(-(scaled - floors), kind="stable")[:spare]
    floors[takers] += 1.0
    rounded: npt.NDArray[np.float64] = np.round(floors / 10**decimals, decimals)
    return rounded


def write_table(table: pd.DataFrame, file: Path) -> None:
    """Write a CSV file, UTF-8 with Unix line ends, floats in their shortest exact form."""
    table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
