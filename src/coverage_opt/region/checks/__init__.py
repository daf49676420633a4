"""What the tables of a region must say together, in rooms: each check is a small function.

A check runs when every table it needs could be read to the last row; otherwise what it would say
might only follow from the rows that are missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem

# Importing a room registers its checks.
from coverage_opt.region.checks import asking as asking
from coverage_opt.region.checks import futures as futures
from coverage_opt.region.checks import teaching as teaching
from coverage_opt.region.checks import today as today
from coverage_opt.region.checks import work as work
from coverage_opt.region.checks.periods import period_problems
from coverage_opt.region.checks.references import REFERENCES, Reference, unknown_names
from coverage_opt.region.checks.registry import Tables, contradictions
from coverage_opt.region.checks.travelling import unreached_problems

__all__ = ["REFERENCES", "Reference", "period_problems", "table_problems", "unreached_problems"]


def table_problems(tables: Tables) -> Iterator[Problem]:
    """Yield every way in which the tables of a region contradict each other."""
    yield from unknown_names(tables)
    yield from contradictions(tables)
