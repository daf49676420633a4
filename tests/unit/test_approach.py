"""The cautious plan is a plan and the bound is a bound; neither changes what is best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from builders import full_tables, tiny_region
from coverage_opt import planning
from coverage_opt.approach import approach, bound_of_moments
from coverage_opt.formulation.case import Case
from coverage_opt.frames import rows
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.planning import solving
from coverage_opt.policy.policy import Policy
from coverage_opt.rules import RULES
from coverage_opt.solver.highs import Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Progress, silent
from coverage_opt.solver.stages import Hint, Staged, run_stages
from planning_models import case_of, model_of
from random_regions import (
    SHARING,
    Tables,
    periods_of,
    policy_of,
    random_policy,
    scenarios_of,
)
from random_rule_cases import rule_case, uncertain_tables

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
ROUNDING = 1e-6

AIMS: list[dict[str, Any]] = [{"maximise": {"coverage": 1, "placed": 1, "filled_openings": 1}}]


def uncertain_case(seed: int, **stage: Any) -> Case:
    """Return a random case of several moments; the first stage is changed as stated."""
    tables = uncertain_tables(seed)
    drawn = random_policy(seed, list(SHARING)[seed % 4], tables)
    if stage:
        first = {**drawn.model_dump(exclude_none=True)["objective"][0], **stage}
        if first["risk"] != "cvar":
            first.pop("tail")
        drawn = Policy.model_validate({**drawn.model_dump(exclude_none=True), "objective": [first]})
    return case_for(tables, drawn)


def case_for(tables: Tables, policy: Policy) -> Case:
    return case_of(tiny_region(**tables), policy, periods_of(tables), scenarios_of(tables))


def handed_over(case: Case) -> HandedOver | None:
    """Return the whole model of a case; None where no decision can meet its rules."""
    model = model_of(case)
    return None if model.contradictions else hand_over(model, EXACT)


def first_stage(handed: HandedOver, hint: Hint | None = None) -> Staged:
    goals, told = handed.goals[:1], hint or Hint()
    return run_stages(handed.solver, goals, EXACT, Deadline(), silent, None, told)


def bound_of(case: Case, handed: HandedOver) -> float | None:
    return bound_of_moments(case, handed.model.stages[0], EXACT, Deadline(), silent)


# --- the bound --------------------------------------------------------------------------------


def compare_with_bound(case: Case) -> float | None:
    """Return by how much the bound is above the optimum; None where there is none to compare."""
    handed = handed_over(case)
    if handed is None:
        return None
    bound, best = bound_of(case, handed), first_stage(handed)
    if best.status is Status.INFEASIBLE:
        return None
    assert best.status is Status.OPTIMAL
    assert bound is not None
    sign = 1.0 if handed.model.stages[0].sense == "maximise" else -1.0
    value = best.stages[0].value
    beyond = sign * (bound - value) / max(1.0, abs(value))
    assert beyond >= -ROUNDING
    return beyond


@pytest.mark.parametrize("risk", ["expected", "worst_case", "cvar"])
@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_no_plan_is_better_than_the_bound_of_its_moments(sense: str, risk: str) -> None:
    beyond = []
    for seed in range(16):
        minimised = {"offers": 1, "open_sites": 2, "changes": 0.5, "travel_minutes": 0.01}
        stage: dict[str, Any] = {"risk": risk, "tail": [0.2, 0.4, 0.7][seed % 3]}
        if sense == "minimise":
            stage |= {"maximise": None, "minimise": minimised}
        case = uncertain_case(seed, **stage)
        if case.policy.objective[0].sense == sense:
            beyond.append(compare_with_bound(case))
    found = [each for each in beyond if each is not None]
    assert len(found) > 3
    # not one that says nothing: it is met by some
    assert min(found) < 1e-4


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_plan_is_better_than_the_bound_under_any_rule(rule: str) -> None:
    compared = 0
    for seed in range(3):
        tables, policy, _ = rule_case(rule, seed)
        compared += compare_with_bound(case_for(tables, policy)) is not None
    assert compared > 0


def test_worth_of_scenarios_is_put_together_as_the_stage_takes_risk() -> None:
    # what is placed depends on nothing but who asks for care, of whom one part finds a site
    factors = [("bad", 2026, "choice", "care-BOL", 2.0), ("good", 2026, "choice", "care-BOL", 0.5)]
    scenarios = [("two", "baseline", "Baseline", 0.5), ("two", "bad", "Bad", 0.3)]
    scenarios += [("two", "good", "Good", 0.2)]
    region = tiny_region(scenarios=scenarios, factors=factors)
    rules = {"travel_limit": {"minutes": 30}, "intake_cap": {"caps": [CARE]}}
    worth, bounds = {}, {}
    for risk in ({"risk": "expected"}, {"risk": "worst_case"}, {"risk": "cvar", "tail": 0.4}):
        policy = policy_of(rules, [{"maximise": {"placed": 1}, **risk}], SHARING["modular"])
        case = case_of(region, policy, [2026], "two")
        handed = hand_over(model_of(case), EXACT)
        bounds[risk["risk"]] = bound_of(case, handed)
        worth[risk["risk"]] = first_stage(handed).stages[0].value
    assert bounds == pytest.approx(worth)
    assert worth["worst_case"] < worth["cvar"] < worth["expected"]


CARE = {"programme": "care-BOL", "learners_at_most": 60}


def test_rules_on_the_mean_are_left_out_of_the_bound() -> None:
    # in the mean there are learners enough, in the scenario of decline there are not
    scenarios = [("two", "baseline", "Baseline", 0.8), ("two", "decline", "Decline", 0.2)]
    region = tiny_region(scenarios=scenarios, factors=[("decline", 2026, "learners", "all", 0.1)])
    sizes = {"own": {"minimum": 30, "maximum": 200}, "holds": "expectation"}
    policy = policy_of({"class_size": sizes}, AIMS)
    case = case_of(region, policy, [2026], "two")
    handed = hand_over(model_of(case), EXACT)
    bound, best = bound_of(case, handed), first_stage(handed).stages[0].value
    assert bound is not None
    assert bound >= best - ROUNDING
    each = policy.model_copy(
        update={"rules": policy_of({"class_size": {"own": sizes["own"]}}, AIMS).rules}
    )
    strict = case_of(region, each, [2026], "two")
    assert first_stage(hand_over(model_of(strict), EXACT)).stages[0].value < best


def test_without_time_there_is_no_bound_and_no_start() -> None:
    case = full_case()
    handed = hand_over(model_of(case), EXACT)
    assert approach(case, handed, EXACT, Deadline.after(0.0), silent) == Hint((), None)


def full_case(**changes: Any) -> Case:
    region = tiny_region(**full_tables())
    policy = policy_of(changes, AIMS, SHARING["modular"])
    return case_of(region, policy, [2026, 2030], "two")


def test_one_moment_alone_needs_no_hint() -> None:
    region = tiny_region()
    case = case_of(region, policy_of({}, AIMS), [2026])
    assert approach(case, hand_over(model_of(case), EXACT), EXACT, Deadline(), silent) == Hint()


def test_the_listener_hears_of_every_moment() -> None:
    case, heard = full_case(), []

    def listen(progress: Progress, /) -> None:
        heard.append(progress.message)

    bound_of_moments(case, case.policy.objective[0], EXACT, Deadline(), listen)
    assert heard == [f"searching, {number} of 4 moments bounded" for number in range(1, 5)]


# --- the cautious plan ------------------------------------------------------------------------


def assert_fewest(fewest: Mapping[Any, Any], all_of_them: Mapping[Any, Any]) -> None:
    assert fewest.keys() == all_of_them.keys()
    for key, amounts in all_of_them.items():
        assert fewest[key].shape == (1,)
        assert fewest[key][0] == amounts.min(), key


def test_a_cautious_period_has_the_fewest_of_everybody_in_any_scenario() -> None:
    differing = 0
    for seed in range(12):
        for period in uncertain_case(seed).periods:
            careful = period.cautious()
            assert_fewest(careful.asking, period.asking)
            assert_fewest(careful.arriving, period.arriving)
            assert_fewest(careful.alone_asking, period.alone_asking)
            assert_fewest(careful.alone_arriving, period.alone_arriving)
            assert_fewest(careful.asked, period.asked)
            assert_fewest(careful.areas.zones, period.areas.zones)
            together = sum(amounts.min() for amounts in period.asking.values())
            assert careful.everybody.tolist() == pytest.approx([together])
            # fewer than in any scenario, who bring in as much as they do where fewest come
            brought = careful.funding_scale * together
            assert brought == pytest.approx(period.everybody.min())
            assert careful.youth.tolist() == [period.youth.min()]
            assert careful.single_units.tolist() == [period.single_units.min()]
            (moment,) = careful.moments
            assert moment.probability == 1.0
            for key, places in moment.workplaces.items():
                assert places == min(each.workplaces[key] for each in period.moments)
            for name, openings in moment.openings.items():
                every = [each.openings[name] for each in period.moments]
                assert min(every) - ROUNDING <= openings <= max(every) + ROUNDING
            # what may be offered and who is alike stays as it is
            assert careful.offers == period.offers
            assert careful.groups is period.groups
            differing += any(len(set(amounts)) > 1 for amounts in period.asking.values())
    assert differing > 8


def test_a_moment_alone_is_as_it_was_but_certain() -> None:
    for seed in range(6):
        for period in uncertain_case(seed).periods:
            for number, moment in enumerate(period.moments):
                alone = period.alone(number)
                assert alone.moments[0].scenarios == moment.scenarios
                assert alone.moments[0].probability == 1.0
                for group, amounts in period.asking.items():
                    assert alone.asking[group].tolist() == [amounts[number]]
                assert alone.everybody.tolist() == [period.everybody[number]]


def test_most_cautious_plans_are_plans_of_the_whole() -> None:
    started = planned = 0
    for seed in range(24):
        case = uncertain_case(seed)
        handed = handed_over(case)
        if handed is None:
            continue
        hint = approach(case, handed, EXACT, Deadline(), silent)
        if not hint.starts:
            continue
        started += 1
        start = hint.starts[-1]
        columns = np.array(sorted(start), dtype=np.int64)
        values = np.array([start[column] for column in columns.tolist()])
        assert set(values.tolist()) <= {0.0, 1.0}
        of_offers = {
            handed.matrix.column(variable)
            for period in handed.model.periods
            for variable in (*period.offer.values(), *period.run.values())
        }
        assert set(columns.tolist()) == of_offers
        handed.solver.change_bounds(columns, values, values)
        planned += first_stage(handed).status is Status.OPTIMAL
    assert started >= 10
    assert planned >= 0.9 * started


def test_a_cautious_plan_keeps_open_what_has_just_opened() -> None:
    opening = ("weld-BOL", "hook-centre")
    must = [{"programme": opening[0], "site": opening[1], "periods": [2026]}]
    few: list[dict[str, Any]] = [{"minimise": {"offers": 1}}]
    offered = {}
    for years in (4, 5):
        rules = {"fixed_offers": {"must": must}, "minimum_run": {"years_at_least": years}}
        policy = policy_of(rules, few, SHARING["modular"])
        case = case_of(tiny_region(**full_tables()), policy, [2026, 2030], "two")
        offered[years] = offered_from_the_start(case)
    assert offered == {
        4: {2026: {opening}, 2030: set()},
        5: {2026: {opening}, 2030: {opening}},
    }


def test_a_cautious_plan_that_begins_with_nothing_has_that_behind_it() -> None:
    region = tiny_region(**full_tables() | {"current": None})
    offers = region.teachable.to_dict("records")
    nothing = {"must_not": [{**offer, "periods": [2026]} for offer in offers]}
    rules = {"fixed_offers": nothing, "change_limit": {"changes_at_most": 1}}
    case = case_of(region, policy_of(rules, AIMS, SHARING["modular"]), [2026, 2030], "two")
    offered = offered_from_the_start(case)
    assert offered[2026] == set()
    assert len(offered[2030]) == 1


def offered_from_the_start(case: Case) -> dict[int, set[tuple[str, str]]]:
    handed = hand_over(model_of(case), EXACT)
    start, *_ = approach(case, handed, EXACT, Deadline(), silent).starts
    return {
        period.period: {
            key for key, offer in period.offer.items() if start[handed.matrix.column(offer)] == 1.0
        }
        for period in handed.model.periods
    }


# --- both together ----------------------------------------------------------------------------


def test_the_approach_changes_no_optimum() -> None:
    compared = 0
    for seed in range(16):
        case = uncertain_case(seed)
        handed, again = handed_over(case), handed_over(case)
        if handed is None or again is None:
            continue
        hint = approach(case, handed, EXACT, Deadline(), silent)
        told, plain = first_stage(handed, hint), first_stage(again)
        assert told.status is plain.status, seed
        if plain.columns is None:
            continue
        compared += hint != Hint()
        assert told.stages[0].solved
        assert plain.stages[0].solved
        assert told.stages[0].value == pytest.approx(plain.stages[0].value, rel=1e-5, abs=1e-6)
    assert compared > 5


def test_planning_asks_for_a_hint_unless_the_offers_are_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Case] = []

    def counted(case: Case, *others: Any) -> Hint:
        asked.append(case)
        return approach(case, *others)

    monkeypatch.setattr(solving, "approach", counted)
    region, policy = tiny_region(**full_tables()), policy_of({}, AIMS, SHARING["modular"])
    plan = planning.solve(region, policy, EXACT, periods=[2026, 2030], scenarios="two")
    assert len(asked) == 1
    held: dict[int, set[tuple[str, str]]] = {2026: set(), 2030: set()}
    for period, programme, site in rows(plan.offers, "period", "programme", "site"):
        held[period].add((programme, site))
    planning.solve(region, policy, EXACT, periods=[2026, 2030], scenarios="two", held_offers=held)
    assert len(asked) == 1
