"""The whole of the Netherlands, with sites that are made up."""

from __future__ import annotations

from pathlib import Path

from benchmarks.generators.national import write_national
from benchmarks.question import Case, Question, Sources, Suite

POLICY = "modular"


def _ask(sources: Sources, _seed: int, folder: Path) -> Question:
    region = folder / "netherlands"
    write_national(sources.need_facts(), region)
    return Question(str(region), POLICY)


SUITE = Suite(
    name="national",
    title="All 4,074 postcode areas of the Netherlands, with synthetic sites",
    cases=(Case("netherlands-modular", _ask, ("engine",), published=True),),
    time_limit=3600.0,
    gap=2e-2,
    grace=600.0,
    needs="--facts",
)
