"""A rule is complete: found by name, written as a formula, spoken as a sentence, and tested."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import coverage_opt.rules as rules_package
from builders import full_tables, tiny_region
from coverage_opt.policy.policy import Rules
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.rules.base import Key, Rule
from coverage_opt.rules.easing import value_at, with_value
from random_rule_cases import rule_case

TESTS = Path(__file__).parent.parent
FORMULATION = TESTS.parent / "models" / "formulation.md"

PARAMETERS: dict[str, dict[str, Any]] = {
    "breadth": {"domains_at_least": 3},
    "change_limit": {"changes_at_most": 4, "per": "institution"},
    "class_size": {},
    "facility_required": {},
    "fixed_offers": {},
    "institution_balance": {},
    "institution_share": {"share_at_least": 0.8},
    "intake_cap": {"caps": [{"programme": "care-BOL", "learners_at_most": 60}]},
    "labour_market_prospect": {"classes": ["fair"], "intake_share_at_most": 0.5},
    "max_sites": {"sites_at_most": 2},
    "minimum_coverage": {"share": 0.9},
    "minimum_run": {"years_at_least": 6},
    "no_duplication": {"within_minutes": 30},
    "partnership": {},
    "placement_guarantee": {},
    "programme_efficiency": {},
    "progression": {},
    "region_budget": {"euros_at_most": 2_500_000},
    "site_capacity": {},
    "teacher_hours": {},
    "travel_limit": {},
    "workplace_capacity": {},
    "zone_access": {"domains_at_least": 2},
}
"""Parameters that fit the tiny region with all its tables, in few words."""

REQUIRED = {name for name, parameters in PARAMETERS.items() if parameters} - {
    "labour_market_prospect"
}
"""Rules that must be told something; the others have a default for everything."""

WITHOUT_A_NUMBER = {
    *("facility_required", "fixed_offers", "minimum_run", "partnership", "progression"),
    "travel_limit",  # of a single journey; its limits have one each
}
"""Rules whose demands can only be given up, or demand nothing."""

SPOKEN: dict[str, tuple[Key, str]] = {
    "breadth": (
        ("hill-centre",),
        "Hill Centre, when it is open, has offers in at least 2 domain(s)",
    ),
    "change_limit": (("north",), "At most 4 offer(s) at North College open or close at a time"),
    "class_size": (("welding", "hook-centre"), "Welding at Hook Centre needs at least 15 learners"),
    "facility_required": (
        ("pipe-BOL", "hook-centre"),
        "Pipefitter (BOL) is not offered at Hook Centre, which lacks: pipe shop",
    ),
    "fixed_offers": (
        ("must", "weld-BOL", "hook-centre"),
        "Welder (BOL) is offered at Hook Centre",
    ),
    "institution_balance": (("north",), "North College costs no more than its funding"),
    "institution_share": (
        ("south",),
        "South College keeps at least 8.9% of the learners; today it has 11.1%",
    ),
    "intake_cap": (("care-BOL",), "At most 60 learners a year start Nurse (BOL)"),
    "labour_market_prospect": (
        ("care-BOL",),
        "Nurse (BOL) takes in at most 50% of those who ask for it: the prospect of work is fair",
    ),
    "max_sites": ((), "At most 2 site(s) are open"),
    "minimum_coverage": (
        ("welder",),
        "Welder must be within reach of at least 90% of the learners",
    ),
    "minimum_run": (
        ("weld-BOL", "hook-centre", "2026", "2030"),
        "Welder (BOL) at Hook Centre opens in 2026, so it is still offered in 2030: what opens "
        "stays for at least 6 year(s)",
    ),
    "no_duplication": (
        ("care-BOL", "hill-centre"),
        "Nurse (BOL) is offered at no more than 1 site(s) within 30 minutes of Hill Centre",
    ),
    "partnership": (
        ("metal-common", "hook-centre", "hill-centre"),
        "Learners of Hook Centre take Metal work there or at a partner's site within 45 minutes, "
        "which Hill Centre, 65 minutes away, is not",
    ),
    "placement_guarantee": (
        (),
        "At most 5.0% of the learners are left without a place",
    ),
    "programme_efficiency": (
        ("weld-BOL",),
        "Welder (BOL) has at least 15 learners a year for each site that offers it",
    ),
    "progression": (
        ("weld-BBL", "hook-centre"),
        "Who learned Welder (BBL) at Hook Centre can go on to a higher level of its domain within "
        "60 minutes",
    ),
    "region_budget": ((), "All that is taught costs at most EUR 2,500,000 a year"),
    "site_capacity": (("hook-centre",), "Hook Centre holds at most 150 learners at once"),
    "teacher_hours": (
        ("south", "technology"),
        "Teachers of technology at South College teach at most 4,000 hours a year",
    ),
    "travel_limit": (
        ("bank", "weld-BOL", "hook-centre"),
        "Learners of Bank travel at most 90 minutes to Welder (BOL); Hook Centre is 55 minutes "
        "away",
    ),
    "workplace_capacity": (
        ("technology", "BBL"),
        "technology has no more BBL learners than companies have contracts for",
    ),
    "zone_access": (
        ("domains", "bank"),
        "Bank has offers in at least 2 domain(s) within reach",
    ),
}
"""A constraint of each rule, and what it says."""

NEEDED: dict[str, tuple[str, ...]] = {
    "facility_required": ("facilities.csv", "requirements.csv"),
    "institution_balance": ("money",),
    "institution_share": ("current.csv",),
    "no_duplication": ("site_travel.csv",),
    "partnership": ("site_travel.csv",),
    "progression": ("site_travel.csv",),
    "region_budget": ("money",),
    "site_capacity": ("site_capacity.csv",),
    "teacher_hours": ("teachers.csv",),
    "workplace_capacity": ("workplaces.csv",),
}
"""What a rule cannot do without, of all that a region may leave out."""

each_rule = pytest.mark.parametrize("name", sorted(RULES))


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**full_tables())


@pytest.fixture(scope="module")
def bare() -> Region:
    """The tiny region without anything that a region may leave out."""
    return tiny_region(site_travel=None)


def rule_of(name: str) -> Rule:
    return RULES[name].model_validate(PARAMETERS[name])


def test_every_rule_file_is_registered_and_can_stand_in_a_policy() -> None:
    files = Path(rules_package.__file__).parent.glob("*.py")
    holding = {
        path.stem
        for path in files
        if re.search(r"^class \w+\(Rule\):", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert holding == set(RULES)
    assert set(Rules.model_fields) == set(RULES)


@each_rule
def test_a_rule_lives_in_the_file_of_its_name(name: str) -> None:
    assert RULES[name].name == name
    assert RULES[name].__name__ == name.title().replace("_", "")
    assert RULES[name].__module__ == f"coverage_opt.rules.{name}"


@each_rule
def test_a_rule_states_its_formula(name: str) -> None:
    documented = inspect.getdoc(RULES[name]) or ""
    _, found, formula = documented.partition(".. math::")
    assert found
    assert re.search(r"\\(le|ge)|[=><]", formula), "a formula compares two sides"


@each_rule
def test_every_parameter_of_a_rule_is_explained(name: str) -> None:
    tree = ast.parse(inspect.getsource(RULES[name])).body[0]
    assert isinstance(tree, ast.ClassDef)
    for statement, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        field = isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target)
        if not field or field not in RULES[name].model_fields:
            continue
        explained = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        assert explained, f"{name}.{field} has no docstring"


@each_rule
def test_a_rule_is_told_only_what_it_knows(name: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        RULES[name].model_validate({**PARAMETERS[name], "moon": 1})


@each_rule
def test_a_rule_has_a_default_or_must_be_told(name: str) -> None:
    if name in REQUIRED:
        with pytest.raises(ValidationError):
            RULES[name].model_validate({})
    else:
        assert RULES[name].model_validate({}).name == name


@each_rule
def test_a_rule_speaks_plainly(name: str, region: Region) -> None:
    key, sentence = SPOKEN[name]
    assert rule_of(name).sentence(key, region) == sentence


@each_rule
def test_what_a_rule_asks_can_be_asked_less_strictly(name: str, region: Region) -> None:
    rule, (key, _) = RULES[name](**PARAMETERS[name]), SPOKEN[name]
    assert not rule.defines(key)
    knob = rule.knob(key, region)
    if knob is None:
        assert name in WITHOUT_A_NUMBER
        return
    now = value_at(rule, knob.path)
    if name == "max_sites":  # the region has no more of them
        assert (now, knob.steps(now)) == (knob.to, 0)
        return
    assert knob.steps(now) > 0
    for steps in {1, knob.steps(now)}:
        value = knob.value(now, steps)
        assert abs(knob.to - value) < abs(knob.to - now)
        looser = with_value(rule, knob.path, value)
        if looser is None:  # a rule that asks nothing may be no such rule any more
            assert value == knob.to
        else:
            assert value_at(looser, knob.path) == value
    assert knob.value(now, knob.steps(now)) == knob.to


@each_rule
def test_a_rule_fits_a_region_that_has_everything(name: str, region: Region) -> None:
    assert list(rule_of(name).problems(region)) == []


@each_rule
def test_a_rule_says_what_a_region_must_have_for_it(name: str, bare: Region) -> None:
    said = [str(problem) for problem in rule_of(name).problems(bare)]
    needed = NEEDED.get(name, ())
    assert len(said) == len(needed)
    for what in needed:
        assert any(what in problem and "-> add" in problem for problem in said)


@each_rule
def test_a_rule_has_its_golden_rows(name: str) -> None:
    assert (TESTS / "formulation" / "golden" / f"{name}.lp").is_file()


@each_rule
def test_a_rule_is_among_the_random_ones_that_the_oracle_tries(name: str) -> None:
    # and that with the rule and without it, so that it shows what the rule is in the way of
    _, policy, without = rule_case(name, 0)
    assert policy.rule(RULES[name]) is not None
    assert without.rule(RULES[name]) is None


@each_rule
def test_a_rule_is_broken_on_purpose_in_a_test_of_the_verifier(name: str) -> None:
    files = [*(TESTS / "unit").glob("test_verify_rules*.py"), TESTS / "plan_changes.py"]
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    assert re.search(rf'"{name}"|{name}=', tests)


@each_rule
def test_a_rule_has_its_row_in_the_formulation(name: str) -> None:
    rows = FORMULATION.read_text(encoding="utf-8").splitlines()
    row = next(row for row in rows if row.startswith(f"| `{name}` |"))
    # the formulas hold no upright bar, so that each cell is between two of them
    _, formula, source = (cell.strip() for cell in row.strip("|").split("|"))
    assert formula
    assert source
