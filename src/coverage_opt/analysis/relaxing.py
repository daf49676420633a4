"""How a policy that allows no plan could ask less: in single demands, and in its settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage_opt.contradiction import Elastic, Situation, has_plan, look_for_plan
from coverage_opt.formulation.build import ask_less, rows_at
from coverage_opt.handing_over import HeldOffers
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES, Rule
from coverage_opt.rules.base import exceeds
from coverage_opt.rules.demand import Demand
from coverage_opt.rules.easing import Knob, fewest_steps, value_at, with_value
from coverage_opt.solver.compile import objective_vector
from coverage_opt.solver.limits import Deadline, Limits

SHARE_EACH = 0.3
"""Of the time that is left for a search, one question may take this much."""


@dataclass(frozen=True)
class Change:
    """One demand that is asked less strictly.

    Attributes:
        demand: as the policy has it.
        rule: the rule that asks less in its place; None where the demand is given up.
        knob: the number that differs between the two rules; None where it is given up.
    """

    demand: Demand
    rule: Rule | None
    knob: Knob | None

    def before(self, region: Region) -> str:
        """Return the demand in words."""
        return self.demand.sentence(region)

    def after(self, region: Region) -> str | None:
        """Return what is asked instead, in words; None where the demand is given up."""
        if self.rule is None or self.is_nothing:
            return None
        return self.demand.said_by(self.rule, region)

    @property
    def is_nothing(self) -> bool:
        """Whether what is asked instead is nothing at all."""
        return self.number is not None and self.number[1] == 0 < self.number[0]

    @property
    def number(self) -> tuple[float, float] | None:
        """The number before and after; None where the demand is given up."""
        if self.rule is None or self.knob is None:
            return None
        return value_at(self.demand.rule, self.knob.path), value_at(self.rule, self.knob.path)


@dataclass(frozen=True)
class WayOut:
    """Changes that together make a policy possible.

    Attributes:
        changes: the demands that are asked less strictly, at their own place only.
        price: of all of it, where 1 is giving up one demand altogether.
        bound: no set of changes is cheaper, rounding aside; None where that is not known.
        confirmed: whether a model built anew with these changes has a plan.
        settings: the same made everywhere, as ``path=value`` of the policy.
        verified: whether a plan was made with those settings and passed the verifier.
    """

    changes: tuple[Change, ...]
    price: float
    bound: float | None
    confirmed: bool
    settings: tuple[str, ...]
    verified: bool = field(default=False)


def eased(elastic: Elastic, demand: Demand, columns: NDArray[np.float64]) -> Change:
    """Return by how much less a demand must ask for a plan that falls short of it.

    Args:
        elastic: the model that the plan is of.
        demand: a demand of the model's rules.
        columns: the plan.
    """
    model, rule = elastic.model, demand.rule
    knob = rule.knob(demand.key, model.region)
    if knob is None:
        return Change(demand, None, None)
    now = value_at(rule, knob.path)

    def looser(steps: int) -> Rule | None:
        return with_value(rule, knob.path, knob.value(now, steps))

    def serves(steps: int) -> bool:
        other = looser(steps)
        return other is not None and _meets(elastic, demand, other, columns)

    steps = fewest_steps(knob.steps(now), serves)
    return Change(demand, None, None) if steps is None else Change(demand, looser(steps), knob)


def _meets(elastic: Elastic, demand: Demand, rule: Rule, columns: NDArray[np.float64]) -> bool:
    """Tell whether a plan meets what a rule asks at the place of a demand."""
    for lower, body, upper in rows_at(elastic.model, demand, rule):
        coefficients, constant = objective_vector(elastic.matrix, body)
        amount = float(coefficients @ columns) + constant
        short = lower is not None and exceeds(float(lower), amount)
        if short or (upper is not None and exceeds(amount, float(upper))):
            return False
    return True


def holds_with(
    situation: Situation,
    policy: Policy,
    changes: Iterable[Change],
    limits: Limits,
    deadline: Deadline,
    offers: HeldOffers | None = None,
) -> bool:
    """Tell whether a model made anew, with these demands asked less, is known to have a plan.

    Args:
        situation: region, years and scenarios.
        policy: without the changes.
        changes: what is asked less.
        limits: the seed.
        deadline: of the search.
        offers: what is tried first.
    """
    if deadline.passed():
        return False
    model = situation.model(policy, every_offer=True)
    ask_less(model, [(change.demand, change.rule) for change in changes])
    return look_for_plan(model, limits, deadline, offers).possible is True


def settled(policy: Policy, changes: Sequence[Change]) -> tuple[Policy, tuple[str, ...]]:
    """Return the policy with changes made everywhere, and the settings that make it."""
    settings: dict[str, str] = {}
    for name in sorted({change.demand.rule.name for change in changes}):
        rule: Rule | None = getattr(policy.rules, name)
        ours = [change for change in changes if change.demand.rule.name == name]
        for change in ours:
            rule = _made(rule, change)
        policy = policy.with_rules({name: rule})
        settings |= _settings(name, rule, ours)
    return policy, tuple(f"{path}={value}" for path, value in settings.items())


def set_alone(policy: Policy, change: Change) -> tuple[Policy, tuple[str, ...]]:
    """Return the policy with one number changed, and the setting that makes it.

    Unlike :func:`settled`, a share of nothing asks nothing of anybody: no demand is left out.
    """
    if change.rule is None or change.knob is None:
        return settled(policy, [change])
    path, value = _setting(change.rule, change.knob)
    return policy.with_rules({change.rule.name: change.rule}), (f"{path}={value}",)


def _made(rule: Rule | None, change: Change) -> Rule | None:
    """Return a rule with one change more; what already asks less stays."""
    if rule is None:
        return None
    if change.rule is None or change.knob is None or _given_up(change):
        return rule.without(change.demand.key)
    now, wanted = value_at(rule, change.knob.path), value_at(change.rule, change.knob.path)
    nearer = abs(change.knob.to - wanted) < abs(change.knob.to - now)
    return with_value(rule, change.knob.path, wanted) if nearer else rule


def _given_up(change: Change) -> bool:
    """Tell whether a change leaves a demand out, rather than ask everybody for nothing."""
    if change.rule is None or change.knob is None:
        return True
    return change.is_nothing and change.demand.rule.without(change.demand.key) is not None


def _settings(name: str, rule: Rule | None, changes: Iterable[Change]) -> Mapping[str, str]:
    """Return the settings that turn a rule into what the changes leave of it."""
    if rule is None:
        return {f"rules.{name}": "null"}
    if any(_given_up(change) for change in changes):
        content = rule.model_dump(mode="json", exclude_defaults=True)
        kept = {key: value for key, value in content.items() if value}
        return {f"rules.{name}": json.dumps(kept)}
    knobs = {change.knob for change in changes if change.knob is not None}
    return dict(_setting(rule, knob) for knob in sorted(knobs))


def _setting(rule: Rule, knob: Knob) -> tuple[str, str]:
    """Return path and value of the setting that gives a rule the number it has."""
    return f"rules.{rule.name}.{knob.dotted}", _written(value_at(rule, knob.path))


def _written(value: float) -> str:
    return f"{value:.9g}"


@dataclass(frozen=True)
class Search:
    """What every search for a setting has in common; all of it within the deadline."""

    situation: Situation
    policy: Policy
    limits: Limits
    deadline: Deadline

    def alone(
        self,
        demand: Demand,
        allows: Callable[[Policy], bool] | None = None,
        known: float | None = None,
    ) -> Change | None:
        """Return the least change of the number a demand hangs on that makes the policy possible.

        Args:
            demand: of a rule of the policy.
            allows: tells whether a policy does; by default, whether it is known to have a plan.
            known: with this number, or less strict, it does.

        Returns:
            None when no value of it is known to make it possible.
        """
        rule = self.policy.rule(RULES[demand.rule.name])
        knob = None if rule is None else rule.knob(demand.key, self.situation.region)
        if rule is None or knob is None:
            return None
        now = value_at(rule, knob.path)

        def looser(steps: int) -> Rule | None:
            return with_value(rule, knob.path, knob.value(now, steps))

        def serves(steps: int) -> bool:
            other = looser(steps)
            if other is None:
                return False
            if known is not None and abs(knob.to - value_at(other, knob.path)) <= abs(
                knob.to - known
            ):
                return True
            changed = self.policy.with_rules({rule.name: other})
            return self._has_plan(changed) if allows is None else allows(changed)

        most = knob.steps(now)
        while most and looser(most) is None:
            most -= 1  # the last value may be no such rule any more
        if not most or not serves(most):
            return None
        found = fewest_steps(most, serves)
        return (
            None
            if found is None
            else Change(Demand(rule, demand.when, demand.key), looser(found), knob)
        )

    def _has_plan(self, policy: Policy) -> bool:
        """Tell whether a policy is known to have a plan; one hard question leaves time for more."""
        share = self.deadline.share(SHARE_EACH)
        return has_plan(self.situation, policy, self.limits, share) is True


def price_of(change: Change) -> float:
    """Return what a change of a setting counts, relative to its number; 1 is giving it up.

    What is asked "at most" counts as given up where there is twice as much, a share where it is
    everything.
    """
    if change.number is None or change.knob is None:
        return 1.0
    now, then = change.number
    lowered = change.knob.to < now
    whole = now - change.knob.to if lowered else now
    whole = 1.0 - now if change.knob.is_share_at_most else whole
    return abs(then - now) / whole if whole > 0 else 1.0


def unique_knobs(demands: Iterable[Demand], region: Region) -> list[Demand]:
    """Return one demand for each number that demands hang on, the first of each."""
    found: dict[tuple[Any, ...], Demand] = {}
    for demand in demands:
        knob = demand.rule.knob(demand.key, region)
        if knob is not None:
            found.setdefault((demand.rule.name, knob.path), demand)
    return list(found.values())
