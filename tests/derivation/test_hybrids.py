"""Cross-overs in the committed instances: small, complete and out of the way of the others."""

from __future__ import annotations

import pytest
from committed import REGIONS, Instance


@pytest.fixture(scope="module")
def catalogue() -> Instance:
    return Instance("catalogue")


@pytest.fixture(params=REGIONS)
def region(request: pytest.FixtureRequest) -> Instance:
    return Instance(str(request.param))


def test_they_are_marked_as_in_no_register(catalogue: Instance) -> None:
    programmes = catalogue["programmes"].set_index("programme")
    hybrids = catalogue["hybrids"].set_index("programme")["domain"]
    assert len(hybrids) == 4
    own = programmes.loc[hybrids.index]
    assert own.index.str.startswith("hybrid-").all()
    assert (own["crebo"] == "hybride").all()
    assert not own["dossier"].isin(catalogue.registered()["dossier"]).any()
    assert (own["domain"] != hybrids).all()
    assert hybrids.isin(programmes["domain"]).all()
    assert "assumed" in next(
        line for line in catalogue.account_of_sources().splitlines() if "hybrids.csv" in line
    )


def test_only_their_profile_is_their_own(catalogue: Instance) -> None:
    curriculum = catalogue["curriculum"]
    hybrids = set(catalogue["hybrids"]["programme"])
    own = curriculum["programme"].isin(hybrids)
    used, others = set(curriculum.loc[own, "unit"]), set(curriculum.loc[~own, "unit"])
    assert used - others == {f"profile-{name.rpartition('-')[0]}" for name in hybrids}


def test_they_share_units_of_both_domains(catalogue: Instance) -> None:
    domain = catalogue.registered().set_index("programme")["domain"]
    curriculum = catalogue["curriculum"].assign(
        domain=catalogue["curriculum"]["programme"].map(domain)
    )
    programmes = catalogue["programmes"].set_index("programme")["domain"]
    for name, second in catalogue["hybrids"].itertuples(index=False):
        units = curriculum.loc[curriculum["programme"] == name, "unit"]
        taught = curriculum[curriculum["unit"].isin(units)].dropna(subset="domain")
        of_one = taught.groupby("unit")["domain"].agg(lambda own: " ".join(sorted(set(own))))
        assert {programmes[name], second} <= set(of_one), name


def test_they_lead_to_work_of_both_domains(catalogue: Instance) -> None:
    domain = catalogue.registered().set_index("programme")["domain"]
    leads_to = catalogue["leads_to"]
    fed = leads_to.assign(domain=leads_to["programme"].map(domain)).dropna(subset="domain")
    domain_of = fed.groupby("occupation")["domain"].first()
    programmes = catalogue["programmes"].set_index("programme")["domain"]
    for name, second in catalogue["hybrids"].itertuples(index=False):
        own = leads_to[leads_to["programme"] == name]
        assert set(own["occupation"].map(domain_of)) == {programmes[name], second}, name
        assert own["share"].sum() <= 1.0


def test_they_are_accepted_by_few_and_have_a_way_back(catalogue: Instance) -> None:
    accept = catalogue["accept"]
    hybrids = catalogue["hybrids"]["programme"]
    assert accept[accept["programme"].isin(hybrids)]["share"].max() <= 0.25
    assert set(accept[accept["choice"].isin(hybrids)]["choice"]) == set(hybrids)
    level = catalogue["programmes"].set_index("programme")["level"]
    own = accept[accept["choice"].isin(hybrids) | accept["programme"].isin(hybrids)]
    assert (own["choice"].map(level) == own["programme"].map(level)).all()


def test_few_ask_for_them_and_nobody_where_no_site_teaches_both(
    region: Instance, catalogue: Instance
) -> None:
    programmes = catalogue["programmes"].set_index("programme")["domain"]
    shares = region["choices"].set_index("choice")["share"]
    taught = region["site_domains"].groupby("site")["domain"].agg(set)
    for name, second in catalogue["hybrids"].itertuples(index=False):
        somewhere = any({programmes[name], second} <= own for own in taught)
        assert (shares[name] > 0.0) == somewhere, name
        assert shares[name] <= 0.002
    assert not region["adult_choices"]["choice"].isin(catalogue["hybrids"]["programme"]).any()
