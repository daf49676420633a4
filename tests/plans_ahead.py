"""A correct plan for two periods under two scenarios, with everything in it, put together by hand.

What it is about and who goes where stands in :mod:`ahead_numbers`; here is what follows from it.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from ahead_numbers import (
    ADULTS,
    ATTENDANCE,
    CERTIFICATES,
    COLLEGE,
    COST_BESIDES_GROUPS,
    DOMAIN,
    FUNDING,
    HOOK,
    HOURS,
    HOURS_APART,
    MINUTES,
    MOMENTS,
    OFFERS,
    OPENINGS,
    PLACEMENTS,
    PLACEMENTS_ALWAYS,
    PROBABILITY,
    SENT,
    SWITCHES,
    TEACH_OUT,
    TIMELINE,
    UNITS,
    UNPLACED,
    YEARS,
    YOUNG,
)
from builders import changed, full_tables, tiny_region
from coverage_opt.plan.indicators import indicator_units
from coverage_opt.plan.plan import Plan
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from plans import Rows, tables_of

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
    travelled = [MINUTES[zone, site] * number * factor[who] for who, zone, _, site, number in rows]
    return float(sum(travelled))


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
