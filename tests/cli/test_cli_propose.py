"""``propose-units``: units that could be shared, and a region with them in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import ESCAPE, Here, everything_in

from apart import APART
from builders import write_region

ASKED = (
    *("propose-units", "tiny"),
    *("--set", "rules.class_size.orientation={minimum: 32, maximum: 60}"),
    *("--set", "rules.class_size.profile.minimum=1"),
    *("--set", "rules.class_size.per_offer=0"),
)


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    write_region(tmp_path / "tiny", **APART)
    return Here(tmp_path, monkeypatch, capsys)


def test_proposals_are_told_with_who_gains(here: Here) -> None:
    before = everything_in(here.folder)
    finished = here.run(*ASKED)
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[0] == "Tiny 2026: units that could be shared (modular)"
    assert max(map(len, lines)) <= 80
    assert "1. shared-try-metal-try-pipes (community)" in lines
    assert "   Hill Centre: 34 learners together, 18 in the largest alone" in lines
    assert "   A group needs 32." in lines
    assert ESCAPE not in finished.stdout
    assert everything_in(here.folder) == before


def test_a_region_with_them_can_be_planned(here: Here) -> None:
    finished = here.run(*ASKED, "--out", "made")
    assert finished.returncode == 0, finished.stderr
    assert "Written to made, with 1 of them in it." in finished.stdout
    assert here.run("check", "made").returncode == 0
    assert (here.folder / "made" / "units.csv").read_text().count("shared-try-metal") == 1
    again = here.run(*ASKED, "--out", "made")
    assert again.returncode == 3
    assert "made exists already" in again.stderr


def test_programs_get_the_rows(here: Here) -> None:
    told = json.loads(here.run(*ASKED, "--json", "--out", "made").stdout)
    (proposal,) = told["proposals"]
    assert proposal["replaces"] == ["try-metal", "try-pipes"]
    assert proposal["gained"] == pytest.approx(34)
    assert [row["unit"] for row in told["units"]] == [proposal["unit"]]
    assert {row["programme"] for row in told["curriculum"]} == set(proposal["programmes"])
    possible = told["written"]["possible_offers"]
    assert possible["after"] > possible["before"]


def test_nothing_to_propose_is_said(here: Here) -> None:
    finished = here.run("propose-units", "tiny", "--set", "rules.class_size.orientation.minimum=1")
    assert finished.returncode == 0
    assert "None brings anybody a group" in finished.stdout


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (("--policy", "programme"), 3, "shares neither orientation years nor common parts"),
        (("--policy", "modulair"), 3, "did you mean modular?"),
        (("--take", "shared-try-metal-try-pipe"), 2, "did you mean shared-try-metal-try-pipes?"),
        (("--top", "0"), 2, "--top"),
    ],
)
def test_what_is_wrong_is_said(here: Here, extra: tuple[str, ...], code: int, said: str) -> None:
    finished = here.run(*ASKED, *extra)
    assert finished.returncode == code
    assert said in " ".join(finished.stderr.split())
