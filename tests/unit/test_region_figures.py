"""What a region works out from its tables, by hand: years, hours, funding, places to teach."""

from __future__ import annotations

import pytest

from builders import ENTRY, MONEY, changed, full_tables, tiny_region
from coverage_opt.errors import InputError
from coverage_opt.region.region import Region


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables(hybrids=True))


def test_present_years(region: Region) -> None:
    # Retention is 1.0, 0.9, 0.8, 0.75; the programmes take 2, 3 and 4 years.
    assert region.present_years == pytest.approx(
        {"weld-BOL": 1.9, "weld-BBL": 1.9, "pipe-BOL": 2.7, "care-BOL": 3.45, "aid-BOL": 2.7}
    )


@pytest.mark.parametrize(
    ("years", "present"),
    [
        (0.5, 0.5),
        (1, 1.0),
        (1.25, 1.0 + 0.25 * 0.9),
        (2.5, 1.0 + 0.9 + 0.5 * 0.8),
        (6, 1.0 + 0.9 + 0.8 + 0.75 + 0.75 + 0.75),
    ],
)
def test_present_years_of_other_lengths(years: float, present: float) -> None:
    region = tiny_region(programmes=changed("programmes", 0, years=years))
    assert region.present_years["weld-BOL"] == pytest.approx(present)


def test_teach_out_hours() -> None:
    # Welding (500) and pipefitting (600) are in year 2; nursing in year 1 needs no teaching out.
    region = tiny_region()
    assert region.teach_out_hours == {
        "weld-BOL": 500,
        "weld-BBL": 500,
        "pipe-BOL": 600,
        "care-BOL": 0,
    }
    later = tiny_region(units=changed("units", 5, year=4))
    assert later.teach_out_hours["care-BOL"] == 3 * 900
    common = tiny_region(units=changed("units", 2, year=3))
    assert common.teach_out_hours["weld-BBL"] == 500 + 2 * 300


@pytest.mark.parametrize(
    ("periods", "spans"),
    [
        ([2026], [5]),
        ([2026, 2030], [4, 4]),
        ([2026, 2030, 2035, 2036], [4, 5, 1, 1]),
    ],
)
def test_span_years(periods: list[int], spans: list[int]) -> None:
    zones, occupations = ("hill", "bank", "hook"), ("welder", "fitter", "nurse")
    region = tiny_region(
        settings={"periods": periods},
        cohorts=[(zone, period, 10) for zone in zones for period in periods],
        openings=[(name, period, 10) for name in occupations for period in periods],
    )
    assert [region.span_years(period) for period in periods] == spans


def test_the_span_of_an_unknown_period(region: Region) -> None:
    with pytest.raises(InputError, match="no period 2027"):
        region.span_years(2027)


def test_funding(region: Region) -> None:
    # Learner-years present times the price factor times the weight of the pathway times 6,500.
    assert region.funding_of == pytest.approx(
        {
            "weld-BOL": 1.9 * 1.4 * 1.0 * 6500,
            "weld-BBL": 1.9 * 1.4 * 0.4 * 6500,
            "pipe-BOL": 2.7 * 1.4 * 1.0 * 6500,
            "care-BOL": 3.45 * 1.2 * 1.0 * 6500,
            "aid-BOL": 2.7 * 1.5 * 1.0 * 6500,
        }
    )
    assert tiny_region().funding_of == {}
    free = tiny_region(settings={"money": MONEY | {"funding_per_learner": 0}})
    assert set(free.funding_of.values()) == {0.0}


@pytest.mark.parametrize(
    ("learner", "choice", "pooled", "share"),
    [
        # Half of those who would enter at the second moment of two wait: (1 + 0.8) / 2.
        ("young", "weld-BBL", [], 0.9),
        ("young", "weld-BBL", ["adult"], 0.9),
        ("young", "weld-BBL", ["BBL", "adult"], 1.0),
        ("young", "weld-BOL", [], 1.0),
        ("young", "try-tech", [], 1.0),
        # Of four moments: (1 + 3 x 0.5) / 4, whatever is asked for.
        ("adult", "weld-BBL", [], 0.625),
        ("adult", "weld-BBL", ["BBL"], 0.625),
        ("adult", "weld-BBL", ["adult"], 1.0),
        ("adult", "care-BOL", [], 0.625),
        ("adult", "try-tech", [], 0.625),
        ("adult", "welding", {"BBL"}, 0.625),
        ("adult", "welding", {"adult"}, 1.0),
    ],
)
def test_who_arrives(
    region: Region, learner: str, choice: str, pooled: list[str], share: float
) -> None:
    assert region.arriving(learner, choice, pooled) == pytest.approx(share)


def test_everybody_arrives_where_there_is_one_moment() -> None:
    assert tiny_region().arriving("adult", "welding", []) == 1
    only = tiny_region(settings={"entry": {"BBL": ENTRY["BBL"]}})
    assert only.arriving("adult", "weld-BBL", []) == 1
    assert only.arriving("young", "weld-BBL", []) == pytest.approx(0.9)
    once = tiny_region(settings={"entry": {"BBL": {"moments": 1, "waits": 0}}})
    assert once.arriving("young", "weld-BBL", []) == 1
    nobody_waits = tiny_region(settings={"entry": {"BBL": {"moments": 4, "waits": 0}}})
    assert nobody_waits.arriving("young", "weld-BBL", []) == pytest.approx(0.25)


def test_institutions_of_sites(region: Region) -> None:
    assert region.institution_of == {"hill-centre": "north", "hook-centre": "south"}


def test_domains(region: Region) -> None:
    assert region.domains_of("weld-BBL") == ("technology",)
    assert region.domains_of("aid-BOL") == ("care", "technology")
    with pytest.raises(KeyError):
        region.domains_of("weld")


def test_what_may_be_taught_where(region: Region) -> None:
    # Only hill-centre teaches care, and so the hybrid of care and technology.
    assert list(region.teachable.itertuples(index=False, name=None)) == [
        ("aid-BOL", "hill-centre"),
        ("care-BOL", "hill-centre"),
        ("pipe-BOL", "hill-centre"),
        ("pipe-BOL", "hook-centre"),
        ("weld-BBL", "hill-centre"),
        ("weld-BBL", "hook-centre"),
        ("weld-BOL", "hill-centre"),
        ("weld-BOL", "hook-centre"),
    ]
    assert region.teachable.dtypes.astype(str).tolist() == ["str", "str"]


def test_a_hybrid_no_site_can_teach_is_taught_nowhere() -> None:
    apart = {
        "site_domains": [("hill-centre", "care"), ("hook-centre", "technology")],
        "current": None,
    }
    region = tiny_region(**(full_tables(hybrids=True) | apart))
    assert "aid-BOL" not in set(region.teachable["programme"])
    assert len(region.teachable) == 4
