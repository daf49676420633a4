"""One run is one process: it ends by itself, is killed, or fails, and is told apart."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    assert "| tiny | engine | 1 | 60.0 | 1 optimal |" in words
    assert "cores" in words


def test_a_run_that_does_not_end_is_killed() -> None:
    ended = run(TINY, grace=0.01 - TINY.time_limit)
    assert ended.found.status == "killed"
    assert 0 < ended.seconds < 30
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


def test_a_run_ends_with_what_started_it(tmp_path: Path) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("this system does not show its processes as files")
    command = [sys.executable, "-m", "benchmarks", "run", "smoke", "--results", str(tmp_path)]
    benchmarks = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    runs = _wait_for(lambda: _runs_of(benchmarks.pid))
    benchmarks.kill()
    benchmarks.wait(30)
    assert _wait_for(lambda: not any(_words_of(run) for run in runs))


def _wait_for(found: Callable[[], Any]) -> Any:
    """Ask until the answer is yes, for half a minute."""
    for _ in range(600):
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def _runs_of(parent: int) -> list[int]:
    """Return the runs that a process has started."""
    processes = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [
        process
        for process in processes
        if "benchmarks.child" in _words_of(process) and _parent_of(process) == parent
    ]


def _words_of(process: int) -> str:
    """Return the command line of a process; empty when it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _parent_of(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").split()[3])
    except OSError:
        return 0
