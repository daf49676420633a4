"""Every shipped region under every shipped policy."""

from __future__ import annotations

from benchmarks.question import Case, Figures, Suite, shipped
from coverage_opt import shipped as shipment
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region

POLICIES = (
    *("programme", "current_law", "dossier", "orientation", "modular"),
    *("regional_assembly", "crossovers"),
)
COMPARED = ("programme", "dossier", "orientation", "modular")
"""Policies under which the plain way is tried too."""
FAR_MINUTES = 90.0


def figures_of(region: Region, plan: Plan) -> Figures:
    """Return the indicators of a plan, and what the sanity tables compare."""
    return {
        "region": region.name,
        "policy": plan.policy.name,
        "period": plan.periods[0],
        **{name: round(value, 4) for name, value in plan.indicators.items()},
        "young": round(_young(region, plan), 2),
        "smallest_offer": round(float(plan.offers["learners"].min()), 2),
        "far_zones": _far_zones(region, plan),
    }


def _young(region: Region, plan: Plan) -> float:
    """Return the young learners who ask for a place, a year."""
    demand = region.demand(plan.periods[0])
    return float(demand.loc[demand["learner"] == "young", "learners"].sum())


def _far_zones(region: Region, plan: Plan) -> str:
    """Name the zones with learners that reach no site within :data:`FAR_MINUTES`."""
    zones = region.zones.set_index("zone")["name"]
    nearest = region.minutes.min(axis=1)
    living = sorted(set(region.demand(plan.periods[0])["zone"]))
    return "; ".join(
        f"{zones[zone]} ({zone}): {nearest[zone]:.0f}"
        for zone in living
        if nearest[zone] > FAR_MINUTES
    )


SUITE = Suite(
    name="regional",
    title="Every shipped region under every shipped policy, beside the plain way",
    cases=tuple(
        Case(
            f"{region}-{policy}",
            shipped(region, policy, figures=figures_of),
            ("engine", "plain") if policy in COMPARED else ("engine",),
        )
        for region in shipment.instance_names()
        for policy in POLICIES
    ),
    time_limit=1800.0,
    gap=1e-4,
)
