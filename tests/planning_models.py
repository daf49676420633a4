"""From a region and a policy to a case and its model, as planning does, for tests of the parts."""

from __future__ import annotations

from collections.abc import Sequence

from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case
from coverage_opt.formulation.moments import moments_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region


def case_of(
    region: Region,
    policy: Policy,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
    *,
    merge: bool = True,
) -> Case:
    """Return the case; by default of the first period alone."""
    futures = region.scenario_set(scenarios)
    moments = moments_of(region, region.periods[:1] if periods is None else periods, futures)
    return build_case(region, policy, teaching(region, policy), moments, futures, merge=merge)


def model_of(case: Case) -> PlanningModel:
    """Return the model for the stages of the case's policy that decide offers or units."""
    policy = case.policy
    return build(case, policy, [each for each in policy.objective if each.decides != "placement"])
