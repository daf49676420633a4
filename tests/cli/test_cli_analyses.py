"""``uncertainty`` and ``effects``: several plans, one account."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from command_line import DECLINE, ESCAPE, HARD, Here, everything_in, hard_region, result_of, run

from builders import write_region

UNCERTAINTY = ("uncertainty", "tiny", "--policy", "orientation", "--scenarios", "decline")
EFFECTS = (
    *("effects", "tiny", "--policy", "orientation", "--parameters", "rules.yaml"),
    *("--set", "rules.travel_limit.minutes=50"),
)
RULES = """\
max_sites: {sites_at_most: {base: sites, plus: 0}}
minimum_coverage: {share: 1}
region_budget: {euros_at_most: 1000000}
travel_limit: {minutes: 20}
"""


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    write_region(tmp_path / "tiny", **DECLINE)
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    return Here(tmp_path, monkeypatch, capsys)


def test_the_worth_of_planning_is_a_short_account(here: Here) -> None:
    finished = here.run(*UNCERTAINTY, "--periods", "all", "--gap", "0")
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[0] == "Tiny 2026 to 2030: the worth of planning for uncertainty (orientation)"
    assert len(lines) < 25
    assert max(map(len, lines)) <= 80
    said = " ".join(finished.stdout.split())
    assert "The goal is to maximise coverage + filled_openings" in said
    assert "Knowing beforehand which scenario comes adds" in said
    assert "Planning for all scenarios instead of the mean one " in said
    assert ESCAPE not in finished.stdout
    asked = [line for line in finished.stderr.splitlines() if line.startswith("Planning for")]
    assert asked == [
        "Planning for all scenarios together",
        "Planning for Fast decline alone",
        "Planning for Slow decline alone",
        "Planning for the mean scenario",
        "Planning for all scenarios, with offers for the mean one",
    ]


def test_programs_get_the_worth_as_intervals(here: Here) -> None:
    before = everything_in(here.folder)
    finished = here.run(*UNCERTAINTY, "--periods", "2030", "--gap", "0", "--json", "--quiet")
    result = result_of(finished)
    assert (finished.returncode, finished.stderr) == (0, "")
    recourse, wait = result["recourse"], result["wait_and_see"]
    assert recourse["value"] <= wait["bound"] + 1e-6
    for name in ("evpi", "vss"):
        if result[name] is not None:
            assert 0 <= result[name]["low"] <= result[name]["high"] < math.inf
    together = sum(
        one["probability"] * result["foreseen"][one["name"]]["value"] for one in result["scenarios"]
    )
    assert wait["value"] == pytest.approx(together)
    assert everything_in(here.folder) == before


def test_an_infeasible_policy_ends_the_account_with_4(here: Here) -> None:
    tight = ("--set", "rules.class_size.own.minimum=28", "--set", "rules.travel_limit.minutes=5")
    finished = here.run(*UNCERTAINTY, *tight, "--json")
    assert finished.returncode == 4
    result = result_of(finished)
    assert result["status"] == "infeasible"
    assert result["message"].startswith("for all scenarios together: ")


def test_each_rule_has_its_line(here: Here) -> None:
    finished = here.run(*EFFECTS)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("Tiny 2026: what each rule does by itself (orientation)\n")
    assert max(map(len, finished.stdout.splitlines())) <= 80
    table = finished.stdout.splitlines()
    base = next(line for line in table if line.startswith("base"))
    assert "%" in base
    coverage = next(line for line in table if line.startswith("minimum_coverage"))
    assert coverage.split()[-2:] == ["no", "plan"]
    budget = next(line for line in table if line.startswith("region_budget"))
    assert budget.split()[-2:] == ["not", "possible"]
    assert "needs" in finished.stdout
    told = [line.split(":")[0] for line in finished.stderr.splitlines() if ": " in line]
    for rule in ("base", "max_sites", "minimum_coverage", "region_budget", "travel_limit"):
        assert rule in told


def test_the_effects_go_into_a_file(here: Here) -> None:
    finished = here.run(*EFFECTS, "--out", "effects.csv", "--quiet")
    assert (finished.returncode, finished.stdout) == (0, "Written to effects.csv\n")
    assert finished.stderr == ""
    table = pd.read_csv(here.folder / "effects.csv")
    rows = {row["rule"]: row for row in table.to_dict("records")}
    assert list(rows) == [
        *("base", "max_sites", "minimum_coverage", "region_budget", "travel_limit")
    ]
    assert rows["region_budget"]["status"] == "not possible"
    # fewer are within 20 minutes than within 90
    assert rows["travel_limit"]["placed_change"] < 0
    assert rows["max_sites"]["parameters"] == "sites_at_most 1"
    page = here.folder / "page.md"
    page.write_text("Before.\n\n<!-- effects -->\n<!-- /effects -->\n", encoding="utf-8")
    assert here.run(*EFFECTS, "--out", "page.md", "--quiet").returncode == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n\n<!-- effects -->\nTiny, 2026, ")
    assert "| `travel_limit` | minutes 20 |" in text


def test_a_limit_without_a_base_ends_with_5(tmp_path: Path) -> None:
    hard_region(tmp_path / "hard")
    before = everything_in(tmp_path)
    finished = run(tmp_path, "effects", "hard", *HARD, "--time-limit", "0.001s", "--quiet")
    assert (finished.returncode, finished.stdout) == (5, "")
    assert "No plan yet" in finished.stderr
    assert everything_in(tmp_path) == before
