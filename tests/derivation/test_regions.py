"""The committed regions: plausible, and adding up to what is published."""

from __future__ import annotations

import pandas as pd
import pytest
from committed import (
    REGIONS,
    Instance,
    adults_who_ask_for_a_programme,
    learners_by_programme,
)

STUDENTS_BY_FIELD = {
    "health_welfare": 135_339,
    "services": 112_555,
    "technology_construction": 95_975,
    "law_administration_trade": 77_806,
    "design_arts": 32_478,
    "ict": 21_144,
    "agriculture_veterinary": 18_241,
    "education": 13_635,
    "science": 2_060,
    "journalism_information": 1_380,
}
GRADUATES_BY_LEVEL = {1: 10_910, 2: 30_880, 3: 28_980, 4: 64_900}
STUDENTS_BY_PATHWAY = {"BOL": 347.5, "BBL": 136.7}
PUBLISHED = {
    "field": STUDENTS_BY_FIELD,
    "level": GRADUATES_BY_LEVEL,
    "pathway": STUDENTS_BY_PATHWAY,
}
INTAKE_2026 = {
    # 0.32 of the learners enrolled, a tenth of the way from 2025 to 2035
    "zeeland": 0.32 * (10_288 + 0.1 * (9_417 - 10_288)),
    "achterhoek": 0.32 * (9_372 + 0.1 * (8_032 - 9_372)),
    "zuid-limburg": 0.32 * 13_000 / (1 - 18_241 / 510_613) * (1 - 0.1 * 0.062),
}
INTAKE_2035 = {
    "zeeland": 0.32 * 9_417,
    "achterhoek": 0.32 * 8_032,
    "zuid-limburg": 0.32 * 13_000 / (1 - 18_241 / 510_613) * (1 - 0.062),
}
LINE_OF_ZEELAND = {
    frozenset(pair)
    for pair in (
        ("vs", "vss"),
        ("vss", "mdb"),
        ("mdb", "arn"),
        ("arn", "gs"),
        ("gs", "bzl"),
        ("bzl", "krg"),
        ("krg", "kbd"),
        ("kbd", "rb"),
        ("rb", "bgn"),
        ("bgn", "rsd"),
    )
}


@pytest.fixture(scope="module")
def catalogue() -> Instance:
    return Instance("catalogue")


@pytest.fixture(params=REGIONS)
def region(request: pytest.FixtureRequest) -> Instance:
    return Instance(str(request.param))


def _share_with_undecided(region: Instance, catalogue: Instance) -> pd.Series:
    """Share of all starters by programme; the undecided dealt out over what they may choose."""
    asked = learners_by_programme(region)
    oriented = catalogue["curriculum"].merge(
        catalogue["units"].query("kind == 'orientation'"), on="unit"
    )
    unit = oriented.set_index("programme")["unit"]
    own = asked[~asked.index.str.startswith("orientation-")]
    total = own[unit.index].groupby(unit).transform("sum")
    extra = unit.map(asked) * own[unit.index] / total
    everybody: pd.Series = own.add(extra, fill_value=0.0) / asked.sum()
    return everybody


def test_shares_add_up_to_one(region: Instance) -> None:
    shares = region["choices"]["share"]
    assert shares.sum() == pytest.approx(1.0, abs=1e-9)
    assert shares.min() >= 0.0


@pytest.mark.parametrize("margin", PUBLISHED)
def test_choices_match_the_published_mix(
    region: Instance, catalogue: Instance, margin: str
) -> None:
    shares = _share_with_undecided(region, catalogue)
    classes = catalogue["programmes"].set_index("programme")[margin]
    found = shares.groupby(classes).sum()
    published = pd.Series(PUBLISHED[margin], dtype=float)
    published = published / published.sum()
    assert set(found.index) == set(published.index)
    if margin == "field":
        # Adults who ask for a rare programme are counted with one of another field sometimes.
        assert (found - published).abs().max() < 0.003
    else:
        assert (found / published - 1.0).abs().max() < 0.005


def test_few_programmes_are_common_and_most_are_rare(region: Instance, catalogue: Instance) -> None:
    asked = learners_by_programme(region)
    askers = asked[catalogue.registered()["programme"]]
    at_least_four = askers[askers >= 4.0]
    assert 80 <= len(at_least_four) <= 220
    assert at_least_four.sum() / askers.sum() > 0.70
    assert (askers < 1.0).sum() > 400


