"""Plans full of awkward text and numbers, to be saved and read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from coverage_opt.errors import InputError
from coverage_opt.plan.plan import COUNT_COLUMNS, TABLES, TEXT_COLUMNS, Plan
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.region.scenarios import Scenario

MODULAR = load_policy("modular", ["rules.travel_limit.by_level.3=80"])
AWKWARD = [
    "a,b", 'say "hi"', "two\nlines",
    "\r\n", "\r", "=1+1", "+31 118", "@SUM(A1)", "-", "0101", "1e5",
    "NA", "nan", "None", "", " padded ",
    "Friesland – Fryslân", "東京", "👩‍🏭", "\ufeff", "a\tb", "'", "\\",
]  # fmt: skip
YEARS = (2030, 2035)
FUTURES = (Scenario("baseline", "Baseline – as forecast", 0.7), Scenario("low", '"Low"', 0.3))
RUN: dict[str, Any] = {
    "instance": "../my region",
    "overrides": ["rules.travel_limit.by_level.3=80"],
    "gap_asked": 0.001,
    "seed": 7,
    "time_limit_seconds": None,
    "interrupted": False,
    "versions": {"python": "3.11.7", "highspy": "1.16.0"},
    "seconds": {"load": 0.1, "solve": 1 / 3},
    "reductions": {"zones": [152, 9], "unit decisions": [900, 410]},
}


def column_of(name: str, length: int) -> Any:
    if name in TEXT_COLUMNS:
        return pd.Series([AWKWARD[row % len(AWKWARD)] for row in range(length)], dtype="str")
    if name in COUNT_COLUMNS:
        return pd.Series(range(length), dtype="int64")
    return pd.Series([row / 3 for row in range(length)], dtype="float64")


def tables(length: int = len(AWKWARD)) -> dict[str, pd.DataFrame]:
    return {
        name: pd.DataFrame({column: column_of(column, length) for column in columns})
        for name, columns in TABLES.items()
    }


def plan_of(**changed: pd.DataFrame) -> Plan:
    return planned({**tables(), **changed}, RUN)


def planned(
    content: dict[str, pd.DataFrame], run: dict[str, Any], policy: Policy = MODULAR
) -> Plan:
    """Return a plan for two periods and two scenarios with these tables."""
    return Plan("feasible", "tiny", "ab12", policy, YEARS, "two", FUTURES, run, content)


def assert_same(loaded: Plan, saved: Plan) -> None:
    for name in TABLES:
        assert_frame_equal(loaded.table(name), saved.table(name), check_exact=True)
        for column in TABLES[name]:
            if column not in TEXT_COLUMNS:
                before, after = saved.table(name)[column], loaded.table(name)[column]
                assert (np.signbit(before) == np.signbit(after)).all()
    assert loaded.policy == saved.policy
    assert loaded.policy.content_hash == saved.policy.content_hash
    for what in (
        "status", "region", "region_hash", "periods", "scenario_set", "scenarios", "run",
    ):  # fmt: skip
        assert getattr(loaded, what) == getattr(saved, what)


def problems(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    return "\n".join(map(str, caught.value.problems))


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"a folder"
        for path in folder.rglob("*")
    }
