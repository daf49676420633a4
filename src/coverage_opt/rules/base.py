"""What every policy rule is: parameters, a formula, a sentence and a check.

A rule is a room of its own. Its file holds everything there is to know about it:

* **parameters** - the pydantic fields, typed, bounded and documented with their unit;
* **formula** - the class docstring, in LaTeX, above the code that builds it;
* **rows** - ``plan_rows``, ``period_rows`` and ``moment_rows`` yield ``(key, row)`` over the
  model's variables: for the plan as a whole, for each period, and for each *moment*, a period
  under one scenario, in which learners go where they go;
* **sentence** - says one row in a board member's words;
* **checks** - ``plan_checks``, ``period_checks`` and ``moment_checks`` recompute the rule from
  plain tables, for the verifier, and yield ``(key, amount)`` wherever it is broken. They share
  nothing with the rows but the parameters.

Rules see the model through views only, so none of them imports a modelling layer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules.easing import Knob

Pair = tuple[str, str]

Key = tuple[str, ...]
"""What tells the rows of a rule apart within a period or moment; ``sentence`` understands it."""

Row = tuple[float | None, Any, float | None]
"""``(lower, body, upper)``: the body, an expression over the model's variables, lies between."""

TOLERANCE = 1e-6
"""Largest amount, relative to the number at stake (at least 1), that counts as rounding."""


class MomentView(Protocol):
    """What a rule may see of one moment: learners in a period under a scenario.

    Scenarios whose data do not differ in a period share one moment. Values that are ``Any`` are
    expressions over the model's variables, because rules do not import the modelling layer.
    """

    @property
    def period(self) -> int:
        """Calendar year."""

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios it stands for."""

    @property
    def probability(self) -> float:
        """Of these scenarios together, 0-1."""

    @property
    def enrolled(self) -> Mapping[Pair, Any]:
        """(programme, site) -> learners a year who start there, young and adult."""

    @property
    def size(self) -> Mapping[Pair, Any]:
        """(unit, site) -> learners, after drop-out; those who take the unit alone included."""

    @property
    def unplaced(self) -> Mapping[str, Any]:
        """Group of learners who ask for a programme -> learners a year whom nobody places."""

    @property
    def asking(self) -> Mapping[str, float]:
        """Group of learners who ask for a programme -> learners a year."""

    @property
    def workplaces(self) -> Mapping[Pair, float]:
        """(domain, pathway) -> learners at once whom companies take; empty where not listed."""

    @property
    def learner_of(self) -> Mapping[str, str]:
        """Group -> young or adult."""

    @property
    def living(self) -> Mapping[Pair, float]:
        """(occupation, area) -> young learners a year who live in the area."""

    @property
    def funding(self) -> Mapping[str, Any]:
        """Institution -> EUR a year, fees for single units included; empty without money."""

    @property
    def region(self) -> Region:
        """The region."""

    @property
    def asked(self) -> Mapping[str, float]:
        """Choice -> learners a year who ask for it, young and adult."""

    @property
    def everybody(self) -> float:
        """Learners a year, young and adult, who ask for a programme (or orientation)."""

    @property
    def youth(self) -> float:
        """Young learners a year."""


class PeriodView(Protocol):
    """What a rule may see of one period: what is decided before the scenario is known."""

    @property
    def period(self) -> int:
        """Calendar year."""

    @property
    def offer(self) -> Mapping[Pair, Any]:
        """(programme, site) -> whether it is offered."""

    @property
    def run(self) -> Mapping[Pair, Any]:
        """(unit, site) -> whether the unit is taught there."""

    @property
    def groups(self) -> Mapping[Pair, Any]:
        """(unit, site) -> parallel groups; empty unless a rule or goal needs groups."""

    @property
    def opened(self) -> Mapping[Pair, Any]:
        """(programme, site) -> whether it opens in this period; empty where nothing came before."""

    @property
    def closed(self) -> Mapping[Pair, Any]:
        """(programme, site) -> whether it closes in this period; else as ``opened``."""

    @property
    def reach(self) -> Mapping[Pair, Any]:
        """(occupation, area) -> whether it can be learned within reach; empty unless needed."""

    @property
    def open_site(self) -> Mapping[str, Any]:
        """Site -> whether it offers or teaches anything; empty unless needed."""

    @property
    def cost(self) -> Mapping[str, Any]:
        """Institution -> EUR a year; ``online`` -> what is taught online. Empty unless needed."""

    @property
    def region(self) -> Region:
        """The region."""

    @property
    def units(self) -> pd.DataFrame:
        """Units under the policy: unit, kind, hours, delivery, domain."""

    @property
    def moments(self) -> Sequence[MomentView]:
        """The moments of this period; their probabilities sum to 1."""

    @property
    def offers_in_reach(self) -> Mapping[str, tuple[Pair, ...]]:
        """Zone -> offers within its young learners' travel limit; zones alike stand as one."""

    def auxiliary(self, *key: str) -> Any:
        """Return a variable from 0 to 1 of the rule's own; the same one for the same key."""


