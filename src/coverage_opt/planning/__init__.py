"""From a region and a policy to a verified plan, and what would change if something else held."""

from coverage_opt.handing_over import HeldOffers
from coverage_opt.planning.failures import NO_PLAN, Infeasible, NoPlan, UnverifiedPlan
from coverage_opt.planning.prepared import Prepared, prepare
from coverage_opt.planning.solving import solve

__all__ = [
    "NO_PLAN",
    "HeldOffers",
    "Infeasible",
    "NoPlan",
    "Prepared",
    "UnverifiedPlan",
    "prepare",
    "solve",
]
