"""One schema per table of a region: columns, units, bounds, key.

Numbers beyond the upper bounds are absurd for a Dutch region and taken for a slip. A text column
must never be blank; identifiers are text, also when they look like numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandera.pandas as pa

from coverage_opt.region.travel import CROSSING_MODES

MOST_LEARNERS = 100_000
MOST_MINUTES = 1_440
MOST_HOURS = 5_000
MOST_WEIGHT = 1_000
MOST_OPENINGS = 1_000_000
MOST_YEARS = 6
MOST_KILOMETRES = 1_000

PATHWAYS = ("BOL", "BBL")
UNIT_KINDS = ("generic", "orientation", "common", "profile", "elective")
DELIVERIES = ("with_programme", "nearby", "online")
PROSPECTS = ("very good", "good", "fair", "moderate", "poor")


def _text(*, required: bool = True) -> pa.Column:
    return pa.Column("str", required=required)


def _one_of(words: Sequence[str]) -> pa.Column:
    return pa.Column("str", pa.Check.isin(words, error=f"must be one of {', '.join(words)}"))


def _number(*, most: float | None = None, unit: str = "", above: bool = False) -> pa.Column:
    """Return a column of numbers from 0 (or, when `above`, above 0) up to `most`."""
    least = (
        pa.Check.gt(0, error="must be above 0")
        if above
        else pa.Check.ge(0, error="must not be negative")
    )
    checks = [least]
    if most is not None:
        checks.append(pa.Check.le(most, error=f"must be at most {most:,}{unit and ' ' + unit}"))
    return pa.Column("float64", checks)


def _within(least: int, most: int, kind: str = "float64") -> pa.Column:
    bounds = pa.Check.in_range(least, most, error=f"must be from {least} to {most}")
    return pa.Column(kind, bounds)


def _table(key: Sequence[str], columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=list(key), strict=True)


def _latitude() -> pa.Column:
    return _within(-90, 90)


def _longitude() -> pa.Column:
    return _within(-180, 180)


def _learners() -> pa.Column:
    return _number(most=MOST_LEARNERS, unit="learners a year")


def _minutes() -> pa.Column:
    return _number(most=MOST_MINUTES, unit="minutes (a day)")


def _share() -> pa.Column:
    return _number(most=1, above=True)


def _period() -> pa.Column:
    return pa.Column("int64")


ZONES = _table(
    ["zone"],
    {
        "zone": _text(),
        "name": _text(),
        "municipality": _text(),
        "latitude": _latitude(),
        "longitude": _longitude(),
        "landmass": _text(),
    },
)
"""Where learners live. Degrees; landmass: what can be reached without a crossing or train."""

COHORTS = _table(
    ["zone", "period"], {"zone": _text(), "period": _period(), "learners": _learners()}
)
"""Learners starting mbo, a year, in each zone and period."""

INSTITUTIONS = _table(["institution"], {"institution": _text(), "name": _text()})
"""Who runs the sites."""

SITES = _table(
    ["site"],
    {
        "site": _text(),
        "institution": _text(),
        "name": _text(),
        "town": _text(),
        "latitude": _latitude(),
        "longitude": _longitude(),
        "landmass": _text(),
    },
)
"""Where can be taught. Degrees."""

SITE_DOMAINS = _table(["site", "domain"], {"site": _text(), "domain": _text()})
"""The domains a site may teach."""

PROGRAMMES = _table(
    ["programme"],
    {
        "programme": _text(),
        "crebo": _text(),
        "pathway": _one_of(PATHWAYS),
        "name": _text(),
        "level": _within(1, 4, "int64"),
        "domain": _text(),
        "dossier": _text(),
        "field": _text(),
        "years": _number(most=MOST_YEARS, unit="years", above=True),
        "price_factor": _number(above=True),
        "success": _share(),
    },
)
"""Qualifications in one pathway. Years of study; price factor of the funding, no unit; success:
share of the intake that graduates."""

UNITS = _table(
    ["unit"],
    {
        "unit": _text(),
        "kind": _one_of(UNIT_KINDS),
        "name": _text(),
        "year": _within(1, 4, "int64"),
        "hours": _number(most=MOST_HOURS, unit="contact hours a group a year", above=True),
        "delivery": _one_of(DELIVERIES),
    },
)
"""Teaching units. Year of study; contact hours a group a year."""

CURRICULUM = _table(["programme", "unit"], {"programme": _text(), "unit": _text()})
"""Which programme uses which unit."""

CHOICES = _table(["choice"], {"choice": _text(), "share": _number(most=1)})
"""Share of all learners asking for a programme, or for an orientation unit (undecided)."""

ACCEPT = _table(
    ["choice", "programme"], {"choice": _text(), "programme": _text(), "share": _share()}
)
"""Largest share of those asking for the choice who would take this other programme instead."""

OCCUPATIONS = _table(
    ["occupation"],
    {
        "occupation": _text(),
        "name": _text(),
        "prospect": _one_of(PROSPECTS),
        "tightness": _number(),
        "weight": _number(most=MOST_WEIGHT),
    },
)
"""Work. Prospect class and tightness of the labour market; weight of the shortage, no unit."""

OPENINGS = _table(
    ["occupation", "period"],
    {
        "occupation": _text(),
        "period": _period(),
        "openings": _number(most=MOST_OPENINGS, unit="a year"),
    },
)
"""Job openings a year."""

LEADS_TO = _table(
    ["programme", "occupation"], {"programme": _text(), "occupation": _text(), "share": _share()}
)
"""Share of a programme's graduates who enter an occupation."""

