"""What each rule does by itself: plans with one rule more than the base, against the base.

The base is a policy with only its class sizes and its travel limit. One rule at a time is switched
on, on top of these, and the same objective is pursued.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from coverage_opt.analysis.measured import measures, resolved, rule_parameters
from coverage_opt.errors import InputError
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, NoPlan, solve
from coverage_opt.policy.policy import Policy, Rules
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES, Rule
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.progress import Listener, silent

OF_THE_BASE = ("class_size", "travel_limit")
"""Rules without which there is no offering worth the name: they are in every plan."""
BASE = "base"

PROVEN, AT_LIMIT = "optimal", "feasible"
NONE, UNKNOWN, UNFIT = "no plan", "limit", "not possible"


@dataclass(frozen=True)
class Effect:
    """The base, or the base with one rule more.

    Attributes:
        rule: its name; ``base`` for the base itself.
        parameters: those that were set; for the base, of its rules by name.
        status: ``optimal`` or ``feasible``, as a plan's; ``no plan``: proven that there is none;
            ``limit``: none was found in time; ``not possible``: the rule does not fit the region.
        reason: why there is no plan, in words.
        value: of the first stage's goal; not a number without a plan.
        gap: relative, of the first stage; not a number without a plan.
        indicators: by name; empty without a plan.
        seconds: wall time.
    """

    rule: str
    parameters: Mapping[str, Any]
    status: str
    reason: str
    value: float
    gap: float
    indicators: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class Effects:
    """The effects of all rules on plans for one region.

    Attributes:
        region: its name for people.
        policy: name of the policy that the base comes from.
        goal: of the first stage, with its sense, as text.
        periods: calendar years.
        scenario_set: its name.
        base: without any further rule.
        rules: one for each rule, in alphabetical order.
    """

    region: str
    policy: str
    goal: str
    periods: tuple[int, ...]
    scenario_set: str
    base: Effect
    rules: tuple[Effect, ...]


def effects_of_rules(
    region: Region,
    policy: Policy,
    limits: Limits,
    periods: Sequence[int],
    scenarios: str,
    *,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    listener: Listener = silent,
    told: Callable[[Effect], None] = lambda effect: None,
) -> Effects:
    """Plan a region with one rule at a time.

    Args:
        region: the region.
        policy: its class sizes, travel limit and objective are used.
        limits: of each solve, of which there is one more than rules.
        periods: calendar years.
        scenarios: name of the scenario set.
        parameters: of each rule, as in ``effects.yaml``; that file when None.
        listener: hears how each solve goes.
        told: hears of each effect as soon as it is known, the base first.

    Raises:
        InputError: the policy does not fit the region.
        Infeasible: there is no plan even for the base.
        NoPlan: a limit came before a plan for the base, or the user stopped.
    """
    trials = _Trials(region, policy, limits, tuple(periods), scenarios, listener)
    rules = {rule.name: rule for rule in policy.active_rules if rule.name in OF_THE_BASE}
    began = perf_counter()
    plan = trials.plan(rules)
    stated = {
        name: rule.model_dump(mode="json", exclude_unset=True) for name, rule in rules.items()
    }
    base = _effect(BASE, stated, plan, perf_counter() - began)
    told(base)
    found = []
    switched = rule_parameters() if parameters is None else parameters
    for name in sorted(switched):
        found.append(trials.effect(name, switched[name], rules, plan))
        told(found[-1])
    first = policy.objective[0]
    goal = f"{first.sense} {first.goal}"
    return Effects(region.title, policy.name, goal, trials.periods, scenarios, base, tuple(found))


@dataclass(frozen=True)
class _Trials:
    """What all solves have in common; see :func:`effects_of_rules`."""

    region: Region
    policy: Policy
    limits: Limits
    periods: tuple[int, ...]
    scenarios: str
    listener: Listener

    def plan(self, rules: Mapping[str, Rule]) -> Plan:
        """Return a plan under these rules and no others."""
        plan = solve(
            self.region,
            self.policy.model_copy(update={"rules": Rules.model_validate(rules)}),
            self.limits,
            periods=self.periods,
            scenarios=self.scenarios,
            listener=self.listener,
        )
        if plan.run.get("interrupted"):
            raise NoPlan("stopped before every rule was tried", interrupted=True)
        return plan

    def effect(
        self, name: str, parameters: Mapping[str, Any], base: Mapping[str, Rule], plan: Plan
    ) -> Effect:
        """Return the effect of one rule on top of the base, whatever way it ends.

        Args:
            name: of the rule.
            parameters: its own, with figures of the base's plan still to be filled in.
            base: rules of the base.
            plan: the base's plan.
        """
        began = perf_counter()
        stated = dict(parameters)
        try:
            stated = resolved(parameters, measures(plan))
            rule = _rule(name, stated, base.get(name))
            made = self.plan({**base, name: rule})
            return _effect(name, stated, made, perf_counter() - began)
        except InputError as error:
            status, reason = UNFIT, error.problems[0].what
        except ValidationError as error:
            status, reason = UNFIT, error.errors()[0]["msg"]
        except Infeasible as error:
            status, reason = NONE, str(error)
        except NoPlan as error:
            if error.interrupted:
                raise
            status, reason = UNKNOWN, str(error)
        seconds = perf_counter() - began
        return Effect(name, stated, status, reason, math.nan, math.nan, {}, seconds)


def _rule(name: str, parameters: Mapping[str, Any], own: Rule | None) -> Rule:
    """Return a rule with these parameters, on top of what it already asks in the base."""
    below = {} if own is None else own.model_dump(exclude_unset=True)
    return RULES[name].model_validate({**below, **parameters})


def _effect(rule: str, parameters: Mapping[str, Any], plan: Plan, seconds: float) -> Effect:
    first = plan.stages.iloc[0]
    value, gap = float(first["value"]), float(first["gap"])
    return Effect(rule, parameters, plan.status, "", value, gap, plan.indicators, seconds)


def spoken(parameters: Mapping[str, Any]) -> str:
    """Return parameters as text: ``minutes 60``, ``must_not care-BOL at hill-centre``."""
    return ", ".join(f"{key} {_spoken(value)}".strip() for key, value in parameters.items())


def _spoken(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_spoken(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_spoken, value))
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else f"{value}"


def change(effect: Effect, base: Effect, indicator: str) -> float | None:
    """Return by how much an indicator differs from the base; None where one has none."""
    if indicator not in effect.indicators or indicator not in base.indicators:
        return None
    return effect.indicators[indicator] - base.indicators[indicator]


def all_of(effects: Effects) -> Iterator[Effect]:
    """Yield the base, then the rules."""
    yield effects.base
    yield from effects.rules
