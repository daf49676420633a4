"""A plan, and then what the engine says when one offer is forced closed, or open."""

from __future__ import annotations

import time
from contextlib import suppress

from benchmarks.methods.clock import HighsClock
from benchmarks.methods.run import Run, fingerprint
from benchmarks.task import Found
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, NoPlan, solve
from coverage_opt.policy.load import load_policy
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits


def what_if(run: Run) -> Found:
    """Plan, ask twice, and note how long each took; the slower answer counts."""
    region, policy = run.read()
    limits = Limits(run.task.time_limit, run.task.gap, run.task.seed)
    first = policy.objective[0]
    with HighsClock() as clock:
        began = time.monotonic()
        plan = solve(region, policy, limits, listener=run.trace.listener(first.goal))
        took = time.monotonic() - began
        closed = _asked(run, region, limits, "must_not", _largest(plan))
        opened = _asked(run, region, limits, "must", _missing(region, plan))
    stage = plan.stages.iloc[0]
    found = Found("optimal" if plan.status == "optimal" else "feasible", first.sense)
    found.value, found.bound = float(stage["value"]), float(stage["bound"])
    found.highs_seconds, found.fingerprint = clock.seconds, fingerprint(region, policy)
    found.figures |= {
        "first_seconds": round(took, 3),
        "closed_seconds": round(closed, 3),
        "opened_seconds": round(opened, 3),
        "again_seconds": round(max(closed, opened), 3),
    }
    return found


def _asked(run: Run, region: Region, limits: Limits, way: str, offer: tuple[str, str]) -> float:
    """Ask with one offer more or less, and return the seconds to the answer, whatever it is."""
    programme, site = offer
    change = f"rules.fixed_offers.{way}=[{{programme: {programme}, site: {site}}}]"
    asked = run.question
    policy = load_policy(asked.policy, (*asked.overrides, change), asked.variant)
    began = time.monotonic()
    # that nothing can be planned so is an answer too
    with suppress(Infeasible, NoPlan):
        solve(region, policy, limits)
    return time.monotonic() - began


def _largest(plan: Plan) -> tuple[str, str]:
    """Return the offer that most learners start."""
    offers = plan.offers.sort_values(["learners", "programme", "site"], ascending=False)
    return str(offers["programme"].iloc[0]), str(offers["site"].iloc[0])


def _missing(region: Region, plan: Plan) -> tuple[str, str]:
    """Return what could be offered besides: of what is offered, the first at another site."""
    offered = set(zip(plan.offers["programme"], plan.offers["site"], strict=True))
    popular = plan.offers.sort_values(["learners", "programme"], ascending=False)["programme"]
    sites = region.teachable.groupby("programme")["site"].agg(list)
    for programme in popular:
        for site in sorted(sites[programme]):
            if (programme, site) not in offered:
                return str(programme), str(site)
    raise ValueError(f"everything that is offered in {region.name} is offered everywhere")
