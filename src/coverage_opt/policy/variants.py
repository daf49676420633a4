"""Variants: named sets of changes that can be made to any policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import Field

from coverage_opt import shipped
from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.settings import Setting, read_setting
from coverage_opt.policy.stage import Strict
from coverage_opt.reading.strict_yaml import Located, inspect_yaml
from coverage_opt.reading.text import did_you_mean, read_text
from coverage_opt.reading.validation import validated

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Variant:
    """A named set of changes.

    Attributes:
        name: short name, as after ``--variant``.
        title: name for people.
        settings: the changes, in the order in which they are made.
    """

    name: str
    title: str
    settings: tuple[Setting, ...]


class _Entry(Strict):
    title: str = Field(min_length=1)
    changes: tuple[str, ...] = Field(alias="set", min_length=1)


def variants(file: Path | None = None) -> Mapping[str, Variant]:
    """Read all variants, by name in the order of the file.

    Args:
        file: where they are written; the file that comes with the package when None.

    Raises:
        InputError: everything wrong with the file, with lines.
    """
    file = file or shipped.variants_file()
    located, problems = inspect_yaml(read_text(file), file.name)
    found: dict[str, Variant] = {}
    if located is not None:
        reported = {problem.where for problem in problems}
        for name in located.data:
            entry, wrong = _variant(located, name)
            problems += [problem for problem in wrong if problem.where not in reported]
            if entry is not None:
                found[entry.name] = entry
    if problems:
        raise InputError(problems)
    return MappingProxyType(found)


def variant_named(name: str) -> Variant:
    """Return a variant that comes with the package.

    Raises:
        InputError: there is none of that name.
    """
    known = variants()
    if name not in known:
        advice = did_you_mean(name, known)
        raise InputError([Problem(f"there is no variant '{name}'", "--variant", advice=advice)])
    return known[name]


def _variant(located: Located, name: object) -> tuple[Variant | None, list[Problem]]:
    """Read one variant, and say everything that is wrong with it."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        advice = "use lower-case letters, digits and _, a letter first"
        where = located.where((name,)) if isinstance(name, str | int) else located.source
        return None, [Problem(f"{name!r} is not a short name", where, advice=advice)]
    try:
        entry = validated(located, _Entry, (name,))
    except InputError as error:
        return None, list(error.problems)
    settings: list[Setting] = []
    problems: list[Problem] = []
    for position, text in enumerate(entry.changes):
        try:
            settings.append(read_setting(text, located.where((name, "set", position))))
        except InputError as error:
            problems += error.problems
    problems += _twice(name, settings)
    return (None if problems else Variant(name, entry.title, tuple(settings))), problems


def _twice(name: str, settings: list[Setting]) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], str] = {}
    for setting in settings:
        if setting.steps in seen:
            what = f"`{name}` sets {'.'.join(setting.steps)} twice"
            yield Problem(what, setting.where, advice="keep one of the two")
        seen[setting.steps] = setting.where
