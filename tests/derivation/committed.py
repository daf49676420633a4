"""The committed instances, as the tests of the derivation read them.

Import this before anything of ``derivation``: it is run from a checkout, not installed, and this
module puts the root of the checkout on the path.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

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

    def account_of_sources(self) -> str:
        return (INSTANCES / self.name / "SOURCES.md").read_text(encoding="utf-8")
