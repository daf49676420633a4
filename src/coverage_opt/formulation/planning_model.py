"""A case as a Pyomo model, with the names that rules and objective terms use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd
import pyomo.environ as pyo

from coverage_opt.formulation.case import Case, Pair, PeriodCase
from coverage_opt.formulation.moments import Moment
from coverage_opt.frames import mapping
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.demand import Demand
from coverage_opt.rules.partnership import Partnership


class MomentModel:
    """The flows of one period under one scenario, or under several that do not differ in it.

    Attributes:
        data: demand, openings and workplaces.
        period: calendar year.
        scenarios: those it stands for.
        probability: of them together.
        enrolled: (programme, site) -> learners a year who start there.
        size: (unit, site) -> learners, after retention.
        unplaced: group -> learners whom nobody places.
        taken: (catchment, programme) -> who takes it, as a list of ``switch`` variables.
        switch: (group, programme) -> learners who take it.
        served: who takes a single unit alone, as an expression.
        journeys: ((zone, site), learners) of everybody who travels.
        filled: occupation -> openings filled.
        worst_zone: the lowest coverage of a zone, where a goal weighs it.
        worst_institution: the lowest share of learners kept, where a goal weighs it.
        funding: institution -> EUR a year.
    """

    def __init__(self, period: PeriodModel, number: int) -> None:
        """Start empty; ``number`` is the place among the moments of the period."""
        self.of_period = period
        self.number = number
        self.data: Moment = period.case.moments[number]
        self.period = period.period
        self.scenarios = self.data.scenarios
        self.probability = self.data.probability
        self.enrolled: dict[Pair, Any] = {}
        self.size: dict[Pair, Any] = {}
        self.unplaced: dict[str, Any] = {}
        self.taken: dict[Pair, list[Any]] = defaultdict(list)
        self.switch: dict[Pair, Any] = {}
        self.served: Any = 0.0
        self.alone: dict[tuple[str, str, str], Any] = {}
        self.journeys: list[tuple[Pair, Any]] = []
        self.filled: dict[str, Any] = {}
        self.worst_zone: Any = None
        self.worst_institution: Any = None
        self.funding: dict[str, Any] = {}

    @property
    def key(self) -> tuple[int, str]:
        """Period and first scenario: how the model's indices begin."""
        return self.period, self.scenarios[0]

    @property
    def region(self) -> Region:
        """The region."""
        return self.of_period.region

    @cached_property
    def asking(self) -> dict[str, float]:
        """Group -> learners a year who ask."""
        return self._of_this(self.of_period.case.asking)

    @cached_property
    def arriving(self) -> dict[str, float]:
        """Group -> learners a year of those who can be placed."""
        return self._of_this(self.of_period.case.arriving)

    @cached_property
    def alone_arriving(self) -> dict[Pair, float]:
        """(catchment, unit) -> learners a year who can be served with that unit alone."""
        return self._of_this(self.of_period.case.alone_arriving)

    @property
    def workplaces(self) -> Mapping[Pair, float]:
        """(domain, pathway) -> learners at once whom companies take."""
        return self.data.workplaces

    @property
    def learner_of(self) -> Mapping[str, str]:
        """Group -> young or adult."""
        return self.of_period.case.groups.learner_of

    @cached_property
    def asked(self) -> dict[str, float]:
        """Choice -> learners a year who ask for it."""
        return self._of_this(self.of_period.case.asked)

    @cached_property
    def living(self) -> dict[Pair, float]:
        """(occupation, area) -> young learners a year who live in the area."""
        return self.of_period.case.areas.living(self.number)

    @property
    def everybody(self) -> float:
        """Learners a year who ask for a programme or orientation."""
        return float(self.of_period.case.everybody[self.number])

    @property
    def youth(self) -> float:
        """Young learners a year."""
        return float(self.of_period.case.youth[self.number])

    @property
    def single_units(self) -> float:
        """Learners a year who ask for a single unit."""
        return float(self.of_period.case.single_units[self.number])

    def _of_this(self, values: Mapping[Any, Any]) -> dict[Any, float]:
        return {key: float(amounts[self.number]) for key, amounts in values.items()}


