"""Periods, scenarios, adults, money and partners, small enough to work out by hand.

Each case is solved by the engine and by the oracle, and both must say what the comment says. The
sites, programmes and units are those of `builders`; see `test_by_hand`. weld-BOL has 780 hours in
year 1 and 500 in year 2 (retention 0.9), care-BOL has 980 in year 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from brute_force import BruteForce
from comparing import EXACT

from builders import MONEY, TABLES, Rows, tiny_region
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, solve
from coverage_opt.region.region import Region
from random_regions import policy_of

YEARS = (2026, 2030)
PLACED: list[dict[str, Any]] = [{"maximise": {"placed": 1}}]


def asking(learners: dict[tuple[str, str], Sequence[float]], **overrides: Any) -> Region:
    """Return the tiny region with this demand in 2026 and 2030; nobody accepts anything else."""
    demand: Rows = [
        (*key, year, count)
        for key, counts in learners.items()
        for year, count in zip(YEARS, counts, strict=True)
    ]
    stated = {"demand": demand, "cohorts": None, "choices": None, "accept": []}
    return tiny_region(**{**stated, **overrides})


def solved(
    region: Region,
    rules: dict[str, Any],
    objective: list[dict[str, Any]] | None = None,
    *,
    periods: Sequence[int] = (2026,),
    scenarios: str = "baseline",
    **others: Any,
) -> Plan:
    """Return the engine's plan, which the oracle finds no better than its own."""
    policy = policy_of(rules, objective or PLACED, **others)
    oracle = BruteForce(region, policy, periods, scenarios)
    try:
        plan = solve(region, policy, EXACT, periods=periods, scenarios=scenarios)
    except Infeasible:
        assert oracle.optima() is None
        raise
    assert list(plan.stages["value"]) == pytest.approx(oracle.optima(plan), rel=1e-6, abs=1e-6)
    return plan


def offered(plan: Plan) -> set[tuple[int, str, str]]:
    """Return what is offered: period, programme, site."""
    return set(plan.offers[["period", "programme", "site"]].itertuples(index=False, name=None))


def own_class(minimum: int, **others: Any) -> dict[str, Any]:
    """Return a class_size rule with a minimum for own units and none for the others."""
    free = {kind: {"minimum": 0} for kind in ("generic", "orientation", "common", "profile")}
    return {"class_size": {**free, "own": {"minimum": minimum}, **others}}


# --- periods --------------------------------------------------------------------------------------

TODAY = [("weld-BOL", "hook-centre", 10)]
"""Something is offered today, so that what is new counts as opened."""


@pytest.mark.parametrize(("years", "placed"), [(4, 0.5), (5, 0.0)])
def test_what_opens_must_last(years: int, placed: float) -> None:
    # 20 ask for care in 2026, 10 in 2030: then there is no class of 15. Opening in 2026 is
    # possible only if it need not last until 2030, four years later. Half: (20 / 20 + 0 / 10) / 2.
    region = asking({("hill", "care-BOL"): (20, 10)}, current=TODAY)
    rules = {**own_class(15), "minimum_run": {"years_at_least": years}}
    plan = solved(region, rules, periods=YEARS)
    assert plan.indicators["placed"] == pytest.approx(placed)
    in_2026 = (2026, "care-BOL", "hill-centre") in offered(plan)
    assert in_2026 == (placed > 0)


def test_what_is_there_today_need_not_last() -> None:
    # As above, but care is offered already, so it does not open in 2026.
    region = asking(
        {("hill", "care-BOL"): (20, 10)}, current=[*TODAY, ("care-BOL", "hill-centre", 20)]
    )
    rules = {**own_class(15), "minimum_run": {"years_at_least": 5}}
    assert solved(region, rules, periods=YEARS).indicators["placed"] == pytest.approx(0.5)


@pytest.mark.parametrize(("changes", "placed"), [(1, 0.0), (2, 20 / 32), (3, 1.0)])
def test_only_so_much_changes(changes: int, placed: float) -> None:
    # Nobody asks for welding any more, so that it must close: one change. Care and pipefitting
    # would open at hill-centre: one change each.
    region = asking({("hill", "care-BOL"): (20, 20), ("hill", "pipe-BOL"): (12, 12)}, current=TODAY)
    rules = {
        **own_class(10),
        "travel_limit": {"minutes": 30},
        "change_limit": {"changes_at_most": changes},
    }
    plan = solved(region, rules)
    assert plan.indicators["placed"] == pytest.approx(placed)
    assert plan.indicators["changes"] <= changes
    events = plan.table("timeline")[["event", "programme", "site"]].to_numpy().tolist()
    assert ["closes", "weld-BOL", "hook-centre"] in events


def test_closing_costs_a_teach_out_spread_over_the_years_until_the_next_period() -> None:
    # Welding closes in 2026: EUR 40,000, and 500 hours of year 2 once at EUR 105, over four years:
    # 92,500 / 4 = 23,125 in 2026, nothing in 2030.
    region = asking({("hill", "care-BOL"): (5, 5)}, current=TODAY, settings={"money": MONEY})
    plan = solved(region, own_class(10), [{"minimise": {"cost": 1, "changes": 1}}], periods=YEARS)
    assert plan.indicators["cost"] == pytest.approx(23_125 / 2)
    assert plan.indicators["changes"] == 1


