"""``solve``: what it prints, what it saves and how it ends."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import (
    DECLINE,
    ESCAPE,
    HARD,
    Here,
    everything_in,
    hard_region,
    result_of,
    run,
)

from builders import tiny_region, write_region
from coverage_opt.plan.plan import TABLES
from coverage_opt.plan.store import load_plan
from coverage_opt.plan.verify import verify
from coverage_opt.rules.travel_limit import TravelLimit

PHASES = {"load", "reduce", "build", "hand_over", "solve", "place", "verify"}


@pytest.fixture(scope="module")
def solved(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("solved")
    write_region(folder / "tiny")
    return folder, run(folder, "solve", "tiny", "--policy", "modular", "--periods", "2030")


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    return Here(tmp_path, monkeypatch, capsys)


def test_a_board_can_read_the_result(
    solved: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, finished = solved
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[0] == "Tiny 2030: Efficiency per group that is really taught (modular)"
    assert lines[1] == "No plan does better by this policy (within 0.10 %)."
    for heading in ("Indicators", "Objective", "Offers and learners a year at each site"):
        assert heading in lines
    assert "Hill Centre" in finished.stdout
    assert "technology" in finished.stdout
    assert lines[-1] == "Saved in runs/tiny-modular-2030"
    assert len(lines) < 70


def test_nothing_is_wider_than_a_terminal_and_pipes_get_plain_text(
    solved: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, finished = solved
    assert ESCAPE not in finished.stdout + finished.stderr
    assert max(map(len, finished.stdout.splitlines())) <= 80
    assert max(map(len, finished.stderr.splitlines())) <= 80


def test_progress_goes_to_standard_error(
    solved: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, finished = solved
    assert "Pursuing coverage + filled_openings" in finished.stderr
    assert "gap 0 %  optimal" in finished.stderr
    assert "Pursuing" not in finished.stdout
    said = " ".join(finished.stderr.split())
    counts = ", ".join(rf"\d+ {name} -> \d+" for name in ("zones", "learner groups", "offers"))
    assert re.search(rf"reduce: {counts}, .*\d+ unit decisions -> \d+ ", said)
    assert "reduce" not in finished.stdout


def test_the_saved_plan_is_the_verified_plan(
    solved: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = solved
    plan = load_plan(folder / "runs" / "tiny-modular-2030")
    assert verify(tiny_region(), plan) == ()
    assert plan.run["instance"] == "tiny"
    assert plan.run["overrides"] == []
    assert plan.periods == (2030,)
    assert set(plan.run["seconds"]) >= PHASES
    assert "HiGHS" in (folder / "runs" / "tiny-modular-2030" / "solver.log").read_text()


def test_json_is_one_line_with_everything_a_program_needs(tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    arguments = ("solve", "tiny", "--policy", "modular", "--json")
    finished = run(tmp_path, *arguments, "--set", "rules.class_size.per_offer=5", "--out", "mine")
    result = result_of(finished)
    assert finished.returncode == 0
    assert result["status"] == "optimal"
    assert result["run"] == "mine"
    assert result["overrides"] == ["rules.class_size.per_offer=5"]
    assert result["variant"] is None
    assert result["periods"] == [2026]
    assert result["scenario_set"] == "baseline"
    assert result["scenarios"] == [{"name": "baseline", "title": "Baseline", "probability": 1.0}]
    assert set(result["outlook"]) == {"2026"}
    assert set(result["outlook"]["2026"]) == set(result["indicators"])
    assert result["outlook"]["2026"]["placed"]["expected"] == result["indicators"]["placed"]
    assert [stage["stage"] for stage in result["objective"]] == [1, 2, 3]
    assert {"goal", "value", "bound", "gap"} <= set(result["objective"][0])
    assert result["bound"] == result["objective"][0]["bound"]
    assert result["gap"] == result["objective"][0]["gap"]
    assert set(result["seconds"]) >= PHASES
    assert result["reductions"]["zones"][0] == 3
    assert set(result["reductions"]) > {"moments", "areas", "catchments", "unit decisions"}
    plan = load_plan(tmp_path / "mine")
    assert result["indicators"] == plan.indicators
    assert result["counts"]["zones"] == 3
    assert result["counts"]["offers"] == len(plan.offers)
    assert result["counts"]["units"] == len(plan.units)
    assert "Pursuing" in finished.stderr


def test_the_same_seed_gives_the_same_tables(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    for out in ("one", "two"):
        here.run("solve", "tiny", "--policy", "orientation", "--out", out, "--quiet")
    for name in sorted(set(TABLES) - {"stages"}):
        one, two = (tmp_path / out / f"{name}.csv" for out in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_run_folders_are_numbered_and_quiet_prints_only_them(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    arguments = ("solve", "./tiny", "--policy", "programme", "--quiet")
    folders = [here.run(*arguments) for _ in range(3)]
    names = [f"runs/tiny-programme-2026{ending}\n" for ending in ("", "-2", "-3")]
    assert [finished.stdout for finished in folders] == names
    assert [finished.stderr for finished in folders] == ["", "", ""]


def test_several_years_and_scenarios_in_one_plan(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny", **DECLINE)
    finished = here.run(
        *("solve", "tiny", "--policy", "orientation", "--periods", "all", "--scenarios", "decline")
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("Tiny 2026 to 2030: ")
    assert "Fast decline (25 %) and Slow decline (75 %)" in " ".join(finished.stdout.split())
    for heading in ("Outlook: what is expected", "What each scenario brings", "Timeline"):
        assert heading in finished.stdout
    assert max(map(len, finished.stdout.splitlines())) <= 80
    folder = tmp_path / "runs" / "tiny-orientation-2026-2030-decline"
    assert finished.stdout.endswith(f"Saved in {folder.relative_to(tmp_path)}\n")
    plan = load_plan(folder)
    assert plan.periods == (2026, 2030)
    assert plan.scenario_set == "decline"
    assert [one.name for one in plan.scenarios] == ["fast", "slow"]
    assert verify(tiny_region(**DECLINE), plan) == ()


def test_periods_are_planned_in_order_however_they_are_typed(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    arguments = ("solve", "tiny", "--policy", "orientation", "--periods", "2030,2026", "--quiet")
    assert here.run(*arguments).stdout == "runs/tiny-orientation-2026-2030\n"


def test_a_variant_comes_before_what_is_set(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    arguments = ("solve", "tiny", "--policy", "modular", "--variant", "strict_travel", "--json")
    finished = here.run(*arguments, "--set", "rules.travel_limit.nearby=30", "--out", "mine")
    assert finished.returncode == 0, finished.stderr
    result = result_of(finished)
    assert result["variant"] == "strict_travel"
    assert result["overrides"] == ["rules.travel_limit.nearby=30"]
    plan = load_plan(tmp_path / "mine")
    assert plan.run["variant"] == "strict_travel"
    limit = plan.policy.rule(TravelLimit)
    assert limit is not None
    assert (limit.minutes, limit.nearby) == (60, 30)


def test_a_policy_from_a_file(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    policy = tmp_path / "ours.yaml"
    policy.write_text(
        "name: our own/policy\ntitle: Ours\nview: Ours.\nsharing: []\nrules: {}\n"
        "objective:\n  - maximise: {placed: 1}\n",
        encoding="utf-8",
    )
    finished = here.run("solve", "tiny", "--policy", "ours.yaml", "--quiet")
    assert finished.stdout == "runs/tiny-our_own_policy-2026\n", finished.stderr
    assert load_plan(tmp_path / finished.stdout.strip()).policy.title == "Ours"


def test_a_taken_place_is_refused_before_any_work(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    before = everything_in(tmp_path)
    arguments = ("solve", "tiny", "--policy", "modular")
    finished = here.run(*arguments, "--out", "tiny", "--overwrite")
    assert finished.returncode == 2
    assert "is not a run folder" in finished.stderr
    assert everything_in(tmp_path) == before
    assert here.run(*arguments, "--out", "mine").returncode == 0
    kept = everything_in(tmp_path)
    finished = here.run(*arguments, "--out", "mine")
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "already holds a run" in finished.stderr
    assert everything_in(tmp_path) == kept
    other = ("solve", "tiny", "--policy", "programme", "--out", "mine", "--overwrite")
    assert here.run(*other).returncode == 0
    assert load_plan(tmp_path / "mine").policy.name == "programme"


def test_an_infeasible_policy_ends_with_4(here: Here, tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    before = everything_in(tmp_path)
    arguments = ("solve", "tiny", "--policy", "programme")
    tight = ("--set", "rules.class_size.own.minimum=28", "--set", "rules.travel_limit.minutes=20")
    finished = here.run(*arguments, *tight)
    assert (finished.returncode, finished.stdout) == (4, "")
    assert "There is no plan" in finished.stderr
    assert "Traceback" not in finished.stderr
    finished = here.run(*arguments, *tight, "--json")
    assert finished.returncode == 4
    assert result_of(finished)["status"] == "infeasible"
    assert everything_in(tmp_path) == before


def test_a_limit_without_a_plan_ends_with_5(here: Here, tmp_path: Path) -> None:
    hard_region(tmp_path / "hard")
    before = everything_in(tmp_path)
    finished = here.run("solve", "hard", *HARD, "--time-limit", "0.001s", "--json")
    assert finished.returncode == 5
    assert result_of(finished)["status"] == "no_plan"
    assert "No plan yet" in finished.stderr
    assert everything_in(tmp_path) == before


def test_a_limit_with_a_plan_shows_its_gap_and_saves_it(tmp_path: Path) -> None:
    hard_region(tmp_path / "hard")
    arguments = ("solve", "hard", *HARD, "--time-limit", "5s", "--require-optimal")
    finished = run(tmp_path, *arguments, "--out", "run")
    assert finished.returncode == 5, finished.stderr
    assert "A limit came first: a better plan may exist, by at most" in finished.stdout
    assert "A gap remains" in finished.stderr
    plan = load_plan(tmp_path / "run")
    assert plan.status == "feasible"
    assert plan.stages["gap"][0] > 0
    assert run(tmp_path, "verify", "run").returncode == 0


def test_quiet_still_shows_the_gap(tmp_path: Path) -> None:
    hard_region(tmp_path / "hard")
    finished = run(tmp_path, "solve", "hard", *HARD, "--time-limit", "5s", "--quiet", "--json")
    assert finished.returncode == 0, finished.stderr
    assert result_of(finished)["gap"] > 0
    assert finished.stderr.startswith("A limit came first")
    assert finished.stderr.count("\n") == 1


def test_the_installed_command_is_the_same_program(tmp_path: Path) -> None:
    script = shutil.which("coverage-opt", path=str(Path(sys.executable).parent))
    if script is None:
        pytest.skip("the package is not installed with its script")
    finished = run(tmp_path, "--version", program=(script,))
    assert finished.returncode == 0
    assert finished.stdout == run(tmp_path, "--version").stdout
    assert finished.stdout.startswith("coverage-opt ")
