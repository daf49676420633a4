"""Which column belongs to which block, and which rows may lie between blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import TABLES, full_tables, tiny_region, without
from coverage_opt.formulation.blocks import SPANNING, blocks_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.solver.compile import compile_model
from coverage_opt.solver.matrix import Matrix
from planning_models import case_of, model_of
from random_regions import (
    SHARING,
    is_plain,
    periods_of,
    policy_of,
    random_policy,
    random_tables,
    scenarios_of,
)

Labels = NDArray[np.int64]

WITHIN = {
    "everyone_counted",
    "placed_somewhere",
    "only_where_offered",
    "enrolment",
    "takers_linked",
    "within_reach",
    "filled_by_graduates",
    "attends_where_taught",
    "certificates_counted",
    "certificates_where_taught",
    "sent_where_it_runs",
    "groups_where_taught",
    "groups_at_most",
    "offers_change",
}
"""Rows that never touch two blocks: learners and occupations keep domains together."""

OF_UNITS = {
    "offer_has_its_units": 1,
    "nothing_runs_for_nobody": 1,
    "attends_somewhere": 3,
    "learners_sent": 2,
    "taught_where_it_runs": 2,
    "groups_hold_all": 2,
}
"""Rows that touch two blocks only where a unit is used in several; place of the unit in the key."""

BETWEEN = {
    "only_where_open",
    "no_zone_is_worse",
    "no_institution_is_worse",
    "no_scenario_is_worse",
    *RULES,
}

ALWAYS_INSIDE = {"offer", "opened", "closed", "enrolled", "switch", "place", "reach"}
"""Columns that belong to a programme or an occupation within somebody's reach."""

OF_A_UNIT = {"run": 1, "groups": 1, "attend": 3, "certificate": 3, "sent": 2}
"""Columns that belong to a unit; place of the unit in the key."""

OUTSIDE = {"open_site", "worst_zone", "worst_institution", "risk_level", "shortfall", "auxiliary"}
"""Columns that belong to the whole region."""

EVERY_TERM: list[dict[str, Any]] = [
    {
        "maximise": {
            "coverage": 1,
            "filled_openings": 1,
            "placed": 1,
            "first_choice": 0.5,
            "worst_zone": 1,
        }
    },
    {"minimise": {"open_sites": 1}},
]

OF_EVERYTHING: list[dict[str, Any]] = [
    {"maximise": {**EVERY_TERM[0]["maximise"], "certificates": 1, "worst_institution": 1}},
    {"maximise": {"balance": 1}, "risk": "cvar"},
    {"minimise": {"open_sites": 1, "cost": 1, "changes": 1}, "risk": "worst_case"},
]
"""Stages for a region with adults, today's offering and money."""


def labelled(
    region: Region,
    policy: Policy,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
) -> tuple[PlanningModel, Matrix, Labels]:
    model = model_of(case_of(region, policy, periods, scenarios))
    matrix = compile_model(model.pyomo)
    return model, matrix, blocks_of(model, matrix.columns)


def component(thing: Any) -> str:
    return str(thing.parent_component().name)


def touched(matrix: Matrix, labels: Labels) -> Iterable[tuple[Any, set[int]]]:
    """Every row, with the blocks of its columns."""
    table = matrix.coefficients.tocsr()
    for position, row in enumerate(matrix.rows):
        columns = table.indices[table.indptr[position] : table.indptr[position + 1]]
        yield row, {int(label) for label in labels[columns]} - {SPANNING}


def assert_sensible(model: PlanningModel, matrix: Matrix, labels: Labels) -> None:
    assert labels.dtype == np.int64
    assert len(labels) == len(matrix.columns)
    assert labels.min() >= SPANNING
    used_by: dict[str, set[int]] = {}
    for programme, label in of_programmes(matrix, labels).items():
        for unit in model.units_of.get(programme, ()):
            used_by.setdefault(unit, set()).add(label)
    shared = {unit for unit, users in used_by.items() if len(users) > 1}
    for column, label in zip(matrix.columns, labels, strict=True):
        if component(column) in ALWAYS_INSIDE:
            assert label != SPANNING, column.name
        elif component(column) in OUTSIDE:
            assert label == SPANNING, column.name
        else:
            assert component(column) in {*OF_A_UNIT, "filled"}, column.name
    for row, blocks in touched(matrix, labels):
        if component(row) in WITHIN:
            assert len(blocks) <= 1, row.name
        elif component(row) in OF_UNITS:
            unit = row.index()[OF_UNITS[component(row)]]
            assert len(blocks) <= 1 or unit in shared, row.name
        else:
            assert component(row) in BETWEEN, row.name