class PeriodModel:
    """What is decided for one period before the scenario is known.

    Attributes:
        case: index sets and data.
        period: calendar year.
        moments: the period under each scenario.
        offer: (programme, site) -> whether it is offered.
        run: (unit, site) -> whether the unit is taught there.
        groups: (unit, site) -> parallel groups; only where a rule or goal needs them.
        opened: (programme, site) -> whether it opens in this period.
        closed: (programme, site) -> whether it closes in this period.
        reach: (occupation, area) -> whether it can be learned within reach; only where needed.
        open_site: site -> whether it offers or teaches anything; only where needed.
        cost: institution -> EUR a year; only where needed.
    """

    def __init__(self, plan: PlanningModel, case: PeriodCase) -> None:
        """Start empty."""
        self.plan = plan
        self.case = case
        self.period = case.period
        self.offer: dict[Pair, Any] = {}
        self.run: dict[Pair, Any] = {}
        self.groups: dict[Pair, Any] = {}
        self.opened: dict[Pair, Any] = {}
        self.closed: dict[Pair, Any] = {}
        self.reach: dict[Pair, Any] = {}
        self.open_site: dict[str, Any] = {}
        self.cost: dict[str, Any] = {}
        self.moments = tuple(MomentModel(self, number) for number in range(len(case.moments)))

    @property
    def region(self) -> Region:
        """The region."""
        return self.plan.region

    @property
    def units(self) -> pd.DataFrame:
        """Units under the policy: unit, kind, hours, delivery, domain."""
        return self.plan.units

    @property
    def offers_in_reach(self) -> Mapping[str, tuple[Pair, ...]]:
        """Zone -> offers within its young learners' travel limit."""
        return self.case.areas.offers_of

    @cached_property
    def users(self) -> dict[Pair, list[Pair]]:
        """(unit, site) -> the offers that have the unit taught there; nearby units apart."""
        users: dict[Pair, list[Pair]] = defaultdict(list)
        for programme, site in self.case.offers:
            for unit in self.plan.units_of[programme]:
                if self.plan.delivery[unit] == "with_programme":
                    users[unit, site].append((programme, site))
                elif self.plan.delivery[unit] == "online":
                    users[unit, ONLINE].append((programme, site))
        return users

    @cached_property
    def partners(self) -> dict[Pair, list[str]]:
        """(unit, site) -> partners' sites where learners of that site may take the unit."""
        partners: dict[Pair, list[str]] = defaultdict(list)
        for (unit, site), senders in self.case.received.items():
            for sender in senders:
                if (unit, sender) in self.users:
                    partners[unit, sender].append(site)
        return partners

    def auxiliary(self, *key: str) -> Any:
        """Return a variable from 0 to 1 of the rule in hand; the same one for the same key."""
        return self.plan.pyomo.auxiliary[(self.period, self.plan.rule_in_hand, *key)]


