"""Run folders: what is saved comes back exactly, and half a run never looks like one."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored_plans import (
    AWKWARD,
    MODULAR,
    RUN,
    assert_same,
    everything_in,
    plan_of,
    planned,
    problems,
    tables,
)

from coverage_opt.errors import InputError
from coverage_opt.plan.plan import TABLES
from coverage_opt.plan.store import check_destination, load_plan, save_plan
from coverage_opt.policy.policy import Policy
from coverage_opt.rules import RULES


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "first"
    save_plan(plan_of(), folder)
    return folder


# --- what is saved comes back


def test_a_plan_comes_back_exactly_as_it_was(run_folder: Path) -> None:
    assert_same(load_plan(run_folder), plan_of())


def test_empty_tables_keep_their_types(tmp_path: Path) -> None:
    empty = planned(tables(0), {})
    save_plan(empty, tmp_path / "run")
    assert_same(load_plan(tmp_path / "run"), empty)


texts = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
)
floats = st.one_of(
    st.floats(),
    st.sampled_from([math.inf, -math.inf, math.nan, -0.0, 5e-324, 0.1 + 0.2, 1e22, 2.0**53 + 2]),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.tuples(texts, texts, floats), max_size=6),
    stage=st.integers(-(10**14), 10**14),
)
def test_any_text_and_any_number_come_back(rows: list[tuple[str, str, float]], stage: int) -> None:
    columns = ["name", "unit", "value"]
    kinds = {"name": "str", "unit": "str", "value": "float64"}
    indicators = pd.DataFrame(rows, columns=columns).astype(kinds)
    stages = tables(1)["stages"].assign(stage=stage)
    plan = plan_of(indicators=indicators, stages=stages)
    with tempfile.TemporaryDirectory() as temporary:
        save_plan(plan, Path(temporary) / "run")
        assert_same(load_plan(Path(temporary) / "run"), plan)


def test_a_policy_comes_back_with_all_its_settings(tmp_path: Path) -> None:
    policy = Policy.model_validate(
        {
            "name": "all",
            "title": "Everything in it",
            "view": "A policy for tests.",
            "sharing": ["orientation"],
            "hybrids": True,
            "continuous_intake": [],
            "rules": {
                "class_size": {"holds": "expectation"},
                "travel_limit": {"by_level": {2: 60}, "by_learner": {"adult": 45}},
                "partnership": {"institutions": [["north", "south"]], "kinds": ["common"]},
            },
            "objective": [
                {"maximise": {"placed": 1}, "risk": "cvar", "tail": 0.25, "tolerance": 0.01},
                {"minimise": {"changes": 2}, "risk": "worst_case", "decides": "units"},
            ],
        }
    )
    assert {"class_size", "travel_limit", "partnership"} <= set(RULES)
    plan = planned(tables(1), RUN, policy)
    save_plan(plan, tmp_path / "run")
    assert_same(load_plan(tmp_path / "run"), plan)


def test_many_rows_are_written_and_read_within_seconds(tmp_path: Path) -> None:
    random, many = np.random.default_rng(5), 200_000
    zones = np.array([f"43{number:02d}" for number in range(90)], dtype=object)
    switches = pd.DataFrame(
        {
            "period": random.choice([2030, 2035], many),
            "scenario": random.choice(np.array(["baseline", "low"], dtype=object), many),
            "learner": random.choice(np.array(["young", "adult"], dtype=object), many),
            "zone": random.choice(zones, many),
            "choice": random.choice(zones, many),
            "programme": random.choice(zones, many),
            "learners": random.random(many) * 10.0 ** random.integers(-9, 9, many),
        }
    ).astype(dict.fromkeys(("scenario", "learner", "zone", "choice", "programme"), "str"))
    plan = planned({**tables(0), "switches": switches}, RUN)
    start = time.process_time()
    save_plan(plan, tmp_path / "run")
    assert_same(load_plan(tmp_path / "run"), plan)
    # a fifth of a million takes one second; cell by cell it takes far more than ten
    assert time.process_time() - start < 10


def test_the_order_of_columns_and_the_index_do_not_matter(tmp_path: Path) -> None:
    offers = tables(5)["offers"]
    shuffled = offers[["learners", "site", "period", "programme"]].set_index(
        pd.Index([9, 8, 7, 6, 5])
    )
    save_plan(plan_of(offers=shuffled), tmp_path / "run")
    assert_same(load_plan(tmp_path / "run"), plan_of(offers=offers))


def test_numbers_of_numpy_and_endless_numbers_fit_in_the_manifest(tmp_path: Path) -> None:
    run = {"seed": np.int64(3), "gap_asked": np.float64(0.5), "time_limit_seconds": math.inf}
    plan = planned(tables(0), run)
    save_plan(plan, tmp_path / "run")
    loaded = load_plan(tmp_path / "run")
    assert loaded.run == {"seed": 3, "gap_asked": 0.5, "time_limit_seconds": None}
    text = (tmp_path / "run" / "manifest.json").read_text(encoding="utf-8")
    assert "Infinity" not in text


def test_the_manifest_says_what_the_run_was(run_folder: Path) -> None:
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["format_version"] == 2
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["package_version"])
    assert manifest["region"] == {"name": "tiny", "content_hash": "ab12"}
    assert manifest["periods"] == [2030, 2035]
    assert manifest["scenario_set"] == "two"
    assert manifest["scenarios"][1] == {"name": "low", "title": '"Low"', "probability": 0.3}
    assert manifest["policy"]["name"] == "modular"
    assert manifest["policy_hash"] == MODULAR.content_hash
    assert manifest["run"] == RUN
    assert set(manifest["files"]) == {f"{name}.csv" for name in TABLES}


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_plan(plan_of(), tmp_path / name)
    assert everything_in(tmp_path / "one") == everything_in(tmp_path / "two")


def test_the_solver_log_is_kept_and_guarded(tmp_path: Path) -> None:
    save_plan(plan_of(), tmp_path / "run", solver_log="Running HiGHS\n")
    log = tmp_path / "run" / "solver.log"
    assert log.read_text(encoding="utf-8") == "Running HiGHS\n"
    log.write_text("something else", encoding="utf-8")
    assert "solver.log: the file was changed" in problems(lambda: load_plan(log.parent))


# --- where it is saved


def test_a_run_that_is_there_is_kept_unless_asked_otherwise(run_folder: Path) -> None:
    before = everything_in(run_folder)
    assert "already holds a run" in problems(lambda: save_plan(plan_of(), run_folder))
    assert everything_in(run_folder) == before
    other = plan_of(offers=tables(2)["offers"])
    save_plan(other, run_folder, overwrite=True)
    assert_same(load_plan(run_folder), other)
    assert [path.name for path in run_folder.parent.iterdir()] == ["first"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_any_other_folder_or_file_is_never_replaced(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "file").write_text("text", encoding="utf-8")
    before = everything_in(tmp_path)
    for name in ("empty", "mine", "file", ".", "file/inside"):
        with pytest.raises(InputError):
            save_plan(plan_of(), tmp_path / name, overwrite=overwrite)
    assert everything_in(tmp_path) == before


def test_a_run_folder_with_notes_in_it_is_not_replaced(run_folder: Path) -> None:
    (run_folder / "notes.txt").write_text("for the board", encoding="utf-8")
    said = problems(lambda: save_plan(plan_of(), run_folder, overwrite=True))
    assert "would lose these" in said
    assert "notes.txt" in said
    assert (run_folder / "notes.txt").exists()


def test_a_link_to_a_run_folder_stays_a_link(run_folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(run_folder)
    other = plan_of(offers=tables(2)["offers"])
    save_plan(other, link, overwrite=True)
    assert link.is_symlink()
    assert_same(load_plan(run_folder), other)


def test_a_place_that_cannot_be_written_to_is_named_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text", encoding="utf-8")
    said = problems(lambda: check_destination(tmp_path / "file" / "run"))
    assert "cannot be made" in said
    check_destination(tmp_path / "deep" / "down" / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_is_full_leaves_nothing_behind(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything_in(run_folder.parent)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    place = run_folder.with_name("second")
    assert "No space left on device" in problems(lambda: save_plan(plan_of(), place))
    said = problems(lambda: save_plan(plan_of(), run_folder, overwrite=True))
    assert "No space left on device" in said
    assert everything_in(run_folder.parent) == before


def test_a_table_with_other_columns_is_not_saved(tmp_path: Path) -> None:
    wrong = tables()["offers"].rename(columns={"site": "place"})
    with pytest.raises(ValueError, match="offers has the columns"):
        save_plan(plan_of(offers=wrong), tmp_path / "run")
    missing = tables(3)["offers"].assign(site=pd.Series([None, "a", "b"], dtype="str"))
    with pytest.raises(ValueError, match="offers has rows without site"):
        save_plan(plan_of(offers=missing), tmp_path / "run")
    broken = tables(3)["units"].assign(groups=[1.0, 1.5, 2.0])
    with pytest.raises(ValueError, match="groups that is not a whole number"):
        save_plan(plan_of(units=broken), tmp_path / "run")
    assert not list(tmp_path.iterdir())


# --- the process is killed while it writes

SAVE_UNTIL_THE_NTH_FLUSH = """
import os, sys, time
from pathlib import Path
from coverage_opt.plan.store import load_plan, save_plan

