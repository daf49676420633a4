"""Whether the stages reached what they say, and the plan is as good as its status says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from coverage_opt.plan.verify.compare import ROUNDING, allowance, differ, records, said
from coverage_opt.plan.verify.identity import STATUSES
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.plan.verify.worth import Worth
from coverage_opt.policy.policy import Stage
from coverage_opt.rules.base import Violation

EQUAL = 1e-6
"""Value and bound this close have no gap, so that a value of 0 can be optimal."""

SMALLEST = 1e-9
"""The gap is a share of the value, or of this when the value is smaller."""


class _Row(NamedTuple):
    """A row of the table of stages."""

    goal: str
    sense: str
    value: float
    bound: float
    gap: float
    status: str


def stage_violations(recount: Recount, worth: Worth) -> Iterator[Violation]:
    """Yield stages with a wrong goal, value, bound, gap or status, and a wrong status overall."""
    plan = recount.plan
    objective, asked = plan.policy.objective, float(plan.run["gap_asked"])
    rows = {row["stage"]: _row(row) for row in records(recount.given.stated("stages"))}
    for number in sorted(set(rows) - set(range(1, len(objective) + 1))):
        yield Violation("stages", f"stage {number}", 1.0, "The policy has no such stage")
    for number, stage in enumerate(objective, start=1):
        if number in rows:
            for amount, sentence in _faults(stage, rows[number], worth.of(stage), asked):
                yield Violation("stages", f"stage {number}", amount, sentence)
        elif not plan.run.get("interrupted"):
            sentence = f"The stage on {stage.goal} is missing, though nobody stopped the run"
            yield Violation("stages", f"stage {number}", 1.0, sentence)
    every = [
        rows[number].status if number in rows else "feasible"
        for number in range(1, len(objective) + 1)
    ]
    worst = "optimal" if set(every) == {"optimal"} else "feasible"
    if plan.status != worst:
        sentence = f"The plan is said to be {plan.status}, but by its stages it is {worst}"
        yield Violation("stages", "plan", 1.0, sentence)


def _row(row: Mapping[str, Any]) -> _Row:
    return _Row(**{name: row[name] for name in _Row._fields})


def _faults(stage: Stage, row: _Row, value: float, asked: float) -> Iterator[tuple[float, str]]:
    """Yield the amount and the sentence of everything wrong with one stage."""
    if row.goal != stage.goal:
        yield 1.0, f"The goal is said to be '{row.goal}', but is '{stage.goal}'"
    if row.sense != stage.sense:
        yield 1.0, f"{stage.goal} is said to be to {row.sense}, but is to {stage.sense}"
    if differ(row.value, value):
        sentence = f"{stage.goal} is said to be {said(row.value)}, but is {said(value)}"
        yield abs(row.value - value), sentence
    beyond = row.value - row.bound if stage.sense == "maximise" else row.bound - row.value
    if beyond > allowance(row.value):
        sentence = f"{stage.goal} is {said(row.value)}, better than its bound {said(row.bound)}"
        yield beyond, sentence
    yield from _gap_faults(stage, row, asked)


def _gap_faults(stage: Stage, row: _Row, asked: float) -> Iterator[tuple[float, str]]:
    difference = abs(row.bound - row.value)
    gap = difference / max(abs(row.value), SMALLEST)
    none_left = difference <= EQUAL + ROUNDING * EQUAL and row.gap == 0
    # it follows from two numbers next to it, so that even a small gap must be right
    if not (none_left or math.isclose(row.gap, gap, rel_tol=ROUNDING, abs_tol=SMALLEST)):
        yield abs(row.gap - gap), f"The gap is said to be {row.gap:.6g}, but is {gap:.6g}"
    if row.status not in STATUSES:
        yield 1.0, f"The status is {row.status!r}, not {' or '.join(STATUSES)}"
    # what later stages gave up within the tolerance is not held against a stage
    tolerance = stage.tolerance or 0.0
    forgiven = (asked + tolerance) / (1 - tolerance)
    if row.status == "optimal" and row.gap > forgiven + ROUNDING:
        yield row.gap - forgiven, f"A gap of {row.gap:.3%} is not the {asked:.3%} asked for"
    if row.status == "feasible" and row.gap < asked - ROUNDING:
        yield asked - row.gap, f"The stage is called feasible within the gap of {asked:.3%} asked"
