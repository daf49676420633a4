"""Learners, offers and units that do not agree are told apart, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.plan.verify import verify
from coverage_opt.region.region import Region
from plans import (
    ATTENDANCE,
    OFFERS,
    PLACEMENTS,
    SWITCHES,
    UNPLACED,
    found_at,
    hand_made_plan,
    only,
    plan_region,
    with_rows,
    with_table,
)

NOW = (2026, "baseline", "young")


@pytest.fixture(scope="module")
def region() -> Region:
    return plan_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The modular plan: every table has rows."""
    return hand_made_plan(region, "modular")


def _changed(rows: list[tuple[Any, ...]], **learners: float) -> list[tuple[Any, ...]]:
    """Return rows with other learners, by key with the parts joined by double underscores."""
    new = {tuple(key.replace("_", "-").split("--")): value for key, value in learners.items()}
    # period, scenario and kind of learner come before the key
    return [(*row[:-1], new.get(row[3:-1], row[-1])) for row in rows]


def test_somebody_not_counted(region: Region, plan: Plan) -> None:
    found = only(verify(region, with_rows(plan, unplaced=UNPLACED[1:])))
    assert (found.rule, found.place, found.amount) == ("switches", "weld-BOL from hook", 2.0)
    assert found.sentence == (
        "4 learners of Hook ask for Welder (BOL), but 2 are counted as taking a programme or "
        "unplaced"
    )


def test_more_switch_than_would(region: Region, plan: Plan) -> None:
    switches = _changed(SWITCHES, hook__weld_BOL__weld_BBL=3.0, hook__try_tech__weld_BBL=7.0)
    unplaced = [*_changed(UNPLACED, hook__weld_BOL=1.0), (*NOW, "hook", "try-tech", 1.0)]
    found = verify(region, with_rows(plan, switches=switches, unplaced=unplaced))
    assert (found[0].rule, found[0].place) == ("switches", "weld-BOL to weld-BBL from hook")
    assert found[0].amount == pytest.approx(1.0)
    assert found[0].sentence == (
        "3 learners of Hook who ask for Welder (BOL) take Welder (BBL); at most 2 would"
    )
    # nothing else is wrong but what follows from fewer first choices
    assert {each.rule for each in found} == {"switches", "outlook", "indicators", "stages"}


def test_a_switch_that_nobody_accepts(region: Region, plan: Plan) -> None:
    switches = [*_changed(SWITCHES, hill__care_BOL__care_BOL=49.0)]
    switches.append((*NOW, "hill", "care-BOL", "weld-BOL", 1.0))
    found = verify(region, with_rows(plan, switches=switches))
    switched = found_at(found, "switches", "care-BOL to weld-BOL from hill")
    assert [each.amount for each in switched] == [1.0]


def test_somebody_without_a_place(region: Region, plan: Plan) -> None:
    placements = _changed(PLACEMENTS, hook__care_BOL__hill_centre=17.0)
    found = verify(region, with_rows(plan, placements=placements))
    assert (found[0].rule, found[0].place, found[0].amount) == (
        "placements",
        "care-BOL from hook",
        1.0,
    )
    assert found[0].sentence == "18 learners of Hook take Nurse (BOL), but 17 are placed"
    place = found_at(found, "offers", "care-BOL at hill-centre")
    assert place[0].sentence == (
        "Nurse (BOL) at Hill Centre is said to have 98 learners, but 97 are placed there"
    )


def test_a_place_that_is_not_offered(region: Region, plan: Plan) -> None:
    placements = _changed(PLACEMENTS, bank__pipe_BOL__hill_centre=5.0)
    placements.append((*NOW, "bank", "pipe-BOL", "hook-centre", 1.0))
    found = verify(region, with_rows(plan, placements=placements))
    assert (found[0].rule, found[0].place, found[0].amount) == (
        "placements",
        "pipe-BOL at hook-centre from bank",
        1.0,
    )
    assert found[0].sentence == (
        "1 learners of Bank are sent to Hook Centre for Pipefitter (BOL), where it is not offered"
    )


