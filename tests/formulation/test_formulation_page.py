"""models/formulation.md names what is in the code, and all of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

from builders import tiny_region
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import build_case, takers_of
from coverage_opt.formulation.terms import TERMS
from coverage_opt.policy.policy import ONLY_MINIMISED, Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.rules import RULES

PAGE = Path(__file__).resolve().parents[2] / "models" / "formulation.md"


def names_under(heading: str) -> set[str]:
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    names = set()
    for line in section.splitlines():
        found = (
            re.findall(r"`(\w+)`", line.split("|")[1] + line.split("|")[2]) if "|" in line else []
        )
        names |= set(found[:1])
    return names


def everything() -> Any:
    policy = Policy.model_validate(
        {
            "name": "all",
            "title": "All",
            "view": "Nobody's.",
            "sharing": ["generic", "orientation", "common", "profile"],
            "rules": {},
            "objective": [
                {"maximise": dict.fromkeys(set(TERMS) - ONLY_MINIMISED, 1.0)},
                {"minimise": dict.fromkeys(ONLY_MINIMISED, 1.0)},
            ],
        }
    )
    region = tiny_region()
    taught = teaching(region, policy.sharing)
    case = build_case(region, policy, taught, region.demand(2026), takers_of(region), merge=False)
    return build(case, policy, {}).pyomo


def test_decisions_are_the_variables() -> None:
    variables = {variable.name for variable in everything().component_objects(pyo.Var)}
    assert names_under("Decisions") == variables - {"one"}


def test_core_rows_are_the_constraints() -> None:
    rows = {row.name for row in everything().component_objects(pyo.Constraint)}
    assert names_under("Core rows") == rows


def test_terms_and_rules_are_all_there() -> None:
    assert names_under("Terms of an objective") == set(TERMS)
    assert names_under("Rules") == set(RULES)
