"""The committed scenarios: a known present, probabilities that add up, plausible factors."""

from __future__ import annotations

import pandas as pd
import pytest
from committed import Instance, adults_who_ask_for_a_programme

PERIODS = [2026, 2030, 2035, 2040]
ENROLLED_2025 = {"achterhoek": 9_372, "zeeland": 10_288, "zuid-limburg": 13_000 / (1 - 0.0357)}


@pytest.fixture(scope="module")
def catalogue() -> Instance:
    return Instance("catalogue")


def test_each_set_has_the_baseline_and_adds_up_to_one(catalogue: Instance) -> None:
    scenarios = catalogue["scenarios"]
    assert scenarios.groupby("set")["scenario"].count().to_dict() == {
        "demography": 2,
        "futures": 6,
    }
    for _, members in scenarios.groupby("set"):
        assert "baseline" in set(members["scenario"])
        assert members["probability"].sum() == pytest.approx(1.0, abs=1e-12)
    assert scenarios.groupby("scenario")["name"].nunique().max() == 1


def test_the_present_is_known_and_the_baseline_changes_nothing(catalogue: Instance) -> None:
    factors = catalogue["factors"]
    assert set(factors["period"]) == set(PERIODS[1:])
    assert set(factors["scenario"]) == set(catalogue["scenarios"]["scenario"]) - {"baseline"}
    assert not factors.duplicated(["scenario", "period", "quantity", "of"]).any()


def test_what_factors_are_of_is_known(catalogue: Instance) -> None:
    programmes, factors = catalogue["programmes"], catalogue["factors"]
    domains = set(programmes["domain"])
    known = {
        "learners": {"all"},
        "adults": {"all"},
        "choice": domains | set(programmes["programme"]),
        "openings": {"all"} | set(catalogue["occupations"]["occupation"]),
        "workplaces": {"all"} | domains,
    }
    for quantity, own in factors.groupby("quantity"):
        assert set(own["of"]) <= known[str(quantity)], quantity


def test_factors_are_within_bounds_and_far_from_nothing(catalogue: Instance) -> None:
    factors = catalogue["factors"]
    assert factors["factor"].between(0.3, 1.5).all()
    assert (factors["factor"] != 1.0).all()
    assert len(factors) <= 400


def _factor(catalogue: Instance, scenario: str, quantity: str, of: str) -> pd.Series:
    own = catalogue["factors"].query(
        "scenario == @scenario and quantity == @quantity and of == @of"
    )
    return own.set_index("period")["factor"]


@pytest.mark.parametrize("name", ENROLLED_2025)
def test_the_steeper_decline_ends_a_fifth_to_a_third_below_today(
    catalogue: Instance, name: str
) -> None:
    region = Instance(name)
    young = region["cohorts"].query("period == 2040")["learners"].sum()
    learners = young * _factor(catalogue, "steeper-decline", "learners", "all")[2040]
    adults = adults_who_ask_for_a_programme(region)
    learners += adults * _factor(catalogue, "steeper-decline", "adults", "all")[2040]
    assert 0.20 <= 1.0 - learners / (0.32 * ENROLLED_2025[name]) <= 0.32


def test_the_recession_comes_twice_and_passes(catalogue: Instance) -> None:
    openings = _factor(catalogue, "double-dip", "openings", "all")
    assert openings[2030] < openings[2035] < 1.0
    assert set(catalogue["factors"].query("scenario == 'double-dip'")["period"]) == {2030, 2035}
    choices = catalogue["factors"].query("scenario == 'double-dip' and quantity == 'choice'")
    programmes = choices[~choices["of"].isin(catalogue["programmes"]["domain"])]["of"]
    assert programmes.str.endswith("-BBL").all()


def test_the_shock_lasts_one_period_and_care_grows(catalogue: Instance) -> None:
    assert set(catalogue["factors"].query("scenario == 'pandemic'")["period"]) == {2035}
    choice = {
        domain: _factor(catalogue, "pandemic", "choice", domain)[2035]
        for domain in ("Horeca en bakkerij", "Toerisme en recreatie", "Zorg en welzijn")
    }
    assert choice["Horeca en bakkerij"] < 1.0
    assert choice["Toerisme en recreatie"] < 1.0
    assert choice["Zorg en welzijn"] > 1.0
    assert _factor(catalogue, "pandemic", "openings", "verpleegkundigen")[2035] > 1.0


def test_automation_and_the_energy_transition_pull_apart(catalogue: Instance) -> None:
    office = _factor(catalogue, "automation", "openings", "financieel-administratief-medewerkers")
    assert office.is_monotonic_decreasing
    assert office[2040] < 0.7
    fitters = _factor(catalogue, "energy-transition", "openings", "installatiemonteurs")
    assert fitters.min() > 1.0
