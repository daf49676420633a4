"""Occupations, and the graduates who enter them."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem
from coverage_opt.region.checks.registry import (
    SUM_TOLERANCE,
    Tables,
    needs,
    without,
)


@needs("occupations", "leads_to")
def _occupations_without_programme(tables: Tables) -> Iterator[Problem]:
    occupations = tables["occupations"]
    found = without(occupations, "occupation", tables["leads_to"].rows["occupation"])
    if found:
        advice = f"add a programme in {tables['leads_to'].source}, or remove the occupation"
        what = "an occupation no programme leads to"
        yield occupations.problem(what, found, ["name"], advice)


@needs("leads_to")
def _graduate_shares(tables: Tables) -> Iterator[Problem]:
    leads_to = tables["leads_to"]
    totals = leads_to.rows.groupby("programme", sort=False)["share"].sum()
    above = totals[totals > 1 + SUM_TOLERANCE]
    if len(above):
        rows = tuple(f"programme {name}: {total:.10g}" for name, total in above.items())
        what = "the shares of a programme's graduates sum to more than 1"
        yield Problem(what, leads_to.source, rows, "lower them: a graduate enters one occupation")
