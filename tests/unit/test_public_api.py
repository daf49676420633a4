"""The public names: all there, the same objects as where they are defined, and cheap to have."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import assert_type

import pytest

import coverage_opt
from builders import write_region
from coverage_opt import (
    InputError,
    Limits,
    Plan,
    Policy,
    Region,
    load_plan,
    load_policy,
    load_region,
    save_plan,
    solve,
    verify,
)

PUBLIC = [
    *("Infeasible", "InputError", "Limits", "NoPlan", "Plan", "Policy", "Region", "__version__"),
    *("load_plan", "load_policy", "load_region", "save_plan", "solve", "verify"),
]
HEAVY = ("pandas", "pandera", "pydantic", "pyomo", "highspy", "networkx", "scipy")


def python(code: str) -> str:
    """Run a line of Python in a process of its own and return what it prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_list_is_complete() -> None:
    assert coverage_opt.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(coverage_opt))


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "__version__"])
def test_a_name_is_the_object_its_home_defines(name: str) -> None:
    public = getattr(coverage_opt, name)
    assert public.__module__.startswith("coverage_opt.")
    assert getattr(import_module(public.__module__), name) is public
    assert public.__doc__


def test_the_version_is_that_of_the_package() -> None:
    assert assert_type(coverage_opt.__version__, str) == version("coverage-opt")


def test_types_are_seen_by_a_checker(tmp_path: Path) -> None:
    # `make test` runs mypy over this file: without types these lines would not pass it
    region = assert_type(load_region(write_region(tmp_path)), Region)
    policy = assert_type(load_policy("programme"), Policy)
    assert region.name == "tiny"
    assert policy.name == "programme"


def test_a_slip_in_a_name_is_told() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'sovle'"):
        _ = coverage_opt.sovle  # type: ignore[attr-defined]


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = "import sys, coverage_opt; print(*sys.modules)"
    roots = {name.partition(".")[0] for name in python(loaded).split()}
    assert "coverage_opt" in roots
    assert not roots & set(HEAVY)


def test_regions_and_policies_load_without_the_solver() -> None:
    used = "from coverage_opt import load_region, load_policy, load_plan, verify, Plan"
    roots = {
        name.partition(".")[0]
        for name in python(f"import sys; {used}; print(*sys.modules)").split()
    }
    assert "pandas" in roots
    assert not roots & {"pyomo", "highspy"}


def test_the_whole_way_by_public_names(tmp_path: Path) -> None:
    region = load_region(write_region(tmp_path / "region"))
    policy = load_policy("programme", ["rules.class_size.own.minimum=5"])
    plan = assert_type(solve(region, policy, Limits(time_limit_seconds=60.0)), Plan)
    assert verify(region, plan) == ()
    save_plan(plan, tmp_path / "run")
    again = load_plan(tmp_path / "run")
    assert again.indicators == plan.indicators
    assert re.fullmatch("optimal|feasible", again.status)


def test_bad_input_is_caught_by_its_public_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_region(tmp_path / "nowhere")
    assert len(caught.value.problems) == 1
