"""Which demands of a policy contradict each other: said when no plan exists."""

from __future__ import annotations

from coverage_opt.contradiction.elastic import Elastic
from coverage_opt.contradiction.involved import Involved, involved_rules
from coverage_opt.contradiction.situation import (
    ANY_PLAN,
    Situation,
    has_plan,
    look_for_plan,
)
from coverage_opt.contradiction.smallest import Contradiction, contradicting_demands
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.solver.limits import Deadline, Limits

__all__ = [
    "ANY_PLAN",
    "Contradiction",
    "Elastic",
    "Involved",
    "Situation",
    "contradicting_demands",
    "has_plan",
    "in_words",
    "involved_rules",
    "look_for_plan",
]

SECONDS = 60.0
"""Longest that is spent on telling which rules are involved."""

SENTENCES = 3
"""How many of the demands that nothing can meet are told."""


def in_words(model: PlanningModel, limits: Limits, reason: str) -> str:
    """Return the reason why there is no plan, with the rules that are involved.

    A rule that cannot be judged within the time, or before Ctrl-C, is taken to be.
    """
    policy = model.policy
    if model.contradictions:
        demands = model.contradictions[:SENTENCES]
        sentences = "; ".join(demand.sentence(model.region) for demand in demands)
        more = len(model.contradictions) - SENTENCES
        beyond = f"; and {more} more like it" if more > 0 else ""
        reason = f"{reason}, whatever is decided: {sentences}{beyond}"
    if not policy.active_rules:
        return f"{reason}; no rule is in force, the region itself leaves no room"
    try:
        deadline = Deadline.after(SECONDS)
        involved = involved_rules(Situation.of_model(model), policy, limits, deadline)
    except KeyboardInterrupt:
        involved = Involved(policy, certain=False)
    names = ", ".join(rule.name for rule in involved.rules)
    if len(involved.rules) == 1:
        return f"{reason}: {names} cannot be met, whatever the other rules"
    if not involved.certain:
        return f"{reason}: among these rules, some contradict each other: {names}"
    return f"{reason}: these rules contradict each other: {names}"
