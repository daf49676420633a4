"""Each rule is given what it needs to be checked in every period and under every scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ahead_numbers import HILL, HOOK
from builders import OPTIONAL, TABLES
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES as ALL_RULES
from plans import found_at
from plans_ahead import (
    RULES,
    ahead_policy,
    ahead_region,
    group_hours,
    indicators_of,
    money_rows,
    plan_ahead,
)


@pytest.fixture(scope="module")
def region() -> Region:
    return ahead_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The plan for two periods and two scenarios."""
    return plan_ahead(region)


FORECAST = (2026, "baseline")
SPENT = {(*row[:3],): row[4] - row[3] for row in money_rows()}
"""Cost above funding, by year, scenario and institution."""

BROKEN: list[tuple[str, dict[str, Any], str, float]] = [
    ("breadth", {"domains_at_least": 2}, "hook-centre in 2030", 1.0),
    ("change_limit", {"changes_at_most": 3}, "tiny in 2026", 1.0),
    # 0.9 of 20 pipefitters are still there, of 8 in the poorest moment
    ("class_size", {"profile": {"minimum": 8}}, "pipefitting at hill-centre in 2030 decline", 0.8),
    ("facility_required", {}, "weld-BBL at hook-centre in 2030", 1.0),
    (
        "fixed_offers",
        {"must_not": [{"programme": "weld-BOL", "site": HOOK}]},
        "must_not at weld-BOL at hook-centre in 2030",
        1.0,
    ),
    ("institution_balance", {}, "south in 2030 decline", SPENT[2030, "decline", "south"]),
    # 187.95 of the 120 in 135 of 249
    (
        "institution_share",
        {"share_at_least": 1},
        "north in 2026 baseline",
        249 * 120 / 135 - 187.95,
    ),
    (
        "intake_cap",
        {"caps": [{"programme": "care-BOL", "learners_at_most": 80}]},
        "care-BOL in 2026 baseline",
        11.5,
    ),
    ("labour_market_prospect", {"classes": ["fair"]}, "aid-BOL at hill-centre in 2030", 1.0),
    ("max_sites", {"sites_at_most": 1}, "tiny in 2030", 1.0),
    ("minimum_coverage", {"share": 0.9}, "fitter in 2026 decline", 0.1),
    ("minimum_run", {"years_at_least": 5}, "weld-BBL at hill-centre at 2026 at 2030", 1.0),
    ("no_duplication", {"within_minutes": 65}, "weld-BOL at hook-centre in 2030", 1.0),
    ("partnership", {"within_minutes": 65, "kinds": ["profile"]}, "", 1.5),
    ("placement_guarantee", {"unplaced_at_most": 0.07}, "tiny in 2026 baseline", 0.004),
    ("programme_efficiency", {"learners_per_offer": 40}, "weld-BBL in 2026 baseline", 80 - 50.25),
    ("progression", {}, "weld-BOL at hook-centre in 2030", 1.0),
    (
        "region_budget",
        {"euros_at_most": 1_000_000},
        "tiny in 2026",
        indicators_of(FORECAST)["cost"] - 1_000_000,
    ),
    # 400 hours of 20.9 who try technology and 300 of 25.5 in metal work, against 150 places
    ("site_capacity", {"hours_per_place": 100}, "hook-centre in 2026 baseline", 160.1 - 150),
    (
        "teacher_hours",
        {"stretch": 0.1},
        "south at technology in 2026",
        # with the four years in which pipefitters are taught out
        group_hours(2026)["south", "technology"] + 600 / 4 - 400,
    ),
    (
        "travel_limit",
        {**RULES["travel_limit"], "by_learner": {"adult": 60}},
        "adult at hook at care-BOL at hill-centre in 2026 baseline",
        15.0,
    ),
    # 1.9 years of 50.25, and 60 contracts
    ("workplace_capacity", {}, "technology at BBL in 2026 baseline", 1.9 * 50.25 - 60),
    ("zone_access", {"levels_at_least": 3}, "levels at hook in 2030", 1.0),
]


def test_every_rule_is_here() -> None:
    assert [rule for rule, *_ in BROKEN] == sorted(ALL_RULES)


@pytest.mark.parametrize(
    ("rule", "parameters", "place", "amount"), BROKEN, ids=[each[0] for each in BROKEN]
)
def test_a_rule_broken_in_one_moment(
    region: Region, plan: Plan, rule: str, parameters: dict[str, Any], place: str, amount: float
) -> None:
    if rule in CHANGED:
        region = ahead_region(**CHANGED[rule])
        plan = replace(plan, region_hash=region.content_hash)
    policy = ahead_policy({**RULES, rule: parameters})
    found = verify(region, replace(plan, policy=policy))
    assert {each.rule for each in found} == {rule}
    place = place or "metal-common at hill-centre at hook-centre in 2030 baseline"
    (broken,) = found_at(found, rule, place)
    assert broken.amount == pytest.approx(amount)


CHANGED: dict[str, dict[str, Any]] = {
    # hook may teach care as well, and does not
    "breadth": {"site_domains": [*TABLES["site_domains"], (HOOK, "care")]},
    "facility_required": {"facilities": [row for row in OPTIONAL["facilities"] if row[0] == HILL]},
}
"""Regions in which a rule is broken that otherwise holds."""
