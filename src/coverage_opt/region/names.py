"""What everything in a region is called, for people."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from coverage_opt.region.tables import RegionTables

OWN_UNIT = "own:"
"""A programme's own unit, taught by nobody else, is named after it: ``own:25180-BOL``."""

ONLINE = "online"
"""Stands for the site, and for the institution, of a unit without travel."""

GENERAL = "general"
"""Stands for the domain of a unit that programmes of several domains use."""


class RegionNames(RegionTables):
    """Names by identifier."""

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

    def institution_name(self, institution: str) -> str:
        """Return an institution's name; ``online`` stays as it is."""
        return ONLINE if institution == ONLINE else self._names["institution"][institution]

    def zone_name(self, zone: str) -> str:
        """Return a zone's name."""
        return self._names["zone"][zone]

    def occupation_name(self, occupation: str) -> str:
        """Return an occupation's name."""
        return self._names["occupation"][occupation]

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """Names by identifier, for each kind of thing; and kinds of units."""
        programmes = self._tables["programmes"]
        names = {"unit_kind": _lookup(self._tables["units"], "unit", "kind")}
        for kind in ("unit", "site", "institution", "zone", "occupation"):
            names[kind] = _lookup(self._tables[f"{kind}s"], kind, "name")
        with_pathway = programmes["name"] + " (" + programmes["pathway"] + ")"
        named = programmes["name"].str.contains(r"\b(?:BOL|BBL)\b", regex=True)
        spoken = with_pathway.mask(named, programmes["name"])
        names["programme"] = dict(zip(programmes["programme"], spoken, strict=True))
        return names


def _lookup(table: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    return dict(zip(table[key], table[value], strict=True))
