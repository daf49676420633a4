"""Variants: those that come with the package, how they change a policy, and faulty files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from policy_files import only, problems_of
from pydantic import BaseModel

from coverage_opt import shipped
from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.variants import variants
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit

GOOD = """\
near:
  title: Close to home
  set:
    - rules.travel_limit.minutes=30
    - "rules.travel_limit.by_level={1: 20}"
small:
  title: Small groups
  set: [rules.class_size.own.minimum=5]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "variants.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(file: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        variants(file)
    return list(caught.value.problems)


def test_some_variants_come_with_the_package() -> None:
    assert {"strict_travel", "small_groups", "large_groups", "cautious"} <= set(variants())
    assert all(variant.title and variant.settings for variant in variants().values())
    titles = [variant.title for variant in variants().values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", variants())
@pytest.mark.parametrize("policy", shipped.model_names())
def test_a_shipped_variant_can_be_made_of_any_shipped_policy(policy: str, name: str) -> None:
    plain, changed = load_policy(policy), load_policy(policy, variant=name)
    had_it_already = (policy, name) == ("current_law", "one_entry")
    assert (plain == changed) is had_it_already
    assert (changed.name, changed.view) == (plain.name, plain.view)


@pytest.mark.parametrize("name", variants())
def test_every_path_of_a_shipped_variant_is_a_parameter(name: str) -> None:
    for setting in variants()[name].settings:
        kind: Any = Policy
        steps = list(setting.steps)
        if steps[0] == "rules":
            kind, steps = RULES[steps[1]], steps[2:]
        elif steps[0] == "objective":
            kind, steps = Policy.model_fields["objective"].annotation, steps[1:]
            assert steps.pop(0).isdecimal()
            kind = kind.__args__[0]
        for step in steps:
            assert issubclass(kind, BaseModel)
            assert step in kind.model_fields, setting.text
            kind = kind.model_fields[step].annotation


def test_groups_are_a_third_smaller_or_larger_than_most_are() -> None:
    for policy in shipped.model_names():
        plain = load_policy(policy).rule(ClassSize)
        smaller = load_policy(policy, variant="small_groups").rule(ClassSize)
        larger = load_policy(policy, variant="large_groups").rule(ClassSize)
        assert plain
        assert smaller
        assert larger
        for kind in ("own", "generic", "orientation", "common", "profile", "elective"):
            assert smaller.of(kind).minimum <= plain.of(kind).minimum
            assert larger.of(kind).minimum >= 4 / 3 * smaller.of(kind).minimum


def test_variants_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = variants(written(tmp_path, GOOD))
    assert list(found) == ["near", "small"]
    near = found["near"]
    assert (near.name, near.title) == ("near", "Close to home")
    assert [setting.steps[-1] for setting in near.settings] == ["minutes", "by_level"]
    assert [setting.value for setting in near.settings] == [30, {1: 20}]
    assert near.settings[1].where == "variants.yaml:5"


def test_settings_are_made_on_top_of_a_variant() -> None:
    plain = load_policy("modular", variant="strict_travel").rule(TravelLimit)
    assert plain == TravelLimit(minutes=60, nearby=45)
    ours = load_policy("modular", ["rules.travel_limit.nearby=30"], "strict_travel")
    assert ours.rule(TravelLimit) == TravelLimit(minutes=60, nearby=30)


def test_an_unknown_variant_suggests_the_nearest() -> None:
    problem = only(problems_of("modular", variant="stict_travel"))
    assert (problem.where, problem.what) == ("--variant", "there is no variant 'stict_travel'")
    assert problem.advice == "did you mean strict_travel?"


def test_what_a_variant_breaks_is_located_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = GOOD.replace("minutes=30", "minutes=-30").replace("minimum=5", "minimun=5")
    monkeypatch.setattr(shipped, "variants_file", lambda: written(tmp_path, text))
    for name, line, said in (("near", 4, "greater than"), ("small", 8, "minimun")):
        problem = only(problems_of("programme", "rules.class_size.per_offer=2", variant=name))
        assert problem.where == f"variants.yaml:{line}"
        assert said in problem.what


@pytest.mark.parametrize(
    ("old", "new", "where", "said", "advice"),
    [
        ("  title: Close to home\n", "", ":1", "the key `title` is missing in `near`", ""),
        ("title: Close", "titel: Close", ":2", "unknown key `near.titel`", "title"),
        ("title: Close to home", 'title: ""', ":2", "at least 1 character", ""),
        ("set: [rules", "sets: [rules", ":8", "unknown key `small.sets`", "set"),
        ("[rules.class_size.own.minimum=5]", "[]", ":8", "at least 1 item", ""),
        ("[rules.class_size.own.minimum=5]", "[5]", ":8", "a valid string", ""),
        ("[rules.class_size.own.minimum=5]", "a=5", ":8", "a valid list", ""),
        ("minutes=30", "minutes", ":4", "is not of the form path=value", "for example"),
        ("minutes=30", "minutes=1e3", ":4", "the unquoted 1e3", "1000"),
        ("rules.travel_limit.minutes=30", "extends=modular", ":4", "only be given in a file", ""),
        ("by_level={1: 20}", "minutes=40", ":5", "sets rules.travel_limit.minutes twice", "keep"),
        ("small:", "near:", ":6", "the key `near` is given twice", ""),
        ("small:", "Small groups:", ":6", "'Small groups' is not a short name", "lower-case"),
        ("small:", "5:", ":6", "5 is not a short name", "lower-case"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, where: str, said: str, advice: str
) -> None:
    assert old in GOOD
    found = faults(written(tmp_path, GOOD.replace(old, new, 1)))
    about = [problem for problem in found if said in problem.what]
    assert about, "\n".join(map(str, found))
    assert about[0].where == f"variants.yaml{where}"
    assert advice in about[0].advice


def test_everything_wrong_in_a_file_is_said_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("minutes=30", "minutes")
        .replace("by_level={1: 20}", "minutes=NO")
        .replace("title: Small", "titel: Small")
        + "5: nothing\nother: nothing\n"
    )
    found = faults(written(tmp_path, text))
    lines = [problem.where.partition(":")[2] for problem in found]
    assert lines == ["4", "5", "6", "7", "9", "10"]


def test_no_variant_is_taken_for_a_policy() -> None:
    assert shipped.variants_file().is_file()
    assert shipped.variants_file().stem not in shipped.model_names()


def test_every_variant_is_documented_as_it_is() -> None:
    page = Path(__file__).parents[2] / "docs" / "policies.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    first = lines.index("| variant | what changes |") + 2
    told = [f"| `{name}` | {_sentence(variant.title)} |" for name, variant in variants().items()]
    assert lines[first : first + len(told) + 1] == [*told, ""]


def _sentence(title: str) -> str:
    return title[0].lower() + title[1:]
