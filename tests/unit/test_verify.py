"""The checker finds nothing wrong with correct plans, and everything wrong with others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coverage_opt.plan.plan import COUNT_COLUMNS, TABLES, TEXT_COLUMNS, Plan
from coverage_opt.plan.verify import ROUNDING, verify, violations
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from plans import (
    SHARING,
    UNPLACED,
    hand_made_plan,
    only,
    plan_region,
    with_rows,
    with_rule,
    with_table,
)
from plans_ahead import ahead_region, plan_ahead


@pytest.fixture(scope="module")
def region() -> Region:
    return plan_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The modular plan, for one period as forecast."""
    return hand_made_plan(region, "modular")


@pytest.fixture(scope="module")
def future_region() -> Region:
    return ahead_region()


@pytest.fixture(scope="module")
def future(future_region: Region) -> Plan:
    """The plan for two periods and two scenarios: every table has rows."""
    return plan_ahead(future_region)


# --- correct plans ------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SHARING)
def test_a_plan_made_by_hand_is_correct(region: Region, case: str) -> None:
    assert verify(region, hand_made_plan(region, case)) == ()


def test_a_plan_ahead_made_by_hand_is_correct(future_region: Region, future: Plan) -> None:
    assert verify(future_region, future) == ()
    assert all(len(future.table(name)) for name in TABLES)


def test_the_order_of_rows_does_not_matter(future_region: Region, future: Plan) -> None:
    for name in TABLES:
        future = with_table(future, name, future.table(name)[::-1])
    futures = replace(future, scenarios=future.scenarios[::-1])
    assert verify(future_region, futures) == ()


def test_rounding_of_the_solver_is_forgiven(future_region: Region, future: Plan) -> None:
    random = np.random.default_rng(7)
    flows = ("switches", "placements", "attendance", "certificates", "sent", "unplaced")
    for name in flows:
        table = future.table(name)
        table["learners"] += random.uniform(-1e-6, 1e-6, len(table))
        future = with_table(future, name, table)
    assert verify(future_region, future) == ()


def test_more_than_rounding_is_not(region: Region, plan: Plan) -> None:
    table = plan.table("unplaced")
    table["learners"] += [20 * ROUNDING, 0.0, 0.0]
    assert only(verify(region, with_table(plan, "unplaced", table))).rule == "switches"


