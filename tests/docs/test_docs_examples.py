"""The examples of the documentation work as they stand."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from pages import ROOT, blocks

from coverage_opt import InputError, load_policy, load_region
from coverage_opt.cli import main

DATA_FORMAT = ROOT / "docs" / "data-format.md"
GETTING_STARTED = ROOT / "docs" / "getting-started.md"
POLICIES = ROOT / "docs" / "policies.md"


def write_example(folder: Path, *, larger: bool = False) -> Path:
    """Write the region of the page on the data, file by file; the larger one with all it adds."""
    folder.mkdir()
    for block in blocks(DATA_FORMAT, "yaml", "csv"):
        named = re.match(r"(Added (?:to|as) )?`([\w.]+)`", block.above)
        assert named, f"which file is this?\n{block.text}"
        added, file = named.groups()
        if larger or not added:
            with (folder / file).open("a" if added == "Added to " else "x") as stream:
                stream.write(block.text)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_example(tmp_path / "my-region")
    return tmp_path


def test_the_region_is_planned_as_shown(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [block for block in blocks(DATA_FORMAT, "sh") if "my-region" in block.text]
    assert len(shown) == 1
    for line in shown[0].text.splitlines():
        monkeypatch.setattr(sys, "argv", shlex.split(line))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert not left.value.code, printed.out + printed.err
    assert (here / "runs" / "my-region" / "manifest.json").is_file()


def test_the_larger_region_is_read_as_shown(tmp_path: Path) -> None:
    region = load_region(write_example(tmp_path / "my-region", larger=True))
    assert region.money
    assert set(region.entry) == {"BBL", "adult"}
    assert region.entry["BBL"].arriving == 0.925
    assert {scenario.name: scenario.probability for scenario in region.scenario_set("outlook")} == {
        "baseline": 0.7,
        "exodus": 0.3,
    }
    asked = region.demand(2026, "exodus")
    young = asked[asked["learner"] == "young"]
    assert young["learners"].sum() == pytest.approx(0.8 * (60 + 30))
    caring = young.loc[young["choice"] == "carer-BOL", "learners"].sum()
    assert caring == pytest.approx(0.6 * 0.8 * (60 + 30))
    assert len(region.current) == 2


def test_mistakes_are_told_as_shown(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cohorts = here / "my-region" / "cohorts.csv"
    text = cohorts.read_text(encoding="utf-8")
    mistaken = text.replace("lower,", "lowr,").replace("60\n", "6O\n")
    cohorts.write_text(mistaken, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["coverage-opt", "check", "my-region"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 3
    (shown,) = blocks(DATA_FORMAT, "text")
    assert capsys.readouterr().err == shown.text


def test_python_works_as_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = blocks(GETTING_STARTED, "python")
    exec(compile(shown.text, GETTING_STARTED.name, "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.startswith("optimal ")
    assert (here / "runs" / "from-python" / "offers.csv").is_file()


def test_the_policy_is_read_as_shown(here: Path) -> None:
    (shown,) = blocks(POLICIES, "yaml")
    assert "`close-to-home.yaml`" in shown.above
    file = here / "close-to-home.yaml"
    file.write_text(shown.text, encoding="utf-8")
    policy = load_policy(file)
    assert policy.name == "close-to-home"
    assert not list(policy.problems(load_region(here / "my-region")))
    file.write_text(shown.text.replace("minimum: 15", "minimum: 150"), encoding="utf-8")
    with pytest.raises(InputError):
        load_policy(file)
