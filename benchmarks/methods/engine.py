"""The engine as a user has it: from the files of a region to a verified plan."""

from __future__ import annotations

from benchmarks.methods.clock import HighsClock
from benchmarks.methods.run import Run, fingerprint
from benchmarks.task import Found
from coverage_opt.planning import Infeasible, NoPlan, solve
from coverage_opt.solver.limits import Limits

SEARCHING = "solve"
"""Phase of a plan's manifest in which the offers are decided."""


def engine(run: Run) -> Found:
    """Load, solve and verify; the clock counts all of it."""
    asked = run.question
    region, policy = run.read()
    loaded = run.trace.seconds
    first = policy.objective[0]
    limits = Limits(run.task.time_limit, run.task.gap, run.task.seed)
    mark = fingerprint(region, policy)
    with HighsClock() as clock:
        try:
            plan = solve(
                region,
                policy,
                limits,
                periods=run.periods(region),
                scenarios=asked.scenarios,
                listener=run.trace.listener(first.goal, asked.scale),
            )
        except (Infeasible, NoPlan) as error:
            status = "infeasible" if isinstance(error, Infeasible) else "no_plan"
            found = Found(status, first.sense, highs_seconds=clock.seconds, fingerprint=mark)
            found.figures["note"] = str(error).splitlines()[0]
            return found
    stage = plan.stages.iloc[0]
    value, bound = (asked.scale * float(stage[name]) for name in ("value", "bound"))
    run.trace.note(value, bound)
    phases = dict(plan.run["seconds"])
    found = Found(
        # of the first stage: what later stages leave open is in the plan's own status
        status="optimal" if stage["status"] == "optimal" else "feasible",
        sense=first.sense,
        value=value,
        bound=bound,
        build_seconds=loaded + sum(phases.get(n, 0.0) for n in ("reduce", "build", "hand_over")),
        highs_seconds=clock.seconds,
        fingerprint=mark,
    )
    found.figures |= {"plan_status": plan.status, "load": round(loaded, 3)}
    found.figures |= {f"phase_{name}": round(seconds, 3) for name, seconds in phases.items()}
    for name, (before, after) in plan.run["reductions"].items():
        found.figures |= {f"{name} before": before, f"{name} after": after}
    if asked.figures is not None:
        found.figures |= asked.figures(region, plan)
    return found
