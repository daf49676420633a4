"""The same model written in other ways."""

from __future__ import annotations

from benchmarks.generators.region import SIZES
from benchmarks.question import Case, Suite, shipped
from benchmarks.suites.hard import ask_of

METHODS = (
    "as_built",
    "takers_free",
    "flows_together",
    "loose_links",
    "classes_counted",
    "scip",
    "scip_units_first",
)

SUITE = Suite(
    name="formulation",
    title="The first stage written in other ways, each in one solver alone",
    cases=(
        Case("zuid-limburg-modular", shipped("zuid-limburg", "modular"), METHODS),
        Case("achterhoek-modular", shipped("achterhoek", "modular"), METHODS),
        Case("hard-small", ask_of(SIZES["small"]), METHODS),
    ),
    time_limit=120.0,
    gap=1e-3,
)
