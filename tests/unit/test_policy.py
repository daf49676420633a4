"""Policies: what the files and overrides may say, and what is said of everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from builders import tiny_region
from coverage_opt import shipped
from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.max_sites import MaxSites
from coverage_opt.rules.travel_limit import TravelLimit

SMALL = """\
name: small
title: Small
view: Somebody's view.
sharing: [common]
rules:
  class_size:
    own: {minimum: 10}
    per_offer: 4
  travel_limit:
    minutes: 60
    by_level: {1: 30, 2: 45}
objective:
  - maximise: {coverage: 1, placed: 2}
    tolerance: 0.01
  - minimise: {travel_minutes: 1}
    decides: placement
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file: Path | str, *overrides: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load_policy(file, overrides)
    return caught.value.problems


def only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_the_four_policies_come_with_the_package() -> None:
    shared = {
        "programme": (),
        "dossier": ("common",),
        "orientation": ("orientation",),
        "modular": ("generic", "orientation", "common", "profile", "elective"),
    }
    assert set(shipped.model_names()) == set(shared)
    for name, kinds in shared.items():
        policy = load_policy(name)
        assert (policy.name, policy.sharing) == (name, kinds)


def test_the_four_policies_differ_in_what_is_shared_and_how_large_it_must_be() -> None:
    first, *others = (load_policy(name) for name in shipped.model_names())
    alike = [rule for rule in first.active_rules if not isinstance(rule, ClassSize)]
    assert {rule.name for rule in alike} == {"placement_guarantee", "travel_limit"}
    for policy in others:
        assert policy.objective == first.objective
        assert [rule for rule in policy.active_rules if not isinstance(rule, ClassSize)] == alike


def test_rules_and_stages_are_read(small: Path) -> None:
    policy = load_policy(small)
    assert [rule.name for rule in policy.active_rules] == ["class_size", "travel_limit"]
    sizes, limit = policy.rule(ClassSize), policy.rule(TravelLimit)
    assert sizes is not None
    assert (sizes.own.minimum, sizes.own.maximum, sizes.per_offer) == (10, 28, 4)
    assert limit is not None
    assert [limit.of_programme(level, "BOL") for level in (1, 2, 3)] == [30, 45, 60]
    assert policy.rule(MaxSites) is None
    first, second = policy.objective
    assert (first.sense, first.goal, first.tolerance) == (
        "maximise",
        "coverage + 2 placed",
        0.01,
    )
    assert (second.sense, second.goal, second.decides) == (
        "minimise",
        "travel_minutes",
        "placement",
    )


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
    found = problems_of(small, "title", "objective.7.tolerance=0", "view=NO")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "advice"),
    [
        ("title: Small", "titel: Small", 1, "the key `title` is missing", ""),
        ("title: Small", "title: Small\nname: again", 3, "`name` is given twice", ""),
        ("title: Small", 'title: ""', 2, "at least 1 character", ""),
        ("sharing: [common]", "sharing: [profiel]", 4, "'profile' or 'elective'", ""),
        ("sharing: [common]", "sharing: [common, common]", None, "sharing names a kind twice", ""),
        ("  class_size:", "  clas_size:", 6, "unknown key `rules.clas_size`", "class_size"),
        ("own: {minimum: 10}", "owns: {minimum: 10}", 7, "unknown key", "own"),
        ("own: {minimum: 10}", "own: {minimum: 30}", 7, "minimum 30 is above maximum 28", ""),
        ("own: {minimum: 10}", "own: {minimum: 9.5}", 7, "a valid integer", ""),
        ("own: {minimum: 10}", "own: {minimum: 010}", 7, "010", ""),
        ("minutes: 60", "minutes: -1", 10, "greater than or equal to 0", ""),
        ("minutes: 60", "minutes: 2000", 10, "less than or equal to 1440", ""),
        ("by_level: {1: 30, 2: 45}", "by_level: {5: 30}", 11, "less than or equal to 4", ""),
        ("coverage: 1,", "coverag: 1,", 13, "'coverage', 'filled_openings'", ""),
        ("coverage: 1,", "coverage: much,", 13, "a valid number", ""),
        ("tolerance: 0.01", "tolerance: 1", 14, "less than 1", ""),
        ("tolerance: 0.01", "minimise: {offers: 1}", 13, "give either maximise or minimise", ""),
        ("maximise: {coverage: 1, placed: 2}", "decides: offers", 13, "give either", ""),
        ("{coverage: 1, placed: 2}", "{}", 13, "name at least one term", ""),
        ("decides: placement", "decides: everything", 16, "'offers', 'units' or 'placement'", ""),
        ("{travel_minutes: 1}", "{offers: 1}", 15, "can only weigh travel_minutes", ""),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, line: int | None, said: str, advice: str
) -> None:
    assert old in SMALL
    found = problems_of(written(tmp_path, SMALL.replace(old, new, 1)))
    about = [problem for problem in found if said in problem.what]
    assert about, "\n".join(map(str, found))
    where = "policy.yaml" if line is None else f"policy.yaml:{line}"
    if "missing" not in said:
        assert about[0].where == where
    assert advice in about[0].advice


