"""What each rule of a policy costs: the plan with it beside a plan without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coverage_opt.analysis.forced import loss_of, told
from coverage_opt.analysis.worth import Interval
from coverage_opt.errors import InputError
from coverage_opt.frames import rows
from coverage_opt.handing_over import HeldOffers
from coverage_opt.plan.plan import Plan
from coverage_opt.planning.changes import Change, droppable
from coverage_opt.planning.failures import Infeasible, NoPlan
from coverage_opt.planning.solving import solve
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.partnership import Partnership
from coverage_opt.solver.progress import ABSOLUTE_GAP, Listener, relative_gap, silent

PERMITS = frozenset({Partnership.name})
"""Rules that permit: without them there are fewer plans, not more."""


@dataclass(frozen=True)
class RulePrice:
    """A plan without one rule beside the plan in hand.

    Attributes:
        rule: its name.
        plan: a verified plan without it; None where none was found.
        cost: by how much the best plan is better without it, in the first stage's goal; for a
            rule that permits it is below 0. An end that is not known is infinite.
        gap: relative, of the first stage of the plan without it; infinite without a plan.
        indicators: name -> with and without the rule.
        reason: why there is no plan, in words.
    """

    rule: str
    plan: Plan | None
    cost: Interval
    gap: float
    indicators: dict[str, tuple[float, float]]
    reason: str = ""

    @property
    def measurable(self) -> bool:
        """Whether it is proven that the rule makes a difference to the goal."""
        return self.cost.low > ABSOLUTE_GAP or self.cost.high < -ABSOLUTE_GAP


def rule_prices(
    what_if: WhatIf,
    *,
    listener: Listener = silent,
    told_of: Callable[[RulePrice], None] = lambda price: None,
) -> tuple[RulePrice, ...]:
    """Return what each rule in force costs, the dearest first.

    A rule that is only rows of the model is left out of the compiled one; a rule that shapes it
    takes a solve of its own.

    Args:
        what_if: the plan in hand.
        listener: hears how it goes.
        told_of: hears of each rule as soon as it is known.
    """
    found = []
    for rule in what_if.prepared.policy.active_rules:
        try:
            found.append(_price(what_if, rule.name, listener))
        except (Infeasible, NoPlan, InputError) as error:
            if isinstance(error, NoPlan) and error.interrupted:
                raise
            found.append(_unknown(what_if, rule.name, error))
        told_of(found[-1])
    return tuple(sorted(found, key=lambda one: (-one.cost.low, -one.cost.high, one.rule)))


def without_rule(policy: Policy, rule: str) -> Policy:
    """Return the policy without one of its rules."""
    return policy.with_rules({rule: None})


def _price(what_if: WhatIf, rule: str, listener: Listener) -> RulePrice:
    policy = what_if.prepared.policy
    if rule in droppable(policy):
        change = Change(without=frozenset([rule]))
        answer = what_if.ask(change, thorough=True, listener=listener)
        if answer.columns is None:
            raise NoPlan("no plan was found within the limits")
        plan = what_if.make(answer, listener=listener)
        loss = loss_of(what_if, answer)
        cost, gap = Interval(-loss.high, -loss.low), answer.gap
    else:
        plan, bound = _made_anew(what_if, rule, listener)
        value = float(plan.stages.iloc[0]["value"])
        gap, cost = relative_gap(value, bound), _gain(what_if, value, bound)
    cost = _in_its_sense(rule, cost)
    return RulePrice(rule, plan, cost, gap, told(what_if.plan, plan))


def _made_anew(what_if: WhatIf, rule: str, listener: Listener) -> tuple[Plan, float]:
    """Return a plan without a rule that shapes the model, and what no such plan is better than.

    Where none is found in time, what is offered now can be offered without the rule as well, but
    for one that permits: then learners are placed as well as that allows, and nothing is proven.
    """
    prepared, hand = what_if.prepared, what_if.plan
    policy = without_rule(prepared.policy, rule)

    def made(held_offers: HeldOffers | None) -> Plan:
        return solve(
            prepared.region,
            policy,
            what_if.limits,
            periods=prepared.periods,
            scenarios=prepared.scenario_set,
            listener=listener,
            held_offers=held_offers,
        )

    try:
        plan = made(None)
        bound = float(plan.stages.iloc[0]["bound"])
    except NoPlan as error:
        if error.interrupted or rule in PERMITS:
            raise
        offered: dict[int, set[tuple[str, str]]] = {}
        for period, programme, site in rows(hand.offers, "period", "programme", "site"):
            offered.setdefault(period, set()).add((programme, site))
        plan, bound = made(offered), what_if.goal.sign * float("inf")
    if plan.run.get("interrupted"):
        raise NoPlan("stopped before every rule was tried", interrupted=True)
    return plan, bound


def _gain(what_if: WhatIf, value: float, bound: float) -> Interval:
    """Return by how much a plan, or the best one, is better than the best with the rule."""
    if what_if.goal.sense == "maximise":
        return Interval(value - what_if.bound, bound - what_if.value)
    return Interval(what_if.bound - value, what_if.value - bound)


def _in_its_sense(rule: str, cost: Interval) -> Interval:
    """Return the interval less what cannot be: a rule that demands never gains by being there."""
    if rule in PERMITS:
        return Interval(min(0.0, cost.low), min(0.0, cost.high))
    return cost.at_least(0.0)


def _unknown(what_if: WhatIf, rule: str, error: Exception) -> RulePrice:
    inf = float("inf")
    permits = rule in PERMITS
    cost = Interval(-inf, 0.0) if permits else Interval(0.0, inf)
    return RulePrice(rule, None, cost, inf, {}, str(error))
