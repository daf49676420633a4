"""How a check is written down and run, and what all of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import pandas as pd

from coverage_opt.errors import ROWS_SHOWN, Problem
from coverage_opt.reading.tables import Table
from coverage_opt.reading.text import did_you_mean

SUM_TOLERANCE = 1e-6
"""By how much shares that must sum to 1 may miss it."""

Tables = Mapping[str, Table]
Check = Callable[[Tables], Iterator[Problem]]

_CHECKS: list[tuple[tuple[str, ...], Check]] = []


def needs(*tables: str) -> Callable[[Check], Check]:
    """Register a check that runs when these tables could be read whole."""

    def register(check: Check) -> Check:
        _CHECKS.append((tables, check))
        return check

    return register


def contradictions(tables: Tables) -> Iterator[Problem]:
    """Yield what the registered checks find."""
    for needed, check in _CHECKS:
        if readable(tables, *needed):
            yield from check(tables)


def readable(tables: Tables, *names: str) -> bool:
    """Tell whether these tables are all there and could be read whole."""
    return all(name in tables and tables[name].whole for name in names)


def positions(at_fault: pd.Series) -> list[int]:
    """Return the positions, from 0, at which a column of truth values is true."""
    found: list[int] = at_fault.to_numpy(dtype=bool).nonzero()[0].tolist()
    return found


def without(table: Table, column: str, used: Iterable[str]) -> list[int]:
    """Return the positions of the rows whose value in a column is not among those used."""
    values = table.rows[column]
    return positions(~values.isin(list(used)) & (values != ""))


def suggestion(names: pd.Series, known: list[str]) -> str:
    """Return advice for the first unknown names; all of them when each has its own."""
    unknown = list(dict.fromkeys(names))[:ROWS_SHOWN]
    advice = [(name, did_you_mean(name, known)) for name in unknown]
    if len(advice) == 1 or len({said for _, said in advice}) == 1:
        return advice[0][1]
    return "; ".join(f"{name}: {said}" for name, said in advice if said)
