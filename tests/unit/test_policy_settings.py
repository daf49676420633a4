"""Settings ``path=value``: what they change, and what is said of those that cannot be made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from policy_files import SMALL, only, problems_of, written

from coverage_opt.errors import InputError
from coverage_opt.policy.load import load_policy
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("rules.class_size.own.minimum=12", "rules.class_size.own.minimum", 12),
        ("rules.class_size.profile={minimum: 5}", "rules.class_size.profile.minimum", 5),
        ("rules.class_size=null", "rules.class_size", None),
        ("rules.max_sites.sites_at_most=2", "rules.max_sites.sites_at_most", 2),
        ("rules.travel_limit.by_level.2=50", "rules.travel_limit.by_level", {1: 30.0, 2: 50.0}),
        ("rules.travel_limit.by_level.4=90", "rules.travel_limit.by_level.4", 90),
        ("sharing=[generic, common]", "sharing", ("generic", "common")),
        ("sharing=[]", "sharing", ()),
        ("objective.0.maximise.coverage=3", "objective.0.maximise.coverage", 3),
        ("objective.0.tolerance=0", "objective.0.tolerance", 0),
        ("objective.0.tolerance=null", "objective.0.tolerance", None),
        ("objective.0.risk=worst_case", "objective.0.risk", "worst_case"),
        ("hybrids=true", "hybrids", True),
        ("continuous_intake=[BBL]", "continuous_intake", ("BBL",)),
        ("title=With = in it", "title", "With = in it"),
        (" rules.travel_limit.minutes = 70", "rules.travel_limit.minutes", 70),
    ],
)
def test_an_override_sets_one_thing(small: Path, override: str, path: str, value: Any) -> None:
    found: Any = load_policy(small, [override]).model_dump()
    for step in path.split("."):
        found = found[int(step) if step.isdecimal() else step]
    assert found == value


def test_overrides_apply_in_order_and_leave_the_rest_alone(small: Path) -> None:
    policy = load_policy(small, ["rules.class_size.per_offer=5", "rules.class_size.per_offer=6"])
    plain = load_policy(small)
    sizes = policy.rule(ClassSize)
    assert sizes is not None
    assert sizes.per_offer == 6
    assert (policy.objective, policy.sharing) == (plain.objective, plain.sharing)
    assert plain.content_hash != policy.content_hash


@pytest.mark.parametrize(
    ("override", "said", "advice"),
    [
        ("rules.clas_size.per_offer=3", "unknown key `rules.clas_size`", "class_size"),
        ("rules.class_size.own.minimun=3", "unknown key `rules.class_size.own.minimun`", "minimum"),
        ("objectives.0.tolerance=0", "unknown key `objectives`", "objective"),
        ("objective.7.tolerance=0", "there is no '7' inside a list of 2", ""),
        ("objective.first.tolerance=0", "there is no 'first' inside a list of 2", ""),
        ("rules.class_size.per_offer", "is not of the form path=value", "rules.class_size"),
        ("=3", "is not of the form path=value", "rules.class_size"),
        ("rules..per_offer=3", "is not of the form path=value", "rules.class_size"),
        ("name.first=x", "there is no 'first' inside 'small'", ""),
        ("title=NO", "the unquoted NO", "put it in quotes"),
        ("rules.travel_limit.minutes=1e3", "the unquoted 1e3", "1000"),
        ("rules.travel_limit.minutes=[", "broken YAML", ""),
        ("rules.class_size.own={minimum: 3, minimum: 4}", "`minimum` is given twice", ""),
    ],
)
def test_a_wrong_override_is_explained(small: Path, override: str, said: str, advice: str) -> None:
    problem = only(problems_of(small, override))
    assert said in problem.what
    assert advice in problem.advice


def test_every_wrong_override_is_said_at_once(small: Path) -> None:
    found = problems_of(
        small, "title", "objective.7.tolerance=0", "view=NO", "hybrids=9", "extends=modular"
    )
    assert {problem.where for problem in found} == {
        "--set",
        "--set objective.7.tolerance",
        "--set view",
        "--set hybrids",
        "--set extends",
    }


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("rules.travel_limit.minutes=-5", "greater than or equal to 0"),
        ("rules.travel_limit.minutes='50'", "is '50', not a number"),
        ("rules.class_size.own.minimum=40", "minimum 40 is above maximum 28"),
        ("sharing=[common, common]", "sharing names a kind twice"),
        ("rules.no_duplication={}", "`within_minutes` is missing"),
        ("objective.0.tail=0.3", "has a tail"),
    ],
)
def test_a_fault_is_located_at_the_setting_that_made_it(
    small: Path, override: str, said: str
) -> None:
    problem = only(problems_of(small, "rules.class_size.per_offer=3", override, "view=Ours"))
    assert said in problem.what
    assert problem.where == f"--set {override.partition('=')[0]}"


def test_faults_of_the_file_and_of_a_setting_are_told_apart(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL.replace("title: Small", "title: 5"))
    found = problems_of(file, "rules.class_size.own.minimum=40", "view=Ours")
    assert {problem.where for problem in found} == {
        "policy.yaml:2",
        "--set rules.class_size.own.minimum",
    }


def test_a_setting_may_put_right_what_the_file_has_wrong(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL.replace("minutes: 60", "minutes: -60"))
    assert only(problems_of(file)).where == "policy.yaml:10"
    limit = load_policy(file, ["rules.travel_limit.minutes=60"]).rule(TravelLimit)
    assert limit is not None
    assert limit.minutes == 60


def test_a_setting_that_makes_a_fault_of_the_file_no_better_is_not_blamed(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL.replace("minutes: 60", "minutes: -60"))
    problem = only(problems_of(file, "rules.travel_limit.by_level.3=20", "title=Ours"))
    assert problem.where == "policy.yaml:10"


def test_an_override_is_one_line() -> None:
    with pytest.raises(InputError, match="not of the form"):
        load_policy("programme", ["rules.travel_limit.minutes=60\nname: x"])
