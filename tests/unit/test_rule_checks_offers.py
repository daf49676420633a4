"""Rules on what is offered, who gets in and how far one travels: what their checks find.

The facts are made by hand for the tiny region: 100 young learners in hill, 60 in bank and 40 in
hook; the sites hill-centre (technology and care) and hook-centre (technology), 65 minutes apart.
"""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from pydantic import ValidationError

from builders import full_tables, tiny_region
from coverage_opt.region.region import Region
from coverage_opt.region.schema import PROSPECTS
from coverage_opt.rules.facility_required import FacilityRequired
from coverage_opt.rules.fixed_offers import FixedOffers
from coverage_opt.rules.intake_cap import IntakeCap
from coverage_opt.rules.labour_market_prospect import BEST_FIRST, LabourMarketProspect
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.rules.progression import Progression
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.rules.zone_access import ZoneAccess
from rule_facts import YOUNG, broken, moment, period, said

HILL, HOOK = "hill-centre", "hook-centre"


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables(hybrids=True))


def test_a_promise_holds_in_its_periods_only(region: Region) -> None:
    offer = {"programme": "weld-BOL", "site": HILL, "periods": [2030]}
    without = period(region), period(region, year=2030)
    assert broken("fixed_offers", {"must": [offer]}, *without) == {
        "must at weld-BOL at hill-centre in 2030": 1.0
    }
    offered = [period(region, ("weld-BOL", HILL), year=year) for year in (2026, 2030)]
    assert broken("fixed_offers", {"must": [offer]}, *offered) == {}
    assert broken("fixed_offers", {"must_not": [offer, offer]}, *offered) == {
        "must_not at weld-BOL at hill-centre in 2030": 1.0
    }
    always = {"programme": "weld-BOL", "site": HILL}
    assert len(broken("fixed_offers", {"must_not": [always]}, *offered)) == 2


def test_promises_that_cannot_be_kept_are_said_together(region: Region) -> None:
    offer = {"programme": "weld-BLO", "site": "hook-center", "periods": [2026, 2031]}
    rule = FixedOffers.model_validate({"must": [offer], "must_not": [offer]})
    problems = said(rule, region)
    for name, near in (("weld-BLO", "weld-BOL"), ("hook-center", HOOK), ("2031", "2030")):
        assert f"'{name}'" in problems
        assert f"did you mean {near}?" in problems
    assert "weld-BLO at hook-center is under both must and must_not" in problems


def test_a_promise_may_become_a_refusal_later(region: Region) -> None:
    promised, refused = (
        {"programme": "weld-BOL", "site": HOOK, "periods": [year]} for year in (2026, 2030)
    )
    assert not said(FixedOffers.model_validate({"must": [promised], "must_not": [refused]}), region)
    refused.pop("periods")
    assert "both" in said(
        FixedOffers.model_validate({"must": [promised], "must_not": [refused]}), region
    )


def test_sites_that_only_teach_are_open_and_online_is_no_site(region: Region) -> None:
    facts = period(region, ("weld-BOL", HILL), units=(("dutch", "online"), ("try-tech", HOOK)))
    assert broken("max_sites", {"sites_at_most": 1}, facts) == {"tiny in 2026": 1.0}
    assert broken("max_sites", {"sites_at_most": 2}, facts) == {}


def test_coverage_weighs_the_young_of_each_scenario(region: Region) -> None:
    adults = [*YOUNG, ("adult", "hook", "weld-BBL", 900.0)]
    emptier = [("young", "hill", "weld-BOL", 50.0), ("young", "hook", "weld-BOL", 50.0)]
    moments = (
        moment(region, probability=0.5, demand=adults),
        moment(region, "decline", 0.5, demand=emptier),
    )
    # welders can be learned by 160 of 200, and by 50 of 100 in the other scenario
    reach = tuple((job, zone) for job in ("welder", "fitter") for zone in ("hill", "bank"))
    facts = period(region, moments=moments, reach=reach)
    assert broken("minimum_coverage", {"share": 0.5}, facts) == {}
    assert broken("minimum_coverage", {"share": 0.8, "weight_at_least": 1.5}, facts) == {
        "welder in 2026 decline": 0.3
    }
    assert broken("minimum_coverage", {"share": 0.8, "exempt": ["fitter"]}, facts) == {
        "welder in 2026 decline": 0.3
    }
    assert broken("minimum_coverage", {"share": 0.81}, facts) == {
        "welder in 2026 baseline": 0.01,
        "fitter in 2026 baseline": 0.01,
        "welder in 2026 decline": 0.31,
        "fitter in 2026 decline": 0.31,
    }


