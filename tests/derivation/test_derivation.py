"""The derivation itself: its arithmetic, and that it makes the committed tables again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from committed import INSTANCES, ROOT
from derivation.assumptions import read_current
from derivation.facts import FILES, FactsMissingError, read_facts
from derivation.loads import loads_of_starters, nearest_sites
from derivation.network import kilometres_to_nearest
from derivation.popularity import rake
from derivation.rounding import round_to_total, write_table
from derivation.sources import MARKER, write_sources

FACTS = ROOT.parent / "shared" / "facts"


def test_raking_matches_both_margins_and_keeps_the_odds_ratio() -> None:
    keys = pd.DataFrame({"row": ["a", "a", "b", "b"], "column": ["x", "y", "x", "y"]})
    seed = pd.Series([1.0, 2.0, 3.0, 4.0])
    targets = {"row": pd.Series({"a": 0.4, "b": 0.6}), "column": pd.Series({"x": 0.3, "y": 0.7})}
    raked = rake(seed, keys, targets)
    assert raked.groupby(keys["row"]).sum().to_dict() == pytest.approx({"a": 0.4, "b": 0.6})
    assert raked.groupby(keys["column"]).sum().to_dict() == pytest.approx({"x": 0.3, "y": 0.7})
    assert raked[0] * raked[3] / (raked[1] * raked[2]) == pytest.approx(1.0 * 4.0 / (2.0 * 3.0))


def test_raking_refuses_totals_that_cannot_be_met() -> None:
    keys = pd.DataFrame({"row": ["a", "b"], "column": ["x", "y"]})
    targets = {"row": pd.Series({"a": 0.5, "b": 0.5}), "column": pd.Series({"x": 0.1, "y": 0.9})}
    with pytest.raises(ValueError, match="cannot be matched"):
        rake(pd.Series([1.0, 1.0]), keys, targets)


def test_rounding_keeps_the_total() -> None:
    thirds = np.array([1 / 3, 1 / 3, 1 / 3])
    rounded = round_to_total(thirds, 3)
    assert rounded.sum() == pytest.approx(1.0, abs=1e-12)
    assert rounded.tolist() == [0.334, 0.333, 0.333]


def test_goes_lies_twenty_kilometres_from_middelburg() -> None:
    goes = pd.DataFrame({"latitude": [51.504], "longitude": [3.889]})
    towns = pd.DataFrame({"latitude": [51.500, 53.219], "longitude": [3.614, 6.567]})
    assert kilometres_to_nearest(goes, towns)[0] == pytest.approx(19.0, abs=0.5)


def test_sanity_ranges_written_by_hand_survive(tmp_path: Path) -> None:
    file = tmp_path / "SOURCES.md"
    file.write_text(f"old\n{MARKER}kept\n", encoding="utf-8")
    write_sources(f"new\n{MARKER}", file)
    assert file.read_text(encoding="utf-8") == f"new\n{MARKER}kept\n"


def test_all_missing_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / FILES[0]).touch()
    with pytest.raises(FactsMissingError) as caught:
        read_facts(tmp_path)
    assert all(name in str(caught.value) for name in FILES[1:])
    assert FILES[0] not in str(caught.value)


def test_todays_offering_is_copied_where_there_is_one(tmp_path: Path) -> None:
    assert read_current(tmp_path) == {}
    offers = "programme,site,learners\n25180-BOL,scalda-goes,21.5\n"
    (tmp_path / "zeeland.csv").write_text(offers, encoding="utf-8")
    current = read_current(tmp_path)
    assert list(current) == ["zeeland"]
    write_table(current["zeeland"], tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text(encoding="utf-8") == offers


def test_todays_offering_with_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zeeland.csv").write_text("programme,site\na,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="programme, site, learners"):
        read_current(tmp_path)


def test_learners_go_to_the_nearest_site_on_their_own_side_of_the_water() -> None:
    zones = pd.DataFrame(
        {
            "zone": ["north", "south"],
            "latitude": [51.50, 51.40],
            "longitude": [3.6, 3.6],
            "landmass": ["main", "island"],
        }
    )
    sites = pd.DataFrame(
        {
            "site": ["one", "twin", "over"],
            "latitude": [51.45, 51.45, 51.00],
            "longitude": [3.6, 3.6, 3.6],
            "landmass": ["main", "main", "island"],
        }
    )
    taught = [("one", "care"), ("twin", "care"), ("over", "care"), ("one", "craft")]
    site_domains = pd.DataFrame(taught, columns=["site", "domain"])
    people = pd.Series({"north": 30.0, "south": 10.0})
    shares = nearest_sites(people, zones, sites, site_domains)
    # Twins share the north; the south stays on its island where it can.
    assert shares.loc["care"].to_dict() == pytest.approx(
        {"one": 0.375, "twin": 0.375, "over": 0.25}
    )
    assert shares.loc["craft"].to_dict() == pytest.approx({"one": 1.0, "twin": 0.0, "over": 0.0})


def test_a_starter_asks_for_fewer_hours_every_year() -> None:
    tables = {
        "programmes": pd.DataFrame({"programme": ["p"], "years": [2.5]}),
        "curriculum": pd.DataFrame({"programme": ["p", "p"], "unit": ["talk", "work"]}),
        "units": pd.DataFrame(
            {
                "unit": ["talk", "work"],
                "kind": ["generic", "profile"],
                "year": [1, 2],
                "hours": [100.0, 200.0],
            }
        ),
    }
    loads = loads_of_starters(tables, {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.7}).loc["p"]
    assert loads.to_dict() == pytest.approx(
        {"contact_hours": 280.0, "generic_hours": 100.0, "present_years": 1.0 + 0.9 + 0.4}
    )


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="no folder with the public figures at ../shared/facts"
)
def test_the_committed_tables_are_derived_again_byte_for_byte(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "derivation", "--facts", str(FACTS), "--into", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    again = {file.relative_to(tmp_path): file for file in tmp_path.rglob("*") if file.is_file()}
    assert len(again) > 40
    differing = [str(name) for name, file in again.items() if not _same(file, INSTANCES / name)]
    assert differing == []
    names = {name.parts[0] for name in again}
    committed = {
        file.relative_to(INSTANCES)
        for name in names
        for file in (INSTANCES / name).rglob("*")
        if file.is_file()
    }
    assert committed == set(again)


def _same(derived: Path, committed: Path) -> bool:
    if not committed.is_file():
        return False
    # What stands below the marker is written by hand.
    marker = MARKER.encode()
    return derived.read_bytes().partition(marker)[0] == committed.read_bytes().partition(marker)[0]
