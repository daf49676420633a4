"""A plan: what is offered where, who learns what, and how well that serves the region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coverage_opt.policy.policy import Policy

TABLES: dict[str, tuple[str, ...]] = {
    "offers": ("programme", "site", "learners"),
    "units": ("unit", "kind", "site", "learners", "groups", "group_size"),
    "switches": ("zone", "choice", "programme", "learners"),
    "placements": ("zone", "programme", "site", "learners"),
    "attendance": ("zone", "unit", "site", "learners"),
    "unplaced": ("zone", "choice", "learners"),
    "reach": ("occupation", "zone", "reach"),
    "filled": ("occupation", "openings", "graduates", "filled"),
    "indicators": ("name", "unit", "value"),
    "stages": ("stage", "goal", "sense", "value", "bound", "gap", "seconds", "status"),
}
"""Every table of a plan and its columns.

* ``offers``: a programme at a site, and the learners a year who start it there.
* ``units``: a teaching unit at a site (``online`` for online units), the learners in it after
  drop-out, the parallel groups they make, and learners per group.
* ``switches``: learners a year of a zone who asked for a choice and take a programme.
* ``placements``: learners a year of a zone in a programme at a site.
* ``attendance``: learners of a zone in a unit taught nearby, at a site.
* ``unplaced``: learners a year of a zone whose choice nobody could meet, in any way.
* ``reach``: 1 where a zone's learners can learn a shortage occupation within reach, else 0.
* ``filled``: openings a year of a shortage occupation, graduates who enter it, openings filled.
* ``indicators``: what the plan is worth; see :mod:`coverage_opt.plan.indicators`.
* ``stages``: what each objective stage reached, with its bound, relative gap and seconds.
"""

TEXT_COLUMNS = frozenset(
    {
        "programme", "site", "unit", "kind", "zone", "choice", "occupation", "name", "goal",
        "sense", "status",
    }
)  # fmt: skip
"""Columns that hold names; all others hold numbers."""

COUNT_COLUMNS = frozenset({"groups", "stage"})
"""Columns that hold whole numbers."""


@dataclass(frozen=True)
class Plan:
    """An immutable, verified plan for one period.

    Attributes:
        status: ``optimal`` (within the asked gap) or ``feasible`` (a limit came first).
        region: name of the region.
        region_hash: content hash of the region it was made for.
        policy: the policy it follows, overrides included.
        period: calendar year.
        run: how it was made: gap asked, seed, versions, seconds per phase, reductions, ...
    """

    status: str
    region: str
    region_hash: str
    policy: Policy
    period: int
    run: Mapping[str, Any]
    _tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name; a shallow copy, so that the plan stays as it is."""
        return self._tables[name].copy(deep=False)

    @property
    def offers(self) -> pd.DataFrame:
        """Programme, site, learners a year."""
        return self.table("offers")

    @property
    def units(self) -> pd.DataFrame:
        """Unit, kind, site, learners, groups, group_size."""
        return self.table("units")

    @property
    def placements(self) -> pd.DataFrame:
        """Zone, programme, site, learners a year."""
        return self.table("placements")

    @property
    def stages(self) -> pd.DataFrame:
        """Stage, goal, sense, value, bound, gap (relative), seconds, status."""
        return self.table("stages")

    @property
    def indicators(self) -> dict[str, float]:
        """Value of every indicator by name; units are in the table of the same name."""
        table = self._tables["indicators"]
        return dict(zip(table["name"], map(float, table["value"]), strict=True))
