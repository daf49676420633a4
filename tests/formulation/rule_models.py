"""A tiny model for each policy rule, and its text in the style of an LP file.

Only what the rule brings about is written: its own rows; for ``travel_limit``, which has none, the
columns that are left and those that are missing. Columns, rows and terms come in alphabetical
order, so that the text says nothing but the formulation.
"""

from __future__ import annotations

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
        "must": [
            {"programme": "pipe-BOL", "site": "hook-centre"},
            {"programme": "care-BOL", "site": "hook-centre"},
        ],
        "must_not": [{"programme": "weld-BOL", "site": "hill-centre"}],
    },
    "max_sites": {"sites_at_most": 1},
    "minimum_coverage": {"share": 0.75, "weight_at_least": 0.5},
    "no_duplication": {"sites_at_most": 1, "within_minutes": 65},
    "placement_guarantee": {"unplaced_at_most": 0.05},
    "travel_limit": {"minutes": 80, "by_level": {2: 60}, "by_pathway": {"BBL": 20}, "nearby": 50},
}
"""Parameters of each rule, in a policy that has no other."""


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
    policy = policy_with({rule: RULES_ALONE[rule]})
    matrix = compile_model(model_of(policy).pyomo)
    lines = [f"\\ {rule}: {policy.active_rules[0].model_dump_json(exclude_defaults=True)}"]
    if rule == "travel_limit":
        lines += _columns(matrix, compile_model(model_of(policy_with({})).pyomo))
    else:
        lines += ["Subject To", *sorted(_rows(matrix, rule))]
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


def _columns(limited: Matrix, free: Matrix) -> Iterator[str]:
    left, all_of_them = _journeys(limited), _journeys(free)
    yield "Bounds"
    for name in sorted(all_of_them):
        yield f" {name} >= 0" if name in left else f" {name} = 0"


def _journeys(matrix: Matrix) -> set[str]:
    names = (matrix.column_name(place) for place in range(len(matrix.columns)))
    return {name for name in names if name.startswith(("place[", "attend["))}