# --- scenarios ------------------------------------------------------------------------------------


def futures(*factors: tuple[Any, ...], probability: float = 0.5) -> dict[str, Rows]:
    """Return the tables of a set of the baseline and another future."""
    return {
        "scenarios": [
            ("both", "baseline", "Baseline", 1 - probability),
            ("both", "other", "Other", probability),
        ],
        "factors": [("other", *row) for row in factors],
    }


@pytest.mark.parametrize(
    ("risk", "programme", "value"),
    [
        ({}, "pipe-BOL", (4 + 12) / 2 / 20),
        ({"risk": "worst_case"}, "care-BOL", 6 / 20),
        ({"risk": "cvar", "tail": 0.5}, "care-BOL", 6 / 20),
        ({"risk": "cvar", "tail": 0.9}, "pipe-BOL", (0.5 * 4 + 0.4 * 12) / 0.9 / 20),
    ],
)
def test_the_worst_case_and_the_expectation_choose_differently(
    risk: dict[str, Any], programme: str, value: float
) -> None:
    # Of 20 learners 6 ask for care, 4 for pipefitting and 10 for welding while working; in the
    # other future 6, 12 and 2. One change is allowed, and welding at college, which nobody asks
    # for, is there today: so care can open, or pipefitting. Care has 6 for certain, pipefitting 4
    # or 12: 8 in expectation, 7.6 in the worst 90 %.
    region = asking(
        {
            ("hill", "care-BOL"): (6, 6),
            ("hill", "pipe-BOL"): (4, 4),
            ("hill", "weld-BBL"): (10, 10),
        },
        current=[("weld-BOL", "hill-centre", 10)],
        **futures(
            (2026, "choice", "pipe-BOL", 3.0),
            (2026, "choice", "weld-BBL", 0.2),
        ),
    )
    rules = {
        "change_limit": {"changes_at_most": 1},
        "travel_limit": {"minutes": 30},
        "fixed_offers": {"must_not": [{"programme": "weld-BBL", "site": "hill-centre"}]},
    }
    plan = solved(region, rules, [{"maximise": {"placed": 1}, **risk}], scenarios="both")
    assert plan.stages["value"][0] == pytest.approx(value)
    assert (2026, programme, "hill-centre") in offered(plan)


@pytest.mark.parametrize(("holds", "placed"), [("every_scenario", 0.0), ("expectation", 1.0)])
def test_a_class_is_large_enough_in_every_scenario_or_on_average(holds: str, placed: float) -> None:
    # 20 ask for care, in the other future 10: on average a class of 15, not always.
    region = asking({("hill", "care-BOL"): (20, 20)}, **futures((2026, "learners", "all", 0.5)))
    plan = solved(region, own_class(15, holds=holds), scenarios="both")
    assert plan.indicators["placed"] == pytest.approx(placed)


def test_groups_are_enough_for_the_fullest_scenario_or_for_the_mean() -> None:
    # 20 or 40 learners in groups of 28: two groups, or, for the mean of 30, two as well; with
    # groups of 30, two or one.
    region = asking({("hill", "care-BOL"): (20, 20)}, **futures((2026, "learners", "all", 2.0)))
    for holds, maximum, groups in (
        ("every_scenario", 28, 2),
        ("expectation", 28, 2),
        ("every_scenario", 30, 2),
        ("expectation", 30, 1),
    ):
        rules = {"class_size": {"own": {"minimum": 5, "maximum": maximum}, "holds": holds}}
        plan = solved(region, rules, scenarios="both")
        assert plan.units["groups"].to_list() == [groups]


# --- adults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("adults", "placed"), [(5, 1.0), (4, 0.0)])
def test_adults_who_take_one_unit_fill_a_class(adults: int, placed: float) -> None:
    # 10 ask to become a nurse; the nursing unit needs 15. Adults may take it by itself. The rest
    # of a nurse's programme needs nobody.
    region = asking(
        {("hill", "care-BOL"): (10, 10)},
        adult_demand=[("hill", "nursing", year, adults) for year in YEARS],
    )
    rules = own_class(0, profile={"minimum": 15})
    plan = solved(region, rules, sharing=("profile",))
    assert plan.indicators["placed"] == pytest.approx(placed)
    assert plan.indicators["certificates"] == pytest.approx(placed)
    assert plan.table("certificates")["learners"].sum() == pytest.approx(adults * placed)
    # as part of a programme as a whole nobody can take it by itself
    alone = solved(region, own_class(10))
    assert alone.indicators["placed"] == 1
    assert alone.indicators["certificates"] == 0


