"""Loading a region: what comes out, that it cannot be changed, and that its hash tells all."""

from __future__ import annotations

import pickle
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import COLUMNS, SETTINGS, TABLES, changed, network, tiny_region, write_region
from coverage_opt.errors import InputError
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.region.travel import TravelParameters

KEPT = [name for name in TABLES if name not in ("travel", "site_travel")]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


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
    assert list(demand.columns) == ["zone", "choice", "learners"]
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
        ("hill", "weld-BOL", 30.0),
        ("hook", "try-tech", 10.0),
    ]
    assert set(region.cohorts.itertuples(index=False, name=None)) == {
        ("hill", 2026, 30.0),
        ("hill", 2030, 20.0),
        ("hook", 2026, 10.0),
    }
    shares = dict(region.choices.itertuples(index=False, name=None))
    assert shares == pytest.approx({"care-BOL": 0, "try-tech": 10 / 60, "weld-BOL": 50 / 60})


def test_names(region: Region) -> None:
    assert region.programme_name("weld-BBL") == "Welder (BBL)"
    assert region.unit_name("welding") == "Welding"
    assert region.unit_name("own:weld-BOL") == "Welder (BOL)"
    assert region.unit_kind("welding") == "profile"
    assert region.unit_kind("own:weld-BOL") == "own"
    assert region.site_name("hook-centre") == "Hook Centre"
    assert region.site_name("online") == "online"
    assert region.zone_name("hook") == "Hook"
    assert region.occupation_name("nurse") == "Nurse"


def test_a_pathway_already_in_a_name_is_not_repeated() -> None:
    programmes = changed("programmes", 0, name="Welder BOL")
    assert tiny_region(programmes=programmes).programme_name("weld-BOL") == "Welder BOL"


@pytest.mark.parametrize("name", [*KEPT, "minutes", "site_minutes"])
def test_nobody_can_change_a_region(region: Region, name: str) -> None:
    before = getattr(region, name).copy(deep=True)
    table = getattr(region, name)
    table.iloc[0, 0] = table.iloc[-1, 0]
    table["new"] = 1
    table.index.name = table.columns.name = "changed"
    pd.testing.assert_frame_equal(getattr(region, name), before)


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


def rewritten(folder: Path, *, ending: str, seed: int) -> Path:
    """Write the tiny region with rows and columns in another order, and other line endings."""
    shuffle = random.Random(seed)
    write_region(folder)
    for path in folder.glob("*.csv"):
        table = pd.read_csv(path, dtype=str)
        columns = list(table.columns)
        shuffle.shuffle(columns)
        rows = list(range(len(table)))
        shuffle.shuffle(rows)
        text = table.iloc[rows][columns].to_csv(index=False, lineterminator=ending)
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    content = yaml.safe_load((folder / "region.yaml").read_text(encoding="utf-8"))
    reordered = yaml.safe_dump(dict(reversed(content.items())), sort_keys=False)
    (folder / "region.yaml").write_bytes(reordered.replace("\n", ending).encode())
    return folder


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_way_of_writing_does_not_matter(
    tmp_path: Path, region: Region, ending: str, seed: int
) -> None:
    twin = load_region(rewritten(tmp_path, ending=ending, seed=seed))
    assert twin.content_hash == region.content_hash
    assert twin == region
    assert hash(twin) == hash(region)
    # Not only the hash: the tables come out in the same order, so the same plan follows.
    for name in KEPT:
        pd.testing.assert_frame_equal(getattr(twin, name), getattr(region, name))
    pd.testing.assert_frame_equal(twin.minutes, region.minutes)
    pd.testing.assert_frame_equal(twin.demand(2026), region.demand(2026))


def test_where_a_table_stands_does_not_matter(tmp_path: Path, region: Region) -> None:
    (tmp_path / "shared").mkdir()
    write_region(tmp_path / "region", settings={"catalogue": "../shared"})
    for name in ("units", "programmes", "curriculum"):
        (tmp_path / "region" / f"{name}.csv").rename(tmp_path / "shared" / f"{name}.csv")
    assert load_region(tmp_path / "region") == region


CHANGES: list[dict[str, Any]] = [
    {"settings": {"name": "other"}},
    {"settings": {"title": "Other"}},
    {"settings": {"retention": {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.7499999}}},
    {"zones": changed("zones", 0, latitude=51.5000001)},
    {"zones": changed("zones", 0, name="Hil")},
    {"cohorts": changed("cohorts", 5, learners=20.000001)},
    {"sites": changed("sites", 1, town="Hooks")},
    {"site_domains": [*TABLES["site_domains"], ("hook-centre", "care")]},
    {"programmes": changed("programmes", 0, success=0.81)},
    {"units": changed("units", 0, hours=81)},
    {"curriculum": TABLES["curriculum"][1:]},
    {"choices": changed("choices", 0, share=0.1 + 1e-9)},
    {"accept": TABLES["accept"][1:]},
    {"accept": []},
    {"occupations": changed("occupations", 0, weight=2.1)},
    {"openings": changed("openings", 0, openings=21)},
    {"leads_to": changed("leads_to", 0, share=0.81)},
    {"travel": changed("travel", 0, minutes=11)},
    {"site_travel": changed("site_travel", 0, minutes=66)},
    {"site_travel": None},
    network(),
]


def test_every_change_changes_the_hash(region: Region) -> None:
    hashes = {tiny_region(**change).content_hash for change in CHANGES}
    assert len(hashes | {region.content_hash}) == len(CHANGES) + 1


def test_a_travel_parameter_changes_the_hash_and_its_default_does_not() -> None:
    plain = tiny_region(**network())
    default = TravelParameters().cycling_kmh
    slow = tiny_region(**network(), settings={"travel": {"cycling_kmh": default - 1}})
    assert tiny_region(**network(), settings={"travel": {"cycling_kmh": default}}) == plain
    assert slow != plain
    assert plain != tiny_region()
    assert plain != "another thing"


def test_numbers_written_differently_are_the_same(region: Region) -> None:
    cohorts = "zone,period,learners\n" + "".join(
        f"{zone},{period},{learners}.00\n" for zone, period, learners in TABLES["cohorts"]
    )
    assert tiny_region(cohorts=cohorts) == region
    assert tiny_region(cohorts=cohorts.replace("100.00", "1e2")) == region


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
