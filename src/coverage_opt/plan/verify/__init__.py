"""The independent checker: no plan leaves without it.

It recomputes from the region, the policy and a plan's decisions, in plain pandas, everything the
plan says of itself, and compares. It uses neither the modelling layer nor the solver, and it cuts
the curriculum into units on its own: a fault there cannot hide itself here.

What is taken as decided: which programme is offered where, where units taught nearby run, who
takes what (``switches``), where they go (``placements``, ``attendance``) and who is left
(``unplaced``). These must agree with each other, the region and the policy. All other numbers
follow from them, except the seconds that a stage took.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify.compare import ROUNDING
from coverage_opt.plan.verify.offering import offer_violations, unit_violations
from coverage_opt.plan.verify.outcomes import (
    filled_violations,
    indicator_violations,
    reach_violations,
)
from coverage_opt.plan.verify.people import (
    attendance_violations,
    counting_violations,
    placement_violations,
)
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.plan.verify.shape import identity_violations, shape_violations
from coverage_opt.plan.verify.staging import stage_violations
from coverage_opt.plan.verify.worth import indicators
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Violation

__all__ = ["ROUNDING", "verify"]


def verify(region: Region, plan: Plan) -> tuple[Violation, ...]:
    """Recompute a plan and say everything in which it breaks a rule or misreports itself.

    Args:
        region: the region the plan is for.
        plan: the plan.

    Returns:
        Nothing for a correct plan. Otherwise the violations, gravest kind first (learners
        miscounted or misplaced, offers and units, the policy's rules, outcomes, stages), each
        kind sorted by table or rule and place. A plan for another region or period, or whose
        tables cannot be read (columns, names, duplicates, numbers that are none), has only those
        faults reported: what else could be said would follow from them.
    """
    unreadable = _sorted(identity_violations(region, plan)) or _sorted(
        shape_violations(region, plan)
    )
    if unreadable:
        return tuple(unreadable)
    recount = Recount(region, plan)
    worth = indicators(recount)
    kinds: tuple[Iterable[Violation], ...] = (
        counting_violations(recount),
        placement_violations(recount),
        attendance_violations(recount),
        offer_violations(recount),
        unit_violations(recount),
        _rule_violations(recount),
        reach_violations(recount),
        filled_violations(recount),
        indicator_violations(recount, worth),
        stage_violations(recount, worth),
    )
    return tuple(violation for kind in kinds for violation in _sorted(kind))


def _sorted(violations: Iterable[Violation]) -> list[Violation]:
    # a stable sort: what is said of one place stays in the order of the checks
    return sorted(violations, key=lambda found: (found.rule, found.place))


def _rule_violations(recount: Recount) -> Iterator[Violation]:
    """Yield what breaks the policy's rules, by the facts as recomputed."""
    region, policy = recount.region, recount.plan.policy
    problems = list(policy.problems(region))
    for problem in problems:
        yield Violation("policy", problem.where, 1.0, problem.what)
    if not problems:
        for rule in policy.active_rules:
            yield from rule.check(recount.facts)
