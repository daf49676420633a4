"""Adults in the committed regions: taken out of the young, never counted twice."""

from __future__ import annotations

import pandas as pd
import pytest
from committed import (
    REGIONS,
    Instance,
    adults_who_ask_for_a_programme,
    learners_by_programme,
)
from derivation.adults import keep_most_popular, split_by_age

ENROLLED = {"BOL": 347.5, "BBL": 136.7}
OF_23_AND_OVER = {"BOL": 22.5, "BBL": 64.7}


@pytest.fixture(scope="module")
def catalogue() -> Instance:
    return Instance("catalogue")


@pytest.fixture(params=REGIONS)
def region(request: pytest.FixtureRequest) -> Instance:
    return Instance(str(request.param))


def test_adults_are_the_published_share_of_each_pathway(
    region: Instance, catalogue: Instance
) -> None:
    programmes = catalogue["programmes"].set_index("programme")
    kind = [programmes["domain"], programmes["pathway"]]
    everybody = learners_by_programme(region)[programmes.index].groupby(kind).sum()
    choices = region["adult_choices"].set_index("choice")["share"]
    adults = choices * region["adult_cohorts"].query("period == 2026")["learners"].sum()
    adult = adults.reindex(programmes.index, fill_value=0.0).groupby(kind).sum()
    for name in ("BOL", "BBL"):
        share = adult.xs(name, level="pathway") / everybody.xs(name, level="pathway")
        published = OF_23_AND_OVER[name] / ENROLLED[name]
        assert (share / published - 1.0).abs().max() < 0.01, name


def test_adults_ask_alike_in_every_period_and_the_young_take_the_decline(region: Instance) -> None:
    adult = region["adult_cohorts"].groupby("period")["learners"].sum()
    young = region["cohorts"].groupby("period")["learners"].sum()
    assert adult.max() - adult.min() == pytest.approx(0.0, abs=1e-6)
    assert young.is_monotonic_decreasing
    share = adults_who_ask_for_a_programme(region) / (
        young[2026] + adults_who_ask_for_a_programme(region)
    )
    expected = sum(OF_23_AND_OVER.values()) / sum(ENROLLED.values())
    assert share == pytest.approx(expected, abs=0.001)


def test_adult_choices_are_few_known_and_add_up(region: Instance, catalogue: Instance) -> None:
    choices = region["adult_choices"]
    assert choices["share"].sum() == pytest.approx(1.0, abs=1e-9)
    assert choices["share"].min() > 0.0
    assert len(choices) <= 120
    assert not choices["choice"].duplicated().any()
    known = set(catalogue["programmes"]["programme"]) | set(catalogue["units"]["unit"])
    assert set(choices["choice"]) <= known


def test_one_in_six_adults_asks_for_a_unit_of_a_shortage_programme(
    region: Instance, catalogue: Instance
) -> None:
    units = catalogue["units"].set_index("unit")
    choices = region["adult_choices"].set_index("choice")["share"]
    single = choices[choices.index.isin(units.index)]
    assert single.sum() == pytest.approx(0.2 / 1.2, abs=1e-6)
    kinds = units.loc[single.index, "kind"]
    assert set(kinds) == {"elective", "profile", "common"}
    assert kinds.value_counts().max() <= 15
    occupations, leads_to = catalogue["occupations"], catalogue["leads_to"]
    short = occupations.loc[occupations["weight"] > 0, "occupation"]
    leading = leads_to.loc[leads_to["occupation"].isin(short), "programme"]
    curriculum = catalogue["curriculum"]
    used = curriculum.loc[curriculum["programme"].isin(leading), "unit"]
    assert set(single.index) <= set(used)


def test_splitting_by_age_keeps_the_whole() -> None:
    programmes = pd.DataFrame({"programme": ["a", "b"], "pathway": ["BOL", "BBL"]})
    shares = pd.Series([0.6, 0.4], index=["a", "b"])
    programmes = programmes.assign(domain=["x", "y"], field="z", level=4)
    asking = split_by_age(shares, programmes, 1_000.0, 2)
    assert asking.adults == pytest.approx(
        1_000.0 * (0.6 * 22.5 / 347.5 + 0.4 * 64.7 / 136.7), abs=0.01
    )
    assert asking.everybody.to_dict() == pytest.approx({"a": 600.0, "b": 400.0}, abs=0.01)


def test_wishes_left_out_are_counted_with_kin() -> None:
    programmes = pd.DataFrame(
        {
            "programme": ["carer", "nurse", "rare carer", "mason", "rare mason"],
            "domain": ["care", "care", "care", "building", "building"],
            "level": [3, 4, 3, 2, 2],
            "pathway": "BBL",
        }
    )
    shares = pd.Series([0.4, 0.25, 0.1, 0.2, 0.05], index=programmes["programme"])
    kept = keep_most_popular(shares, programmes, 3)
    assert kept.to_dict() == pytest.approx(
        {"carer": 0.5, "nurse": 0.25, "rare carer": 0.0, "mason": 0.25, "rare mason": 0.0}
    )
