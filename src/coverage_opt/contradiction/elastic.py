"""A model in which every demand of a rule may be fallen short of, at a price.

Each row of a rule gets a column of its own for what is missing (or too much). Held at 0 the demand
holds; let free it can be ignored; weighed in the goal it is broken only where that is cheapest. So
one model answers what can hold together, and how little would have to give. Whole numbers stay
whole: a contradiction that fractions would hide is found too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coverage_opt.formulation.blocks import SPANNING, blocks_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import HandedOver, HeldOffers
from coverage_opt.rules.demand import Demand
from coverage_opt.solver.compile import compile_model, objective_vector
from coverage_opt.solver.completing import block_range
from coverage_opt.solver.highs import Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix
from coverage_opt.solver.progress import silent
from coverage_opt.solver.slack import Slack
from coverage_opt.solver.stages import Goal, run_stages

MISSING_AT_LEAST = 1e-6
"""Of what giving a demand up counts: less than this is rounding."""


PRICE_BESIDE_GOAL = 0.05
"""What giving up one demand counts beside the model's own goal, as a share of its best value."""

GAP_BY_GOAL = 0.01
"""How near to the best a plan for both comes; the price alone is pursued from there."""

SHARE_BY_GOAL = 0.7
"""Of the time there is, a plan for both may use this much, and of that its relaxation."""

_NOTHING = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Shortfall:
    """What a plan leaves of the demands.

    Attributes:
        missing: position of each demand that is not met -> by how much, in the unit of its row.
        price: of all of it together, where 1 is giving up one demand.
        bound: no plan is cheaper; None where that is not known.
        columns: the plan, one value for each column of the model itself.
    """

    missing: Mapping[int, float]
    price: float
    bound: float | None
    columns: NDArray[np.float64]