def test_nothing_is_within_reach_of_nobody(region: Region) -> None:
    adults = moment(region, demand=[("adult", "hook", "weld-BBL", 9.0)])
    facts = period(region, moments=(adults,))
    assert broken("minimum_coverage", {"share": 1.0}, facts) == {}
    assert broken("placement_guarantee", {"unplaced_at_most": 0}, facts) == {}


def test_duplication_is_counted_around_each_site_and_period(region: Region) -> None:
    both = (("weld-BOL", HILL), ("weld-BOL", HOOK), ("care-BOL", HILL))
    facts = period(region, *both), period(region, *both[1:], year=2030)
    assert broken("no_duplication", {"within_minutes": 65}, *facts) == {
        "weld-BOL at hill-centre in 2026": 1.0,
        "weld-BOL at hook-centre in 2026": 1.0,
    }
    assert broken("no_duplication", {"within_minutes": 64}, *facts) == {}
    assert broken("no_duplication", {"within_minutes": 65, "sites_at_most": 2}, *facts) == {}


@pytest.mark.parametrize(
    ("of", "share"),
    # 10 of 200 young; 12 of 40 adults who ask for a programme or an orientation year
    [("young", 0.05), ("adult", 0.3), ("everyone", 22 / 240)],
)
def test_places_are_promised_to_those_who_ask_for_a_programme(
    region: Region, of: str, share: float
) -> None:
    adults = [("adult", "hill", "weld-BBL", 30.0), ("adult", "hill", "try-tech", 10.0)]
    alone = ("adult", "hill", "welding", 500.0)
    left = [("young", "bank", "weld-BOL", 10.0), ("adult", "hill", "weld-BBL", 5.0)]
    left += [("adult", "hill", "try-tech", 7.0), alone]
    facts = period(
        region, moments=(moment(region, demand=[*YOUNG, *adults, alone], unplaced=left),)
    )
    kept = {"of": of, "unplaced_at_most": share}
    assert broken("placement_guarantee", kept, facts) == {}
    stricter = {"of": of, "unplaced_at_most": share - 0.01}
    assert broken("placement_guarantee", stricter, facts) == {"tiny in 2026 baseline": 0.01}


def test_adults_are_promised_nothing_where_there_are_none(region: Region) -> None:
    rule = PlacementGuarantee(of="adult")
    assert not said(rule, region)
    assert "add adult_cohorts.csv" in said(rule, tiny_region())
    assert not said(PlacementGuarantee(of="everyone"), tiny_region())
    assert rule.sentence((), region) == "At most 5.0% of the adults are left without a place"


def test_a_travel_limit_is_the_strictest_that_applies() -> None:
    rule = TravelLimit(
        minutes=80, by_level={2: 70}, by_pathway={"BBL": 60}, by_learner={"adult": 45}, nearby=50
    )
    assert [rule.of_programme(level, "BOL") for level in (1, 2)] == [80, 70]
    assert rule.of_programme(2, "BBL") == 60
    assert rule.of_programme(2, "BBL", "adult") == 45
    assert rule.of_programmes(tiny_region(), "adult") == dict.fromkeys(
        ["weld-BOL", "weld-BBL", "pipe-BOL", "care-BOL"], 45
    )
    assert (rule.of_nearby_unit("young"), rule.of_nearby_unit("adult")) == (50, 45)
    deliveries = ("with_programme", "nearby", "online")
    assert [rule.of_certificate(delivery, "young") for delivery in deliveries] == [80, 50, inf]
    assert [rule.of_certificate(delivery, "adult") for delivery in deliveries] == [45, 45, inf]
    assert TravelLimit(minutes=20, nearby=40).of_nearby_unit("young") == 40


