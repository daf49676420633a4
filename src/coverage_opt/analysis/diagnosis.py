"""Why a policy allows no plan, and the least that would have to give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from coverage_opt.analysis.relaxing import (
    Change,
    Search,
    WayOut,
    eased,
    holds_with,
    price_of,
    set_alone,
    settled,
    unique_knobs,
)
from coverage_opt.contradiction import (
    ANY_PLAN,
    Contradiction,
    Elastic,
    Involved,
    Situation,
    contradicting_demands,
    has_plan,
    involved_rules,
    look_for_plan,
)
from coverage_opt.handing_over import HeldOffers
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, NoPlan, solve
from coverage_opt.planning.prepared import checked
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules import Rule
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.demand import Demand
from coverage_opt.solver.highs import ContradictionError
from coverage_opt.solver.limits import Deadline, Limits

SHARES = {
    "possible": 0.3,
    "rules": 0.35,
    "demands": 0.5,
    "within": 0.5,
    "alone": 0.4,
    "cheapest": 0.5,
}
"""Of the time that is left, what each question may take, in this order; the rest goes to trying
the cheapest way out. What one rule could give, and single settings, come before the cheapest of
all: they are what a board can decide on, and soon found, where that can take hours."""


@dataclass(frozen=True)
class Named:
    """One of the demands that contradict each other.

    Attributes:
        demand: the demand.
        at_best: what could be asked in its place while all others of them are met; None when
            that is not known, or the demand knows no less.
    """

    demand: Demand
    at_best: Change | None


@dataclass(frozen=True)
class _Found:
    """Changes that were found, before they are tried.

    Attributes:
        changes: what is asked less.
        price: of all of it.
        bound: no changes of what was looked at are cheaper; None where that is not known.
        offers: of the plan that shows it.
    """

    changes: tuple[Change, ...]
    price: float
    bound: float | None
    offers: HeldOffers


@dataclass(frozen=True)
class Diagnosis:
    """Whether a policy allows a plan; if not, why, and what would.

    Attributes:
        region: the region.
        policy: the policy.
        periods: calendar years.
        scenarios: name of the scenario set.
        possible: whether there is a plan; None when that is not known.
        plan: some plan that passed the verifier, where there is one and time sufficed.
        involved: the rules that leave no plan; None where there is one, or none is known.
        demands: the demands of these rules that contradict each other.
        irreducible: whether there is a plan without any one of these demands.
        cheapest: the cheapest changes to the policy that make it possible, as far as known.
        alone: changes of a single setting that make it possible, the cheapest first.
        complete: whether all that could be asked of it was answered in time.
    """

    region: Region
    policy: Policy
    periods: tuple[int, ...]
    scenarios: str
    possible: bool | None
    plan: Plan | None = None
    involved: Involved | None = None
    demands: tuple[Named, ...] = ()
    irreducible: bool = False
    cheapest: WayOut | None = None
    alone: tuple[WayOut, ...] = ()
    complete: bool = True


def diagnose(
    region: Region,
    policy: Policy,
    limits: Limits | None = None,
    *,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
    told: Callable[[str], None] = lambda step: None,
) -> Diagnosis:
    """Tell whether a policy allows a plan for a region, and if not, why.

    Args:
        region: the region.
        policy: the policy.
        limits: time for all of it together, gap of the cheapest way out, seed.
        periods: calendar years; by default the region's first alone.
        scenarios: name of a scenario set of the region.
        told: hears of each step.

    Raises:
        InputError: the policy does not fit the region, or the region has no such period or set.
        KeyboardInterrupt: Ctrl-C.
    """
    limits = limits or Limits()
    years = region.periods[:1] if periods is None else tuple(periods)
    futures = checked(region, policy, years, scenarios, limits)
    found = Diagnosis(region, policy, years, scenarios, None)
    work = _Work(Situation.of(region, policy, years, futures), found, limits, told)
    return work.diagnosed()


class _Work:
    """One diagnosis in the making; all questions share one clock."""

    def __init__(
        self,
        situation: Situation,
        asked: Diagnosis,
        limits: Limits,
        told: Callable[[str], None],
    ) -> None:
        self.situation, self.asked, self.limits, self.told = situation, asked, limits, told
        self.deadline = Deadline.after(limits.time_limit_seconds)

    def diagnosed(self) -> Diagnosis:
        """Return the diagnosis, as far as the time sufficed."""
        policy = self.asked.policy
        self.told("whether there is a plan")
        possible = has_plan(self.situation, policy, self.limits, self._share("possible"))
        if possible is None:
            way = self._cheapest()
            if way is None or way.changes or not way.confirmed:
                return replace(self.asked, cheapest=way, complete=False)
            possible = True  # nothing has to give
        if possible:
            self.told("whether it can be verified")
            plan = self._verified(policy)
            return replace(self.asked, possible=True, plan=plan, complete=plan is not None)
        return self._contradicted()

    def _contradicted(self) -> Diagnosis:
        """Return why there is no plan, and the ways out."""
        policy = self.asked.policy
        if not policy.active_rules:
            return replace(self.asked, possible=False)
        self.told("which rules contradict each other")
        share = self._share("rules")
        involved = involved_rules(self.situation, policy, self.limits, share)
        self.told(f"which demands of {', '.join(rule.name for rule in involved.rules)}")
        share = self._share("demands")
        found = contradicting_demands(self.situation, involved, self.limits, share)
        named = tuple(self._named(found))
        within = list(self._within(involved.rules))
        demands = [each.demand for each in named]
        alone = sorted(self._alone(demands, within), key=lambda way: way.price)
        cheapest = self._cheapest(within)
        return replace(
            self.asked,
            possible=False,
            involved=involved,
            demands=named,
            irreducible=found.irreducible,
            cheapest=cheapest,
            alone=tuple(alone),
            complete=found.irreducible and not self.deadline.passed(),
        )

    def _share(self, question: str) -> Deadline:
        return self.deadline.share(SHARES[question])

    def _verified(self, policy: Policy, offers: HeldOffers | None = None) -> Plan | None:
        """Return any plan under a policy, verified; None when the time did not suffice.

        Args:
            policy: the policy.
            offers: what is tried first.
        """
        if self.deadline.passed():
            return None
        model = self.situation.model(policy)
        some = look_for_plan(model, self.limits, self.deadline, offers)
        if not some.possible or self.deadline.passed():
            return None
        any_plan = policy.model_copy(update={"objective": (ANY_PLAN,)})
        seconds = self.limits.time_limit_seconds and max(0.001, self.deadline.remaining())
        limits = Limits(seconds, gap=1.0, seed=self.limits.seed, threads=self.limits.threads)
        try:
            return solve(
                self.asked.region,
                any_plan,
                limits,
                periods=self.asked.periods,
                scenarios=self.asked.scenarios,
                held_offers=some.offers,
            )
        except NoPlan as error:
            if error.interrupted:
                raise KeyboardInterrupt from error
            return None
        except Infeasible:
            return None

    def _named(self, found: Contradiction) -> Iterator[Named]:
        """Yield the demands, each with what could be asked while the others are met."""
        elastic, deadline = found.elastic, self._share("cheapest")
        of_rows = {} if elastic is None else {id(elastic.demands[row]): row for row in found.rows}
        for demand in found.demands:
            row = of_rows.get(id(demand))
            if elastic is None or row is None or not found.irreducible or deadline.passed():
                yield Named(demand, None)
                continue
            others = [other for other in found.rows if other != row]
            short = elastic.cheapest(others, [row], deadline)
            change = None if short is None else eased(elastic, demand, short.columns)
            yield Named(demand, change if change is not None and change.rule else None)

    def _within(self, rules: Sequence[Rule]) -> Iterator[_Found]:
        """Yield for each rule what it would have to give if only its own demands did."""
        deadline = self._share("within")
        for number, rule in enumerate(rules):
            if not deadline.passed():
                self.told(f"what {rule.name} would have to give")
                share = deadline.share(1 / (len(rules) - number))
                found = self._short_of(share, rule.name)
                if found is not None:
                    yield found

    def _cheapest(self, within: Sequence[_Found] = ()) -> WayOut | None:
        """Return the cheapest changes to the whole policy, where any are found in time."""
        if self.deadline.passed() and not within:
            return None
        self.told("what would have to give, at the least")
        whole = self._short_of(self._share("cheapest"))
        ways = [*within, *([] if whole is None else [whole])]
        if not ways:
            return None
        cheapest = min(ways, key=lambda found: found.price)
        return self._way_out(cheapest, None if whole is None else whole.bound)

    def _short_of(self, deadline: Deadline, only: str | None = None) -> _Found | None:
        """Return the cheapest changes, to one rule or to all, where any are found in time."""
        if deadline.passed():
            return None

        def gives(demand: Demand) -> bool:
            return only in (None, demand.rule.name)

        policy = self.asked.policy
        # offers below a minimum matter only where the minimum may give
        below = only in (None, ClassSize.name)
        model = self.situation.model(policy, every_offer=below, goal=policy.objective[0])
        if not all(map(gives, model.contradictions)):
            return None
        if only is not None and not any(
            map(gives, (*model.demands.values(), *model.contradictions))
        ):
            # what shapes the model as a whole, such as a limit of travel, has no demands in it
            return None
        try:
            elastic = Elastic(model, self.limits)
        except ContradictionError:
            return None
        ours = [place for place, demand in enumerate(elastic.demands) if gives(demand)]
        held = set(range(len(elastic.demands))).difference(ours)
        gap = max(self.limits.gap, 1e-6)
        short = elastic.cheapest(held, ours, deadline, gap, by_goal=True)
        if short is None:
            return None
        impossible = [Change(demand, None, None) for demand in model.contradictions]
        missing = (elastic.demands[position] for position in short.missing)
        changes = (*impossible, *(eased(elastic, demand, short.columns) for demand in missing))
        bound = None if short.bound is None else short.bound + len(impossible)
        return _Found(changes, short.price + len(impossible), bound, elastic.offers(short))

    def _way_out(self, found: _Found, bound: float | None) -> WayOut:
        """Return changes as a way out that is tried: at their own place, and as settings."""
        policy, offers = self.asked.policy, found.offers
        confirmed = holds_with(
            self.situation, policy, found.changes, self.limits, self.deadline, offers
        )
        looser, settings = settled(policy, found.changes)
        verified = confirmed and self._verified(looser, offers) is not None
        return WayOut(found.changes, found.price, bound, confirmed, settings, verified)

    def _alone(self, demands: Sequence[Demand], within: Sequence[_Found]) -> Iterator[WayOut]:
        """Yield the ways out that change a single setting."""
        policy = self.asked.policy
        search = Search(self.situation, policy, self.limits, self._share("alone"))
        for demand in unique_knobs(demands, self.asked.region):
            self.told(f"what {demand.rule.name} alone could do")
            known, offers = _known(demand, within, self.asked.region)
            change = search.alone(demand, known=known)
            if change is None:
                continue
            looser, settings = set_alone(policy, change)
            verified = self._verified(looser, offers) is not None
            price = price_of(change)
            yield WayOut((change,), price, None, True, settings, verified)


def _known(
    demand: Demand, within: Sequence[_Found], region: Region
) -> tuple[float | None, HeldOffers | None]:
    """Return a number with which the setting a demand hangs on allows a plan, and its offers."""
    knob = demand.rule.knob(demand.key, region)
    for found in within:
        numbers = [
            change.number[1]
            for change in found.changes
            if change.demand.rule.name == demand.rule.name
            and change.number is not None
            and change.knob == knob
        ]
        if knob is not None and len(numbers) == len(found.changes):
            return min(numbers, key=lambda number: abs(knob.to - number)), found.offers
    return None, None
