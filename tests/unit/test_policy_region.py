"""A policy put to a region: what does not fit it, and the units it makes of the curriculum."""

from __future__ import annotations

from typing import Any

import pytest
from policy_files import only

from builders import HYBRIDS, MONEY, full_tables, tiny_region
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import GENERAL, Region
from coverage_opt.rules.region_budget import RegionBudget

EVERYTHING = ("generic", "orientation", "common", "profile", "elective")
GAP = 1e-3
OVER_TWO: dict[str, Any] = {**HYBRIDS}
"""The tables of a region with a hybrid programme."""


def policy_of(*stages: dict[str, Any], **others: Any) -> Policy:
    return Policy.model_validate(
        {
            "name": "tried",
            "title": "Tried",
            "view": "For a test.",
            "sharing": (),
            "rules": {},
            "objective": stages or ({"maximise": {"placed": 1}},),
        }
        | others
    )


def sharing(*kinds: str, **others: Any) -> Policy:
    return policy_of(sharing=kinds, **others)


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


@pytest.fixture(scope="module")
def full() -> Region:
    return tiny_region(**full_tables())


def test_everything_that_does_not_fit_the_region_is_said_at_once() -> None:
    promised = "{programme: weld-BLO, site: hill-center}"
    policy = load_policy(
        "modular",
        [
            f"rules.fixed_offers.must=[{promised}]",
            f"rules.fixed_offers.must_not=[{promised}]",
            "rules.no_duplication.within_minutes=30",
            "rules.region_budget.euros_at_most=1000000",
            "objective.0.maximise.certificates=1",
            "objective.0.tolerance=0.0001",
            "objective.1={minimise: {cost: 1}}",
        ],
    )
    problems = policy.problems(tiny_region(site_travel=None), GAP)
    said = "\n".join(map(str, problems))
    for fault in (
        "unknown programme 'weld-BLO'",
        "did you mean weld-BOL",
        "unknown site 'hill-center'",
        "is under both must and must_not",
        "needs the travel times between sites",
        "rule region_budget needs",
        "stage 1 weighs certificates, but the region has no adults",
        "stage 2 weighs cost, but the region has no money",
        "stage 1 is to be kept within 0.0001",
    ):
        assert fault in said


@pytest.mark.parametrize(
    ("stage", "missing", "remedy"),
    [
        ({"minimise": {"cost": 1}}, "money", "region.yaml"),
        ({"maximise": {"balance": 1}}, "money", "region.yaml"),
        ({"maximise": {"worst_institution": 1}}, "current offering", "add current.csv"),
        ({"maximise": {"certificates": 1}}, "adults", "add adult_cohorts.csv"),
    ],
)
def test_a_term_needs_its_data(
    region: Region, full: Region, stage: dict[str, Any], missing: str, remedy: str
) -> None:
    policy = policy_of({"maximise": {"placed": 1}}, stage)
    problem = only(list(policy.problems(region)))
    (term,) = next(iter(stage.values()))
    assert problem.what == f"stage 2 weighs {term}, but the region has no {missing}"
    assert problem.where == "objective"
    assert remedy in problem.advice
    assert list(policy.problems(full, GAP)) == []


def test_adults_may_be_stated_zone_by_zone() -> None:
    asked = [("hill", "welding", 2026, 5.0), ("hill", "welding", 2030, 5.0)]
    region = tiny_region(adult_demand=asked)
    assert list(policy_of({"maximise": {"certificates": 1}}).problems(region)) == []


def test_rules_of_money_need_it(region: Region) -> None:
    policy = policy_of(rules={"region_budget": {"euros_at_most": 1e6}})
    assert "region_budget" in only(list(policy.problems(region))).what
    assert list(policy.problems(tiny_region(settings={"money": MONEY}))) == []


def test_a_rule_of_money_that_does_not_ask_for_it_is_asked_for(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RegionBudget, "problems", lambda *_: iter(()))
    problem = only(
        list(policy_of(rules={"region_budget": {"euros_at_most": 1e6}}).problems(region))
    )
    assert problem.where == "rules.region_budget"
    assert "needs money" in problem.what