class PlanView(Protocol):
    """What a rule may see of the whole model."""

    @property
    def region(self) -> Region:
        """The region."""

    @property
    def periods(self) -> Sequence[PeriodView]:
        """The periods planned for, in order."""


@dataclass(frozen=True)
class MomentFacts:
    """One period under one scenario, as the verifier recomputed it.

    Attributes:
        region: the region.
        period: calendar year.
        scenario: its name.
        probability: of the scenario, 0-1.
        demand: learner, zone, choice, learners (a year); all who ask, single units included.
        offers: programme, site, learners (a year who start there).
        units: unit, kind, site, learners (after drop-out), for every unit that runs.
        placements: learner, zone, programme, site, learners; real zones.
        attendance: learner, zone, unit, site, learners; units taught nearby.
        certificates: learner, zone, unit, site, learners; who takes a unit alone.
        sent: unit, site, partner_site, learners; who takes a unit at a partner's site.
        unplaced: learner, zone, choice, learners.
        funding: institution -> EUR a year; empty when the region has no money.
    """

    region: Region
    period: int
    scenario: str
    probability: float
    demand: pd.DataFrame
    offers: pd.DataFrame
    units: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame
    certificates: pd.DataFrame
    sent: pd.DataFrame
    unplaced: pd.DataFrame
    funding: Mapping[str, float]


@dataclass(frozen=True)
class PeriodFacts:
    """One period, as the verifier recomputed it.

    Attributes:
        region: the region.
        period: calendar year.
        offers: programme, site.
        units: unit, kind, site, groups, hours (contact hours a group a year), domain.
        reach: occupation, zone, reach (0 or 1), for occupations with a shortage weight.
        opened: (programme, site) that were not offered before; empty where nothing came before.
        closed: (programme, site) that are offered no more; empty where nothing came before.
        cost: institution -> EUR a year, and ``online``; empty when the region has no money.
        limits: programme -> minutes one way that young learners may travel to it; inf: no limit.
        moments: one for each scenario.
    """

    region: Region
    period: int
    offers: pd.DataFrame
    units: pd.DataFrame
    reach: pd.DataFrame
    opened: frozenset[Pair]
    closed: frozenset[Pair]
    cost: Mapping[str, float]
    limits: Mapping[str, float]
    moments: tuple[MomentFacts, ...]


@dataclass(frozen=True)
class Facts:
    """A plan as the verifier recomputed it, for the rules' checks.

    Attributes:
        region: the region the plan is for.
        periods: in order.
    """

    region: Region
    periods: tuple[PeriodFacts, ...]


@dataclass(frozen=True)
class Violation:
    """One thing in which a plan breaks a rule or misreports itself.

    Attributes:
        rule: name of the rule, or of the table that does not add up.
        place: where, e.g. ``25180-BOL at scalda-goes``; with the year and the scenario.
        amount: by how much, in the rule's own unit.
        sentence: the same, for people.
    """

    rule: str
    place: str
    amount: float
    sentence: str

    def __str__(self) -> str:
        return f"{self.rule}, {self.place}: {self.sentence} (by {self.amount:,.6g})"


