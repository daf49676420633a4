"""The documentation's tables say what the code says.

A failure here shows what the page must read.
"""

from __future__ import annotations

from typing import Any, get_args

import pandera.pandas as pa
import pytest
from pages import ROOT, Table, code, headings, table, tables
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coverage_opt import load_policy, shipped
from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.policy.policy import Policy, Stage, Term
from coverage_opt.region.checks import REFERENCES
from coverage_opt.region.schema import TABLES
from coverage_opt.region.settings import Entry, EntryMoments, Money, RegionSettings, Weight
from coverage_opt.region.travel import TravelParameters
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize, GroupSize
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.rules.travel_limit import TravelLimit

DATA_FORMAT = ROOT / "docs" / "data-format.md"
GETTING_STARTED = ROOT / "docs" / "getting-started.md"
POLICIES = ROOT / "docs" / "policies.md"
COLUMNS = ("column", "type", "unit", "domain", "meaning")
TYPES = {"str": "text", "int64": "whole number", "float64": "number"}
DOCUMENTED = {found.heading: found for found in tables(DATA_FORMAT) if found.columns == COLUMNS}


def test_every_table_is_documented() -> None:
    assert list(DOCUMENTED) == [f"{name}.csv" for name in TABLES]


@pytest.mark.parametrize("name", TABLES)
def test_columns_types_and_domains_are_those_of_the_schema(name: str) -> None:
    documented = DOCUMENTED[f"{name}.csv"]
    said = [(code(row[0]), row[1], row[3]) for row in documented.rows]
    assert said == [
        (str(column), _type(schema), _domain(schema))
        for column, schema in TABLES[name].columns.items()
    ]


@pytest.mark.parametrize("name", TABLES)
def test_numbers_have_a_unit_and_everything_a_meaning(name: str) -> None:
    for column, kind, unit, _, meaning in DOCUMENTED[f"{name}.csv"].rows:
        assert bool(unit) == ("number" in kind), column
        assert meaning, column


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_those_of_the_schema(name: str) -> None:
    text = DATA_FORMAT.read_text(encoding="utf-8")
    section = text.partition(f"### {name}.csv\n")[2].partition("\n#")[0]
    key = ", ".join(f"`{column}`" for column in TABLES[name].unique or ())
    assert (f"\nKey: {key}.\n" in section) is bool(key)


def test_references_are_named() -> None:
    for reference in REFERENCES:
        rows = DOCUMENTED[f"{reference.table}.csv"].rows
        (meaning,) = (row[4] for row in rows if row[0] == f"`{reference.column}`")
        assert f"`{reference.target}.csv`" in meaning, reference


def test_settings_are_documented() -> None:
    listed = table(DATA_FORMAT, "key", "unit", "meaning").column("key")
    assert list(map(code, listed)) == list(RegionSettings.model_fields)


@pytest.mark.parametrize(("heading", "model"), [("Money", Money), ("Entry moments", Entry)])
def test_the_keys_of_a_setting_are_documented(heading: str, model: type[BaseModel]) -> None:
    columns = ("key", "unit", "domain", "meaning")
    (listed,) = (
        found
        for found in tables(DATA_FORMAT)
        if found.heading == heading and found.columns == columns
    )
    assert [(code(row[0]), row[2]) for row in listed.rows] == [
        (name, _bounds(name, field)) for name, field in model.model_fields.items()
    ]
    assert all(row[1] and row[3] for row in listed.rows)


def test_who_may_have_entry_moments_is_documented() -> None:
    text = DATA_FORMAT.read_text(encoding="utf-8")
    section = text.partition("### Entry moments\n")[2].partition("\n#")[0]
    assert all(f"`{kind}`" in section for kind in EntryMoments.model_fields)


def test_travel_parameters_are_documented() -> None:
    listed = table(DATA_FORMAT, "key", "default", "meaning and unit")
    said = [(code(row[0]), row[1]) for row in listed.rows]
    fields = TravelParameters.model_fields
    assert said == [(name, f"{field.default:g}") for name, field in fields.items()]


