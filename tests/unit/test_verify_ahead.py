"""With more periods and scenarios, learners who are miscounted are found in their moment."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from ahead_numbers import HILL, HOOK
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify import verify
from coverage_opt.region.region import Region
from plan_changes import first_of, more, moved, one_row, with_changes, without
from plans import only
from plans_ahead import RULES, ahead_policy, ahead_region, plan_ahead


@pytest.fixture(scope="module")
def region() -> Region:
    return ahead_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The plan for two periods and two scenarios."""
    return plan_ahead(region)


LOW = {"period": 2030, "scenario": "decline"}


def test_somebody_not_counted_in_one_moment(region: Region, plan: Plan) -> None:
    wrong = with_changes(
        plan, unplaced=without(**LOW, learner="young", zone="hook", choice="pipe-BOL")
    )
    found = verify(region, wrong)
    assert only(found).amount == pytest.approx(4 * 0.4)
    assert first_of(found) == (
        "switches",
        "pipe-BOL from hook in 2030 decline",
        "1.6 learners of Hook ask for Pipefitter (BOL), but 0 are counted as taking a programme "
        "or unplaced",
    )


def test_an_adult_without_the_certificate_asked_for(region: Region, plan: Plan) -> None:
    taken = {**LOW, "zone": "bank", "unit": "dutch"}
    found = verify(region, with_changes(plan, certificates=without(**taken)))
    assert first_of(found) == (
        "switches",
        "dutch from adults of bank in 2030 decline",
        "1.2 adults of Bank ask for Dutch, but 0.6 are counted as taking it or unplaced",
    )
    assert {each.rule for each in found} >= {"units", "money", "outlook", "indicators"}


def test_more_enter_than_would_wait(region: Region, plan: Plan) -> None:
    at = {**LOW, "zone": "hill", "learner": "adult"}
    wrong = with_changes(
        plan,
        switches=moved(1.0, **at, choice="weld-BBL", programme="weld-BBL"),
        unplaced=moved(-1.0, **at, choice="weld-BBL"),
        placements=moved(1.0, **at, programme="weld-BBL"),
        attendance=moved(1.0, **at),
    )
    first, second, *_ = verify(region, wrong)
    assert first.sentence == (
        "7 adults of Hill who ask for Welder (BBL) get a place; at most 6 would wait for the one "
        "moment of the year to enter"
    )
    assert (first.rule, first.place) == ("switches", "weld-BBL from adults of hill in 2030 decline")
    assert second.place == "weld-BBL to weld-BBL from adults of hill in 2030 decline"


def test_everybody_enters_where_the_policy_says_so(region: Region, plan: Plan) -> None:
    at = {**LOW, "zone": "hill", "learner": "adult"}
    wrong = with_changes(
        plan,
        switches=moved(1.0, **at, choice="weld-BBL", programme="weld-BBL"),
        unplaced=moved(-1.0, **at, choice="weld-BBL"),
        placements=moved(1.0, **at, programme="weld-BBL"),
        attendance=moved(1.0, **at),
    )
    anytime = replace(wrong, policy=ahead_policy(continuous_intake=["BBL", "adult"]))
    assert "switches" not in {found.rule for found in verify(region, anytime)}
    # and young learners of BBL no more than wait, where they are not pooled: 90 % of them
    pooled = verify(region, replace(plan, policy=ahead_policy(continuous_intake=[])))
    assert {found.place for found in pooled if found.rule == "switches"} >= {
        "weld-BBL from hill in 2026 baseline",
        "weld-BBL from hook in 2030 decline",
    }


def test_more_choose_a_programme_afterwards_than_would(region: Region, plan: Plan) -> None:
    at = {**LOW, "zone": "bank", "choice": "try-tech", "learner": "young"}
    wrong = with_changes(
        plan,
        switches=lambda table: moved(0.4, **at, programme="weld-BBL")(
            moved(-0.4, **at, programme="weld-BOL")(table)
        ),
    )
    assert first_of(verify(region, wrong)) == (
        "switches",
        "try-tech to weld-BBL from bank in 2030 decline",
        "1.84 learners of Bank who ask for Trying technology take Welder (BBL); at most 1.44 would",
    )


def test_a_programme_over_two_domains_that_the_policy_does_not_have(
    region: Region, plan: Plan
) -> None:
    found = verify(region, replace(plan, policy=ahead_policy(hybrids=False)))
    # its own unit is then no unit of anybody's
    assert {each.sentence for each in found} == {"There is no unit 'aids'"}
    without = with_changes(
        replace(plan, policy=ahead_policy(hybrids=False)),
        units=lambda table: table[table["unit"] != "aids"],
    )
    found = verify(region, without)
    places = {each.place for each in found if each.rule == "switches"}
    assert places >= {
        "aid-BOL to aid-BOL from hill in 2026 baseline",
        "pipe-BOL to aid-BOL from hill in 2026 baseline",
        "aid-BOL to care-BOL from hook in 2030 decline",
    }
    offers = [each for each in found if each.rule == "offers"]
    assert [(each.place, each.sentence) for each in offers] == [
        (
            f"aid-BOL at hill-centre in {year}",
            "Care technician (BOL) at Hill Centre is over two domains, which the policy does not "
            "have",
        )
        for year in (2026, 2030)
    ]


def test_a_programme_over_two_domains_where_one_may_not_be_taught(
    region: Region, plan: Plan
) -> None:
    found = verify(region, with_changes(plan, offers=more((2030, "aid-BOL", HOOK, 0.0))))
    (forbidden,) = [each for each in found if each.rule == "offers"]
    assert (forbidden.place, forbidden.sentence) == (
        "aid-BOL at hook-centre in 2030",
        "Care technician (BOL) is offered at Hook Centre, which may not teach the domain care",
    )


