"""Every command the documentation shows could be typed as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer
from benchmarks.__main__ import app as benchmarks
from benchmarks.registry import cases_matching, suite_named
from pages import PAGES, ROOT, blocks, code, table

from coverage_opt import load_policy, shipped
from coverage_opt.cli.app import app
from coverage_opt.cli.failures import Exit
from coverage_opt.plan.plan import TABLES

GETTING_STARTED = ROOT / "docs" / "getting-started.md"
COMMANDS = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in PAGES
    for block in blocks(page, "sh")
    for line in block.text.splitlines()
]
OWN = ("my-region",)
"""Regions that the documentation tells the reader to make."""


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_is_known(line: str) -> None:
    program, *arguments = shlex.split(line)
    if program == "make":
        assert set(arguments) <= _targets()
    elif program == "pytest":
        assert all((ROOT / word).exists() for word in arguments if word.startswith("tests"))
    elif program == "coverage-opt":
        _parse(arguments)
    elif arguments[:2] == ["-m", "benchmarks"]:
        assert program == "python"
        _parse_benchmarks(arguments[2:])
    else:
        assert line == ". .venv/bin/activate"


def test_every_page_that_uses_the_program_says_where_it_is() -> None:
    for page in (PAGES[0], GETTING_STARTED):
        lines = [line for block in blocks(page, "sh") for line in block.text.splitlines()]
        first = next(place for place, line in enumerate(lines) if line.startswith("coverage-opt"))
        assert ". .venv/bin/activate" in lines[:first]


def test_the_languages_of_blocks_are_known() -> None:
    for page in PAGES:
        fences = re.findall(r"^```(\w*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        known = {"sh", "python", "yaml", "csv", "text", "mermaid", ""}
        assert set(fences) <= known
        assert fences.count("") == len(fences) / 2


def test_exit_codes_are_those_of_the_program() -> None:
    listed = table(GETTING_STARTED, "exit code", "meaning").column("exit code")
    assert sorted(map(int, listed)) == sorted(Exit)


def test_tables_are_those_of_a_plan() -> None:
    listed = table(GETTING_STARTED, "table", "what it holds").column("table")
    assert list(map(code, listed)) == list(TABLES)


@pytest.mark.parametrize("target", ["demo", "test"])
def test_make_knows_what_to_do(target: str) -> None:
    said = _make("--dry-run", "--always-make", target)
    assert "--editable" in said
    assert ("coverage-opt solve zeeland --policy modular" in said) is (target == "demo")
    assert ("pytest -n" in said) is (target == "test")


def test_what_make_runs_could_be_typed() -> None:
    lines = [line.removeprefix(".venv/bin/") for line in _make("--dry-run", "demo").splitlines()]
    typed = [line for line in lines if line.startswith("coverage-opt")]
    assert [shlex.split(line)[1] for line in typed] == ["solve", "verify"]
    for line in typed:
        _parse(shlex.split(line)[1:])


def test_continuous_integration_runs_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make test"


def _make(*arguments: str) -> str:
    command = ["make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def _targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^(\w+):", text, re.MULTILINE))


def _parse(arguments: list[str]) -> None:
    """Parse as the program does, and look at the names that are used."""
    group = typer.main.get_command(app)
    if arguments == ["--help"]:
        return
    context = group.make_context("coverage-opt", list(arguments), allow_interspersed_args=False)
    name, command, rest = group.resolve_command(context, list(arguments))  # type: ignore[attr-defined]
    values = command.make_context(name, list(rest), parent=context).params
    if values.get("instance"):
        assert values["instance"] in (*shipped.instance_names(), *OWN)
    if values.get("policy"):
        _load(values["policy"], values["overrides"] or ())
    if values.get("table"):
        assert values["table"] in TABLES
    for run in values.get("runs") or ():
        assert run.parent == Path("runs")
    if "run" in values:
        assert values["run"] in (Path("runs/demo"), Path("runs/my-region"))


def _parse_benchmarks(arguments: list[str]) -> None:
    """Parse as the benchmarks do, and look at the suites and cases that are named."""
    command = typer.main.get_command(benchmarks)
    context = command.make_context("benchmarks", list(arguments), allow_interspersed_args=False)
    while hasattr(command, "resolve_command"):
        name, command, arguments = command.resolve_command(context, list(arguments))
        group = hasattr(command, "resolve_command")
        context = command.make_context(
            name, list(arguments), parent=context, allow_interspersed_args=not group
        )
    if context.params.get("suite"):
        suite = suite_named(context.params["suite"])
        assert cases_matching(suite, context.params["only"] or [])


def _load(policy: str, overrides: tuple[str, ...]) -> None:
    if Path(policy).suffix:
        assert policy == "close-to-home.yaml"
        return
    load_policy(policy, overrides)
