"""What follows from the decisions is checked in every period and under every scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ahead_numbers import HILL
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.plan.verify import verify
from coverage_opt.region.region import Region
from plan_changes import Change, first_of, more, one_row, unmeasured, with_changes, without
from plans import only, with_table
from plans_ahead import RULES, ahead_policy, ahead_region, plan_ahead


@pytest.fixture(scope="module")
def region() -> Region:
    return ahead_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The plan for two periods and two scenarios."""
    return plan_ahead(region)


LOW = {"period": 2030, "scenario": "decline"}


def test_groups_are_enough_for_the_largest_scenario_or_for_the_mean(
    region: Region, plan: Plan
) -> None:
    mean = {**RULES, "class_size": {**RULES["class_size"], "holds": "expectation"}}
    found = verify(region, replace(plan, policy=ahead_policy(mean)))
    groups = {each.place: each.sentence for each in found if "groups" in each.sentence}
    assert groups == {
        # 84.05 and 77.4: on average 81.4
        "try-tech at hill-centre in 2026": "Trying technology at Hill Centre is said to make 4 "
        "groups, but makes 3",
        # 28.2 and 26.2: on average 27.4
        "metal-common at hook-centre in 2030": "Metal work at Hook Centre is said to make 2 "
        "groups, but makes 1",
    }


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (
            without(event="closes", period=2030),
            "weld-BBL at hill-centre in 2030",
            "That Welder (BBL) at Hill Centre closes is not listed",
        ),
        (
            without(event="merges", programme="weld-BOL"),
            "weld-BOL at hill-centre in 2026",
            "That Welder (BOL) at Hill Centre merges with others in Trying technology is not "
            "listed",
        ),
        (
            more((2030, "opens", "pipe-BOL", HILL, "")),
            "pipe-BOL at hill-centre in 2030",
            "That Pipefitter (BOL) at Hill Centre opens is wrong",
        ),
    ],
)
def test_changes_that_are_not_told_or_made_up(
    region: Region, plan: Plan, change: Change, place: str, sentence: str
) -> None:
    found = verify(region, with_changes(plan, timeline=change))
    assert (only(found).rule, *first_of(found)[1:]) == ("timeline", place, sentence)


def test_without_todays_offering_nothing_changes_in_the_first_period(plan: Plan) -> None:
    region = ahead_region(current=None)
    unknown = unmeasured(replace(plan, region_hash=region.content_hash), "worst_institution")
    found = [each for each in verify(region, unknown) if each.rule == "timeline"]
    # six that were told of 2026
    assert [each.sentence.endswith("is wrong") for each in found] == [True] * 6


@pytest.mark.parametrize(
    ("table", "values", "column", "place", "part"),
    [
        (
            "money",
            {**LOW, "institution": "south"},
            "cost",
            "south",
            "South College is said to have",
        ),
        ("money", {**LOW, "institution": "online"}, "funding", "online", "EUR a year of funding"),
        ("money", {**LOW, "institution": "north"}, "balance", "north", "funding less cost"),
        ("filled", {**LOW, "occupation": "welder"}, "openings", "welder", "Welder is said to have"),
        ("outlook", {**LOW, "name": "worst_institution"}, "value", "worst_institution", "share"),
    ],
)
def test_a_number_of_one_moment(
    region: Region,
    plan: Plan,
    table: str,
    values: dict[str, Any],
    column: str,
    place: str,
    part: str,
) -> None:
    content = plan.table(table)
    content[column] = content[column].mask(one_row(content, **values), 1.1 * content[column])
    found = only(verify(region, with_table(plan, table, content)))
    assert (found.rule, found.place) == (table, f"{place} in 2030 decline")
    assert part in found.sentence


def test_hours_of_teachers(region: Region, plan: Plan) -> None:
    content = plan.table("teachers")
    wrong = one_row(content, period=2026, institution="south", domain="technology")
    content["hours"] = content["hours"] - 150.0 * wrong  # what teaching out takes
    found = only(verify(region, with_table(plan, "teachers", content)))
    assert found.place == "technology at south in 2026"
    assert found.amount == pytest.approx(150.0)


def test_no_money_in_a_regionwithout(plan: Plan) -> None:
    region = ahead_region(settings={"entry": {"adult": {"moments": 4, "waits": 0.5}}})
    found = verify(region, replace(plan, region_hash=region.content_hash))
    # its indicators are none of such a region's
    assert {each.sentence for each in found} == {
        f"There is no indicator '{name}'" for name in ("cost", "funding", "balance")
    }
    poor = replace(plan, region_hash=region.content_hash)
    poor = unmeasured(poor, "cost", "funding", "balance")
    wrong = [each for each in verify(region, poor) if each.rule == "money"]
    assert len(wrong) > len(plan.table("money"))
    assert wrong[0].sentence.endswith("is listed, but there is no money to count")


def test_every_table_with_moments_is_wrong_when_two_moments_are_swapped(
    region: Region, plan: Plan
) -> None:
    other = {"baseline": "decline", "decline": "baseline"}
    for name, columns in TABLES.items():
        if "scenario" in columns:
            table = plan.table(name)
            swapped = with_table(plan, name, table.assign(scenario=table["scenario"].map(other)))
            assert verify(region, swapped), name
