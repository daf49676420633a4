"""Policy rules: one file each, found through :data:`RULES` by name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from coverage_opt.rules.base import Facts, Key, Row, Rule, Violation, When


def _rules() -> Iterator[type[Rule]]:
    """Yield the rule of each module here that holds one, by name: to add a rule, add its file."""
    for name in sorted(module.name for module in iter_modules(__path__)):
        module = import_module(f"{__name__}.{name}")
        for value in vars(module).values():
            if not isinstance(value, type) or value.__module__ != module.__name__:
                continue
            if issubclass(value, Rule) and value is not Rule:
                yield value


RULES: dict[str, type[Rule]] = {rule.name: rule for rule in _rules()}
"""Every rule a policy can name, by its name."""

__all__ = ["RULES", "Facts", "Key", "Row", "Rule", "Violation", "When"]
