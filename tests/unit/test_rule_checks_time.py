"""Rules about change and partners: their rows, their checks, their problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError
from rule_years import Year, by_checks, by_rows, holds, only, said

from builders import TABLES, full_tables, tiny_region
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, Pair
from coverage_opt.rules.change_limit import ChangeLimit
from coverage_opt.rules.minimum_run import MinimumRun
from coverage_opt.rules.partnership import Partnership


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables())


# --- change_limit

CHANGES: dict[str, Any] = {
    "opened": [("pipe-BOL", "hill-centre"), ("weld-BBL", "hill-centre")],
    "closed": [("weld-BOL", "hill-centre"), ("pipe-BOL", "hook-centre")],
}
"""Three changes at north, one at south."""


@pytest.mark.parametrize(
    ("parameters", "broken"),
    [
        ({"changes_at_most": 4}, {}),
        ({"changes_at_most": 3}, {("2026",): 1.0}),
        ({"changes_at_most": 3, "per": "institution"}, {}),
        ({"changes_at_most": 2, "per": "institution"}, {("2026", "north"): 1.0}),
        (
            {"changes_at_most": 0, "per": "institution"},
            {("2026", "north"): 3.0, ("2026", "south"): 1.0},
        ),
    ],
)
def test_so_much_changes_at_a_time(
    region: Region, parameters: dict[str, Any], broken: dict[Key, float]
) -> None:
    year, rule = Year(region, **CHANGES), ChangeLimit(**parameters)
    assert by_rows(rule, year) == broken
    assert by_checks(rule, year) == broken


def test_where_nothing_came_before_nothing_changes(region: Region) -> None:
    first = Year(region, offers={("care-BOL", "hill-centre"): 90.0})
    assert holds(ChangeLimit(changes_at_most=0), first)
    assert said(ChangeLimit(changes_at_most=0), region) == []


# --- minimum_run


CARE, WELD = ("care-BOL", "hill-centre"), ("weld-BOL", "hook-centre")

YEARS = (2026, 2030, 2035, 2040)


@pytest.fixture(scope="module")
def long_region() -> Region:
    """The tiny region for four periods, with the same cohorts and openings in each."""
    return tiny_region(
        settings={"periods": list(YEARS)},
        cohorts=[(zone, year, 50) for zone in ("hill", "bank", "hook") for year in YEARS],
        openings=[(work, year, 9) for work in ("welder", "fitter", "nurse") for year in YEARS],
    )


def run_of(region: Region, *offered: list[Pair], opened: Mapping[int, list[Pair]]) -> list[Year]:
    """Return the years of a plan, with what is offered and what opens in each."""
    return [
        Year(region, period, offers=dict.fromkeys(pairs, 20.0), opened=opened.get(period, []))
        for period, pairs in zip(YEARS, offered, strict=False)
    ]


@pytest.mark.parametrize(
    ("years", "broken"),
    [
        (4, []),
        (5, [("", *CARE, "2026", "2030")]),
        (9, [("", *CARE, "2026", "2030")]),
        (10, [("", *CARE, "2026", "2030"), ("", *CARE, "2026", "2035")]),
    ],
)
def test_what_opens_stays(long_region: Region, years: int, broken: list[Key]) -> None:
    plan = run_of(long_region, [CARE], [WELD], [WELD], [CARE, WELD], opened={2026: [CARE]})
    rule = MinimumRun(years_at_least=years)
    assert by_rows(rule, *plan) == dict.fromkeys(broken, 1.0)
    assert by_checks(rule, *plan) == dict.fromkeys(broken, 1.0)


def test_what_was_there_may_close(long_region: Region) -> None:
    plan = run_of(long_region, [CARE, WELD], [WELD], [], opened={2030: []})
    assert holds(MinimumRun(years_at_least=100), *plan)


def test_only_periods_that_are_planned_for_count(long_region: Region) -> None:
    plan = run_of(long_region, [CARE], [CARE], [], [], opened={2026: [CARE]})
    assert holds(MinimumRun(years_at_least=9), *plan)
    assert holds(MinimumRun(years_at_least=10), *plan[:2])
    assert not holds(MinimumRun(years_at_least=10), *plan)
    assert holds(MinimumRun(years_at_least=10), plan[0])


def test_an_offer_opens_again_later(long_region: Region) -> None:
    plan = run_of(long_region, [], [CARE], [CARE], [], opened={2030: [CARE]})
    assert holds(MinimumRun(years_at_least=10), *plan)
    broken = {("", *CARE, "2030", "2040"): 1.0}
    assert by_checks(MinimumRun(years_at_least=11), *plan) == broken
    (violation,) = MinimumRun(years_at_least=11).check(
        Facts(long_region, tuple(year.facts() for year in plan))
    )
    assert violation.sentence == (
        "Nurse (BOL) at Hill Centre opens in 2030, so it is still offered in 2040: what opens "
        "stays for at least 11 year(s)"
    )


# --- partnership

SENT = ("metal-common", "hook-centre", "hill-centre", 12.0)


@pytest.fixture(scope="module")
def neighbours() -> Region:
    """Two sites of north, half an hour apart, and one of south, 40 minutes from both one way."""
    site = ("hill-east", "north", "Hill East", "Hill", 51.50, 3.65, "main")
    sites = ["hill-centre", "hill-east", "hook-centre"]
    away = {("hill-centre", "hill-east"): 30, ("hill-east", "hill-centre"): 30}
    minutes = [
        (start, end, away.get((start, end), 40 if end == "hook-centre" else 65))
        for start in sites
        for end in sites
        if start != end
    ]
    travel = [*TABLES["travel"], *[(zone, "hill-east", 20) for zone in ("hill", "bank", "hook")]]
    return tiny_region(
        sites=[*TABLES["sites"], site],
        site_domains=[*TABLES["site_domains"], ("hill-east", "technology")],
        site_travel=minutes,
        travel=travel,
    )


@pytest.mark.parametrize(
    ("parameters", "partners"),
    [
        (
            {},
            {
                "hill-centre": ("hill-east", "hook-centre"),
                "hill-east": ("hill-centre", "hook-centre"),
                "hook-centre": (),
            },
        ),
        (
            {"within_minutes": 39},
            {"hill-centre": ("hill-east",), "hill-east": ("hill-centre",), "hook-centre": ()},
        ),
        (
            {"institutions": []},
            {"hill-centre": ("hill-east",), "hill-east": ("hill-centre",), "hook-centre": ()},
        ),
        (
            {"institutions": [["south", "north"]], "within_minutes": 65},
            {
                "hill-centre": ("hill-east", "hook-centre"),
                "hill-east": ("hill-centre", "hook-centre"),
                "hook-centre": ("hill-centre", "hill-east"),
            },
        ),
        ({"within_minutes": 0}, {"hill-centre": (), "hill-east": (), "hook-centre": ()}),
    ],
)
def test_partners_are_close_and_work_together(
    neighbours: Region, parameters: dict[str, Any], partners: dict[str, tuple[str, ...]]
) -> None:
    assert Partnership(**parameters).partners(neighbours) == partners


@pytest.mark.parametrize(
    ("parameters", "kept"),
    [
        ({}, False),
        ({"within_minutes": 65}, True),
        ({"within_minutes": 64.9}, False),
        ({"within_minutes": 65, "institutions": []}, False),
        ({"within_minutes": 65, "institutions": [["north", "south"]]}, True),
        ({"within_minutes": 65, "kinds": ["common"]}, True),
        ({"within_minutes": 65, "kinds": ["generic", "profile"]}, False),
    ],
)
def test_learners_are_sent_to_partners_only(
    region: Region, parameters: dict[str, Any], kept: bool
) -> None:
    year, rule = Year(region, sent=[SENT]), Partnership(**parameters)
    expected = {} if kept else {("2026 baseline", *SENT[:3]): 12.0}
    assert by_checks(rule, year) == expected
    assert by_rows(rule, year) == {}, "it shapes the model, without rows of its own"


def test_nobody_is_sent_where_they_are(region: Region) -> None:
    year = Year(region, sent=[("welding", "hook-centre", "hook-centre", 3.0)])
    assert by_checks(Partnership(), year) == {
        ("2026 baseline", "welding", "hook-centre", "hook-centre"): 3.0
    }


def test_partnership_says_why_a_unit_may_not_be_taken_there(region: Region) -> None:
    rule = Partnership(kinds=("generic",))
    assert rule.sentence(SENT[:3], region) == (
        "Metal work is not taken at a partner's site: that is for generic units"
    )


def test_partnership_says_everything_wrong_at_once(region: Region) -> None:
    assert said(Partnership(), region) == []
    wrong = Partnership(institutions=(("north", "soth"), ("south", "north"), ("east", "south")))
    unknown, other, overlap = wrong.problems(region)
    assert (unknown.what, other.what) == (
        "unknown institution 'soth'",
        "unknown institution 'east'",
    )
    assert "south" in unknown.advice
    assert overlap.rows == ("north", "south")
    lost = tiny_region(site_travel=None)
    assert len(said(wrong, lost)) == 4
    assert "travel times between sites" in only(Partnership(), lost).what
    with pytest.raises(ValueError, match="not known"):
        Partnership().partners(lost)


@pytest.mark.parametrize(
    ("institutions", "faults"),
    [("some", 1), ([["north"]], 1), (["north", "south"], 2), ([["north", "south", 3]], 1)],
)
def test_a_partnership_that_is_misspelt_is_told_once_for_each_fault(
    institutions: Any, faults: int
) -> None:
    with pytest.raises(ValidationError) as refused:
        Partnership.model_validate({"institutions": institutions})
    assert refused.value.error_count() == faults
