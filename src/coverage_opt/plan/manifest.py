"""The manifest of a run folder: what was planned, how, and a hash of every file beside it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.policy.policy import Policy
from coverage_opt.reading.text import read_text
from coverage_opt.region.scenarios import Scenario

MANIFEST = "manifest.json"
FORMAT = "coverage_opt run"
FORMAT_VERSION = 2
_ONE_PERIOD = 1
"""The format of plans for one period, without scenarios."""
_OWN_HASH = "manifest_hash"
_SOLVE_AGAIN = "solve again"


class HowMade(BaseModel):
    """What readers of a run rely on in ``Plan.run``; more may be in it."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    instance: str = ""
    """The region as the user named it: a shipped name or a folder."""
    overrides: list[str] = []
    """Settings ``path=value`` that were made on top of the policy's file."""
    gap_asked: float | None = None
    """Relative gap at which a plan counts as optimal."""
    seed: int | None = None
    """Of every random choice inside the solver."""
    time_limit_seconds: float | None = None
    """Wall time one run may take; None for no limit."""
    interrupted: bool = False
    """Whether the user stopped the run."""
    versions: dict[str, str] = {}
    """Of Python and of the packages that made the plan."""
    seconds: dict[str, float] = {}
    """Wall time per phase."""
    reductions: dict[str, list[int]] = {}
    """Number of things before and after the model was made smaller."""


class RegionReference(BaseModel):
    """Which region a plan is for."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(min_length=1)
    content_hash: str


class ScenarioReference(BaseModel):
    """One future that a plan is for."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(min_length=1)
    title: str
    """Name for people."""
    probability: float = Field(gt=0, le=1)
    """Within the set of scenarios."""


class Manifest(BaseModel):
    """The content of ``manifest.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["coverage_opt run"]
    format_version: Literal[2]
    package_version: str
    """Of coverage_opt, which wrote the folder."""
    status: Literal["optimal", "feasible"]
    region: RegionReference
    periods: list[int] = Field(min_length=1)
    """Calendar years, increasing."""
    scenario_set: str = Field(min_length=1)
    scenarios: list[ScenarioReference] = Field(min_length=1)
    policy: Policy
    policy_hash: str
    run: HowMade
    files: dict[str, str]
    """SHA-256, in hexadecimal, of every other file of the run, by its name."""
    manifest_hash: str
    """SHA-256 over all of the above."""

    @field_validator("periods")
    @classmethod
    def _increasing(cls, periods: list[int]) -> list[int]:
        if periods != sorted(set(periods)):
            raise ValueError("the periods are not strictly increasing")
        return periods

    @field_validator("scenarios")
    @classmethod
    def _each_once(cls, scenarios: list[ScenarioReference]) -> list[ScenarioReference]:
        if len({scenario.name for scenario in scenarios}) < len(scenarios):
            raise ValueError("a scenario is named twice")
        return scenarios

    @field_validator("files")
    @classmethod
    def _every_table(cls, files: dict[str, str]) -> dict[str, str]:
        missing = [name for name in TABLES if f"{name}.csv" not in files]
        if missing:
            raise ValueError(f"no file is listed for {', '.join(missing)}")
        return files

    @property
    def futures(self) -> tuple[Scenario, ...]:
        """The scenarios, as a plan has them."""
        return tuple(Scenario(**scenario.model_dump()) for scenario in self.scenarios)


def manifest_text(plan: Plan, files: Mapping[str, str]) -> str:
    """Return the manifest of a plan as JSON.

    Args:
        plan: the plan.
        files: SHA-256, in hexadecimal, of every other file of the run folder, by its name.
    """
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "package_version": version("coverage-opt"),
        "status": plan.status,
        "region": {"name": plan.region, "content_hash": plan.region_hash},
        "periods": [int(period) for period in plan.periods],
        "scenario_set": plan.scenario_set,
        "scenarios": [_plain(asdict(scenario)) for scenario in plan.scenarios],
        "policy": plan.policy.model_dump(mode="json"),
        "policy_hash": plan.policy.content_hash,
        "run": _plain(dict(plan.run)),
        "files": dict(files),
    }
    content[_OWN_HASH] = _hash_of(content)
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(folder: Path) -> tuple[Manifest, dict[str, Any]]:
    """Read the manifest of a run folder.

    Returns:
        The manifest, and the same as plain data.

    Raises:
        InputError: it is not there, cut off, of another format, or not what a manifest holds.
    """
    if not (folder / MANIFEST).is_file():
        what = f"there is no {MANIFEST}: this is not a run folder, or its writing never finished"
        raise InputError([Problem(what, str(folder), advice="give a folder made by solve")])
    try:
        content = json.loads(read_text(folder / MANIFEST))
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"{MANIFEST}:{error.lineno}" if isinstance(error, ValueError) else MANIFEST
        what = "the manifest is damaged or cut off"
        raise InputError([Problem(what, where, advice=_SOLVE_AGAIN)]) from error
    _check_format(content)
    try:
        return Manifest.model_validate(content), content
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise InputError(
            Problem(f"`{'.'.join(map(str, fault['loc']))}`: {fault['msg']}", MANIFEST)
            for fault in found
        ) from error


def hash_problems(manifest: Manifest, content: Mapping[str, Any], folder: Path) -> list[Problem]:
    """Return what is not as it was saved; files that are gone are left to their reader."""
    problems = []
    advice = f"written by coverage_opt {manifest.package_version}; solve again, or restore it"
    stated = {key: value for key, value in content.items() if key != _OWN_HASH}
    if _hash_of(stated) != manifest.manifest_hash:
        what = "the manifest was changed after it was saved"
        problems.append(Problem(what, MANIFEST, (), advice))
    if manifest.policy.content_hash != manifest.policy_hash:
        what = "the policy is not the one that was saved"
        problems.append(Problem(what, MANIFEST, (), advice))
    for name, expected in manifest.files.items():
        path = folder / name
        if path.is_file() and sha256(path.read_bytes()) != expected:
            what = "the file was changed after it was saved"
            problems.append(Problem(what, name, (), advice))
    return problems


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _check_format(content: object) -> None:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        what = f"this is not the manifest of a run: it does not say {FORMAT!r}"
        raise InputError([Problem(what, MANIFEST, advice="give a folder made by solve")])
    found = content.get("format_version")
    if found != FORMAT_VERSION or isinstance(found, bool):
        what = f"the run folder has format version {found!r}; this program reads {FORMAT_VERSION}"
        advice = f"written by coverage_opt {content.get('package_version')}; {_SOLVE_AGAIN}"
        if found == _ONE_PERIOD and not isinstance(found, bool):
            what += ": it was made before plans had periods and scenarios"
        raise InputError([Problem(what, MANIFEST, advice=advice)])


def _hash_of(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode())


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: a number without an end becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):  # a NumPy number
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)
