"""Settings ``path=value`` that change a policy, from the command line or from a variant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.extending import EXTENDS
from coverage_opt.reading.strict_yaml import parse_yaml

OPTION = "--set"


@dataclass(frozen=True)
class Setting:
    """One change to a policy.

    Attributes:
        text: as it was written.
        where: how messages call the place where it was written.
        steps: the keys, and positions in lists, that lead to what is set.
        value: what is set.
    """

    text: str
    where: str
    steps: tuple[str, ...]
    value: Any


def read_setting(text: str, where: str = "") -> Setting:
    """Read ``path=value``; the value is read as YAML.

    Args:
        text: the setting.
        where: how messages call the place where it was written; ``--set path`` when empty.

    Raises:
        InputError: it is not of that form, or the value is not sound YAML.
    """
    path, equals, value = text.partition("=")
    steps = tuple(path.strip().split("."))
    if not equals or not all(steps) or "\n" in text:
        advice = "for example rules.class_size.own.minimum=12"
        what = f"'{text}' is not of the form path=value"
        raise InputError([Problem(what, where or OPTION, advice=advice)])
    where = where or f"{OPTION} {path.strip()}"
    if steps[0] == EXTENDS:
        advice = "write a policy file that extends it"
        raise InputError([Problem(f"`{EXTENDS}` can only be given in a file", where, (), advice)])
    try:
        data = parse_yaml(f"value: {value}", where).data
    except InputError as error:
        # the line within the setting, always the first, says nothing
        raise InputError(replace(problem, where=where) for problem in error.problems) from error
    return Setting(text, where, steps, data["value"])


def apply(data: dict[Any, Any], setting: Setting) -> None:
    """Make the change in a policy's data.

    Raises:
        InputError: the path leads through something that has no such part.
    """
    inside: Any = data
    for step in setting.steps[:-1]:
        key = _key(inside, step, setting)
        if isinstance(inside, dict) and inside.get(key) is None:
            inside[key] = {}
        inside = inside[key]
    inside[_key(inside, setting.steps[-1], setting)] = setting.value


def _key(inside: Any, step: str, setting: Setting) -> str | int:
    if isinstance(inside, dict):
        # keys such as the level in by_level are numbers in YAML
        return next((key for key in inside if str(key) == step), step)
    if isinstance(inside, list) and step.isdecimal() and int(step) < len(inside):
        return int(step)
    what = f"a list of {len(inside)}" if isinstance(inside, list) else f"{inside!r}"
    raise InputError(
        [Problem(f"'{setting.text}': there is no '{step}' inside {what}", setting.where)]
    )