def by_unit(matrix: Matrix, labels: Labels) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for column, label in zip(matrix.columns, labels, strict=True):
        if component(column) in OF_A_UNIT:
            unit = column.index()[OF_A_UNIT[component(column)]]
            found.setdefault(unit, set()).add(int(label))
    return found


def of_programmes(matrix: Matrix, labels: Labels) -> dict[str, int]:
    offers = [i for i, column in enumerate(matrix.columns) if component(column) == "offer"]
    return {matrix.columns[i].index()[1]: int(labels[i]) for i in offers}


def tiny(accept: list[Any], leads_to: list[Any] | None = None) -> tuple[Matrix, dict[str, int]]:
    region = tiny_region(accept=accept, leads_to=leads_to or TABLES["leads_to"])
    model, matrix, labels = labelled(region, policy_of({}, EVERY_TERM, SHARING["modular"]))
    assert_sensible(model, matrix, labels)
    return matrix, of_programmes(matrix, labels)


def test_domains_are_blocks_and_what_all_share_is_between_them() -> None:
    region = tiny_region()
    model, matrix, labels = labelled(region, policy_of({}, EVERY_TERM, SHARING["modular"]))
    assert_sensible(model, matrix, labels)
    offers = of_programmes(matrix, labels)
    care, technology = offers.pop("care-BOL"), set(offers.values())
    assert technology == {1 - care}
    units = by_unit(matrix, labels)
    assert units["try-tech"] == technology
    assert units["dutch"] == {SPANNING}
    outside = zip(matrix.columns, labels == SPANNING, strict=True)
    assert {component(column) for column, out in outside if out} >= {"worst_zone", "open_site"}
    filled = {
        column.index()[-1]: label
        for column, label in zip(matrix.columns, labels, strict=True)
        if component(column) == "filled"
    }
    assert filled == dict.fromkeys(["welder", "fitter"], technology.pop())


def test_what_all_share_belongs_to_the_one_domain_that_a_site_may_offer() -> None:
    dutch = ("dutch", "generic", "Dutch", 1, 80, "with_programme")
    region = tiny_region(units=[*without("units", unit="dutch"), dutch])
    policy = policy_of({"class_size": {"generic": {"minimum": 5}}}, EVERY_TERM, SHARING["modular"])
    model, matrix, labels = labelled(region, policy)
    assert_sensible(model, matrix, labels)
    offers = of_programmes(matrix, labels)
    care, technology = offers["care-BOL"], offers["weld-BOL"]
    runs = {
        column.index()[2]: int(label)
        for column, label in zip(matrix.columns, labels, strict=True)
        if component(column) == "run" and column.index()[1] == "dutch"
    }
    # only technology has its facilities at hook-centre
    assert runs == {"hook-centre": technology, "hill-centre": SPANNING}
    sizes = {
        row.name: blocks
        for row, blocks in touched(matrix, labels)
        if component(row) == "class_size" and " dutch " in row.name
    }
    assert sizes == {
        "class_size[2026 baseline dutch hook-centre]": {technology},
        "class_size[2026 baseline dutch hill-centre]": {technology, care},
    }


def test_what_partners_send_learners_to_belongs_to_no_domain_of_the_site() -> None:
    dutch = ("dutch", "generic", "Dutch", 1, 80, "with_programme")
    rules = {"class_size": {"generic": {"minimum": 5}}, "partnership": {"within_minutes": 65}}
    region = tiny_region(units=[*without("units", unit="dutch"), dutch])
    model, matrix, labels = labelled(region, policy_of(rules, EVERY_TERM, SHARING["modular"]))
    assert_sensible(model, matrix, labels)
    receive = {column.index()[-1] for column in matrix.columns if component(column) == "sent"}
    assert "hook-centre" in receive
    runs = {
        column.index()[2]: int(label)
        for column, label in zip(matrix.columns, labels, strict=True)
        if component(column) == "run" and column.index()[1] == "dutch"
    }
    assert runs == {"hook-centre": SPANNING, "hill-centre": SPANNING}


