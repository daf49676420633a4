"""What was typed or given wrongly: exit codes, words, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import DECLINE, Here, everything_in, result_of, run

from builders import changed, full_tables, write_region

SOLVE = ("solve", "tiny", "--policy", "modular")
UNCERTAINTY = ("uncertainty", "tiny", "--policy", "modular", "--scenarios")
EFFECTS = ("effects", "tiny", "--policy", "modular")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_region(tmp_path / "tiny", **DECLINE)
    (tmp_path / "page.md").write_text("# A page\n", encoding="utf-8")
    (tmp_path / "rules.yaml").write_text("travel_limt: {minutes: 60}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(folder, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("solv",), "solve"),
        (("solve", "tiny"), "--policy"),
        (("solve", "--policy", "modular"), "INSTANCE"),
        ((*SOLVE, "--perods", "2030"), "--periods"),
        ((*SOLVE, "--period", "2030"), "--periods"),
        ((*SOLVE, "--periods", "soon"), "'soon' is not all"),
        ((*SOLVE, "--periods", "2026,"), "'2026,' is not all"),
        ((*SOLVE, "--periods", "2026,2026"), "names a year twice"),
        (("uncertainty", "tiny", "--policy", "modular"), "--scenarios"),
        ((*EFFECTS, "--out", "table.txt"), "ends in .csv or .md"),
        ((*EFFECTS, "--out", "none/table.csv"), "cannot be written"),
        ((*EFFECTS, "--out", "tiny"), "ends in .csv or .md"),
        ((*EFFECTS, "--out", "page.md"), "no place for the table"),
        ((*EFFECTS, "--gap", "2"), "the gap must be from 0 to 1"),
        ((*SOLVE, "--time-limit", "5 parsecs"), "'5 parsecs' is not a duration"),
        ((*SOLVE, "--time-limit", "0"), "above 0"),
        ((*SOLVE, "--time-limit", "-5m"), "-5m"),
        ((*SOLVE, "--gap", "2"), "the gap must be from 0 to 1"),
        ((*SOLVE, "--gap", "nan"), "the gap must be from 0 to 1"),
        ((*SOLVE, "--seed", "-1", "--threads", "0"), "the seed must be from 0"),
        ((*SOLVE, "--seed", "-1", "--threads", "0"), "threads must be at least 1"),
        ((*SOLVE, "--out", "tiny/region.yaml"), "is not a folder"),
        ((*SOLVE, "--out", "tiny/region.yaml/run"), "cannot be made"),
        (("show", "tiny", "--table", "ofers"), "did you mean offers?"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    here: Here, arguments: tuple[str, ...], said: str
) -> None:
    before = everything_in(here.folder)
    finished = here.run(*arguments)
    assert finished.returncode == 2
    assert said in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""
    assert everything_in(here.folder) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "zeland"), "did you mean zeeland?"),
        (("check", "tiny/zones.csv"), "is a file"),
        (("solve", "tiny", "--policy", "modlar"), "did you mean modular?"),
        ((*SOLVE, "--periods", "2031"), "choose from 2026, 2030"),
        ((*SOLVE, "--periods", "2026,2031"), "choose from 2026, 2030"),
        ((*SOLVE, "--scenarios", "declin"), "did you mean decline?"),
        ((*SOLVE, "--variant", "strict_trvel"), "did you mean strict_travel?"),
        ((*UNCERTAINTY, "baseline"), "has one scenario only"),
        ((*UNCERTAINTY, "one"), "choose one of decline"),
        ((*UNCERTAINTY, "declin"), "did you mean decline?"),
        ((*EFFECTS, "--periods", "2031"), "choose from 2026, 2030"),
        ((*EFFECTS, "--parameters", "rules.yaml"), "did you mean travel_limit?"),
        ((*SOLVE, "--set", "rules.clas_size.per_offer=5"), "did you mean class_size?"),
        ((*SOLVE, "--set", "rules.class_size"), "path=value"),
        ((*SOLVE, "--set", "rules.class_size.own.minimum=NO"), "NO"),
        ((*SOLVE, "--set", "rules.class_size.own.minimum=-3"), "rules.class_size.own.minimum"),
        (("verify", "runs/none"), "there is no run folder"),
        (("verify", "tiny"), "there is no manifest.json"),
        (("show", "tiny"), "there is no manifest.json"),
    ],
)
def test_bad_data_ends_with_3(here: Here, arguments: tuple[str, ...], said: str) -> None:
    before = everything_in(here.folder)
    finished = here.run(*arguments)
    assert finished.returncode == 3, finished.stderr
    assert said in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""
    assert everything_in(here.folder) == before


def test_all_problems_of_a_region_are_said_at_once(tmp_path: Path) -> None:
    write_region(
        tmp_path / "bad",
        zones=changed("zones", 0, latitude="51,5"),
        cohorts=changed("cohorts", 1, zone="bnak"),
        sites=None,
        settings={"periods": [2030, 2026]},
    )
    before = everything_in(tmp_path)
    for arguments in (("check", "bad"), ("solve", "bad", "--policy", "modular")):
        finished = run(tmp_path, *arguments)
        assert (finished.returncode, finished.stdout) == (3, "")
        assert finished.stderr.startswith("The input has ")
        for said in ("zones.csv:2", "'51,5'", "bnak", "sites.csv", "region.yaml"):
            assert said.strip("'") in finished.stderr
        assert "Traceback" not in finished.stderr
    finished = run(tmp_path, "solve", "bad", "--policy", "modular", "--json")
    result = result_of(finished)
    assert finished.returncode == 3
    assert result["status"] == "bad_data"
    assert len(result["problems"]) >= 4
    assert any(problem["where"].startswith("zones.csv:2") for problem in result["problems"])
    assert everything_in(tmp_path) == before


def test_check_sums_a_region_up(folder: Path) -> None:
    finished = run(folder, "check", "tiny")
    assert finished.returncode == 0
    lines = [line.split() for line in finished.stdout.splitlines()]
    assert ["zones", "3"] in lines
    assert ["programmes", "4"] in lines
    assert ["learners", "a", "year", "in", "2026", "200"] in lines
    assert ["learners", "a", "year", "in", "2030", "100"] in lines
    assert "Every zone has a site within 90 minutes." in finished.stdout
    assert "Scenario set decline: Fast decline (25 %) and Slow decline (75 %)." in finished.stdout
    assert "Not known: " in finished.stdout
    assert finished.stderr == ""


def test_check_says_what_the_region_knows_besides(tmp_path: Path) -> None:
    write_region(tmp_path / "rich", **full_tables())
    finished = run(tmp_path, "check", "rich")
    assert finished.returncode == 0, finished.stderr
    lines = [line.split() for line in finished.stdout.splitlines()]
    assert ["offers", "today", "4"] in lines
    assert ["learners", "a", "year", "who", "start", "there", "135"] in lines
    assert ["learners", "a", "year", "in", "2026", "200"] in lines
    # 70 adults, of whom 30 % ask for one unit alone
    assert ["adults", "besides", "49"] in lines
    assert ["adults", "for", "a", "single", "unit", "21"] in lines
    said = " ".join(finished.stdout.split())
    assert "Scenario set two: As forecast (60 %) and Faster decline (40 %)." in said
    assert "a learner is funded with EUR 6,500 a year" in said
    assert "BBL: 2 moments of entry a year; where there is only one, 80 % of the others" in said
    assert "Also known: teachers, places at sites, " in said
    assert "Not known" not in said


def test_check_names_the_zones_that_are_far_away(tmp_path: Path) -> None:
    far = [("hill", "hill-centre", 10), ("hill", "hook-centre", 95)]
    far += [("bank", "hill-centre", 91), ("bank", "hook-centre", 95)]
    far += [("hook", "hill-centre", 120), ("hook", "hook-centre", 90)]
    write_region(tmp_path / "far", travel=far)
    finished = run(tmp_path, "check", "far")
    assert finished.returncode == 0, finished.stderr
    assert "More than 90 minutes from every site: Bank." in finished.stdout


def test_a_shipped_region_is_found_by_name(tmp_path: Path) -> None:
    finished = run(tmp_path, "check", "zeeland")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("Zeeland (zeeland)")


def test_help_fits_and_names_every_command(tmp_path: Path) -> None:
    finished = run(tmp_path, "--help")
    assert finished.returncode == 0
    for name in ("check", "solve", "verify", "show", "uncertainty", "effects", "--version"):
        assert name in finished.stdout
    for command in ("solve", "uncertainty", "effects"):
        finished = run(tmp_path, command, "--help")
        assert finished.returncode == 0
        assert "Exit codes" in finished.stdout
        assert max(map(len, finished.stdout.splitlines())) <= 80
