"""Scenarios: their sets, and what their factors do to the figures of a region, by hand."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import OPTIONAL, TABLES, full_tables, tiny_region
from coverage_opt.errors import InputError
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario, changed_demand


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables())


def asked(region: Region, learner: str, zone: str, scenario: str = "decline") -> dict[str, float]:
    demand = region.demand(2030, scenario)
    here = demand[(demand["learner"] == learner) & (demand["zone"] == zone)]
    return dict(zip(here["choice"], here["learners"], strict=True))


def with_factors(*factors: tuple[Any, ...], **tables: Any) -> Region:
    return tiny_region(**(full_tables() | {"factors": list(factors)} | tables))


def test_sets(region: Region) -> None:
    assert region.scenario_sets == ("baseline", "two")
    assert region.scenario_set("baseline") == (Scenario("baseline", "Baseline", 1.0),)
    assert region.scenario_set("two") == (
        Scenario("baseline", "As forecast", 0.6),
        Scenario("decline", "Faster decline", 0.4),
    )


def test_a_region_without_scenarios_has_the_baseline() -> None:
    region = tiny_region()
    assert region.scenario_sets == ("baseline",)
    assert region.scenario_set("baseline") == (Scenario("baseline", "Baseline", 1.0),)
    pd.testing.assert_frame_equal(region.demand(2026, "baseline"), region.demand(2026))


def test_a_scenario_may_be_in_several_sets() -> None:
    scenarios = [*OPTIONAL["scenarios"], ("one", "decline", "Faster decline", 1)]
    region = tiny_region(**(full_tables() | {"scenarios": scenarios}))
    assert region.scenario_sets == ("baseline", "one", "two")
    assert region.scenario_set("one") == (Scenario("decline", "Faster decline", 1.0),)


def test_an_unknown_set(region: Region) -> None:
    with pytest.raises(InputError, match=r"tiny has no set of scenarios 'twoo'\n.*mean two\?"):
        region.scenario_set("twoo")


@pytest.mark.parametrize("name", ["demand", "openings_in", "workplaces_in"])
def test_an_unknown_scenario_or_period(region: Region, name: str) -> None:
    with pytest.raises(InputError, match=r"no scenario 'declin'\n    -> did you mean decline\?"):
        getattr(region, name)(2026, "declin")
    with pytest.raises(InputError, match=r"no period 2027\n    -> choose one of 2026, 2030"):
        getattr(region, name)(2027, "decline")


def test_young_learners_by_hand(region: Region) -> None:
    # Shares times factors: 0.1 x 1.5 twice, 0.1 x 1.5 x 2 (of its domain and its own),
    # 0.5 x 0.9 and 0.2 x 1.5 (the orientation of that domain alone), which sum to 1.35;
    # and of the 50 learners in hill 0.8 is left.
    each = 50 * 0.8 / 1.35
    assert asked(region, "young", "hill") == pytest.approx(
        {
            "weld-BOL": 0.15 * each,
            "weld-BBL": 0.15 * each,
            "pipe-BOL": 0.30 * each,
            "care-BOL": 0.45 * each,
            "try-tech": 0.30 * each,
        }
    )


def test_adults_by_hand(region: Region) -> None:
    # 0.4 x 1.5, 0.2 x 0.9, 0.1 x 1.5; units taken alone belong to no domain: 0.2 and 0.1.
    each = 60 * 1.1 / 1.23
    assert asked(region, "adult", "hill") == pytest.approx(
        {
            "weld-BBL": 0.60 * each,
            "care-BOL": 0.18 * each,
            "try-tech": 0.15 * each,
            "welding": 0.20 * each,
            "dutch": 0.10 * each,
        }
    )


def test_factors_hold_in_their_own_period(region: Region) -> None:
    baseline, decline = region.demand(2026), region.demand(2026, "decline")
    young = baseline["learner"] == "young"
    expected = baseline["learners"].where(~young, baseline["learners"] * 0.95)
    pd.testing.assert_series_equal(decline["learners"], expected)
    pd.testing.assert_frame_equal(decline.iloc[:, :3], baseline.iloc[:, :3])


def test_a_scenario_without_factors_is_as_forecast() -> None:
    region = with_factors(("decline", 2030, "openings", "all", 2))
    pd.testing.assert_frame_equal(region.demand(2030, "decline"), region.demand(2030))
    pd.testing.assert_frame_equal(
        region.workplaces_in(2030, "decline"), region.workplaces.reset_index(drop=True)
    )


def test_demand_stays_in_order(region: Region) -> None:
    demand = region.demand(2030, "decline")
    in_order = demand.sort_values(["learner", "zone", "choice"], ignore_index=True)
    pd.testing.assert_frame_equal(demand, in_order)
    assert list(demand.columns) == ["learner", "zone", "choice", "learners"]
    assert isinstance(demand.index, pd.RangeIndex)


def test_a_choice_nobody_makes_any_more_is_left_out() -> None:
    region = with_factors(("decline", 2030, "choice", "care-BOL", 0))
    assert asked(region, "young", "hook") == pytest.approx(
        {"weld-BOL": 4, "weld-BBL": 4, "pipe-BOL": 4, "try-tech": 8}
    )
    assert isinstance(region.demand(2030, "decline").index, pd.RangeIndex)


def test_a_factor_for_all_choices_shifts_nothing() -> None:
    region = with_factors(("decline", 2030, "choice", "all", 3))
    shifted, baseline = region.demand(2030, "decline"), region.demand(2030)
    pd.testing.assert_frame_equal(shifted, baseline)


def test_no_adults_are_left() -> None:
    region = with_factors(("decline", 2030, "adults", "all", 0))
    assert set(region.demand(2030, "decline")["learner"]) == {"young"}


def test_orientation_for_several_domains_belongs_to_none() -> None:
    curriculum = [*TABLES["curriculum"], ("care-BOL", "try-tech")]
    tables = {"curriculum": curriculum, "afterwards": None}
    region = with_factors(("decline", 2030, "choice", "technology", 2), **tables)
    # 0.1 x 2 three times, 0.5 and 0.2 sum to 1.3.
    each = 50 / 1.3
    found = asked(region, "young", "hill")
    assert found["try-tech"] == pytest.approx(0.2 * each)
    assert found["weld-BBL"] == pytest.approx(0.2 * each)


def test_the_second_domain_of_a_hybrid_has_no_part_in_its_factor() -> None:
    tables = full_tables(hybrids=True)
    tables["factors"] = [("decline", 2030, "choice", "technology", 2)]
    region = tiny_region(**tables)
    # aid-BOL is care first: 0.1; the others 0.1 x 2 three times, 0.4 and 0.2 x 2; 1.5 in all.
    assert asked(region, "young", "hill")["aid-BOL"] == pytest.approx(50 * 0.1 / 1.5)


def test_stated_demand_is_shifted_zone_by_zone() -> None:
    rows = [
        ("hill", "weld-BOL", 2030, 30),
        ("hill", "care-BOL", 2030, 10),
        ("hook", "care-BOL", 2030, 5),
        ("hook", "care-BOL", 2026, 5),
    ]
    region = with_factors(
        ("decline", 2030, "choice", "care", 3), demand=rows, cohorts=None, choices=None
    )
    assert asked(region, "young", "hill") == pytest.approx({"weld-BOL": 20, "care-BOL": 20})
    assert asked(region, "young", "hook") == pytest.approx({"care-BOL": 5})


def test_openings_by_hand(region: Region) -> None:
    openings = region.openings_in(2030, "decline")
    assert list(openings.columns) == ["occupation", "openings"]
    assert isinstance(openings.index, pd.RangeIndex)
    assert dict(openings.itertuples(index=False, name=None)) == pytest.approx(
        {"fitter": 10 * 1.1, "nurse": 60 * 1.1, "welder": 20 * 1.1 * 1.5}
    )
    as_forecast = {"fitter": 10, "nurse": 60, "welder": 20}
    for period, scenario in ((2030, "baseline"), (2026, "decline"), (2026, "baseline")):
        found = dict(region.openings_in(period, scenario).itertuples(index=False, name=None))
        assert found == as_forecast


def test_workplaces_by_hand(region: Region) -> None:
    workplaces = region.workplaces_in(2030, "decline")
    assert list(workplaces.itertuples(index=False, name=None)) == [
        ("care", "BOL", 300.0),
        ("technology", "BBL", 45.0),
        ("technology", "BOL", 112.5),
    ]
    pd.testing.assert_frame_equal(region.workplaces_in(2026, "decline"), region.workplaces)
    everywhere = with_factors(
        ("decline", 2026, "workplaces", "all", 0.5), ("decline", 2026, "workplaces", "care", 2)
    )
    assert everywhere.workplaces_in(2026, "decline")["places"].tolist() == [300, 30, 75]
    assert tiny_region().workplaces_in(2026).empty


def test_demand_is_worked_out_once(region: Region) -> None:
    for scenario in ("baseline", "decline"):
        region.demand(2030, scenario)
        kept = region._demands[2030, scenario]
        region.demand(2030, scenario)
        assert region._demands[2030, scenario] is kept


factors = st.floats(0.01, 100)
choices = ("a", "b", "c", "d")


@given(
    learners=st.lists(st.floats(0.01, 1000), min_size=16, max_size=16),
    stated=st.dictionaries(st.sampled_from([*choices, "here", "all"]), factors, min_size=1),
    young=factors,
    adult=factors,
)
def test_shifting_keeps_the_total_of_every_zone(
    learners: list[float], stated: dict[str, float], young: float, adult: float
) -> None:
    """Whatever the factors: choices shift within a zone, and its learners only by their own."""
    names = itertools.product(("adult", "young"), ("x", "y"), choices)
    demand = pd.DataFrame(names, columns=["learner", "zone", "choice"]).assign(learners=learners)
    by_learner = {"young": young, "adult": adult}
    domains = {"a": "here", "b": "here", "c": "there"}
    changed = changed_demand(demand, by_learner, stated, domains)
    key = ["learner", "zone"]
    before, after = (found.groupby(key)["learners"].sum() for found in (demand, changed))
    scale = before.index.get_level_values("learner").map(by_learner)
    assert after.tolist() == pytest.approx((before * scale).tolist())
    # Two choices of one zone keep their proportion, but for their own factors.
    for _, found in changed.assign(before=demand["learners"]).groupby(key):
        grown = (found["learners"] / found["before"]).tolist()
        wanted = {name: stated.get(name, 1.0) for name in choices}
        ratio = wanted["a"] / wanted["b"]
        assert grown[0] / grown[1] == pytest.approx(ratio)
