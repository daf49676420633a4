"""Policies: what the files and overrides may say, and what is said of everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from policy_files import SMALL, only, problems_of, written

from builders import full_tables, tiny_region
from coverage_opt import shipped
from coverage_opt.errors import InputError
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy, Rules, Stage, Term
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.max_sites import MaxSites
from coverage_opt.rules.travel_limit import TravelLimit


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path)


EVERYTHING = ("generic", "orientation", "common", "profile", "elective")
SHARED = {
    "programme": (),
    "dossier": ("common",),
    "orientation": ("orientation",),
    "modular": EVERYTHING,
    "current_law": (),
    "regional_assembly": EVERYTHING,
    "crossovers": EVERYTHING,
}
"""What the policies that come with the package share."""

BESIDES = {
    "current_law": {"labour_market_prospect", "programme_efficiency"},
    "regional_assembly": {"partnership"},
}
"""Rules that a shipped policy has and most have not."""


def test_the_policies_come_with_the_package() -> None:
    assert set(shipped.model_names()) == set(SHARED)
    for name, kinds in SHARED.items():
        policy = load_policy(name)
        assert (policy.name, policy.sharing) == (name, kinds)
    assert {name for name in SHARED if load_policy(name).hybrids} == {"crossovers"}
    assert {name for name in SHARED if not load_policy(name).continuous_intake} == {"current_law"}


def test_the_policies_differ_in_nothing_but_what_they_stand_for() -> None:
    programme = load_policy("programme")
    common = {"placement_guarantee", "travel_limit"}
    for policy in map(load_policy, SHARED):
        assert policy.objective == programme.objective
        others = [rule for rule in policy.active_rules if not isinstance(rule, ClassSize)]
        names = {rule.name for rule in others}
        assert names == common | BESIDES.get(policy.name, set()), policy.name
        assert [rule for rule in others if rule.name in common] == [
            rule for rule in programme.active_rules if rule.name in common
        ]


def test_each_policy_says_whose_view_it_is() -> None:
    views = [load_policy(name).view for name in SHARED]
    assert len(set(views)) == len(SHARED)
    assert all(view.count(". ") >= 1 for view in views)


@pytest.mark.parametrize("name", SHARED)
def test_a_shipped_policy_fits_a_region_that_has_everything(name: str) -> None:
    policy = load_policy(name)
    assert list(policy.problems(tiny_region(**full_tables()), gap=1e-3)) == []


def test_rules_and_stages_are_read(small: Path) -> None:
    policy = load_policy(small)
    assert [rule.name for rule in policy.active_rules] == ["class_size", "travel_limit"]
    sizes, limit = policy.rule(ClassSize), policy.rule(TravelLimit)
    assert sizes is not None
    assert (sizes.own.minimum, sizes.own.maximum, sizes.per_offer) == (10, 28, 4)
    assert limit is not None
    assert [limit.of_programme(level, "BOL") for level in (1, 2, 3)] == [30, 45, 60]
    assert policy.rule(MaxSites) is None
    assert (policy.hybrids, policy.continuous_intake) == (False, ("BBL", "adult"))
    first, second = policy.objective
    assert (second.tolerance, second.risk, second.tail) == (None, "expected", 0.2)
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
        ("tolerance: 0.01", "tolerance: -0.01", 14, "greater than or equal to 0", ""),
        ("tolerance: 0.01", "risk: likely", 14, "'expected', 'worst_case' or 'cvar'", ""),
        ("tolerance: 0.01", "risk: cvar\n    tail: 0", 15, "greater than 0", ""),
        ("tolerance: 0.01", "risk: cvar\n    tail: 1.1", 15, "less than or equal to 1", ""),
        ("tolerance: 0.01", "risk: worst_case\n    tail: 0.1", 13, "has a tail", ""),
        ("decides: placement", "decides: placement\n    risk: cvar", 15, "no risk but", ""),
        ("rules:", "hybrids: 1\nrules:", 5, "a valid boolean", ""),
        ("rules:", "continuous_intake: [BOL]\nrules:", 5, "'BBL' or 'adult'", ""),
        ("rules:", "continuous_intake: [BBL, BBL]\nrules:", None, "the same learners twice", ""),
        ("rules:", "extend: modular\nrules:", 5, "unknown key `extend`", "extends"),
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
    wrong = (
        SMALL.replace("{minimum: 10}", "{minimum: -1, maximum: '28', minimun: 3}")
        .replace("minutes: 60", "minuts: 60\n    minutes: '070'")
        .replace("title: Small", "title: NO")
        .replace("placed: 2", "placed: true")
    )
    found = problems_of(written(tmp_path, wrong), "sharing=[profiel]", "rules.max_sites")
    said = "\n".join(map(str, found))
    for fault in (
        "--set: 'rules.max_sites' is not of the form",
        "--set sharing: `sharing entry 1`",
        "policy.yaml:2: the unquoted NO",
        "policy.yaml:7: `rules.class_size.own.minimum`: it should be greater than or equal to 0",
        "policy.yaml:7: `rules.class_size.own.maximum` is '28', not a number",
        "policy.yaml:7: unknown key `rules.class_size.own.minimun`",
        "policy.yaml:10: unknown key `rules.travel_limit.minuts`",
        "policy.yaml:11: `rules.travel_limit.minutes` is '070', not a number",
        "policy.yaml:14: `objective entry 1.maximise.placed` is True, not a number",
    ):
        assert fault in said
    assert len(found) == 9


def test_an_unknown_policy_and_wrong_settings_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        load_policy("modulair", ["title"], variant="strict")
    assert [problem.what for problem in caught.value.problems] == [
        "there is no variant 'strict'",
        "'title' is not of the form path=value",
        "there is no policy 'modulair'",
    ]


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("modulair", "did you mean modular?"),
        ("Programme", "did you mean programme?"),
        ("xyz", f"known here: {', '.join(sorted(SHARED))}"),
        ("scenarios", "known here: "),
    ],
)
def test_an_unknown_policy_suggests_the_nearest(asked: str, advice: str) -> None:
    problem = only(problems_of(asked))
    assert problem.what == f"there is no policy '{asked}'"
    assert problem.advice.startswith(advice)


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
    policy = load_policy(small, ["objective.0.risk=cvar", "objective.0.tail=0.1", "hybrids=true"])
    again = Policy.model_validate(policy.model_dump(mode="json"))
    assert again == policy
    assert again.content_hash == policy.content_hash


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("minimise: {coverage: 1}", "coverage cannot be minimised"),
        ("minimise: {saved_hours: 1}", "saved_hours cannot be minimised"),
        ("minimise: {cost: 1, balance: 1}", "balance cannot be minimised"),
        ("minimise: {worst_institution: 1}", "worst_institution cannot be minimised"),
        ("maximise: {cost: 1}", "cost cannot be maximised"),
        ("maximise: {coverage: 1, changes: 1}", "changes cannot be maximised"),
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


@pytest.mark.parametrize("text", ["'27'", '"8"'])
def test_names_may_look_like_numbers(small: Path, text: str) -> None:
    offer = f"{{programme: {text}, site: {text}, periods: [2026]}}"
    policy = load_policy(
        small,
        [
            f"rules.fixed_offers.must=[{offer}]",
            f"rules.facility_required.waived=[{text}]",
            f"rules.partnership.institutions=[[{text}, other]]",
        ],
    )
    assert [rule.name for rule in policy.active_rules][1:3] == ["facility_required", "fixed_offers"]
    wrong = offer.replace("2026", "'2026'")
    assert "not a number" in only(problems_of(small, f"rules.fixed_offers.must=[{wrong}]")).what


GOALS: list[tuple[dict[str, Any], str]] = [
    ({"maximise": {"coverage": 1, "placed": 1}}, "coverage + placed"),
    ({"minimise": {"cost": 0.5}}, "0.5 cost"),
    (
        {"maximise": {"coverage": 1, "placed": 2}, "risk": "worst_case"},
        "worst case of (coverage + 2 placed)",
    ),
    ({"maximise": {"placed": 1}, "risk": "cvar"}, "CVaR 20% of (placed)"),
    ({"maximise": {"placed": 1}, "risk": "cvar", "tail": 0.125}, "CVaR 12.5% of (placed)"),
    ({"minimise": {"cost": 1}, "risk": "cvar", "tail": 1}, "CVaR 100% of (cost)"),
]


@pytest.mark.parametrize(("stage", "goal"), GOALS)
def test_a_goal_is_said_with_its_risk(stage: dict[str, Any], goal: str) -> None:
    assert Stage.model_validate(stage).goal == goal


@pytest.mark.parametrize("term", get_args(Term))
def test_every_term_can_be_aimed_for_in_at_least_one_way(term: str) -> None:
    def accepted(sense: str) -> bool:
        try:
            Stage.model_validate({sense: {term: 1}, "risk": "cvar"})
        except ValueError:
            return False
        return True

    assert accepted("maximise") or accepted("minimise")


def test_the_rules_of_a_policy_are_those_that_exist() -> None:
    assert list(Rules.model_fields) == list(RULES)
    every = Rules()
    assert all(getattr(every, name) is None for name in RULES)


def test_a_rule_can_be_left_out_of_a_policy() -> None:
    policy = load_policy("current_law")
    without = policy.rules.model_copy(update={"labour_market_prospect": None})
    changed = policy.model_copy(update={"rules": without})
    names = [rule.name for rule in changed.active_rules]
    assert names == ["class_size", "placement_guarantee", "programme_efficiency", "travel_limit"]
    assert changed.content_hash != policy.content_hash
