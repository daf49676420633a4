r"""What it is worth to know the future, and what it is worth to plan for several.

Offers are decided before it is known which scenario comes. With :math:`\mathrm{RP}` the value of
the best plan for all scenarios together (the recourse problem), :math:`\mathrm{WS}` the mean of
the values when each scenario is known before anything is decided (wait and see), and
:math:`\mathrm{EEV}` the value of a plan that takes its offers from planning for the mean scenario:

.. math::

    \mathrm{EVPI} = \mathrm{WS} - \mathrm{RP} \ge 0
    \qquad
    \mathrm{VSS} = \mathrm{RP} - \mathrm{EEV} \ge 0

for a goal that is maximised, and with the signs turned for one that is minimised. Both are
intervals: each value is known between what was found and its bound, and the ends follow from
these. Of a policy only the first stage counts, as an expectation.

Source: J. R. Birge and F. Louveaux, Introduction to Stochastic Programming, chapter 4. The offers
of the mean scenario are held; what is taught where stays free, so that VSS is the value of
*offers* that are planned for all scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coverage_opt.analysis.worth import Interval, Sense, Worth, gain, mean, unit_of, unknown
from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import rows
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, NoPlan, solve
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.progress import Listener, silent

MEAN = "mean:"
"""Before a set's name: one scenario, with the mean of all figures of the set."""
ONLY = "only:"
"""Before a scenario's name: that scenario alone, with probability 1."""

Told = Callable[[str], None]
"""Hears, in words, what is solved next."""


@dataclass(frozen=True)
class Uncertainty:
    """What planning for uncertainty is worth.

    Attributes:
        goal: the first stage's weighted sum as text.
        sense: whether larger or smaller is better.
        unit: of the goal; empty when its terms are not in one unit.
        terms: indicators that the goal weighs.
        periods: calendar years.
        scenario_set: its name.
        scenarios: the scenarios of the set.
        planned: the best plan for all scenarios together (RP).
        foreseen: by scenario, the best plan when it is known beforehand.
        averaged: the best plan for the mean scenario, as it hopes to be (EV).
        held: what offers of the plan for the mean scenario are worth in the scenarios (EEV); None
            when no plan with these offers satisfies the policy.
        in_expectation: names of rules that hold in expectation, for which a single scenario is
            more than they ask; then EVPI may be below 0.
    """

    goal: str
    sense: Sense
    unit: str
    terms: tuple[str, ...]
    periods: tuple[int, ...]
    scenario_set: str
    scenarios: tuple[Scenario, ...]
    planned: Worth
    foreseen: dict[str, Worth]
    averaged: Worth
    held: Worth | None
    in_expectation: tuple[str, ...]

    @property
    def wait_and_see(self) -> Worth:
        """Return the mean over the scenarios, each known beforehand (WS)."""
        return mean((one.probability, self.foreseen[one.name]) for one in self.scenarios)

    @property
    def perfect_information(self) -> Interval:
        """Return what it is worth to know the scenario before deciding (EVPI)."""
        found = gain(self.wait_and_see, self.planned, self.sense)
        # a plan for all scenarios is one for each of them, unless a rule holds in the mean only
        return found if self.in_expectation else found.at_least(0.0)

    @property
    def stochastic_solution(self) -> Interval | None:
        """Return what it is worth to plan for all scenarios instead of the mean one (VSS).

        None when it is beyond measure: with the offers for the mean scenario there is no plan.
        """
        if self.held is None:
            return None
        # what was held is one of the ways to plan for all scenarios
        return gain(self.planned, self.held, self.sense).at_least(0.0)


