"""What in a rule can be asked less strictly: said by each rule, used when no plan exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

AnyRule = TypeVar("AnyRule", bound=BaseModel)

Path = tuple[str, ...]
"""Where a number stands within a rule: ``("own", "minimum")``; positions in lists as text."""


class Knob(NamedTuple):
    """A number of a rule, and the way in which less is asked with it.

    Attributes:
        path: where it stands.
        to: the value with which nothing, or as little as can be, is asked.
        step: how finely it is worth changing.
    """

    path: Path
    to: float
    step: float = 1.0

    @property
    def dotted(self) -> str:
        """The path as settings write it."""
        return ".".join(self.path)

    @property
    def is_share(self) -> bool:
        """Whether it is a share, 0-1, that is spoken of in percent."""
        return self.step < 0.1 and self.to in (0.0, 1.0)

    @property
    def is_share_at_most(self) -> bool:
        """Whether it is a share, 0-1, of which less is asked by raising it."""
        return self.to == 1.0 and self.step < 1.0

    def steps(self, now: float) -> int:
        """Return how many steps there are from the present value to the most lenient one."""
        return max(0, round(abs(self.to - now) / self.step + 0.499))

    def value(self, now: float, steps: int) -> float:
        """Return the value so many steps from the present one, at most the most lenient."""
        sign = 1 if self.to > now else -1
        # whole multiples of the step, so that what is said is what is meant
        moved = round((round(now / self.step) + sign * steps) * self.step, 9)
        return min(moved, self.to) if sign > 0 else max(moved, self.to)


def value_at(rule: BaseModel, path: Path) -> float:
    """Return the number that stands at a path."""
    found: Any = rule.model_dump()
    for step in path:
        found = found[_key(found, step)]
    return float(found)


def with_value(rule: AnyRule, path: Path, value: float) -> AnyRule | None:
    """Return the rule with another number at a path; None when that is no such rule any more."""
    content = rule.model_dump()
    inside: Any = content
    for step in path[:-1]:
        inside = inside[_key(inside, step)]
    inside[_key(inside, path[-1])] = int(value) if float(value).is_integer() else value
    try:
        return type(rule).model_validate(content)
    except ValidationError:
        return None


def fewest_steps(steps: int, serves: Callable[[int], bool]) -> int | None:
    """Return the smallest number from 1 to ``steps`` that serves, where all above it serve too."""
    low, high = 1, steps + 1
    while low < high:
        middle = (low + high) // 2
        if serves(middle):
            high = middle
        else:
            low = middle + 1
    return low if low <= steps else None


def _key(inside: Any, step: str) -> Any:
    if isinstance(inside, list | tuple):
        return int(step)
    return next((key for key in inside if str(key) == step), step)
