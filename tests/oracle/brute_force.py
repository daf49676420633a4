"""The best plan of a tiny region, found by trying everything that could be offered, in all periods.

Written from the mathematics alone: it imports neither the formulation nor the solver of the
engine nor the way they cut the curriculum into units. For each subset of offers and units in every
period, what is left is a small linear programme over the real zones and all moments, row by row as
the model is stated, solved by scipy; only the number of groups is whole. Nothing is merged and
nothing is left out. Subsets are passed over only when each period by itself, without the other
periods, without what changes cost and without earlier stages, shows that they break a rule or
cannot be better.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations, product
from math import inf

from oracle_flows import Flows
from oracle_linear import SLACK, Sum, add
from oracle_moments import Pair, records
from oracle_offerings import Changes, Offering, OfferingData, Offerings
from oracle_rules_of_flows import FlowRules
from oracle_rules_of_offers import OfferRules, TimeRules
from oracle_worth import Worth

from coverage_opt.plan.plan import Plan
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.region.region import Region

HELD_SLACK = 1e-5
"""By how much a plan's learners may miss its rules: the rounding of its own solver."""

Kept = list[tuple[int, float]]
"""Numbers of stages, and the value that each must keep."""


class BruteForce:
    """Every plan of a region under a policy."""

    def __init__(
        self,
        region: Region,
        policy: Policy,
        periods: Sequence[int] | None = None,
        scenarios: str = "baseline",
        *,
        prune: bool = True,
    ) -> None:
        """Read the data; ``prune`` passes over subsets that a bound rules out."""
        self.data = OfferingData(region, policy, periods, scenarios)
        self.prune = prune
        self.stages = [stage for stage in policy.objective if stage.decides != "placement"]
        self.periods = range(len(self.data.periods))
        self.worth = Worth(self.data)
        self._apart = {period: _Problem(self.data, self.worth, [period]) for period in self.periods}
        self._best_apart: dict[tuple[int, int, Offering], float | None] = {}
        self._together = _Problem(self.data, self.worth, list(self.periods))

    @property
    def binaries(self) -> int:
        """How many decisions are tried both ways, in all periods together."""
        return len(self.periods) * (len(self.data.offers) + len(self._runs))

    @property
    def _runs(self) -> list[Pair]:
        return [*self.data.nearby, *self.data.partner_runs]

    def offerings(self, period: int) -> list[Offering]:
        """Return all that may be offered and taught in one period under the rules on that."""
        rules = OfferRules(self.data)
        every = (
            Offering(frozenset(offers), frozenset(runs))
            for offers in _subsets(self.data.offers)
            for runs in _subsets(self._runs)
        )
        return [
            offering
            for offering in every
            if self.data.complete(offering) and rules.allowed(period, offering)
        ]

    def candidates(self) -> Iterator[tuple[Offerings, tuple[Changes, ...]]]:
        """Yield everything that the rules allow, in all periods together, with its changes."""
        rules = TimeRules(self.data)
        for offerings in product(*(self._possible(period) for period in self.periods)):
            changes = self.data.changes(offerings)
            if rules.allowed(offerings, changes):
                yield offerings, changes

    def _possible(self, period: int) -> list[Offering]:
        offerings = self.offerings(period)
        if not self.prune:
            return offerings
        return [one for one in offerings if self._alone(period, one, 0) is not None]

    def _alone(self, period: int, offering: Offering, number: int) -> float | None:
        """Return the most that a stage is worth in one period, were there no other and no change.

        Larger is better; None: the rules cannot hold in that period.
        """
        key = (period, number, offering)
        if key not in self._best_apart:
            stage = self.stages[number]
            told = self.data.told(period, offering, Changes())
            best = self._apart[period].best_expected(number, told)
            if best is not None:
                best += _sign(stage) * self.worth.of_period(stage, period, offering)
            self._best_apart[key] = best
        return self._best_apart[key]

    def _bound(self, number: int, offerings: Offerings, changes: tuple[Changes, ...]) -> float:
        """Return a value that no plan with these offerings betters; larger is better.

        No risk makes a stage better than expected.
        """
        if not self.prune:
            return inf
        stage = self.stages[number]
        alone = [self._alone(period, offerings[period], number) for period in self.periods]
        apart = sum(-inf if value is None else value for value in alone)
        return apart + _sign(stage) * self.worth.of_changes(stage, changes)

    def optima(self, plan: Plan | None = None) -> list[float] | None:
        """Return the optimum of every stage on offers or units, in order; None: there is no plan.

        Each stage keeps what the stages before it reached, less their tolerance. A stage on units
        holds the offers that the stages before it left; where several are equally good that is
        the plan's to choose, so without a plan such stages are left out.
        """
        remaining = list(self.candidates())
        kept: Kept = []
        found = []
        for number, stage in enumerate(self.stages):
            if stage.decides == "units":
                if plan is None:
                    break
                held = [offering.offers for offering in self._offerings_of(plan)]
                remaining = [one for one in remaining if [x.offers for x in one[0]] == held]
            best = self._best(remaining, number, kept)
            if best is None:
                return None
            found.append(best)
            kept.append((number, best - _sign(stage) * (stage.tolerance or 0.0) * abs(best)))
            least = _sign(stage) * kept[-1][1] - SLACK * max(1.0, abs(best))
            remaining = [one for one in remaining if self._bound(number, *one) >= least]
        return found

    def _best(
        self,
        candidates: list[tuple[Offerings, tuple[Changes, ...]]],
        number: int,
        kept: Kept,
    ) -> float | None:
        sign = _sign(self.stages[number])
        problem = self._together
        goal = _signed(self.stages[number], problem.goal(number))
        for earlier, reached in kept:
            problem.keep(earlier, reached)
        bounded = [(self._bound(number, *one), place) for place, one in enumerate(candidates)]
        best = -inf
        for bound, place in sorted(bounded, reverse=True):
            if bound <= best + 1e-10 * max(1.0, abs(best)):
                break
            told = problem.told(range(number + 1), *candidates[place])
            value = problem.flows.linear.maximum(goal, told)
            if value is not None:
                best = max(best, value)
        return None if best == -inf else sign * best

    def least_travel(self, plan: Plan) -> float | None:
        """Return the fewest learner-minutes with what a plan offers, teaches and has taken."""
        problem = _Problem(self.data, self.worth, list(self.periods))
        linear = problem.flows.linear
        _hold_takes(problem.flows, plan)
        for number, value in enumerate(plan.stages["value"][: len(self.stages)]):
            problem.keep(number, value)
        offerings = self._offerings_of(plan)
        changes = self.data.changes(offerings)
        told = problem.told(range(len(self.stages)), offerings, changes)
        goal: Sum = {}
        for learners in problem.flows.learners:
            share = learners.moment.probability / len(self.periods)
            add(goal, learners.travel, -share)
        found = linear.maximum(goal, told, slack=HELD_SLACK)
        return None if found is None else -found

    def _offerings_of(self, plan: Plan) -> Offerings:
        runs = set(self._runs)
        return tuple(
            Offering(
                frozenset(
                    (row["programme"], row["site"])
                    for row in records(plan.offers)
                    if row["period"] == year
                ),
                frozenset(
                    (row["unit"], row["site"])
                    for row in records(plan.units)
                    if row["period"] == year and (row["unit"], row["site"]) in runs
                ),
            )
            for year in self.data.periods
        )


