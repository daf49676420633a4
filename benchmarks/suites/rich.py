"""Four periods under six scenarios with every duty: the largest model of a shipped region."""

from __future__ import annotations

from benchmarks.question import Case, Suite, shipped

ASKED = shipped("zeeland", "modular", variant="all_duties", periods=4, scenarios="futures")

SUITE = Suite(
    name="rich",
    title="Zeeland in four periods and six scenarios, with all duties",
    cases=(Case("zeeland-all-duties", ASKED, ("engine", "plain")),),
    time_limit=600.0,
    gap=5e-3,
    grace=300.0,
)
