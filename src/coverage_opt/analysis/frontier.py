"""The frontier between two indicators: how much of one has to be given up for the other.

By the epsilon-constraint method (Haimes, 1971): one is made as good as it can be while the other
is held to a limit, for several limits between its best and what it is where only the first counts.
The model is compiled once; between the points only a row changes. Every plan that is found on the
way is kept: one that was found for a point may do better for another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from coverage_opt.errors import InputError, Problem
from coverage_opt.planning.failures import Infeasible, NoPlan
from coverage_opt.planning.prepared import Prepared, prepare
from coverage_opt.policy.policy import ONLY_MINIMISED, Policy, Stage
from coverage_opt.policy.stage import Term
from coverage_opt.region.region import Region
from coverage_opt.solver.completing import Whole, improve
from coverage_opt.solver.highs import Solver
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.outcome import Status
from coverage_opt.solver.progress import Listener, relative_gap, silent
from coverage_opt.solver.stages import Goal, Hint, run_stages

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LESS_IS_BETTER: frozenset[Term] = ONLY_MINIMISED | {"travel_minutes", "offers"}
"""Terms that are made small on a frontier; all others are made large."""

ROUGH = 0.05
"""How near to the best the plan is that the search begins with, at the least."""

SHARE_TO_MOVE, SHARE_TO_PROVE = 0.5, 0.6
"""Of the time for a point, moving on from the best plan known may use the first; of what is left,
the search and its proof the second; the rest goes to making the other indicator as good as it can
be. To move on brings most: in Zeeland most blocks are decided anew in 5 s, the whole in hours."""

SAME = 1e-6
"""Share by which two points must differ not to be the same."""

ROUNDING = 1e-9
"""Share by which a goal may fall while another is pursued: not so much that it could be seen."""


@dataclass(frozen=True)
class Point:
    """One point of the frontier.

    Attributes:
        limit: that was set to x; None where it was free.
        x: of the plan found, made as good as it can be where y stays.
        y: of the plan found.
        bound: no plan within the limit has a better y.
        gap: relative, of y.
        offers: period -> number of offers.
        seconds: wall time.
    """

    limit: float | None
    x: float
    y: float
    bound: float
    gap: float
    offers: dict[int, int]
    seconds: float


@dataclass(frozen=True)
class Frontier:
    """What can be had of one indicator for how much of another.

    Attributes:
        x: the stage that is limited.
        y: the stage that is pursued.
        points: those that no other is better than in both, from the best x on.
        dominated: number of points that were left out.
        best_x: bound of x alone: no plan has a better one.
    """

    x: Stage
    y: Stage
    points: tuple[Point, ...]
    dominated: int
    best_x: float


def stage_for(term: Term) -> Stage:
    """Return the stage that pursues one term in its usual sense."""
    return Stage(minimise={term: 1.0}) if term in LESS_IS_BETTER else Stage(maximise={term: 1.0})


def frontier(
    region: Region,
    policy: Policy,
    x: Term,
    y: Term,
    number: int,
    limits: Limits,
    *,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
    listener: Listener = silent,
    told: Callable[[Point], None] = lambda point: None,
) -> Frontier:
    """Return the frontier between two terms under the rules of a policy.

    Args:
        region: the region.
        policy: its rules hold; its objective does not count.
        x: the term that is limited.
        y: the term that is pursued; another one.
        number: of points to look for, at least 2.
        limits: gap, seed, threads, and time for each point.
        periods: calendar years; by default the region's first alone.
        scenarios: name of a scenario set.
        listener: hears how it goes.
        told: hears of each point as soon as it is known.

    Raises:
        InputError: the terms are the same, or the region lacks what one needs.
        Infeasible: no plan satisfies the policy.
        NoPlan: a limit came before a plan was found.
    """
    if x == y:
        what = f"a frontier is between two indicators, and both are {x}"
        raise InputError([Problem(what, advice="give another one for x or y")])
    stages = (stage_for(x), stage_for(y))
    prepared = prepare(region, policy, limits, periods=periods, scenarios=scenarios, watched=stages)
    search = _Search(prepared, stages, limits, listener)
    found = list(search.points(number, told))
    kept = _undominated(found, search.sign_x, search.sign_y)
    return Frontier(stages[0], stages[1], kept, len(found) - len(kept), search.best_x)


class _Known:
    """All plans that were found on the way, and what no plan betters.

    Args:
        x: the goal that is limited.
        y: the goal that is pursued.
    """

    def __init__(self, x: Goal, y: Goal) -> None:
        """Nothing is known yet."""
        self._x, self._y = x, y
        self._plans: list[tuple[float, float, Vector]] = []
        self._within: list[tuple[float, float]] = []

    def found(self, columns: Vector) -> None:
        """Keep a plan."""
        x, y = (goal.sign * goal.value(columns) for goal in (self._x, self._y))
        self._plans.append((x, y, columns))

    def proved_within(self, limit: float | None, most: float) -> None:
        """Keep what was proven of the y of all plans within a limit of x."""
        self._within.append((self._least(limit), most))

    def best(self, limit: float | None, goal: Goal) -> Vector | None:
        """Return the best plan within a limit of x; None where none is known."""
        least = self._least(limit)
        known = [one for one in self._plans if one[0] >= least - SAME * max(1.0, abs(least))]
        of = 0 if goal is self._x else 1
        return max(known, key=lambda one: (one[of], one[1 - of]))[2] if known else None

    def bound(self, limit: float | None) -> float:
        """Return what the y of no plan within a limit of x betters."""
        least = self._least(limit)
        bounds = [most for other, most in self._within if other <= least]
        return self._y.sign * min(bounds, default=np.inf)

    def _least(self, limit: float | None) -> float:
        """Return what x is at the least, where more of it is better, within a limit."""
        return -np.inf if limit is None else self._x.sign * limit


class _Search:
    """Finds one point after the other, each from the best plan that is known for it."""

    def __init__(
        self,
        prepared: Prepared,
        stages: tuple[Stage, Stage],
        limits: Limits,
        listener: Listener,
    ) -> None:
        self._prepared, self._limits, self._listener = prepared, limits, listener
        self._x, self._y = map(prepared.goal_of, stages)
        self.sign_x, self.sign_y = self._x.sign, self._y.sign
        self.best_x = self.sign_x * np.inf
        self._known = _Known(self._x, self._y)

    def points(self, number: int, told: Callable[[Point], None]) -> Sequence[Point]:
        """Return the two ends and what lies between, from the best x on."""
        # any plan will do to begin with, and that of the policy's own goal is soon found
        rough = replace(self._limits, gap=max(self._limits.gap, ROUGH))
        self._pursued(self._prepared.goals[0], None, None, rough)
        end = self._searched(None, told)
        nearest, self.best_x = self._pursued(self._x, self._y, None, self._limits)
        limits = np.linspace(self._x.value(nearest), end.x, number)[:-1].tolist()
        found = [*(self._searched(limit, told) for limit in limits), end]
        # what was found for one point may do better for another
        return [self._point(one.limit, one.seconds) for one in found]

    def _searched(self, limit: float | None, told: Callable[[Point], None]) -> Point:
        """Look for a point from the best plan that is known within its limit."""
        began = time.monotonic()
        _, bound = self._pursued(self._y, self._x, limit, self._limits)
        self._known.proved_within(limit, self.sign_y * bound)
        found = self._point(limit, time.monotonic() - began)
        told(found)
        return found

    def _point(self, limit: float | None, seconds: float) -> Point:
        """Return what is known of the best y within a limit."""
        columns = self._known.best(limit, self._y)
        if columns is None:
            raise NoPlan("no plan was found for a point within the limits")
        column = self._prepared.handed.matrix.column
        offers = {
            period.period: sum(bool(columns[column(v)] > 0.5) for v in period.offer.values())
            for period in self._prepared.model.periods
        }
        x, y = self._x.value(columns), self._y.value(columns)
        bound = self.sign_y * max(self.sign_y * self._known.bound(limit), self.sign_y * y)
        return Point(limit, x, y, bound, relative_gap(y, bound), offers, seconds)

    def _pursued(
        self, first: Goal, second: Goal | None, limit: float | None, limits: Limits
    ) -> tuple[Vector, float]:
        """Pursue a goal, x within its limit, and another that leaves the first as it is.

        Returns:
            The plan, and what no plan betters in the first goal.
        """
        solver = self._prepared.afresh(limits).solver
        if limit is not None:
            self._x.keep(solver, limit, SAME * max(1.0, abs(limit)))
        deadline, hint = Deadline.after(limits.time_limit_seconds), Hint()
        known = self._known.bound(limit) if first is self._y else None
        if (begin := self._known.best(limit, first)) is not None:
            share = deadline.share(SHARE_TO_MOVE)
            hint = self._begun(solver, first, begin, share, known)
        share = deadline if second is None else deadline.share(SHARE_TO_PROVE)
        blocks, listener = self._prepared.blocks, self._listener
        staged = run_stages(solver, (first,), limits, share, listener, blocks, hint)
        if staged.interrupted:
            raise KeyboardInterrupt
        if staged.status is Status.INFEASIBLE:
            raise Infeasible("no plan satisfies every rule of the policy")
        if staged.columns is None:
            raise NoPlan("no plan was found for a point within the limits")
        columns, value = staged.columns, first.value(staged.columns)
        if second is not None:
            first.keep(solver, value, ROUNDING * max(1.0, abs(value)))
            columns = self._moved(solver, second, columns, deadline, None)
        self._known.found(columns)
        return columns, staged.stages[0].bound

    def _begun(
        self, solver: Solver, goal: Goal, columns: Vector, deadline: Deadline, bound: float | None
    ) -> Hint:
        """Return a plan that is known, made better for a goal, and its bound."""
        best = self._moved(solver, goal, columns, deadline, bound)
        whole = np.flatnonzero(self._prepared.handed.matrix.integer)
        start = {int(column): float(np.round(best[column])) for column in whole}
        return Hint((start,), bound if bound is not None and np.isfinite(bound) else None)

    def _moved(
        self,
        solver: Solver,
        goal: Goal,
        columns: Vector,
        deadline: Deadline,
        bound: float | None,
    ) -> Vector:
        """Return a plan that is better for a goal: each block in turn is decided anew.

        Before that, counts are made what this goal wants of them, as a plan that was made for
        another may have many times the groups it needs.
        """
        whole = np.flatnonzero(self._prepared.handed.matrix.integer)
        chosen = whole[solver.column_upper[whole] <= 1.0]
        goal.pursue(solver)
        solver.start_from(columns)
        with solver.holding(chosen, np.round(columns[chosen])):
            found = solver.solve(gap=ROUGH, time_limit=deadline.remaining())
        if found.values is None:
            return columns
        known = goal.sign * np.inf if bound is None else bound
        labels = self._prepared.blocks
        labels = labels if (labels >= 0).any() else np.zeros_like(labels)
        limits, listener = self._limits, self._listener
        parts = Whole(
            solver, limits, labels, limits.gap, known, deadline, Event(), listener, goal.name
        )
        found = improve(parts, found, parts.good_enough)
        if parts.stopped.is_set():
            raise KeyboardInterrupt
        return columns if found.values is None else found.values


def _undominated(found: Sequence[Point], sign_x: float, sign_y: float) -> tuple[Point, ...]:
    """Return the points that no other is as good as in both, each once."""
    kept: list[Point] = []
    for point in sorted(found, key=lambda one: (-sign_x * one.x, -sign_y * one.y)):
        best = max((sign_y * one.y for one in kept), default=-np.inf)
        if sign_y * point.y > best + SAME * max(1.0, abs(point.y)):
            kept.append(point)
    return tuple(kept)