def test_it_needs_neither_modelling_layer_nor_solver() -> None:
    code = (
        "import sys, coverage_opt.plan.verify\n"
        "unwanted = ('pyomo', 'highspy', 'coverage_opt.formulation', 'coverage_opt.solver',"
        " 'coverage_opt.policy.teaching', 'coverage_opt.plan.derive')\n"
        "print(*[name for name in unwanted if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- any one thing changed ----------------------------------------------------------------------


def noticed(region: Region, wrong: Plan) -> bool:
    """Tell whether anything is said against a plan; what else is wrong is not waited for."""
    return next(violations(region, wrong), None) is not None


def _numeric_changes(plan: Plan, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every numeric cell changed by an amount and by a per cent; counts also by one."""
    changes: dict[str, Callable[[float], float]] = {
        "+ a little": lambda value: value + max(0.5, 1e-4 * abs(value)),
        "x 1.01": lambda value: value * 1.01,
        "+ 1": lambda value: value + 1,
    }
    for column in TABLES[name]:
        # nobody can say afterwards how long a stage took
        if column in TEXT_COLUMNS or column == "seconds":
            continue
        for row in range(len(plan.table(name))):
            for what, change in changes.items():
                table = plan.table(name)
                cells = table[column].to_list()
                new = change(cells[row])
                if new == cells[row] or (what == "+ 1" and column not in COUNT_COLUMNS):
                    continue
                table[column] = [*cells[:row], new, *cells[row + 1 :]]
                yield f"{column} of row {row} {what}", table


def _other_words(plan: Plan, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield text cells changed to another word of their column, and to an unknown one."""
    spare = {"kind": "generic", "status": "feasible", "sense": "minimise", "site": "online"}
    for column in TABLES[name]:
        if column == "period":
            table = plan.table(name)
            years = table["period"].to_list()
            for row, year in enumerate(years):
                others = [each for each in plan.periods if each != year] or [year + 1]
                moved = [*years[:row], others[row % len(others)], *years[row + 1 :]]
                yield f"row {row} moved in time", table.assign(period=moved)
        if column not in TEXT_COLUMNS:
            continue
        words = sorted({*plan.table(name)[column], spare.get(column, "strange")})
        for row in range(len(plan.table(name))):
            table = plan.table(name)
            cells = table[column].to_list()
            others = [word for word in words if word != cells[row]]
            word = others[row % len(others)] if row % 3 else "strange"
            table[column] = [*cells[:row], word, *cells[row + 1 :]]
            yield f"{column} of row {row} to {word}", table


def _other_rows(plan: Plan, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the table without each row, with each row twice, and without any row."""
    table = plan.table(name)
    for row in range(len(table)):
        yield f"row {row} dropped", table.drop(index=row)
        yield f"row {row} twice", pd.concat([table, table.iloc[[row]]])
    yield "empty", table.iloc[:0]


OF_MORE_THAN_ONE_MOMENT = {"timeline", "certificates", "sent", "money"}
"""Tables without rows in a plan as forecast."""


@pytest.mark.parametrize("change", [_numeric_changes, _other_words, _other_rows])
@pytest.mark.parametrize("name", [name for name in TABLES if name not in OF_MORE_THAN_ONE_MOMENT])
def test_any_one_change_is_found(
    region: Region,
    plan: Plan,
    name: str,
    change: Callable[[Plan, str], Iterator[tuple[str, pd.DataFrame]]],
) -> None:
    changed = {what: with_table(plan, name, table) for what, table in change(plan, name)}
    unnoticed = [what for what, wrong in changed.items() if not noticed(region, wrong)]
    assert changed
    assert unnoticed == []


@pytest.mark.slow
@pytest.mark.parametrize("change", [_numeric_changes, _other_words, _other_rows])
@pytest.mark.parametrize("name", TABLES)
def test_a_change_in_any_moment_is_found(
    future_region: Region,
    future: Plan,
    name: str,
    change: Callable[[Plan, str], Iterator[tuple[str, pd.DataFrame]]],
) -> None:
    changed = dict(change(future, name))
    some = np.random.default_rng(len(changed)).permutation(sorted(changed))[:5]
    unnoticed = [
        what for what in some if not noticed(future_region, with_table(future, name, changed[what]))
    ]
    assert len(some) or set(TABLES[name]) <= TEXT_COLUMNS | {"period"}
    assert unnoticed == []


@pytest.mark.parametrize(
    "name",
    # no certificate is taken at hook
    [name for name, columns in TABLES.items() if "site" in columns and name != "certificates"],
)
def test_a_renamed_site_is_found(future_region: Region, future: Plan, name: str) -> None:
    table = future.table(name).replace({"site": {"hook-centre": "hook-center"}})
    found = verify(future_region, with_table(future, name, table))
    assert {each.rule for each in found} == {name}
    assert all(each.sentence == "There is no site 'hook-center'" for each in found)


def test_own_units_are_checked_too(region: Region) -> None:
    plan = hand_made_plan(region, "none")
    for _, table in _numeric_changes(plan, "units"):
        assert noticed(region, with_table(plan, "units", table))


# --- plans for something else, and tables that cannot be read -------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"region": "elsewhere"}, "The plan is for elsewhere, not for Tiny"),
        ({"region_hash": "0" * 64}, "The plan was made for other data than Tiny has now"),
        ({"periods": (2027,)}, "Tiny is not planned for 2027"),
        ({"periods": ()}, "The periods of the plan are not increasing calendar years"),
        ({"periods": (2030, 2026)}, "The periods of the plan are not increasing calendar years"),
        ({"scenario_set": "two"}, "Tiny has no set of scenarios 'two'"),
        (
            {"scenarios": (Scenario("baseline", "Baseline", 0.5),)},
            "The scenarios are not those of the set 'baseline' of Tiny",
        ),
        (
            {"scenarios": 2 * (Scenario("baseline", "Baseline", 1.0),)},
            "The plan has a scenario more than once",
        ),
        ({"run": {}}, "The plan does not say which gap was asked for"),
        ({"status": "fine"}, "A plan's status is optimal or feasible, not 'fine'"),
    ],
)
def test_a_plan_for_something_else(
    region: Region, plan: Plan, changes: dict[str, Any], sentence: str
) -> None:
    found = only(verify(region, replace(plan, **changes)))
    assert (found.rule, found.place, found.sentence) == ("plan", "tiny", sentence)


def test_another_period_has_another_demand(region: Region, plan: Plan) -> None:
    moved = replace(plan, periods=(2030,))
    for name, columns in TABLES.items():
        if "period" in columns:
            moved = with_table(moved, name, moved.table(name).assign(period=2030))
    rules = {found.rule for found in verify(region, moved)}
    assert {"switches", "indicators"} <= rules


def test_a_scenario_that_is_left_out(future_region: Region, future: Plan) -> None:
    one = replace(future, scenarios=future.scenarios[:1])
    (found,) = verify(future_region, one)
    assert found.sentence == "The scenarios are not those of the set 'two' of Tiny"


def test_a_missing_table(region: Region, plan: Plan) -> None:
    tables = {name: plan.table(name) for name in TABLES if name != "filled"}
    found = only(verify(region, replace(plan, _tables=tables)))
    assert (found.rule, found.place) == ("filled", "table")


NOW, WELDERS = "2026, baseline", "weld-BOL, weld-BOL"


@pytest.mark.parametrize(
    ("table", "column", "value", "place", "sentence"),
    [
        ("offers", "learners", np.nan, "2026, care-BOL, hill-centre", "The learners is nan"),
        ("offers", "learners", -3.0, "2026, care-BOL, hill-centre", "The learners is -3, below 0"),
        ("stages", "gap", np.nan, "1", "The gap is nan"),
        ("filled", "filled", np.inf, "2026, baseline, fitter", "The filled is inf"),
        ("offers", "learners", "many", "learners", "The column learners does not hold numbers"),
        ("units", "groups", 1.5, "groups", "The column groups does not hold whole numbers"),
        ("offers", "site", 7, "site", "The column site does not hold text"),
        ("offers", "site", None, "site", "The column site does not hold text"),
        ("offers", "period", 2027, "2027, care-BOL, hill-centre", "There is no period '2027'"),
        ("switches", "zone", "moon", f"{NOW}, young, moon, {WELDERS}", "There is no zone 'moon'"),
        (
            "switches",
            "scenario",
            "b",
            f"2026, b, young, hill, {WELDERS}",
            "There is no scenario 'b'",
        ),
        ("switches", "learner", "old", f"{NOW}, old, hill, {WELDERS}", "There is no learner 'old'"),
        ("reach", "occupation", "king", "2026, king, hill", "There is no occupation 'king'"),
        ("indicators", "name", "joy", "joy", "There is no indicator 'joy'"),
        ("outlook", "name", "cost", f"{NOW}, cost", "There is no indicator 'cost'"),
        ("teachers", "domain", "art", "2026, north, art", "There is no domain 'art'"),
        ("units", "unit", "weld-BOL", "2026, weld-BOL, hill-centre", "There is no unit 'weld-BOL'"),
    ],
)
def test_cells_that_cannot_be_read(
    region: Region, plan: Plan, table: str, column: str, value: Any, place: str, sentence: str
) -> None:
    changed = plan.table(table).astype({column: object})
    changed.loc[0, column] = value
    if isinstance(value, float):
        changed[column] = changed[column].astype(float)
    if column == "period":
        changed[column] = changed[column].astype("int64")
    found = only(verify(region, with_table(plan, table, changed)))
    assert (found.rule, found.place) == (table, place)
    assert found.sentence.startswith(sentence)


def test_a_missing_column(region: Region, plan: Plan) -> None:
    found = only(verify(region, with_table(plan, "reach", plan.table("reach")[["occupation"]])))
    assert (found.rule, found.place) == ("reach", "columns")


# --- order ----------------------------------------------------------------------------------------


def test_violations_come_gravest_first_and_always_in_the_same_order(
    region: Region, plan: Plan
) -> None:
    wrong = with_rows(
        with_rule(plan, "modular", class_size={"per_offer": 23}),
        unplaced=UNPLACED[1:],
        reach=[],
        stages=[],
    )
    found = verify(region, wrong)
    kinds = list(dict.fromkeys(each.rule for each in found))
    assert kinds == ["switches", "class_size", "reach", "stages"]
    assert {each.place for each in found if each.rule == "reach"} == {
        f"{occupation} from {zone}"
        for occupation in ("fitter", "welder")
        for zone in ("hill", "bank", "hook")
    }
    shuffled = wrong
    for name in TABLES:
        shuffled = with_table(shuffled, name, wrong.table(name).sample(frac=1, random_state=3))
    assert verify(region, shuffled) == found
