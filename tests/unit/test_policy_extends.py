"""Policies that extend another: what they take over, and what is said of a row that is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from policy_files import only, problems_of

from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.max_sites import MaxSites
from coverage_opt.rules.no_duplication import NoDuplication
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.rules.travel_limit import TravelLimit

BASE = """\
name: base
title: Base
view: The base's view.
sharing: [common, orientation]
continuous_intake: [adult]
rules:
  class_size:
    own: {minimum: 10, maximum: 20}
    per_offer: 4
  max_sites:
    sites_at_most: 3
  travel_limit:
    minutes: 60
    by_level: {1: 30, 2: 45}
objective:
  - maximise: {coverage: 1, placed: 2}
    tolerance: 0.01
  - minimise: {travel_minutes: 1}
    decides: placement
"""

OWN = """\
extends: base.yaml
name: own
title: Own
view: Our own view.
"""


def folder_of(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def extended(folder: Path, text: str = "", base: str = BASE) -> Policy:
    return load_policy(folder_of(folder, base=base, own=OWN + text) / "own.yaml")


def test_what_is_not_said_is_taken_over_but_for_who_says_it(tmp_path: Path) -> None:
    policy, base = extended(tmp_path), load_policy(tmp_path / "base.yaml")
    assert (policy.name, policy.title, policy.view) == ("own", "Own", "Our own view.")
    whose = {"name": base.name, "title": base.title, "view": base.view}
    assert policy.model_copy(update=whose) == base
    assert policy.content_hash != base.content_hash
    assert type(policy) is Policy


def test_mappings_merge(tmp_path: Path) -> None:
    text = """\
rules:
  class_size:
    own: {minimum: 12}
    common: {minimum: 9}
  travel_limit:
    by_level: {2: 50, 3: 55}
  no_duplication: {within_minutes: 20}
"""
    policy = extended(tmp_path, text)
    sizes, limit = policy.rule(ClassSize), policy.rule(TravelLimit)
    assert sizes is not None
    assert (sizes.own.minimum, sizes.own.maximum, sizes.per_offer) == (12, 20, 4)
    assert sizes.common.minimum == 9
    assert limit is not None
    assert (limit.minutes, dict(limit.by_level)) == (60, {1: 30, 2: 50, 3: 55})
    assert policy.rule(NoDuplication) == NoDuplication(within_minutes=20)
    assert policy.rule(MaxSites) == MaxSites(sites_at_most=3)


def test_lists_and_single_values_take_the_place_of_what_was_there(tmp_path: Path) -> None:
    text = """\
sharing: [generic]
continuous_intake: []
objective:
  - minimise: {offers: 1}