def test_stages_that_hold_more_come_after_those_that_hold_less(tmp_path: Path) -> None:
    stages = {
        "offers": "  - maximise: {coverage: 1}\n",
        "units": "  - maximise: {saved_hours: 1}\n    decides: units\n",
        "placement": "  - minimise: {travel_minutes: 1}\n    decides: placement\n",
    }
    head = SMALL[: SMALL.index("  - maximise")]

    def with_stages(*names: str) -> Path:
        return written(tmp_path, head + "".join(stages[name] for name in names))

    right = [["offers", "offers", "units", "placement"], ["offers", "placement"]]
    wrong = [["placement", "offers"], ["units"], ["offers", "placement", "units"]]
    for order in right:
        assert [stage.decides for stage in load_policy(with_stages(*order)).objective] == order
    for order in wrong:
        assert "in this order" in only(problems_of(with_stages(*order))).what
    assert "at least 1 item" in only(problems_of(small_without_stages(tmp_path))).what


def small_without_stages(folder: Path) -> Path:
    return written(folder, SMALL[: SMALL.index("objective:")] + "objective: []\n")


def test_everything_wrong_in_a_file_is_said_at_once(tmp_path: Path) -> None:
    wrong = SMALL.replace("minimum: 10", "minimum: -1").replace("minutes: 60", "minuts: 60")
    assert len(problems_of(written(tmp_path, wrong))) == 2


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("modulair", "did you mean modular?"),
        ("Programme", "did you mean programme?"),
        ("xyz", "known here: dossier, modular, orientation, programme"),
    ],
)
def test_an_unknown_policy_suggests_the_nearest(asked: str, advice: str) -> None:
    problem = only(problems_of(asked))
    assert problem.what == f"there is no policy '{asked}'"
    assert problem.advice == advice


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    problem = only(problems_of(tmp_path / "none.yaml"))
    assert (problem.where, problem.what) == ("none.yaml", "the file does not exist")


def test_the_hash_depends_on_content_alone(small: Path, tmp_path: Path) -> None:
    content = yaml.safe_load(SMALL)
    backwards = yaml.safe_dump(_backwards(content), sort_keys=False)
    assert backwards.splitlines()[0].startswith("objective:")
    plain = load_policy(small)
    assert load_policy(written(tmp_path, backwards)).content_hash == plain.content_hash
    spelled_out = SMALL.replace("{minimum: 10}", "{minimum: 10, maximum: 28}")
    assert load_policy(written(tmp_path, spelled_out)).content_hash == plain.content_hash
    other = SMALL.replace("minutes: 60", "minutes: 60.5")
    assert load_policy(written(tmp_path, other)).content_hash != plain.content_hash


def _backwards(value: Any) -> Any:
    """Return the same content with every mapping's keys in the opposite order."""
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def test_a_policy_survives_being_written_and_read(small: Path) -> None:
    policy = load_policy(small)
    again = Policy.model_validate(policy.model_dump(mode="json"))
    assert again == policy
    assert again.content_hash == policy.content_hash


def test_what_does_not_fit_the_region_is_said(small: Path) -> None:
    promised = "{programme: weld-BLO, site: hill-center}"
    policy = load_policy(
        small,
        [
            f"rules.fixed_offers.must=[{promised}]",
            f"rules.fixed_offers.must_not=[{promised}]",
            "rules.no_duplication.within_minutes=30",
        ],
    )
    said = "\n".join(str(problem) for problem in policy.problems(tiny_region(site_travel=None)))
    assert "unknown programme 'weld-BLO'" in said
    assert "did you mean weld-BOL" in said
    assert "unknown site 'hill-center'" in said
    assert "is under both must and must_not" in said
    assert "needs the travel times between sites" in said
    assert not list(load_policy(small).problems(tiny_region()))


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


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("minimise: {coverage: 1}", "coverage cannot be minimised"),
        ("minimise: {saved_hours: 1}", "saved_hours cannot be minimised"),
        ("maximise: {open_sites: 1}", "open_sites cannot be maximised"),
        ("maximise: {coverage: -1}", "weights are above 0"),
    ],
)
def test_a_goal_the_wrong_way_round_is_refused(tmp_path: Path, stage: str, words: str) -> None:
    text = SMALL.replace("maximise: {coverage: 1, placed: 2}", stage)
    with pytest.raises(InputError, match=words):
        load_policy(written(tmp_path, text))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("per_offer: 4", "per_offer: true"),
        ("minutes: 60", "minutes: '60'"),
        ("{coverage: 1, placed: 2}", "{coverage: true, placed: 2}"),
    ],
)
def test_what_only_passes_for_a_number_is_refused(tmp_path: Path, before: str, after: str) -> None:
    assert before in SMALL
    with pytest.raises(InputError, match=r"policy\.yaml:\d+.*not a number"):
        load_policy(written(tmp_path, SMALL.replace(before, after)))


def test_an_override_is_one_line() -> None:
    with pytest.raises(InputError, match="not of the form"):
        load_policy("programme", ["rules.travel_limit.minutes=60\nname: x"])