# --- certificates


def test_a_certificate_where_the_unit_is_not_taught(region: Region, plan: Plan) -> None:
    def at_hook(table: pd.DataFrame) -> pd.DataFrame:
        taken = one_row(table, period=2026, scenario="decline", zone="bank", unit="welding")
        return table.assign(site=table["site"].mask(taken, HOOK))

    found = verify(region, with_changes(plan, certificates=at_hook))
    assert first_of(found) == (
        "certificates",
        "welding at hook-centre from adults of bank in 2026 decline",
        "2 adults of Bank are sent to Hook Centre for Welding, where it is not taught",
    )


def test_a_certificate_of_what_is_not_taught_by_itself(region: Region, plan: Plan) -> None:
    kinds = ["generic", "orientation", "common"]
    found = verify(region, replace(plan, policy=ahead_policy(sharing=kinds)))
    assert {each.rule for each in found} == {"units", "sent"}  # names that policy does not know
    own = with_changes(
        replace(plan, policy=ahead_policy(sharing=kinds)),
        units=lambda table: table[table["kind"] != "profile"],
        sent=lambda table: table[table["unit"] != "welding"],
    )
    found = verify(region, own)
    certificates = [each for each in found if each.rule == "certificates"]
    assert certificates[0].sentence.endswith("take Welding alone, which is not taught by itself")


def test_a_certificate_in_an_orientation_unit(region: Region, plan: Plan) -> None:
    at = {"period": 2026, "scenario": "baseline", "zone": "hill", "choice": "try-tech"}
    wrong = with_changes(
        plan,
        unplaced=moved(-1.0, **at, learner="adult"),
        certificates=more((2026, "baseline", "adult", "hill", "try-tech", HILL, 1.0)),
    )
    places = {each.place for each in verify(region, wrong) if each.rule == "certificates"}
    assert places == {"try-tech at hill-centre from adults of hill in 2026 baseline"}


# --- partnership


def test_nobody_is_sent_without_a_partnership(region: Region, plan: Plan) -> None:
    rules = {name: rule for name, rule in RULES.items() if name != "partnership"}
    found = verify(region, replace(plan, policy=ahead_policy(rules)))
    sent = [each for each in found if each.rule == "sent"]
    assert (sent[0].place, sent[0].amount, sent[0].sentence) == (
        "metal-common at hill-centre to hook-centre in 2030 baseline",
        1.5,
        "1.5 learners of Hill Centre are sent to Hook Centre for Metal work, but the policy has no "
        "partnership",
    )
    # and then welding would have to be taught at hook
    missing = [each for each in found if each.rule == "units"]
    assert [(each.place, each.sentence) for each in missing] == [
        (
            "welding at hook-centre in 2026",
            "Welding at Hook Centre is not taught, but a programme offered needs it",
        )
    ]


def test_a_partner_too_far_away(region: Region, plan: Plan) -> None:
    rules = {**RULES, "partnership": {"within_minutes": 64}}
    found = verify(region, replace(plan, policy=ahead_policy(rules)))
    assert {each.rule for each in found} == {"units", "partnership"}
    foreign = {**RULES, "partnership": {"within_minutes": 65, "institutions": []}}
    found = verify(region, replace(plan, policy=ahead_policy(foreign)))
    assert {each.rule for each in found} == {"units", "partnership"}
    kinds = {**RULES, "partnership": {"within_minutes": 65, "kinds": ["profile"]}}
    found = verify(region, replace(plan, policy=ahead_policy(kinds)))
    assert {each.rule for each in found} == {"partnership"}


def test_sent_where_it_is_not_taught(region: Region, plan: Plan) -> None:
    wrong = with_changes(plan, sent=more((2026, "decline", "pipefitting", HILL, HOOK, 1.0)))
    found = [each for each in verify(region, wrong) if each.rule == "sent"]
    assert [(each.place, each.sentence) for each in found] == [
        (
            "pipefitting at hill-centre to hook-centre in 2026 decline",
            "1 learners of Hill Centre are sent to Hook Centre for Pipefitting, where it is not "
            "taught",
        )
    ]


def test_sent_for_what_is_not_taught_with_the_programme(region: Region, plan: Plan) -> None:
    wrong = with_changes(plan, sent=more((2026, "decline", "try-tech", HILL, HOOK, 1.0)))
    found = [each for each in verify(region, wrong) if each.rule == "sent"]
    assert any("though it is not taught with the programme" in each.sentence for each in found)


def test_more_are_sent_than_there_are(region: Region, plan: Plan) -> None:
    way = {"period": 2026, "scenario": "baseline", "unit": "welding"}
    found = verify(region, with_changes(plan, sent=moved(1.0, **way)))
    assert first_of(found) == (
        "sent",
        "welding at hook-centre in 2026 baseline",
        "1 more learners of Hook Centre are sent away for Welding than need it there",
    )


def test_left_where_it_is_not_taught(region: Region, plan: Plan) -> None:
    way = {"period": 2026, "scenario": "baseline", "unit": "welding"}
    found = verify(region, with_changes(plan, sent=moved(-1.0, **way)))
    assert first_of(found) == (
        "sent",
        "welding at hook-centre in 2026 baseline",
        "1 learners of Hook Centre need Welding, which is not taught there, and are not sent to a "
        "partner's site",
    )


def test_a_unit_that_neither_site_teaches(region: Region, plan: Plan) -> None:
    at_hill = {"period": 2026, "unit": "welding", "site": HILL}
    found = verify(region, with_changes(plan, units=without(**at_hill)))
    missing = {each.place for each in found if each.rule == "units" and each.amount == 1.0}
    assert missing == {"welding at hill-centre in 2026", "welding at hook-centre in 2026"}