"""
    policy = extended(tmp_path, text)
    assert (policy.sharing, policy.continuous_intake) == (("generic",), ())
    (stage,) = policy.objective
    assert (stage.goal, stage.sense, stage.tolerance) == ("offers", "minimise", None)


def test_null_removes_a_rule_and_only_that(tmp_path: Path) -> None:
    policy = extended(tmp_path, "rules:\n  max_sites: null\n")
    assert [rule.name for rule in policy.active_rules] == ["class_size", "travel_limit"]


def test_a_rule_that_was_removed_can_come_back(tmp_path: Path) -> None:
    middle = OWN.replace("name: own", "name: middle") + "rules: {travel_limit: null}\n"
    top = OWN.replace("base.yaml", "middle.yaml") + "rules: {travel_limit: {nearby: 20}}\n"
    folder_of(tmp_path, base=BASE, middle=middle, own=top)
    # nothing is left of what the base said of it
    assert load_policy(tmp_path / "own.yaml").rule(TravelLimit) == TravelLimit(nearby=20)


def test_a_shipped_policy_can_be_extended_by_name(tmp_path: Path) -> None:
    own = OWN.replace("base.yaml", "modular") + "rules: {placement_guarantee: null}\n"
    policy = load_policy(folder_of(tmp_path, own=own) / "own.yaml")
    modular = load_policy("modular")
    assert policy.rule(ClassSize) == modular.rule(ClassSize)
    assert policy.rule(PlacementGuarantee) is None
    assert policy.objective == modular.objective


def test_files_are_found_from_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "ours/own": OWN.replace("base.yaml", "../shared/middle.yaml"),
        "shared/middle": OWN.replace("base.yaml", "deeper/base.yml"),
    }
    folder_of(tmp_path, **files)
    (tmp_path / "shared" / "deeper").mkdir()
    (tmp_path / "shared" / "deeper" / "base.yml").write_text(BASE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "shared")
    assert load_policy("../ours/own.yaml").rule(MaxSites) is not None


def test_extending_nothing_is_saying_everything(tmp_path: Path) -> None:
    policy = load_policy(folder_of(tmp_path, own="extends: null\n" + BASE) / "own.yaml")
    folder_of(tmp_path, base=BASE)
    assert policy == load_policy(tmp_path / "base.yaml")


def test_settings_are_made_on_what_the_files_say_together(tmp_path: Path) -> None:
    folder_of(tmp_path, base=BASE, own=OWN)
    sizes = load_policy(tmp_path / "own.yaml", ["rules.class_size.own.minimum=5"]).rule(ClassSize)
    assert sizes is not None
    assert (sizes.own.minimum, sizes.own.maximum) == (5, 20)
    problem = only(problems_of(tmp_path / "own.yaml", "rules.class_size.own.minimum=25"))
    assert problem.where == "--set rules.class_size.own.minimum"


@pytest.mark.parametrize("key", ["name", "title", "view"])
def test_whose_view_it_is_must_be_its_own(tmp_path: Path, key: str) -> None:
    own = "".join(line for line in OWN.splitlines(keepends=True) if not line.startswith(key))
    problem = only(problems_of(folder_of(tmp_path, base=BASE, own=own) / "own.yaml"))
    assert (problem.where, problem.what) == ("own.yaml", f"the key `{key}` is missing")


def test_a_circle_is_shown(tmp_path: Path) -> None:
    turns = {
        "own": "a.yaml",
        "a": "deep/b.yaml",
        "deep/b": "../a.yaml",
    }
    files = {name: OWN.replace("base.yaml", other) for name, other in turns.items()}
    problem = only(problems_of(folder_of(tmp_path, **files) / "own.yaml"))
    chain = "own.yaml -> a.yaml -> deep/b.yaml -> a.yaml"
    assert problem.what == f"policies extend each other: {chain}"
    assert problem.where == "deep/b.yaml:1"
    assert problem.advice


def test_a_policy_cannot_extend_itself(tmp_path: Path) -> None:
    own = OWN.replace("base.yaml", "own.yaml")
    problem = only(problems_of(folder_of(tmp_path, own=own) / "own.yaml"))
    assert problem.what == "policies extend each other: own.yaml -> own.yaml"


@pytest.mark.parametrize(
    ("asked", "said", "advice"),
    [
        ("modulair", "there is no policy 'modulair' to extend", "did you mean modular?"),
        ("bass.yaml", "there is no policy 'bass.yaml' to extend", "did you mean base.yaml?"),
        ("base", "there is no policy 'base' to extend", "did you mean base.yaml?"),
        ("zzzzz", "there is no policy 'zzzzz' to extend", "known here: crossovers, "),
        ("[modular]", "`extends` is not a name", "or a file"),
        ("12", "`extends` is not a name", "or a file"),
        ('""', "there is no policy '' to extend", "known here: "),
    ],
)
def test_what_is_extended_must_be_there(tmp_path: Path, asked: str, said: str, advice: str) -> None:
    folder_of(tmp_path, base=BASE, own=OWN.replace("base.yaml", asked))
    problem = only(problems_of(tmp_path / "own.yaml"))
    assert (problem.where, problem.what) == ("own.yaml:1", said)
    assert advice in problem.advice


def test_a_fault_is_located_in_the_file_that_holds_it(tmp_path: Path) -> None:
    base = BASE.replace("minutes: 60", "minutes: -60").replace("{coverage: 1", "{coverag: 1")
    text = "rules:\n  class_size:\n    own: {minimum: 30}\n    per_offer: many\n"
    found = problems_of(folder_of(tmp_path, base=base, own=OWN + text) / "own.yaml")
    assert {(problem.where, problem.what.partition("`:")[0]) for problem in found} == {
        ("base.yaml:13", "`rules.travel_limit.minutes"),
        ("base.yaml:16", "`objective entry 1.maximise.coverag"),
        ("own.yaml:7", "`rules.class_size.own"),
        ("own.yaml:8", "`rules.class_size.per_offer"),
    }


def test_what_is_quoted_in_the_base_is_not_a_number_either(tmp_path: Path) -> None:
    base = BASE.replace("sites_at_most: 3", "sites_at_most: '3'")
    problem = only(problems_of(folder_of(tmp_path, base=base, own=OWN) / "own.yaml"))
    assert problem.where == "base.yaml:11"
    assert "not a number" in problem.what


def test_the_file_that_goes_before_it_answers_for_what_it_replaces(tmp_path: Path) -> None:
    base = BASE.replace("minutes: 60", "minutes: -60")
    text = "rules: {travel_limit: {minutes: 50}}\n"
    assert extended(tmp_path, text, base).rule(TravelLimit) is not None


def test_every_broken_file_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    base = BASE.replace("title: Base", "title: NO").replace("per_offer: 4", "per_offer: 007")
    own = OWN + "sharing: [profiel]\nsharing: [common]\n"
    found = problems_of(folder_of(tmp_path, base=base, own=own) / "own.yaml")
    assert [problem.where for problem in found] == ["own.yaml:6", "base.yaml:2", "base.yaml:9"]


def test_faults_are_told_though_the_base_is_not_there(tmp_path: Path) -> None:
    own = OWN.replace("base.yaml", "gone.yaml") + "rules: {travel_limit: {minutes: -1}}\n"
    found = problems_of(folder_of(tmp_path, own=own) / "own.yaml", "title")
    # what is missing may stand in the base, so nothing is said of it
    assert [problem.where for problem in found] == ["--set", "own.yaml:1", "own.yaml:5"]


def test_a_base_that_is_no_yaml(tmp_path: Path) -> None:
    problem = only(problems_of(folder_of(tmp_path, base="- a list\n", own=OWN) / "own.yaml"))
    assert problem.where == "base.yaml:1"
    assert "not a mapping" in problem.what
