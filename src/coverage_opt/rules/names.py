"""What a rule's parameters speak of, and a region may not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coverage_opt.errors import Problem
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region.region import Region


def unknown_names(
    rule: str, what: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    """Yield a problem for each name that the region does not have.

    Args:
        rule: name of the rule that says it.
        what: what it names, in one word: ``site``.
        names: as the rule says them; what is said twice is a problem once.
        known: the names there are.
    """
    names_known = list(dict.fromkeys(known))
    for name in dict.fromkeys(names):
        if name not in names_known:
            near = did_you_mean(name, names_known)
            advice = near or f"the region has no {what} with a name like it"
            yield Problem(f"unknown {what} '{name}'", f"rules.{rule}", advice=advice)


def missing_tables(rule: str, region: Region, *tables: str) -> Iterator[Problem]:
    """Yield a problem for each table that the rule needs and the region does not have."""
    for table in tables:
        if not region.has(table):
            yield Problem(
                f"rule {rule} needs the region's {table}.csv",
                f"rules.{rule}",
                advice=f"add {table}.csv to the region, or remove the rule",
            )
