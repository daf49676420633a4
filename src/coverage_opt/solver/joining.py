"""What a plan is in the light of a bound, and what two solves of the same model know together."""

from __future__ import annotations

from dataclasses import replace

from coverage_opt.solver.highs import GAP_SLACK, Outcome, Solver, SolverError, Status
from coverage_opt.solver.progress import relative_gap


def bounded(solver: Solver, found: Outcome, bound: float | None, gap: float) -> Outcome:
    """Return what was found, judged by a bound that holds for the model whatever was found.

    Args:
        solver: holds the model, whose sense counts.
        found: with a plan or without.
        bound: no plan is better; None when nothing is proven.
        gap: relative gap at which the plan counts as optimal.

    Raises:
        SolverError: the plan is so far beyond the bound that one of them is wrong.
    """
    if found.value is None:
        return Outcome(Status.NO_PLAN, None, None, bound, None, found.seconds, 0, found.interrupted)
    if bound is None:
        return replace(found, status=Status.FEASIBLE, bound=None, gap=None)
    bound = solver.reconciled(found.value, bound)
    reached = relative_gap(found.value, bound)
    status = Status.OPTIMAL if reached <= gap + GAP_SLACK else Status.FEASIBLE
    return replace(found, status=status, bound=bound, gap=reached)


def joined(solver: Solver, before: Outcome, after: Outcome, gap: float) -> Outcome:
    """Join what two solves of the same model found: the better plan and the better bound.

    Args:
        solver: holds the model, whose sense counts.
        before: the first of them.
        after: the second, which says what is known where neither has a plan.
        gap: relative gap at which the plan counts as optimal.

    Raises:
        SolverError: the second calls infeasible what the first has a plan of.
    """
    better, worse = (max, min) if solver.sense == "maximise" else (min, max)
    seconds = before.seconds + after.seconds
    bounds = [outcome.bound for outcome in (before, after) if outcome.bound is not None]
    bound = worse(bounds) if bounds else None
    plans = [outcome for outcome in (after, before) if outcome.value is not None]
    if not plans:
        bound = bound if after.status is Status.NO_PLAN else None
        return replace(after, bound=bound, seconds=seconds)
    if after.status is Status.INFEASIBLE:
        raise SolverError("HiGHS calls a model infeasible of which a plan is in hand")
    best = better(plans, key=lambda outcome: outcome.value or 0.0)
    judged = bounded(solver, best, bound, gap)
    return replace(judged, seconds=seconds, interrupted=after.interrupted)