def test_nobody_goes_further_than_their_own_limit(region: Region) -> None:
    # from bank, hook-centre is 55 minutes away and hill-centre 30
    journeys: dict[str, Any] = {
        "placements": [(learner, "bank", "weld-BBL", HOOK, 3.0) for learner in ("young", "adult")],
        "attendance": [("adult", "bank", "try-tech", HOOK, 3.0)],
        "certificates": [
            ("adult", "bank", "welding", HOOK, 1.0),
            ("adult", "bank", "try-tech", HOOK, 1.0),
            ("adult", "bank", "metal-common", HOOK, 0.0),
            ("adult", "bank", "welding", HILL, 1.0),
            ("adult", "hook", "dutch", "online", 1.0),
        ],
    }
    facts = period(region, moments=(moment(region, **journeys),))
    assert broken("travel_limit", {"minutes": 55}, facts) == {}
    assert broken("travel_limit", {"by_learner": {"young": 50}}, facts) == {
        "bank at weld-BBL at hook-centre in 2026 baseline": 5.0
    }
    assert broken("travel_limit", {"minutes": 55, "by_level": {2: 54}}, facts) == {
        "bank at weld-BBL at hook-centre in 2026 baseline": 1.0,
        "adult at bank at weld-BBL at hook-centre in 2026 baseline": 1.0,
    }
    assert broken("travel_limit", {"nearby": 50}, facts) == {
        "adult at bank at try-tech at hook-centre in 2026 baseline": 5.0
    }
    assert broken("travel_limit", {"by_learner": {"adult": 50}}, facts) == {
        f"adult at bank at {taught} at hook-centre in 2026 baseline": 5.0
        for taught in ("weld-BBL", "try-tech", "welding")
    }


def test_the_sentence_of_a_limit_says_whose_it_is(region: Region) -> None:
    rule = TravelLimit(minutes=50, by_learner={"adult": 40})
    assert rule.sentence(("adult", "bank", "welding", HOOK), region) == (
        "Adults of Bank travel at most 40 minutes to Welding; Hook Centre is 55 minutes away"
    )
    assert rule.sentence(("bank", "try-tech", HOOK), region) == (
        "Learners of Bank travel at most 50 minutes to Trying technology; Hook Centre is 55 "
        "minutes away"
    )


def test_access_is_counted_within_reach_of_each_zone_with_young_learners(region: Region) -> None:
    inland = moment(region, demand=[*YOUNG[:2], ("adult", "hook", "weld-BOL", 5.0)])
    offers = ("care-BOL", HILL), ("weld-BOL", HOOK), ("weld-BBL", HOOK)
    near = period(region, *offers, moments=(inland,), limit=55)
    # hill reaches hill-centre only, bank both
    assert broken("zone_access", {"domains_at_least": 2}, near) == {"domains at hill in 2026": 1.0}
    assert broken("zone_access", {"domains_at_least": 1}, near) == {}
    assert broken("zone_access", {"levels_at_least": 3}, near) == {
        "levels at bank in 2026": 1.0,
        "levels at hill in 2026": 2.0,
    }
    far = period(region, *offers, limit=75)
    assert broken("zone_access", {"domains_at_least": 2, "levels_at_least": 2}, far) == {}
    nothing = period(region, *offers, limit=9)
    assert broken("zone_access", {"levels_at_least": 1}, nothing) == {
        f"levels at {zone} in 2026": 1.0 for zone in ("bank", "hill", "hook")
    }


def test_a_programme_over_two_domains_counts_for_both(region: Region) -> None:
    hybrid = period(region, ("aid-BOL", HILL), limit=75)
    assert broken("zone_access", {"domains_at_least": 2}, hybrid) == {}
    assert broken("breadth", {"domains_at_least": 2}, hybrid) == {}


