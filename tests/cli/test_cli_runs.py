"""``verify`` and ``show``: what is said of a saved run."""

from __future__ import annotations

import io
import json
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from command_line import ESCAPE, PROGRAM, Here, environment, run

from builders import changed, write_region
from coverage_opt.plan.plan import TABLES
from coverage_opt.plan.store import load_plan, save_plan


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    write_region(folder / "tiny")
    finished = run(folder, "solve", "tiny", "--policy", "modular", "--out", "plan", "--quiet")
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.fixture
def folder(solved: Path, tmp_path: Path) -> Path:
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(folder, monkeypatch, capsys)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_plan_that_holds(folder: Path) -> None:
    finished = run(folder, "verify", "plan")
    assert finished.returncode == 0, finished.stderr
    plan = load_plan(folder / "plan")
    rows = sum(len(plan.table(name)) for name in TABLES)
    tables = len(TABLES)
    assert finished.stdout == f"verified: {rows} rows in {tables} tables, against 3 rules\n"
    assert finished.stderr == ""


def test_a_region_that_moved_can_be_named(here: Here, folder: Path) -> None:
    (folder / "tiny").rename(folder / "moved")
    finished = here.run("verify", "plan")
    assert finished.returncode == 3
    assert "there is no region 'tiny'" in finished.stderr
    assert here.run("verify", "plan", "--instance", "moved").returncode == 0


def test_a_plan_for_another_region_does_not_hold(here: Here, folder: Path) -> None:
    write_region(folder / "tiny", cohorts=changed("cohorts", 0, learners=101))
    finished = here.run("verify", "plan")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "plan does not hold" in finished.stderr


def test_a_changed_file_is_said_and_so_is_what_it_breaks(here: Here, folder: Path) -> None:
    placements = folder / "plan" / "placements.csv"
    lines = placements.read_text(encoding="utf-8").splitlines(keepends=True)
    placements.write_text("".join(lines[:-1]), encoding="utf-8")
    finished = here.run("verify", "plan")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "placements.csv: the file was changed after it was saved" in finished.stderr
    violations = [line for line in finished.stderr.splitlines() if "(by " in line]
    assert violations
    assert "Traceback" not in finished.stderr


def test_a_plan_that_lies_with_fitting_hashes_does_not_hold(here: Here, folder: Path) -> None:
    plan = load_plan(folder / "plan")
    indicators = plan.table("indicators")
    indicators.loc[indicators["name"] == "saved_hours", "value"] += 1000.0
    tables = {name: plan.table(name) for name in TABLES} | {"indicators": indicators}
    save_plan(replace(plan, _tables=tables), folder / "lie")
    finished = here.run("verify", "lie")
    assert finished.returncode == 1
    assert "saved_hours" in finished.stderr


def test_a_broken_run_folder_ends_with_3(here: Here, folder: Path) -> None:
    (folder / "plan" / "offers.csv").unlink()
    edit(folder / "plan" / "units.csv", '"groups"', '"crowds"')
    for command in ("verify", "show"):
        finished = here.run(command, "plan")
        assert (finished.returncode, finished.stdout) == (3, "")
        assert "offers.csv: the file does not exist" in finished.stderr
        assert "unknown column 'crowds'" in finished.stderr


def test_show_says_what_solve_said(folder: Path) -> None:
    finished = run(folder, "show", "plan")
    assert finished.returncode == 0, finished.stderr
    again = run(folder, "solve", "tiny", "--policy", "modular", "--out", "again")
    without_times = [line for line in again.stdout.splitlines() if " s  " not in line]
    shown = [line for line in finished.stdout.splitlines() if " s  " not in line]
    assert [*shown, "Saved in again"] == without_times
    assert ESCAPE not in finished.stdout


def test_show_does_without_the_region(here: Here, folder: Path) -> None:
    shutil.rmtree(folder / "tiny")
    finished = here.run("show", "plan")
    assert finished.returncode == 0
    assert "Without names" in finished.stderr
    assert "hill-centre" in finished.stdout
    assert "Hill Centre" not in finished.stdout


def test_show_does_without_a_region_that_changed(here: Here, folder: Path) -> None:
    write_region(folder / "tiny", cohorts=changed("cohorts", 0, learners=101))
    finished = here.run("show", "plan")
    assert finished.returncode == 0
    assert "the region has changed since" in finished.stderr
    assert "Hill Centre" not in finished.stdout


@pytest.mark.parametrize("name", ["offers", "timeline", "outlook", "reach", "stages"])
def test_show_prints_a_table_in_full(here: Here, folder: Path, name: str) -> None:
    finished = here.run("show", "plan", "--table", name)
    assert finished.returncode == 0
    assert finished.stdout == (folder / "plan" / f"{name}.csv").read_text(encoding="utf-8")
    assert finished.stderr == ""
    assert list(pd.read_csv(io.StringIO(finished.stdout)).columns) == list(TABLES[name])


def test_a_pipe_that_closes_early_is_no_failure(folder: Path) -> None:
    plan = load_plan(folder / "plan")
    many = pd.concat([plan.table("switches")] * 5000, ignore_index=True)
    tables = {name: plan.table(name) for name in TABLES} | {"switches": many}
    save_plan(replace(plan, _tables=tables), folder / "large")
    program = shlex.join(PROGRAM)
    finished = subprocess.run(
        f"{program} show large --table switches | head -n 1",
        shell=True,
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    header = ",".join(f'"{column}"' for column in TABLES["switches"])
    assert finished.stdout == f"{header}\n"
    assert "Traceback" not in finished.stderr
    assert "BrokenPipe" not in finished.stderr


def test_a_changed_manifest_is_refused_by_show(here: Here, folder: Path) -> None:
    path = folder / "plan" / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["status"] = "feasible"
    path.write_text(json.dumps(content), encoding="utf-8")
    finished = here.run("show", "plan")
    assert finished.returncode == 3
    assert "the manifest was changed" in finished.stderr
