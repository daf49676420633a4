"""A case as a Pyomo model, with the names that rules and objective terms use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd
import pyomo.environ as pyo

from coverage_opt.formulation.case import Case, Pair
from coverage_opt.frames import mapping
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import ONLINE, Region


class PlanningModel:
    """The model while it is being built, and afterwards.

    The decision variables are components of :attr:`pyomo`:

    * ``offer[p, s]`` in {0, 1}: programme p is offered at site s;
    * ``run[u, s]`` in {0, 1}: unit u is taught at s. Where one offer alone can use a unit that is
      taught with it, ``run`` *is* ``offer`` and has no variable;
    * ``enrolled[p, s]`` >= 0: learners a year who start p at s;
    * ``switch[g, p]`` >= 0: learners of group g (of zones and choices alike) who end up in p;
    * ``place[k, p, s]`` >= 0: learners of catchment k in p at s;
    * ``attend[k, u, s]`` >= 0: learners of catchment k in nearby unit u at s;
    * ``reach[o, z]`` in [0, 1]: occupation o can be learned within reach of area z;
    * ``filled[o]`` >= 0: openings of o filled by graduates a year;
    * ``open_site[s]`` in {0, 1}: only where a rule or term needs it.

    Attributes:
        case: index sets and data.
        policy: whose rules become rows and whose stages say which variables are needed.
        region: the region of the case.
        units: units under the policy: unit, kind, hours, delivery.
        run: (unit, site) -> variable that says whether the unit is taught there.
        size: (unit, site) -> learners, after retention.
        unplaced: group -> learners whom nobody places.
        taken: (catchment, programme) -> who takes it, as a list of ``switch`` variables.
    """

    def __init__(self, case: Case, policy: Policy) -> None:
        """Start an empty model."""
        self.case = case
        self.policy = policy
        self.region: Region = case.region
        self.units: pd.DataFrame = case.teaching.units
        self.pyomo: Any = pyo.ConcreteModel(name=f"{case.region.name} {policy.name}")
        self.run: dict[Pair, Any] = {}
        self.size: dict[Pair, Any] = {}
        self.unplaced: dict[str, Any] = {}
        self.taken: dict[Pair, list[Any]] = defaultdict(list)

    @property
    def offer(self) -> Mapping[Pair, Any]:
        """(programme, site) -> whether it is offered."""
        offer: Mapping[Pair, Any] = self.pyomo.offer
        return offer

    @property
    def enrolled(self) -> Mapping[Pair, Any]:
        """(programme, site) -> learners a year who start there."""
        enrolled: Mapping[Pair, Any] = self.pyomo.enrolled
        return enrolled

    @property
    def reach(self) -> Mapping[Pair, Any]:
        """(occupation, area) -> whether it can be learned within reach."""
        reach: Mapping[Pair, Any] = self.pyomo.reach
        return reach

    @property
    def living(self) -> Mapping[Pair, float]:
        """(occupation, area) -> learners a year who live in the area."""
        return self.case.areas.learners

    @property
    def open_site(self) -> Mapping[str, Any]:
        """Site -> whether it is open."""
        open_site: Mapping[str, Any] = self.pyomo.open_site
        return open_site

    @cached_property
    def terms_in_use(self) -> frozenset[str]:
        """Every term that a stage of the policy weighs."""
        return frozenset(term for stage in self.policy.objective for term in stage.terms)

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
    def users(self) -> dict[Pair, list[Pair]]:
        """(unit, site) -> the offers that have the unit taught there; nearby units apart."""
        users: dict[Pair, list[Pair]] = defaultdict(list)
        for programme, site in self.case.offers:
            for unit in self.units_of[programme]:
                if self.delivery[unit] == "with_programme":
                    users[unit, site].append((programme, site))
                elif self.delivery[unit] == "online":
                    users[unit, ONLINE].append((programme, site))
        return users

    @cached_property
    def shortage_weights(self) -> dict[str, float]:
        """Occupation -> shortage weight, for occupations that have one."""
        occupations = self.region.occupations
        return mapping(occupations[occupations["weight"] > 0], "occupation", "weight")

    @property
    def everybody(self) -> float:
        """Learners a year in the whole region."""
        return sum(self.case.groups.learners.values())
