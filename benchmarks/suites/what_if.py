"""A question put to a plan: what if this were not offered, or that were?"""

from __future__ import annotations

from benchmarks.question import Case, Suite, shipped
from coverage_opt import shipped as shipment

POLICIES = ("programme", "modular")

SUITE = Suite(
    name="what_if",
    title="A plan, then the same with one offer forced closed, and with one forced open",
    cases=tuple(
        Case(f"{region}-{policy}", shipped(region, policy), ("what_if",))
        for region in shipment.instance_names()
        for policy in POLICIES
    ),
    time_limit=600.0,
    gap=1e-3,
    grace=1200.0,
)
