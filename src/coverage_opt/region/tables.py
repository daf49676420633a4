"""The tables of a region, as anybody may look at them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from coverage_opt.region.schema import TABLES


class RegionTables:
    """Tables as plain DataFrames with a RangeIndex, sorted by their key.

    Every access gives a copy that shares its data until it is written to. A table that the region
    does without comes out empty, with its columns typed.

    Attributes:
        _tables: the tables as given, by name.
        _summaries: what stated demand adds up to, in the form of the tables it stands in for.
    """

    _tables: Mapping[str, pd.DataFrame]
    _summaries: Mapping[str, pd.DataFrame]

    def has(self, table: str) -> bool:
        """Tell whether the region states a table, by its name without ``.csv``."""
        if table not in TABLES:
            raise KeyError(table)
        return table in self._tables

    @property
    def has_adults(self) -> bool:
        """Whether adults are among those who ask."""
        return self.has("adult_cohorts") or self.has("adult_demand")

    @property
    def zones(self) -> pd.DataFrame:
        """Zone, name, municipality, latitude, longitude (degrees), landmass."""
        return self._table("zones")

    @property
    def cohorts(self) -> pd.DataFrame:
        """Zone, period, learners (young ones starting a year).

        Where the region states its demand zone by zone, the sum of that demand.
        """
        return self._table("cohorts")

    @property
    def institutions(self) -> pd.DataFrame:
        """Institution, name."""
        return self._table("institutions")

    @property
    def sites(self) -> pd.DataFrame:
        """Site, institution, name, town, latitude, longitude (degrees), landmass."""
        return self._table("sites")

    @property
    def site_domains(self) -> pd.DataFrame:
        """Site, domain: the domains a site may teach."""
        return self._table("site_domains")

    @property
    def programmes(self) -> pd.DataFrame:
        """Qualifications in one pathway, and what they are worth.

        Programme, crebo, pathway (BOL, BBL), name, level (1-4), domain, dossier, field, years,
        price_factor, success (share of the intake that graduates).
        """
        return self._table("programmes")

    @property
    def units(self) -> pd.DataFrame:
        """Teaching units and how they are taught.

        Unit, kind, name, year (of study, 1-4), hours (contact hours a group a year), delivery.
        """
        return self._table("units")

    @property
    def curriculum(self) -> pd.DataFrame:
        """Programme, unit: which programme uses which unit."""
        return self._table("curriculum")

    @property
    def choices(self) -> pd.DataFrame:
        """Choice (a programme, or an orientation unit: undecided), share of young learners.

        Where the region states its demand zone by zone, the shares over all zones and periods.
        """
        return self._table("choices")

    @property
    def accept(self) -> pd.DataFrame:
        """Choice, programme, share: at most this share would take the programme instead.

        A choice's own programme, and every programme of an orientation choice, are implied
        and not listed.
        """
        return self._table("accept")

    @property
    def occupations(self) -> pd.DataFrame:
        """Occupation, name, prospect, tightness, weight (of its shortage; 0: no shortage)."""
        return self._table("occupations")

    @property
    def openings(self) -> pd.DataFrame:
        """Occupation, period, openings (a year), as forecast; see ``openings_in``."""
        return self._table("openings")

    @property
    def leads_to(self) -> pd.DataFrame:
        """Programme, occupation, share of graduates who enter it."""
        return self._table("leads_to")

    @property
    def adult_cohorts(self) -> pd.DataFrame:
        """Zone, period, learners (adults who ask for something, a year).

        Where the region states adults' demand zone by zone, the sum of that demand.
        """
        return self._table("adult_cohorts")

    @property
    def adult_choices(self) -> pd.DataFrame:
        """Choice (a programme, or any unit), share of adults asking it.

        Where the region states adults' demand zone by zone, the shares over all zones and periods.
        """
        return self._table("adult_choices")

    @property
    def current(self) -> pd.DataFrame:
        """Programme, site, learners (a year who start there): today's offering."""
        return self._table("current")

    @property
    def teachers(self) -> pd.DataFrame:
        """Institution, domain (or ``general``), hours (for groups, a year)."""
        return self._table("teachers")

    @property
    def site_capacity(self) -> pd.DataFrame:
        """Site, places (learners at once)."""
        return self._table("site_capacity")

    @property
    def facilities(self) -> pd.DataFrame:
        """Site, facility: what a site has."""
        return self._table("facilities")

    @property
    def requirements(self) -> pd.DataFrame:
        """Programme, facility: what a programme cannot do without."""
        return self._table("requirements")

    @property
    def workplaces(self) -> pd.DataFrame:
        """Domain, pathway, places (learners at once), as forecast; see ``workplaces_in``."""
        return self._table("workplaces")

    @property
    def afterwards(self) -> pd.DataFrame:
        """Unit, programme, share: at most this share chooses the programme after orientation."""
        return self._table("afterwards")

    @property
    def hybrids(self) -> pd.DataFrame:
        """Programme, domain: the second domain of a programme over two."""
        return self._table("hybrids")

    @property
    def scenarios(self) -> pd.DataFrame:
        """Set, scenario, name, probability (within the set); see ``scenario_set``."""
        return self._table("scenarios")

    @property
    def factors(self) -> pd.DataFrame:
        """Scenario, period, quantity, of, factor."""
        return self._table("factors")

    def _table(self, name: str) -> pd.DataFrame:
        found = self._tables.get(name)
        if found is None:
            found = self._summaries.get(name)
        return (empty_table(name) if found is None else found).copy(deep=False)


@cache
def empty_table(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns typed."""
    columns = {
        str(column): pd.Series(dtype=str(schema.dtype).replace("string[python]", "str"))
        for column, schema in TABLES[name].columns.items()
        if schema.required
    }
    return pd.DataFrame(columns)