def test_who_cannot_enter_at_any_moment_may_not_wait() -> None:
    # Of 20 who would combine welding with work, half would enter halfway the year, and 85 % of
    # those wait for September, unless groups are open to them all year: (10 + 8.5) / 20.
    entry = {"BBL": {"moments": 2, "waits": 0.85}}
    region = asking({("hill", "weld-BBL"): (20, 20)}, settings={"entry": entry})
    for pooled, placed in (([], 0.925), (["BBL"], 1.0)):
        plan = solved(region, {}, continuous_intake=pooled)
        assert plan.indicators["placed"] == pytest.approx(placed)


# --- partners, teachers, money --------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "placed"), [(65, 1.0), (60, 0.0)])
def test_partners_make_an_offer_possible(minutes: float, placed: float) -> None:
    # 8 welders near each of two sites. The common unit needs 15: together they are 16, at either
    # site, if a partner may be 65 minutes away. The rest of their programme needs 5.
    region = asking({("hill", "weld-BOL"): (8, 8), ("hook", "weld-BOL"): (8, 8)})
    rules = {
        **own_class(5, common={"minimum": 15}),
        "travel_limit": {"minutes": 60},
        "partnership": {"within_minutes": minutes, "kinds": ["common"]},
    }
    plan = solved(region, rules, sharing=("common",))
    assert plan.indicators["placed"] == pytest.approx(placed)
    if placed:
        common = plan.units[plan.units["unit"] == "metal-common"]
        assert common["learners"].to_list() == pytest.approx([16])
        assert plan.table("sent")["learners"].to_list() == pytest.approx([8])


@pytest.mark.parametrize(("stretch", "placed"), [(1.0, 28 / 0.9609375 / 40), (2.0, 1.0)])
def test_teachers_can_teach_only_so_many_groups(stretch: float, placed: float) -> None:
    # Welding as a whole is 1,280 hours, of which (780 + 500 x 0.9) / 1,280 are attended. Teachers
    # have 1,280 hours, for one group: 28 / 0.961 = 29.1 of 40 may start. With twice the hours all.
    region = asking(
        {("hill", "weld-BOL"): (40, 40)},
        teachers=[
            ("north", "technology", 1280),
            ("north", "care", 0),
            ("south", "technology", 0),
        ],
    )
    rules = {**own_class(5), "teacher_hours": {"stretch": stretch}}
    plan = solved(region, rules)
    assert plan.indicators["placed"] == pytest.approx(placed)
    assert plan.table("teachers")["hours"].to_list() == pytest.approx([1280 * stretch])


def test_an_institution_spends_what_it_receives() -> None:
    # A nurse is there for 1 + 0.9 + 0.8 + 0.75 = 3.45 years, at EUR 6,500 x 1.2: EUR 26,910.
    # One group is 980 hours at EUR 105, an offer EUR 15,000 and a site EUR 400,000: EUR 517,900.
    # 20 nurses bring 538,200, 19 only 511,290, which is 1.3 % too little.
    cost, each = 517_900.0, 26_910.0
    for learners, deficit, offers in ((20, 0.0, 1), (19, 0.0, 0), (19, 0.02, 1)):
        region = asking({("hill", "care-BOL"): (learners, learners)}, settings={"money": MONEY})
        rules = {**own_class(5), "institution_balance": {"deficit_at_most": deficit}}
        plan = solved(region, rules)
        assert plan.indicators["placed"] == offers
        assert plan.indicators["cost"] == pytest.approx(cost * offers)
        assert plan.indicators["balance"] == pytest.approx((learners * each - cost) * offers)


def test_whoever_aims_for_money_closes_what_does_not_pay() -> None:
    # 20 nurses leave EUR 20,300, 19 cost EUR 6,610 more than they bring.
    for learners, balance in ((20, 20_300), (19, 0)):
        region = asking({("hill", "care-BOL"): (learners, learners)}, settings={"money": MONEY})
        plan = solved(region, own_class(5), [{"maximise": {"balance": 1}}])
        assert plan.stages["value"][0] == pytest.approx(balance, abs=1e-3)


def test_the_institution_that_keeps_least_is_helped_first() -> None:
    # North and South have half of the welders each today; 30 near one and 10 near the other ask.
    # With one site only that of the 30, who are 30 / 40 of all: North keeps all it should, South
    # nothing. With both, South has 10 of the 20 that would be its half.
    region = asking(
        {("hill", "weld-BOL"): (30, 30), ("hook", "weld-BOL"): (10, 10)},
        current=[("weld-BOL", "hill-centre", 20), ("weld-BOL", "hook-centre", 20)],
    )
    for sites, worst in ((1, 0.0), (2, 0.5)):
        rules = {"max_sites": {"sites_at_most": sites}, "travel_limit": {"minutes": 60}}
        plan = solved(region, rules, [{"maximise": {"worst_institution": 1, "placed": 0.1}}])
        assert plan.indicators["worst_institution"] == pytest.approx(worst)


def test_today_is_the_tiny_region() -> None:
    # the numbers in the comments above hold for these hours
    hours = {row[0]: row[4] for row in TABLES["units"]}
    assert hours["dutch"] + hours["try-tech"] + hours["metal-common"] == 780
    assert hours["welding"] == 500
    assert hours["dutch"] + hours["nursing"] == 980
