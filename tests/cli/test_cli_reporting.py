"""The command ``report``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from command_line import Here

from builders import full_tables, write_region
from coverage_opt.cli import reporting
from report_runs import boundaries, saved_run, write_boundaries


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a region and a run; tests take copies of it."""
    folder = tmp_path_factory.mktemp("made")
    saved_run(folder, "plan")
    return folder


@pytest.fixture
def here(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    shutil.copytree(made / "plan", tmp_path / "plan")
    shutil.copytree(made / "region", tmp_path / "region")
    return Here(tmp_path, monkeypatch, capsys)


def rewrite(manifest: Path, **changed: Any) -> None:
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(content | changed), encoding="utf-8")


def test_a_report_is_made_of_a_run(here: Here) -> None:
    done = here.run("report", "plan", "--xlsx", "plan.xlsx", "--geojson", "plan.geojson")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Written: plan.html",
        "Written: plan.xlsx",
        "Written: plan.geojson",
    ]
    assert '<html lang="nl">' in (here.folder / "plan.html").read_text(encoding="utf-8")
    again = here.run("report", "plan", "--xlsx", "plan.xlsx")
    assert again.returncode == 2
    assert "plan.html is there already" in again.stderr
    assert "plan.xlsx is there already" in again.stderr


def test_a_folder_of_runs_stands_for_all_in_it(here: Here) -> None:
    (here.folder / "alternatives").mkdir()
    for name in ("one", "two"):
        shutil.copytree(here.folder / "plan", here.folder / "alternatives" / name)
    done = here.run(
        "report", "plan", "alternatives", "--language", "en", "--overwrite", "--out", "all.html"
    )
    assert done.returncode == 0, done.stderr
    html = (here.folder / "all.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in html
    assert "The alternatives" in html


def test_a_region_that_has_changed_is_refused(here: Here) -> None:
    write_region(
        here.folder / "region",
        **{**full_tables(), "institutions": "institution,name\nnorth,Other\nsouth,South\n"},
    )
    done = here.run("report", "plan", "--instance", "region")
    assert done.returncode == 3
    assert "tiny has changed since plan was made" in done.stderr
    assert "--instance" in done.stderr
    assert not (here.folder / "plan.html").exists()


def test_borders_may_be_added_later(here: Here) -> None:
    write_boundaries(here.folder / "region", boundaries())
    assert here.run("report", "plan", "--instance", "region").returncode == 0


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda run: (run / "offers.csv").unlink(), "offers.csv: the file does not exist"),
        (lambda run: rewrite(run / "manifest.json", format_version=1), "format version 1"),
        (lambda run: (run / "reach.csv").write_text("x\n"), "changed after it was saved"),
        (shutil.rmtree, "there is no run folder"),
    ],
    ids=["missing", "version", "changed", "gone"],
)
def test_a_run_that_is_not_whole_is_refused(here: Here, damage: Any, said: str) -> None:
    damage(here.folder / "plan")
    done = here.run("report", "plan")
    assert done.returncode == 3
    assert said in done.stderr


def test_runs_of_different_regions_are_refused(here: Here) -> None:
    shutil.copytree(here.folder / "plan", here.folder / "other")
    content = json.loads((here.folder / "other" / "manifest.json").read_text(encoding="utf-8"))
    from coverage_opt.plan.manifest import _hash_of

    content["region"]["name"] = "elsewhere"
    content.pop("manifest_hash")
    content["manifest_hash"] = _hash_of(content)
    rewrite(here.folder / "other" / "manifest.json", **content)
    done = here.run("report", "plan", "other")
    assert done.returncode == 3
    assert "the runs are of different regions" in done.stderr
    assert "plan: tiny" in done.stderr
    assert "other: elsewhere" in done.stderr


def test_a_plan_that_does_not_hold_is_not_reported(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coverage_opt.report import runs
    from coverage_opt.rules.base import Violation

    broken = Violation("class_size", "welding at hill-centre", 2.0, "Welding needs 8 learners")
    monkeypatch.setattr(runs, "verify", lambda region, plan: (broken,))
    done = here.run("report", "plan")
    assert done.returncode == 1
    assert "plan does not hold: nothing is reported of it" in done.stderr
    assert "Welding needs 8 learners" in done.stderr
    assert not (here.folder / "plan.html").exists()


def test_places_that_cannot_be_written_are_told_at_once(here: Here) -> None:
    done = here.run("report", "plan", "--out", "absent/page.html", "--xlsx", "region")
    assert done.returncode == 2
    assert "absent is not a folder that can be written to" in done.stderr
    assert "region is a folder" in done.stderr
    same = here.run("report", "plan", "--out", "one", "--geojson", "./one")
    assert same.returncode == 2
    assert "two files have the same place" in same.stderr


def test_an_unknown_language_is_a_usage_error(here: Here) -> None:
    done = here.run("report", "plan", "--language", "fr")
    assert done.returncode == 2
    assert "nl" in done.stderr


def test_what_is_not_installed_is_said(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "NEEDED", ("jinja2", "not_there", "nor_there"))
    done = here.run("report", "plan")
    assert done.returncode == 2
    assert "not_there, nor_there" in done.stderr
    assert "pip install 'coverage-opt[report]'" in done.stderr
