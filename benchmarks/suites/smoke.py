"""A problem of seconds, to see that everything runs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.generators.region import Shape, write_synthetic
from benchmarks.question import Case, Question, Sources, Suite

SHAPE = Shape(zones=10, sites=3, programmes=8)


def _ask(_sources: Sources, seed: int, folder: Path) -> Question:
    return write_synthetic(SHAPE, seed, folder / "region")


SUITE = Suite(
    name="smoke",
    title="A synthetic region that takes seconds, to see that everything runs",
    cases=(Case("tiny", _ask, ("engine", "plain", "highs")),),
    seeds=(1, 2),
    time_limit=60.0,
    drawn=True,
)