class Elastic:
    """A model with a column for what is missing of each demand.

    Attributes:
        model: the model.
        matrix: the model as arrays, without the added columns.
        demands: its rules' demands that hang on a decision, in the order of the rows.
    """

    def __init__(self, model: PlanningModel, limits: Limits) -> None:
        """Compile the model.

        Raises:
            ContradictionError: a row without any decision in it can never hold.
        """
        self.model = model
        self.matrix = compile_model(model.pyomo)
        found = [(row, model.demand_of(of_row)) for row, of_row in enumerate(self.matrix.rows)]
        ruled = [row for row, demand in found if demand is not None]
        self.demands: tuple[Demand, ...] = tuple(each for _, each in found if each is not None)
        added = Slack.of(self.matrix, ruled)
        self._owner = np.searchsorted(ruled, added.rows)
        self._first = len(self.matrix.columns)
        self._prices = 1.0 / _whole(self.matrix)[ruled][self._owner]
        self._limits = Limits(None, seed=limits.seed, threads=limits.threads)
        self._solver = Solver(added.widened(most=0.0), Limits(seed=limits.seed, threads=1))
        self._blocks = _with_slack(self.matrix, added, blocks_of(model, self.matrix.columns))
        self._held: NDArray[np.bool_] = np.ones(len(self._owner), dtype=np.bool_)

    def has_plan(self, kept: Collection[int], deadline: Deadline) -> bool | None:
        """Tell whether some of the demands can be met together; None when time did not suffice.

        Args:
            kept: positions of the demands that must hold; all others may be ignored.
            deadline: of the search.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        self._falling_short(kept, np.zeros(len(self._owner))).pursue(self._solver)
        outcome = self._solver.solve(gap=1.0, time_limit=deadline.remaining()).uninterrupted()
        if outcome.status is Status.INFEASIBLE:
            return False
        return True if outcome.values is not None else None

    def cheapest(
        self,
        held: Collection[int],
        priced: Collection[int],
        deadline: Deadline,
        gap: float = 1e-3,
        *,
        by_goal: bool = False,
    ) -> Shortfall | None:
        """Return the cheapest way to fall short of some demands while others hold.

        Args:
            held: positions of the demands that must hold.
            priced: those that may give, at a price; all others may be ignored.
            deadline: of the search.
            gap: how near to the cheapest is good enough.
            by_goal: whether to begin from a plan that is good for the model's own first goal as
                well, made block by block. Prices alone leave the search in a large model without
                direction: most plans miss a promise to many by a little here and there.

        Returns:
            None when what is held contradicts itself, or no way was found in time.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        prices = np.where(np.isin(self._owner, list(priced)), self._prices, 0.0)
        goal = self._falling_short(held, prices)
        start = self._by_goal(goal, deadline.share(SHARE_BY_GOAL), gap) if by_goal else None
        goal.pursue(self._solver)
        if start is not None:
            self._solver.start_from(start)
        outcome = self._solver.solve(gap=gap, time_limit=deadline.remaining()).uninterrupted()
        plans = [plan for plan in (outcome.values, start) if plan is not None]
        if not plans:
            return None
        best = min(plans, key=goal.value)
        slack, weighed = np.zeros(len(self.demands)), np.zeros(len(self.demands))
        np.add.at(slack, self._owner, best[self._first :])
        np.add.at(weighed, self._owner, self._prices * best[self._first :])
        missing = {p: float(slack[p]) for p in sorted(priced) if weighed[p] > MISSING_AT_LEAST}
        return Shortfall(missing, goal.value(best), outcome.bound, best[: self._first])

    def offers(self, found: Shortfall) -> HeldOffers:
        """Return what is offered in a plan that falls short."""
        return HandedOver(self.model, self.matrix, self._solver, ()).offers(found.columns)

    def _by_goal(self, price: Goal, deadline: Deadline, gap: float) -> Floats | None:
        """Return a plan that is good for the model's goal and falls short of little."""
        stage, expression = self.model.stages[0], self.model.goals[0]
        own, _ = objective_vector(self.matrix, expression)
        own = np.concatenate([own, np.zeros(len(self._owner))])
        goal = Goal(stage.goal, stage.sense, own, 0.0, 0.0, _NOTHING)
        goal.pursue(self._solver)
        with self._solver.relaxed():
            share = deadline.share(SHARE_BY_GOAL)
            relaxed = self._solver.solve(gap=0.0, time_limit=share.remaining()).uninterrupted()
        if not relaxed.value:
            return None
        both = goal.sign * own / abs(relaxed.value) - PRICE_BESIDE_GOAL * price.coefficients
        together = Goal("both", "maximise", both, 0.0, 0.0, _NOTHING)
        limits = replace(self._limits, gap=max(gap, GAP_BY_GOAL))
        found = run_stages(self._solver, [together], limits, deadline, silent, self._blocks)
        if found.interrupted:
            raise KeyboardInterrupt
        return found.columns

    def _falling_short(self, held: Collection[int], prices: Floats) -> Goal:
        """Hold some demands, let all others give, and return what that costs as a goal."""
        hold: NDArray[np.bool_] = np.isin(self._owner, list(held))
        changed = np.flatnonzero(hold != self._held)
        if len(changed):
            upper = np.where(hold[changed], 0.0, np.inf)
            self._solver.change_bounds(self._first + changed, 0.0, upper)
            self._held = hold
        costs = np.concatenate([np.zeros(self._first), prices])
        return Goal("price", "minimise", costs, 0.0, 0.0, _NOTHING)


def _with_slack(matrix: Matrix, slack: Slack, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the blocks of all columns: what a row may be broken by is in the block of the row."""
    lowest, highest = block_range(matrix, labels)
    own = np.where(lowest == highest, highest, SPANNING)
    return np.concatenate([labels, own[slack.rows]])


def _whole(matrix: Matrix) -> Floats:
    """Return (m,) what counts as giving a row up altogether, in the row's own unit.

    What is asked "at least" is given up where nothing at all is left of it: 15 learners of 15.
    What is asked "at most" counts as given up where there is twice as much; where the limit is 0,
    or nothing could be twice as much, where there is all there can be.
    """
    coefficients = matrix.coefficients
    positive, negative = coefficients.maximum(0), coefficients.minimum(0)
    with np.errstate(invalid="ignore"):
        lower = np.nan_to_num(matrix.column_lower, neginf=-1e9)
        upper = np.nan_to_num(matrix.column_upper, posinf=1e9)
    least, most = positive @ lower + negative @ upper, positive @ upper + negative @ lower
    at_least = matrix.row_lower - least
    room = most - matrix.row_upper
    at_most = np.where(matrix.row_upper > 0, np.minimum(room, matrix.row_upper), room)
    whole = np.where(np.isfinite(matrix.row_lower), at_least, at_most)
    # a row of which nothing is known counts by its largest coefficient
    known = np.isfinite(whole) & (whole > MISSING_AT_LEAST) & (whole < 1e8)
    return np.where(known, whole, matrix.row_scale)