def test_a_stage_is_kept_no_more_precisely_than_it_is_solved(region: Region) -> None:
    def refused(*tolerances: float | None, gap: float | None) -> list[str]:
        stages = [{"maximise": {"placed": 1}, "tolerance": share} for share in tolerances]
        return [problem.what for problem in policy_of(*stages).problems(region, gap)]

    assert refused(0.0001, 0.0, None, 0.0, gap=None) == []
    assert refused(None, None, None, gap=0.5) == []
    assert refused(GAP, 2 * GAP, gap=GAP) == []
    # nothing comes after the last, so nothing has to be kept
    assert refused(GAP, 0.0, gap=GAP) == []
    assert refused(0.0001, GAP, 0.0, None, gap=GAP) == [
        f"stage {number} is to be kept within {tolerance}, which is less than the gap of 0.001 "
        "within which it is solved"
        for number, tolerance in ((1, "0.0001"), (3, "0"))
    ]


def test_a_tolerance_that_is_too_tight_comes_with_advice(region: Region) -> None:
    policy = policy_of({"maximise": {"placed": 1}, "tolerance": 0.002}, {"minimise": {"offers": 1}})
    problem = only(list(policy.problems(region, 0.01)))
    assert "a tolerance of 0.01 or more" in problem.advice
    assert "a gap of 0.002 or less" in problem.advice


def test_teaching_fuses_what_is_not_shared(region: Region) -> None:
    nothing = teaching(region, sharing())
    assert set(nothing.units["kind"]) == {"own"}
    own = nothing.units.set_index("unit").loc["own:weld-BOL"]
    assert own["hours"] == 80 + 400 + 300 + 500
    retention = nothing.curriculum.set_index("unit").loc["own:weld-BOL", "retention"]
    assert retention == pytest.approx((780 * 1.0 + 500 * 0.9) / 1280)
    everything = teaching(region, sharing(*EVERYTHING))
    assert "own" not in set(everything.units["kind"])
    assert len(everything.curriculum) == len(region.curriculum)


def domains(region: Region, policy: Policy) -> dict[str, str]:
    units = teaching(region, policy).units
    return dict(zip(units["unit"], units["domain"], strict=True))


def test_a_unit_belongs_to_the_domain_of_all_who_use_it(region: Region) -> None:
    assert domains(region, sharing(*EVERYTHING)) == {
        "dutch": GENERAL,
        "try-tech": "technology",
        "metal-common": "technology",
        "welding": "technology",
        "pipefitting": "technology",
        "nursing": "care",
    }
    own = domains(region, sharing())
    assert own == {
        "own:weld-BOL": "technology",
        "own:weld-BBL": "technology",
        "own:pipe-BOL": "technology",
        "own:care-BOL": "care",
    }


def test_a_hybrid_is_taught_only_where_the_policy_has_hybrids() -> None:
    region = tiny_region(**OVER_TWO)
    without = teaching(region, sharing(*EVERYTHING))
    assert "aid-BOL" not in set(without.curriculum["programme"])
    assert "aids" not in set(without.units["unit"])
    with_hybrids = teaching(region, sharing(*EVERYTHING, hybrids=True))
    assert "aid-BOL" in set(with_hybrids.curriculum["programme"])
    assert set(with_hybrids.units["unit"]) - set(without.units["unit"]) == {"aids"}
    alone = teaching(region, sharing(hybrids=True)).units.set_index("unit")
    assert alone.loc["own:aid-BOL", "hours"] == 80 + 700


def test_the_first_domain_of_a_hybrid_counts() -> None:
    region = tiny_region(**OVER_TWO)
    assert domains(region, sharing(*EVERYTHING, hybrids=True))["aids"] == "care"
    # a unit of technology that the hybrid of care uses too belongs to neither
    curriculum = [*HYBRIDS["curriculum"], ("aid-BOL", "try-tech")]
    mixed = tiny_region(**{**OVER_TWO, "curriculum": curriculum})
    assert domains(mixed, sharing(*EVERYTHING, hybrids=True))["try-tech"] == GENERAL
    assert domains(mixed, sharing(*EVERYTHING))["try-tech"] == "technology"


@pytest.mark.parametrize("kinds", [(), ("common",), EVERYTHING])
def test_every_unit_is_used_and_every_programme_taught(kinds: tuple[str, ...]) -> None:
    region = tiny_region(**full_tables(hybrids=True))
    for hybrids in (False, True):
        taught = teaching(region, sharing(*kinds, hybrids=hybrids))
        assert list(taught.units) == ["unit", "kind", "hours", "delivery", "domain"]
        assert taught.units["unit"].is_unique
        assert set(taught.units["unit"]) == set(taught.curriculum["unit"])
        assert not taught.units.isna().to_numpy().any()
        there = set(region.programmes["programme"])
        absent = set() if hybrids else set(region.hybrids["programme"])
        assert set(taught.curriculum["programme"]) == there - absent
