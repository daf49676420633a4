"""The whole model of one period, in the order in which its parts need each other."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Case
from coverage_opt.formulation.outcomes import (
    bring_within_reach,
    fill_openings,
    find_worst_zone,
    open_sites,
)
from coverage_opt.formulation.placement import count_everyone, link_takers, place_where_offered
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.formulation.units import attend_nearby, run_units
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.base import Row, Rule


def build(
    case: Case, policy: Policy, openings: dict[str, float], *, everybody_placed: bool = False
) -> PlanningModel:
    """Build the model of a case.

    Args:
        case: index sets and data.
        policy: its rules become rows, its stages say which variables are needed.
        openings: occupation -> job openings a year.
        everybody_placed: whether all learners of the case must have a place, as when who takes
            what is already settled.
    """
    model = PlanningModel(case, policy)
    count_everyone(model, everybody_placed=everybody_placed)
    place_where_offered(model)
    link_takers(model)
    run_units(model)
    attend_nearby(model)
    bring_within_reach(model)
    find_worst_zone(model)
    fill_openings(model, openings)
    open_sites(model)
    model.pyomo.one = pyo.Var(bounds=(1.0, 1.0))
    for rule in policy.active_rules:
        _add_rule(model, rule)
    return model


def _add_rule(model: PlanningModel, rule: Rule) -> None:
    """Add a rule's rows as one Pyomo constraint with the rule's name."""
    rows: dict[str, Row] = {}
    for key, row in rule.constraints(model):
        label = " ".join(key) or "region"
        # identifiers may hold the space themselves
        rows[label if label not in rows else f"{label} #{len(rows)}"] = row

    def bounded(_: Any, label: str) -> Any:
        lower, body, upper = rows[label]
        # a body without variables still has to hold: hang it on a variable that is always 1
        return (lower, body * model.pyomo.one if isinstance(body, int | float) else body, upper)

    model.pyomo.add_component(rule.name, pyo.Constraint(list(rows), rule=bounded))
