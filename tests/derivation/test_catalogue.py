"""The committed catalogue: whole, sparse and close to what is published."""

from __future__ import annotations

import pandas as pd
import pytest
from committed import Instance

GUIDED_HOURS = {1: 600.0, 2: 1250.0, 3: 1800.0, 4: 1800.0}


@pytest.fixture(scope="module")
def catalogue() -> Instance:
    return Instance("catalogue")


def test_every_qualification_is_a_programme_in_each_pathway(catalogue: Instance) -> None:
    programmes = catalogue.registered()
    assert programmes["crebo"].nunique() == 470
    assert programmes["pathway"].value_counts().to_dict() == {"BBL": 470, "BOL": 469}
    assert (programmes["programme"] == programmes["crebo"] + "-" + programmes["pathway"]).all()
    assert programmes["domain"].nunique() == 17
    assert programmes["field"].notna().all()
    assert programmes["success"].between(0.7, 0.98).all()


def test_names_tell_programmes_of_a_pathway_apart(catalogue: Instance) -> None:
    assert not catalogue["programmes"].duplicated(["name", "pathway"]).any()


def test_every_unit_is_used_and_known(catalogue: Instance) -> None:
    units, curriculum = catalogue["units"], catalogue["curriculum"]
    assert set(units["unit"]) == set(curriculum["unit"])
    assert set(curriculum["programme"]) == set(catalogue["programmes"]["programme"])
    assert not units["unit"].duplicated().any()
    assert not curriculum.duplicated().any()


def test_contact_hours_add_up_to_the_guided_hours_of_the_level(catalogue: Instance) -> None:
    programmes = catalogue["programmes"].set_index("programme")
    taught = catalogue["curriculum"].merge(catalogue["units"], on="unit")
    hours = taught.groupby("programme")["hours"].sum()
    specialist = (programmes["level"] == 4) & (programmes["years"] == 1.0)
    expected = programmes["level"].map(GUIDED_HOURS).where(~specialist, 550.0)
    assert hours.sub(expected).abs().max() == 0.0
    assert taught["hours"].min() >= 60.0


def test_each_programme_has_the_kinds_of_unit_its_level_asks_for(catalogue: Instance) -> None:
    taught = catalogue["curriculum"].merge(catalogue["units"], on="unit")
    taught = taught.merge(catalogue["programmes"], on="programme")
    groups = taught.groupby(["level", "years"])["kind"]
    kinds = {group: set(kind) for group, kind in groups}
    core = {"common", "profile"}
    assert kinds[1, 1.0] == core | {"generic", "elective"}
    assert kinds[4, 1.0] == core
    for level, years in ((2, 2.0), (3, 3.0), (4, 3.0)):
        assert kinds[level, years] == core | {"generic", "orientation", "elective"}
    assert not taught.duplicated(["programme", "kind"]).any()


def _accept(catalogue: Instance) -> pd.DataFrame:
    """Return accept.csv without the cross-overs, which have their own tests."""
    accept, known = catalogue["accept"], catalogue.registered()["programme"]
    return accept[accept["choice"].isin(known) & accept["programme"].isin(known)]


def test_substitutes_are_few_and_never_the_programme_itself(catalogue: Instance) -> None:
    accept, programmes = _accept(catalogue), catalogue.registered()
    assert (accept["choice"] != accept["programme"]).all()
    assert not accept.duplicated(["choice", "programme"]).any()
    assert accept["share"].between(0.5, 0.9).all()
    a_choice = accept.groupby("choice").size().reindex(programmes["programme"], fill_value=0)
    assert a_choice.mean() <= 10.0
    assert a_choice.between(1, 8).all()


def test_substitutes_are_of_the_same_level_or_one_lower(catalogue: Instance) -> None:
    accept = catalogue["accept"]
    level = catalogue["programmes"].set_index("programme")["level"]
    down = accept["choice"].map(level) - accept["programme"].map(level)
    assert down.isin([0, 1]).all()


def test_an_occupation_is_fed_by_one_domain(catalogue: Instance) -> None:
    domain = catalogue.registered().set_index("programme")["domain"]
    leads_to = catalogue["leads_to"]
    fed = leads_to.assign(domain=leads_to["programme"].map(domain)).dropna(subset="domain")
    assert not fed.drop_duplicates(["occupation", "domain"]).duplicated("occupation").any()


def test_every_occupation_has_a_programme_and_half_are_short(catalogue: Instance) -> None:
    occupations, leads_to = catalogue["occupations"], catalogue["leads_to"]
    assert set(occupations["occupation"]) == set(leads_to["occupation"])
    assert not leads_to.duplicated(["programme", "occupation"]).any()
    assert leads_to.groupby("programme")["share"].sum().max() <= 1.0
    assert 0.4 <= (occupations["weight"] > 0).mean() <= 0.6


def test_weight_follows_its_formula(catalogue: Instance) -> None:
    occupations = catalogue["occupations"]
    points = occupations["prospect"].map({"very good": 1.0, "good": 0.6}).fillna(0.0)
    tight = occupations["tightness"] >= 1.5
    expected = (points * occupations["tightness"] / 2.0).where(tight, 0.0)
    assert occupations["weight"].to_list() == pytest.approx(expected.to_list(), abs=0.005)
