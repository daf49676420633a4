"""The hash of a region tells all it says, and nothing of how that is written."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from builders import (
    ENTRY,
    MONEY,
    OPTIONAL,
    SETTINGS,
    TABLES,
    changed,
    full_tables,
    network,
    tiny_region,
    without,
    write_region,
)
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.region.travel import TravelParameters

KEPT = [name for name in TABLES if name not in ("travel", "site_travel")]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


@pytest.fixture(scope="module")
def full() -> Region:
    return tiny_region(**full_tables(hybrids=True))


def rewritten(folder: Path, *, ending: str, seed: int) -> Path:
    """Write the full region with rows and columns in another order, and other line endings."""
    shuffle = random.Random(seed)
    write_region(folder, **full_tables(hybrids=True))
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
    tmp_path: Path, full: Region, ending: str, seed: int
) -> None:
    twin = load_region(rewritten(tmp_path, ending=ending, seed=seed))
    assert twin.content_hash == full.content_hash
    assert twin == full
    assert hash(twin) == hash(full)
    # Not only the hash: the tables come out in the same order, so the same plan follows.
    for name in (*KEPT, *OPTIONAL):
        pd.testing.assert_frame_equal(getattr(twin, name), getattr(full, name))
    pd.testing.assert_frame_equal(twin.minutes, full.minutes)
    pd.testing.assert_frame_equal(twin.demand(2026), full.demand(2026))
    assert twin.scenario_set("two") == full.scenario_set("two")


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


MORE_CHANGES: list[dict[str, Any]] = [
    {"adult_cohorts": changed("adult_cohorts", 0, learners=41)},
    {"current": changed("current", 0, learners=31)},
    {"teachers": changed("teachers", 0, hours=6001)},
    {"site_capacity": changed("site_capacity", 0, places=401)},
    {"facilities": changed("facilities", 0, facility="other bay")},
    {"workplaces": changed("workplaces", 0, places=61)},
    {"afterwards": changed("afterwards", 0, share=0.61)},
    {"scenarios": changed("scenarios", 0, name="As expected")},
    {"factors": changed("factors", 0, factor=0.96)},
    {"facilities": [*OPTIONAL["facilities"], ("hook-centre", "ward")]},
    {"requirements": without("requirements", facility="ward")},
    {"adult_choices": [("weld-BBL", 0.5), ("welding", 0.5)]},
    {"factors": None},
    {"current": None},
    {"settings": {"money": MONEY | {"cost_per_site": 400001}, "entry": ENTRY}},
    {"settings": {"money": MONEY | {"pathway_weight": {"BOL": 1, "BBL": 0.5}}, "entry": ENTRY}},
    {"settings": {"money": MONEY}},
    {"settings": {"entry": ENTRY}},
    {"settings": {"money": MONEY, "entry": {"BBL": ENTRY["BBL"]}}},
    {"settings": {"money": MONEY, "entry": ENTRY | {"BBL": {"moments": 2, "waits": 0.81}}}},
    full_tables(hybrids=True),
]


def test_every_change_of_the_optional_changes_the_hash() -> None:
    changes = [{}, *MORE_CHANGES]
    hashes = {tiny_region(**(full_tables() | change)).content_hash for change in changes}
    assert len(hashes | {tiny_region().content_hash}) == len(changes) + 1


@pytest.mark.parametrize("entry", [None, {}, {"BBL": None}])
def test_settings_that_say_nothing_do_not_change_the_hash(region: Region, entry: object) -> None:
    text = yaml.safe_dump(SETTINGS | {"entry": entry})
    assert tiny_region(settings=text) == region


def test_the_hash_of_a_region_without_anything_optional_stays_as_it_was(region: Region) -> None:
    # Plans that were saved know their region by it.
    assert region.content_hash.startswith("868419ef8cb3")


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
