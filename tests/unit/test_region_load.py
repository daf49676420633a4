"""Loading a region: what comes out is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import (
    COLUMNS,
    ENTRY,
    MONEY,
    OPTIONAL,
    SETTINGS,
    TABLES,
    changed,
    full_tables,
    network,
    tiny_region,
    write_region,
)
from coverage_opt.errors import InputError
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region

KEPT = [name for name in TABLES if name not in ("travel", "site_travel")]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


@pytest.fixture(scope="module")
def full() -> Region:
    return tiny_region(**full_tables(hybrids=True))


def test_settings(region: Region) -> None:
    assert (region.name, region.title) == ("tiny", "Tiny")
    assert region.periods == (2026, 2030)
    assert region.retention == {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.75}
    assert len(region.content_hash) == 64
    assert "tiny" in repr(region)


@pytest.mark.parametrize("name", KEPT)
def test_a_table_comes_out_as_it_was_written(region: Region, name: str) -> None:
    table: pd.DataFrame = getattr(region, name)
    assert list(table.columns) == COLUMNS[name].split(",")
    assert isinstance(table.index, pd.RangeIndex)
    written = {tuple(row) for row in TABLES[name]}
    assert set(table.itertuples(index=False, name=None)) == written
    assert len(table) == len(TABLES[name])


@pytest.mark.parametrize("name", [*OPTIONAL, "hybrids"])
def test_an_optional_table_comes_out_as_it_was_written(full: Region, name: str) -> None:
    written = full_tables(hybrids=True)[name]
    table: pd.DataFrame = getattr(full, name)
    assert full.has(name)
    assert list(table.columns) == COLUMNS[name].split(",")
    assert isinstance(table.index, pd.RangeIndex)
    assert set(table.itertuples(index=False, name=None)) == {tuple(row) for row in written}
    assert len(table) == len(written)


@pytest.mark.parametrize("name", [*OPTIONAL, "hybrids"])
def test_a_table_that_is_not_there_is_empty_and_typed(
    region: Region, full: Region, name: str
) -> None:
    table: pd.DataFrame = getattr(region, name)
    assert not region.has(name)
    assert table.empty
    pd.testing.assert_series_equal(table.dtypes, getattr(full, name).dtypes)


def test_what_a_region_has(region: Region, full: Region) -> None:
    assert region.has("cohorts")
    assert not region.has("demand")
    assert not region.has_adults
    assert full.has_adults
    with pytest.raises(KeyError):
        region.has("cohort")
    rows = [("hill", "weld-BOL", period, 30) for period in (2026, 2030)]
    stated = tiny_region(cohorts=None, choices=None, demand=rows)
    assert stated.has("demand")
    assert not stated.has("cohorts")


def test_money_and_entry(region: Region, full: Region) -> None:
    assert region.money is None
    assert region.entry == {}
    assert full.money is not None
    assert full.money.model_dump() == MONEY
    assert {kind: entry.model_dump() for kind, entry in full.entry.items()} == ENTRY


def test_types(region: Region) -> None:
    assert region.cohorts.dtypes.astype(str).to_dict() == {
        "zone": "str",
        "period": "int64",
        "learners": "float64",
    }
    assert str(region.programmes["level"].dtype) == "int64"


def test_identifiers_stay_text(tmp_path: Path) -> None:
    renamed: dict[str, Any] = {
        name: [tuple("0101" if field == "hill" else field for field in row) for row in TABLES[name]]
        for name in ("zones", "cohorts", "travel")
    }
    region = tiny_region(tmp_path, **renamed)
    assert "0101" in set(region.zones["zone"])
    assert region.minutes.loc["0101", "hill-centre"] == 10


def test_minutes(region: Region) -> None:
    assert region.minutes.index.name == "zone"
    assert region.minutes.columns.name == "site"
    for zone, site, minutes in TABLES["travel"]:
        assert region.minutes.loc[zone, site] == minutes
    between = region.site_minutes
    assert between is not None
    assert between.loc["hill-centre", "hook-centre"] == 65
    assert between.loc["hook-centre", "hook-centre"] == 0
    assert tiny_region(site_travel=None).site_minutes is None


def test_minutes_over_the_network() -> None:
    region = tiny_region(**network())
    between = region.site_minutes
    assert region.minutes.shape == (3, 2)
    assert between is not None
    assert list(between.index) == list(region.minutes.columns)
    assert np.isfinite(region.minutes.to_numpy()).all()
    # The ferry takes 20 minutes: nobody crosses the water faster.
    minutes = region.minutes.to_dict("index")
    assert minutes["bank"]["hook-centre"] > 20
    faster = tiny_region(**network(), settings={"travel": {"cycling_kmh": 25.0}})
    sooner = faster.minutes.to_dict("index")
    assert sooner["hill"]["hill-centre"] < minutes["hill"]["hill-centre"]


def test_demand_is_cohort_times_share(region: Region) -> None:
    demand = region.demand(2026)
    assert list(demand.columns) == ["learner", "zone", "choice", "learners"]
    assert set(demand["learner"]) == {"young"}
    assert demand["learners"].sum() == pytest.approx(200)
    of_hill = demand[demand["zone"] == "hill"].set_index("choice")["learners"]
    assert of_hill.to_dict() == pytest.approx(
        {"care-BOL": 50, "pipe-BOL": 10, "try-tech": 20, "weld-BBL": 10, "weld-BOL": 10}
    )
    assert region.demand(2030)["learners"].sum() == pytest.approx(100)


def test_demand_of_nobody_is_left_out() -> None:
    cohorts = changed("cohorts", 0, learners=0)
    demand = tiny_region(cohorts=cohorts).demand(2026)
    assert set(demand["zone"]) == {"bank", "hook"}
    assert isinstance(demand.index, pd.RangeIndex)


def test_demand_in_an_unknown_period(region: Region) -> None:
    with pytest.raises(InputError, match=r"no period 2027\n    -> choose one of 2026, 2030"):
        region.demand(2027)


def test_stated_demand() -> None:
    rows = [
        ("hill", "weld-BOL", 2026, 30),
        ("hook", "try-tech", 2026, 10),
        ("hook", "care-BOL", 2026, 0),
        ("hill", "weld-BOL", 2030, 20),
    ]
    region = tiny_region(cohorts=None, choices=None, demand=rows)
    assert list(region.demand(2026).itertuples(index=False, name=None)) == [
        ("young", "hill", "weld-BOL", 30.0),
        ("young", "hook", "try-tech", 10.0),
    ]
    assert set(region.cohorts.itertuples(index=False, name=None)) == {
        ("hill", 2026, 30.0),
        ("hill", 2030, 20.0),
        ("hook", 2026, 10.0),
    }
    shares = dict(region.choices.itertuples(index=False, name=None))
    assert shares == pytest.approx({"care-BOL": 0, "try-tech": 10 / 60, "weld-BOL": 50 / 60})


def test_demand_of_adults(full: Region) -> None:
    demand = full.demand(2026)
    assert list(dict.fromkeys(demand["learner"])) == ["adult", "young"]
    sums = demand.groupby("learner")["learners"].sum()
    assert sums.to_dict() == pytest.approx({"adult": 70, "young": 200})
    of_hill = demand[(demand["learner"] == "adult") & (demand["zone"] == "hill")]
    assert dict(zip(of_hill["choice"], of_hill["learners"], strict=True)) == pytest.approx(
        {"care-BOL": 8, "dutch": 4, "try-tech": 4, "weld-BBL": 16, "welding": 8}
    )
    # No adults live in hook in 2030.
    later = full.demand(2030)
    assert set(later.loc[later["learner"] == "adult", "zone"]) == {"bank", "hill"}
    pd.testing.assert_frame_equal(
        later, later.sort_values(["learner", "zone", "choice"], ignore_index=True)
    )


def test_stated_demand_of_adults(region: Region) -> None:
    rows = [("hook", "welding", 2026, 7), ("hill", "weld-BBL", 2026, 3)]
    stated = tiny_region(adult_demand=rows)
    assert stated.has_adults
    demand = stated.demand(2026)
    adults = demand[demand["learner"] == "adult"]
    assert list(adults.itertuples(index=False, name=None)) == [
        ("adult", "hill", "weld-BBL", 3.0),
        ("adult", "hook", "welding", 7.0),
    ]
    young = demand[demand["learner"] == "young"].reset_index(drop=True)
    pd.testing.assert_frame_equal(young, region.demand(2026))
    pd.testing.assert_frame_equal(stated.demand(2030), region.demand(2030))
    shares = dict(stated.adult_choices.itertuples(index=False, name=None))
    assert shares == pytest.approx({"weld-BBL": 0.3, "welding": 0.7})
    assert list(stated.adult_cohorts.itertuples(index=False, name=None)) == [
        ("hill", 2026, 3.0),
        ("hook", 2026, 7.0),
    ]


def test_stated_demand_of_adults_who_are_nobody() -> None:
    stated = tiny_region(adult_demand=[("hook", "welding", 2026, 0)])
    assert set(stated.demand(2026)["learner"]) == {"young"}
    assert stated.adult_choices["share"].tolist() == [0.0]


def test_names(region: Region) -> None:
    assert region.programme_name("weld-BBL") == "Welder (BBL)"
    assert region.unit_name("welding") == "Welding"
    assert region.unit_name("own:weld-BOL") == "Welder (BOL)"
    assert region.unit_kind("welding") == "profile"
    assert region.unit_kind("own:weld-BOL") == "own"
    assert region.site_name("hook-centre") == "Hook Centre"
    assert region.site_name("online") == "online"
    assert region.institution_name("north") == "North College"
    assert region.institution_name("online") == "online"
    assert region.zone_name("hook") == "Hook"
    assert region.occupation_name("nurse") == "Nurse"


def test_a_pathway_already_in_a_name_is_not_repeated() -> None:
    programmes = changed("programmes", 0, name="Welder BOL")
    assert tiny_region(programmes=programmes).programme_name("weld-BOL") == "Welder BOL"


numbers = st.floats(0, 100_000, allow_nan=False).map(lambda value: value + 0.0)
names = st.text(
    st.characters(categories=["L", "N", "P", "S"], include_characters=" ,\"'"), min_size=1
).filter(lambda text: text.strip() == text and text.isprintable())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    learners=st.lists(numbers, min_size=6, max_size=6),
    name=names,
    weights=st.lists(st.floats(0, 1000), min_size=3, max_size=3),
    minutes=st.lists(st.floats(0, 1440), min_size=6, max_size=6),
)
def test_what_is_written_is_what_is_read(
    tmp_path: Path, learners: list[float], name: str, weights: list[float], minutes: list[float]
) -> None:
    """Any number within bounds and any visible name survives the way through the files."""
    learners = [value + 1 for value in learners if value < 99_999] + [7.0] * 6
    tables: dict[str, Any] = {
        "zones": changed("zones", 0, name=name),
        "cohorts": [
            (*row[:2], value) for row, value in zip(TABLES["cohorts"], learners, strict=False)
        ],
        "occupations": [
            (*row[:4], value) for row, value in zip(TABLES["occupations"], weights, strict=True)
        ],
        "travel": [(*row[:2], value) for row, value in zip(TABLES["travel"], minutes, strict=True)],
    }
    region = tiny_region(tmp_path, **tables)
    for table in ("zones", "cohorts", "occupations"):
        rows = set(getattr(region, table).itertuples(index=False, name=None))
        assert rows == set(tables[table])
    for zone, site, value in tables["travel"]:
        assert region.minutes.loc[zone, site] == value
    assert load_region(tmp_path) == region


def test_a_folder_is_found_by_text_or_path(
    tmp_path: Path, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_region(tmp_path / "mine")
    assert load_region(tmp_path / "mine") == region
    assert load_region(str(tmp_path / "mine")) == region
    monkeypatch.chdir(tmp_path)
    assert load_region("mine") == region
    assert load_region(Path("mine")).folder == Path("mine")


def test_settings_of_the_builder_are_not_changed_by_using_it() -> None:
    tiny_region(settings={"title": "Other"})
    assert SETTINGS["title"] == "Tiny"
