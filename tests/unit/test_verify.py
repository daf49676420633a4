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
from coverage_opt.plan.verify import ROUNDING, verify
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Violation
from plans import (
    ATTENDANCE,
    OBJECTIVE,
    OFFERS,
    PLACEMENTS,
    RULES,
    SHARING,
    SWITCHES,
    UNPLACED,
    hand_made_plan,
    plan_policy,
    plan_region,
    with_rows,
    with_table,
)


@pytest.fixture(scope="module")
def region() -> Region:
    return plan_region()


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    """The modular plan: every table has rows."""
    return hand_made_plan(region, "modular")


def _found(violations: tuple[Violation, ...], rule: str, place: str) -> list[Violation]:
    return [each for each in violations if (each.rule, each.place) == (rule, place)]


def _only(violations: tuple[Violation, ...]) -> Violation:
    assert len(violations) == 1, "\n".join(map(str, violations))
    return violations[0]


# --- correct plans ------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SHARING)
def test_a_plan_made_by_hand_is_correct(region: Region, case: str) -> None:
    assert verify(region, hand_made_plan(region, case)) == ()


def test_the_order_of_rows_does_not_matter(region: Region, plan: Plan) -> None:
    for name in TABLES:
        plan = with_table(plan, name, plan.table(name)[::-1])
    assert verify(region, plan) == ()


def test_rounding_of_the_solver_is_forgiven(region: Region, plan: Plan) -> None:
    random = np.random.default_rng(7)
    for name in ("switches", "placements", "attendance", "unplaced"):
        table = plan.table(name)
        table["learners"] += random.uniform(-1e-6, 1e-6, len(table))
        plan = with_table(plan, name, table)
    assert verify(region, plan) == ()


def test_more_than_rounding_is_not(region: Region, plan: Plan) -> None:
    table = plan.table("unplaced")
    table["learners"] += [20 * ROUNDING, 0.0, 0.0]
    assert _only(verify(region, with_table(plan, "unplaced", table))).rule == "switches"


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


