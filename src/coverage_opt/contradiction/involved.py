"""Which rules contradict each other: those without any one of which there is a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coverage_opt.contradiction.situation import Situation, has_plan
from coverage_opt.policy.policy import Policy
from coverage_opt.rules import Rule
from coverage_opt.rules.partnership import Partnership
from coverage_opt.solver.limits import Deadline, Limits


@dataclass(frozen=True)
class Involved:
    """Rules that leave no plan.

    Attributes:
        policy: with these rules only, and what permits.
        certain: whether each of them is needed for it.
    """

    policy: Policy
    certain: bool

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules; a partnership is not among them, as it permits."""
        return tuple(rule for rule in self.policy.active_rules if rule.name != Partnership.name)


def involved_rules(
    situation: Situation, policy: Policy, limits: Limits, deadline: Deadline
) -> Involved:
    """Return a set of rules of an impossible policy that leave no plan.

    A rule is taken out where there is still no plan without it; what is left contradicts itself,
    and each rule in it is needed for that. A rule that cannot be judged within the time is kept.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    kept, certain = policy, True
    for rule in _most_likely_innocent_first(policy.active_rules):
        without = kept.with_rules({rule.name: None})
        verdict = has_plan(situation, without, limits, deadline)
        if verdict is False:
            kept = without
        certain = certain and verdict is not None
    return Involved(kept, certain)


def _most_likely_innocent_first(rules: Sequence[Rule]) -> Iterator[Rule]:
    """Yield the rules that demand something, those hardest to do without last.

    A partnership demands nothing: it permits, so that without it there are fewer plans.
    """
    last = ("class_size", "travel_limit")
    yield from (rule for rule in rules if rule.name not in (*last, Partnership.name))
    yield from (rule for rule in rules if rule.name in last)
