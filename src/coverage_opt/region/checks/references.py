"""Names that must stand in another table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coverage_opt.errors import Problem
from coverage_opt.region.checks.registry import Tables, readable, suggestion, without


@dataclass(frozen=True)
class Reference:
    """A column whose every value must be in a column of another table."""

    table: str
    column: str
    target: str
    target_column: str


REFERENCES = (
    Reference("cohorts", "zone", "zones", "zone"),
    Reference("demand", "zone", "zones", "zone"),
    Reference("sites", "institution", "institutions", "institution"),
    Reference("site_domains", "site", "sites", "site"),
    Reference("site_domains", "domain", "programmes", "domain"),
    Reference("curriculum", "programme", "programmes", "programme"),
    Reference("curriculum", "unit", "units", "unit"),
    Reference("accept", "programme", "programmes", "programme"),
    Reference("openings", "occupation", "occupations", "occupation"),
    Reference("leads_to", "programme", "programmes", "programme"),
    Reference("leads_to", "occupation", "occupations", "occupation"),
    Reference("rail", "from_station", "stations", "station"),
    Reference("rail", "to_station", "stations", "station"),
    Reference("travel", "zone", "zones", "zone"),
    Reference("travel", "site", "sites", "site"),
    Reference("site_travel", "from_site", "sites", "site"),
    Reference("site_travel", "to_site", "sites", "site"),
    Reference("adult_cohorts", "zone", "zones", "zone"),
    Reference("adult_demand", "zone", "zones", "zone"),
    Reference("current", "programme", "programmes", "programme"),
    Reference("current", "site", "sites", "site"),
    Reference("teachers", "institution", "institutions", "institution"),
    Reference("site_capacity", "site", "sites", "site"),
    Reference("facilities", "site", "sites", "site"),
    Reference("requirements", "programme", "programmes", "programme"),
    Reference("requirements", "facility", "facilities", "facility"),
    Reference("workplaces", "domain", "programmes", "domain"),
    Reference("afterwards", "unit", "units", "unit"),
    Reference("afterwards", "programme", "programmes", "programme"),
    Reference("hybrids", "programme", "programmes", "programme"),
    Reference("hybrids", "domain", "programmes", "domain"),
)


def unknown_names(tables: Tables) -> Iterator[Problem]:
    """Yield the names that are not where they should be."""
    for reference in REFERENCES:
        if readable(tables, reference.table, reference.target):
            yield from _unknown(tables, reference)


def _unknown(tables: Tables, reference: Reference) -> Iterator[Problem]:
    table, target = tables[reference.table], tables[reference.target]
    known = target.rows[reference.target_column]
    found = without(table, reference.column, known)
    if found:
        values = table.rows[reference.column].iloc[found]
        what = f"{reference.column} is not in {target.source}"
        advice = suggestion(values, known.unique().tolist())
        yield table.problem(what, found, [reference.column], advice)
