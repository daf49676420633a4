"""A plan: what is offered where and when, who learns what, and how well that serves the region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from coverage_opt.policy.policy import Policy
from coverage_opt.region.scenarios import Scenario

TABLES: dict[str, tuple[str, ...]] = {
    "offers": ("period", "programme", "site", "learners"),
    "units": ("period", "unit", "kind", "site", "learners", "groups", "group_size"),
    "timeline": ("period", "event", "programme", "site", "detail"),
    "switches": ("period", "scenario", "learner", "zone", "choice", "programme", "learners"),
    "placements": ("period", "scenario", "learner", "zone", "programme", "site", "learners"),
    "attendance": ("period", "scenario", "learner", "zone", "unit", "site", "learners"),
    "certificates": ("period", "scenario", "learner", "zone", "unit", "site", "learners"),
    "sent": ("period", "scenario", "unit", "site", "partner_site", "learners"),
    "unplaced": ("period", "scenario", "learner", "zone", "choice", "learners"),
    "reach": ("period", "occupation", "zone", "reach"),
    "filled": ("period", "scenario", "occupation", "openings", "graduates", "filled"),
    "money": ("period", "scenario", "institution", "funding", "cost", "balance"),
    "teachers": ("period", "institution", "domain", "hours"),
    "outlook": ("period", "scenario", "name", "value"),
    "indicators": ("name", "unit", "value"),
    "stages": ("stage", "goal", "sense", "value", "bound", "gap", "seconds", "status"),
}
"""Every table of a plan and its columns.

* ``offers``: a programme at a site in a period, and the learners a year who start it there,
  expected over the scenarios.
* ``units``: a teaching unit at a site (``online`` for online units), the learners in it after
  drop-out, expected over the scenarios, the parallel groups that are planned, and learners per
  group.
* ``timeline``: what changes: an offer ``opens``, ``closes``, or ``merges``: it stays, and now
  shares an orientation unit (``detail``) with other programmes.
* ``switches``: learners a year of a zone who asked for a choice and take a programme.
* ``placements``: learners a year of a zone in a programme at a site.
* ``attendance``: learners of a zone in a unit taught nearby, at a site.
* ``certificates``: learners a year of a zone who take a unit alone, at a site.
* ``sent``: learners of a unit who are taught at a partner's site instead of their own.
* ``unplaced``: learners a year of a zone whose choice nobody could meet, in any way.
* ``reach``: 1 where a zone's young learners can learn a shortage occupation within reach, else 0.
* ``filled``: openings a year of a shortage occupation, graduates who enter it, openings filled.
* ``money``: EUR a year of an institution, and of what is taught ``online``; empty for a region
  without money.
* ``teachers``: hours a year that groups and teaching out ask of an institution's teachers.
* ``outlook``: every indicator in every period under every scenario.
* ``indicators``: what the plan is worth; see :mod:`coverage_opt.plan.indicators`.
* ``stages``: what each objective stage reached, with its bound, relative gap and seconds.
"""

TEXT_COLUMNS = frozenset(
    {
        "programme", "site", "unit", "kind", "zone", "choice", "occupation", "name", "goal",
        "sense", "status", "scenario", "learner", "event", "detail", "partner_site",
        "institution", "domain",
    }
)  # fmt: skip
"""Columns that hold names; all others hold numbers."""

COUNT_COLUMNS = frozenset({"groups", "stage", "period"})
"""Columns that hold whole numbers."""

EVENTS = ("opens", "closes", "merges")
"""What ``timeline`` can say of an offer."""


def kind_of(column: str) -> Literal["str", "int64", "float64"]:
    """Return the type that a column has in every table."""
    if column in TEXT_COLUMNS:
        return "str"
    return "int64" if column in COUNT_COLUMNS else "float64"


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the types of its columns, which one without rows may not have."""
    return table.astype({column: kind_of(str(column)) for column in table.columns})


@dataclass(frozen=True)
class Plan:
    """An immutable, verified plan for one or more periods, under one or more scenarios.

    Attributes:
        status: ``optimal`` (within the asked gap) or ``feasible`` (a limit came first).
        region: name of the region.
        region_hash: content hash of the region it was made for.
        policy: the policy it follows, overrides included.
        periods: calendar years, increasing.
        scenario_set: name of the set of scenarios.
        scenarios: the scenarios of the set; their probabilities sum to 1.
        run: how it was made: gap asked, seed, versions, seconds per phase, reductions, ...
    """

    status: str
    region: str
    region_hash: str
    policy: Policy
    periods: tuple[int, ...]
    scenario_set: str
    scenarios: tuple[Scenario, ...]
    run: Mapping[str, Any]
    _tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name; a shallow copy, so that the plan stays as it is."""
        return self._tables[name].copy(deep=False)

    @property
    def offers(self) -> pd.DataFrame:
        """Period, programme, site, learners a year."""
        return self.table("offers")

    @property
    def units(self) -> pd.DataFrame:
        """Period, unit, kind, site, learners, groups, group_size."""
        return self.table("units")

    @property
    def timeline(self) -> pd.DataFrame:
        """Period, event, programme, site, detail."""
        return self.table("timeline")

    @property
    def placements(self) -> pd.DataFrame:
        """Period, scenario, learner, zone, programme, site, learners a year."""
        return self.table("placements")

    @property
    def stages(self) -> pd.DataFrame:
        """Stage, goal, sense, value, bound, gap (relative), seconds, status."""
        return self.table("stages")

    @property
    def indicators(self) -> dict[str, float]:
        """Value of every indicator by name; units are in the table of the same name.

        Means over the periods of what is expected over the scenarios; ``changes`` is a sum.
        """
        table = self._tables["indicators"]
        return dict(zip(table["name"], map(float, table["value"]), strict=True))