def _numeric_changes(plan: Plan, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every numeric cell changed by an amount and by a per cent; counts also by one."""
    changes: dict[str, Callable[[float], float]] = {
        "+ 0.5": lambda value: value + 0.5,
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


@pytest.mark.parametrize("change", [_numeric_changes, _other_words, _other_rows])
@pytest.mark.parametrize("name", TABLES)
def test_any_one_change_is_found(
    region: Region,
    plan: Plan,
    name: str,
    change: Callable[[Plan, str], Iterator[tuple[str, pd.DataFrame]]],
) -> None:
    changed = {what: with_table(plan, name, table) for what, table in change(plan, name)}
    unnoticed = [what for what, wrong in changed.items() if not verify(region, wrong)]
    assert changed
    assert unnoticed == []


@pytest.mark.parametrize("name", [name for name, columns in TABLES.items() if "site" in columns])
def test_a_renamed_site_is_found(region: Region, plan: Plan, name: str) -> None:
    table = plan.table(name).replace({"site": {"hook-centre": "hook-center"}})
    found = verify(region, with_table(plan, name, table))
    assert {each.rule for each in found} == {name}
    assert all(each.sentence == "There is no site 'hook-center'" for each in found)


def test_own_units_are_checked_too(region: Region) -> None:
    plan = hand_made_plan(region, "none")
    for _, table in _numeric_changes(plan, "units"):
        assert verify(region, with_table(plan, "units", table))


# --- plans for something else, and tables that cannot be read -------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"region": "elsewhere"}, "The plan is for elsewhere, not for Tiny"),
        ({"region_hash": "0" * 64}, "The plan was made for other data than Tiny has now"),
        ({"period": 2027}, "Tiny is not planned for 2027"),
        ({"run": {}}, "The plan does not say which gap was asked for"),
        ({"status": "fine"}, "A plan's status is optimal or feasible, not 'fine'"),
    ],
)
def test_a_plan_for_something_else(
    region: Region, plan: Plan, changes: dict[str, Any], sentence: str
) -> None:
    found = _only(verify(region, replace(plan, **changes)))
    assert (found.rule, found.place, found.sentence) == ("plan", "tiny", sentence)


def test_another_period_has_another_demand(region: Region, plan: Plan) -> None:
    rules = {found.rule for found in verify(region, replace(plan, period=2030))}
    assert {"switches", "indicators"} <= rules


def test_a_missing_table(region: Region, plan: Plan) -> None:
    tables = {name: plan.table(name) for name in TABLES if name != "filled"}
    found = _only(verify(region, replace(plan, _tables=tables)))
    assert (found.rule, found.place) == ("filled", "table")


@pytest.mark.parametrize(
    ("table", "column", "value", "place", "sentence"),
    [
        ("offers", "learners", np.nan, "care-BOL, hill-centre", "The learners is nan"),
        ("offers", "learners", -3.0, "care-BOL, hill-centre", "The learners is -3, below 0"),
        ("stages", "gap", np.nan, "1", "The gap is nan"),
        ("filled", "filled", np.inf, "fitter", "The filled is inf"),
        ("offers", "learners", "many", "learners", "The column learners does not hold numbers"),
        ("units", "groups", 1.5, "groups", "The column groups does not hold whole numbers"),
        ("offers", "site", 7, "site", "The column site does not hold text"),
        ("offers", "site", None, "site", "The column site does not hold text"),
        ("switches", "zone", "moon", "moon, weld-BOL, weld-BOL", "There is no zone 'moon'"),
        ("reach", "occupation", "king", "king, hill", "There is no occupation 'king'"),
        ("indicators", "name", "joy", "joy", "There is no indicator 'joy'"),
        ("units", "unit", "weld-BOL", "weld-BOL, hill-centre", "There is no unit 'weld-BOL'"),
    ],
)
def test_cells_that_cannot_be_read(
    region: Region, plan: Plan, table: str, column: str, value: Any, place: str, sentence: str
) -> None:
    changed = plan.table(table).astype({column: object})
    changed.loc[0, column] = value
    if isinstance(value, float):
        changed[column] = changed[column].astype(float)
    found = _only(verify(region, with_table(plan, table, changed)))
    assert (found.rule, found.place) == (table, place)
    assert found.sentence.startswith(sentence)


def test_a_missing_column(region: Region, plan: Plan) -> None:
    found = _only(verify(region, with_table(plan, "reach", plan.table("reach")[["occupation"]])))
    assert (found.rule, found.place) == ("reach", "columns")


# --- the policy's rules ---------------------------------------------------------------------------


def _with_rule(plan: Plan, case: str, **rules: Any) -> Plan:
    merged = {name: {**RULES.get(name, {}), **rule} for name, rule in rules.items()}
    return replace(plan, policy=plan_policy(case, {**RULES, **merged}))


@pytest.mark.parametrize(
    ("rule", "parameters", "place", "amount", "sentence"),
    [
        (
            "class_size",
            {"common": {"minimum": 26}},
            "metal-common at hook-centre",
            2.0,
            "Metal work at Hook Centre needs at least 26 learners",
        ),
        (
            "class_size",
            {"orientation": {"minimum": 27}},
            "try-tech at hook-centre",
            1.0,
            "Trying technology at Hook Centre needs at least 27 learners",
        ),
        (
            "class_size",
            {"per_offer": 20},
            "offer at weld-BBL at hill-centre",
            4.0,
            "Welder (BBL) at Hill Centre needs at least 20 learners a year",
        ),
        (
            "fixed_offers",
            {"must": [{"programme": "pipe-BOL", "site": "hook-centre"}], "must_not": []},
            "must at pipe-BOL at hook-centre",
            1.0,
            "Pipefitter (BOL) is offered at Hook Centre",
        ),
        (
            "fixed_offers",
            {"must_not": [{"programme": "weld-BOL", "site": "hill-centre"}]},
            "must_not at weld-BOL at hill-centre",
            1.0,
            "Welder (BOL) is not offered at Hill Centre",
        ),
        ("max_sites", {"sites_at_most": 1}, "tiny", 1.0, "At most 1 site(s) are open"),
        (
            "minimum_coverage",
            {"share": 0.9},
            "fitter",
            0.1,
            "Fitter must be within reach of at least 90% of the learners",
        ),
        (
            "placement_guarantee",
            {"unplaced_at_most": 0.03},
            "tiny",
            0.01,
            "At most 3.0% of the learners are left without a place",
        ),
        (
            "travel_limit",
            {"by_level": {2: 50, 3: 70}},
            "bank at weld-BBL at hook-centre",
            5.0,
            "Learners of Bank travel at most 50 minutes to Welder (BBL); Hook Centre is 55 "
            "minutes away",
        ),
        (
            "travel_limit",
            {"nearby": 50},
            "bank at try-tech at hook-centre",
            5.0,
            "Learners of Bank travel at most 50 minutes to Trying technology; Hook Centre is 55 "
            "minutes away",
        ),
    ],
)
def test_a_broken_rule_is_named_with_place_and_amount(
    region: Region,
    plan: Plan,
    rule: str,
    parameters: dict[str, Any],
    place: str,
    amount: float,
    sentence: str,
) -> None:
    found = _only(verify(region, _with_rule(plan, "modular", **{rule: parameters})))
    assert (found.rule, found.place, found.sentence) == (rule, place, sentence)
    assert found.amount == pytest.approx(amount)


def test_own_units_have_their_own_minimum(region: Region) -> None:
    plan = _with_rule(hand_made_plan(region), "none", class_size={"own": {"minimum": 16}})
    found = _only(verify(region, plan))
    assert (found.rule, found.place) == ("class_size", "own:weld-BBL at hill-centre")
    assert found.amount == pytest.approx(16 - 16 * 1230 / 1280)


def test_duplication_is_found_around_every_site(region: Region, plan: Plan) -> None:
    found = verify(region, _with_rule(plan, "modular", no_duplication={"within_minutes": 65}))
    assert [(each.rule, each.place, each.amount) for each in found] == [
        ("no_duplication", "weld-BBL at hill-centre", 1.0),
        ("no_duplication", "weld-BBL at hook-centre", 1.0),
    ]


def test_a_rule_that_does_not_fit_the_region_is_no_crash(region: Region, plan: Plan) -> None:
    promised = {"must": [{"programme": "weld-BOL", "site": "moon"}]}
    found = _only(verify(region, _with_rule(plan, "modular", fixed_offers=promised)))
    assert (found.rule, found.sentence) == ("policy", "unknown site 'moon'")


def test_without_rules_there_is_one_group_and_no_limit(region: Region, plan: Plan) -> None:
    units = plan.units.assign(groups=1)
    units["group_size"] = units["learners"]
    bare = with_table(replace(plan, policy=plan_policy("modular", {})), "units", units)
    bare = with_table(bare, "reach", plan.table("reach").assign(reach=1.0))
    assert {found.rule for found in verify(region, bare)} == {"indicators", "stages"}


def test_a_group_that_is_full_within_rounding_counts_either_way(region: Region, plan: Plan) -> None:
    full = _with_rule(plan, "modular", class_size={"common": {"minimum": 12, "maximum": 24}})
    assert verify(region, full) == ()
    for groups, sound in ((1, False), (2, True), (3, False)):
        units = plan.units
        metal = (units["unit"] == "metal-common") & (units["site"] == "hill-centre")
        units.loc[metal, "groups"] = groups
        units.loc[metal, "learners"] = 48.0 + 1e-7
        units.loc[metal, "group_size"] = (48.0 + 1e-7) / groups
        found = verify(region, with_table(full, "units", units))
        place = "metal-common at hill-centre"
        # whether 48 is 48.0000001 cannot be told, so a third group is not held against the plan
        assert (not _found(found, "units", place)) == (sound or groups == 3)


# --- learners, offers and units -------------------------------------------------------------------


def _changed(rows: list[tuple[Any, ...]], **learners: float) -> list[tuple[Any, ...]]:
    """Return rows with other learners, by key with the parts joined by double underscores."""
    new = {tuple(key.replace("_", "-").split("--")): value for key, value in learners.items()}
    return [(*row[:-1], new.get(row[:-1], row[-1])) for row in rows]


def test_somebody_not_counted(region: Region, plan: Plan) -> None:
    found = _only(verify(region, with_rows(plan, unplaced=UNPLACED[1:])))
    assert (found.rule, found.place, found.amount) == ("switches", "weld-BOL from hook", 2.0)
    assert found.sentence == (
        "4 learners of Hook ask for Welder (BOL), but 2 are counted as taking a programme or "
        "unplaced"
    )


def test_more_switch_than_would(region: Region, plan: Plan) -> None:
    switches = _changed(SWITCHES, hook__weld_BOL__weld_BBL=3.0, hook__try_tech__weld_BBL=7.0)
    unplaced = [*_changed(UNPLACED, hook__weld_BOL=1.0), ("hook", "try-tech", 1.0)]
    found = verify(region, with_rows(plan, switches=switches, unplaced=unplaced))
    assert (found[0].rule, found[0].place) == ("switches", "weld-BOL to weld-BBL from hook")
    assert found[0].amount == pytest.approx(1.0)
    assert found[0].sentence == (
        "3 learners of Hook who ask for Welder (BOL) take Welder (BBL); at most 2 would"
    )
    # nothing else is wrong but what follows from fewer first choices
    assert {each.rule for each in found} == {"switches", "indicators", "stages"}


def test_a_switch_that_nobody_accepts(region: Region, plan: Plan) -> None:
    switches = [*_changed(SWITCHES, hill__care_BOL__care_BOL=49.0)]
    switches.append(("hill", "care-BOL", "weld-BOL", 1.0))
    found = verify(region, with_rows(plan, switches=switches))
    switched = _found(found, "switches", "care-BOL to weld-BOL from hill")
    assert [each.amount for each in switched] == [1.0]


def test_somebody_without_a_place(region: Region, plan: Plan) -> None:
    placements = _changed(PLACEMENTS, hook__care_BOL__hill_centre=17.0)
    found = verify(region, with_rows(plan, placements=placements))
    assert (found[0].rule, found[0].place, found[0].amount) == (
        "placements",
        "care-BOL from hook",
        1.0,
    )
    assert found[0].sentence == "18 learners of Hook take Nurse (BOL), but 17 are placed"
    place = _found(found, "offers", "care-BOL at hill-centre")
    assert place[0].sentence == (
        "Nurse (BOL) at Hill Centre is said to have 98 learners, but 97 are placed there"
    )


def test_a_place_that_is_not_offered(region: Region, plan: Plan) -> None:
    placements = _changed(PLACEMENTS, bank__pipe_BOL__hill_centre=5.0)
    placements.append(("bank", "pipe-BOL", "hook-centre", 1.0))
    found = verify(region, with_rows(plan, placements=placements))
    assert (found[0].rule, found[0].place, found[0].amount) == (
        "placements",
        "pipe-BOL at hook-centre from bank",
        1.0,
    )
    assert found[0].sentence == (
        "1 learners of Bank are sent to Hook Centre for Pipefitter (BOL), where it is not offered"
    )


def test_a_place_and_a_unit_that_cannot_be_travelled_to(region: Region, plan: Plan) -> None:
    minutes = region.minutes
    minutes.loc["bank", "hook-centre"] = np.inf
    found = verify(replace(region, _minutes=minutes), plan)
    for rule, place, amount in (
        ("placements", "weld-BBL at hook-centre from bank", 10.0),
        ("attendance", "try-tech at hook-centre from bank", 12.0),
    ):
        (stranded,) = _found(found, rule, place)
        assert stranded.amount == amount
        assert stranded.sentence.endswith("which they cannot travel to")


def test_a_site_that_may_not_teach_the_domain(region: Region, plan: Plan) -> None:
    offers = [*OFFERS, ("care-BOL", "hook-centre", 0.0)]
    found = verify(region, with_rows(plan, offers=offers))
    assert (found[0].rule, found[0].place) == ("offers", "care-BOL at hook-centre")
    assert found[0].sentence == (
        "Nurse (BOL) is offered at Hook Centre, which may not teach the domain care"
    )
    # and its units would have to be taught there
    (missing,) = _found(found, "units", "nursing at hook-centre")
    sentence = "Nursing at Hook Centre is not taught, but a programme offered needs it"
    assert missing.sentence == sentence


def test_a_unit_without_an_offer(region: Region, plan: Plan) -> None:
    idle = pd.DataFrame([("pipefitting", "profile", "hook-centre", 9.0, 1, 9.0)])
    idle.columns = plan.units.columns
    found = verify(region, with_table(plan, "units", pd.concat([plan.units, idle])))
    assert [(each.rule, each.place) for each in found] == [("units", "pipefitting at hook-centre")]
    assert found[0].sentence == (
        "Pipefitting at Hook Centre is taught, but no programme offered uses it"
    )


def test_a_nearby_unit_that_nobody_attends(region: Region, plan: Plan) -> None:
    attendance = [(zone, unit, "hill-centre", learners) for zone, unit, _, learners in ATTENDANCE]
    table = pd.DataFrame(attendance, columns=list(TABLES["attendance"]))
    table = table.groupby(["zone", "unit", "site"], as_index=False)[["learners"]].sum()
    found = verify(region, with_table(plan, "attendance", table))
    (idle, *_) = _found(found, "units", "try-tech at hook-centre")
    assert idle.sentence == "Trying technology at Hook Centre is taught, but nobody attends it"


def test_attending_where_it_is_not_taught(region: Region, plan: Plan) -> None:
    units = plan.units
    elsewhere = (units["unit"] == "try-tech") & (units["site"] == "hook-centre")
    found = verify(region, with_table(plan, "units", units[~elsewhere]))
    first, second = found[:2]
    assert (first.rule, first.place, first.amount) == (
        "attendance",
        "try-tech at hook-centre from bank",
        12.0,
    )
    assert second.place == "try-tech at hook-centre from hook"
    assert first.sentence == (
        "12 learners of Bank are sent to Hook Centre for Trying technology, where it is not taught"
    )


def test_missing_a_unit_taught_nearby(region: Region, plan: Plan) -> None:
    found = verify(region, with_rows(plan, attendance=ATTENDANCE[:-1]))
    assert (found[0].rule, found[0].place, found[0].amount) == (
        "attendance",
        "try-tech from hook",
        14.0,
    )
    assert found[0].sentence == (
        "14 learners of Hook need Trying technology, taught nearby, but 0 attend it"
    )


def test_a_nearby_unit_where_its_domain_may_not_be_taught() -> None:
    domains = [("hill-centre", "technology"), ("hill-centre", "care"), ("hook-centre", "care")]
    region = plan_region(site_domains=domains)
    found = verify(region, hand_made_plan(region, "modular"))
    (misplaced,) = _found(found, "units", "try-tech at hook-centre")
    assert misplaced.sentence.endswith("may not teach the domain of any programme that uses it")


def test_groups_that_are_not_what_the_learners_make(region: Region, plan: Plan) -> None:
    units = plan.units
    nursing = units["unit"] == "nursing"
    units.loc[nursing, ["groups", "group_size"]] = [3, 98 / 3]
    found = verify(region, with_table(plan, "units", units.astype({"groups": "int64"})))
    first = _found(found, "units", "nursing at hill-centre")[0]
    assert (first.sentence, first.amount) == (
        "Nursing at Hill Centre is said to make 3 groups, but makes 4",
        1.0,
    )


# --- stages ---------------------------------------------------------------------------------------


def _with_stage(plan: Plan, number: int, **values: Any) -> Plan:
    stages = plan.stages
    for column, value in values.items():
        stages.loc[stages["stage"] == number, column] = value
    return with_table(plan, "stages", stages)


def test_a_bound_on_the_wrong_side(region: Region, plan: Plan) -> None:
    for number, factor in ((1, 0.9995), (3, 1.0004)):
        value = plan.stages["value"].to_list()[number - 1]
        gap = abs(factor - 1)
        found = _only(verify(region, _with_stage(plan, number, bound=value * factor, gap=gap)))
        assert (found.rule, found.place) == ("stages", f"stage {number}")
        assert "better than its bound" in found.sentence
        assert found.amount == pytest.approx(value * gap)


def test_optimal_beyond_the_gap_asked_for(region: Region, plan: Plan) -> None:
    strict = replace(plan, run={"gap_asked": 4.5e-4, "interrupted": False})
    found = _only(verify(region, strict))
    assert (found.rule, found.place) == ("stages", "stage 1")
    assert found.sentence == "A gap of 0.050% is not the 0.045% asked for"
    honest = replace(_with_stage(strict, 1, status="feasible"), status="feasible")
    assert verify(region, honest) == ()


def test_the_plan_is_as_good_as_its_worst_stage(region: Region, plan: Plan) -> None:
    found = _only(verify(region, replace(plan, status="feasible")))
    assert found.sentence == "The plan is said to be feasible, but by its stages it is optimal"
    strict = replace(plan, run={"gap_asked": 4.5e-4, "interrupted": False})
    found = _only(verify(region, _with_stage(strict, 1, status="feasible")))
    assert found.sentence == "The plan is said to be optimal, but by its stages it is feasible"


def test_what_later_stages_gave_up_is_not_held_against_a_stage(region: Region, plan: Plan) -> None:
    objective = [{**OBJECTIVE[0], "tolerance": 0.01}, *OBJECTIVE[1:]]
    tolerant = replace(plan, policy=plan_policy("modular", objective=objective))
    value = float(plan.stages["value"].iloc[0])
    assert verify(region, _with_stage(tolerant, 1, bound=value * 1.009, gap=0.009)) == ()
    assert verify(region, _with_stage(plan, 1, bound=value * 1.009, gap=0.009)) != ()


def test_a_stage_that_proved_nothing(region: Region, plan: Plan) -> None:
    unproven = _with_stage(plan, 2, bound=np.inf, gap=np.inf, status="feasible")
    assert verify(region, replace(unproven, status="feasible")) == ()
    wrong_side = _with_stage(plan, 2, bound=-np.inf, gap=np.inf, status="feasible")
    assert len(verify(region, replace(wrong_side, status="feasible"))) == 1


def test_a_stage_may_be_missing_when_the_run_was_stopped(region: Region, plan: Plan) -> None:
    short = with_table(plan, "stages", plan.stages[plan.stages["stage"] != 2])
    found = verify(region, short)
    assert (
        found[-1].sentence == "The stage on saved_hours is missing, though nobody stopped the run"
    )
    stopped = replace(short, run={"gap_asked": 1e-3, "interrupted": True}, status="feasible")
    assert verify(region, stopped) == ()
    assert verify(region, replace(stopped, status="optimal")) != ()


def test_nothing_saved_is_optimal_when_nothing_can_be(region: Region) -> None:
    plan = hand_made_plan(region, "none")
    assert verify(region, _with_stage(plan, 2, bound=5e-7)) == ()


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("coverage", 560 / 600),
        ("filled_openings", 101.36 / 130),
        ("placed", 0.96),
        ("first_choice", 0.93),
        ("worst_zone", 2 / 3),
        ("saved_hours", 1920.0),
        ("travel_minutes", 6380.0),
        ("offers", 5.0),
        ("open_sites", 2.0),
    ],
)
def test_every_term_of_an_objective(region: Region, plan: Plan, term: str, value: float) -> None:
    policy = plan_policy("modular", objective=[{"minimise": {term: 2.5}}])
    row = (1, f"2.5 {term}", "minimise", 2.5 * value, 2.5 * value, 0.0, 1.0, "optimal")
    right = with_rows(replace(plan, policy=policy), stages=[row])
    assert verify(region, right) == ()
    wrong = _with_stage(right, 1, value=2.6 * value, bound=2.6 * value)
    found = _only(verify(region, wrong))
    assert (found.rule, found.place) == ("stages", "stage 1")
    assert found.amount == pytest.approx(0.1 * value)


# --- order ----------------------------------------------------------------------------------------


def test_violations_come_gravest_first_and_always_in_the_same_order(
    region: Region, plan: Plan
) -> None:
    wrong = with_rows(
        _with_rule(plan, "modular", class_size={"per_offer": 23}),
        unplaced=UNPLACED[1:],
        reach=[],
        stages=[],
    )
    found = verify(region, wrong)
    kinds = list(dict.fromkeys(each.rule for each in found))
    assert kinds == ["switches", "class_size", "reach", "stages"]
    shuffled = wrong
    for name in TABLES:
        shuffled = with_table(shuffled, name, wrong.table(name).sample(frac=1, random_state=3))
    assert verify(region, shuffled) == found
