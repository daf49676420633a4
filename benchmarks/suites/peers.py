"""The same compiled matrix in other solvers, and the plain way."""

from __future__ import annotations

from benchmarks.generators.region import SIZES
from benchmarks.question import Case, Suite, shipped
from benchmarks.suites.hard import ask_of
from coverage_opt import shipped as shipment

METHODS = ("engine", "highs", "scip", "cpsat", "cbc", "plain")
POLICY = "modular"

SUITE = Suite(
    name="peers",
    title="The same compiled matrix in HiGHS, SCIP, CP-SAT and CBC, and the plain way",
    cases=(
        *(
            Case(f"{region}-{POLICY}", shipped(region, POLICY), METHODS)
            for region in shipment.instance_names()
        ),
        *(Case(f"hard-{name}", ask_of(shape), METHODS) for name, shape in SIZES.items()),
    ),
    time_limit=300.0,
    gap=1e-3,
)
