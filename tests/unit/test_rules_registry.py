"""A rule is complete: found by name, written as a formula, spoken as a sentence, and tested."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from random import Random

import pytest

import coverage_opt.rules as rules_package
from builders import tiny_region
from coverage_opt.policy.policy import Rules
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.rules.base import Key, Rule
from random_regions import random_tables, rule_parameters

TESTS = Path(__file__).parent.parent
FORMULATION = TESTS.parent / "models" / "formulation.md"

PARAMETERS: dict[str, dict[str, object]] = {
    "class_size": {},
    "fixed_offers": {},
    "max_sites": {"sites_at_most": 2},
    "minimum_coverage": {"share": 0.9},
    "no_duplication": {"within_minutes": 30},
    "placement_guarantee": {},
    "travel_limit": {},
}
"""The least that each rule must be told."""

SPOKEN: dict[str, tuple[Key, str]] = {
    "class_size": (("welding", "hook-centre"), "Welding at Hook Centre needs at least 15 learners"),
    "fixed_offers": (
        ("must", "weld-BOL", "hook-centre"),
        "Welder (BOL) is offered at Hook Centre",
    ),
    "max_sites": ((), "At most 2 site(s) are open"),
    "minimum_coverage": (
        ("welder",),
        "Welder must be within reach of at least 90% of the learners",
    ),
    "no_duplication": (
        ("care-BOL", "hill-centre"),
        "Nurse (BOL) is offered at no more than 1 site(s) within 30 minutes of Hill Centre",
    ),
    "placement_guarantee": (
        (),
        "At most 5.0% of the learners are left without a place",
    ),
    "travel_limit": (
        ("bank", "weld-BOL", "hook-centre"),
        "Learners of Bank travel at most 90 minutes to Welder (BOL); Hook Centre is 55 minutes "
        "away",
    ),
}
"""A constraint of each rule, and what it says."""

each_rule = pytest.mark.parametrize("name", sorted(RULES))


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


def rule_of(name: str) -> Rule:
    return RULES[name].model_validate(PARAMETERS[name])


def test_every_rule_file_is_registered_and_can_stand_in_a_policy() -> None:
    files = {path.stem for path in Path(rules_package.__file__).parent.glob("*.py")}
    assert files - {"__init__", "base"} == set(RULES)
    assert set(Rules.model_fields) == set(RULES)


@each_rule
def test_a_rule_lives_in_the_file_of_its_name(name: str) -> None:
    assert RULES[name].name == name
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
def test_a_rule_speaks_plainly(name: str, region: Region) -> None:
    key, sentence = SPOKEN[name]
    assert rule_of(name).sentence(key, region) == sentence


@each_rule
def test_a_rule_has_its_golden_rows(name: str) -> None:
    assert (TESTS / "formulation" / "golden" / f"{name}.lp").is_file()


@each_rule
def test_a_rule_is_among_the_random_ones_that_the_oracle_tries(name: str) -> None:
    drawn = [rule_parameters(Random(seed), random_tables(seed)) for seed in range(5)]
    assert any(name in parameters for parameters in drawn)


@each_rule
def test_a_rule_is_broken_on_purpose_in_a_test_of_the_verifier(name: str) -> None:
    tests = (TESTS / "unit" / "test_verify_rules.py").read_text(encoding="utf-8")
    assert re.search(rf'"{name}"|{name}=', tests)


@each_rule
def test_a_rule_has_its_row_in_the_formulation(name: str) -> None:
    rows = FORMULATION.read_text(encoding="utf-8").splitlines()
    row = next(row for row in rows if row.startswith(f"| `{name}` |"))
    # the formulas hold no upright bar, so that each cell is between two of them
    _, formula, source = (cell.strip() for cell in row.strip("|").split("|"))
    assert formula
    assert source
