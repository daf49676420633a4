"""A plan, and then what the engine says when single offers are forced closed, or open."""

from __future__ import annotations

import time

from benchmarks.methods.clock import HighsClock
from benchmarks.methods.run import Run, fingerprint
from benchmarks.task import Found
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, prepare, solve
from coverage_opt.planning.changes import Change, Pair
from coverage_opt.planning.what_if import Answer, WhatIf
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits

QUESTIONS = 3
"""Offers that are closed, one at a time, and as many that are opened."""


def what_if(run: Run) -> Found:
    """Plan, take the plan in hand, and ask; the slowest answer counts.

    An answer has a plan (or the proof that there is none) and a bound that holds. Taking the plan
    in hand, which is done once for all questions, is noted by itself.
    """
    region, policy = run.read()
    limits = Limits(run.task.time_limit, run.task.gap, run.task.seed)
    first = policy.objective[0]
    with HighsClock() as clock:
        began = time.monotonic()
        plan = solve(region, policy, limits, listener=run.trace.listener(first.goal))
        took = time.monotonic() - began
        began = time.monotonic()
        asked = WhatIf(prepare(region, policy, limits), plan, limits)
        ready = time.monotonic() - began
        closed = [_asked(asked, Change(closed=frozenset({pair}))) for pair in _offered(plan)]
        opened = [_asked(asked, Change(opened=frozenset({pair}))) for pair in _missing(asked, plan)]
    stage = plan.stages.iloc[0]
    found = Found("optimal" if plan.status == "optimal" else "feasible", first.sense)
    found.value, found.bound = float(stage["value"]), float(stage["bound"])
    found.highs_seconds, found.fingerprint = clock.seconds, fingerprint(region, policy)
    answered = [answer for _, answer in (*closed, *opened) if answer is not None]
    found.figures |= {
        "first_seconds": round(took, 3),
        "ready_seconds": round(ready, 3),
        "closed_seconds": round(max(seconds for seconds, _ in closed), 3),
        "opened_seconds": round(max((seconds for seconds, _ in opened), default=0.0), 3),
        "again_seconds": round(max(seconds for seconds, _ in (*closed, *opened)), 3),
        "questions": len(closed) + len(opened),
        "widest_gap": max((answer.gap for answer in answered), default=0.0),
    }
    return found


def _asked(what_if: WhatIf, change: Change) -> tuple[float, Answer | None]:
    """Return the seconds to the answer, and the answer; None where nobody could fill the offer."""
    began = time.monotonic()
    try:
        answer = what_if.ask(change)
    except Infeasible:
        answer = None
    return time.monotonic() - began, answer


def _offered(plan: Plan) -> list[Pair]:
    """Return the offer that most learners start, the one in the middle and the smallest."""
    offers = plan.offers.sort_values(["learners", "programme", "site"], ascending=False)
    pairs = list(zip(offers["programme"], offers["site"], strict=True))
    return sorted(
        {pairs[place * (len(pairs) - 1) // (QUESTIONS - 1)] for place in range(QUESTIONS)}
    )


def _missing(what_if: WhatIf, plan: Plan) -> list[Pair]:
    """Return what could be offered besides: the most popular programmes, at another site each."""
    region: Region = what_if.prepared.region
    offered = set(zip(plan.offers["programme"], plan.offers["site"], strict=True))
    possible = set(what_if.prepared.model.periods[0].offer)
    popular = plan.offers.groupby("programme")["learners"].sum().sort_values(ascending=False)
    found: list[Pair] = []
    for programme in popular.index:
        sites = sorted(region.teachable.query("programme == @programme")["site"])
        others = [(programme, site) for site in sites]
        free = [pair for pair in others if pair in possible and pair not in offered]
        found += free[:1]
    return found[:QUESTIONS]