class When(NamedTuple):
    """The period and the scenarios a row holds for; None and none for the plan as a whole."""

    period: int | None = None
    scenarios: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.period is None:
            return ""
        return " ".join([str(self.period), *self.scenarios])


Broken = tuple[Key, float]
"""The key of a row that a plan breaks, and by how much, in the rule's own unit."""


class Rule(BaseModel, ABC):
    """A policy rule: see the module's docstring for what each part is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    needs_reach: ClassVar[bool] = False
    """Whether the rows use ``reach``."""
    needs_open_site: ClassVar[bool] = False
    """Whether the rows use ``open_site``."""
    needs_groups: ClassVar[bool] = False
    """Whether the rows use ``groups``."""
    needs_changes: ClassVar[bool] = False
    """Whether the rows use ``opened`` or ``closed``."""
    needs_money: ClassVar[bool] = False
    """Whether the rows use ``cost`` or ``funding``; these need groups, and a region with money."""
    of_flows: ClassVar[bool] = False
    """Whether ``moment_rows`` depend on the site that learners go to, once it is settled what is
    offered and taught where and who takes what."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield what in the parameters cannot be right for this region (unknown names, ...)."""
        yield from ()

    def plan_rows(self, plan: PlanView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows that span periods."""
        yield from ()

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows of one period."""
        yield from ()

    def moment_rows(self, period: PeriodView, moment: MomentView) -> Iterator[tuple[Key, Row]]:
        """Yield the rows of one period under one scenario."""
        yield from ()

    @abstractmethod
    def sentence(self, key: Key, region: Region) -> str:
        """Say the row at ``key`` in a board member's words."""

    def defines(self, key: Key) -> bool:
        """Tell whether the row at ``key`` demands nothing: it says what a variable stands for."""
        return False

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the number with which less is asked in the row at ``key``; None: there is none."""
        return None

    def without(self, key: Key) -> Self | None:
        """Return the rule without the demand at ``key``; None when nothing would be left of it."""
        return None

    def plan_checks(self, facts: Facts) -> Iterator[Broken]:
        """Yield every way in which the plan as a whole breaks this rule."""
        yield from ()

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Yield every way in which one period breaks this rule."""
        yield from ()

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Yield every way in which one period under one scenario breaks this rule."""
        yield from ()

    def rows(self, plan: PlanView) -> Iterator[tuple[When, Key, Row]]:
        """Yield all rows, each with the period and scenarios it holds for."""
        for key, row in self.plan_rows(plan):
            yield When(), key, row
        for period in plan.periods:
            for key, row in self.period_rows(period):
                yield When(period.period), key, row
            for moment in period.moments:
                for key, row in self.moment_rows(period, moment):
                    yield When(period.period, moment.scenarios), key, row

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Yield every way in which a plan breaks this rule."""
        for key, amount in self.plan_checks(facts):
            yield self.violation(When(), key, amount, facts.region)
        for period in facts.periods:
            for key, amount in self.period_checks(period):
                yield self.violation(When(period.period), key, amount, facts.region)
            for moment in period.moments:
                when = When(period.period, (moment.scenario,))
                for key, amount in self.moment_checks(period, moment):
                    yield self.violation(when, key, amount, facts.region)

    def violation(self, when: When, key: Key, amount: float, region: Region) -> Violation:
        """Return the violation of the row at ``key`` by ``amount``."""
        where = " at ".join(key) or region.name
        place = f"{where} in {when}" if str(when) else where
        return Violation(self.name, place, amount, self.sentence(key, region))


def exceeds(value: float, limit: float) -> bool:
    """Tell whether ``value`` is above ``limit`` by more than rounding."""
    return value - limit > TOLERANCE * max(1.0, abs(limit))
