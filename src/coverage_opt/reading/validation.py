"""What a pydantic schema finds wrong with a YAML file, as problems with their lines."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.strict_yaml import KeyPath, Located, inspect_yaml
from coverage_opt.reading.text import did_you_mean, read_text

Model = TypeVar("Model", bound=BaseModel)

_SHOWN = 60
_WORDS = {"tuple": "list", "Tuple": "it", "List": "it", "String": "it", " after validation": ""}
_PLAIN = re.compile("|".join(_WORDS))


def read_model(
    path: Path, model: type[Model], source: str = ""
) -> tuple[Located | None, Model | None, list[Problem]]:
    """Read a YAML file strictly and by a pydantic model, and say everything that is wrong at once.

    Returns:
        The data and its lines, None when the file is broken; the model, None when there are
        problems; the problems.
    """
    source = source or path.name
    try:
        located, problems = inspect_yaml(read_text(path, source), source)
    except InputError as error:
        return None, None, list(error.problems)
    if located is None:
        return None, None, problems
    try:
        read = validated(located, model)
    except InputError as error:
        said = {problem.where for problem in problems}
        problems += [problem for problem in error.problems if problem.where not in said]
        return located, None, problems
    return located, None if problems else read, problems


def validated(located: Located, model: type[Model], at: KeyPath = ()) -> Model:
    """Return the file, or the part of it at a key path, as an instance of a pydantic model.

    Raises:
        InputError: every way in which the data differs from the schema, each with its line.
    """
    data: Any = located.data
    for step in at:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(validation_problems(error, located, model, at)) from error


def validation_problems(
    error: ValidationError, located: Located, model: type[BaseModel], at: KeyPath = ()
) -> list[Problem]:
    """Translate a pydantic error into problems with ``file:line``.

    Args:
        error: what pydantic raised for the data at `at`.
        located: the file the data came from.
        model: the schema; it gives the known keys, of which the nearest is suggested.
        at: the key path at which the validated data stands in the file.

    A validator may raise `pydantic_core.PydanticCustomError` with an ``advice`` in its context: it
    becomes the problem's advice.
    """
    problems = [
        (located.line_of(at + tuple(details["loc"])) or 0, _problem(details, located, model, at))
        for details in error.errors(include_url=False)
    ]
    return [problem for _, problem in sorted(problems, key=itemgetter(0))]


def _problem(
    details: ErrorDetails, located: Located, model: type[BaseModel], at: KeyPath
) -> Problem:
    # pydantic marks a wrong key of a mapping by a step of its own.
    inner = tuple(step for step in details["loc"] if step != "[key]")
    path = at + inner
    if details["type"] == "missing":
        place = located.label(path[:-1])
        inside = f" in `{place}`" if place else ""
        return Problem(f"the key `{path[-1]}` is missing{inside}", located.where(path[:-1]))
    if details["type"] == "extra_forbidden":
        known = _known_keys(model, inner[:-1])
        advice = did_you_mean(str(path[-1]), known)
        return Problem(f"unknown key `{located.label(path)}`", located.where(path), (), advice)
    advice = str(details.get("ctx", {}).get("advice", ""))
    return Problem(_sentence(details, located.label(path)), located.where(path), (), advice)


def _sentence(details: ErrorDetails, label: str) -> str:
    named = f"`{label}`: " if label else ""
    said = _PLAIN.sub(lambda jargon: _WORDS[jargon[0]], details["msg"])
    for prefix in ("Value error, ", "Assertion failed, "):
        if said.startswith(prefix):
            return named + said.removeprefix(prefix)
    if not said.startswith("Input should"):
        return named + said
    shown = repr(details["input"])
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "..."
    if details["input"] is None:
        shown = "empty"
    return f"{named}{said.replace('Input should', 'it should', 1)}, but is {shown}"


def _known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Return the keys the schema knows at a path, over every alternative it leaves open there."""
    candidates: list[Any] = [model]
    for step in path:
        # A step that leads nowhere is one pydantic added, such as the tag of a union.
        inner = [found for candidate in candidates for found in _inside(candidate, step)]
        candidates = inner or candidates
    keys: list[str] = []
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            keys += [info.alias or name for name, info in candidate.model_fields.items()]
    return keys


def _inside(annotation: Any, step: str | int) -> Iterable[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if step in (name, info.alias):
                return _alternatives(info.annotation)
        return []
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) == 2:
        return _alternatives(arguments[1])
    if origin in (list, tuple, set, frozenset) and isinstance(step, int) and arguments:
        return _alternatives(arguments[0])
    return []


def _alternatives(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [part for member in get_args(annotation) for part in _alternatives(member)]
    return [annotation]