def test_what_cannot_be_reached_is_no_choice() -> None:
    island = tiny_region(
        travel=None,
        site_travel=None,
        stations=[("hill", "Hill", 51.50, 3.60, "main")],
        rail=[],
        crossings=[],
    )
    facts = period(island, ("weld-BOL", HILL), limit=inf)
    assert broken("zone_access", {"levels_at_least": 1}, facts) == {"levels at hook in 2026": 1.0}


def test_access_asks_something_and_nothing_impossible(region: Region) -> None:
    with pytest.raises(ValidationError, match="domains_at_least, levels_at_least or both"):
        ZoneAccess()
    problems = said(ZoneAccess(domains_at_least=3, levels_at_least=4), region)
    assert "3 domains are asked for, and the region has 2" in problems
    assert "4 levels are asked for, and the region has 3" in problems
    assert not said(ZoneAccess(domains_at_least=2, levels_at_least=3), region)


def test_a_programme_needs_its_facilities(region: Region) -> None:
    facts = period(region, ("pipe-BOL", HOOK), ("pipe-BOL", HILL), ("weld-BOL", HOOK))
    assert broken("facility_required", {}, facts) == {"pipe-BOL at hook-centre in 2026": 1.0}
    assert broken("facility_required", {"waived": ["pipe shop"]}, facts) == {}
    assert broken("facility_required", {"waived": ["ward"]}, facts) != {}
    assert "did you mean pipe shop?" in said(FacilityRequired(waived=("pipe shup",)), region)
    assert "needs the region's requirements.csv" in said(FacilityRequired(), tiny_region())


def test_a_prospect_is_that_of_most_graduates_and_the_better_of_equals() -> None:
    leads_to = [("weld-BOL", "nurse", 0.4), ("weld-BOL", "welder", 0.4), ("weld-BBL", "nurse", 0.5)]
    leads_to += [("weld-BBL", "welder", 0.4), ("care-BOL", "fitter", 0.1)]
    found = LabourMarketProspect().prospect_of(tiny_region(leads_to=leads_to))
    assert found == {"weld-BOL": "very good", "weld-BBL": "fair", "care-BOL": "good"}
    assert BEST_FIRST == PROSPECTS


def test_a_poor_prospect_rules_out_or_limits_the_intake(region: Region) -> None:
    demand = [("young", "hill", "care-BOL", 60.0), ("adult", "hill", "care-BOL", 20.0)]
    started = [("care-BOL", HILL, 40.0), ("weld-BOL", HILL, 90.0)]
    moments = (moment(region, demand=demand, offers=started),)
    facts = period(region, ("care-BOL", HILL), ("weld-BOL", HILL), moments=moments)
    fair = {"classes": ["fair", "poor"]}
    assert broken("labour_market_prospect", {}, facts) == {}
    assert broken("labour_market_prospect", fair, facts) == {"care-BOL at hill-centre in 2026": 1.0}
    for share, found in ((0.5, {}), (0.4, {"care-BOL in 2026 baseline": 8.0})):
        limited = {**fair, "intake_share_at_most": share}
        assert broken("labour_market_prospect", limited, facts) == found
    sentence = LabourMarketProspect(classes=("fair",)).sentence(("care-BOL", HILL), region)
    assert sentence == "Nurse (BOL) is not offered at Hill Centre: the prospect of work is fair"


def test_a_programme_needs_learners_for_each_of_its_sites(region: Region) -> None:
    few = [("weld-BOL", HILL, 20.0), ("weld-BOL", HOOK, 4.0)]
    many = [("weld-BOL", HILL, 20.0), ("weld-BOL", HOOK, 16.0)]
    moments = (
        moment(region, probability=0.25, offers=few),
        moment(region, "growth", 0.75, offers=many),
    )
    facts = period(region, ("weld-BOL", HILL), ("weld-BOL", HOOK), moments=moments)
    assert broken("programme_efficiency", {}, facts) == {"weld-BOL in 2026 baseline": 6.0}
    assert broken("programme_efficiency", {"learners_per_offer": 12}, facts) == {}
    mean = {"holds": "expectation", "learners_per_offer": 16.5}
    assert broken("programme_efficiency", mean, facts) == {}
    assert broken("programme_efficiency", {**mean, "learners_per_offer": 17}, facts) == {
        "weld-BOL in 2026": 1.0
    }