def value_of_planning(
    region: Region,
    policy: Policy,
    limits: Limits,
    periods: Sequence[int],
    scenarios: str,
    *,
    listener: Listener = silent,
    told: Told = lambda step: None,
) -> Uncertainty:
    """Work out what planning for the scenarios of a set is worth.

    Args:
        region: the region.
        policy: the policy; only its first stage counts, as an expectation.
        limits: of each of the solves, of which there are three more than scenarios.
        periods: calendar years.
        scenarios: name of a set of at least two scenarios.
        listener: hears how each solve goes.
        told: hears what is solved next.

    Raises:
        InputError: the set has one scenario only, or what :func:`solve` finds wrong.
        Infeasible: there is no plan for all scenarios, for one of them, or for their mean.
        NoPlan: a limit came before a plan for the scenarios or their mean, or the user stopped.
    """
    futures = region.scenario_set(scenarios)
    if len(futures) < 2:
        raise InputError([_too_few(region, scenarios)])
    only_first = first_stage(policy)
    (stage,) = only_first.objective
    solves = _Solves(region, only_first, limits, tuple(periods), listener, told)
    planned = solves.plan("all scenarios together", scenarios)
    foreseen = {one.name: solves.worth(f"{one.title} alone", ONLY + one.name) for one in futures}
    averaged = solves.plan("the mean scenario", MEAN + scenarios)
    try:
        held = solves.worth("all scenarios, with offers for the mean one", scenarios, averaged)
    except Infeasible:
        held = None
    return Uncertainty(
        goal=stage.goal,
        sense=stage.sense,
        unit=unit_of(stage),
        terms=tuple(stage.terms),
        periods=solves.periods,
        scenario_set=scenarios,
        scenarios=futures,
        planned=Worth.of(planned),
        foreseen=foreseen,
        averaged=Worth.of(averaged),
        held=held,
        in_expectation=_in_expectation(policy),
    )


@dataclass(frozen=True)
class _Solves:
    """What all solves have in common; see :func:`value_of_planning`."""

    region: Region
    policy: Policy
    limits: Limits
    periods: tuple[int, ...]
    listener: Listener
    told: Told

    def plan(self, words: str, scenarios: str, offers_from: Plan | None = None) -> Plan:
        """Return a plan; with exactly the offers of another one when that is given.

        Args:
            words: what it is a plan for, for who listens and in what is raised.
            scenarios: name of a set, or one of the words before a name in this module.
            offers_from: the plan whose offers are held.
        """
        self.told(words)
        try:
            made = solve(
                self.region,
                self.policy,
                self.limits,
                periods=self.periods,
                scenarios=scenarios,
                listener=self.listener,
                held_offers=None if offers_from is None else offers_of(offers_from),
            )
        except Infeasible as error:
            raise Infeasible(f"for {words}: {error}") from error
        except NoPlan as error:
            raise NoPlan(f"for {words}: {error}", interrupted=error.interrupted) from error
        if made.run.get("interrupted"):
            raise NoPlan("stopped before everything was solved", interrupted=True)
        return made

    def worth(self, words: str, scenarios: str, offers_from: Plan | None = None) -> Worth:
        """Return what a plan is worth, of which nothing is known when a limit comes first."""
        try:
            return Worth.of(self.plan(words, scenarios, offers_from))
        except NoPlan as error:
            if error.interrupted:
                raise
            return unknown(self.policy.objective[0].sense)


def first_stage(policy: Policy) -> Policy:
    """Return a policy with its first stage alone, as an expectation."""
    first = policy.objective[0]
    content = first.model_dump(exclude={"risk", "tail", "tolerance"}, exclude_none=True)
    return policy.model_copy(update={"objective": (type(first).model_validate(content),)})


def offers_of(plan: Plan) -> dict[int, set[tuple[str, str]]]:
    """Return the offers of a plan in each period."""
    found: dict[int, set[tuple[str, str]]] = {period: set() for period in plan.periods}
    for period, programme, site in rows(plan.offers, "period", "programme", "site"):
        found[period].add((programme, site))
    return found


def _in_expectation(policy: Policy) -> tuple[str, ...]:
    return tuple(
        rule.name for rule in policy.active_rules if getattr(rule, "holds", "") == "expectation"
    )


def _too_few(region: Region, scenarios: str) -> Problem:
    sets = [name for name in region.scenario_sets if len(region.scenario_set(name)) > 1]
    known = f"choose one of {', '.join(sets)}" if sets else "add scenarios.csv to the region"
    return Problem(f"the set {scenarios} has one scenario only", "--scenarios", advice=known)
