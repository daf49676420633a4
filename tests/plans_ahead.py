"""A correct plan for two periods under two scenarios, worked out by hand, with everything in it.

The region is the tiny one with adults, today's offering, money, entry moments and a programme over
two domains (``aid-BOL``). In every moment as many ask and go as in 2026 as forecast, times `YOUNG`
or `ADULTS`; so a number of learners is written as what it is of each.

Of adults 62.5 % can enter: they would come at four moments a year, and half of those of the later
ones wait for the first; for BBL it makes no difference, as those are pooled. Offers change: the
first year against today's, and in 2030 welders (BBL) move to hook, where (BOL) opens.

In 2026 no welding is taught at hook: its learners take it at hill, a partner, 65 minutes away.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import pandas as pd

from builders import changed, full_tables, tiny_region
from coverage_opt.plan.indicators import indicator_units
from coverage_opt.plan.plan import Plan
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from plans import Rows, tables_of

YEARS = (2026, 2030)
PROBABILITY = {"baseline": 0.6, "decline": 0.4}
MOMENTS = [(year, scenario) for year in YEARS for scenario in PROBABILITY]
YOUNG = dict(zip(MOMENTS, (1.0, 0.9, 0.5, 0.4), strict=True))
ADULTS = dict(zip(MOMENTS, (1.0, 1.0, 0.5, 0.6), strict=True))
YEARS_APART = 4

HILL, HOOK = "hill-centre", "hook-centre"
MINUTES = {
    ("hill", HILL): 10,
    ("bank", HILL): 30,
    ("hook", HILL): 75,
    ("hill", HOOK): 70,
    ("bank", HOOK): 55,
    ("hook", HOOK): 10,
}

RULES: dict[str, Any] = {
    "class_size": {
        "generic": {"minimum": 12},
        "orientation": {"minimum": 8},
        "common": {"minimum": 10},
        "profile": {"minimum": 6},
        "per_offer": 1,
    },
    "travel_limit": {"by_level": {2: 72, 3: 70}, "nearby": 60, "by_learner": {"adult": 80}},
    "partnership": {"within_minutes": 65},
    "placement_guarantee": {"unplaced_at_most": 0.08},
}

OBJECTIVE: list[dict[str, Any]] = [
    {"maximise": {"coverage": 1, "placed": 1, "certificates": 0.5}, "risk": "cvar", "tail": 0.5},
    {"minimise": {"cost": 1, "changes": 1000}, "risk": "worst_case", "tolerance": 0.01},
    {"minimise": {"travel_minutes": 1}, "decides": "placement"},
]

OFFERS: dict[int, dict[tuple[str, str], tuple[float, float]]] = {
    2026: {
        ("weld-BOL", HILL): (33.2, 1.5),
        ("weld-BBL", HILL): (14.0, 10.75),
        ("weld-BBL", HOOK): (18.0, 7.5),
        ("pipe-BOL", HILL): (20.0, 0.0),
        ("care-BOL", HILL): (83.0, 8.5),
        ("aid-BOL", HILL): (17.0, 0.0),
    },
    2030: {
        ("weld-BOL", HILL): (30.0, 1.5),
        ("weld-BOL", HOOK): (3.2, 0.0),
        ("weld-BBL", HOOK): (32.0, 18.25),
        ("pipe-BOL", HILL): (20.0, 0.0),
        ("care-BOL", HILL): (83.0, 8.5),
        ("aid-BOL", HILL): (17.0, 0.0),
    },
}
"""Young and adult learners who start, by offer."""

TIMELINE: Rows = [
    (2026, "opens", "aid-BOL", HILL, ""),
    (2026, "opens", "pipe-BOL", HILL, ""),
    (2026, "opens", "weld-BBL", HILL, ""),
    (2026, "closes", "pipe-BOL", HOOK, ""),
    (2026, "merges", "weld-BBL", HOOK, "try-tech"),
    (2026, "merges", "weld-BOL", HILL, "try-tech"),
    (2030, "opens", "weld-BOL", HOOK, ""),
    (2030, "closes", "weld-BBL", HILL, ""),
]

SWITCHES: Rows = [
    ("young", "hill", "weld-BOL", "weld-BOL", 10.0),
    ("young", "hill", "weld-BBL", "weld-BBL", 10.0),
    ("young", "hill", "pipe-BOL", "pipe-BOL", 8.0),
    ("young", "hill", "pipe-BOL", "aid-BOL", 2.0),  # at most a quarter of 10
    ("young", "hill", "care-BOL", "care-BOL", 40.0),
    ("young", "hill", "aid-BOL", "aid-BOL", 9.0),
    ("young", "hill", "aid-BOL", "care-BOL", 1.0),
    ("young", "hill", "try-tech", "weld-BOL", 10.0),  # at most 0.6 of 20
    ("young", "hill", "try-tech", "pipe-BOL", 6.0),
    ("young", "hill", "try-tech", "weld-BBL", 4.0),
    ("young", "bank", "weld-BOL", "weld-BOL", 6.0),
    ("young", "bank", "weld-BBL", "weld-BBL", 6.0),
    ("young", "bank", "pipe-BOL", "pipe-BOL", 6.0),
    ("young", "bank", "care-BOL", "care-BOL", 24.0),
    ("young", "bank", "aid-BOL", "aid-BOL", 6.0),
    ("young", "bank", "try-tech", "weld-BOL", 7.2),  # at most 0.6 of 12
    ("young", "bank", "try-tech", "weld-BBL", 3.6),  # at most 0.3 of 12
    ("young", "hook", "weld-BOL", "weld-BBL", 2.0),  # at most half of 4
    ("young", "hook", "weld-BBL", "weld-BBL", 4.0),
    ("young", "hook", "care-BOL", "care-BOL", 16.0),
    ("young", "hook", "aid-BOL", "care-BOL", 2.0),
    ("young", "hook", "try-tech", "weld-BBL", 2.4),  # at most 0.3 of 8
    ("adult", "hill", "weld-BBL", "weld-BBL", 10.0),  # of 16, of whom 10 can enter
    ("adult", "hill", "care-BOL", "care-BOL", 5.0),
    ("adult", "hill", "try-tech", "weld-BBL", 0.75),  # at most 0.3 of 2.5
    ("adult", "hill", "try-tech", "weld-BOL", 1.0),
    ("adult", "bank", "weld-BBL", "weld-BBL", 5.0),
    ("adult", "bank", "care-BOL", "care-BOL", 2.5),
    ("adult", "bank", "try-tech", "weld-BOL", 0.5),
    ("adult", "hook", "weld-BBL", "weld-BBL", 2.5),
    ("adult", "hook", "care-BOL", "care-BOL", 1.0),
]

PLACEMENTS: dict[int, Rows] = {
    2026: [
        ("young", "hill", "weld-BOL", HILL, 20.0),
        ("young", "hill", "weld-BBL", HILL, 14.0),
        ("young", "bank", "weld-BOL", HILL, 13.2),
        ("adult", "hill", "weld-BBL", HILL, 10.75),
    ],
    2030: [
        ("young", "hill", "weld-BOL", HILL, 20.0),
        ("young", "hill", "weld-BBL", HOOK, 14.0),
        ("young", "bank", "weld-BOL", HILL, 10.0),
        ("young", "bank", "weld-BOL", HOOK, 3.2),
        ("adult", "hill", "weld-BBL", HOOK, 10.75),
    ],
}
"""What differs between the periods."""

PLACEMENTS_ALWAYS: Rows = [
    ("young", "hill", "pipe-BOL", HILL, 14.0),
    ("young", "hill", "care-BOL", HILL, 41.0),
    ("young", "hill", "aid-BOL", HILL, 11.0),
    ("young", "bank", "weld-BBL", HOOK, 9.6),
    ("young", "bank", "pipe-BOL", HILL, 6.0),
    ("young", "bank", "care-BOL", HILL, 24.0),
    ("young", "bank", "aid-BOL", HILL, 6.0),
    ("young", "hook", "weld-BBL", HOOK, 8.4),
    ("young", "hook", "care-BOL", HILL, 18.0),
    ("adult", "hill", "weld-BOL", HILL, 1.0),
    ("adult", "hill", "care-BOL", HILL, 5.0),
    ("adult", "bank", "weld-BBL", HOOK, 5.0),
    ("adult", "bank", "weld-BOL", HILL, 0.5),
    ("adult", "bank", "care-BOL", HILL, 2.5),
    ("adult", "hook", "weld-BBL", HOOK, 2.5),
    ("adult", "hook", "care-BOL", HILL, 1.0),
]

ATTENDANCE: Rows = [
    ("young", "hill", "try-tech", HILL, 48.0),
    ("young", "bank", "try-tech", HILL, 18.8),
    ("young", "bank", "try-tech", HOOK, 10.0),
    ("young", "hook", "try-tech", HOOK, 8.4),
    ("adult", "hill", "try-tech", HILL, 11.75),
    ("adult", "bank", "try-tech", HILL, 5.5),
    ("adult", "hook", "try-tech", HOOK, 2.5),
]

CERTIFICATES: Rows = [
    ("adult", "hill", "welding", HILL, 5.0),  # of 8, of whom 5 can enter
    ("adult", "bank", "welding", HILL, 2.0),
    ("adult", "hill", "dutch", "online", 2.5),
    ("adult", "bank", "dutch", "online", 1.0),
    ("adult", "hook", "dutch", "online", 0.5),
]

UNPLACED: Rows = [
    ("young", "bank", "try-tech", 1.2),
    ("young", "hook", "weld-BOL", 2.0),
    ("young", "hook", "pipe-BOL", 4.0),
    ("young", "hook", "aid-BOL", 2.0),
    ("young", "hook", "try-tech", 5.6),
    ("adult", "hill", "weld-BBL", 6.0),
    ("adult", "hill", "care-BOL", 3.0),
    ("adult", "hill", "try-tech", 2.25),
    ("adult", "hill", "welding", 3.0),
    ("adult", "hill", "dutch", 1.5),
    ("adult", "bank", "weld-BBL", 3.0),
    ("adult", "bank", "care-BOL", 1.5),
    ("adult", "bank", "try-tech", 1.5),
    ("adult", "bank", "welding", 2.0),
    ("adult", "bank", "dutch", 1.0),
    ("adult", "hook", "weld-BBL", 1.5),
    ("adult", "hook", "care-BOL", 1.0),
    ("adult", "hook", "try-tech", 1.0),
    ("adult", "hook", "welding", 2.0),
    ("adult", "hook", "dutch", 0.5),
]

SENT: dict[int, list[tuple[str, str, str, float, float]]] = {
    2026: [("welding", HOOK, HILL, 0.9 * 18, 0.9 * 7.5)],
    2030: [("metal-common", HILL, HOOK, 3.0, 0.0)],
}
"""Unit, from, to, of the young and of the adults."""

UNITS: dict[int, list[tuple[str, str, str, float, float]]] = {
    2026: [
        ("dutch", "generic", "online", 185.2, 28.25 + 4),
        ("try-tech", "orientation", HILL, 66.8, 17.25),
        ("try-tech", "orientation", HOOK, 18.4, 2.5),
        ("metal-common", "common", HILL, 47.2, 12.25),
        ("metal-common", "common", HOOK, 18.0, 7.5),
        ("welding", "profile", HILL, 0.9 * 65.2, 0.9 * 19.75 + 7),
        ("pipefitting", "profile", HILL, 18.0, 0.0),
        ("nursing", "profile", HILL, 83.0, 8.5),
        ("aids", "profile", HILL, 15.3, 0.0),
    ],
    2030: [
        ("dutch", "generic", "online", 185.2, 28.25 + 4),
        ("try-tech", "orientation", HILL, 66.8, 17.25),
        ("try-tech", "orientation", HOOK, 18.4, 2.5),
        ("metal-common", "common", HILL, 27.0, 1.5),
        ("metal-common", "common", HOOK, 38.2, 18.25),
        ("welding", "profile", HILL, 27.0, 0.9 * 1.5 + 7),
        ("welding", "profile", HOOK, 0.9 * 35.2, 0.9 * 18.25),
        ("pipefitting", "profile", HILL, 18.0, 0.0),
        ("nursing", "profile", HILL, 83.0, 8.5),
        ("aids", "profile", HILL, 15.3, 0.0),
    ],
}
"""Unit, kind, site, and learners as above."""

HOURS = {
    "dutch": 80,
    "try-tech": 400,
    "metal-common": 300,
    "welding": 500,
    "pipefitting": 600,
    "nursing": 900,
    "aids": 700,
}
DOMAIN = {"dutch": "general", "nursing": "care", "aids": "care"}
COLLEGE = {HILL: "north", HOOK: "south", "online": "online"}

HOURS_APART = 3 * 1280 + 1080 + 980 + 780
"""Contact hours, in both periods, when nothing is shared."""

FUNDING = {
    # 6500 x price factor x weight of the pathway x years present
    "weld-BOL": 6500 * 1.4 * 1.9,
    "weld-BBL": 6500 * 1.4 * 0.4 * 1.9,
    "pipe-BOL": 6500 * 1.4 * 2.7,
    "care-BOL": 6500 * 1.2 * 3.45,
    "aid-BOL": 6500 * 1.5 * 2.7,
}

COST_BESIDES_GROUPS = {
    # offers, a site, what opens (60,000) and closes (40,000 and teaching out), over four years
    (2026, "north"): 5 * 15000 + 400000 + 3 * 60000 / 4,
    (2026, "south"): 15000 + 400000 + (40000 + 105 * 600) / 4,
    (2026, "online"): 0.0,
    (2030, "north"): 4 * 15000 + 400000 + (40000 + 105 * 500) / 4,
    (2030, "south"): 2 * 15000 + 400000 + 60000 / 4,
    (2030, "online"): 0.0,
}

TEACH_OUT = {(2026, "south"): 600 / 4, (2030, "north"): 500 / 4}
"""Hours a year in technology."""

OPENINGS = {
    **{moment: {"fitter": 10.0, "welder": 60.0} for moment in MOMENTS},
    (2030, "decline"): {"fitter": 15.0, "welder": 90.0},
}


def ahead_region(**overrides: Any) -> Region:
    """Return the region of the plan."""
    tables = full_tables(hybrids=True)
    openings = [
        (row[0], row[1], 60 if row[0] == "welder" else row[2]) for row in changed("openings", 0)
    ]
    adults = [
        (zone, year, learners * share)
        for year, share in ((2026, 1.0), (2030, 0.5))
        for zone, learners in (("hill", 40), ("bank", 20), ("hook", 10))
    ]
    factors = [
        ("decline", 2026, "learners", "all", 0.9),
        ("decline", 2030, "learners", "all", 0.8),
        ("decline", 2030, "adults", "all", 1.2),
        ("decline", 2030, "openings", "all", 1.5),
    ]
    changes = {"openings": openings, "adult_cohorts": adults, "factors": factors}
    return tiny_region(**{**tables, **changes, **overrides})


def ahead_policy(
    rules: dict[str, Any] | None = None,
    objective: list[dict[str, Any]] | None = None,
    **settings: Any,
) -> Policy:
    """Return the policy of the plan, with other rules, another objective or other settings."""
    return Policy.model_validate(
        {
            "name": "ahead",
            "title": "Ahead, by hand",
            "view": "A policy for tests.",
            "sharing": ["generic", "orientation", "common", "profile", "elective"],
            "hybrids": True,
            "continuous_intake": ["BBL"],
            "rules": RULES if rules is None else rules,
            "objective": OBJECTIVE if objective is None else objective,
            **settings,
        }
    )


def learners(moment: tuple[int, str], young: float, adults: float) -> float:
    """Return how many there are in a moment."""
    return young * YOUNG[moment] + adults * ADULTS[moment]


def expected(year: int, young: float, adults: float) -> float:
    """Return how many there are in a period, over the scenarios."""
    return sum(
        chance * learners((year, name), young, adults) for name, chance in PROBABILITY.items()
    )


def flows(rows: Rows) -> Rows:
    """Return the same rows, of learner and so on, in every moment."""
    return [row for year in YEARS for row in flows_of(year, rows)]


def flows_of(year: int, rows: Rows) -> Rows:
    """Return the rows in every moment of one period."""
    found = []
    for scenario in PROBABILITY:
        for learner, *rest, number in rows:
            factor = (ADULTS if learner == "adult" else YOUNG)[year, scenario]
            found.append((year, scenario, learner, *rest, number * factor))
    return found


def placements_of(year: int) -> Rows:
    """Return the placements of a period as in 2026 as forecast."""
    return [*PLACEMENTS[year], *PLACEMENTS_ALWAYS]


def groups_of(year: int, young: float, adults: float) -> int:
    """Return the groups of at most 28 that hold the larger of the two scenarios."""
    return ceil(max(learners((year, name), young, adults) for name in PROBABILITY) / 28)


def group_hours(year: int) -> dict[tuple[str, str], float]:
    """Return (college, domain) -> contact hours of all groups."""
    hours: dict[tuple[str, str], float] = {}
    for unit, _, site, *size in UNITS[year]:
        key = (COLLEGE[site], DOMAIN.get(unit, "technology"))
        hours[key] = hours.get(key, 0.0) + HOURS[unit] * groups_of(year, *size)
    return hours


def teacher_rows() -> Rows:
    """Return the hours of groups and of teaching out."""
    rows: Rows = []
    for year in YEARS:
        for (college, domain), hours in group_hours(year).items():
            besides = TEACH_OUT.get((year, college), 0.0) if domain == "technology" else 0.0
            rows.append((year, college, domain, hours + besides))
    return rows


def money_rows() -> Rows:
    """Return funding, cost and balance of both colleges and of what is online."""
    rows: Rows = []
    for year, scenario in MOMENTS:
        moment = (year, scenario)
        funding = {
            # the hours of welding, 500, and of Dutch, 80, at 8 euros
            "north": 8 * 500 * learners(moment, 0.0, 7.0),
            "south": 0.0,
            "online": 8 * 80 * learners(moment, 0.0, 4.0),
        }
        for (programme, site), starting in OFFERS[year].items():
            funding[COLLEGE[site]] += FUNDING[programme] * learners(moment, *starting)
        for college, income in funding.items():
            hours = sum(n for (where, _), n in group_hours(year).items() if where == college)
            cost = 105 * hours + COST_BESIDES_GROUPS[year, college]
            rows.append((year, scenario, college, income, cost, income - cost))
    return rows


def reach_rows() -> Rows:
    """Return what is within reach: fitters of hook once welders (BOL) are taught there."""
    pairs = [(o, zone) for o in ("fitter", "welder") for zone in ("hill", "bank", "hook")]
    unreached = (2026, "fitter", "hook")
    return [(y, o, zone, float((y, o, zone) != unreached)) for y in YEARS for o, zone in pairs]


def filled_rows() -> Rows:
    """Return openings filled: shares of those who start, graduate and enter."""
    rows: Rows = []
    for year, scenario in MOMENTS:
        started: dict[str, float] = {}
        for (programme, _), starting in OFFERS[year].items():
            more = learners((year, scenario), *starting)
            started[programme] = started.get(programme, 0.0) + more
        bol, bbl = started["weld-BOL"], started["weld-BBL"]
        graduates = {
            "fitter": 0.08 * bol + 0.6 * started["pipe-BOL"] + 0.21 * started["aid-BOL"],
            "welder": 0.64 * bol + 0.63 * bbl,
        }
        for occupation, wanted in OPENINGS[year, scenario].items():
            entering = graduates[occupation]
            rows.append((year, scenario, occupation, wanted, entering, min(wanted, entering)))
    return rows


def indicators_of(moment: tuple[int, str]) -> dict[str, float]:
    """Return every indicator in one moment."""
    year, _ = moment
    filled = {row[2]: row[3:] for row in filled_rows() if row[:2] == moment}
    money = [row[3:] for row in money_rows() if row[:2] == moment]
    hours = sum(HOURS[row[0]] for row in UNITS[year])
    groups = sum(groups_of(year, *row[3:]) for row in UNITS[year])
    asking = learners(moment, 200.0, 49.0)
    south = sum(
        learners(moment, *starting) for (_, site), starting in OFFERS[year].items() if site == HOOK
    )
    north = learners(moment, 185.2, 28.25) - south
    to_programmes = minutes(moment, placements_of(year))
    alone = [row for row in CERTIFICATES if row[3] != "online"]
    return {
        "coverage": (160 + 40 * 2 / 3) / 200 if year == 2026 else 1.0,
        "filled_openings": (2 * filled["welder"][2] + filled["fitter"][2])
        / (2 * filled["welder"][0] + filled["fitter"][0]),
        "placed": learners(moment, 185.2, 28.25) / asking,
        # seven take something else than they asked for
        "first_choice": learners(moment, 178.2, 28.25) / asking,
        "certificates": 11 / 21,
        "reuse": (HOURS_APART - hours) / HOURS_APART,
        "worst_zone": 2 / 3 if year == 2026 else 1.0,
        # of 135 today 120 are at north
        "worst_institution": min(1.0, north / (120 / 135 * asking), south / (15 / 135 * asking)),
        "saved_hours": float(HOURS_APART - hours),
        "group_hours": sum(group_hours(year).values()),
        "travel": to_programmes / learners(moment, 185.2, 28.25),
        "travel_minutes": to_programmes + minutes(moment, [*ATTENDANCE, *alone]),
        "mean_group": sum(learners(moment, *row[3:]) for row in UNITS[year]) / groups,
        "cost": sum(row[1] for row in money),
        "funding": sum(row[0] for row in money),
        "balance": sum(row[2] for row in money),
        "changes": 4.0 if year == 2026 else 2.0,
        "offers": 6.0,
        "programmes": 5.0,
        "units": float(len(UNITS[year])),
        "sites": 2.0,
        "learners": asking,
        "certificate_learners": learners(moment, 0.0, 21.0),
    }


def minutes(moment: tuple[int, str], rows: Rows) -> float:
    """Return the learner-minutes one way of learner, zone, what, site, learners."""
    factor = {"young": YOUNG[moment], "adult": ADULTS[moment]}
    return sum(MINUTES[zone, site] * number * factor[who] for who, zone, _, site, number in rows)


def overall(name: str) -> float:
    """Return an indicator over all moments: the mean of the years, or the sum of changes."""
    by_year = [
        sum(chance * indicators_of((year, each))[name] for each, chance in PROBABILITY.items())
        for year in YEARS
    ]
    return sum(by_year) / (1 if name == "changes" else len(YEARS))


def under(scenario: str, name: str) -> float:
    """Return an indicator under a scenario, over the periods."""
    values = [indicators_of((year, scenario))[name] for year in YEARS]
    return sum(values) / (1 if name == "changes" else len(YEARS))


def stage_rows() -> Rows:
    """Return the stages: the worse half, the worst of the two, and what is expected."""
    worth = {
        name: under(name, "coverage") + under(name, "placed") + 0.5 * under(name, "certificates")
        for name in PROBABILITY
    }
    # the worse of the two is 0.4 of the half, or all of it
    worse, better = sorted(PROBABILITY, key=lambda name: worth[name])
    part = min(PROBABILITY[worse], 0.5)
    tail = (part * worth[worse] + (0.5 - part) * worth[better]) / 0.5
    spent = max(under(name, "cost") + 1000 * under(name, "changes") for name in PROBABILITY)
    travel = overall("travel_minutes")
    sum_of = "coverage + placed + 0.5 certificates"
    return [
        (1, f"CVaR 50% of ({sum_of})", "maximise", tail, tail, 0.0, 2.5, "optimal"),
        (2, "worst case of (cost + 1000 changes)", "minimise", spent, spent * 0.999, 0.001, 1.0,
         "optimal"),
        (3, "travel_minutes", "minimise", travel, travel, 0.0, 0.5, "optimal"),
    ]  # fmt: skip


def ahead_rows(region: Region) -> dict[str, Rows]:
    """Return the rows of every table."""
    measured = indicator_units(region)
    return {
        "offers": [(y, *key, expected(y, *size)) for y in YEARS for key, size in OFFERS[y].items()],
        "units": [_unit_row(year, *row) for year in YEARS for row in UNITS[year]],
        "timeline": TIMELINE,
        "switches": flows(SWITCHES),
        "placements": [row for year in YEARS for row in flows_of(year, placements_of(year))],
        "attendance": flows(ATTENDANCE),
        "certificates": flows(CERTIFICATES),
        "sent": [
            (*moment, *way, learners(moment, *size))
            for moment in MOMENTS
            for *way, size in ((*row[:3], row[3:]) for row in SENT[moment[0]])
        ],
        "unplaced": flows(UNPLACED),
        "reach": reach_rows(),
        "filled": filled_rows(),
        "money": money_rows(),
        "teachers": teacher_rows(),
        "outlook": [
            (*moment, name, value)
            for moment in MOMENTS
            for name, value in indicators_of(moment).items()
        ],
        "indicators": [(name, unit, overall(name)) for name, unit in measured.items()],
        "stages": stage_rows(),
    }


def _unit_row(
    year: int, unit: str, kind: str, site: str, young: float, adults: float
) -> tuple[Any, ...]:
    size, groups = expected(year, young, adults), groups_of(year, young, adults)
    return (year, unit, kind, site, size, groups, size / groups)


def plan_ahead(region: Region) -> Plan:
    """Return the correct plan for `ahead_region()`."""
    return Plan(
        status="optimal",
        region=region.name,
        region_hash=region.content_hash,
        policy=ahead_policy(),
        periods=YEARS,
        scenario_set="two",
        scenarios=region.scenario_set("two"),
        run={"gap_asked": 1e-3, "interrupted": False},
        _tables=tables_of(ahead_rows(region)),
    )


def row_at(table: pd.DataFrame, **values: Any) -> int:
    """Return the position of the one row that has these values."""
    fits = pd.Series(True, index=table.index)
    for column, value in values.items():
        fits &= table[column] == value
    (place,) = table.index[fits]
    return int(place)
