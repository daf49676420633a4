"""Sites that are opened by exchange: as good as any, and only where nothing else is limited."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from builders import tiny_region
from coverage_opt.planning import opening, prepare, solve
from coverage_opt.planning.opening import sites_to_open
from coverage_opt.planning.prepared import Prepared
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.outcome import Status
from coverage_opt.solver.stages import Hint
from random_regions import policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
COVERAGE: dict[str, Any] = {"maximise": {"coverage": 1}}


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


def policy_with(*stages: dict[str, Any], minutes: float = 30.0, **rules: Any) -> Policy:
    together = {"travel_limit": {"minutes": minutes}, **rules}
    return policy_of(together, list(stages) or [COVERAGE], ("orientation",))


def at_most(sites: int) -> dict[str, Any]:
    return {"sites_at_most": sites}


def begun(region: Region, policy: Policy) -> tuple[Prepared, Hint | None]:
    prepared = prepare(region, policy, EXACT)
    return prepared, sites_to_open(policy, prepared.handed, EXACT, Deadline())


@pytest.mark.parametrize("minutes", [20.0, 30.0, 45.0])
@pytest.mark.parametrize("sites", [1, 2, 3])
def test_the_start_is_the_best_plan_of_a_small_region(
    region: Region, sites: int, minutes: float
) -> None:
    prepared, hint = begun(region, policy_with(minutes=minutes, max_sites=at_most(sites)))
    assert hint is not None
    (start,) = hint.starts
    held, solver = list(start), prepared.handed.solver
    prepared.goals[0].pursue(solver)
    best = solver.solve()
    with solver.holding(held, [start[column] for column in held]):
        begun_with = solver.solve()
    assert begun_with.status is Status.OPTIMAL
    assert begun_with.value == pytest.approx(best.value)
    assert begun_with.value == pytest.approx(_by_trying(prepared, sites))


def _by_trying(prepared: Prepared, at_most: int) -> float:
    """Return the coverage of the best set of sites, counted over zones and occupations."""
    region, (period,) = prepared.region, prepared.case.periods
    leads = set(region.leads_to[["programme", "occupation"]].itertuples(index=False, name=None))
    weights = prepared.model.shortage_weights
    young = {zone: float(amounts[0]) for zone, amounts in period.areas.zones.items()}
    every = sorted({site for _, site in period.offers})

    def covered(opened: tuple[str, ...]) -> float:
        return sum(
            weight * young[zone]
            for occupation, weight in weights.items()
            for zone, offers in period.areas.offers_of.items()
            if any(
                site in opened and (programme, occupation) in leads for programme, site in offers
            )
        )

    best = max(covered(opened) for opened in combinations(every, min(at_most, len(every))))
    return best / (sum(weights.values()) * prepared.model.moments[0].youth)


@pytest.mark.parametrize(
    "policy",
    [
        policy_with(),
        policy_with({"maximise": {"coverage": 1, "placed": 1}}, max_sites=at_most(2)),
        policy_with({"minimise": {"offers": 1}}, max_sites=at_most(2)),
        policy_with(max_sites=at_most(2), class_size={"own": {"minimum": 10}}),
        policy_with(max_sites=at_most(2), zone_access={"domains_at_least": 1}),
    ],
    ids=["any number", "places too", "not coverage", "class sizes", "access"],
)
def test_what_is_limited_or_weighed_besides_is_left_to_the_solver(
    region: Region, policy: Policy
) -> None:
    assert begun(region, policy)[1] is None


def test_several_moments_are_left_to_the_solver(region: Region) -> None:
    policy = policy_with(max_sites=at_most(2))
    prepared = prepare(region, policy, EXACT, periods=region.periods[:2])
    assert sites_to_open(policy, prepared.handed, EXACT, Deadline()) is None


def test_a_plan_is_the_same_worth_with_and_without_the_start(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = policy_with(COVERAGE, {"minimise": {"offers": 1}}, max_sites=at_most(2))
    begun_well = solve(region, policy, EXACT)
    monkeypatch.setattr("coverage_opt.planning.solving.sites_to_open", lambda *_: None)
    alone = solve(region, policy, EXACT)
    assert begun_well.stages["value"].tolist() == pytest.approx(alone.stages["value"].tolist())
    assert begun_well.indicators["sites"] <= 2


def test_a_bad_choice_costs_no_quality(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = policy_with(max_sites=at_most(1))
    best = solve(region, policy, EXACT).stages.iloc[0]["value"]
    for site in range(2):
        monkeypatch.setattr(opening, "exchanged", lambda covering, *_, at=site: np.array([at]))
        again = solve(region, policy, EXACT).stages.iloc[0]
        assert again["value"] == pytest.approx(best)
        assert again["bound"] == pytest.approx(best)
