"""Rules about capacity, institutions and money: their rows, their checks, their problems."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from rule_years import UNITS, Year, by_checks, by_rows, holds, only, said

from builders import OPTIONAL, TABLES, changed, full_tables, tiny_region
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, Pair, Rule
from coverage_opt.rules.change_limit import ChangeLimit
from coverage_opt.rules.institution_balance import InstitutionBalance
from coverage_opt.rules.institution_share import InstitutionShare
from coverage_opt.rules.minimum_run import MinimumRun
from coverage_opt.rules.region_budget import RegionBudget
from coverage_opt.rules.site_capacity import SiteCapacity
from coverage_opt.rules.teacher_hours import TeacherHours
from coverage_opt.rules.workplace_capacity import WorkplaceCapacity


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables())


@pytest.fixture(scope="module")
def bare() -> Region:
    """A region without any of the optional tables, but for the minutes between its sites."""
    return tiny_region()


# --- site_capacity


@pytest.fixture(scope="module")
def crowded(region: Region) -> Year:
    """150 places at hook-centre; 40 * 0.3 + 120 * 0.5 + 200 * 0.4 = 152 are taken up."""
    sizes = {
        ("metal-common", "hook-centre"): 40.0,
        ("welding", "hook-centre"): 120.0,
        ("try-tech", "hook-centre"): 200.0,
        ("nursing", "hill-centre"): 100.0,
        ("dutch", "online"): 9000.0,
    }
    return Year(region, sizes=sizes)


def test_a_site_holds_so_many_learners_at_once(crowded: Year) -> None:
    broken = {("2026 baseline", "hook-centre"): pytest.approx(2.0)}
    assert by_rows(SiteCapacity(), crowded) == broken
    assert by_checks(SiteCapacity(), crowded) == broken


@pytest.mark.parametrize(("hours", "enough"), [(1013, False), (1014, True), (2000, True)])
def test_a_place_that_is_used_longer_holds_more(crowded: Year, hours: int, enough: bool) -> None:
    assert holds(SiteCapacity(hours_per_place=hours), crowded) == enough


def test_a_site_that_is_not_listed_is_large_enough(crowded: Year) -> None:
    small = tiny_region(**full_tables() | {"site_capacity": [("hill-centre", 90)]})
    assert holds(SiteCapacity(), Year(small, sizes=crowded.sizes))
    assert not holds(SiteCapacity(hours_per_place=999), Year(small, sizes=crowded.sizes))


def test_site_capacity_needs_places(region: Region, bare: Region) -> None:
    assert said(SiteCapacity(), region) == []
    assert "site_capacity.csv" in only(SiteCapacity(), bare).what
    with pytest.raises(ValidationError):
        SiteCapacity(hours_per_place=0)


# --- teacher_hours


def taught(region: Region, *, nursing: int = 5, **more: Any) -> Year:
    """A year in which north needs 900 hours a group of nurses, of 5000; south 3700 of 4000."""
    groups = {
        ("nursing", "hill-centre"): nursing,
        ("welding", "hook-centre"): 5,
        ("metal-common", "hook-centre"): 4,
        ("dutch", "online"): 1000,
    }
    return Year(region, groups=groups, **more)


def test_groups_have_teachers(region: Region) -> None:
    assert holds(TeacherHours(), taught(region))
    broken = {("2026", "north", "care"): pytest.approx(400.0)}
    assert by_rows(TeacherHours(), taught(region, nursing=6)) == broken
    assert by_checks(TeacherHours(), taught(region, nursing=6)) == broken


@pytest.mark.parametrize(("stretch", "enough"), [(0.92, False), (0.925, True), (1.0, True)])
def test_teachers_who_leave_are_missed(region: Region, stretch: float, enough: bool) -> None:
    assert holds(TeacherHours(stretch=stretch), taught(region)) == enough


@pytest.mark.parametrize(
    ("closed", "hours"),
    [
        ([("pipe-BOL", "hook-centre")], 3700 + 600 / 4),
        ([("pipe-BOL", "hook-centre"), ("weld-BBL", "hook-centre")], 3700 + 1100 / 4),
        ([("pipe-BOL", "hill-centre"), ("weld-BOL", "hill-centre")], 3700),
    ],
)
def test_what_closes_is_taught_out_over_the_years_to_come(
    region: Region, closed: list[Pair], hours: float
) -> None:
    year = taught(region, closed=closed)
    assert holds(TeacherHours(stretch=(hours + 0.01) / 4000), year)
    broken = {("2026", "south", "technology"): pytest.approx(0.01)}
    short = TeacherHours(stretch=(hours - 0.01) / 4000)
    assert {key: by_rows(short, year)[key] for key in broken} == broken
    assert {key: by_checks(short, year)[key] for key in broken} == broken


def test_a_hybrid_is_taught_out_in_its_first_domain() -> None:
    region = tiny_region(**full_tables(hybrids=True))
    year = Year(region, closed=[("aid-BOL", "hill-centre")])
    broken = {("2026", "north", "care"): pytest.approx(700 / 4)}
    assert by_rows(TeacherHours(stretch=0), year) == broken
    assert by_checks(TeacherHours(stretch=0), year) == broken


def test_units_of_several_domains_have_teachers_of_their_own(region: Region) -> None:
    year = Year(region, groups={("dutch", "hook-centre"): 13})
    broken = {("2026", "south", "general"): pytest.approx(40.0)}
    assert by_rows(TeacherHours(), year) == broken
    assert by_checks(TeacherHours(), year) == broken
    assert TeacherHours().sentence(("south", "general"), region) == (
        "Teachers of general subjects at South College teach at most 1,000 hours a year"
    )


def test_teacher_hours_are_listed_for_all_that_may_be_taught(region: Region, bare: Region) -> None:
    assert said(TeacherHours(), region) == []
    assert "teachers.csv" in only(TeacherHours(), bare).what
    some = [row for row in OPTIONAL["teachers"] if row[1] == "technology"]
    partly = tiny_region(**full_tables() | {"teachers": some})
    assert only(TeacherHours(), partly).rows == ("north, care",)


def test_general_subjects_need_teachers_unless_they_are_online() -> None:
    some = [row for row in OPTIONAL["teachers"] if row[1] != "general"]
    units = changed("units", 0, delivery="with_programme")
    assert TABLES["units"][0][0] == "dutch"
    online = tiny_region(**full_tables() | {"teachers": some})
    assert said(TeacherHours(), online) == []
    taught_here = tiny_region(**full_tables() | {"teachers": some, "units": units})
    assert only(TeacherHours(), taught_here).rows == ("north, general", "south, general")
    one_domain = [row for row in TABLES["curriculum"] if row != ("care-BOL", "dutch")]
    alone = {"teachers": some, "units": units, "curriculum": one_domain}
    assert said(TeacherHours(), tiny_region(**full_tables() | alone)) == []


# --- workplace_capacity


@pytest.mark.parametrize(
    ("period", "scenario", "broken"),
    [
        (2026, "baseline", {}),
        (2026, "decline", {}),
        (2030, "baseline", {}),
        (2030, "decline", {("technology", "BBL"): 57 - 45, ("technology", "BOL"): 149.4 - 112.5}),
    ],
)
def test_learners_find_a_company(
    region: Region, period: int, scenario: str, broken: dict[Key, float]
) -> None:
    # at once, after drop-out: 30 * 1.9 = 57 in BBL; 50 * 1.9 + 20.148 * 2.7 = 149.4 in BOL
    offers = {
        ("weld-BBL", "hill-centre"): 20.0,
        ("weld-BBL", "hook-centre"): 10.0,
        ("weld-BOL", "hill-centre"): 50.0,
        ("pipe-BOL", "hook-centre"): 54.4 / 2.7,
        ("care-BOL", "hill-centre"): 80.0,
    }
    year = Year(region, period=period, scenario=scenario, offers=offers)
    expected = {
        (f"{period} {scenario}", *key): pytest.approx(amount) for key, amount in broken.items()
    }
    assert by_rows(WorkplaceCapacity(), year) == expected
    assert by_checks(WorkplaceCapacity(), year) == expected
    assert holds(WorkplaceCapacity(stretch=149.4 / 112.5 + 1e-6), year)


def test_a_domain_that_is_not_listed_finds_places_enough() -> None:
    listed = {"workplaces": [("technology", "BBL", 10)], "factors": None, "scenarios": None}
    region = tiny_region(**full_tables() | listed)
    many = {("weld-BOL", "hill-centre"): 900.0, ("care-BOL", "hill-centre"): 900.0}
    assert holds(WorkplaceCapacity(), Year(region, offers=many))
    more = many | {("weld-BBL", "hill-centre"): 6.0}
    assert not holds(WorkplaceCapacity(), Year(region, offers=more))


def test_workplace_capacity_needs_places_and_says_which(region: Region, bare: Region) -> None:
    assert said(WorkplaceCapacity(), region) == []
    assert "workplaces.csv" in only(WorkplaceCapacity(), bare).what
    assert WorkplaceCapacity().sentence(("care", "BOL"), region).endswith("have internships for")


# --- institution_share


def test_an_institution_keeps_its_share_of_all_who_ask(region: Region) -> None:
    # today north has 120 of 135; asking are 200 young people and 70 * 0.7 adults: 249
    rule = InstitutionShare(share_at_least=0.9)
    least = 0.9 * 249 * 120 / 135
    offers = {
        ("care-BOL", "hill-centre"): 100.0,
        ("weld-BOL", "hill-centre"): least - 100,
        ("weld-BBL", "hook-centre"): 0.9 * 249 * 15 / 135,
    }
    assert holds(rule, Year(region, offers=offers))
    fewer = offers | {("weld-BOL", "hill-centre"): least - 103}
    broken = {("2026 baseline", "north"): pytest.approx(3.0)}
    assert by_rows(rule, Year(region, offers=fewer)) == broken
    assert by_checks(rule, Year(region, offers=fewer)) == broken


def test_an_institution_that_can_have_no_learners_is_not_forgotten(region: Region) -> None:
    everything_north = Year(region, offers={("care-BOL", "hill-centre"): 249.0})
    rule = InstitutionShare(share_at_least=0.5)
    broken = {("2026 baseline", "south"): pytest.approx(0.5 * 249 / 9)}
    assert by_rows(rule, everything_north) == broken
    assert by_checks(rule, everything_north) == broken


def test_an_institution_without_learners_today_is_promised_none() -> None:
    region = tiny_region(**full_tables() | {"current": [("care-BOL", "hill-centre", 90)]})
    north = Year(region, offers={("care-BOL", "hill-centre"): 249.0})
    assert holds(InstitutionShare(share_at_least=1), north)


def test_fewer_learners_to_share_are_fewer_to_keep(region: Region) -> None:
    offers = {("care-BOL", "hill-centre"): 110.0, ("weld-BBL", "hook-centre"): 20.0}
    rule = InstitutionShare(share_at_least=0.75)
    assert not holds(rule, Year(region, offers=offers))
    assert holds(rule, Year(region, period=2030, scenario="decline", offers=offers))


def test_institution_share_needs_learners_today(region: Region, bare: Region) -> None:
    rule = InstitutionShare(share_at_least=0.8)
    assert said(rule, region) == []
    assert "current.csv" in only(rule, bare).what
    with pytest.raises(ValidationError):
        InstitutionShare(share_at_least=1.1)


# --- institution_balance and region_budget


def accounts(region: Region) -> Year:
    """North has a tenth of its funding left, south spends a twentieth too much."""
    cost = {"north": 900_000.0, "south": 525_000.0, "online": 75_000.0}
    return Year(region, cost=cost, funding={"north": 1_000_000.0, "south": 500_000.0})


@pytest.mark.parametrize(("deficit", "enough"), [(0.0, False), (0.0499, False), (0.05, True)])
def test_an_institution_spends_what_it_has(region: Region, deficit: float, enough: bool) -> None:
    assert holds(InstitutionBalance(deficit_at_most=deficit), accounts(region)) == enough


def test_a_deficit_is_found_in_euros(region: Region) -> None:
    rule, key = InstitutionBalance(deficit_at_most=0.02), ("2026 baseline", "south")
    assert by_checks(rule, accounts(region)) == {key: pytest.approx(15_000)}
    assert by_rows(rule, accounts(region)) == {key: pytest.approx(15)}  # in thousands
    (violation,) = rule.check(Facts(region, (accounts(region).facts(),)))
    assert violation.place == "south in 2026 baseline"
    assert violation.sentence == "South College costs at most 2.0% more than its funding"


def test_an_institution_that_brings_in_nothing_may_cost_nothing(region: Region) -> None:
    assert holds(InstitutionBalance(), Year(region, cost={"online": 5.0}))
    assert not holds(InstitutionBalance(), Year(region, cost={"south": 5.0}))


def test_what_is_online_counts_for_the_budget_of_the_region(region: Region) -> None:
    assert holds(RegionBudget(euros_at_most=1_500_000), accounts(region))
    short = RegionBudget(euros_at_most=1_499_000)
    assert by_checks(short, accounts(region)) == {("2026",): pytest.approx(1000)}
    assert by_rows(short, accounts(region)) == {("2026",): pytest.approx(1)}  # in thousands


@pytest.mark.parametrize("rule", [InstitutionBalance(), RegionBudget(euros_at_most=1)])
def test_rules_of_money_need_money(region: Region, bare: Region, rule: Rule) -> None:
    assert said(rule, region) == []
    problem = only(rule, bare)
    assert (problem.where, rule.needs_money) == ("region.yaml", True)


# --- all of them

MEANS: tuple[Rule, ...] = (
    SiteCapacity(),
    TeacherHours(stretch=2),
    WorkplaceCapacity(stretch=2.5),
    InstitutionShare(share_at_least=0.25),
    InstitutionBalance(deficit_at_most=0.1),
    RegionBudget(euros_at_most=2_000_000),
    ChangeLimit(changes_at_most=3),
    ChangeLimit(changes_at_most=2, per="institution"),
    MinimumRun(years_at_least=5),
)


def drawn(random: Random, region: Region, period: int) -> Year:
    """Return anything that could be a year of a plan."""
    sites = ("hill-centre", "hook-centre")
    offers = [(programme, site) for programme, *_ in TABLES["programmes"] for site in sites]
    units = [(unit, site) for unit in UNITS for site in sites]
    taught, changes = random.sample(units, 6), random.sample(offers, 4)
    return Year(
        region,
        period,
        random.choice(["baseline", "decline"]),
        offers={pair: random.uniform(0, 80) for pair in random.sample(offers, 5)},
        sizes={pair: random.uniform(0, 250) for pair in taught},
        groups={pair: random.randint(1, 7) for pair in taught},
        opened=changes[: random.randint(0, 2)],
        closed=changes[2 : random.randint(2, 4)],
        cost={key: random.uniform(0, 1e6) for key in ("north", "south", "online")},
        funding={key: random.uniform(0, 1e6) for key in ("north", "south")},
    )


@pytest.mark.parametrize("rule", MEANS, ids=lambda rule: rule.name)
def test_rows_and_checks_agree_on_any_plan(region: Region, rule: Rule) -> None:
    kept = []
    for seed in range(40):
        random = Random(seed)
        kept.append(holds(rule, *(drawn(random, region, period) for period in region.periods)))
    assert 0 < sum(kept) < len(kept), "plans of both sorts must be among them"