STATIONS = _table(
    ["station"],
    {
        "station": _text(),
        "name": _text(),
        "latitude": _latitude(),
        "longitude": _longitude(),
        "landmass": _text(),
    },
)
"""Railway stations. Degrees."""

RAIL = pa.DataFrameSchema(
    {
        "from_station": _text(),
        "to_station": _text(),
        "kilometres": _number(most=MOST_KILOMETRES, unit="km", above=True),
        "line": _text(required=False),
    },
    strict=True,
)
"""Rail between stations, used both ways. Tariff kilometres."""

CROSSINGS = _table(
    ["crossing"],
    {
        "crossing": _text(),
        "name": _text(),
        "from_latitude": _latitude(),
        "from_longitude": _longitude(),
        "from_landmass": _text(),
        "to_latitude": _latitude(),
        "to_longitude": _longitude(),
        "to_landmass": _text(),
        "minutes": _minutes(),
        "mode": _one_of(CROSSING_MODES),
    },
)
"""Ferries and tunnel buses, used both ways. Degrees; minutes of the crossing itself."""

TRAVEL = _table(["zone", "site"], {"zone": _text(), "site": _text(), "minutes": _minutes()})
"""Minutes one way, door to door, of every zone to every site; instead of the network."""

SITE_TRAVEL = _table(
    ["from_site", "to_site"], {"from_site": _text(), "to_site": _text(), "minutes": _minutes()}
)
"""Minutes one way of every site to every other; only with travel.csv."""

DEMAND = _table(
    ["zone", "choice", "period"],
    {"zone": _text(), "choice": _text(), "period": _period(), "learners": _learners()},
)
"""Learners a year asking for a choice; instead of cohorts.csv and choices.csv."""

TABLES = {
    "zones": ZONES,
    "cohorts": COHORTS,
    "institutions": INSTITUTIONS,
    "sites": SITES,
    "site_domains": SITE_DOMAINS,
    "programmes": PROGRAMMES,
    "units": UNITS,
    "curriculum": CURRICULUM,
    "choices": CHOICES,
    "accept": ACCEPT,
    "occupations": OCCUPATIONS,
    "openings": OPENINGS,
    "leads_to": LEADS_TO,
    "demand": DEMAND,
    "stations": STATIONS,
    "rail": RAIL,
    "crossings": CROSSINGS,
    "travel": TRAVEL,
    "site_travel": SITE_TRAVEL,
}
"""The schema of every table, by its name."""

MAY_BE_EMPTY = frozenset({"accept", "stations", "rail", "crossings"})
"""Tables of which a header without rows says something: there are none of these."""

NETWORK = ("stations", "rail", "crossings")
EITHER = {
    "travel.csv, or the network's stations.csv, rail.csv and crossings.csv": (
        ("travel",),
        NETWORK,
    ),
    "demand.csv, or cohorts.csv and choices.csv": (("demand",), ("cohorts", "choices")),
}
"""Tables of which a region has one set or the other."""

OPTIONAL = frozenset({"site_travel"})