def test_a_cap_is_for_a_site_or_for_all_of_them(region: Region) -> None:
    started = [("weld-BOL", HILL, 20.0), ("weld-BOL", HOOK, 4.0), ("weld-BBL", HILL, 99.0)]
    facts = period(region, moments=(moment(region, offers=started),))
    at_hill = {"programme": "weld-BOL", "site": HILL, "learners_at_most": 19}
    everywhere = {"programme": "weld-BOL", "learners_at_most": 21}
    assert broken("intake_cap", {"caps": [at_hill, everywhere]}, facts) == {
        "weld-BOL at hill-centre in 2026 baseline": 1.0,
        "weld-BOL in 2026 baseline": 3.0,
    }
    kept = [{**at_hill, "learners_at_most": 20}, {**everywhere, "learners_at_most": 24}]
    assert broken("intake_cap", {"caps": kept}, facts) == {}


def test_caps_are_said_once_and_of_what_there_is(region: Region) -> None:
    cap = {"programme": "weld-BLO", "site": "hill", "learners_at_most": 9}
    with pytest.raises(ValidationError, match="names twice: weld-BLO at hill"):
        IntakeCap.model_validate({"caps": [cap, {**cap, "learners_at_most": 8}]})
    rule = IntakeCap.model_validate({"caps": [cap]})
    assert "did you mean weld-BOL?" in said(rule, region)
    assert "unknown site 'hill'" in said(rule, region)
    known = {**cap, "programme": "weld-BOL", "site": HILL}
    assert IntakeCap.model_validate({"caps": [known]}).sentence(("weld-BOL", HILL), region) == (
        "At most 9 learners a year start Welder (BOL) at Hill Centre"
    )


def test_learners_can_go_on_close_by(region: Region) -> None:
    facts = period(region, ("weld-BOL", HOOK), ("pipe-BOL", HILL), ("care-BOL", HILL))
    assert broken("progression", {}, facts) == {"weld-BOL at hook-centre in 2026": 1.0}
    assert broken("progression", {"minutes": 65}, facts) == {}
    same_site = period(region, ("weld-BOL", HOOK), ("pipe-BOL", HOOK))
    assert broken("progression", {"minutes": 0}, same_site) == {}
    # aid-BOL is in care first, where care-BOL is the higher one
    alone = period(region, ("aid-BOL", HILL), ("pipe-BOL", HILL))
    assert broken("progression", {"levels": [2, 3]}, alone) == {
        "aid-BOL at hill-centre in 2026": 1.0
    }


def test_what_has_no_higher_level_anywhere_is_left_out(region: Region) -> None:
    facts = period(region, ("weld-BOL", HOOK), ("pipe-BOL", HILL))
    # nothing above level 3 in technology, and nothing but level 2 in the dossier metal
    assert broken("progression", {"levels": [3]}, facts) == {}
    assert broken("progression", {"within": "dossier"}, facts) == {}
    assert Progression(within="dossier").successors(region) == {}
    with pytest.raises(ValidationError):
        Progression(levels=(4,))


def test_an_open_site_is_as_broad_as_it_may_be(region: Region) -> None:
    narrow = period(region, ("weld-BOL", HILL), ("weld-BBL", HILL), ("weld-BOL", HOOK))
    assert broken("breadth", {"domains_at_least": 2}, narrow) == {"hill-centre in 2026": 1.0}
    assert broken("breadth", {"domains_at_least": 1}, narrow) == {}
    broad = period(region, ("weld-BOL", HILL), ("care-BOL", HILL))
    assert broken("breadth", {"domains_at_least": 9}, broad) == {}
    teaching = period(region, units=(("try-tech", HOOK), ("dutch", "online")))
    assert broken("breadth", {"domains_at_least": 2}, teaching) == {"hook-centre in 2026": 1.0}
