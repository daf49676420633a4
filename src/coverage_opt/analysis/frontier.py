"""The frontier between two indicators: how much of one has to be given up for the other.

By the epsilon-constraint method (Haimes, 1971): one is made as good as it can be while the other
is held to a limit, for several limits between its best and what it is where only the first counts.
The model is compiled once; between the points only a row changes.
"""

from __future__ import annotations

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
from coverage_opt.solver.stages import Goal, Hint, Staged, run_stages

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

LESS_IS_BETTER: frozenset[Term] = ONLY_MINIMISED | {"travel_minutes", "offers"}
"""Terms that are made small on a frontier; all others are made large."""

ROUGH = 0.05
"""How near to the best the plan is that the search begins with, at the least."""

SHARE_OF_TIME = 0.4
"""Of the time for a point, moving on from the point before may use this much."""

SAME = 1e-6
"""Share by which two points must differ not to be the same."""


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


class _Search:
    """Finds one point after the other, each from the offers of the one before."""

    def __init__(
        self,
        prepared: Prepared,
        stages: tuple[Stage, Stage],
        limits: Limits,
        listener: Listener,
    ) -> None:
        self._prepared, self._limits, self._listener = prepared, limits, listener
        self._x, self._y = map(prepared.goal_of, stages)
        self.sign_x, self.sign_y = _sign(self._x), _sign(self._y)
        self.best_x = self.sign_x * np.inf
        self._columns: Vector | None = None

    def points(self, number: int, told: Callable[[Point], None]) -> Sequence[Point]:
        """Return the two ends and what lies between, from the best x on."""
        # any plan will do to begin with, and that of the policy's own goal is soon found
        rough = replace(self._limits, gap=max(self._limits.gap, ROUGH))
        self._staged(self._prepared.goals[:1], None, rough)
        end = self._point(None, told)
        first = self._staged((self._x, self._y), None)
        self.best_x = first.stages[0].bound
        near = first.stages[0].value
        limits = np.linspace(near, end.x, number)[:-1].tolist()
        return [*(self._point(limit, told) for limit in limits), end]

    def _point(self, limit: float | None, told: Callable[[Point], None]) -> Point:
        staged = self._staged((self._y, self._x), limit)
        y, x = staged.stages
        columns, period_of = staged.columns, self._prepared.model.periods
        column = self._prepared.handed.matrix.column
        offers = {
            period.period: sum(
                bool(columns is not None and columns[column(v)] > 0.5)
                for v in period.offer.values()
            )
            for period in period_of
        }
        gap = relative_gap(y.value, y.bound)
        found = Point(limit, x.value, y.value, y.bound, gap, offers, y.seconds + x.seconds)
        told(found)
        return found

    def _staged(
        self, goals: tuple[Goal, ...], limit: float | None, limits: Limits | None = None
    ) -> Staged:
        """Pursue goals in order, x within its limit, from the offers of the point before."""
        limits = limits or self._limits
        handed = self._prepared.afresh(limits)
        if limit is not None:
            used = np.flatnonzero(self._x.coefficients)
            # by no more than rounding beyond what was reached before
            end = limit + SAME * self._slack(limit) - self._x.offset
            lower, upper = (-np.inf, end) if self.sign_x < 0 else (end, np.inf)
            handed.solver.add_row(lower, upper, used, self._x.coefficients[used])
        deadline = Deadline.after(limits.time_limit_seconds)
        staged = run_stages(
            handed.solver,
            goals,
            limits,
            deadline,
            self._listener,
            self._prepared.blocks,
            self._begun(handed.solver, goals[0], deadline),
        )
        if staged.interrupted:
            raise KeyboardInterrupt
        if staged.status is Status.INFEASIBLE:
            raise Infeasible("no plan satisfies every rule of the policy")
        if staged.columns is None or len(staged.stages) < len(goals):
            raise NoPlan("no plan was found for a point within the limits")
        self._columns = staged.columns
        return staged

    def _slack(self, limit: float) -> float:
        return (1.0 if self.sign_x < 0 else -1.0) * max(1.0, abs(limit))

    def _begun(self, solver: Solver, goal: Goal, deadline: Deadline) -> Hint:
        """Return the plan of the point before, made better for the goal block by block."""
        if self._columns is None:
            return Hint()
        whole = np.flatnonzero(self._prepared.handed.matrix.integer)
        lower, upper = solver.column_lower[whole], solver.column_upper[whole]
        solver.set_objective(goal.coefficients, goal.offset, goal.sense)
        solver.change_bounds(whole, np.round(self._columns[whole]), np.round(self._columns[whole]))
        found = solver.solve(gap=0.0, time_limit=deadline.remaining())
        solver.change_bounds(whole, lower, upper)
        if found.values is None:
            return Hint()
        share, endless = Deadline.after(SHARE_OF_TIME * deadline.remaining()), _sign(goal) * np.inf
        limits, labels = self._limits, self._prepared.blocks
        parts = Whole(solver, limits, labels, limits.gap, endless, share, Event(), self._listener)
        found = improve(parts, found, lambda _: False)
        if parts.stopped.is_set():
            raise KeyboardInterrupt
        best = found.values
        return Hint() if best is None else Hint({int(c): float(np.round(best[c])) for c in whole})


def _undominated(found: Sequence[Point], sign_x: float, sign_y: float) -> tuple[Point, ...]:
    """Return the points that no other is as good as in both, each once."""
    kept: list[Point] = []
    for point in sorted(found, key=lambda one: (-sign_x * one.x, -sign_y * one.y)):
        best = max((sign_y * one.y for one in kept), default=-np.inf)
        if sign_y * point.y > best + SAME * max(1.0, abs(point.y)):
            kept.append(point)
    return tuple(kept)


def _sign(goal: Goal) -> float:
    return 1.0 if goal.sense == "maximise" else -1.0
