"""What stays the same while rules are taken out or asked less strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case
from coverage_opt.formulation.moments import Moment, may_join, moments_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import HandedOver, HeldOffers, NotInModelError, hand_over
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.policy.teaching import Teaching, teaching
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules.class_size import ClassSize, GroupSize
from coverage_opt.solver.highs import ContradictionError, Outcome, Status
from coverage_opt.solver.limits import Deadline, Limits

ANY_PLAN = Stage(minimise={"offers": 1.0})
"""The goal while it is only asked whether there is a plan."""

SHAPING = {"class_size", "partnership", "travel_limit"}
"""Rules that say what is in a case at all; see :mod:`coverage_opt.formulation.case`."""

CASES_KEPT = 3
"""Cases that are kept for the next question; those of a large region are large."""


@dataclass(frozen=True)
class Situation:
    """A region, what is taught together, and the years and scenarios asked about.

    Attributes:
        region: the region.
        teaching: units and curriculum under the policy.
        moments: period -> its moments.
        scenarios: with their probabilities.
    """

    region: Region
    teaching: Teaching
    moments: Mapping[int, Sequence[Moment]]
    scenarios: tuple[Scenario, ...]
    _cases: dict[str, Case] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, region: Region, policy: Policy, years: Sequence[int], scenarios: Sequence[Scenario]
    ) -> Situation:
        """Return the situation that a policy is put to a region in."""
        moments = moments_of(region, years, scenarios, join=may_join(policy, years))
        return cls(region, teaching(region, policy), moments, tuple(scenarios))

    @classmethod
    def of_model(cls, model: PlanningModel) -> Situation:
        """Return the situation that a model was made for."""
        case = model.case
        moments = {period.period: period.moments for period in case.periods}
        scenarios = tuple(Scenario(name, name, share) for name, share in case.scenarios.items())
        return cls(case.region, case.teaching, moments, scenarios)

    def model(
        self, policy: Policy, *, every_offer: bool = False, goal: Stage = ANY_PLAN
    ) -> PlanningModel:
        """Return the model of a policy, with one goal.

        Args:
            policy: its rules hold.
            every_offer: whether offers that could never meet a minimum stay in the model, so that
                the minimum can be asked less strictly in it.
            goal: by default one for when any plan is as good as another.
        """
        shaping = without_minimums(policy) if every_offer else policy
        return build(replace(self.case(shaping), policy=policy), policy, [goal])

    def case(self, policy: Policy) -> Case:
        """Return the case of a policy; policies that differ in no rule that shapes it share one."""
        key = policy.rules.model_dump_json(include=SHAPING)
        if key not in self._cases:
            while len(self._cases) >= CASES_KEPT:
                del self._cases[next(iter(self._cases))]
            self._cases[key] = build_case(
                self.region, policy, self.teaching, self.moments, self.scenarios, merge=True
            )
        return self._cases[key]


def has_plan(
    situation: Situation, policy: Policy, limits: Limits, deadline: Deadline
) -> bool | None:
    """Tell whether there is a plan under a policy; None when the time did not suffice.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    if deadline.passed():
        return None
    return look_for_plan(situation.model(policy), limits, deadline).possible


SHARE_WITH_OFFERS = 0.5
"""Of the time there is, a plan with given offers may be looked for so long."""


@dataclass(frozen=True)
class Verdict:
    """Whether there is a plan.

    Attributes:
        possible: None when the time did not suffice.
        offers: period -> the (programme, site) that are offered in some plan; empty without one.
    """

    possible: bool | None
    offers: HeldOffers = field(default_factory=dict)


def look_for_plan(
    model: PlanningModel, limits: Limits, deadline: Deadline, offers: HeldOffers | None = None
) -> Verdict:
    """Tell whether there is a plan in a model.

    Args:
        model: the model.
        limits: the seed.
        deadline: of the search.
        offers: what is tried first; there may be a plan without it.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    if model.contradictions:
        return Verdict(False)
    try:
        handed = hand_over(model, Limits(seed=limits.seed, threads=1))
    except ContradictionError:
        return Verdict(False)
    goal = handed.goals[0]
    # any plan will do: a goal of nothing ends the search at the first
    handed.solver.set_objective(0.0 * goal.coefficients, 0.0, goal.sense)
    outcome = None if offers is None else _with_offers(handed, offers, deadline)
    if outcome is None or outcome.values is None:
        outcome = handed.solver.solve(gap=1.0, time_limit=deadline.remaining()).uninterrupted()
    if outcome.values is None:
        return Verdict(False if outcome.status is Status.INFEASIBLE else None)
    return Verdict(True, handed.offers(outcome.values))


def _with_offers(handed: HandedOver, offers: HeldOffers, deadline: Deadline) -> Outcome | None:
    """Look for a plan with exactly these offers; None where the model does not have them all."""
    try:
        held = handed.with_offers(offers)
    except NotInModelError:
        return None
    with handed.solver.holding(list(held), list(held.values())):
        limit = deadline.share(SHARE_WITH_OFFERS).remaining()
        return handed.solver.solve(gap=1.0, time_limit=limit).uninterrupted()


def without_minimums(policy: Policy) -> Policy:
    """Return the policy with groups of any size; the largest sizes stay as they are."""
    rule = policy.rule(ClassSize)
    if rule is None:
        return policy
    sizes = {
        name: size.model_copy(update={"minimum": 0})
        for name, size in rule
        if isinstance(size, GroupSize)
    }
    return policy.with_rules({rule.name: rule.model_copy(update={**sizes, "per_offer": 0})})
