"""What every policy rule is: parameters, a formula, a sentence and a check.

A rule is a room of its own. Its file holds everything there is to know about it:

* **parameters** - the pydantic fields, typed, bounded and documented with their unit;
* **formula** - the class docstring, in LaTeX, above the code that builds it;
* ``constraints`` - yields ``(key, (lower, body, upper))`` rows over the model's variables;
* ``sentence`` - says one constraint in a board member's words;
* ``check`` - recomputes the rule from plain tables, for the verifier. It shares nothing with
  ``constraints`` but the parameters.

Rules see the model through :class:`ModelView` only, so none of them imports a modelling layer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import pandas as pd
from pydantic import BaseModel, ConfigDict

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region

Key = tuple[str, ...]

Row = tuple[float | None, Any, float | None]
"""``(lower, body, upper)``: the body, an expression over the model's variables, lies between."""

TOLERANCE = 1e-6
"""Largest amount, relative to the number at stake (at least 1), that counts as rounding."""


class ModelView(Protocol):
    """What a rule may see of the model that is being built.

    Mappings from index tuples to Pyomo expressions; ``Any`` because rules do not import Pyomo.
    """

    @property
    def region(self) -> Region:
        """The region."""

    @property
    def units(self) -> pd.DataFrame:
        """Units under the policy: unit, kind, hours, delivery."""

    @property
    def offer(self) -> Mapping[tuple[str, str], Any]:
        """(programme, site) -> whether it is offered."""

    @property
    def enrolled(self) -> Mapping[tuple[str, str], Any]:
        """(programme, site) -> learners a year who start there."""

    @property
    def run(self) -> Mapping[tuple[str, str], Any]:
        """(unit, site) -> whether the unit is taught there."""

    @property
    def size(self) -> Mapping[tuple[str, str], Any]:
        """(unit, site) -> learners, after retention."""

    @property
    def reach(self) -> Mapping[tuple[str, str], Any]:
        """(occupation, area) -> whether it can be learned within reach."""

    @property
    def unplaced(self) -> Mapping[str, Any]:
        """Group -> learners a year whom nobody places."""

    @property
    def living(self) -> Mapping[tuple[str, str], float]:
        """(occupation, area) -> learners a year who live in the area."""

    @property
    def everybody(self) -> float:
        """Learners a year in the whole region."""

    @property
    def open_site(self) -> Mapping[str, Any]:
        """Site -> whether it is open."""


@dataclass(frozen=True)
class Facts:
    """A plan as the verifier recomputed it, for the rules' checks.

    Attributes:
        region: the region the plan is for.
        demand: zone, choice, learners (a year, in the plan's period).
        offers: programme, site, learners.
        units: unit, kind, site, learners, groups; sizes recomputed from the placements.
        placements: zone, programme, site, learners; real zones.
        attendance: zone, unit, site, learners; units taught nearby.
        reach: occupation, zone, reach (0 or 1), for occupations with a shortage weight.
        unplaced: zone, choice, learners.
    """

    region: Region
    demand: pd.DataFrame
    offers: pd.DataFrame
    units: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame
    reach: pd.DataFrame
    unplaced: pd.DataFrame


@dataclass(frozen=True)
class Violation:
    """One thing in which a plan breaks a rule or misreports itself.

    Attributes:
        rule: name of the rule, or of the table that does not add up.
        place: where, e.g. ``25180-BOL at scalda-goes``.
        amount: by how much, in the rule's own unit.
        sentence: the same, for people.
    """

    rule: str
    place: str
    amount: float
    sentence: str

    def __str__(self) -> str:
        return f"{self.rule}, {self.place}: {self.sentence} (by {self.amount:,.6g})"


class Rule(BaseModel, ABC):
    """A policy rule: see the module's docstring for what each part is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    needs_reach: ClassVar[bool] = False
    needs_open_site: ClassVar[bool] = False

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield what in the parameters cannot be right for this region (unknown names, ...)."""
        yield from ()

    @abstractmethod
    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield the rule's constraints, each with the key that :meth:`sentence` understands."""

    @abstractmethod
    def sentence(self, key: Key, region: Region) -> str:
        """Say the constraint at ``key`` in a board member's words."""

    @abstractmethod
    def check(self, facts: Facts) -> Iterator[Violation]:
        """Yield every way in which the plan breaks this rule."""

    def violation(self, key: Key, amount: float, facts: Facts) -> Violation:
        """Return the violation of the constraint at ``key`` by ``amount``."""
        place = " at ".join(key) or facts.region.name
        return Violation(self.name, place, amount, self.sentence(key, facts.region))


def exceeds(value: float, limit: float) -> bool:
    """Tell whether ``value`` is above ``limit`` by more than rounding."""
    return value - limit > TOLERANCE * max(1.0, abs(limit))
