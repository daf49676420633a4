"""What would pass for a number in a policy but was not written as one: ``true``, ``"60"``."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from coverage_opt.errors import Problem
from coverage_opt.reading.strict_yaml import KeyPath, Located

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def not_numbers(located: Located, model: type[BaseModel]) -> Iterator[Problem]:
    """Yield every true, false or text that stands where the schema wants a number.

    Pydantic would turn each into a number without a word.
    """
    for path, value in _leaves(located.data):
        quoted = isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None
        if not quoted and not isinstance(value, bool):
            continue
        wanted = set(_types_at(model, path))
        if wanted & {int, float} and not wanted & {type(value), Literal}:
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


def _types_at(annotation: Any, path: KeyPath) -> Iterator[Any]:
    """Yield the types that may stand at a key path; nothing where the schema has no such place."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _types_at(arguments[0], path)
    elif origin in (Union, types.UnionType):
        for alternative in arguments:
            yield from _types_at(alternative, path)
    elif not path:
        yield origin or annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if path[0] in (name, field.alias):
                yield from _types_at(field.annotation, path[1:])
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _types_at(arguments[1], path[1:])
    elif origin in (list, tuple) and isinstance(path[0], int):
        yield from _types_at(arguments[0], path[1:])
