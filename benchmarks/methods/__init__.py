"""What problems are put to: the engine, the plain way, other solvers, other libraries."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.methods.engine import engine
from benchmarks.methods.peers import cbc, cpsat, highs, scip
from benchmarks.methods.plain import plain
from benchmarks.methods.pysal import spopt
from benchmarks.methods.run import Run
from benchmarks.methods.variants import (
    as_built,
    caps_counted,
    caps_covered,
    caps_linked,
    classes_counted,
    flows_together,
    loose_links,
    scip_units_first,
    takers_free,
)
from benchmarks.methods.what_if import what_if
from benchmarks.task import Found

__all__ = ["METHODS", "Method", "Run"]

Method = Callable[[Run], Found]

WAYS = (engine, plain, highs, scip, cpsat, cbc, spopt, what_if)
VARIANTS = (
    as_built,
    takers_free,
    flows_together,
    loose_links,
    classes_counted,
    caps_linked,
    caps_covered,
    caps_counted,
    scip_units_first,
)

METHODS: dict[str, Method] = {method.__name__: method for method in (*WAYS, *VARIANTS)}
"""Name -> what does a run. Libraries that only one of them needs are imported when it runs."""