source, target, nth = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
plan, flush, flushed = load_plan(source), os.fsync, 0

def stop(descriptor):
    global flushed
    flush(descriptor)
    flushed += 1
    if flushed == nth:
        print("here", flush=True)
        time.sleep(600)

os.fsync = stop
save_plan(plan, target, overwrite=True)
"""
LAST_TABLE, MANIFEST_WRITTEN, RENAMED = len(TABLES), len(TABLES) + 1, len(TABLES) + 3


def killed_while_saving(source: Path, target: Path, nth: int) -> None:
    command = [sys.executable, "-c", SAVE_UNTIL_THE_NTH_FLUSH, str(source), str(target), str(nth)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)


@pytest.mark.skipif(os.name != "posix", reason="kills with a POSIX signal")
@pytest.mark.parametrize("nth", [1, LAST_TABLE, MANIFEST_WRITTEN])
def test_a_killed_process_leaves_no_run_or_the_old_one(run_folder: Path, nth: int) -> None:
    new, old = run_folder.with_name("new"), run_folder.with_name("old")
    killed_while_saving(run_folder, new, nth)
    assert not new.exists()
    other = plan_of(offers=tables(2)["offers"])
    save_plan(other, old)
    killed_while_saving(run_folder, old, nth)
    assert_same(load_plan(old), other)
    # what is left is hidden, and neither stands in the way of the next run
    left = {path.name for path in run_folder.parent.iterdir()} - {"first", "old"}
    assert all(name.startswith(".") and name.endswith(".unfinished") for name in left)
    if nth < MANIFEST_WRITTEN:
        for name in left:
            assert "never finished" in problems(lambda: load_plan(run_folder.with_name(name)))  # noqa: B023
    save_plan(plan_of(), new)
    assert_same(load_plan(new), plan_of())


@pytest.mark.skipif(os.name != "posix", reason="kills with a POSIX signal")
def test_a_process_killed_after_the_rename_leaves_the_whole_run(run_folder: Path) -> None:
    new = run_folder.with_name("new")
    killed_while_saving(run_folder, new, RENAMED)
    assert_same(load_plan(new), plan_of())
