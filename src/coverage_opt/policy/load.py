"""Policies from files, with overrides from the command line."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from coverage_opt import shipped
from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.policy import Policy
from coverage_opt.reading.strict_yaml import KeyPath, Located, parse_yaml, read_yaml
from coverage_opt.reading.text import did_you_mean
from coverage_opt.reading.validation import validated

_SET = "--set"
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_IDENTIFIERS = ("programme", "site")


def load_policy(name_or_file: str | Path, overrides: Iterable[str] = ()) -> Policy:
    """Load a policy that is shipped, or from a file.

    Args:
        name_or_file: a shipped name (``modular``) or the path of a YAML file.
        overrides: ``path=value`` settings, such as ``rules.class_size.own.minimum=12``; the value
            is read as YAML, so ``null`` switches a rule off.

    Raises:
        InputError: everything wrong with the file or the overrides, with lines.
    """
    located = _overridden(read_yaml(_policy_file(name_or_file)), list(overrides))
    problems = list(_not_numbers(located))
    if problems:
        raise InputError(problems)
    return validated(located, Policy)


def _not_numbers(located: Located) -> Iterator[Problem]:
    """Yield what would pass for a number but was not written as one."""
    for path, value in _leaves({key: located.data.get(key) for key in ("rules", "objective")}):
        quoted = isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None
        if isinstance(value, bool) or (quoted and path[-1] not in _IDENTIFIERS):
            yield Problem(
                f"`{located.label(path)}` is {value!r}, not a number",
                located.where(path),
                advice="write the number itself, without quotes",
            )


def _leaves(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, (*path, key))
    elif isinstance(value, list):
        for position, inside in enumerate(value):
            yield from _leaves(inside, (*path, position))
    else:
        yield path, value


def _policy_file(name_or_file: str | Path) -> Path:
    file = Path(name_or_file)
    if file.suffix in (".yaml", ".yml") or file.is_file():
        return file
    names = shipped.model_names()
    if str(name_or_file) in names:
        return shipped.models_folder() / f"{name_or_file}.yaml"
    raise InputError(
        [
            Problem(
                f"there is no policy '{name_or_file}'",
                advice=did_you_mean(str(name_or_file), names),
            )
        ]
    )


def _overridden(located: Located, overrides: list[str]) -> Located:
    data = copy.deepcopy(located.data)
    problems: list[Problem] = []
    for override in overrides:
        try:
            _apply(data, override)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return replace(located, data=data)


def _apply(data: dict[Any, Any], override: str) -> None:
    path, equals, text = override.partition("=")
    steps = path.strip().split(".")
    if not equals or not all(steps) or "\n" in override:
        raise InputError(
            [
                Problem(
                    f"'{override}' is not of the form path=value",
                    where=_SET,
                    advice="for example rules.class_size.own.minimum=12",
                )
            ]
        )
    value = parse_yaml(f"value: {text}", f"{_SET} {path}").data["value"]
    inside: Any = data
    for step in steps[:-1]:
        inside = _enter(inside, step, override)
    inside[_key(inside, steps[-1], override)] = value


def _enter(inside: Any, step: str, override: str) -> Any:
    key = _key(inside, step, override)
    if isinstance(inside, dict) and inside.get(key) is None:
        inside[key] = {}
    return inside[key]


def _key(inside: Any, step: str, override: str) -> str | int:
    if isinstance(inside, dict):
        # keys such as the level in by_level are numbers in YAML
        return next((key for key in inside if str(key) == step), step)
    if isinstance(inside, list) and step.isdecimal() and int(step) < len(inside):
        return int(step)
    what = f"a list of {len(inside)}" if isinstance(inside, list) else f"{inside!r}"
    raise InputError([Problem(f"'{override}': there is no '{step}' inside {what}", where=_SET)])
