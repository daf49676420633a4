"""Synthetic regions in which no zones merge and learners compete for classes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.generators.region import SIZES, Shape, write_synthetic
from benchmarks.question import Case, Question, Sources, Suite


def ask_of(shape: Shape) -> Callable[[Sources, int, Path], Question]:
    """Return what writes and asks a synthetic region of a shape."""
    return lambda _sources, seed, folder: write_synthetic(shape, seed, folder / "region")


SUITE = Suite(
    name="hard",
    title="Synthetic regions without zones that merge, where learners compete for classes",
    cases=tuple(Case(name, ask_of(shape), ("engine", "highs")) for name, shape in SIZES.items()),
    seeds=(1, 2, 3, 4, 5),
    time_limit=300.0,
    gap=1e-3,
    drawn=True,
)
