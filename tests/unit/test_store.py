"""Run folders: what is saved comes back exactly, and half a run never looks like one."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from coverage_opt.errors import InputError
from coverage_opt.plan.plan import COUNT_COLUMNS, TABLES, TEXT_COLUMNS, Plan
from coverage_opt.plan.store import changes, check_destination, load_plan, save_plan
from coverage_opt.policy.load import load_policy

MODULAR = load_policy("modular", ["rules.travel_limit.by_level.3=80"])
AWKWARD = [
    "a,b", 'say "hi"', "two\nlines",
    "\r\n", "\r", "=1+1", "+31 118", "@SUM(A1)", "-", "0101", "1e5",
    "NA", "nan", "None", "", " padded ",
    "Friesland – Fryslân", "東京", "👩‍🏭", "\ufeff", "a\tb", "'", "\\",
]  # fmt: skip
RUN: dict[str, Any] = {
    "instance": "../my region",
    "overrides": ["rules.travel_limit.by_level.3=80"],
    "gap_asked": 0.001,
    "seed": 7,
    "time_limit_seconds": None,
    "interrupted": False,
    "versions": {"python": "3.11.7", "highspy": "1.16.0"},
    "seconds": {"load": 0.1, "solve": 1 / 3},
    "reductions": {"zones": [152, 9]},
}


def column_of(name: str, length: int) -> Any:
    if name in TEXT_COLUMNS:
        return pd.Series([AWKWARD[row % len(AWKWARD)] for row in range(length)], dtype="str")
    if name in COUNT_COLUMNS:
        return pd.Series(range(length), dtype="int64")
    return pd.Series([row / 3 for row in range(length)], dtype="float64")


def tables(length: int = len(AWKWARD)) -> dict[str, pd.DataFrame]:
    return {
        name: pd.DataFrame({column: column_of(column, length) for column in columns})
        for name, columns in TABLES.items()
    }


def plan_of(**changed: pd.DataFrame) -> Plan:
    return Plan("feasible", "tiny", "ab12", MODULAR, 2035, RUN, {**tables(), **changed})


def assert_same(loaded: Plan, saved: Plan) -> None:
    for name in TABLES:
        assert_frame_equal(loaded.table(name), saved.table(name), check_exact=True)
        for column in TABLES[name]:
            if column not in TEXT_COLUMNS:
                before, after = saved.table(name)[column], loaded.table(name)[column]
                assert (np.signbit(before) == np.signbit(after)).all()
    assert loaded.policy == saved.policy
    assert loaded.policy.content_hash == saved.policy.content_hash
    assert (loaded.status, loaded.region, loaded.region_hash, loaded.period) == (
        saved.status,
        saved.region,
        saved.region_hash,
        saved.period,
    )
    assert loaded.run == saved.run


def problems(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    return "\n".join(map(str, caught.value.problems))


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"a folder"
        for path in folder.rglob("*")
    }


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "first"
    save_plan(plan_of(), folder)
    return folder


# --- what is saved comes back


def test_a_plan_comes_back_exactly_as_it_was(run_folder: Path) -> None:
    assert_same(load_plan(run_folder), plan_of())


def test_empty_tables_keep_their_types(tmp_path: Path) -> None:
    empty = Plan("optimal", "tiny", "ab12", MODULAR, 2035, {}, tables(0))
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


def test_the_order_of_columns_and_the_index_do_not_matter(tmp_path: Path) -> None:
    offers = tables(5)["offers"]
    shuffled = offers[["learners", "site", "programme"]].set_index(pd.Index([9, 8, 7, 6, 5]))
    save_plan(plan_of(offers=shuffled), tmp_path / "run")
    assert_same(load_plan(tmp_path / "run"), plan_of(offers=offers))


def test_numbers_of_numpy_and_endless_numbers_fit_in_the_manifest(tmp_path: Path) -> None:
    run = {"seed": np.int64(3), "gap_asked": np.float64(0.5), "time_limit_seconds": math.inf}
    plan = Plan("optimal", "tiny", "ab12", MODULAR, 2035, run, tables(0))
    save_plan(plan, tmp_path / "run")
    loaded = load_plan(tmp_path / "run")
    assert loaded.run == {"seed": 3, "gap_asked": 0.5, "time_limit_seconds": None}
    text = (tmp_path / "run" / "manifest.json").read_text(encoding="utf-8")
    assert "Infinity" not in text


def test_the_manifest_says_what_the_run_was(run_folder: Path) -> None:
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["format_version"] == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["package_version"])
    assert manifest["region"] == {"name": "tiny", "content_hash": "ab12"}
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


# --- what is wrong with a run folder is said, all of it


def test_no_such_folder_suggests_the_nearest(run_folder: Path) -> None:
    said = problems(lambda: load_plan(run_folder.with_name("frist")))
    assert "there is no run folder" in said
    assert "did you mean first?" in said
    assert "is a file" in problems(lambda: load_plan(run_folder / "offers.csv"))


def test_a_folder_without_a_manifest_is_no_run(run_folder: Path) -> None:
    (run_folder / "manifest.json").unlink()
    assert "there is no manifest.json" in problems(lambda: load_plan(run_folder))


@pytest.mark.parametrize("cut", [0, 1, 40, 400, 2000])
def test_a_manifest_that_is_cut_off(run_folder: Path, cut: int) -> None:
    path = run_folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:cut])
    assert "damaged or cut off" in problems(lambda: load_plan(run_folder, check_hashes=False))


def changed_manifest(folder: Path, **values: Any) -> None:
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for key, value in values.items():
        inside = content
        *steps, last = key.split("__")
        for step in steps:
            inside = inside[step]
        inside[last] = value
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"format_version": 2}, "format version 2; this program reads 1"),
        ({"format_version": True}, "format version True"),
        ({"format": "something else"}, "not the manifest of a run"),
        ({"status": "splendid"}, "`status`"),
        ({"period": "2035"}, "`period`"),
        ({"extra": 1}, "`extra`"),
        ({"files": {}}, "no file is listed for offers"),
        ({"run__seconds": {"load": "long"}}, "`run.seconds.load`"),
        ({"run__overrides": "none"}, "`run.overrides`"),
        ({"policy__rules__class_size__per_offer": -1}, "`policy.rules.class_size.per_offer`"),
        ({"policy__rules__telepathy": {}}, "`policy.rules.telepathy`"),
    ],
)
def test_a_manifest_that_does_not_say_what_it_must(
    run_folder: Path, values: dict[str, Any], said: str
) -> None:
    changed_manifest(run_folder, **values)
    assert said in problems(lambda: load_plan(run_folder, check_hashes=False))


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"\xff\xfe", b"{}", b"[" * 100_000])
def test_a_manifest_that_is_something_else(run_folder: Path, content: bytes) -> None:
    (run_folder / "manifest.json").write_bytes(content)
    assert problems(lambda: load_plan(run_folder))


def test_a_changed_manifest_is_noticed(run_folder: Path) -> None:
    changed_manifest(run_folder, status="optimal", policy__title="Another")
    said = problems(lambda: load_plan(run_folder))
    assert "the manifest was changed" in said
    assert "the policy is not the one that was saved" in said
    assert load_plan(run_folder, check_hashes=False).status == "optimal"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def test_a_changed_table_is_refused_but_can_be_loaded_to_be_verified(run_folder: Path) -> None:
    assert changes(run_folder) == ()
    edit(run_folder / "offers.csv", "0.3333333333333333", "12")
    edit(run_folder / "units.csv", "0.3333333333333333", "12.5")
    said = problems(lambda: load_plan(run_folder))
    assert "offers.csv: the file was changed" in said
    assert "units.csv: the file was changed" in said
    assert [problem.where for problem in changes(run_folder)] == ["offers.csv", "units.csv"]
    assert load_plan(run_folder, check_hashes=False).offers["learners"][1] == 12.0


def test_every_damaged_table_is_reported_at_once(run_folder: Path) -> None:
    (run_folder / "offers.csv").unlink()
    edit(run_folder / "units.csv", '"groups"', '"crowds"')
    edit(run_folder / "switches.csv", "0.3333333333333333", "a third")
    edit(run_folder / "stages.csv", ",0.0,", ",0.0,0.0,")
    path = run_folder / "reach.csv"
    path.write_bytes(path.read_bytes()[:-3])
    (run_folder / "filled.csv").write_bytes(b'"occupation","openings","graduates","filled"\n"x')
    said = problems(lambda: load_plan(run_folder, check_hashes=False))
    assert "offers.csv: the file does not exist" in said
    assert "units.csv:1: the column 'groups' is missing" in said
    assert "units.csv:1: unknown column 'crowds'" in said
    assert "switches.csv: learners is not a number" in said
    assert "'a third'" in said
    assert "stages.csv: rows with too few or too many fields" in said
    assert "reach.csv: the file is cut off" in said
    assert "filled.csv: the file is cut off" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is cut off"),
        ("\n", "the column 'programme' is missing"),
        ('"programme","site","learners","site"\n', "the column 'site' is given twice"),
        ('"programme","site","learners"\n"a","b"\n', "line 2: 2 fields, not 3"),
        ('"programme","site","learners"\n\n', "line 2: 0 fields, not 3"),
        ('"programme","site","learners"\n"a","b",1_000\n', "learners is not a number"),
        ('"programme","site","learners"\n"a","b",\n', "learners is not a number"),
        ('"programme","site","learners"\n"a","b",1,5\n', "4 fields, not 3"),
        ('"programme","site","learners"\n"a\n', "the row cannot be read"),
        ('"programme","site","learners"\n"a"x,"b",1\n', "the row cannot be read"),
    ],
)
def test_a_damaged_table(run_folder: Path, text: str, said: str) -> None:
    (run_folder / "offers.csv").write_bytes(text.encode())
    assert said in problems(lambda: load_plan(run_folder, check_hashes=False))


def test_counts_must_be_whole(run_folder: Path) -> None:
    edit(run_folder / "units.csv", ",0,0.0", ",0.5,0.0")
    said = problems(lambda: load_plan(run_folder, check_hashes=False))
    assert "groups is not a whole number" in said


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_run_folder_cut_anywhere_is_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        shutil.copytree(_saved_once(), folder)
        name = data.draw(st.sampled_from(sorted(path.name for path in folder.iterdir())))
        content = (folder / name).read_bytes()
        kept = data.draw(st.integers(0, len(content) - 1))
        (folder / name).write_bytes(content[:kept])
        if name == "manifest.json" and not content[kept:].strip():
            return  # only the last line feed is gone
        with pytest.raises(InputError):
            load_plan(folder)


_ONCE: list[tempfile.TemporaryDirectory[str]] = []


def _saved_once() -> Path:
    if not _ONCE:
        _ONCE.append(tempfile.TemporaryDirectory())
        save_plan(plan_of(), Path(_ONCE[0].name) / "run")
    return Path(_ONCE[0].name) / "run"