def test_indicators_are_documented() -> None:
    listed = table(GETTING_STARTED, "indicator", "unit", "what it says")
    said = {code(row[0]): row[1] for row in listed.rows}
    assert said == INDICATOR_UNITS
    assert "Indicators" in headings(GETTING_STARTED)


def test_rules_are_documented_with_their_defaults() -> None:
    listed = table(POLICIES, "rule", "parameter", "default", "meaning and unit")
    said = [(code(row[0]), code(row[1]), row[2]) for row in listed.rows]
    assert said == [
        (name, parameter, _default(field))
        for name, rule in RULES.items()
        for parameter, field in rule.model_fields.items()
    ]


def test_the_keys_of_a_policy_are_documented() -> None:
    assert _listed(table(POLICIES, "key", "meaning")) == list(Policy.model_fields)


def test_terms_are_documented() -> None:
    assert _listed(table(POLICIES, "term", "unit", "meaning")) == list(get_args(Term))


def test_what_stages_decide_is_documented() -> None:
    decides = get_args(Stage.model_fields["decides"].annotation)
    assert _listed(table(POLICIES, "decides", "meaning")) == list(decides)


def test_shipped_policies_are_shown_as_they_are() -> None:
    kinds = ("own", "generic", "orientation", "common", "profile", "elective")
    shown = table(POLICIES, "policy", *kinds, "an offer")
    assert {row[0]: row[1:] for row in shown.rows} == {
        f"`{name}`": _smallest(load_policy(name), kinds) for name in shipped.model_names()
    }


def test_shipped_policies_share_limit_guarantee_and_objective() -> None:
    policies = [load_policy(name) for name in shipped.model_names()]
    alike = [
        (policy.objective, policy.rule(TravelLimit), policy.rule(PlacementGuarantee))
        for policy in policies
    ]
    assert all(others == alike[0] for others in alike)
    assert all(alike[0])


def _listed(found: Table) -> list[str]:
    return list(map(code, found.column(found.columns[0])))


def _smallest(policy: Policy, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the minima that matter under a policy, blank where a kind is not taught."""
    sizes = policy.rule(ClassSize)
    assert sizes
    parts = ("generic", "orientation", "common", "profile", "elective")
    taught = {*policy.sharing, *(() if set(parts) == set(policy.sharing) else ("own",))}
    minima = [str(sizes.of(kind).minimum) if kind in taught else "" for kind in kinds]
    return (*minima, str(sizes.per_offer or ""))


def _type(column: pa.Column) -> str:
    kind = str(column.dtype).replace("string[python]", "str")
    return TYPES[kind] + ("" if column.required else ", optional")


def _domain(column: pa.Column) -> str:
    """Return the domain of a column in words, from the checks of its schema."""
    stated: dict[str | None, dict[str, Any]] = {
        check.name: check.statistics or {} for check in column.checks
    }
    if "isin" in stated:
        return ", ".join(f"`{word}`" for word in stated["isin"]["allowed_values"])
    if "in_range" in stated:
        return "{min_value} to {max_value}".format_map(stated["in_range"])
    most = stated.get("less_than_or_equal_to", {}).get("max_value")
    if "greater_than" in stated:
        return "above 0" if most is None else f"above 0, at most {most:,}"
    if "greater_than_or_equal_to" in stated:
        return "0 or more" if most is None else f"0 to {most:,}"
    assert not stated
    return ""


def _bounds(name: str, field: FieldInfo) -> str:
    """Return the bounds of a setting in words."""
    found = field.metadata
    if name == "pathway_weight":
        found = get_args(Weight)[1].metadata
    least, most = (
        next(getattr(bound, side) for bound in found if hasattr(bound, side))
        for side in ("ge", "le")
    )
    return f"{least} to {most:,}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    if isinstance(default, GroupSize):
        return f"{default.minimum} to {default.maximum}"
    if isinstance(default, tuple):
        return ", ".join(map(str, default)) or "none"
    if isinstance(default, str):
        return default
    return f"{default:g}" if isinstance(default, int | float) else "none"
