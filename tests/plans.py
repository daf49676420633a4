"""Correct plans for the tiny region, worked out by hand: no solver, no code of the engine's own.

Everybody asks and goes the same way under each sharing; what is taught as one group differs. The
policy has every rule, and every number of the plan is other than 0 or 1 where it can be.

Travel limits: 60 minutes at level 2 (welders of hook and hill cannot cross over), 70 at level 3
(pipefitters of hook cannot either), 90 for nurses, 60 to the orientation unit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from builders import changed, tiny_region
from coverage_opt.plan.indicators import indicator_units
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules.base import Violation

Rows = list[tuple[Any, ...]]

SHARING: dict[str, tuple[str, ...]] = {
    "none": (),
    "orientation": ("orientation",),
    "online": ("generic",),
    "modular": ("generic", "orientation", "common", "profile", "elective"),
}
"""The cases: what is shared in each."""

RULES: dict[str, Any] = {
    "class_size": {
        "own": {"minimum": 15},
        "common": {"minimum": 12},
        "profile": {"minimum": 8},
        "per_offer": 6,
    },
    "fixed_offers": {
        "must": [{"programme": "care-BOL", "site": "hill-centre"}],
        "must_not": [{"programme": "pipe-BOL", "site": "hook-centre"}],
    },
    "max_sites": {"sites_at_most": 2},
    "minimum_coverage": {"share": 0.75},
    "no_duplication": {"within_minutes": 60},
    "placement_guarantee": {"unplaced_at_most": 0.05},
    "travel_limit": {"minutes": 90, "by_level": {2: 60, 3: 70}, "nearby": 60},
}

OBJECTIVE: list[dict[str, Any]] = [
    {"maximise": {"coverage": 1, "filled_openings": 1, "placed": 1, "first_choice": 0.5}},
    {"maximise": {"saved_hours": 1}},
    {"minimise": {"travel_minutes": 1}, "decides": "placement"},
]

BASELINE = (Scenario("baseline", "Baseline", 1.0),)


def now(rows: Rows, *, young: bool = False, period_only: bool = False) -> Rows:
    """Return rows of 2026, as forecast; of young learners where that is a column."""
    scenario = () if period_only else ("baseline",)
    return [(2026, *scenario, *(("young",) if young else ()), *row) for row in rows]


SWITCHES = now(
    [
        ("hill", "weld-BOL", "weld-BOL", 10.0),
        ("hill", "weld-BBL", "weld-BBL", 10.0),
        ("hill", "pipe-BOL", "pipe-BOL", 8.0),
        ("hill", "pipe-BOL", "weld-BOL", 2.0),  # at most a quarter of 10
        ("hill", "care-BOL", "care-BOL", 50.0),
        ("hill", "try-tech", "weld-BOL", 12.0),
        ("hill", "try-tech", "pipe-BOL", 8.0),
        ("bank", "weld-BOL", "weld-BOL", 4.0),
        ("bank", "weld-BOL", "weld-BBL", 2.0),  # at most half of 6
        ("bank", "weld-BBL", "weld-BBL", 6.0),
        ("bank", "pipe-BOL", "pipe-BOL", 6.0),
        ("bank", "care-BOL", "care-BOL", 30.0),
        ("bank", "try-tech", "weld-BOL", 4.0),
        ("bank", "try-tech", "weld-BBL", 8.0),
        ("hook", "weld-BOL", "weld-BBL", 2.0),  # at most half of 4
        ("hook", "weld-BBL", "weld-BBL", 4.0),
        ("hook", "care-BOL", "care-BOL", 18.0),
        ("hook", "try-tech", "weld-BBL", 8.0),
    ],
    young=True,
)

PLACEMENTS = now(
    [
        ("hill", "weld-BOL", "hill-centre", 24.0),
        ("hill", "weld-BBL", "hill-centre", 10.0),
        ("hill", "pipe-BOL", "hill-centre", 16.0),
        ("hill", "care-BOL", "hill-centre", 50.0),
        ("bank", "weld-BOL", "hill-centre", 8.0),
        ("bank", "weld-BBL", "hill-centre", 6.0),
        ("bank", "weld-BBL", "hook-centre", 10.0),
        ("bank", "pipe-BOL", "hill-centre", 6.0),
        ("bank", "care-BOL", "hill-centre", 30.0),
        ("hook", "weld-BBL", "hook-centre", 14.0),
        ("hook", "care-BOL", "hill-centre", 18.0),
    ],
    young=True,
)

UNPLACED = now(
    [
        ("hook", "weld-BOL", 2.0),
        ("hook", "pipe-BOL", 4.0),
        ("hook", "care-BOL", 2.0),
    ],
    young=True,
)

OFFERS = now(
    [
        ("care-BOL", "hill-centre", 98.0),
        ("pipe-BOL", "hill-centre", 22.0),
        ("weld-BBL", "hill-centre", 16.0),
        ("weld-BBL", "hook-centre", 24.0),
        ("weld-BOL", "hill-centre", 32.0),
    ],
    period_only=True,
)

ATTENDANCE = now(
    [
        ("hill", "try-tech", "hill-centre", 50.0),
        ("bank", "try-tech", "hill-centre", 18.0),
        ("bank", "try-tech", "hook-centre", 12.0),
        ("hook", "try-tech", "hook-centre", 14.0),
    ],
    young=True,
)
"""Everybody who takes a technical programme, where the orientation unit is shared."""

REACH = now(
    [
        ("fitter", "hill", 1.0),
        ("fitter", "bank", 1.0),
        ("fitter", "hook", 0.0),
        ("welder", "hill", 1.0),
        ("welder", "bank", 1.0),
        ("welder", "hook", 1.0),
    ],
    period_only=True,
)

FILLED = now(
    [
        # 0.1 of the 0.8 x 32 welders (BOL) and 0.8 of the 0.75 x 22 pipefitters
        ("fitter", 10.0, 2.56 + 13.2, 10.0),
        # 0.8 of the 0.8 x 32 welders (BOL) and 0.9 of the 0.7 x 40 welders (BBL)
        ("welder", 60.0, 20.48 + 25.2, 45.68),
    ],
)


def _own(welders: float, pipefitters: float) -> Rows:
    """Return the own units, given the shares of welders and pipefitters who stay."""
    return [
        ("own:weld-BOL", "own", "hill-centre", 32 * welders, 2),
        ("own:weld-BBL", "own", "hill-centre", 16 * welders, 1),
        ("own:weld-BBL", "own", "hook-centre", 24 * welders, 1),
        ("own:pipe-BOL", "own", "hill-centre", 22 * pipefitters, 1),
        ("own:care-BOL", "own", "hill-centre", 98.0, 4),
    ]


TRY_TECH: Rows = [
    ("try-tech", "orientation", "hill-centre", 68.0, 3),
    ("try-tech", "orientation", "hook-centre", 26.0, 1),
]

DUTCH: Rows = [("dutch", "generic", "online", 192.0, 7)]

UNITS: dict[str, Rows] = {
    # hours x retention: 780 in year 1 and 500 x 0.9 of 1280; 480 and 600 x 0.9 of 1080
    "none": _own(1230 / 1280, 1020 / 1080),
    # the same without the 400 hours of orientation
    "orientation": [*_own(830 / 880, 620 / 680), *TRY_TECH],
    # the same as without sharing, without the 80 hours of Dutch
    "online": [*_own(1150 / 1200, 940 / 1000), *DUTCH],
    "modular": [
        *TRY_TECH,
        *DUTCH,
        ("metal-common", "common", "hill-centre", 48.0, 2),
        ("metal-common", "common", "hook-centre", 24.0, 1),
        ("welding", "profile", "hill-centre", 43.2, 2),
        ("welding", "profile", "hook-centre", 21.6, 1),
        ("pipefitting", "profile", "hill-centre", 19.8, 1),
        ("nursing", "profile", "hill-centre", 98.0, 4),
    ],
}
"""Unit, kind, site, learners, groups of at most 28."""

HOURS_APART = 3 * 1280 + 1080 + 980
"""Contact hours when nothing is shared."""

HOURS_RUN: dict[str, int] = {
    "none": HOURS_APART,
    "orientation": 3 * 880 + 680 + 980 + 2 * 400,
    "online": 3 * 1200 + 1000 + 900 + 80,
    "modular": 2 * 400 + 80 + 2 * 300 + 2 * 500 + 600 + 900,
}

TEACHERS: dict[str, Rows] = {
    "none": [
        ("north", "technology", 2 * 1280 + 1280 + 1080),
        ("north", "care", 4 * 980),
        ("south", "technology", 1280),
    ],
    "orientation": [
        ("north", "technology", 2 * 880 + 880 + 680 + 3 * 400),
        ("north", "care", 4 * 980),
        ("south", "technology", 880 + 400),
    ],
    "online": [
        ("north", "technology", 2 * 1200 + 1200 + 1000),
        ("north", "care", 4 * 900),
        ("south", "technology", 1200),
        ("online", "general", 7 * 80),
    ],
    "modular": [
        ("north", "technology", 3 * 400 + 2 * 300 + 2 * 500 + 600),
        ("north", "care", 4 * 900),
        ("south", "technology", 400 + 300 + 500),
        ("online", "general", 7 * 80),
    ],
}
"""Institution, domain, hours a year: contact hours of a unit for each of its groups."""

TO_PROGRAMMES = 100 * 10 + 50 * 30 + 10 * 55 + 14 * 10 + 18 * 75
"""Learner-minutes one way."""

TO_NEARBY_UNITS = 50 * 10 + 18 * 30 + 12 * 55 + 14 * 10


def indicators(case: str) -> dict[str, float]:
    """Return the indicators of a case."""
    learners = sum(row[3] for row in UNITS[case])
    groups = sum(row[4] for row in UNITS[case])
    nearby = TO_NEARBY_UNITS if case in ("orientation", "modular") else 0
    saved = HOURS_APART - HOURS_RUN[case]
    return {
        "coverage": (2 * 200 + 1 * 160) / (3 * 200),
        "filled_openings": (2 * 45.68 + 1 * 10) / (2 * 60 + 1 * 10),
        "placed": 192 / 200,
        "first_choice": 186 / 200,
        "reuse": saved / HOURS_APART,
        "worst_zone": 2 / 3,
        "saved_hours": float(saved),
        "group_hours": float(sum(row[2] for row in TEACHERS[case])),
        "travel": TO_PROGRAMMES / 192,
        "travel_minutes": float(TO_PROGRAMMES + nearby),
        "mean_group": learners / groups,
        "changes": 0.0,
        "offers": 5.0,
        "programmes": 4.0,
        "units": float(len(UNITS[case])),
        "sites": 2.0,
        "learners": 200.0,
    }


def plan_region(**overrides: Any) -> Region:
    """Return the region of the plans: the tiny region with more work for welders."""
    return tiny_region(**{"openings": changed("openings", 0, openings=60), **overrides})


def plan_policy(
    case: str = "none",
    rules: dict[str, Any] | None = None,
    objective: list[dict[str, Any]] | None = None,
) -> Policy:
    """Return the policy of a case, with other rules or another objective when given."""
    return Policy.model_validate(
        {
            "name": case,
            "title": "By hand",
            "view": "A policy for tests, with every rule.",
            "sharing": SHARING[case],
            "rules": RULES if rules is None else rules,
            "objective": OBJECTIVE if objective is None else objective,
        }
    )


def hand_made_plan(region: Region, case: str = "none") -> Plan:
    """Return the correct plan of a case for `plan_region()`."""
    worth, nearby = indicators(case), case in ("orientation", "modular")
    measured = indicator_units(region)
    rows: dict[str, Rows] = {
        "offers": OFFERS,
        "units": now([(*row, row[3] / row[4]) for row in UNITS[case]], period_only=True),
        "switches": SWITCHES,
        "placements": PLACEMENTS,
        "attendance": ATTENDANCE if nearby else [],
        "unplaced": UNPLACED,
        "reach": REACH,
        "filled": FILLED,
        "teachers": now([(*key, float(hours)) for *key, hours in TEACHERS[case]], period_only=True),
        "outlook": now([(name, worth[name]) for name in measured]),
        "indicators": [(name, unit, worth[name]) for name, unit in measured.items()],
        "stages": _stages(worth),
    }
    return Plan(
        status="optimal",
        region=region.name,
        region_hash=region.content_hash,
        policy=plan_policy(case),
        periods=(2026,),
        scenario_set="baseline",
        scenarios=BASELINE,
        run={"gap_asked": 1e-3, "interrupted": False},
        _tables=tables_of(rows),
    )


def tables_of(rows: dict[str, Rows]) -> dict[str, pd.DataFrame]:
    """Return every table of a plan from its rows, without any where none are given."""
    return {
        name: pd.DataFrame(rows.get(name, []), columns=list(columns))
        for name, columns in TABLES.items()
    }


def _stages(worth: dict[str, float]) -> Rows:
    first = worth["coverage"] + worth["filled_openings"] + worth["placed"]
    first += worth["first_choice"] / 2
    saved, minutes = worth["saved_hours"], worth["travel_minutes"]
    goal = "coverage + filled_openings + placed + 0.5 first_choice"
    return [
        (1, goal, "maximise", first, first * 1.0005, 0.0005, 1.5, "optimal"),
        (2, "saved_hours", "maximise", saved, saved, 0.0, 0.5, "optimal"),
        (3, "travel_minutes", "minimise", minutes, minutes * 0.9996, 0.0004, 0.25, "optimal"),
    ]


def with_table(plan: Plan, name: str, table: pd.DataFrame) -> Plan:
    """Return the plan with another table."""
    tables = {each: plan.table(each) for each in TABLES} | {name: table}
    return replace(plan, _tables=tables)


def with_rows(plan: Plan, **tables: Rows) -> Plan:
    """Return the plan with other rows in some tables."""
    for name, rows in tables.items():
        plan = with_table(plan, name, pd.DataFrame(rows, columns=list(TABLES[name])))
    return plan


def with_rule(plan: Plan, case: str, **rules: Any) -> Plan:
    """Return the plan under the policy of a case, with other parameters of some rules."""
    merged = {name: {**RULES[name], **parameters} for name, parameters in rules.items()}
    return replace(plan, policy=plan_policy(case, {**RULES, **merged}))


def only(violations: tuple[Violation, ...]) -> Violation:
    """Return the one violation there is."""
    assert len(violations) == 1, "\n".join(map(str, violations))
    return violations[0]


def found_at(violations: tuple[Violation, ...], rule: str, place: str) -> list[Violation]:
    """Return the violations of a rule at a place."""
    return [each for each in violations if (each.rule, each.place) == (rule, place)]
