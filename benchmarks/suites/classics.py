"""Classical location problems: published optima, and random ones beside spopt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.classics.convert import write_problem
from benchmarks.classics.published import PUBLISHED, read_published
from benchmarks.generators.covering import Covering, write_covering
from benchmarks.question import Case, Question, Sources, Suite

COVERING = {
    "covering-1000x100": (Covering(1_000, 100, 20, 7.0), 1e-3),
    "covering-10000x500": (Covering(10_000, 500, 50, 4.5), 1e-3),
    "covering-50000x1000": (Covering(50_000, 1_000, 100, 3.2), 5e-3),
}
"""Size and gap asked: of the largest that of its target, so that its time is the time to it."""
COVERING_SECONDS = 600.0


def ask_published(name: str) -> Callable[[Sources, int, Path], Question]:
    """Return what reads and asks a published problem."""

    def ask(sources: Sources, _seed: int, folder: Path) -> Question:
        problem = read_published(name, sources.need_problems())
        return write_problem(problem, name, folder / "region")

    return ask


def _random(size: Covering) -> Callable[[Sources, int, Path], Question]:
    return lambda _sources, seed, folder: write_covering(size, seed, folder / "region")


def _cases() -> tuple[Case, ...]:
    published = [
        Case(
            name,
            ask_published(name),
            ("engine",) if problem.kind == "facility_location" else ("engine", "spopt"),
            published=True,
        )
        for name, problem in PUBLISHED.items()
    ]
    random = [
        Case(
            name,
            _random(size),
            ("engine", "spopt"),
            time_limit=COVERING_SECONDS,
            gap=gap,
        )
        for name, (size, gap) in COVERING.items()
    ]
    return (*published, *random)


SUITE = Suite(
    name="classics",
    title="Classical location problems through the engine's own files and policies",
    cases=_cases(),
    time_limit=900.0,
    gap=0.0,
    needs="--data",
)
