"""A fingerprint of what a region says, not of how its files are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from coverage_opt.region.settings import RegionSettings
from coverage_opt.region.travel import TravelParameters


def content_hash(settings: RegionSettings, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the SHA-256, in hexadecimal, of a region's normalised content.

    The folder of the catalogue is left out: where a table stands does not change what it says.
    Travel parameters are taken with their defaults filled in; a setting that says nothing is as
    one that is not there.

    Args:
        settings: the content of ``region.yaml``.
        tables: the tables as given, by name; order of rows and columns does not matter.
    """
    digest = hashlib.sha256()
    digest.update(json.dumps(_stated(settings, "travel" in tables), sort_keys=True).encode())
    for name in sorted(tables):
        columns = sorted(tables[name].columns)
        # Adding 0 turns -0.0 into 0.0, which is the same number.
        values = [
            (tables[name][column] + 0 if is_number else tables[name][column]).tolist()
            for column in columns
            for is_number in [pd.api.types.is_numeric_dtype(tables[name][column])]
        ]
        rows = sorted(json.dumps(row) for row in zip(*values, strict=True))
        digest.update(json.dumps([name, columns, rows]).encode())
    return digest.hexdigest()


def _stated(settings: RegionSettings, minutes_are_given: bool) -> dict[str, Any]:
    stated = settings.model_dump(mode="json", exclude={"catalogue", "travel"}, exclude_none=True)
    if not minutes_are_given:
        stated["travel"] = (settings.travel or TravelParameters()).model_dump(mode="json")
    return {key: value for key, value in stated.items() if value != {}}
