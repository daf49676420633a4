"""The independent checker: no plan leaves without it.

It recomputes from the region, the policy and a plan's decisions, in plain pandas, everything the
plan says of itself, and compares. It uses neither the modelling layer nor the solver, and it cuts
the curriculum into units on its own: a fault there cannot hide itself here.

What is taken as decided: which programme is offered where and which unit runs where in each period,
and under each scenario who takes what (``switches``), where they go (``placements``,
``attendance``, ``certificates``, ``sent``) and who is left (``unplaced``). These must agree with
each other, the region and the policy. All other numbers follow from them, except the seconds that
a stage took.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify.compare import ROUNDING
from coverage_opt.plan.verify.identity import identity_violations
from coverage_opt.plan.verify.offering import offer_violations, unit_violations
from coverage_opt.plan.verify.outcomes import (
    filled_violations,
    indicator_violations,
    money_violations,
    outlook_violations,
    reach_violations,
    teacher_violations,
)
from coverage_opt.plan.verify.partnership import partnership_violations
from coverage_opt.plan.verify.people import (
    attendance_violations,
    certificate_violations,
    counting_violations,
    placement_violations,
)
from coverage_opt.plan.verify.recount import Recount, recount
from coverage_opt.plan.verify.shape import shape_violations
from coverage_opt.plan.verify.staging import stage_violations
from coverage_opt.plan.verify.timeline import timeline_violations
from coverage_opt.plan.verify.worth import worth_of
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Violation

__all__ = ["ROUNDING", "verify", "violations"]


def verify(region: Region, plan: Plan) -> tuple[Violation, ...]:
    """Recompute a plan and say everything in which it breaks a rule or misreports itself.

    Args:
        region: the region the plan is for.
        plan: the plan.

    Returns:
        Nothing for a correct plan. Otherwise the violations, gravest kind first (learners
        miscounted or misplaced, offers and units, the policy's rules, outcomes, stages), each
        kind sorted by table or rule and place; a place has the year and the scenario where there
        is more than one of them. A plan for another region, periods or scenarios, or whose
        tables cannot be read (columns, names, duplicates, numbers that are none), has only those
        faults reported: what else could be said would follow from them.
    """
    return tuple(violations(region, plan))


def violations(region: Region, plan: Plan) -> Iterator[Violation]:
    """Yield what :func:`verify` returns, each kind as soon as it is checked."""
    unreadable = _sorted(identity_violations(region, plan)) or _sorted(
        shape_violations(region, plan)
    )
    yield from unreadable
    if not unreadable:
        for kind in _kinds(recount(region, plan)):
            yield from _sorted(kind)


def _kinds(counted: Recount) -> Iterator[Iterable[Violation]]:
    """Yield the violations of each kind, gravest first."""
    periods, moments = counted.periods, counted.moments
    for of_learners in (
        counting_violations,
        placement_violations,
        attendance_violations,
        certificate_violations,
    ):
        yield chain.from_iterable(of_learners(moment) for moment in moments)
    yield chain.from_iterable(
        partnership_violations(period, moment) for period in periods for moment in period.moments
    )
    yield chain.from_iterable(offer_violations(period) for period in periods)
    yield chain.from_iterable(unit_violations(period) for period in periods)
    yield _rule_violations(counted)
    worth = worth_of(counted)
    yield timeline_violations(counted)
    yield reach_violations(counted)
    yield filled_violations(counted)
    yield money_violations(counted)
    yield teacher_violations(counted)
    yield outlook_violations(counted, worth)
    yield indicator_violations(counted, worth)
    yield stage_violations(counted, worth)


def _sorted(found: Iterable[Violation]) -> list[Violation]:
    # a stable sort: what is said of one place stays in the order of the checks
    return sorted(found, key=lambda each: (each.rule, each.place))


def _rule_violations(counted: Recount) -> Iterator[Violation]:
    """Yield what breaks the policy's rules, by the facts as recomputed."""
    region, policy = counted.region, counted.plan.policy
    problems = list(policy.problems(region))
    for problem in problems:
        yield Violation("policy", problem.where, 1.0, problem.what)
    if not problems:
        for rule in policy.active_rules:
            yield from (_placed(counted, found) for found in rule.check(counted.facts))


def _placed(counted: Recount, found: Violation) -> Violation:
    """Leave out the year and scenario, which a rule always gives, where there is but one moment."""
    if len(counted.moments) > 1:
        return found
    (moment,) = counted.moments
    when = f" in {moment.period}"
    place = found.place.removesuffix(f"{when} {moment.scenario.name}").removesuffix(when)
    return replace(found, place=place)
