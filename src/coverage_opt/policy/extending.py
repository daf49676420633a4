"""Policies that extend another: the files in a row, and what they say together.

A policy says only what it changes. Mappings merge, key by key; everything else (a list, a number, a
text, null) takes the place of what was there. What a policy is called and whose view it is are its
own: these three keys are never taken over.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

import yaml

from coverage_opt import shipped
from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.strict_yaml import KeyPath, Located, inspect_yaml
from coverage_opt.reading.text import did_you_mean, read_text

EXTENDS = "extends"
ENDINGS = (".yaml", ".yml")
_OWN = ("name", "title", "view")


@dataclass(frozen=True)
class Layered(Located):
    """What a policy and those it extends say together, each part with the line it stands on.

    Attributes:
        layers: the files, from the policy's own to the one that extends nothing.
    """

    layers: tuple[Located, ...]

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line of the key path in the file that has the last word on it."""
        return self._home(path).line_of(path)

    def where(self, path: KeyPath = ()) -> str:
        """Return ``file:line`` of the key path in the file that has the last word on it."""
        return self._home(path).where(path)

    def _home(self, path: KeyPath) -> Located:
        # max takes the first of equals, which is the file that goes before the others
        return max(self.layers, key=lambda layer: _depth(layer.data, path))


@dataclass(frozen=True)
class Row:
    """A policy's file and the files it extends, one after the other.

    Attributes:
        together: what they say together; None when the first cannot be read.
        problems: what is wrong with the files as YAML, and with the row of them.
        whole: whether the row is complete, so that what is missing is missing.
    """

    together: Layered | None
    problems: tuple[Problem, ...]
    whole: bool


@dataclass(frozen=True)
class _Step:
    """One file of the row: where it is, how messages call it, how the reader named it."""

    file: Path
    source: str
    name: str


def policy_file(name_or_file: str | Path) -> Path:
    """Return the file of a shipped policy, or the file itself.

    Raises:
        InputError: it looks like no file and no shipped policy has that name.
    """
    file = Path(name_or_file)
    if file.suffix in ENDINGS or file.is_file():
        return file
    names = shipped.model_names()
    if str(name_or_file) in names:
        return _shipped(str(name_or_file)).file
    advice = did_you_mean(str(name_or_file), names)
    raise InputError([Problem(f"there is no policy '{name_or_file}'", advice=advice)])


def read_row(file: Path) -> Row:
    """Read a policy's file and all that it extends."""
    layers: list[Located] = []
    problems: list[Problem] = []
    steps = [_Step(file, file.name, _name(file))]
    whole = False
    while True:
        layer, found = _read(steps[-1])
        problems += found
        if layer is None:
            break
        layers.append(layer)
        if layer.data.get(EXTENDS) is None:
            whole = True
            break
        try:
            steps.append(_next(steps, layer))
        except InputError as error:
            problems += error.problems
            break
    return Row(_layered(layers) if layers else None, tuple(problems), whole)


def _read(step: _Step) -> tuple[Located | None, list[Problem]]:
    try:
        return inspect_yaml(read_text(step.file, step.source), step.source)
    except InputError as error:
        return None, list(error.problems)


def _next(steps: list[_Step], layer: Located) -> _Step:
    """Return the file that the last one extends.

    Raises:
        InputError: it is not there, or it was passed already.
    """
    where, asked = layer.where((EXTENDS,)), layer.data[EXTENDS]
    if not isinstance(asked, str):
        advice = "name a policy that comes with the program, or a file"
        raise InputError([Problem(f"`{EXTENDS}` is not a name", where, advice=advice)])
    following = _named(asked, steps[-1], where)
    if following.file.resolve() in {step.file.resolve() for step in steps}:
        chain = " -> ".join(step.name for step in [*steps, following])
        advice = "let one of them extend nothing"
        raise InputError([Problem(f"policies extend each other: {chain}", where, advice=advice)])
    return following


def _named(asked: str, by: _Step, where: str) -> _Step:
    names = shipped.model_names()
    if asked in names:
        return _shipped(asked)
    folder = by.file.parent
    if Path(asked).suffix in ENDINGS:
        source = normpath(PurePosixPath(by.source).parent / asked)
        if (folder / asked).is_file():
            return _Step(folder / asked, source, source)
    neighbours = sorted(path.name for path in folder.glob("*.y*ml") if path != by.file)
    advice = did_you_mean(asked, [*names, *neighbours])
    raise InputError([Problem(f"there is no policy '{asked}' to extend", where, advice=advice)])


def _shipped(name: str) -> _Step:
    file = shipped.models_folder() / f"{name}.yaml"
    return _Step(file, file.name, name)


def _name(file: Path) -> str:
    comes_with_us = file.parent == shipped.models_folder()
    return file.stem if comes_with_us else file.name


def _layered(layers: list[Located]) -> Layered:
    data: Any = {}
    for layer in reversed(layers):
        inherited = {key: value for key, value in data.items() if key not in _OWN}
        data = _merged(inherited, layer.data)
    # lines come from the layers, so there is nothing to look up in a root of its own
    return Layered(data, layers[0].source, yaml.MappingNode("", []), tuple(layers))


def _merged(below: Any, above: Any) -> Any:
    """Return a value of a file over that of the file it extends; shares nothing with either."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return copy.deepcopy(above)
    merged = copy.deepcopy(below)
    for key, value in above.items():
        merged[key] = _merged(merged.get(key), value)
    return merged


def _depth(value: Any, path: KeyPath) -> int:
    """Count the steps of a key path that can be taken inside a value."""
    for taken, step in enumerate(path):
        keyed = isinstance(value, dict) and step in value
        listed = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not keyed and not listed:
            return taken
        value = value[step]
    return len(path)
