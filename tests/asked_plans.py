"""Plans of the tiny region with their compiled models, for tests of the answers about them."""

from __future__ import annotations

from typing import Any

from coverage_opt import Limits, Plan, Policy, solve
from coverage_opt.planning import prepare
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.policy.policy import Stage
from coverage_opt.region.region import Region
from random_regions import policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)

SIZES: dict[str, Any] = {
    "class_size": {"own": {"minimum": 10}, "orientation": {"minimum": 20}},
    "travel_limit": {"minutes": 60},
}

AIMS: list[dict[str, Any]] = [
    {"maximise": {"coverage": 1, "filled_openings": 1, "placed": 2, "first_choice": 1}},
    {"maximise": {"saved_hours": 1}, "decides": "units"},
    {"minimise": {"travel_minutes": 1}, "decides": "placement"},
]


def policy_with(rules: dict[str, Any]) -> Policy:
    """Return a policy with class sizes, a travel limit and further rules; None leaves one out."""
    together = {name: rule for name, rule in {**SIZES, **rules}.items() if rule is not None}
    return policy_of(together, AIMS, ("orientation",))


def first_value(region: Region, policy: Policy, **moments: Any) -> float:
    """Return what the first stage of an independent solve is worth."""
    return float(solve(region, policy, EXACT, **moments).stages.iloc[0]["value"])


def asked(
    region: Region, rules: dict[str, Any], *, watched: tuple[Stage, ...] = (), **moments: Any
) -> tuple[WhatIf, Plan]:
    """Return a plan with its model, ready to be asked."""
    policy = policy_with(rules)
    plan = solve(region, policy, EXACT, **moments)
    prepared = prepare(region, policy, EXACT, watched=watched, **moments)
    return WhatIf(prepared, plan, EXACT), plan


def short_of_money(region: Region, share: float = 0.75) -> dict[str, Any]:
    """Return a budget that is a share of what everything that is worth offering costs."""
    everything = solve(region, policy_with({}), EXACT)
    return {"region_budget": {"euros_at_most": share * everything.indicators["cost"]}}
