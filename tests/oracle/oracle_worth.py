"""What a stage of the objective is worth: in each scenario, expected, at its worst."""

from __future__ import annotations

from collections.abc import Hashable

from oracle_flows import Flows, Learners
from oracle_linear import Sum, add
from oracle_moments import scenario_probabilities
from oracle_offerings import Changes, Offering, OfferingData, Offerings

from coverage_opt.policy.policy import Stage


class Worth:
    """Values of stages, as sums over a linear programme's columns and what is settled."""

    def __init__(self, data: OfferingData) -> None:
        """Look at a region under a policy."""
        self.data = data
        self.scenarios = scenario_probabilities(data.region, data.scenarios)
        self._settled: dict[tuple[int, str, Offering], float] = {}

    def settled(
        self, stage: Stage, scenario: str, offerings: Offerings, changes: tuple[Changes, ...]
    ) -> float:
        """Return the part of a stage that depends on what is offered alone, in one scenario."""
        total = self.of_changes(stage, changes)
        for number, moment in enumerate(self.data.moments):
            if moment.scenario == scenario:
                total += self._of_offering(stage, number, offerings[moment.period])
        return total

    def of_period(self, stage: Stage, period: int, offering: Offering) -> float:
        """Return what one period's offering adds to a stage in expectation, changes left out."""
        return sum(
            moment.probability * self._of_offering(stage, number, offering)
            for number, moment in enumerate(self.data.moments)
            if moment.period == period
        )

    def of_changes(self, stage: Stage, changes: tuple[Changes, ...]) -> float:
        """Return what opening and closing adds to a stage, in every scenario."""
        return sum(
            weight * self.data.of_changes(term, period, change) / len(changes)
            for period, change in enumerate(changes)
            for term, weight in stage.terms.items()
        )

    def _of_offering(self, stage: Stage, number: int, offering: Offering) -> float:
        """Return what an offering adds to a stage in one moment."""
        total = 0.0
        for term, weight in stage.terms.items():
            key = (number, term, offering)
            if key not in self._settled:
                moment = self.data.moments[number]
                self._settled[key] = self.data.settled(term, moment, offering)
            total += weight * self._settled[key]
        return total / len(self.data.periods)

    def flowing(self, flows: Flows, stage: Stage, scenario: str) -> Sum:
        """Return the part of a stage that depends on learners and groups, in one scenario."""
        total: Sum = {}
        for learners in flows.learners:
            if learners.moment.scenario == scenario:
                for term, weight in stage.terms.items():
                    part = _in_moment(flows, learners, term)
                    add(total, part, weight / len(self.data.periods))
        return total

    def expected(self, flows: Flows, stage: Stage) -> Sum:
        """Return the mean of the flowing part over the scenarios."""
        total: Sum = {}
        for scenario, probability in self.scenarios.items():
            add(total, self.flowing(flows, stage, scenario), probability)
        return total

    def goal(self, flows: Flows, stage: Stage, number: int) -> Sum:
        """Add what a stage is worth to a linear programme, in the sense of its risk.

        The result is exact from the side that the stage, or a row that keeps it, pushes to. What
        is settled in each scenario is told under ``("worth", number, scenario)``.
        """
        linear, sign = flows.linear, 1.0 if stage.sense == "maximise" else -1.0
        of_scenario: dict[str, Sum] = {}
        for scenario in self.scenarios:
            told = linear.told(_key(number, scenario))
            of_scenario[scenario] = {told: 1.0} | self.flowing(flows, stage, scenario)
        if stage.risk == "expected":
            total: Sum = {}
            for scenario, probability in self.scenarios.items():
                add(total, of_scenario[scenario], probability)
            return total
        # a number that every scenario reaches, or falls short of at a price
        above, below = linear.column(), linear.column()
        level = {above: 1.0, below: -1.0}
        goal: Sum = dict(level)
        for scenario, probability in self.scenarios.items():
            row = add({}, of_scenario[scenario], sign)
            add(row, level, -sign)
            if stage.risk == "cvar":
                short = linear.column()
                row[short] = 1.0
                add(goal, {short: -sign * probability / stage.tail})
            linear.at_least(row, 0.0)
        return goal

    def told(
        self, stage: Stage, number: int, offerings: Offerings, changes: tuple[Changes, ...]
    ) -> dict[Hashable, float]:
        """Return the values that `goal` expects to be told."""
        return {
            _key(number, scenario): self.settled(stage, scenario, offerings, changes)
            for scenario in self.scenarios
        }


def _key(number: int, scenario: str) -> Hashable:
    return ("worth", number, scenario)


def _in_moment(flows: Flows, learners: Learners, term: str) -> Sum:
    """Return the part of a term that depends on learners and groups, in one moment."""
    if term == "placed":
        return dict.fromkeys(learners.switch.values(), 1 / learners.everybody)
    if term == "first_choice":
        return {
            column: 1 / learners.everybody
            for (_, _, choice, programme), column in learners.switch.items()
            if (choice, programme) in flows.data.first
        }
    if term == "certificates":
        asking = sum(learners.asking_alone.values())
        return dict.fromkeys(learners.alone.values(), 1 / asking) if asking else {}
    if term == "filled_openings":
        weight, openings = flows.data.weight, learners.moment.openings
        urgent = sum(weight[occupation] * openings[occupation] for occupation in weight)
        filled = learners.filled.items()
        return {column: weight[o] / urgent for o, column in filled} if urgent else {}
    if term == "travel_minutes":
        return dict(learners.travel)
    if term == "worst_institution":
        assert learners.worst_institution is not None
        return {learners.worst_institution: 1.0}
    if term == "cost":
        return flows.cost_of_groups(learners.moment.period)
    if term == "balance":
        funding: Sum = {}
        for institution in {*flows.data.institution.values(), "online"}:
            add(funding, learners.funding(institution))
        return add(funding, flows.cost_of_groups(learners.moment.period), -1.0)
    return {}
