"""Which rules of a policy contradict each other: said when no plan exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import build_case
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import hand_over
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules import Rule
from coverage_opt.rules.partnership import Partnership
from coverage_opt.solver.highs import ContradictionError, Status
from coverage_opt.solver.limits import Deadline, Limits

SECONDS = 60.0
"""Longest that is spent on telling which rules are involved."""

SENTENCES = 3
"""How many of the demands that nothing can meet are told."""

ANY_PLAN = Stage(minimise={"offers": 1.0})
"""The goal while it is only asked whether there is a plan."""


def in_words(model: PlanningModel, limits: Limits, reason: str) -> str:
    """Return the reason why there is no plan, with the rules that are involved.

    A rule is taken out where there is still no plan without it; what is left contradicts itself,
    and each rule in it is needed for that. A rule that cannot be judged within the time is kept.
    """
    active = model.policy.active_rules
    if model.contradictions:
        demands = model.contradictions[:SENTENCES]
        sentences = "; ".join(demand.sentence(model.region) for demand in demands)
        more = len(model.contradictions) - SENTENCES
        beyond = f"; and {more} more like it" if more > 0 else ""
        reason = f"{reason}, whatever is decided: {sentences}{beyond}"
    if not active:
        return f"{reason}; no rule is in force, the region itself leaves no room"
    involved, certain = _involved(model, limits)
    names = ", ".join(rule.name for rule in involved)
    if len(involved) == 1:
        return f"{reason}: {names} cannot be met, whatever the other rules"
    if not certain:
        return f"{reason}: among these rules, some contradict each other: {names}"
    return f"{reason}: these rules contradict each other: {names}"


def _involved(model: PlanningModel, limits: Limits) -> tuple[tuple[Rule, ...], bool]:
    """Return a set of rules that leave no plan, and whether each of them is needed for it."""
    deadline, kept, certain = Deadline.after(SECONDS), model.policy, True
    for rule in _most_likely_innocent_first(model.policy.active_rules):
        without = kept.model_copy(update={"rules": kept.rules.model_copy(update={rule.name: None})})
        verdict = None if deadline.passed() else _has_plan(model, without, limits, deadline)
        if verdict is False:
            kept = without
        certain = certain and verdict is not None
    demanding = tuple(rule for rule in kept.active_rules if rule.name != Partnership.name)
    return demanding, certain


def _most_likely_innocent_first(rules: Sequence[Rule]) -> Iterator[Rule]:
    """Yield the rules that demand something, those hardest to do without last.

    A partnership demands nothing: it permits, so that without it there are fewer plans.
    """
    last = ("class_size", "travel_limit")
    yield from (rule for rule in rules if rule.name not in (*last, Partnership.name))
    yield from (rule for rule in rules if rule.name in last)


def _has_plan(
    model: PlanningModel, policy: Policy, limits: Limits, deadline: Deadline
) -> bool | None:
    """Tell whether there is a plan under a policy; None when the time did not suffice."""
    case = model.case
    moments = {period.period: period.moments for period in case.periods}
    scenarios = [Scenario(name, name, share) for name, share in case.scenarios.items()]
    again = build_case(case.region, policy, case.teaching, moments, scenarios, merge=True)
    anew = build(again, policy, [ANY_PLAN])
    if anew.contradictions:
        return False
    try:
        handed = hand_over(anew, Limits(seed=limits.seed, threads=1))
    except ContradictionError:
        return False
    goal = handed.goals[0]
    # any plan will do: a goal of nothing ends the search at the first
    handed.solver.set_objective(0.0 * goal.coefficients, 0.0, goal.sense)
    outcome = handed.solver.solve(gap=1.0, time_limit=deadline.remaining())
    if outcome.status is Status.INFEASIBLE:
        return False
    return True if outcome.values is not None else None