def test_a_place_and_a_unit_that_cannot_be_travelled_to(region: Region, plan: Plan) -> None:
    minutes = region.minutes
    minutes.loc["bank", "hook-centre"] = np.inf
    found = verify(replace(region, _minutes=minutes), plan)
    for rule, place, amount in (
        ("placements", "weld-BBL at hook-centre from bank", 10.0),
        ("attendance", "try-tech at hook-centre from bank", 12.0),
    ):
        (stranded,) = found_at(found, rule, place)
        assert stranded.amount == amount
        assert stranded.sentence.endswith("which they cannot travel to")


def test_a_site_that_may_not_teach_the_domain(region: Region, plan: Plan) -> None:
    offers = [*OFFERS, (2026, "care-BOL", "hook-centre", 0.0)]
    found = verify(region, with_rows(plan, offers=offers))
    assert (found[0].rule, found[0].place) == ("offers", "care-BOL at hook-centre")
    assert found[0].sentence == (
        "Nurse (BOL) is offered at Hook Centre, which may not teach the domain care"
    )
    # and its units would have to be taught there
    (missing,) = found_at(found, "units", "nursing at hook-centre")
    sentence = "Nursing at Hook Centre is not taught, but a programme offered needs it"
    assert missing.sentence == sentence


def test_a_unit_without_an_offer(region: Region, plan: Plan) -> None:
    idle = pd.DataFrame([(2026, "pipefitting", "profile", "hook-centre", 9.0, 1, 9.0)])
    idle.columns = plan.units.columns
    found = verify(region, with_table(plan, "units", pd.concat([plan.units, idle])))
    assert (found[0].rule, found[0].place) == ("units", "pipefitting at hook-centre")
    assert found[0].sentence == (
        "Pipefitting at Hook Centre is taught, but no programme offered uses it"
    )


def test_a_nearby_unit_that_nobody_attends(region: Region, plan: Plan) -> None:
    table = plan.table("attendance").assign(site="hill-centre")
    key = [column for column in TABLES["attendance"] if column != "learners"]
    table = table.groupby(key, as_index=False)[["learners"]].sum()
    found = verify(region, with_table(plan, "attendance", table))
    (idle, *_) = found_at(found, "units", "try-tech at hook-centre")
    assert idle.sentence == "Trying technology at Hook Centre is taught, but nobody attends it"


def test_attending_where_it_is_not_taught(region: Region, plan: Plan) -> None:
    units = plan.units
    elsewhere = (units["unit"] == "try-tech") & (units["site"] == "hook-centre")
    found = verify(region, with_table(plan, "units", units[~elsewhere]))
    first, second = found[:2]
    assert (first.rule, first.place, first.amount) == (
        "attendance",
        "try-tech at hook-centre from bank",
        12.0,
    )
    assert second.place == "try-tech at hook-centre from hook"
    assert first.sentence == (
        "12 learners of Bank are sent to Hook Centre for Trying technology, where it is not taught"
    )


def test_missing_a_unit_taught_nearby(region: Region, plan: Plan) -> None:
    found = verify(region, with_rows(plan, attendance=ATTENDANCE[:-1]))
    assert (found[0].rule, found[0].place, found[0].amount) == (
        "attendance",
        "try-tech from hook",
        14.0,
    )
    assert found[0].sentence == (
        "14 learners of Hook need Trying technology, taught nearby, but 0 attend it"
    )


def test_a_nearby_unit_where_its_domain_may_not_be_taught() -> None:
    domains = [("hill-centre", "technology"), ("hill-centre", "care"), ("hook-centre", "care")]
    region = plan_region(site_domains=domains)
    found = verify(region, hand_made_plan(region, "modular"))
    (misplaced,) = found_at(found, "units", "try-tech at hook-centre")
    assert misplaced.sentence.endswith("may not teach the domain of any programme that uses it")


def test_groups_that_are_not_what_the_learners_make(region: Region, plan: Plan) -> None:
    units = plan.units
    nursing = units["unit"] == "nursing"
    units.loc[nursing, ["groups", "group_size"]] = [3, 98 / 3]
    found = verify(region, with_table(plan, "units", units.astype({"groups": "int64"})))
    first = found_at(found, "units", "nursing at hill-centre")[0]
    assert (first.sentence, first.amount) == (
        "Nursing at Hill Centre is said to make 3 groups, but makes 4",
        1.0,
    )
