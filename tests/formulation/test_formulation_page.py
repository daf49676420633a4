"""models/formulation.md names what is in the code, and all of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

from builders import full_tables, tiny_region
from coverage_opt.formulation.terms import TERMS
from coverage_opt.policy.policy import ONLY_MINIMISED
from coverage_opt.rules import RULES
from planning_models import case_of, model_of
from random_regions import SHARING, policy_of

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
    maximised = set(TERMS) - ONLY_MINIMISED
    stages: list[dict[str, Any]] = [
        {"maximise": dict.fromkeys(maximised, 1.0), "risk": "cvar"},
        {"minimise": dict.fromkeys(ONLY_MINIMISED, 1.0)},
    ]
    region = tiny_region(**full_tables())
    policy = policy_of({}, stages, SHARING["modular"])
    return model_of(case_of(region, policy, region.periods, "two")).pyomo


def test_decisions_are_the_variables() -> None:
    variables = {variable.name for variable in everything().component_objects(pyo.Var)}
    assert names_under("Decisions") == variables


def test_core_rows_are_the_constraints() -> None:
    rows = {row.name for row in everything().component_objects(pyo.Constraint)}
    assert names_under("Core rows") == rows


def test_terms_and_rules_are_all_there() -> None:
    assert names_under("Terms of an objective") == set(TERMS)
    assert names_under("Rules") == set(RULES)
