"""Nobody can change a region, and it can be sent elsewhere."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

from builders import (
    OPTIONAL,
    TABLES,
    full_tables,
    tiny_region,
)
from coverage_opt.region.region import Region

KEPT = [name for name in TABLES if name not in ("travel", "site_travel")]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


@pytest.fixture(scope="module")
def full() -> Region:
    return tiny_region(**full_tables(hybrids=True))


@pytest.mark.parametrize("name", [*KEPT, *OPTIONAL, "minutes", "site_minutes", "teachable"])
def test_nobody_can_change_a_region(full: Region, name: str) -> None:
    before = getattr(full, name).copy(deep=True)
    table = getattr(full, name)
    table.iloc[0, 0] = table.iloc[-1, 0]
    table["new"] = 1
    table.index.name = table.columns.name = "changed"
    pd.testing.assert_frame_equal(getattr(full, name), before)


@pytest.mark.parametrize("name", ["openings_in", "workplaces_in", "demand"])
@pytest.mark.parametrize("scenario", ["baseline", "decline"])
def test_nobody_can_change_what_a_region_says_of_a_period(
    full: Region, name: str, scenario: str
) -> None:
    before = getattr(full, name)(2030, scenario).copy(deep=True)
    table = getattr(full, name)(2030, scenario)
    table.iloc[:, -1] = 0
    pd.testing.assert_frame_equal(getattr(full, name)(2030, scenario), before)


@pytest.mark.parametrize(
    "name",
    ["retention", "entry", "present_years", "teach_out_hours", "funding_of", "institution_of"],
)
def test_nobody_can_change_what_a_region_works_out(full: Region, name: str) -> None:
    before = dict(getattr(full, name))
    getattr(full, name).clear()
    assert getattr(full, name) == before


def test_nobody_can_change_its_money(full: Region) -> None:
    assert full.money is not None
    full.money.pathway_weight["BOL"] = 0
    assert full.money.pathway_weight["BOL"] == 1
    assert full.funding_of["weld-BOL"] > 0


def test_an_empty_table_can_be_filled_without_changing_the_region(region: Region) -> None:
    table = region.current
    table["learners"] = [5.0]
    assert region.current.empty
    assert tiny_region().current.empty


def test_not_even_through_numpy(region: Region) -> None:
    with pytest.raises(ValueError, match="read-only"):
        region.minutes.to_numpy()[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        region.cohorts["learners"].to_numpy()[0] = 1.0


def test_nothing_else_of_a_region_can_be_changed(region: Region) -> None:
    region.retention[1] = 0.0
    assert region.retention[1] == 1.0
    demand = region.demand(2026)
    demand["learners"] = 0
    assert region.demand(2026)["learners"].sum() == pytest.approx(200)
    with pytest.raises(AttributeError):
        region.name = "other"  # type: ignore[misc]


def test_a_region_survives_pickling(region: Region) -> None:
    twin = pickle.loads(pickle.dumps(region))
    assert twin == region
    pd.testing.assert_frame_equal(twin.minutes, region.minutes)


def test_what_was_worked_out_is_not_pickled(full: Region) -> None:
    fresh = len(pickle.dumps(tiny_region(**full_tables(hybrids=True))))
    for scenario in ("baseline", "decline"):
        full.demand(2030, scenario)
    text = pickle.dumps(full)
    assert len(text) == pytest.approx(fresh, rel=0.01)
    twin = pickle.loads(text)
    pd.testing.assert_frame_equal(twin.demand(2030, "decline"), full.demand(2030, "decline"))
    assert twin.funding_of == full.funding_of
