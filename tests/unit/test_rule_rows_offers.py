"""Rules on what is offered and who gets in: their rows, with numbers in the place of variables.

A row that the numbers break is one that no plan with these values may have.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from builders import full_tables, tiny_region
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES

HILL, HOOK = "hill-centre", "hook-centre"
TEACHABLE = [(name, site) for name in ("weld-BOL", "weld-BBL", "pipe-BOL") for site in (HILL, HOOK)]
TEACHABLE += [("care-BOL", HILL), ("aid-BOL", HILL)]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables(hybrids=True))


def moment(region: Region, probability: float = 1.0, **values: Any) -> Any:
    """Return a moment with learners (programme, site) and what else is stated."""
    enrolled = {**dict.fromkeys(TEACHABLE, 0.0), **values.pop("enrolled", {})}
    values = {"scenarios": ("baseline",), "enrolled": enrolled, **values}
    return SimpleNamespace(region=region, probability=probability, **values)


def period(
    region: Region, *offered: tuple[str, str], moments: tuple[Any, ...] = (), **values: Any
) -> Any:
    """Return a period in which everything teachable may be offered, and some of it is."""
    has = values.pop("has", {})
    values.setdefault("offer", {pair: float(pair in offered) for pair in TEACHABLE})
    return SimpleNamespace(
        region=region,
        period=values.pop("year", 2026),
        moments=moments,
        auxiliary=lambda *key: float(has.get(key, 0)),
        **values,
    )


def unmet(name: str, parameters: dict[str, Any], view: Any) -> set[tuple[str, ...]]:
    """Return the keys of the rows of a period and its moments that the numbers break."""
    return {key for key, kept in _rows(name, parameters, view) if not kept}


def stated(name: str, parameters: dict[str, Any], view: Any) -> list[tuple[str, ...]]:
    return [key for key, _ in _rows(name, parameters, view)]


def _rows(name: str, parameters: dict[str, Any], view: Any) -> Iterator[tuple[Any, bool]]:
    plan: Any = SimpleNamespace(region=view.region, periods=[view])
    for _, key, (lower, body, upper) in RULES[name].model_validate(parameters).rows(plan):
        above = lower is None or body >= lower - 1e-9
        yield key, above and (upper is None or body <= upper + 1e-9)


def test_a_promise_without_a_variable_cannot_be_kept(region: Region) -> None:
    promises = [("weld-BOL", HILL), ("care-BOL", HOOK), ("pipe-BOL", HILL)]
    must = {"must": [{"programme": name, "site": site} for name, site in promises]}
    view = period(region, ("weld-BOL", HILL))
    assert unmet("fixed_offers", must, view) == {("must", *pair) for pair in promises[1:]}
    must_not = {"must_not": must["must"]}
    # what may not be offered anyway needs no row
    assert stated("fixed_offers", must_not, view) == [
        ("must_not", "weld-BOL", HILL),
        ("must_not", "pipe-BOL", HILL),
    ]
    assert unmet("fixed_offers", must_not, view) == {("must_not", "weld-BOL", HILL)}


def test_a_promise_said_twice_is_one_row_in_its_periods(region: Region) -> None:
    offers = [
        {"programme": "weld-BOL", "site": HILL, "periods": [2026]},
        {"programme": "weld-BOL", "site": HILL},
    ]
    assert len(stated("fixed_offers", {"must": offers}, period(region))) == 1
    assert stated("fixed_offers", {"must": offers[:1]}, period(region, year=2030)) == []


def test_open_sites_are_counted(region: Region) -> None:
    view = period(region, open_site={HILL: 1.0, HOOK: 1.0})
    assert unmet("max_sites", {"sites_at_most": 1}, view) == {()}
    assert unmet("max_sites", {"sites_at_most": 2}, view) == set()


def test_coverage_is_of_the_young_in_each_moment(region: Region) -> None:
    reach = {("welder", "hill"): 1.0, ("welder", "hook"): 0.0, ("fitter", "hill"): 1.0}
    living = {("welder", "hill"): 60.0, ("welder", "hook"): 40.0, ("fitter", "hill"): 100.0}
    crowded = moment(region, youth=100.0, living=living)
    # nobody lives where the other occupation is within reach
    emptier = moment(region, youth=50.0, living={("welder", "hill"): 50.0})
    share = {"share": 0.7}
    view = period(region, moments=(crowded,), reach=reach)
    assert unmet("minimum_coverage", share, view) == {("welder",)}
    view = period(region, moments=(emptier,), reach=reach)
    assert unmet("minimum_coverage", share, view) == {("fitter",)}
    assert unmet("minimum_coverage", {**share, "weight_at_least": 1.5}, view) == set()
    assert unmet("minimum_coverage", {**share, "exempt": ["fitter"]}, view) == set()
    assert unmet("minimum_coverage", {**share, "exempt": ["welder"]}, view) == {("fitter",)}
    both = {**share, "occupations": ["fitter", "welder"], "exempt": ["welder"]}
    assert unmet("minimum_coverage", both, view) == {("fitter",)}


def test_the_same_neighbourhood_is_one_row(region: Region) -> None:
    view = period(region, ("weld-BOL", HILL), ("weld-BOL", HOOK))
    near = {"within_minutes": 65}
    # only three programmes may be offered at both sites
    assert len(stated("no_duplication", near, view)) == 3
    assert {key[0] for key in unmet("no_duplication", near, view)} == {"weld-BOL"}
    assert stated("no_duplication", {"within_minutes": 64}, view) == []


def test_places_are_promised_to_some_or_all(region: Region) -> None:
    groups: dict[str, Any] = {
        "learner_of": {"a": "young", "b": "young", "c": "adult"},
        "asking": {"a": 60.0, "b": 40.0, "c": 20.0},
        "unplaced": {"a": 0.0, "b": 4.0, "c": 8.0},
    }
    view = period(region, moments=(moment(region, **groups),))
    for of, share in (("young", 0.04), ("adult", 0.4), ("everyone", 0.1)):
        kept = {"of": of, "unplaced_at_most": share}
        assert unmet("placement_guarantee", kept, view) == set()
        assert unmet("placement_guarantee", {**kept, "unplaced_at_most": share - 0.001}, view)


def test_a_travel_limit_has_no_rows(region: Region) -> None:
    assert stated("travel_limit", {"minutes": 1}, period(region, moments=(moment(region),))) == []


def test_access_counts_only_what_is_offered_within_reach(region: Region) -> None:
    near = {"hill": (("weld-BOL", HILL), ("aid-BOL", HILL)), "hook": ()}
    has = {("domain", "hill", "technology"): 1, ("level", "hill", "3"): 1}
    two = {"domains_at_least": 2}
    view = period(region, ("weld-BOL", HILL), offers_in_reach=near, has=has)
    assert unmet("zone_access", two, view) == {("domains", "hill"), ("domains", "hook")}
    # level 3 is claimed, and not offered
    view = period(region, ("weld-BOL", HILL), offers_in_reach={"hill": near["hill"]}, has=has)
    assert unmet("zone_access", {"levels_at_least": 1}, view) == {("level", "hill", "3")}
    hybrid = {**has, ("domain", "hill", "care"): 1}
    view = period(region, ("aid-BOL", HILL), offers_in_reach=view.offers_in_reach, has=hybrid)
    assert unmet("zone_access", {**two, "levels_at_least": 1}, view) == set()


def test_facilities_rule_offers_out(region: Region) -> None:
    view = period(region, ("pipe-BOL", HILL), ("pipe-BOL", HOOK), ("weld-BOL", HOOK))
    assert stated("facility_required", {}, view) == [("pipe-BOL", HOOK)]
    assert unmet("facility_required", {}, view) == {("pipe-BOL", HOOK)}
    assert stated("facility_required", {"waived": ["pipe shop"]}, view) == []


def test_a_poor_prospect_rules_out_or_limits(region: Region) -> None:
    # most graduates of aid-BOL and all of care-BOL become nurses
    enrolled = {("care-BOL", HILL): 30.0, ("aid-BOL", HILL): 1.0}
    view = period(
        region,
        ("care-BOL", HILL),
        moments=(moment(region, enrolled=enrolled, asked={"care-BOL": 60.0}),),
    )
    fair = {"classes": ["fair"]}
    assert stated("labour_market_prospect", fair, view) == [("care-BOL", HILL), ("aid-BOL", HILL)]
    assert unmet("labour_market_prospect", fair, view) == {("care-BOL", HILL)}
    half = {**fair, "intake_share_at_most": 0.5}
    # nobody asks for aid-BOL itself
    assert unmet("labour_market_prospect", half, view) == {("aid-BOL",)}
    less = {**fair, "intake_share_at_most": 0.49}
    assert unmet("labour_market_prospect", less, view) == {("aid-BOL",), ("care-BOL",)}


def test_learners_fill_the_sites_of_a_programme_together(region: Region) -> None:
    few, many = (
        moment(region, share, enrolled={("weld-BOL", HILL): learners})
        for share, learners in ((0.25, 20.0), (0.75, 40.0))
    )
    view = period(region, ("weld-BOL", HILL), ("weld-BOL", HOOK), moments=(few, many))
    assert unmet("programme_efficiency", {"learners_per_offer": 10}, view) == set()
    assert unmet("programme_efficiency", {"learners_per_offer": 11}, view) == {("weld-BOL",)}
    mean = {"learners_per_offer": 17.5, "holds": "expectation"}
    assert unmet("programme_efficiency", mean, view) == set()
    assert unmet("programme_efficiency", {**mean, "learners_per_offer": 18}, view)
    assert len(stated("programme_efficiency", mean, view)) == 5


def test_a_cap_holds_back_a_site_or_all(region: Region) -> None:
    enrolled = {("weld-BOL", HILL): 20.0, ("weld-BOL", HOOK): 5.0, ("weld-BBL", HILL): 90.0}
    view = period(region, moments=(moment(region, enrolled=enrolled),))
    caps = [
        {"programme": "weld-BOL", "learners_at_most": 24},
        {"programme": "weld-BOL", "site": HILL, "learners_at_most": 20},
        {"programme": "weld-BOL", "site": HOOK, "learners_at_most": 4},
        {"programme": "care-BOL", "site": HOOK, "learners_at_most": 0},
    ]
    assert unmet("intake_cap", {"caps": caps}, view) == {("weld-BOL",), ("weld-BOL", HOOK)}
    assert len(stated("intake_cap", {"caps": caps}, view)) == 3


def test_one_can_go_on_within_the_minutes(region: Region) -> None:
    view = period(region, ("weld-BOL", HOOK), ("pipe-BOL", HILL), ("weld-BBL", HILL))
    assert unmet("progression", {}, view) == {("weld-BOL", HOOK)}
    assert unmet("progression", {"minutes": 65}, view) == set()
    assert len(stated("progression", {}, view)) == 4
    # what learners could go on to may not be offered at all
    offer = {("weld-BOL", HOOK): 1.0}
    assert unmet("progression", {}, period(region, offer=offer)) == {("weld-BOL", HOOK)}


def test_an_open_site_needs_its_domains(region: Region) -> None:
    has = {(HILL, "technology"): 1, (HOOK, "technology"): 1}
    opened = {HILL: 1.0, HOOK: 1.0}
    two = {"domains_at_least": 2}
    view = period(region, ("weld-BOL", HILL), ("weld-BOL", HOOK), open_site=opened, has=has)
    assert unmet("breadth", two, view) == {(HILL,)}
    view = period(region, ("weld-BOL", HILL), open_site=opened, has=has)
    assert unmet("breadth", two, view) == {(HILL,), (HOOK, "technology")}
    assert unmet("breadth", two, period(region, open_site={HILL: 0.0, HOOK: 0.0})) == set()
    care = {**has, (HILL, "care"): 1}
    view = period(region, ("aid-BOL", HILL), open_site={HILL: 1.0}, has=care)
    assert unmet("breadth", two, view) == set()
