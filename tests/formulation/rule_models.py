"""A tiny model for each policy rule, and its text in the style of an LP file.

Only what the rule brings about is written: its own rows. Two rules have none and shape the model
instead: of ``travel_limit`` the columns that are left and those that are missing are written, of
``partnership`` the rows of what may be taught at a partner's site. Columns, rows and terms come in
alphabetical order, so that the text says nothing but the formulation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders import full_tables, tiny_region
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.solver.compile import compile_model
from coverage_opt.solver.matrix import Matrix
from planning_models import case_of, model_of
from random_regions import SHARING, policy_of

GOLDEN = Path(__file__).parent / "golden"

PARTNERS = (
    "class_size",
    "learners_sent",
    "nothing_runs_for_nobody",
    "offer_has_its_units",
    "sent_where_it_runs",
    "taught_where_it_runs",
)
"""The rows that the rule ``partnership`` shapes."""


@dataclass(frozen=True)
class Tried:
    """A rule on the tiny region.

    Attributes:
        parameters: of the rule.
        beside: other rules, where it says little without them.
        tables: optional tables and settings that the region has.
        sharing: pattern of what is taught together.
        periods: planned for.
        scenarios: the set that is planned for; it brings its tables.
    """

    parameters: dict[str, Any]
    beside: dict[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    sharing: str = "modular"
    periods: tuple[int, ...] = (2026,)
    scenarios: str = "baseline"


ADULTS = ("adult_cohorts", "adult_choices", "afterwards")
CLASSES = {"own": {"minimum": 15}, "generic": {"minimum": 14}, "orientation": {"minimum": 20}}
WHOLE = {"own": {"minimum": 10, "maximum": 40}}

TRIED: dict[str, tuple[Tried, ...]] = {
    "breadth": (Tried({"domains_at_least": 2}),),
    "change_limit": (
        Tried({"changes_at_most": 3}, tables=("current",), periods=(2026, 2030)),
        Tried({"changes_at_most": 2, "per": "institution"}, tables=("current",)),
    ),
    "class_size": (
        Tried({**CLASSES, "common": {"minimum": 12}, "profile": {"minimum": 8}, "per_offer": 6}),
        Tried(
            {"own": {"minimum": 15}, "holds": "expectation"},
            sharing="programme",
            scenarios="two",
        ),
    ),
    "facility_required": (
        Tried({}, tables=("facilities", "requirements")),
        Tried({"waived": ["pipe shop"]}, tables=("facilities", "requirements")),
    ),
    "fixed_offers": (
        Tried(
            {
                "must": [{"programme": "pipe-BOL", "site": "hook-centre"}],
                "must_not": [{"programme": "weld-BOL", "site": "hill-centre", "periods": [2030]}],
            },
            periods=(2026, 2030),
        ),
    ),
    "institution_balance": (
        Tried(
            {"deficit_at_most": 0.1},
            beside={"class_size": WHOLE},
            tables=("current", "money"),
            sharing="programme",
        ),
    ),
    "institution_share": (Tried({"share_at_least": 0.8}, tables=("current", *ADULTS)),),
    "intake_cap": (
        Tried(
            {
                "caps": [
                    {"programme": "weld-BOL", "learners_at_most": 25},
                    {"programme": "pipe-BOL", "learners_at_most": 12, "site": "hook-centre"},
                ]
            }
        ),
    ),
    "labour_market_prospect": (
        Tried({"classes": ["fair", "good"]}),
        Tried({"classes": ["fair", "good"], "intake_share_at_most": 0.5}, tables=ADULTS),
    ),
    "max_sites": (Tried({"sites_at_most": 1}),),
    "minimum_coverage": (
        Tried({"share": 0.75, "weight_at_least": 0.5}, beside={"travel_limit": {"minutes": 60}}),
    ),
    "minimum_run": (Tried({"years_at_least": 5}, tables=("current",), periods=(2026, 2030)),),
    "no_duplication": (Tried({"sites_at_most": 1, "within_minutes": 65}),),
    "partnership": (
        Tried(
            {"kinds": ["common"], "within_minutes": 65},
            beside={"class_size": {"common": {"minimum": 12}}},
        ),
    ),
    "placement_guarantee": (
        Tried({"unplaced_at_most": 0.05}),
        Tried({"unplaced_at_most": 0.1, "of": "adult"}, tables=ADULTS),
    ),
    "programme_efficiency": (
        Tried({"learners_per_offer": 15}),
        Tried({"learners_per_offer": 15, "holds": "expectation"}, scenarios="two"),
    ),
    "progression": (
        Tried({"levels": [2], "minutes": 65}),
        Tried({"levels": [2], "minutes": 60}),
    ),
    "region_budget": (
        Tried(
            {"euros_at_most": 2_500_000},
            beside={"class_size": WHOLE},
            tables=("current", "money"),
            sharing="programme",
        ),
    ),
    "site_capacity": (Tried({"hours_per_place": 1000}, tables=("site_capacity", *ADULTS)),),
    "teacher_hours": (
        Tried(
            {"stretch": 0.9},
            beside={"class_size": {"profile": {"minimum": 5, "maximum": 10}}},
            tables=("current", "teachers"),
        ),
    ),
    "travel_limit": (
        Tried(
            {
                "minutes": 80,
                "by_level": {2: 60},
                "by_pathway": {"BBL": 20},
                "by_learner": {"adult": 30},
                "nearby": 50,
            },
            tables=ADULTS,
        ),
    ),
    "workplace_capacity": (
        Tried({"stretch": 0.5}, tables=("workplaces",), periods=(2030,), scenarios="two"),
    ),
    "zone_access": (
        Tried(
            {"domains_at_least": 2, "levels_at_least": 1},
            beside={"travel_limit": {"minutes": 60}},
        ),
    ),
}
"""Each rule in one or more policies that have no other, but those without which it says little."""


def model_with(tried: Tried, rules: dict[str, Any]) -> PlanningModel:
    """Return the model of the tiny region under a policy; zones are not merged."""
    policy = policy_of(
        rules,
        [{"maximise": {"coverage": 1, "placed": 1}}],
        SHARING[tried.sharing],
        continuous_intake=[],
    )
    full = full_tables()
    names = {*tried.tables, *({"scenarios", "factors"} if tried.scenarios != "baseline" else ())}
    tables = {name: full[name] for name in names - {"money"}}
    if "money" in names:
        tables["settings"] = {"money": full["settings"]["money"]}
    if "adult_cohorts" not in names and "factors" in names:
        tables["factors"] = [row for row in full["factors"] if row[2] != "adults"]
    if "workplaces" not in names and "factors" in tables:
        tables["factors"] = [row for row in tables["factors"] if row[2] != "workplaces"]
    region = tiny_region(**tables)
    return model_of(case_of(region, policy, tried.periods, tried.scenarios, merge=False))


def text_of(rule: str) -> str:
    """Return what the rule alone brings about."""
    return "\n".join([line for tried in TRIED[rule] for line in _lines(rule, tried)] + ["End", ""])


def _lines(rule: str, tried: Tried) -> Iterator[str]:
    rules = {**tried.beside, rule: tried.parameters}
    model = model_with(tried, rules)
    for name, parameters in rules.items():
        yield f"\\ {name}: {json.dumps(parameters)}"
    yield f"\\ sharing {tried.sharing}, in {', '.join(map(str, tried.periods))}"
    if rule == "travel_limit":
        yield "Bounds"
        yield from _columns(model, model_with(tried, tried.beside))
    else:
        yield "Subject To"
        # by name, as a rule may go through a set
        yield from sorted(_rows(compile_model(model.pyomo), rule))


def _rows(matrix: Matrix, rule: str) -> Iterator[str]:
    table = matrix.coefficients.tocsr()
    for number, row in enumerate(matrix.rows):
        name = matrix.row_name(number)
        component = row.parent_component().name
        shaped = rule == "partnership" and component in PARTNERS and "metal-common" in name
        if component != rule and not shaped:
            continue
        entries = table[[number]].tocoo()
        terms = sorted(
            (matrix.column_name(int(column)), float(factor))
            for column, factor in zip(entries.col, entries.data, strict=True)
        )
        lower, upper = float(matrix.row_lower[number]), float(matrix.row_upper[number])
        sums = [f"    {factor:+.10g} {column}" for column, factor in terms]
        yield "\n".join([f" {name}:", *sums, f"    {_bounds(lower, upper)}"])


def _bounds(lower: float, upper: float) -> str:
    if lower == upper:
        return f"= {lower:.10g}"
    return f">= {lower:.10g}" if upper == float("inf") else f"<= {upper:.10g}"


def _columns(limited: PlanningModel, free: PlanningModel) -> Iterator[str]:
    left = _journeys(limited)
    for name in sorted(_journeys(free)):
        yield f" {name} >= 0" if name in left else f" {name} = 0"


def _journeys(model: PlanningModel) -> set[str]:
    pyomo = model.pyomo
    variables = (*pyomo.attend.values(), *pyomo.certificate.values())
    # with one site in reach, place has no variable of its own
    placed = {f"place[{','.join(map(str, key))}]" for key in model.place}
    return placed | {variable.name for variable in variables}
