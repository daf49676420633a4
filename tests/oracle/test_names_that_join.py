"""Identifiers that look like others when joined are still told apart."""

from __future__ import annotations

from builders import tiny_region
from coverage_opt.planning import solve
from coverage_opt.policy.load import load_policy
from coverage_opt.solver.limits import Limits


def test_sites_named_like_a_sum_of_sites() -> None:
    site = ("north", "Centre", "Hill", 51.5, 3.6, "main")
    region = tiny_region(
        sites=[(name, *site) for name in ("s", "t", "s+t")],
        institutions=[("north", "North College")],
        site_domains=[
            (name, domain) for name in ("s", "t", "s+t") for domain in ("technology", "care")
        ],
        travel=[
            *(("hill", name, 10) for name in ("s", "t")),
            ("hill", "s+t", 80),
            ("bank", "s", 80),
            ("bank", "t", 80),
            ("bank", "s+t", 10),
            *(("hook", name, 20) for name in ("s", "t", "s+t")),
        ],
        site_travel=None,
    )
    policy = load_policy("programme", ["rules.travel_limit.minutes=60"])
    plan = solve(region, policy, Limits(gap=0.0))
    assert plan.status == "optimal"
    apart = solve(region, policy, Limits(gap=0.0), merge_zones=False)
    assert abs(plan.stages["value"].iloc[0] - apart.stages["value"].iloc[0]) < 1e-6
