"""The commands that answer questions about a plan, as a person types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from command_line import ESCAPE, Here, everything_in, result_of

from builders import MONEY, write_region
from coverage_opt import load_plan, load_region, verify

SOLVE = (
    *("solve", "tiny", "--policy", "orientation", "--set", "rules.travel_limit.minutes=60"),
    *("--set", "rules.max_sites.sites_at_most=1", "--set", "rules.placement_guarantee=null"),
    *("--gap", "0", "--out", "run", "--quiet"),
)
EXACT = ("--gap", "0", "--quiet")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a region and a run."""
    folder = tmp_path_factory.mktemp("made")
    write_region(folder / "tiny", settings={"money": MONEY})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        from coverage_opt.cli.app import app

        with pytest.raises(SystemExit) as left:
            app([*SOLVE], prog_name="coverage-opt")
        assert left.value.code == 0
    return folder


@pytest.fixture
def here(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(made, monkeypatch, capsys)


def words_of(finished: CompletedProcess[str]) -> str:
    """Return what a command said that ended well, however its lines were broken."""
    assert finished.returncode == 0, finished.stderr
    return " ".join(finished.stdout.split())


def left_out(folder: Path) -> tuple[str, str]:
    """Return an offer that is possible at the site that is not used."""
    used = set(load_plan(folder / "run").offers["site"])
    return next(
        (programme, site)
        for programme, site in (("weld-BOL", "hook-centre"), ("weld-BOL", "hill-centre"))
        if site not in used
    )


def test_explain_says_what_is_in_the_way_and_what_it_would_change(here: Here) -> None:
    programme, site = left_out(here.folder)
    before = everything_in(here.folder)
    finished = here.run("explain", "run", "--programme", programme, "--site", site, *EXACT)
    said = words_of(finished)
    assert "is not offered (orientation)" in said
    assert "max_sites:" in said
    assert "1 sites short of that" in said
    assert "Forced open, in a plan that was solved for and verified:" in said
    assert "It costs" in said
    assert "gap of the plan" in said
    assert max(map(len, finished.stdout.splitlines())) <= 80
    assert ESCAPE not in finished.stdout
    assert everything_in(here.folder) == before, "nothing is written"


def test_programs_get_the_same_as_numbers(here: Here) -> None:
    programme, site = left_out(here.folder)
    asked = ("explain", "run", "--programme", "Welder (BOL)", "--site", site, *EXACT, "--json")
    found = result_of(here.run(*asked))
    assert found["programme"] == programme
    assert found["in_the_way"][0]["rule"] == "max_sites"
    forced = found["forced"]
    assert forced["status"] == "optimal"
    assert 0 < forced["loss"]["low"] <= forced["loss"]["high"]
    assert forced["measurable"] is True
    assert forced["others_close"]


def test_an_offer_that_is_there_is_forced_closed(here: Here) -> None:
    offers = load_plan(here.folder / "run").offers
    programme, site = offers["programme"].iloc[0], offers["site"].iloc[0]
    said = words_of(here.run("explain", "run", "--programme", programme, "--site", site, *EXACT))
    assert "is offered (orientation)" in said
    assert "Forced closed, in a plan that was solved for and verified:" in said


def test_explain_an_occupation_in_a_municipality(here: Here) -> None:
    asked = ("explain", "run", "--occupation", "welder", "--municipality", "Lowland", *EXACT)
    said = words_of(here.run(*asked))
    assert "Welder, seen from Lowland" in said
    assert "In Lowland live 40 young learners a year" in said
    found = result_of(here.run(*asked, "--json"))
    assert found["living"] == pytest.approx(40.0)
    assert found["municipality"] == "Lowland"


BARE = """
name: bare
title: Large classes
view: What is rare needs more learners than there are.
sharing: [orientation]
rules:
  class_size:
    own: {minimum: 58, maximum: 60}
    orientation: {minimum: 1, maximum: 200}
  travel_limit: {minutes: 60}
objective:
  - maximise: {coverage: 1, placed: 1}
  - minimise: {travel_minutes: 1}
    decides: placement
"""
"""A policy under which no class of Fitters can be filled, 49 being the most that could come."""


def test_what_the_policy_must_change_is_said_and_comes_true(here: Here) -> None:
    (here.folder / "bare.yaml").write_text(BARE, encoding="utf-8")
    solve = ("solve", "tiny", "--policy", "bare.yaml", "--quiet", "--gap", "0", "--overwrite")
    assert here.run(*solve, "--out", "bare").returncode == 0
    before = load_plan(here.folder / "bare").stages["value"].iloc[0]
    asked = ("explain", "bare", "--occupation", "fitter", *EXACT)
    said = words_of(here.run(*asked))
    assert "None of them is offered anywhere." in said
    assert "which needs 58: 9.0 short" in said
    assert "1. --set rules.class_size.own.minimum=49" in said
    assert "49 instead of 58; that less would not do is proven." in said
    proposals = result_of(here.run(*asked, "--json"))["proposals"]
    assert [one["settings"] for one in proposals] == [
        ["rules.class_size.own.minimum=49"],
        ["rules.travel_limit.minutes=70"],
    ]
    for one in proposals:
        (setting,) = one["settings"]
        assert here.run(*solve, "--set", setting, "--out", "changed").returncode == 0
        changed = load_plan(here.folder / "changed")
        after = changed.stages["value"].iloc[0]
        assert after - before == pytest.approx(one["gained"], abs=1e-6)
        offered = zip(changed.offers["programme"], changed.offers["site"], strict=True)
        assert tuple(one["offer"]) in set(offered)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--programme", "weld-BO", "--site", "hil-centre"), ["weld-BOL", "hill-centre"]),
        (("--occupation", "wlder"), ["welder"]),
        (("--occupation", "welder", "--municipality", "lowlnd"), ["Lowland"]),
    ],
)
def test_unknown_names_get_the_nearest(
    here: Here, options: tuple[str, ...], expected: list[str]
) -> None:
    finished = here.run("explain", "run", *options, "--quiet")
    assert finished.returncode == 3
    for name in expected:
        assert f"did you mean {name}?" in finished.stderr


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--programme", "weld-BOL", "--occupation", "welder"),
        ("--site", "hill-centre", "--occupation", "welder"),
        ("--programme", "weld-BOL", "--site", "hill-centre", "--municipality", "Lowland"),
    ],
)
def test_questions_that_ask_nothing_or_too_much_are_refused(
    here: Here, options: tuple[str, ...]
) -> None:
    finished = here.run("explain", "run", *options)
    assert finished.returncode == 2
    assert finished.stderr.startswith("Error: ")


