"""How concentrated what learners ask for is: how many programmes have enough askers for a class."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ASKERS = (15, 12, 8, 4, 1)


def askers_of(folder: Path) -> pd.DataFrame:
    """Count the programmes of a written region with so many askers a year, first period.

    The undecided, who ask for an orientation year, are left out.

    Returns:
        Index least askers; columns programmes (how many) and share (of the decided learners).
    """
    cohorts = pd.read_csv(folder / "cohorts.csv", dtype={"zone": str})
    choices = pd.read_csv(folder / "choices.csv")
    learners = cohorts.loc[cohorts["period"] == cohorts["period"].min(), "learners"].sum()
    decided = ~choices["choice"].str.startswith("orientation-")
    askers = choices.loc[decided, "share"] * learners
    counts = {
        least: ((askers >= least).sum(), askers[askers >= least].sum() / askers.sum())
        for least in ASKERS
    }
    table = pd.DataFrame.from_dict(counts, orient="index", columns=["programmes", "share"])
    return table.rename_axis("askers").round({"share": 3})
