"""Whether the tables of a plan can be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from pandas.api import types

from coverage_opt.plan.indicators import indicator_units
from coverage_opt.plan.plan import COUNT_COLUMNS, EVENTS, TABLES, TEXT_COLUMNS, Plan
from coverage_opt.plan.verify.compare import ROUNDING
from coverage_opt.plan.verify.curriculum import GENERAL, curriculum
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.base import Violation

_MOMENT = ("period", "scenario")

KEYS: dict[str, tuple[str, ...]] = {
    "offers": ("period", "programme", "site"),
    "units": ("period", "unit", "site"),
    "timeline": ("period", "event", "programme", "site", "detail"),
    "switches": (*_MOMENT, "learner", "zone", "choice", "programme"),
    "placements": (*_MOMENT, "learner", "zone", "programme", "site"),
    "attendance": (*_MOMENT, "learner", "zone", "unit", "site"),
    "certificates": (*_MOMENT, "learner", "zone", "unit", "site"),
    "sent": (*_MOMENT, "unit", "site", "partner_site"),
    "unplaced": (*_MOMENT, "learner", "zone", "choice"),
    "reach": ("period", "occupation", "zone"),
    "filled": (*_MOMENT, "occupation"),
    "money": (*_MOMENT, "institution"),
    "teachers": ("period", "institution", "domain"),
    "outlook": (*_MOMENT, "name"),
    "indicators": ("name",),
    "stages": ("stage",),
}
"""What a table may hold only one row of."""

MAY_BE_NEGATIVE = frozenset(
    {
        ("money", "balance"),
        ("outlook", "value"),
        ("indicators", "value"),
        ("stages", "value"),
        ("stages", "bound"),
    }
)
MAY_BE_INFINITE = frozenset({("stages", "bound"), ("stages", "gap")})
"""A stage that a limit stopped before anything was proven has no bound."""

MAY_BE_ONLINE = frozenset({("units", "site"), ("certificates", "site")})

Known = Mapping[str, frozenset[object]]


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


def _known(region: Region, plan: Plan) -> Known:
    programmes, sites = region.programmes["programme"], region.sites["site"]
    units = frozenset(curriculum(region, plan.policy)["unit"])
    domains = [region.programmes["domain"], region.hybrids["domain"]]
    return {
        "period": frozenset(plan.periods),
        "scenario": frozenset(scenario.name for scenario in plan.scenarios),
        "learner": frozenset({"young", "adult"}),
        "zone": frozenset(region.zones["zone"]),
        "choice": frozenset([*programmes, *region.units["unit"]]),
        "programme": frozenset(programmes),
        "site": frozenset(sites),
        "partner_site": frozenset(sites),
        "unit": units,
        "detail": units | {""},
        "event": frozenset(EVENTS),
        "occupation": frozenset(region.occupations["occupation"]),
        "institution": frozenset([*region.institutions["institution"], ONLINE]),
        "domain": frozenset(pd.concat(domains)) | {GENERAL},
        "name": frozenset(indicator_units(region)),
        # who takes a unit that is not taught by itself is to be told so
        "certificates.unit": units | frozenset(region.units["unit"]),
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


def _unknown_names(name: str, table: pd.DataFrame, known: Known) -> Iterator[Violation]:
    for column in table.columns:
        # in the table of indicators, `unit` is what a value is measured in
        if column not in known or (name, column) == ("indicators", "unit"):
            continue
        allowed = known.get(f"{name}.{column}", known[column])
        allowed |= {ONLINE} if (name, column) in MAY_BE_ONLINE else set()
        what = "indicator" if column == "name" else column.replace("_", " ")
        for row in np.flatnonzero(~table[column].isin(list(allowed))).tolist():
            sentence = f"There is no {what} '{table[column].iloc[row]}'"
            yield Violation(name, _place(name, table, row), 1.0, sentence)


def _repeated(name: str, table: pd.DataFrame) -> Iterator[Violation]:
    for row in np.flatnonzero(table.duplicated(list(KEYS[name]))).tolist():
        yield Violation(name, _place(name, table, row), 1.0, "The row comes more than once")


def _place(name: str, table: pd.DataFrame, row: int) -> str:
    return ", ".join(str(table[column].iloc[row]) for column in KEYS[name])
