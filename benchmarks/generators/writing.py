"""Writes a region's files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from coverage_opt.region.schema import TABLES
from coverage_opt.shipped import REGION_FILE

SYNTHETIC = "Synthetic"
"""Stands in the title of every region that is made up, and at the top of its SOURCES.md."""


def write_region(
    folder: Path,
    settings: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    sources: str = "",
) -> None:
    """Write ``region.yaml``, one CSV file a table, and ``SOURCES.md`` when it has a text.

    Args:
        folder: made when it is not there.
        settings: of the region.
        tables: by name; columns in the order of the format.
        sources: what its figures rest on, in Markdown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True)
    (folder / REGION_FILE).write_text(content, encoding="utf-8", newline="\n")
    for name, table in tables.items():
        columns = [column for column in TABLES[name].columns if column in table.columns]
        file = folder / f"{name}.csv"
        table[columns].to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
    if sources:
        (folder / "SOURCES.md").write_text(sources, encoding="utf-8", newline="\n")
