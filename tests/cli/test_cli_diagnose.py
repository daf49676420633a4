"""``diagnose``: why there is no plan, and what would have to give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import ESCAPE, Here, everything_in

from builders import write_region

ASKED = ("diagnose", "tiny", "--policy", "modular")
GROUPS = tuple(
    word
    for kind in ("generic", "orientation", "common", "profile")
    for word in ("--set", f"rules.class_size.{kind}.minimum=1")
)
IMPOSSIBLE = (
    *ASKED,
    *GROUPS,
    *("--set", "rules.travel_limit.minutes=30"),
    *("--set", "rules.placement_guarantee.unplaced_at_most=0.05"),
)
"""A tenth of the learners live across the water and ask for what is not taught there."""


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    write_region(tmp_path / "tiny")
    return Here(tmp_path, monkeypatch, capsys)


def test_no_plan_is_never_just_infeasible(here: Here) -> None:
    before = everything_in(here.folder)
    finished = here.run(*IMPOSSIBLE)
    assert finished.returncode == 4
    lines = finished.stdout.splitlines()
    assert lines[0] == "Tiny 2026, policy modular: no plan is possible"
    assert max(map(len, lines)) <= 80
    said = " ".join(finished.stdout.split())
    assert "These 2 demands contradict each other; any one left out, the others hold:" in said
    guarantee = "At most 5.0% of the learners are left without a place (2026 baseline)"
    assert f"placement_guarantee: {guarantee} while the others are met: 10% instead of 5%" in said
    assert "travel_limit: Nobody travels more than 30 minutes one way" in said
    assert "The cheapest way out (proven): 1 demand gives" in said
    assert "--set rules.placement_guarantee.unplaced_at_most=0.1 " in said
    assert "--set rules.travel_limit.minutes=75 75 instead of 30; a plan was made" in said
    assert ESCAPE not in finished.stdout
    assert "Looking for: which rules contradict each other" in finished.stderr
    assert everything_in(here.folder) == before


def test_programs_get_all_of_it(here: Here) -> None:
    finished = here.run(*IMPOSSIBLE, "--json", "--quiet")
    assert finished.returncode == 4
    assert finished.stderr == ""
    told = json.loads(finished.stdout)
    assert told["status"] == "infeasible"
    assert told["rules"] == ["placement_guarantee", "travel_limit"]
    assert told["irreducible"]
    assert [each["rule"] for each in told["demands"]] == told["rules"]
    assert told["cheapest"]["proven"]
    assert told["cheapest"]["verified"]
    assert told["cheapest"]["changes"][0]["number"] == [0.05, 0.1]
    settings = [way["settings"] for way in told["alone"]]
    assert ["rules.travel_limit.minutes=75"] in settings


def test_what_it_advises_can_be_typed(here: Here) -> None:
    advised = ("--set", "rules.placement_guarantee.unplaced_at_most=0.1")
    finished = here.run(*IMPOSSIBLE, *advised)
    assert finished.returncode == 0, finished.stdout
    assert finished.stdout.startswith("Tiny 2026, policy modular: a plan is possible\n")
    assert "was made and verified" in finished.stdout
    told = json.loads(here.run(*IMPOSSIBLE, *advised, "--json").stdout)
    assert (told["status"], told["verified"], told["demands"]) == ("possible", True, [])


def test_a_limit_that_comes_first_is_said(here: Here) -> None:
    finished = here.run(*IMPOSSIBLE, "--time-limit", "0.000001s")
    assert finished.returncode == 5
    assert "did not suffice to tell whether there is a plan" in " ".join(finished.stdout.split())


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (("--policy", "modulair"), 3, "modular"),
        (("--set", "rules.fixed_offers.must=[{programme: weld-BOL, site: hil-centre}]"), 3, "hill"),
        (("--scenarios", "none"), 3, "baseline"),
        (("--periods", "2027"), 3, "2026"),
        (("--gap", "7"), 2, "gap"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_near(
    here: Here, extra: tuple[str, ...], code: int, said: str
) -> None:
    finished = here.run(*ASKED, *extra)
    assert finished.returncode == code, finished.stderr
    assert said in finished.stderr
    assert finished.stdout == ""
