"""The committed instances, as the tests of the derivation read them.

Import this before anything of ``derivation``: it is run from a checkout, not installed, and this
module puts the root of the checkout on the path.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

INSTANCES = ROOT / "instances"
REGIONS = ("achterhoek", "noordoost-groningen", "zeeland", "zuid-limburg")
TEXT = ("zone", "crebo", "dossier")


class Instance:
    """Reads the tables of one committed instance."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, table: str) -> pd.DataFrame:
        file = INSTANCES / self.name / f"{table}.csv"
        return pd.read_csv(file, dtype=dict.fromkeys(TEXT, str))

    def registered(self) -> pd.DataFrame:
        """Return the programmes of the catalogue without the cross-overs."""
        programmes = self["programmes"]
        return programmes[~programmes["programme"].isin(self["hybrids"]["programme"])]

    def settings(self) -> dict[str, Any]:
        text = (INSTANCES / self.name / "region.yaml").read_text(encoding="utf-8")
        settings: dict[str, Any] = yaml.safe_load(text)
        return settings

    def account_of_sources(self) -> str:
        return (INSTANCES / self.name / "SOURCES.md").read_text(encoding="utf-8")


def learners_by_programme(region: Instance) -> pd.Series:
    """Return who asks for each programme in the first period, young and adult together."""
    young, adult = (
        region[name].query("period == period.min()")["learners"].sum()
        for name in ("cohorts", "adult_cohorts")
    )
    asked = region["choices"].set_index("choice")["share"] * young
    adults = region["adult_choices"].set_index("choice")["share"] * adult
    total: pd.Series = asked.add(adults.reindex(asked.index), fill_value=0.0)
    return total


def adults_who_ask_for_a_programme(region: Instance) -> float:
    """Return the adults a year, first period, who do not ask for a single unit."""
    cohorts = region["adult_cohorts"].query("period == period.min()")["learners"].sum()
    choices = region["adult_choices"]
    single = ~choices["choice"].isin(region["choices"]["choice"])
    return float(cohorts * choices.loc[~single, "share"].sum())
