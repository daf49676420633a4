"""The same model written in other ways."""

from __future__ import annotations

from benchmarks.generators.region import SIZES
from benchmarks.question import Case, Suite, shipped
from benchmarks.suites.classics import ask_published
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
OF_CAPS = ("caps_linked", "caps_covered", "caps_counted")
"""Ways that differ only where intake is capped."""

SUITE = Suite(
    name="formulation",
    title="The first stage written in other ways, each in one solver alone",
    cases=(
        Case("zuid-limburg-modular", shipped("zuid-limburg", "modular"), METHODS),
        Case("achterhoek-modular", shipped("achterhoek", "modular"), METHODS),
        Case("hard-small", ask_of(SIZES["small"]), (*METHODS, *OF_CAPS)),
        Case(
            "capa-8000", ask_published("capa-8000"), ("as_built", *OF_CAPS), 300.0, published=True
        ),
    ),
    time_limit=120.0,
    gap=1e-3,
    needs="--data",
)
