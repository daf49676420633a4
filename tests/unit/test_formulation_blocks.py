"""Which column belongs to which block, and which rows may lie between blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import TABLES, tiny_region, without
from coverage_opt.formulation.blocks import SPANNING, blocks_of
from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import build_case, takers_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.solver.compile import compile_model
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.outcome import ContradictionError
from random_regions import SHARING, policy_of, random_policy, random_tables

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
}
"""Rows that never touch two blocks: learners and occupations keep domains together."""

OF_UNITS = {"offer_has_its_units", "nothing_runs_for_nobody", "attends_somewhere"}
"""Rows that touch two blocks only where a unit is used in several."""

BETWEEN = {"only_where_open", "no_zone_is_worse", *RULES}

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


def labelled(region: Region, policy: Policy) -> tuple[PlanningModel, Matrix, Labels]:
    period = region.periods[0]
    taught = teaching(region, policy.sharing)
    case = build_case(region, policy, taught, region.demand(period), takers_of(region), merge=True)
    openings = region.openings[region.openings["period"] == period]
    by_occupation = dict(zip(openings["occupation"], openings["openings"], strict=True))
    model = build(case, policy, by_occupation)
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
    shared = {unit for unit, label in by_unit(matrix, labels).items() if label == {SPANNING}}
    for column, label in zip(matrix.columns, labels, strict=True):
        if component(column) in {"offer", "enrolled", "switch", "place", "reach"}:
            assert label != SPANNING, column.name
    for row, blocks in touched(matrix, labels):
        if component(row) in WITHIN:
            assert len(blocks) <= 1, row.name
        elif component(row) in OF_UNITS:
            unit = row.index()[1 if component(row) == "attends_somewhere" else 0]
            assert len(blocks) <= 1 or unit in shared, row.name
        else:
            assert component(row) in BETWEEN, row.name


def by_unit(matrix: Matrix, labels: Labels) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for column, label in zip(matrix.columns, labels, strict=True):
        if component(column) in {"run", "attend"}:
            unit = column.index()[0 if component(column) == "run" else 1]
            found.setdefault(unit, set()).add(int(label))
    return found


def of_programmes(matrix: Matrix, labels: Labels) -> dict[str, int]:
    offers = [i for i, column in enumerate(matrix.columns) if component(column) == "offer"]
    return {matrix.columns[i].index()[0]: int(labels[i]) for i in offers}


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
        column.index(): label
        for column, label in zip(matrix.columns, labels, strict=True)
        if component(column) == "filled"
    }
    assert set(filled.values()) <= {0, 1}


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
        rules = random_policy(seed, pattern, tables).rules.model_dump(exclude_none=True)
        policy = policy_of(rules, EVERY_TERM, SHARING[pattern])
        try:
            model, matrix, labels = labelled(tiny_region(**tables), policy)
        except ContradictionError:  # what must be offered cannot be
            continue
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
