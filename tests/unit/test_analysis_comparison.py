"""Plans side by side: what moved, and for whom something came or went, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from builders import full_tables, tiny_region
from coverage_opt.analysis.comparison import compare
from coverage_opt.analysis.measuring import REGION
from coverage_opt.errors import InputError
from coverage_opt.frames import mapping
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import solve
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from random_regions import policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
HILL, HOOK = "hill-centre", "hook-centre"


@cache
def region() -> Region:
    tables = full_tables()
    factors = [("decline", 2030, "learners", "all", 0.8)]
    money = tables["settings"]["money"]
    return tiny_region(settings={"money": money}, scenarios=tables["scenarios"], factors=factors)


@cache
def planned(
    *offers: tuple[str, str], periods: tuple[int, ...] = (2026,), scenarios: str = "baseline"
) -> Plan:
    """Return a plan with exactly these offers; nobody travels more than an hour."""
    every = [(p, s) for p in ("weld-BOL", "weld-BBL", "pipe-BOL") for s in (HILL, HOOK)]
    every.append(("care-BOL", HILL))
    said: dict[str, Any] = {
        "must": [{"programme": p, "site": s} for p, s in every if (p, s) in offers],
        "must_not": [{"programme": p, "site": s} for p, s in every if (p, s) not in offers],
    }
    rules = {"travel_limit": {"minutes": 60}, "fixed_offers": said}
    policy = policy_of(rules, [{"maximise": {"coverage": 1, "placed": 1}}])
    return solve(region(), policy, EXACT, periods=periods, scenarios=scenarios)


BEFORE = (("care-BOL", HILL), ("weld-BOL", HILL), ("weld-BBL", HOOK))
AFTER = (("care-BOL", HILL), ("weld-BOL", HOOK), ("pipe-BOL", HILL))


def test_what_opens_closes_and_moves_is_told_apart() -> None:
    found = compare({"before": planned(*BEFORE), "after": planned(*AFTER)}, region())
    changes = {
        (row["programme"], row["change"], row["site"], row["to_site"])
        for row in found.changes.to_dict("records")
    }
    assert changes == {
        ("weld-BOL", "moved", HILL, HOOK),
        ("pipe-BOL", "opened", HILL, ""),
        ("weld-BBL", "closed", HOOK, ""),
    }
    before, after = (mapping(found.changes, "programme", side) for side in ("before", "after"))
    assert before["pipe-BOL"] == after["weld-BBL"] == 0
    assert min(before["weld-BOL"], after["weld-BOL"], before["weld-BBL"], after["pipe-BOL"]) > 0


def test_who_gains_and_who_loses_is_counted_by_where_they_live() -> None:
    # hill, with bank, reaches hill-centre; hook, with bank, reaches hook-centre
    found = compare({"before": planned(*BEFORE), "after": planned(*AFTER)}, region())
    access = {
        (row["change"], row["occupation"], row["zone"], row["municipality"]): row["learners"]
        for row in found.access.to_dict("records")
    }
    assert access == {
        ("gained", "fitter", "hook", "Lowland"): 40,
        ("lost", "welder", "hill", "Upland"): 100,
    }
    figures = found.differences.set_index(["by", "part", "measure"])
    rows = {
        ("occupation", "welder", "reach"): (1.0, 0.5),
        ("occupation", "fitter", "reach"): (0.8, 1.0),
        ("municipality", "Lowland", "occupations_in_reach"): (1.0, 2.0),
        ("municipality", "Upland", "occupations_in_reach"): (2.0, (100 * 1 + 60 * 2) / 160),
        ("institution", "north", "offers"): (2, 2),
        ("domain", "technology", "offers"): (2, 2),
    }
    for key, (before, after) in rows.items():
        assert figures.loc[key, "before"] == pytest.approx(before), key
        assert figures.loc[key, "after"] == pytest.approx(after), key
        assert figures.loc[key, "difference"] == pytest.approx(after - before), key


@pytest.mark.parametrize(("periods", "scenarios"), [((2026,), "baseline"), ((2026, 2030), "two")])
def test_indicators_are_those_of_the_plans(periods: tuple[int, ...], scenarios: str) -> None:
    plans = {
        name: planned(*offers, periods=periods, scenarios=scenarios)
        for name, offers in (("before", BEFORE), ("after", AFTER))
    }
    found = compare(plans, region()).differences
    here = found[found["by"] == REGION].set_index("measure")
    for name, side in (("before", "before"), ("after", "after")):
        assert here[side].to_dict() == pytest.approx(plans[name].indicators)


def test_parts_add_up_to_the_whole() -> None:
    plan = planned(*BEFORE, periods=(2026, 2030), scenarios="two")
    found = compare({"one": plan, "same": plan}, region())
    assert found.changes.empty
    assert found.access.empty
    assert found.settings.empty
    assert (found.differences["difference"] == 0).all()
    figures = found.differences
    for by in ("institution", "domain"):
        offers = figures[(figures["by"] == by) & (figures["measure"] == "offers")]["before"]
        assert offers.sum() == pytest.approx(plan.indicators["offers"])
    for measure in ("cost", "funding", "balance"):
        parts = figures[(figures["by"] == "institution") & (figures["measure"] == measure)]
        assert parts["before"].sum() == pytest.approx(plan.indicators[measure])


def test_several_runs_are_each_held_against_the_first() -> None:
    plans = {"a": planned(*BEFORE), "b": planned(*AFTER), "c": planned(*BEFORE, *AFTER)}
    found = compare(plans, region())
    counted = found.changes.groupby(["run", "change"]).size().to_dict()
    assert counted == {
        ("b", "closed"): 1,
        ("b", "moved"): 1,
        ("b", "opened"): 1,
        ("c", "opened"): 2,
    }


def test_what_is_asked_differently_is_said() -> None:
    one, two = planned(*BEFORE), planned(*AFTER)
    assert set(compare({"a": one, "b": two}, region()).settings["path"]) == {
        "rules.fixed_offers.must",
        "rules.fixed_offers.must_not",
    }


def test_runs_are_compared_on_what_they_share() -> None:
    one = planned(*BEFORE, periods=(2026, 2030), scenarios="two")
    two = planned(*AFTER, periods=(2030,))
    found = compare({"one": one, "two": two}, region())
    assert found.common.periods == (2030,)
    assert dict(found.common.weights) == {"baseline": 1.0}
    assert len(found.notes) == 3
    here = found.differences[found.differences["by"] == REGION].set_index("measure")
    assert here["after"].to_dict() == pytest.approx(two.indicators)
    outlook = one.table("outlook")
    baseline = outlook[(outlook["period"] == 2030) & (outlook["scenario"] == "baseline")]
    assert here.loc["placed", "before"] == pytest.approx(
        baseline.set_index("name").loc["placed", "value"]
    )


def refused(plans: dict[str, Plan], where: Region) -> str:
    with pytest.raises(InputError) as caught:
        compare(plans, where)
    return str(caught.value)


def test_runs_that_cannot_be_compared_are_refused_with_the_reason() -> None:
    one, other = planned(*BEFORE), planned(*AFTER, periods=(2030,))
    assert "b is for elsewhere, and a for tiny" in refused(
        {"a": one, "b": replace(one, region="elsewhere")}, region()
    )
    assert "tiny was changed between a and b" in refused(
        {"a": one, "b": replace(one, region_hash="0")}, region()
    )
    said = refused({"a": one, "b": other}, region())
    assert "the runs have no period in common" in said
    assert "b: 2030" in said
    assert "tiny is not what it was when the runs were made" in refused(
        {"a": one, "b": one}, tiny_region()
    )
