"""Run folders that are damaged: everything that is wrong is said, nothing is guessed."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored_plans import plan_of, problems

from coverage_opt.errors import InputError
from coverage_opt.plan.store import changes, load_plan, save_plan


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "first"
    save_plan(plan_of(), folder)
    return folder


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


LOW = {"name": "low", "title": "Low", "probability": 0.5}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"format_version": 3}, "format version 3; this program reads 2"),
        ({"format_version": 1}, "was made before plans had periods and scenarios"),
        ({"format_version": True}, "format version True"),
        ({"format": "something else"}, "not the manifest of a run"),
        ({"status": "splendid"}, "`status`"),
        ({"periods": ["2035"]}, "`periods.0`"),
        ({"periods": []}, "`periods`"),
        ({"periods": [2035, 2030]}, "not strictly increasing"),
        ({"scenario_set": ""}, "`scenario_set`"),
        ({"scenarios": []}, "`scenarios`"),
        ({"scenarios": [{"name": "low", "title": "Low"}]}, "`scenarios.0.probability`"),
        ({"scenarios": 2 * [LOW]}, "a scenario is named twice"),
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
    (run_folder / "filled.csv").write_bytes(b'"occupation","openings"\n"x')
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
        ("\n", "the column 'period' is missing"),
        ('"period","programme","site","learners","site"\n', "the column 'site' is given twice"),
        ('"period","programme","site","learners"\n1,"a","b"\n', "line 2: 3 fields, not 4"),
        ('"period","programme","site","learners"\n\n', "line 2: 0 fields, not 4"),
        ('"period","programme","site","learners"\n1,"a","b",1_000\n', "learners is not a number"),
        ('"period","programme","site","learners"\n1,"a","b",\n', "learners is not a number"),
        ('"period","programme","site","learners"\n1,"a","b",1,5\n', "5 fields, not 4"),
        ('"period","programme","site","learners"\n1,"a\n', "the row cannot be read"),
        ('"period","programme","site","learners"\n1.0,"a","b",1\n', "period is not a whole number"),
        ('"period","programme","site","learners"\n1,"a"x,"b",1\n', "the row cannot be read"),
    ],
)
def test_a_damaged_table(run_folder: Path, text: str, said: str) -> None:
    (run_folder / "offers.csv").write_bytes(text.encode())
    assert said in problems(lambda: load_plan(run_folder, check_hashes=False))


def test_a_table_written_otherwise_is_read_when_it_says_the_same(run_folder: Path) -> None:
    text = 'site,programme,learners,period\r\n"b","a, or ""b""",1.5,2030\r\nc,d,2e0,"2035"\r\n'
    (run_folder / "offers.csv").write_bytes(text.encode())
    offers = load_plan(run_folder, check_hashes=False).offers
    assert list(offers.columns) == ["period", "programme", "site", "learners"]
    assert offers.to_numpy().tolist() == [[2030, 'a, or "b"', "b", 1.5], [2035, "d", "c", 2.0]]


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
