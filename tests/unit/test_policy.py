"""Policies from files and overrides: what is accepted, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import tiny_region
from coverage_opt import shipped
from coverage_opt.errors import InputError
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Rules
from coverage_opt.policy.teaching import teaching
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize

GOOD = """\
name: small
title: Small
view: Ours.
sharing: [common]
rules:
  class_size:
    common: {minimum: 5}
objective:
  - maximise: {coverage: 1}
"""


def policy_file(folder: Path, text: str = GOOD) -> Path:
    file = folder / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def said(folder: Path, text: str = GOOD, *overrides: str) -> str:
    with pytest.raises(InputError) as error:
        load_policy(policy_file(folder, text), overrides)
    return str(error.value)


@pytest.mark.parametrize("name", ["programme", "dossier", "orientation", "modular"])
def test_the_shipped_policies_load_and_carry_the_guarantee(name: str) -> None:
    policy = load_policy(name)
    assert policy.name == name
    assert name in shipped.model_names()
    assert {rule.name for rule in policy.active_rules} == {
        "class_size",
        "placement_guarantee",
        "travel_limit",
    }


def test_rules_of_a_policy_are_the_rules_there_are() -> None:
    assert set(Rules.model_fields) == set(RULES)


def test_an_override_reaches_into_the_file() -> None:
    policy = load_policy(
        "programme",
        [
            "rules.class_size.own.minimum=12",
            "rules.max_sites.sites_at_most=3",
            "rules.placement_guarantee=null",
            "objective.0.tolerance=0.01",
            "rules.travel_limit.by_level={1: 45}",
        ],
    )
    sizes = policy.rule(ClassSize)
    assert sizes is not None
    assert sizes.own.minimum == 12
    assert [rule.name for rule in policy.active_rules] == [
        "class_size",
        "max_sites",
        "travel_limit",
    ]
    assert policy.objective[0].tolerance == 0.01


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("rules.clas_size.own.minimum=12", "class_size"),
        ("rules.class_size.own.minimum", "not of the form path=value"),
        ("objective.9.tolerance=0", "there is no '9'"),
        ("name.first=x", "there is no 'first'"),
        ("rules.class_size.own.minimum=NO", "NO"),
        ("rules.class_size.own.minimum=40", "minimum 40 is above maximum 28"),
    ],
)
def test_a_wrong_override_is_explained(override: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        load_policy("programme", [override])
    assert words in str(error.value)


def test_all_wrong_overrides_are_said_at_once() -> None:
    with pytest.raises(InputError) as error:
        load_policy("programme", ["one", "two"])
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("title: Small", "title: Small\ntitle: Again", "title"),
        ("view: Ours.", "view: Ours.\nvieuw: Theirs.", "vieuw"),
        ("sharing: [common]", "sharing: [comon]", "comon"),
        ("sharing: [common]", "sharing: [common, common]", "twice"),
        ("{coverage: 1}", "{coverge: 1}", "coverge"),
        ("{coverage: 1}", "{}", "at least one term"),
        (
            "{coverage: 1}",
            "{coverage: 1}\n    minimise: {offers: 1}",
            "either maximise or minimise",
        ),
        ("{coverage: 1}", "{travel_minutes: 1}\n    decides: placement", "in this order"),
        ("{minimum: 5}", "{minimum: -5}", "greater than or equal to 0"),
        ("{minimum: 5}", "{minimum: 010}", "010"),
        ("{minimum: 5}", "{minimum: 99}", "above maximum"),
        ("class_size:\n    common: {minimum: 5}", "no_such_rule: {}", "no_such_rule"),
    ],
)
def test_what_is_wrong_with_a_policy_is_said(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    assert before in GOOD
    message = said(tmp_path, GOOD.replace(before, after))
    assert words in message
    assert "small.yaml" in message


def test_a_placement_stage_can_only_weigh_travel(tmp_path: Path) -> None:
    text = GOOD + "  - maximise: {coverage: 1}\n    decides: placement\n"
    assert "can only weigh travel_minutes" in said(tmp_path, text)


def test_stages_that_decide_less_come_later(tmp_path: Path) -> None:
    text = GOOD + "  - maximise: {saved_hours: 1}\n    decides: units\n  - maximise: {placed: 1}\n"
    assert "in this order" in said(tmp_path, text)


def test_an_unknown_policy_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="modular"):
        load_policy("modullar")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_policy(tmp_path / "none.yaml")


def test_the_hash_is_of_the_content_alone(tmp_path: Path) -> None:
    first = load_policy(policy_file(tmp_path))
    lines = GOOD.splitlines(keepends=True)
    turned = "".join([*lines[1:4], lines[0], "# a comment\n", *lines[4:]])
    assert load_policy(policy_file(tmp_path, turned)).content_hash == first.content_hash
    other = load_policy(policy_file(tmp_path), ["rules.class_size.common.minimum=6"])
    assert other.content_hash != first.content_hash


def test_teaching_fuses_what_is_not_shared() -> None:
    region = tiny_region()
    nothing = teaching(region, ())
    assert set(nothing.units["kind"]) == {"own"}
    own = nothing.units.set_index("unit").loc["own:weld-BOL"]
    assert own["hours"] == 80 + 400 + 300 + 500
    retention = nothing.curriculum.set_index("unit").loc["own:weld-BOL", "retention"]
    assert retention == pytest.approx((780 * 1.0 + 500 * 0.9) / 1280)
    everything = teaching(region, ("generic", "orientation", "common", "profile", "elective"))
    assert "own" not in set(everything.units["kind"])
    assert len(everything.curriculum) == len(region.curriculum)