def test_a_changed_region_is_said(here: Here) -> None:
    write_region(here.folder / "other", settings={"title": "Other"})
    finished = here.run("importance", "run", "--instance", "other", "--quiet")
    assert finished.returncode == 3
    assert "is not the region as it was" in finished.stderr


def test_another_format_and_a_missing_table_are_said(here: Here, tmp_path: Path) -> None:
    for name, content in everything_in(here.folder / "run").items():
        (tmp_path / name).write_bytes(content)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["format_version"] = 1
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    finished = here.run("prices", tmp_path, "--quiet")
    assert finished.returncode == 3
    assert "format version 1" in finished.stderr
    for name, content in everything_in(here.folder / "run").items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "offers.csv").unlink()
    finished = here.run("alternatives", tmp_path, "--quiet")
    assert finished.returncode == 3
    assert "offers.csv" in finished.stderr


def test_alternatives_are_saved_as_runs_that_verify(here: Here, tmp_path: Path) -> None:
    asked = ("alternatives", "run", "-n", "2", "--within", "60%", "--out", tmp_path / "more")
    found = result_of(here.run(*asked, *EXACT, "--json"))
    assert len(found["plans"]) == 2
    region = load_region(here.folder / "tiny")
    for one in found["plans"]:
        plan = load_plan(Path(one["run"]))
        assert not verify(region, plan)
        assert plan.run["alternative_to"] == "run"
        assert one["distance"] > 0
        assert here.run("verify", one["run"]).returncode == 0
    again = here.run(*asked, *EXACT)
    assert again.returncode == 2, "what is there is not written over"
    assert "already holds a run" in again.stderr


def test_alternatives_take_a_share(here: Here) -> None:
    finished = here.run("alternatives", "run", "--within", "much", "--quiet")
    assert finished.returncode == 2
    assert "'much' is not a share" in finished.stderr


def test_importance_lists_every_offer(here: Here) -> None:
    finished = here.run("importance", "run", "--programme", "care-BOL", *EXACT)
    assert finished.returncode == 0, finished.stderr
    assert "what is lost without an offer" in finished.stdout
    found = result_of(here.run("importance", "run", *EXACT, "--json"))
    offers = load_plan(here.folder / "run").offers
    assert len(found["offers"]) == len(offers)
    assert {"loss", "gap", "measurable", "coverage_lost"} <= set(found["offers"][0])


def test_a_trade_off_is_a_table(here: Here, tmp_path: Path) -> None:
    out = tmp_path / "frontier.csv"
    finished = here.run(
        *("tradeoff", "tiny", "--policy", "orientation", "--x", "cost", "--y", "coverage"),
        *("--set", "rules.placement_guarantee=null", "--points", "3", "--out", out, *EXACT),
    )
    assert finished.returncode == 0, finished.stderr
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert list(rows[0]) == ["cost", "coverage", "coverage_bound", "gap", "offers"]
    costs = [float(row["cost"]) for row in rows]
    assert costs == sorted(costs)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_trade_off_needs_indicators_that_are_known(here: Here, axis: str) -> None:
    given = {"x": "cost", "y": "coverage"} | {axis: "coverge"}
    finished = here.run(
        *("tradeoff", "tiny", "--policy", "orientation", "--x", given["x"], "--y", given["y"])
    )
    assert finished.returncode == 2
    assert "did you mean coverage?" in finished.stderr


def test_prices_are_those_of_every_rule(here: Here) -> None:
    finished = here.run("prices", "run", *EXACT)
    assert finished.returncode == 0, finished.stderr
    found = result_of(here.run("prices", "run", *EXACT, "--json"))
    rules = {one["rule"]: one for one in found["rules"]}
    assert set(rules) == {"class_size", "max_sites", "travel_limit"}
    assert rules["max_sites"]["measurable"] is True
    assert rules["max_sites"]["cost"]["low"] > 0
    for name in rules:
        assert name in finished.stdout
