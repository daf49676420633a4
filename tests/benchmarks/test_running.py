"""One run is one process: it ends by itself, is killed, or fails, and is told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from benchmarks.__main__ import app
from benchmarks.running import run
from benchmarks.task import Task
from typer.testing import CliRunner

TINY = Task("smoke", "tiny", "engine", seed=1, time_limit=60.0, gap=1e-4)


def test_a_tiny_suite_from_the_command_line(tmp_path: Path) -> None:
    command = ["run", "smoke", "--seeds", "1", "--methods", "engine,highs"]
    done = CliRunner().invoke(app, [*command, "--results", str(tmp_path)])
    assert done.exit_code == 0, done.output
    (file,) = tmp_path.glob("????-??-??-smoke.csv")
    table = pd.read_csv(file).set_index("method")
    assert list(table.index) == ["engine", "highs"]
    assert set(table["status"]) == {"optimal"}
    # the whole model and the engine's own way agree
    assert table["value"]["engine"] == pytest.approx(table["value"]["highs"], rel=1e-4)
    assert (table["gap"] <= 1e-4).all()
    assert (table["peak_mb"] > 50).all()
    assert table["outside_share"].between(0, 1).all()
    assert (table["primal_integral"] <= table["seconds"]).all()
    assert (table["first_plan"] <= table["seconds"]).all()
    assert table["commit"].notna().all()
    words = file.with_suffix(".md").read_text(encoding="utf-8")
    assert "| tiny | engine | 1 | 1 optimal |" in words
    assert "cores" in words


def test_a_run_that_does_not_end_is_killed() -> None:
    ended = run(TINY, grace=0.01 - TINY.time_limit)
    assert ended.found.status == "killed"
    assert 0 < ended.seconds < 5
    assert ended.peak_megabytes > 10


def test_a_run_that_fails_says_why() -> None:
    ended = run(replace(TINY, method="nothing"), grace=10.0)
    assert ended.found.status == "failed"
    assert "KeyError: 'nothing'" in ended.words


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "smok"], "did you mean smoke"),
        (["run", "smoke", "--only", "huge"], "no case of smoke"),
        (["run", "classics", "--only", "cap41"], "--data"),
        (["report", "--write-tables", "--results", "nowhere", "--page", "PAGE"], "run it first"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], said: str, tmp_path: Path) -> None:
    words = [str(tmp_path / "page.md") if word == "PAGE" else word for word in arguments]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert said in done.output


def test_what_there_is_can_be_listed() -> None:
    done = CliRunner().invoke(app, ["list"])
    assert done.exit_code == 0
    assert "hard: " in done.output
    assert "  cap41: engine" in done.output
