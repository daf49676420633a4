"""A region: where learners live, what they ask for, what can be taught where, what work needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from coverage_opt.errors import InputError, Problem

OWN_UNIT = "own:"
"""A programme's own unit, taught by nobody else, is named after it: ``own:25180-BOL``."""

ONLINE = "online"
"""Stands for the site of a unit without travel."""


@dataclass(frozen=True, eq=False, repr=False)
class Region:
    """A validated region; only `load_region` makes one.

    Tables are plain DataFrames with a RangeIndex, sorted by their key, so that a plan does not
    depend on the order of rows in a file. Every access gives a copy that shares its data until it
    is written to: nobody can change the region. Regions with the same content are equal.

    Attributes:
        name: short name, as in ``region.yaml``.
        title: name for people.
        periods: calendar years planned for, increasing.
        content_hash: SHA-256 over the normalised content of every file read: the same for another
            order of rows or columns, other line endings or another folder; different when any
            value differs.
        folder: where the region was read from.
    """

    name: str
    title: str
    periods: tuple[int, ...]
    content_hash: str
    folder: Path
    _retention: Mapping[int, float]
    _tables: Mapping[str, pd.DataFrame]
    _minutes: pd.DataFrame
    _site_minutes: pd.DataFrame | None = None
    _stated_demand: pd.DataFrame | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Region) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __repr__(self) -> str:
        return f"Region({self.name!r}, {self.content_hash[:12]})"

    @property
    def retention(self) -> dict[int, float]:
        """Share (0-1] of a year's intake still there, by year of study 1 to 4."""
        return dict(self._retention)

    @property
    def minutes(self) -> pd.DataFrame:
        """Travel time one way, minutes; index zone, columns site; inf where unreachable."""
        return self._minutes.copy(deep=False)

    @property
    def site_minutes(self) -> pd.DataFrame | None:
        """Travel time one way, minutes; index the site left, columns the site gone to; or None."""
        return None if self._site_minutes is None else self._site_minutes.copy(deep=False)

    @property
    def zones(self) -> pd.DataFrame:
        """Zone, name, municipality, latitude, longitude (degrees), landmass."""
        return self._table("zones")

    @property
    def cohorts(self) -> pd.DataFrame:
        """Zone, period, learners (starting a year).

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
        """Choice (a programme, or an orientation unit: undecided), share of learners asking it.

        Where the region states its demand zone by zone, the shares over all zones and periods.
        """
        return self._table("choices")

    @property
    def accept(self) -> pd.DataFrame:
        """Choice, programme, share: at most this share would take the programme instead.

        A choice's own programme, and every programme of an orientation choice, are implied
        with 1 and not listed.
        """
        return self._table("accept")

    @property
    def occupations(self) -> pd.DataFrame:
        """Occupation, name, prospect, tightness, weight (of its shortage; 0: no shortage)."""
        return self._table("occupations")

    @property
    def openings(self) -> pd.DataFrame:
        """Occupation, period, openings (a year)."""
        return self._table("openings")

    @property
    def leads_to(self) -> pd.DataFrame:
        """Programme, occupation, share of graduates who enter it."""
        return self._table("leads_to")

    def demand(self, period: int) -> pd.DataFrame:
        """Return who asks for what in a period: cohort times choice share, or as stated.

        Returns:
            zone, choice, learners (a year, all above 0), sorted by zone and choice.

        Raises:
            InputError: the region is not planned for that period.
        """
        if period not in self.periods:
            advice = f"choose one of {', '.join(map(str, self.periods))}"
            problem = Problem(f"{self.name} has no period {period}", advice=advice)
            raise InputError([problem])
        if self._stated_demand is not None:
            asked = self._stated_demand[self._stated_demand["period"] == period]
        else:
            cohorts, choices = self._tables["cohorts"], self._tables["choices"]
            asked = cohorts[cohorts["period"] == period].merge(choices, how="cross")
            asked["learners"] *= asked["share"]
        columns = ["zone", "choice", "learners"]
        return asked.loc[asked["learners"] > 0, columns].reset_index(drop=True)

    def programme_name(self, programme: str) -> str:
        """Return a programme's name with its pathway: ``Welder (BBL)``."""
        return self._names["programme"][programme]

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; the programme's name for a programme's own unit."""
        if unit.startswith(OWN_UNIT):
            return self.programme_name(unit.removeprefix(OWN_UNIT))
        return self._names["unit"][unit]

    def unit_kind(self, unit: str) -> str:
        """Return a unit's kind; ``own`` for a programme's own unit."""
        return "own" if unit.startswith(OWN_UNIT) else self._names["unit_kind"][unit]

    def site_name(self, site: str) -> str:
        """Return a site's name; ``online`` stays as it is."""
        return ONLINE if site == ONLINE else self._names["site"][site]

    def zone_name(self, zone: str) -> str:
        """Return a zone's name."""
        return self._names["zone"][zone]

    def occupation_name(self, occupation: str) -> str:
        """Return an occupation's name."""
        return self._names["occupation"][occupation]

    def _table(self, name: str) -> pd.DataFrame:
        return self._tables[name].copy(deep=False)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """Names by identifier, for each kind of thing; and kinds of units."""
        programmes = self._tables["programmes"]
        names = {"unit_kind": _lookup(self._tables["units"], "unit", "kind")}
        for kind in ("unit", "site", "zone", "occupation"):
            names[kind] = _lookup(self._tables[f"{kind}s"], kind, "name")
        with_pathway = programmes["name"] + " (" + programmes["pathway"] + ")"
        named = programmes["name"].str.contains(r"\b(?:BOL|BBL)\b", regex=True)
        spoken = with_pathway.mask(named, programmes["name"])
        names["programme"] = dict(zip(programmes["programme"], spoken, strict=True))
        return names


def _lookup(table: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    return dict(zip(table[key], table[value], strict=True))
