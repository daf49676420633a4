"""The numbers of a plan with everything in it, for two periods and two scenarios, by hand.

The region is the tiny one with adults, today's offering, money, entry moments and a programme over
two domains (``aid-BOL``). In every moment as many ask and go as in 2026 as forecast, times `YOUNG`
or `ADULTS`; so a number of learners is written as what it is of each.

Of adults 62.5 % can enter: they would come at four moments a year, and half of those of the later
ones wait for the first; for BBL it makes no difference, as those are pooled. Offers change: the
first year against today's, and in 2030 welders (BBL) move to hook, where (BOL) opens.

In 2026 no welding is taught at hook: its learners take it at hill, a partner, 65 minutes away.
"""

from __future__ import annotations

from typing import Any

Rows = list[tuple[Any, ...]]

YEARS = (2026, 2030)
PROBABILITY = {"baseline": 0.6, "decline": 0.4}
MOMENTS = [(year, scenario) for year in YEARS for scenario in PROBABILITY]
YOUNG = dict(zip(MOMENTS, (1.0, 0.9, 0.5, 0.4), strict=True))
ADULTS = dict(zip(MOMENTS, (1.0, 1.0, 0.5, 0.6), strict=True))

HILL, HOOK = "hill-centre", "hook-centre"
MINUTES = {
    ("hill", HILL): 10,
    ("bank", HILL): 30,
    ("hook", HILL): 75,
    ("hill", HOOK): 70,
    ("bank", HOOK): 55,
    ("hook", HOOK): 10,
}

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
