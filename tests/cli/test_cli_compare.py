"""``compare``: saved runs side by side."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from command_line import ESCAPE, Here
from typer.testing import CliRunner

from builders import changed, write_region
from coverage_opt.cli.app import app
from coverage_opt.cli.comparison_page import _signed

NAMED = "<script>[bold]Hill"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two runs for a region whose names are hostile."""
    folder = tmp_path_factory.mktemp("runs")
    write_region(folder / "tiny", sites=changed("sites", 0, name=NAMED))
    patch = pytest.MonkeyPatch()
    patch.chdir(folder)
    not_at_hill = "rules.fixed_offers.must_not=[{programme: weld-BOL, site: hill-centre}]"
    asked = {"one": ["programme"], "two": ["modular", "--set", not_at_hill]}
    for name, policy in asked.items():
        typed = ["solve", "tiny", "--out", name, "--quiet", "--policy", *policy]
        finished = CliRunner().invoke(app, typed)
        assert finished.exit_code == 0, finished.output
    patch.undo()
    return folder


@pytest.fixture
def here(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    shutil.copytree(runs, tmp_path, dirs_exist_ok=True)
    return Here(tmp_path, monkeypatch, capsys)


def test_two_runs_side_by_side(here: Here) -> None:
    finished = here.run("compare", "one", "two")
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[0] == "Tiny 2026: runs against one"
    assert lines[2].split() == ["Indicator", "one", "two"]
    assert "two against one" in lines
    assert any(line.endswith("moved (offers)") for line in lines)
    assert "sharing: [" in finished.stdout
    assert ESCAPE not in finished.stdout
    assert "rules.fixed_offers.must_not: " in finished.stdout


def test_names_stand_as_they_are(here: Here) -> None:
    told = json.loads(here.run("compare", "one", "two", "--json").stdout)
    assert told["runs"] == ["one", "two"]
    assert {row["by"] for row in told["differences"]} == {
        *("region", "municipality", "institution", "domain", "occupation"),
    }
    assert "hill-centre" in {row["site"] for row in told["changes"]}
    assert NAMED in here.run("compare", "one", "two").stdout


def test_every_table_can_be_had_as_a_file(here: Here) -> None:
    finished = here.run("compare", "one", "two", "--out", "tables")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.endswith("Written to tables\n")
    files = sorted(path.name for path in (here.folder / "tables").iterdir())
    assert files == ["access.csv", "changes.csv", "differences.csv", "settings.csv"]
    assert here.run("compare", "one", "two", "--out", "figures.csv").returncode == 0
    alone = pd.read_csv(here.folder / "figures.csv")
    beside = pd.read_csv(here.folder / "tables" / "differences.csv")
    assert len(alone) > 10
    pd.testing.assert_frame_equal(alone, beside)


def test_one_run_is_not_compared(here: Here) -> None:
    finished = here.run("compare", "one")
    assert finished.returncode == 2
    assert "at least two runs" in finished.stderr


def test_a_run_that_is_not_there_is_said_with_the_nearest(here: Here) -> None:
    finished = here.run("compare", "one", "twoo")
    assert finished.returncode == 3
    assert "did you mean two?" in finished.stderr


def test_a_missing_table_is_said(here: Here) -> None:
    (here.folder / "two" / "reach.csv").unlink()
    finished = here.run("compare", "one", "two")
    assert finished.returncode == 3
    assert "reach.csv" in finished.stderr


def test_a_run_of_another_version_is_said(here: Here) -> None:
    path = here.folder / "two" / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "format_version": 99}), encoding="utf-8")
    finished = here.run("compare", "one", "two")
    assert finished.returncode == 3
    assert "format version 99" in finished.stderr


def test_a_region_that_changed_since_is_said(here: Here) -> None:
    write_region(here.folder / "tiny", zones=changed("zones", 0, name="Hilltop"))
    finished = here.run("compare", "one", "two")
    assert finished.returncode == 3
    assert "tiny is not what it was when the runs were made" in finished.stderr


def test_runs_of_different_regions_are_refused(here: Here) -> None:
    write_region(here.folder / "other", settings={"name": "other"})
    typed = ("solve", "other", "--policy", "programme", "--out", "three", "--quiet")
    assert here.run(*typed).returncode == 0
    finished = here.run("compare", "one", "three", "--json")
    assert finished.returncode == 3
    assert "three is for other, and one for tiny" in finished.stderr
    assert json.loads(finished.stdout)["status"] == "bad_data"


def test_a_place_that_cannot_be_written_to_is_said_first(here: Here) -> None:
    finished = here.run("compare", "one", "two", "--out", "nowhere/tables")
    assert finished.returncode == 2
    assert "cannot be written" in finished.stderr


def test_a_difference_that_is_hardly_one_is_said_in_words() -> None:
    assert _signed(-0.0004, "share") == "< 0.1 less"
    assert _signed(0.0004, "share") == "< 0.1 more"
    assert _signed(-0.004, "share") == "-0.4"
    assert _signed(0.0, "share") == "="