def test_intake_is_the_published_share_of_the_published_stock(region: Instance) -> None:
    young = region["cohorts"].groupby("period")["learners"].sum()
    intake = young + adults_who_ask_for_a_programme(region)
    name = region.name
    assert intake.index.to_list() == [2026, 2030, 2035, 2040]
    assert intake.is_monotonic_decreasing
    if name in INTAKE_2026:
        assert intake[2026] == pytest.approx(INTAKE_2026[name], abs=0.01)
        assert intake[2035] == pytest.approx(INTAKE_2035[name], abs=0.01)
    else:
        assert 1_000 < intake[2026] < 2_500


def test_every_zone_has_a_cohort_in_every_period(region: Instance) -> None:
    zones = region["zones"]
    assert not zones["zone"].duplicated().any()
    for name in ("cohorts", "adult_cohorts"):
        cohorts = region[name]
        pairs = set(zip(cohorts["zone"], cohorts["period"], strict=True))
        assert pairs == {
            (zone, period) for zone in zones["zone"] for period in (2026, 2030, 2035, 2040)
        }
        assert len(pairs) == len(cohorts)
        assert cohorts["learners"].min() >= 0.0


def test_places_lie_where_the_region_lies(region: Instance) -> None:
    zones = region["zones"]
    south, north = zones["latitude"].min() - 0.3, zones["latitude"].max() + 0.3
    west, east = zones["longitude"].min() - 0.5, zones["longitude"].max() + 0.5
    for name in ("sites", "stations"):
        places = region[name]
        assert places["latitude"].between(south, north).all(), name
        assert places["longitude"].between(west, east).all(), name


def test_sites_teach_known_domains_and_green_is_taught_by_one_kind(
    region: Instance, catalogue: Instance
) -> None:
    sites, site_domains = region["sites"], region["site_domains"]
    assert set(sites["institution"]) == set(region["institutions"]["institution"])
    assert set(site_domains["site"]) == set(sites["site"])
    assert set(site_domains["domain"]) == set(catalogue["programmes"]["domain"])
    green = site_domains.loc[site_domains["domain"] == "Groen en voedsel", "site"]
    institutions = sites.set_index("site")["institution"][green]
    assert len(set(institutions)) == 1


def test_openings_are_held_and_cover_every_occupation(
    region: Instance, catalogue: Instance
) -> None:
    table = region["openings"].pivot_table(index="occupation", columns="period", values="openings")
    assert set(table.index) == set(catalogue["occupations"]["occupation"])
    assert table.nunique(axis=1).eq(1).all()
    assert table.to_numpy().min() > 0.0
    learners = learners_by_programme(region).sum()
    assert 0.4 < table[2026].sum() / learners < 0.9


def test_rail_is_one_network_of_neighbours(region: Instance) -> None:
    rail, stations = region["rail"], region["stations"]
    joined = {str(stations["station"].iloc[0])}
    ends = list(zip(rail["from_station"], rail["to_station"], strict=True))
    for _ in ends:
        joined |= {name for pair in ends if joined & set(pair) for name in pair}
    assert joined == set(stations["station"])
    assert rail["kilometres"].between(1.0, 40.0).all()
    assert len(rail) <= 1.15 * len(stations)


def test_the_railway_of_zeeland_is_its_one_line() -> None:
    rail = Instance("zeeland")["rail"]
    found = {frozenset(pair) for pair in zip(rail["from_station"], rail["to_station"], strict=True)}
    assert found == LINE_OF_ZEELAND


def test_only_zeeland_has_water_to_cross(region: Instance) -> None:
    crossings = region["crossings"]
    landmasses = set(region["zones"]["landmass"])
    if region.name == "zeeland":
        assert landmasses == {"main", "zeeuws-vlaanderen"}
        assert set(crossings["mode"]) == {"ferry", "bus"}
    else:
        assert landmasses == {"main"}
        assert crossings.empty


def test_the_account_of_sources_has_room_for_sanity_ranges(region: Instance) -> None:
    account = region.account_of_sources()
    assert "<!-- sanity -->\n" in account
    assert "$" not in account
