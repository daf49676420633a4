"""Whether a plan is for this region, and whether its tables can be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd
from pandas.api import types

from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.plan.plan import COUNT_COLUMNS, TABLES, TEXT_COLUMNS, Plan
from coverage_opt.plan.verify.compare import ROUNDING
from coverage_opt.region.region import ONLINE, OWN_UNIT, Region
from coverage_opt.rules.base import Violation

KEYS: dict[str, tuple[str, ...]] = {
    "offers": ("programme", "site"),
    "units": ("unit", "site"),
    "switches": ("zone", "choice", "programme"),
    "placements": ("zone", "programme", "site"),
    "attendance": ("zone", "unit", "site"),
    "unplaced": ("zone", "choice"),
    "reach": ("occupation", "zone"),
    "filled": ("occupation",),
    "indicators": ("name",),
    "stages": ("stage",),
}
"""What a table may hold only one row of."""

MAY_BE_NEGATIVE = frozenset({("indicators", "value"), ("stages", "value"), ("stages", "bound")})
MAY_BE_INFINITE = frozenset({("stages", "bound"), ("stages", "gap")})
"""A stage that a limit stopped before anything was proven has no bound."""

STATUSES = ("optimal", "feasible")


def identity_violations(region: Region, plan: Plan) -> Iterator[Violation]:
    """Yield in what a plan is not one for this region, or does not say how it was made."""
    fault = partial(Violation, "plan", region.name, 1.0)
    if plan.region != region.name:
        yield fault(f"The plan is for {plan.region}, not for {region.title}")
    if plan.region_hash != region.content_hash:
        yield fault(f"The plan was made for other data than {region.title} has now")
    if plan.period not in region.periods:
        yield fault(f"{region.title} is not planned for {plan.period}")
    asked = plan.run.get("gap_asked")
    if not isinstance(asked, int | float) or not 0 <= asked < math.inf:
        yield fault("The plan does not say which gap was asked for")
    if plan.status not in STATUSES:
        yield fault(f"A plan's status is {' or '.join(STATUSES)}, not {plan.status!r}")


def shape_violations(region: Region, plan: Plan) -> Iterator[Violation]:
    """Yield tables without the right columns, names, or numbers; and rows that come twice."""
    known = _known(region, plan)
    for name, columns in TABLES.items():
        try:
            table = plan.table(name)
        except KeyError:
            yield Violation(name, "table", 1.0, "The plan does not have this table")
            continue
        if tuple(table.columns) != columns:
            sentence = f"The columns are {', '.join(table.columns)}, not {', '.join(columns)}"
            yield Violation(name, "columns", 1.0, sentence)
            continue
        wrong = [*_wrong_types(name, table)] if len(table) else []
        yield from wrong or [
            *_wrong_numbers(name, table),
            *_unknown_names(name, table, known),
            *_repeated(name, table),
        ]


def _known(region: Region, plan: Plan) -> Mapping[str, frozenset[str]]:
    shared = region.units.loc[region.units["kind"].isin(plan.policy.sharing), "unit"]
    programmes, sites = region.programmes["programme"], region.sites["site"]
    return {
        "zone": frozenset(region.zones["zone"]),
        "choice": frozenset(region.choices["choice"]),
        "programme": frozenset(programmes),
        "site": frozenset(sites),
        "unit": frozenset(shared) | {OWN_UNIT + programme for programme in programmes},
        "occupation": frozenset(region.occupations["occupation"]),
        "name": frozenset(INDICATOR_UNITS),
    }


def _wrong_types(name: str, table: pd.DataFrame) -> Iterator[Violation]:
    for column in table.columns:
        values = table[column]
        if column in TEXT_COLUMNS:
            kind, right = "text", types.is_string_dtype(values) and not values.isna().any()
        elif column in COUNT_COLUMNS:
            kind, right = "whole numbers", types.is_integer_dtype(values)
        else:
            kind, right = "numbers", types.is_float_dtype(values)
        if not right:
            yield Violation(name, column, 1.0, f"The column {column} does not hold {kind}")


def _wrong_numbers(name: str, table: pd.DataFrame) -> Iterator[Violation]:
    for column in table.columns.difference(list(TEXT_COLUMNS)):
        values = table[column].to_numpy(dtype=float)
        infinite = np.isinf(values) & ((name, column) in MAY_BE_INFINITE)
        for row in np.flatnonzero(~np.isfinite(values) & ~infinite).tolist():
            sentence = f"The {column} is {values[row]}, which is no amount"
            yield Violation(name, _place(name, table, row), math.inf, sentence)
        if (name, column) not in MAY_BE_NEGATIVE:
            for row in np.flatnonzero(values < -ROUNDING).tolist():
                sentence = f"The {column} is {values[row]:g}, below 0"
                yield Violation(name, _place(name, table, row), -values[row], sentence)


def _unknown_names(
    name: str, table: pd.DataFrame, known: Mapping[str, frozenset[str]]
) -> Iterator[Violation]:
    for column in table.columns:
        # in the table of indicators, `unit` is what a value is measured in
        if column not in known or (name, column) == ("indicators", "unit"):
            continue
        allowed = known[column] | ({ONLINE} if (name, column) == ("units", "site") else set())
        what = "indicator" if column == "name" else column
        for row in np.flatnonzero(~table[column].isin(list(allowed))).tolist():
            sentence = f"There is no {what} '{table[column].iloc[row]}'"
            yield Violation(name, _place(name, table, row), 1.0, sentence)


def _repeated(name: str, table: pd.DataFrame) -> Iterator[Violation]:
    for row in np.flatnonzero(table.duplicated(list(KEYS[name]))).tolist():
        yield Violation(name, _place(name, table, row), 1.0, "The row comes more than once")


def _place(name: str, table: pd.DataFrame, row: int) -> str:
    return ", ".join(str(table[column].iloc[row]) for column in KEYS[name])
