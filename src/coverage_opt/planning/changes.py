"""What can be changed about a planning problem while its compiled model stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.rules import RULES
from coverage_opt.rules.fixed_offers import FixedOffers, Offer

Pair = tuple[str, str]

SHAPING = frozenset({"class_size", "partnership", "travel_limit"})
"""Rules that decide which offers and ways there are at all: without them the model is another."""


@dataclass(frozen=True)
class Demand:
    """The value of a stage that is watched, from ``least`` to ``most``."""

    stage: Stage
    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True)
class Change:
    """What is asked instead of the policy as it is.

    Attributes:
        opened: (programme, site) that must be offered.
        closed: (programme, site) that must not be offered.
        periods: calendar years that this is said of; all when None.
        demands: on stages that are watched.
        without: names of rules that do not hold; none of those in :data:`SHAPING`.
        goal: a watched stage to pursue instead of the policy's first; None for that one.
    """

    opened: frozenset[Pair] = frozenset()
    closed: frozenset[Pair] = frozenset()
    periods: frozenset[int] | None = None
    demands: tuple[Demand, ...] = ()
    without: frozenset[str] = frozenset()
    goal: Stage | None = None

    def __post_init__(self) -> None:
        shaping = sorted(self.without & SHAPING)
        if shaping:
            raise ValueError(f"{', '.join(shaping)} shapes the model: prepare it anew without")

    @property
    def restricts(self) -> bool:
        """Whether every plan that is left was a plan before, and as good as it was."""
        return not self.without and self.goal is None

    @property
    def holds_only(self) -> bool:
        """Whether it does no more than to hold offers open or closed."""
        return self.restricts and not self.demands

    def speaks_of(self, period: int) -> bool:
        """Tell whether offers are opened or closed in a period."""
        return self.periods is None or period in self.periods

    def policy(self, policy: Policy) -> Policy:
        """Return the policy with what can be said as a rule: offers held, rules left out."""
        rules: dict[str, Any] = dict.fromkeys(self.without)
        if self.opened or self.closed:
            rule = policy.rule(FixedOffers) or FixedOffers()
            rules[FixedOffers.name] = FixedOffers(
                must=(*rule.must, *self._offers(self.opened)),
                must_not=(*rule.must_not, *self._offers(self.closed)),
            )
        if not rules:
            return policy
        return policy.with_rules(rules)

    def _offers(self, pairs: Iterable[Pair]) -> list[Offer]:
        periods = None if self.periods is None else tuple(sorted(self.periods))
        return [Offer(programme=p, site=s, periods=periods) for p, s in sorted(pairs)]


def droppable(policy: Policy) -> tuple[str, ...]:
    """Return the rules in force that are only rows of the model, by name."""
    return tuple(rule.name for rule in policy.active_rules if rule.name in set(RULES) - SHAPING)
