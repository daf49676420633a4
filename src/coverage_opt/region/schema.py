"""One schema per table of a region: columns, units, bounds, key; and which tables go together."""

from __future__ import annotations

import pandera.pandas as pa

from coverage_opt.region import optional
from coverage_opt.region.columns import (
    MOST_HOURS,
    MOST_KILOMETRES,
    MOST_OPENINGS,
    MOST_WEIGHT,
    MOST_YEARS,
    PATHWAYS,
    latitude,
    learners,
    longitude,
    minutes,
    number,
    one_of,
    period,
    share,
    table,
    text,
    within,
)
from coverage_opt.region.travel import CROSSING_MODES

UNIT_KINDS = ("generic", "orientation", "common", "profile", "elective")
DELIVERIES = ("with_programme", "nearby", "online")
PROSPECTS = ("very good", "good", "fair", "moderate", "poor")

ZONES = table(
    ["zone"],
    {
        "zone": text(),
        "name": text(),
        "municipality": text(),
        "latitude": latitude(),
        "longitude": longitude(),
        "landmass": text(),
    },
)
"""Where learners live. Degrees; landmass: what can be reached without a crossing or train."""

COHORTS = table(["zone", "period"], {"zone": text(), "period": period(), "learners": learners()})
"""Learners starting mbo, a year, in each zone and period."""

INSTITUTIONS = table(["institution"], {"institution": text(), "name": text()})
"""Who runs the sites."""

SITES = table(
    ["site"],
    {
        "site": text(),
        "institution": text(),
        "name": text(),
        "town": text(),
        "latitude": latitude(),
        "longitude": longitude(),
        "landmass": text(),
    },
)
"""Where can be taught. Degrees."""

SITE_DOMAINS = table(["site", "domain"], {"site": text(), "domain": text()})
"""The domains a site may teach."""

PROGRAMMES = table(
    ["programme"],
    {
        "programme": text(),
        "crebo": text(),
        "pathway": one_of(PATHWAYS),
        "name": text(),
        "level": within(1, 4, "int64"),
        "domain": text(),
        "dossier": text(),
        "field": text(),
        "years": number(most=MOST_YEARS, unit="years", above=True),
        "price_factor": number(above=True),
        "success": share(),
    },
)
"""Qualifications in one pathway. Years of study; price factor of the funding, no unit; success:
share of the intake that graduates."""

UNITS = table(
    ["unit"],
    {
        "unit": text(),
        "kind": one_of(UNIT_KINDS),
        "name": text(),
        "year": within(1, 4, "int64"),
        "hours": number(most=MOST_HOURS, unit="contact hours a group a year", above=True),
        "delivery": one_of(DELIVERIES),
    },
)
"""Teaching units. Year of study; contact hours a group a year."""

CURRICULUM = table(["programme", "unit"], {"programme": text(), "unit": text()})
"""Which programme uses which unit."""

CHOICES = table(["choice"], {"choice": text(), "share": number(most=1)})
"""Share of all learners asking for a programme, or for an orientation unit (undecided)."""

ACCEPT = table(["choice", "programme"], {"choice": text(), "programme": text(), "share": share()})
"""Largest share of those asking for the choice who would take this other programme instead."""

OCCUPATIONS = table(
    ["occupation"],
    {
        "occupation": text(),
        "name": text(),
        "prospect": one_of(PROSPECTS),
        "tightness": number(),
        "weight": number(most=MOST_WEIGHT),
    },
)
"""Work. Prospect class and tightness of the labour market; weight of the shortage, no unit."""

OPENINGS = table(
    ["occupation", "period"],
    {
        "occupation": text(),
        "period": period(),
        "openings": number(most=MOST_OPENINGS, unit="a year"),
    },
)
"""Job openings a year."""

LEADS_TO = table(
    ["programme", "occupation"], {"programme": text(), "occupation": text(), "share": share()}
)
"""Share of a programme's graduates who enter an occupation."""

STATIONS = table(
    ["station"],
    {
        "station": text(),
        "name": text(),
        "latitude": latitude(),
        "longitude": longitude(),
        "landmass": text(),
    },
)
"""Railway stations. Degrees."""

RAIL = pa.DataFrameSchema(
    {
        "from_station": text(),
        "to_station": text(),
        "kilometres": number(most=MOST_KILOMETRES, unit="km", above=True),
        "line": text(required=False),
    },
    strict=True,
)
"""Rail between stations, used both ways. Tariff kilometres."""

CROSSINGS = table(
    ["crossing"],
    {
        "crossing": text(),
        "name": text(),
        "from_latitude": latitude(),
        "from_longitude": longitude(),
        "from_landmass": text(),
        "to_latitude": latitude(),
        "to_longitude": longitude(),
        "to_landmass": text(),
        "minutes": minutes(),
        "mode": one_of(CROSSING_MODES),
    },
)
"""Ferries and tunnel buses, used both ways. Degrees; minutes of the crossing itself."""

TRAVEL = table(["zone", "site"], {"zone": text(), "site": text(), "minutes": minutes()})
"""Minutes one way, door to door, of every zone to every site; instead of the network."""

SITE_TRAVEL = table(
    ["from_site", "to_site"], {"from_site": text(), "to_site": text(), "minutes": minutes()}
)
"""Minutes one way of every site to every other; only with travel.csv."""

DEMAND = table(
    ["zone", "choice", "period"],
    {"zone": text(), "choice": text(), "period": period(), "learners": learners()},
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
    "adult_cohorts": optional.ADULT_COHORTS,
    "adult_choices": optional.ADULT_CHOICES,
    "adult_demand": optional.ADULT_DEMAND,
    "current": optional.CURRENT,
    "teachers": optional.TEACHERS,
    "site_capacity": optional.SITE_CAPACITY,
    "facilities": optional.FACILITIES,
    "requirements": optional.REQUIREMENTS,
    "workplaces": optional.WORKPLACES,
    "afterwards": optional.AFTERWARDS,
    "hybrids": optional.HYBRIDS,
    "scenarios": optional.SCENARIOS,
    "factors": optional.FACTORS,
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

OPTIONAL = frozenset(
    {
        "site_travel",
        "adult_cohorts",
        "adult_choices",
        "adult_demand",
        "current",
        "teachers",
        "site_capacity",
        "facilities",
        "requirements",
        "workplaces",
        "afterwards",
        "hybrids",
        "scenarios",
        "factors",
    }
)
"""Tables that a region may do without."""

TOGETHER = (("facilities", "requirements"), ("adult_cohorts", "adult_choices"))
"""Optional tables of which each says nothing without the other."""

NOT_BOTH = {
    "adult_demand.csv, or adult_cohorts.csv and adult_choices.csv": (
        ("adult_demand",),
        ("adult_cohorts", "adult_choices"),
    ),
}
"""Optional tables of which a region has one set at the most."""

ONLY_WITH = {
    "site_travel": ("travel", "the network gives the minutes between sites"),
    "factors": ("scenarios", "its scenarios are in no set"),
}
"""Optional tables that need another one, and why they say nothing without it."""