def test_every_kind_of_column_of_a_region_with_everything_has_its_block() -> None:
    rules = {
        "class_size": {"own": {"maximum": 20}, "generic": {"minimum": 5, "maximum": 10}},
        "partnership": {"within_minutes": 65},
        "breadth": {"domains_at_least": 1},
        "minimum_run": {"years_at_least": 5},
    }
    policy = policy_of(rules, OF_EVERYTHING, SHARING["modular"], hybrids=True)
    region = tiny_region(**full_tables())
    model, matrix, labels = labelled(region, policy, region.periods, "two")
    assert_sensible(model, matrix, labels)
    assert {component(column) for column in matrix.columns} == {
        *ALWAYS_INSIDE,
        *OF_A_UNIT,
        *OUTSIDE,
        "filled",
    }
    assert len(set(of_programmes(matrix, labels).values())) == 2
    assert by_unit(matrix, labels)["dutch"] == {SPANNING}


def test_learners_who_accept_another_domain_join_the_two() -> None:
    _, apart = tiny(TABLES["accept"])
    _, joined = tiny([*TABLES["accept"], ("care-BOL", "weld-BOL", 0.1)])
    assert len(set(apart.values())) == 2
    assert len(set(joined.values())) == 1


def test_an_occupation_fed_by_another_domain_joins_the_two() -> None:
    fed = without("leads_to", programme="care-BOL")
    fed += [("care-BOL", "nurse", 0.5), ("care-BOL", "welder", 0.2)]
    _, joined = tiny(TABLES["accept"], fed)
    assert len(set(joined.values())) == 1


def kept_apart(tables: dict[str, Any]) -> dict[str, Any]:
    """Only what keeps learners and occupations within one domain."""
    domain = {row[0]: row[5] for row in tables["programmes"]}
    feeding: dict[str, str] = {}
    for programme, occupation, _ in tables["leads_to"]:
        feeding.setdefault(occupation, domain[programme])
    return {
        "accept": [row for row in tables["accept"] if domain.get(row[0]) == domain[row[1]]],
        "leads_to": [row for row in tables["leads_to"] if feeding[row[1]] == domain[row[0]]],
    }


@pytest.mark.parametrize("pattern", sorted(SHARING))
def test_only_rows_of_units_rules_and_sites_lie_between_blocks(pattern: str) -> None:
    apart = 0
    for seed in range(20):
        tables = random_tables(seed)
        if seed % 2:
            tables |= kept_apart(tables)
        drawn = random_policy(seed, pattern, tables)
        stages = EVERY_TERM if is_plain(tables) else [*EVERY_TERM, *drawn.model_dump()["objective"]]
        stages = [stage for stage in stages if stage.get("decides", "offers") == "offers"]
        rules = drawn.rules.model_dump(exclude_none=True)
        policy = policy_of(rules, stages, SHARING[pattern], hybrids=drawn.hybrids)
        region = tiny_region(**tables)
        model, matrix, labels = labelled(region, policy, periods_of(tables), scenarios_of(tables))
        assert_sensible(model, matrix, labels)
        apart += len(set(of_programmes(matrix, labels).values())) > 1
    assert apart > 0


def test_every_column_of_a_shipped_region_has_its_block() -> None:
    model, matrix, labels = labelled(load_region("achterhoek"), load_policy("modular"))
    assert_sensible(model, matrix, labels)
    blocks, sizes = np.unique(labels[labels != SPANNING], return_counts=True)
    assert len(blocks) > 5
    assert sizes.max() < len(labels) / 2
    assert np.mean(labels == SPANNING) < 0.05


def test_by_period_what_a_block_does_in_each_period_is_a_block_of_its_own() -> None:
    tables = full_tables()
    policy = policy_of({"change_limit": {"changes_at_most": 3}}, OF_EVERYTHING, SHARING["modular"])
    model, matrix, plain = labelled(tiny_region(**tables), policy, [2026, 2030], "two")
    by_period = blocks_of(model, matrix.columns, by_period=True)
    np.testing.assert_array_equal(by_period == SPANNING, plain == SPANNING)
    seen = {
        (int(label), column.index()[0]): int(finer)
        for column, label, finer in zip(matrix.columns, plain, by_period, strict=True)
        if label != SPANNING
    }
    assert {period for _, period in seen} == {2026, 2030}
    assert len(set(seen.values())) == len(seen)
    # one label for each block and period, the same for all its columns
    for column, label, finer in zip(matrix.columns, plain, by_period, strict=True):
        if label != SPANNING:
            assert seen[int(label), column.index()[0]] == finer
