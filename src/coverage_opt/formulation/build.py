"""The whole model, in the order in which its parts need each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyomo.environ as pyo

from coverage_opt.formulation.case import Case, Pair
from coverage_opt.formulation.changes import open_and_close
from coverage_opt.formulation.goals import set_goals
from coverage_opt.formulation.money import count_money, staff_groups
from coverage_opt.formulation.outcomes import (
    bring_within_reach,
    fill_openings,
    find_worst_institution,
    find_worst_zone,
    open_sites,
)
from coverage_opt.formulation.placement import count_everyone, link_takers, place_where_offered
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.formulation.units import (
    attend_nearby,
    count_learners,
    run_units,
    take_single_units,
)
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.rules.base import Row, Rule, exceeds
from coverage_opt.rules.demand import Demand


def build(
    case: Case,
    policy: Policy,
    stages: Sequence[Stage],
    *,
    everybody_placed: bool = False,
    settled_cost: Mapping[str, float] | None = None,
    before: Mapping[Pair, float] | None = None,
) -> PlanningModel:
    """Build the model of a case.

    Args:
        case: index sets and data.
        policy: its rules become rows.
        stages: what is pursued; they say which variables are needed.
        everybody_placed: whether all learners of the case must have a place, as when who takes
            what is already settled.
        settled_cost: institution -> EUR a year, where it is already known; for one period.
        before: (programme, site) -> 1 for what was offered before the first period, or
            ``NOTHING_BEFORE`` for no history; by default today's offering, as the region has it.
    """
    model = PlanningModel(case, policy, stages)
    model.everybody_placed = everybody_placed
    if settled_cost is not None:
        model.periods[0].cost.update(settled_cost)
    count_everyone(model, everybody_placed=everybody_placed)
    place_where_offered(model)
    # who has a place already, has it where something is offered
    if not everybody_placed:
        link_takers(model)
    run_units(model)
    count_learners(model)
    attend_nearby(model)
    take_single_units(model)
    bring_within_reach(model)
    find_worst_zone(model)
    find_worst_institution(model)
    fill_openings(model)
    open_sites(model)
    open_and_close(model, before)
    staff_groups(model)
    count_money(model)
    set_goals(model)
    model.pyomo.auxiliary = pyo.Var(pyo.Any, dense=False, bounds=(0.0, 1.0))
    for rule in policy.active_rules:
        _add_rule(model, rule)
    return model


def _add_rule(model: PlanningModel, rule: Rule) -> None:
    """Add a rule's rows as one Pyomo constraint with the rule's name.

    A row without any decision in it either holds, or leaves no plan: then it is noted.
    """
    model.rule_in_hand = rule.name
    rows: dict[str, Row] = {}
    for when, key, row in rule.rows(model):
        lower, body, upper = row
        demand = Demand(rule, when, key)
        if isinstance(body, int | float):
            if not _holds(lower, body, upper):
                model.contradictions.append(demand)
            continue
        label = " ".join([str(when), *key]).strip() or "region"
        # identifiers may hold the space themselves
        label = label if label not in rows else f"{label} #{len(rows)}"
        rows[label], model.demands[rule.name, label] = row, demand
    model.pyomo.add_component(
        rule.name, pyo.Constraint(list(rows), rule=lambda _, label: rows[label])
    )


def ask_less(model: PlanningModel, instead: Sequence[tuple[Demand, Rule | None]]) -> None:
    """Exchange single rows of a model for what other rules ask at the same place.

    Args:
        model: as built.
        instead: demands of its rules, each with the rule that asks in its place; None for none.
    """
    given_up = {demand.place for demand, _ in instead}
    for (name, label), demand in model.demands.items():
        if demand.place in given_up:
            model.pyomo.component(name)[label].deactivate()
    model.contradictions = [each for each in model.contradictions if each.place not in given_up]
    model.pyomo.asked_less = pyo.ConstraintList()
    for demand, rule in instead:
        if rule is not None:
            for lower, body, upper in rows_at(model, demand, rule):
                model.pyomo.asked_less.add((lower, body, upper))


def rows_at(model: PlanningModel, demand: Demand, rule: Rule) -> list[Row]:
    """Return what a rule asks at the place of a demand, over the variables of a model."""
    model.rule_in_hand = rule.name
    return [row for when, key, row in rule.rows(model) if (when, key) == (demand.when, demand.key)]


def _holds(lower: float | None, value: float, upper: float | None) -> bool:
    return not (
        (lower is not None and exceeds(lower, value))
        or (upper is not None and exceeds(value, upper))
    )
