"""Plans on disk: a run folder that is whole or not there.

A run folder holds ``manifest.json``, one CSV file per table of the plan and, when there is one,
the solver's log. It is written aside, under a hidden name next to its place, forced to disk with
the manifest last, and then renamed: whatever stops the writing, the place never holds half a run.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.manifest import (
    MANIFEST,
    hash_problems,
    manifest_text,
    read_manifest,
    sha256,
)
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.plan.table_text import as_text, conform, read_rows
from coverage_opt.reading.text import did_you_mean

SOLVER_LOG = "solver.log"
_FILES = frozenset({MANIFEST, SOLVER_LOG, *(f"{name}.csv" for name in TABLES)})


def save_plan(
    plan: Plan, folder: Path, *, overwrite: bool = False, solver_log: str | None = None
) -> None:
    """Write a plan as a run folder, whole or not at all.

    Args:
        plan: the plan.
        folder: where; it must not exist, or be a run folder that may be overwritten.
        overwrite: whether a run folder that is there may be replaced. Should the computer stop in
            the instant between putting the old one away and the new one in its place, both are
            whole under hidden names beside it.
        solver_log: the solver's own log, kept with the plan.

    Raises:
        InputError: the place is taken or cannot be written to.
        ValueError: a table of the plan does not have its columns.
    """
    check_destination(folder, overwrite=overwrite)
    files = _files_of(plan, solver_log)
    place = Path(os.path.realpath(folder))
    aside = place.parent / f".{place.name}.{secrets.token_hex(4)}.unfinished"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir()
        try:
            for name, content in files.items():
                _write(aside / name, content)
            _flush_folder(aside)
            _put(aside, place)
            _flush_folder(place.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise InputError([_unwritable(folder, error)]) from error


def check_destination(folder: Path, *, overwrite: bool = False) -> None:
    """Tell, before any long work, whether a plan could be saved in ``folder``.

    Raises:
        InputError: the folder exists and may not be replaced, or its parent cannot be written to.
    """
    place = Path(os.path.realpath(folder))
    problem = _taken(folder, overwrite=overwrite) if os.path.lexists(place) else None
    if problem is not None:
        raise InputError([problem])
    parent = next(path for path in place.parents if os.path.lexists(path))
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        what = f"{folder} cannot be made: {parent} is not a folder that can be written to"
        raise InputError([Problem(what, advice="choose another place")])


def load_plan(folder: Path, *, check_hashes: bool = True) -> Plan:
    """Read a run folder.

    Args:
        folder: the folder.
        check_hashes: whether files that were changed after they were saved are refused; without
            it, a changed plan can be loaded so that the verifier can say what is wrong in words.

    Returns:
        The plan, exactly as it was saved.

    Raises:
        InputError: every problem: no such folder, no manifest, another format, missing, changed,
            damaged or cut-off files.
    """
    _check_is_folder(folder)
    manifest, content = read_manifest(folder)
    problems = hash_problems(manifest, content, folder) if check_hashes else []
    tables: dict[str, pd.DataFrame] = {}
    for name in TABLES:
        try:
            tables[name] = read_rows(name, folder / f"{name}.csv")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return Plan(
        status=manifest.status,
        region=manifest.region.name,
        region_hash=manifest.region.content_hash,
        policy=manifest.policy,
        periods=tuple(manifest.periods),
        scenario_set=manifest.scenario_set,
        scenarios=manifest.futures,
        run=content["run"],
        _tables=tables,
    )


def changes(folder: Path) -> tuple[Problem, ...]:
    """Return what in a run folder is not as it was saved, by the hashes in its manifest.

    Raises:
        InputError: there is no manifest that can be read.
    """
    _check_is_folder(folder)
    return tuple(hash_problems(*read_manifest(folder), folder))


def _files_of(plan: Plan, solver_log: str | None) -> Mapping[str, bytes]:
    """Return the content of every file by its name; the manifest comes last."""
    files = {f"{name}.csv": as_text(conform(name, plan.table(name))).encode() for name in TABLES}
    if solver_log is not None:
        files[SOLVER_LOG] = solver_log.encode()
    hashes = {name: sha256(content) for name, content in files.items()}
    return {**files, MANIFEST: manifest_text(plan, hashes).encode()}


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Force a folder's list of files to disk, where the system can open a folder."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(aside: Path, folder: Path) -> None:
    """Rename ``aside`` to ``folder``; a run folder in its place goes first, and back on failure."""
    if not folder.exists():
        aside.rename(folder)
        return
    old = aside.with_suffix(".replaced")
    folder.rename(old)
    try:
        aside.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _taken(folder: Path, *, overwrite: bool) -> Problem | None:
    """Return why a folder that exists must stay as it is; None when it may be replaced."""
    if not folder.is_dir():
        return Problem(f"{folder} exists and is not a folder", advice="choose another place")
    if not (folder / MANIFEST).is_file():
        what = f"{folder} exists and is not a run folder"
        return Problem(what, advice="choose another place")
    if not overwrite:
        what = f"{folder} already holds a run"
        return Problem(what, advice="choose another place, or ask to overwrite it")
    others = tuple(sorted(path.name for path in folder.iterdir() if path.name not in _FILES))
    if others:
        what = f"{folder} holds more than a run: replacing it would lose these"
        return Problem(what, "", others, "move them elsewhere, or choose another place")
    return None


def _check_is_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    if folder.exists():
        what = f"{folder} is a file, not a run folder"
        raise InputError([Problem(what, advice="give the folder it is in")])
    beside = [path.parent.name for path in folder.parent.glob(f"*/{MANIFEST}")]
    advice = did_you_mean(folder.name, sorted(beside)) or "give a folder made by solve"
    raise InputError([Problem(f"there is no run folder {folder}", advice=advice)])


def _unwritable(folder: Path, error: OSError) -> Problem:
    what = f"the plan cannot be saved in {folder}: {error.strerror or error}"
    return Problem(what, advice="nothing was left behind; choose another place")