class PlanningModel:
    """The model while it is being built, and afterwards.

    The decision variables are components of :attr:`pyomo`; the indices of each begin with the
    period t, or with the period and the first scenario w of a moment:

    * ``offer[t, p, s]`` in {0, 1}: programme p is offered at site s;
    * ``run[t, u, s]`` in {0, 1}: unit u is taught at s. Where one offer alone can use a unit that
      is taught with it, ``run`` *is* ``offer`` and has no variable;
    * ``groups[t, u, s]`` integer: parallel groups of u at s, where a rule or goal needs them;
    * ``opened``, ``closed[t, p, s]`` in [0, 1]: against the period before;
    * ``reach[t, o, z]`` in [0, 1]: occupation o can be learned within reach of area z;
    * ``open_site[t, s]`` in {0, 1}: where a rule or goal needs it;
    * ``enrolled[t, w, p, s]`` >= 0: learners a year who start p at s;
    * ``switch[t, w, g, p]`` >= 0: learners of group g who end up in p;
    * ``place[t, w, k, p, s]`` >= 0: learners of catchment k in p at s. Where k reaches p at one
      site only, it *is* the sum of ``switch`` and has no variable;
    * ``attend[t, w, k, u, s]`` >= 0: learners of catchment k in nearby unit u at s;
    * ``certificate[t, w, k, u, s]`` >= 0: learners of catchment k who take unit u alone at s;
    * ``sent[t, w, u, s, s2]`` >= 0: learners of s who take u at a partner's site s2;
    * ``filled[t, w, o]`` >= 0: openings of o filled by graduates a year.

    Attributes:
        case: index sets and data.
        policy: whose rules become rows and whose stages say which variables are needed.
        region: the region of the case.
        units: units under the policy: unit, kind, hours, delivery, domain.
        periods: in order.
        goals: one expression for each stage that the model was built for.
        place: index of ``place`` -> the variables that add up to it.
        rule_in_hand: name of the rule whose rows are being made.
        everybody_placed: whether all learners of the case must have a place.
        demands: (rule, label of its row) -> what the row demands.
        contradictions: demands that no decision can meet.
    """

    def __init__(self, case: Case, policy: Policy, stages: Sequence[Stage]) -> None:
        """Start an empty model."""
        self.case = case
        self.policy = policy
        self.stages = tuple(stages)
        self.region: Region = case.region
        self.units: pd.DataFrame = case.teaching.units
        self.pyomo: Any = pyo.ConcreteModel(name=f"{case.region.name} {policy.name}")
        self.periods = tuple(PeriodModel(self, period) for period in case.periods)
        self.goals: tuple[Any, ...] = ()
        self.place: dict[tuple[Any, ...], list[Any]] = {}
        self.rule_in_hand = ""
        self.everybody_placed = False
        self.demands: dict[tuple[str, str], Demand] = {}
        self.contradictions: list[Demand] = []

    @property
    def moments(self) -> tuple[MomentModel, ...]:
        """The moments of all periods."""
        return tuple(moment for period in self.periods for moment in period.moments)

    def demand_of(self, row: Any) -> Demand | None:
        """Return what a Pyomo row demands; None for a row of no rule, or one that only defines."""
        demand = self.demands.get((row.parent_component().local_name, row.index()))
        return None if demand is None or demand.rule.defines(demand.key) else demand

    @cached_property
    def terms_in_use(self) -> frozenset[str]:
        """Every term that a stage weighs."""
        return frozenset(term for stage in self.stages for term in stage.terms)

    @cached_property
    def needs_money(self) -> bool:
        """Whether a rule or goal speaks of money."""
        of_goals = bool({"cost", "balance"} & self.terms_in_use)
        return of_goals or any(rule.needs_money for rule in self.policy.active_rules)

    @cached_property
    def needs_groups(self) -> bool:
        """Whether a rule or goal speaks of parallel groups."""
        return self.needs_money or any(rule.needs_groups for rule in self.policy.active_rules)

    @cached_property
    def needs_changes(self) -> bool:
        """Whether a rule or goal speaks of what opens and closes."""
        of_goals = "changes" in self.terms_in_use or self.needs_money
        return of_goals or any(rule.needs_changes for rule in self.policy.active_rules)

    @cached_property
    def needs_open_site(self) -> bool:
        """Whether a rule or goal speaks of sites that are open."""
        of_goals = "open_sites" in self.terms_in_use or self.needs_money
        return of_goals or any(rule.needs_open_site for rule in self.policy.active_rules)

    @cached_property
    def needs_reach(self) -> bool:
        """Whether a rule or goal speaks of what is within reach."""
        of_goals = bool({"coverage", "worst_zone"} & self.terms_in_use)
        return of_goals or any(rule.needs_reach for rule in self.policy.active_rules)

    @cached_property
    def retention(self) -> dict[Pair, float]:
        """(programme, unit) -> share of the intake still there, 0-1."""
        return mapping(self.case.teaching.curriculum, ["programme", "unit"], "retention")

    @cached_property
    def units_of(self) -> dict[str, list[str]]:
        """Programme -> its units."""
        units: dict[str, list[str]] = defaultdict(list)
        for programme, unit in self.retention:
            units[programme].append(unit)
        return units

    @cached_property
    def delivery(self) -> dict[str, str]:
        """Unit -> with_programme, nearby or online."""
        return mapping(self.units, "unit", "delivery")

    @cached_property
    def hours(self) -> dict[str, float]:
        """Unit -> contact hours a group a year."""
        return mapping(self.units, "unit", "hours")

    @cached_property
    def shared_with_partners(self) -> frozenset[str]:
        """Units that may be taken at a partner's site."""
        rule = self.policy.rule(Partnership)
        if rule is None:
            return frozenset()
        units = self.units[self.units["delivery"] == "with_programme"]
        return frozenset(units.loc[units["kind"].isin(rule.kinds), "unit"])

    @cached_property
    def shortage_weights(self) -> dict[str, float]:
        """Occupation -> shortage weight, for occupations that have one."""
        occupations = self.region.occupations
        return mapping(occupations[occupations["weight"] > 0], "occupation", "weight")
