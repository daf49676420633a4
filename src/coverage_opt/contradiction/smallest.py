"""The demands within contradicting rules that contradict each other.

First comes what shapes the whole model and has no rows: the single limits of ``travel_limit``.
Then the rows. The elastic filter (Chinneck, *Feasibility and Infeasibility in Optimization*, 2008)
gathers suspects: whatever the cheapest way to fall short breaks is held from then on, until what
is held leaves no plan. Of these, each demand is taken out without which there is still no plan.
What is left is irreducible: without any one of it there is a plan. Each step asks for whole
numbers of offers, so that contradictions are found that fractions would hide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coverage_opt.contradiction.elastic import Elastic
from coverage_opt.contradiction.involved import Involved
from coverage_opt.contradiction.situation import Situation, has_plan
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.base import When
from coverage_opt.rules.demand import Demand
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.highs import ContradictionError
from coverage_opt.solver.limits import Deadline, Limits

GAP = 0.05
"""How near to the cheapest a way to fall short must be while suspects are gathered."""


@dataclass(frozen=True)
class Contradiction:
    """Demands that cannot all be met.

    Attributes:
        demands: the demands; none when only the rules are known that are involved.
        irreducible: whether there is a plan without any one of them.
        policy: with the rules that are involved.
        elastic: the model in which the demands with rows can be asked less strictly; None when
            one of the demands cannot be met whatever is decided.
        rows: positions in it of those of the demands that have rows.
    """

    demands: tuple[Demand, ...]
    irreducible: bool
    policy: Policy
    elastic: Elastic | None
    rows: tuple[int, ...]


def contradicting_demands(
    situation: Situation, involved: Involved, limits: Limits, deadline: Deadline
) -> Contradiction:
    """Return the demands within rules that leave no plan.

    Args:
        situation: region, years and scenarios.
        involved: rules that leave no plan.
        limits: the seed.
        deadline: what cannot be judged by then is kept.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    policy, travel, certain = _needed_limits(situation, involved, limits, deadline)
    if deadline.passed():
        return Contradiction((), False, policy, None, ())
    model = situation.model(policy, every_offer=True)
    if model.contradictions:
        # one demand that nothing can meet is a contradiction by itself, with the limits of travel
        demands = (model.contradictions[0], *travel)
        return Contradiction(demands, certain, policy, None, ())
    try:
        elastic = Elastic(model, limits)
    except ContradictionError:
        return Contradiction(travel, False, policy, None, ())
    suspects = _suspects(elastic, deadline)
    if suspects is None:
        return Contradiction((), False, policy, elastic, ())
    rows, judged = _without_innocent(elastic, suspects, deadline)
    demands = (*(elastic.demands[row] for row in rows), *travel)
    return Contradiction(demands, certain and judged, policy, elastic, tuple(rows))


def _needed_limits(
    situation: Situation, involved: Involved, limits: Limits, deadline: Deadline
) -> tuple[Policy, tuple[Demand, ...], bool]:
    """Return the policy with those limits of travel that are needed to leave no plan.

    Returns:
        The policy, its limits as demands, and whether all that can be left out is.
    """
    policy, certain = involved.policy, involved.certain
    rule = policy.rule(TravelLimit)
    if rule is None:
        return policy, (), certain
    needed = []
    for key in rule.entries():
        looser = policy.with_rules({TravelLimit.name: rule.entries()[key]})
        verdict = has_plan(situation, looser, limits, deadline)
        if verdict is False:
            policy, rule = looser, rule.entries()[key]
            continue
        certain = certain and verdict is not None
        needed.append(key)
    return policy, tuple(Demand(rule, When(), key) for key in needed), certain


def _suspects(elastic: Elastic, deadline: Deadline) -> list[int] | None:
    """Return demands among which there is a contradiction; None when time did not suffice."""
    everything = set(range(len(elastic.demands)))
    held: list[int] = []
    while not deadline.passed():
        found = elastic.cheapest(held, everything.difference(held), deadline, GAP)
        if found is None:
            # whether nothing can meet what is held, or the time was up
            return held if elastic.has_plan(held, deadline) is False else None
        if not found.missing:
            return None
        held += found.missing
    return None


def _without_innocent(
    elastic: Elastic, suspects: Collection[int], deadline: Deadline
) -> tuple[list[int], bool]:
    """Return the suspects without those that are not needed, and whether all were judged."""
    kept, judged = sorted(suspects), True
    for suspect in sorted(suspects):
        others = [each for each in kept if each != suspect]
        verdict = None if deadline.passed() else elastic.has_plan(others, deadline)
        if verdict is False:
            kept = others
        judged = judged and verdict is not None
    return kept, judged
