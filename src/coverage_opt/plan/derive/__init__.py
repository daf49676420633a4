"""Everything a plan's tables say beyond its decisions: sizes, groups, reach, money, indicators.

What is decided comes in as a :class:`Basis`; every other table follows from it. Each room derives
some of the tables, for all periods and scenarios at once.
"""

from __future__ import annotations

import pandas as pd

from coverage_opt.plan.derive.basis import Basis
from coverage_opt.plan.derive.changes import changes_of, timeline
from coverage_opt.plan.derive.learners import enrolments, unplaced
from coverage_opt.plan.derive.money import money, teachers
from coverage_opt.plan.derive.outcomes import filled, reach
from coverage_opt.plan.derive.teaching import offers, sizes, units
from coverage_opt.plan.derive.worth import indicators, outlook, stage_value
from coverage_opt.plan.plan import TABLES, kind_of, typed

__all__ = ["Basis", "derive_tables", "stage_value"]


def derive_tables(basis: Basis) -> dict[str, pd.DataFrame]:
    """Return every table of the plan but ``stages``, each sorted by its key."""
    enrolled = enrolments(basis)
    sized = sizes(basis, enrolled)
    changes = changes_of(basis)
    tables = {
        "offers": offers(basis, enrolled),
        "units": units(basis, sized),
        "timeline": timeline(basis, changes),
        "switches": basis.switches,
        "placements": basis.placements,
        "attendance": basis.attendance,
        "certificates": basis.certificates,
        "sent": basis.sent,
        "unplaced": unplaced(basis),
        "reach": reach(basis),
        "filled": filled(basis, enrolled),
    }
    tables["money"] = money(basis, enrolled, tables["units"], changes)
    tables["teachers"] = teachers(basis, tables["units"], changes)
    tables["outlook"] = outlook(basis, tables, sized, changes)
    tables["indicators"] = indicators(basis, tables["outlook"])
    return {name: _sorted(name, table) for name, table in tables.items()}


def _sorted(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in the columns and the order of the files; indicators keep their own."""
    ordered = typed(table[list(TABLES[name])])
    if name in ("outlook", "indicators"):
        return ordered.reset_index(drop=True)
    key = [column for column in TABLES[name] if kind_of(column) != "float64"]
    return ordered.sort_values(key, ignore_index=True)
