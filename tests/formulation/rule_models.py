"""A tiny model for each policy rule, and its text in the style of an LP file.

Only what the rule brings about is written: its own rows; for ``travel_limit``, which has none, the
columns that are left and those that are missing. Columns, rows and terms come in alphabetical
order, so that the text says nothing but the formulation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builders import tiny_region
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import build_case, takers_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.solver.compile import compile_model
from coverage_opt.solver.matrix import Matrix
from random_regions import SHARING, policy_of

GOLDEN = Path(__file__).parent / "golden"
PERIOD = 2026

RULES_ALONE: dict[str, dict[str, Any]] = {
    "class_size": {
        "own": {"minimum": 15},
        "generic": {"minimum": 14},
        "orientation": {"minimum": 20},
        "common": {"minimum": 12},
        "profile": {"minimum": 8},
        "per_offer": 6,
    },
    "fixed_offers": {
        "must": [{"programme": "pipe-BOL", "site": "hook-centre"}],
        "must_not": [{"programme": "weld-BOL", "site": "hill-centre"}],
    },
    "max_sites": {"sites_at_most": 1},
    "minimum_coverage": {"share": 0.75, "weight_at_least": 0.5},
    "no_duplication": {"sites_at_most": 1, "within_minutes": 65},
    "placement_guarantee": {"unplaced_at_most": 0.05},
    "travel_limit": {"minutes": 80, "by_level": {2: 60}, "by_pathway": {"BBL": 20}, "nearby": 50},
}
"""Parameters of each rule, in a policy that has no other..."""

BESIDE: dict[str, dict[str, Any]] = {"minimum_coverage": {"travel_limit": {"minutes": 60}}}
"""...except where a rule says little without another."""


def policy_with(rules: dict[str, Any]) -> Policy:
    return policy_of(rules, [{"maximise": {"coverage": 1, "placed": 1}}], SHARING["modular"])


def model_of(policy: Policy) -> PlanningModel:
    """Return the model of the tiny region under a policy; zones are not merged."""
    region = tiny_region()
    taught = teaching(region, policy.sharing)
    demand, takers = region.demand(PERIOD), takers_of(region)
    return build(build_case(region, policy, taught, demand, takers, merge=False), policy, {})


def text_of(rule: str) -> str:
    """Return what the rule alone brings about."""
    rules = {**BESIDE.get(rule, {}), rule: RULES_ALONE[rule]}
    model, free = model_of(policy_with(rules)), model_of(policy_with({}))
    lines = [f"\\ {name}: {json.dumps(parameters)}" for name, parameters in rules.items()]
    if rule == "travel_limit":
        lines += ["Bounds", *_columns(model, free)]
    else:
        # by name, as a rule may go through a set
        lines += ["Subject To", *sorted(_rows(compile_model(model.pyomo), rule))]
    return "\n".join([*lines, "End", ""])


def _rows(matrix: Matrix, rule: str) -> Iterator[str]:
    table = matrix.coefficients.tocsr()
    for number, row in enumerate(matrix.rows):
        if row.parent_component().name != rule:
            continue
        entries = table[[number]].tocoo()
        terms = sorted(
            (matrix.column_name(int(column)), float(factor))
            for column, factor in zip(entries.col, entries.data, strict=True)
        )
        lower, upper = float(matrix.row_lower[number]), float(matrix.row_upper[number])
        sums = [f"    {factor:+.10g} {name}" for name, factor in terms]
        yield "\n".join([f" {matrix.row_name(number)}:", *sums, f"    {_bounds(lower, upper)}"])


def _bounds(lower: float, upper: float) -> str:
    if lower == upper:
        return f"= {lower:.10g}"
    return f">= {lower:.10g}" if upper == float("inf") else f"<= {upper:.10g}"


def _columns(limited: PlanningModel, free: PlanningModel) -> Iterator[str]:
    left = _journeys(limited)
    for name in sorted(_journeys(free)):
        yield f" {name} >= 0" if name in left else f" {name} = 0"


def _journeys(model: PlanningModel) -> set[str]:
    variables = (*model.pyomo.place.values(), *model.pyomo.attend.values())
    return {variable.name for variable in variables}
