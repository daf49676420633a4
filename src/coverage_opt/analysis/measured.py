"""Parameters that are stated against a plan: half its changes, its largest programme."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.plan import Plan
from coverage_opt.reading.strict_yaml import Located, read_yaml
from coverage_opt.reading.text import did_you_mean
from coverage_opt.rules import RULES

BASE, TIMES, PLUS = "base", "times", "plus"
PARAMETERS = "effects.yaml"


def rule_parameters(file: Path | None = None) -> dict[str, dict[str, Any]]:
    """Read the parameters with which each rule is switched on.

    Args:
        file: rule -> parameters, in YAML; those that come with the package when None.

    Raises:
        InputError: everything wrong with the file, with lines.
    """
    if file is None:
        with resources.as_file(resources.files(__package__) / PARAMETERS) as shipped:
            located = read_yaml(shipped)
    else:
        located = read_yaml(file)
    problems = list(_problems(located))
    if problems:
        raise InputError(problems)
    return located.data


def measures(plan: Plan) -> dict[str, float | str]:
    """Return the figures of a plan that parameters can be stated against."""
    offers = plan.offers
    found: dict[str, float | str] = dict(plan.indicators)
    if len(offers):
        sizes = offers.groupby(["programme", "site"])["learners"].sum()
        programme, site = max(sizes.index, key=lambda offer: (float(sizes[offer]), offer))
        everywhere = offers.loc[offers["programme"] == programme, "learners"]
        found |= {
            "largest_programme": str(programme),
            "largest_site": str(site),
            "largest_learners": float(everywhere.sum()) / len(plan.periods),
        }
    return found


def resolved(value: Any, known: Mapping[str, float | str]) -> Any:
    """Return parameters with the figures of a plan in the places that name them.

    Raises:
        InputError: a figure that the plan does not have, such as its cost without money.
    """
    if isinstance(value, Mapping) and BASE in value:
        name = str(value[BASE])
        if name not in known:
            advice = did_you_mean(name, known)
            raise InputError([Problem(f"the plan has no {name}", advice=advice)])
        figure = known[name]
        if isinstance(figure, str):
            return figure
        # a little more, so that 5 that is 4.999999999 stays 5
        return math.floor(figure * value.get(TIMES, 1) + value.get(PLUS, 0) + 1e-6)
    if isinstance(value, Mapping):
        return {key: resolved(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, known) for inner in value]
    return value


def _problems(located: Located) -> Iterator[Problem]:
    for name, parameters in located.data.items():
        if name not in RULES:
            advice = did_you_mean(str(name), RULES)
            yield Problem(f"there is no rule '{name}'", located.where((name,)), advice=advice)
        elif not isinstance(parameters, dict):
            advice = "write {} for a rule without parameters"
            yield Problem(f"`{name}` has no parameters", located.where((name,)), advice=advice)
