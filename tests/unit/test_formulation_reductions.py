"""What was merged or left out is counted, and told in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from asked_plans import EXACT
from builders import full_tables, tiny_region
from coverage_opt.planning import prepare
from coverage_opt.planning.prepared import Prepared, deciding, may_merge
from coverage_opt.planning.solving import reduced
from coverage_opt.region.region import Region
from random_regions import SHARING, policy_of

RULES = {
    "class_size": {"own": {"minimum": 28}, "orientation": {"minimum": 28}},
    "travel_limit": {"minutes": 40, "nearby": 40},
}
AIMS: list[dict[str, Any]] = [{"maximise": {"coverage": 1, "placed": 1}}]
TRAVEL = {"minimise": {"travel_minutes": 1}}


@pytest.fixture(scope="module")
def region() -> Region:
    """Two periods, and two scenarios that differ in the second alone."""
    return tiny_region(**full_tables() | {"factors": [("decline", 2030, "learners", "all", 0.8)]})


def prepared_for(region: Region, *, merge_zones: bool = True) -> Prepared:
    policy = policy_of(RULES, AIMS, SHARING["orientation"])
    return prepare(
        region, policy, EXACT, periods=[2026, 2030], scenarios="two", merge_zones=merge_zones
    )


def test_what_remains_is_what_the_model_has(region: Region) -> None:
    prepared = prepared_for(region)
    model, remaining = prepared.model, {k: after for k, (_, after) in prepared.reductions.items()}
    pyomo, moments = model.pyomo, model.moments
    first = {moment.period: moment for moment in reversed(moments)}
    flows = [*model.place, *pyomo.attend, *pyomo.certificate]
    assert remaining == {
        "zones": sum(len(set(period.case.zone_of.values())) for period in model.periods),
        "learner groups": sum(len(moment.unplaced) for moment in first.values()),
        "offers": len(pyomo.offer),
        "moments": len(moments),
        "areas": len(pyomo.reach),
        "catchments": len({(key[0], *key[2:4]) for key in flows}),
        "nearby units": sum(len(period.case.nearby) for period in model.periods),
        "unit decisions": len(pyomo.run) + len(pyomo.groups),
    }


def test_what_there_was_is_what_the_region_has(region: Region) -> None:
    before = {name: first for name, (first, _) in prepared_for(region).reductions.items()}
    assert before["zones"] == 2 * len(region.zones)
    assert before["moments"] == 2 * len(region.scenario_set("two"))
    programmes = region.teachable["programme"]
    hybrids = programmes.isin(region.hybrids["programme"]).sum()
    assert before["offers"] == 2 * (len(programmes) - hybrids)


def test_zones_and_learners_that_are_not_merged_are_as_many_as_before(region: Region) -> None:
    merged = prepared_for(region).reductions
    apart = prepared_for(region, merge_zones=False).reductions
    for name in ("zones", "learner groups", "catchments"):
        assert merged[name][1] < merged[name][0], name
        assert apart[name][1] == apart[name][0] >= merged[name][0], name
    for name in ("offers", "moments", "nearby units", "unit decisions"):
        assert apart[name] == merged[name], name
        assert merged[name][1] < merged[name][0], name
    assert apart["areas"][1] < apart["areas"][0]


def test_the_sentence_tells_what_could_be_fewer() -> None:
    counts = {"zones": (412, 23), "offers": (2820, 611), "moments": (1, 1), "nearby units": (0, 0)}
    assert reduced(counts) == "reduce: 412 zones -> 23, 2,820 offers -> 611"


def test_zones_are_merged_unless_a_stage_that_decides_weighs_travel() -> None:
    at_the_end = policy_of({}, [*AIMS, {**TRAVEL, "decides": "placement"}])
    assert may_merge(deciding(at_the_end))
    assert not may_merge(deciding(policy_of({}, [*AIMS, TRAVEL])))
    assert not may_merge(at_the_end.objective)
