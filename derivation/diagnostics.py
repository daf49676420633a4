"""How concentrated what learners ask for is: how many programmes have enough askers for a class."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ASKERS = (15, 12, 8, 4, 1)


def askers_of(folder: Path) -> pd.DataFrame:
    """Count the programmes of a written region with so many askers a year, first period.

    Young and adult together. Those who ask for a unit (the undecided, who ask for an orientation
    year, and adults who take one alone) are left out.

    Returns:
        Index least askers; columns programmes (how many) and share (of the decided learners).
    """
    askers = _asked(folder, "cohorts", "choices")
    askers = askers[~askers.index.str.startswith("orientation-")]
    adults = _asked(folder, "adult_cohorts", "adult_choices")
    askers = askers.add(adults.reindex(askers.index), fill_value=0.0)
    counts = {
        least: ((askers >= least).sum(), askers[askers >= least].sum() / askers.sum())
        for least in ASKERS
    }
    table = pd.DataFrame.from_dict(counts, orient="index", columns=["programmes", "share"])
    return table.rename_axis("askers").round({"share": 3})


def _asked(folder: Path, cohorts: str, choices: str) -> pd.Series:
    """Return learners a year by choice, first period."""
    table = pd.read_csv(folder / f"{cohorts}.csv", dtype={"zone": str})
    learners = table.loc[table["period"] == table["period"].min(), "learners"].sum()
    shares = pd.read_csv(folder / f"{choices}.csv").set_index("choice")["share"]
    asked: pd.Series = shares * learners
    return asked
