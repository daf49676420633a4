"""The program as a person runs it: in a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builders import write_region
from coverage_opt.cli import main

ESCAPE = "\x1b"
PROGRAM = (sys.executable, "-m", "coverage_opt")
_NOT_PASSED_ON = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS", "LINES", "GITHUB_ACTIONS")

HARD = (
    *("--policy", "programme"),
    *("--set", "rules.travel_limit.minutes=40"),
    *("--set", "rules.placement_guarantee=null"),
    *("--gap", "0"),
)
"""A policy for the hard region under which plans are found at once and none is proven best."""


DECLINE: dict[str, Any] = {
    "scenarios": [
        ("decline", "slow", "Slow decline", 0.75),
        ("decline", "fast", "Fast decline", 0.25),
        ("one", "slow", "Slow decline", 1.0),
    ],
    "factors": [
        ("fast", 2026, "learners", "all", 0.9),
        ("fast", 2030, "learners", "all", 0.8),
        ("fast", 2030, "openings", "welder", 1.5),
    ],
}
"""Two scenarios for the tiny region, and a set with one of them alone."""


def environment(**extra: str) -> dict[str, str]:
    """Return the environment without what changes how text is shown."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    return {**kept, **extra}


def run(
    folder: Path, *arguments: str | Path, program: tuple[str, ...] = PROGRAM, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder and wait for its end; what it prints is UTF-8 text."""
    return subprocess.run(
        [*program, *map(str, arguments)],
        cwd=folder,
        env=environment(**extra),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


class Here:
    """The program in this process, which saves the second it takes to start."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        monkeypatch.chdir(folder)
        for name in _NOT_PASSED_ON:
            monkeypatch.delenv(name, raising=False)

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the program to its end; anything but an exit is a failure of the test."""
        typed = [*map(str, arguments)]
        self._monkeypatch.setattr(sys, "argv", ["coverage-opt", *typed])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        printed = self._capsys.readouterr()
        code = left.value.code or 0
        assert isinstance(code, int)
        return subprocess.CompletedProcess(typed, code, printed.out, printed.err)


def result_of(finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what was printed by ``--json``: exactly one line."""
    assert finished.stdout.count("\n") == 1, finished.stdout + finished.stderr
    assert finished.stdout.endswith("\n")
    loaded = json.loads(finished.stdout, parse_constant=lambda name: f"not JSON: {name}")
    assert isinstance(loaded, dict)
    return loaded


def everything_in(folder: Path) -> dict[str, bytes]:
    """Return every file and folder below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"a folder"
        for path in folder.rglob("*")
    }


def hard_region(folder: Path) -> Path:
    """Write a region that takes far too long to solve to the end: overlapping reach, no slack."""
    draw = random.Random(1)
    homes = {f"z{number}": _place(draw) for number in range(40)}
    schools = {f"s{number}": _place(draw) for number in range(12)}
    taught = [f"p{number}" for number in range(20)]
    return write_region(
        folder,
        settings={"name": "hard", "title": "Hard", "periods": [2026]},
        zones=[(zone, zone, "m", 51, 4, "main") for zone in homes],
        cohorts=[(zone, 2026, draw.randint(20, 60)) for zone in homes],
        institutions=[("north", "North College")],
        sites=[(site, "north", site, "town", 51, 4, "main") for site in schools],
        site_domains=[(site, "technology") for site in schools],
        programmes=[(p, p, "BOL", p, 4, "technology", p, "craft", 2, 1.0, 0.8) for p in taught],
        units=[(f"u-{p}", "profile", p, 1, 500, "with_programme") for p in taught],
        curriculum=[(p, f"u-{p}") for p in taught],
        choices=[(p, 1 / len(taught)) for p in taught],
        accept=[
            (asked, other, 0.3)
            for asked in taught
            for other in taught
            if asked != other and draw.random() < 0.15
        ],
        occupations=[(f"o-{p}", p, "good", 1.0, draw.randint(1, 5)) for p in taught],
        openings=[(f"o-{p}", 2026, 20) for p in taught],
        leads_to=[(p, f"o-{p}", 0.9) for p in taught],
        travel=[
            (zone, site, 5 + round(abs(home - school)))
            for zone, home in homes.items()
            for site, school in schools.items()
        ],
        site_travel=None,
    )


def _place(draw: random.Random) -> complex:
    return complex(draw.uniform(0, 100), draw.uniform(0, 100))