class _Problem:
    """The linear programme of some periods, with the rows of every rule."""

    def __init__(self, data: OfferingData, worth: Worth, periods: list[int]) -> None:
        self.data, self.worth, self.periods = data, worth, periods
        self.flows = Flows(data, periods)
        FlowRules(data, self.flows).add_all()
        self.stages = [stage for stage in data.policy.objective if stage.decides != "placement"]
        self._goals: dict[int, Sum] = {}
        self._expected: dict[int, Sum] = {}
        self._kept: set[int] = set()

    def goal(self, number: int) -> Sum:
        """Return what a stage is worth."""
        if number not in self._goals:
            self._goals[number] = self.worth.goal(self.flows, self.stages[number], number)
        return self._goals[number]

    def best_expected(self, number: int, told: dict[Hashable, float]) -> float | None:
        """Return the most that a stage's learners and groups are worth; larger is better."""
        if number not in self._expected:
            expected = self.worth.expected(self.flows, self.stages[number])
            self._expected[number] = _signed(self.stages[number], expected)
        return self.flows.linear.maximum(self._expected[number], told)

    def keep(self, number: int, value: float) -> None:
        """From now on, keep a stage at a value."""
        if number not in self._kept:
            self._kept.add(number)
            sign = _sign(self.stages[number])
            slack = SLACK * max(1.0, abs(value))
            goal = _signed(self.stages[number], self.goal(number))
            self.flows.linear.at_least(goal, sign * value - slack)

    def told(
        self, numbers: Sequence[int], offerings: Offerings, changes: tuple[Changes, ...]
    ) -> dict[Hashable, float]:
        """Return all that the programme is to be told of what is offered."""
        values: dict[Hashable, float] = {}
        for period in self.periods:
            values |= self.data.told(period, offerings[period], changes[period])
        for number in numbers:
            values |= self.worth.told(self.stages[number], number, offerings, changes)
        return values


def _hold_takes(flows: Flows, plan: Plan) -> None:
    """Add that everybody takes what they take in a plan."""
    switches, alone = plan.table("switches"), plan.table("certificates")
    years = flows.data.periods
    for learners in flows.learners:
        now = (years[learners.moment.period], learners.moment.scenario)
        taken = {
            (row["learner"], row["zone"], row["choice"], row["programme"]): row["learners"]
            for row in records(switches)
            if (row["period"], row["scenario"]) == now
        }
        for key, column in learners.switch.items():
            flows.linear.equal({column: 1.0}, taken.get(key, 0.0))
            # rounding may be just above what would be taken at the most
            flows.linear.upper[column] = inf
        served: dict[Pair, float] = {}
        for row in records(alone):
            if (row["period"], row["scenario"]) == now:
                pair = row["zone"], row["unit"]
                served[pair] = served.get(pair, 0.0) + row["learners"]
        for zone, unit in {(zone, unit) for zone, unit, _ in learners.alone}:
            columns = {c: 1.0 for (z, u, _), c in learners.alone.items() if (z, u) == (zone, unit)}
            flows.linear.equal(columns, served.get((zone, unit), 0.0))


def _sign(stage: Stage) -> float:
    return 1.0 if stage.sense == "maximise" else -1.0


def _signed(stage: Stage, row: Sum) -> Sum:
    return row if stage.sense == "maximise" else {column: -value for column, value in row.items()}


def _subsets(pairs: list[Pair]) -> Iterator[tuple[Pair, ...]]:
    for size in range(len(pairs) + 1):
        yield from combinations(pairs, size)
