"""A built model in the solver's hands: compiled once, with the goals of its stages."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.decisions import PeriodDecisions, decisions_of
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.frames import rows
from coverage_opt.policy.policy import Stage
from coverage_opt.solver.compile import compile_model, objective_vector
from coverage_opt.solver.highs import ContradictionError, Solver, Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.stages import Goal

HeldOffers = Mapping[int, Collection[Pair]]
"""Period -> the (programme, site) that are offered in it, and no others."""


class NotInModelError(LookupError):
    """A model does not have an offer.

    Attributes:
        period: calendar year.
        offer: (programme, site).
    """

    def __init__(self, period: int, offer: Pair) -> None:
        super().__init__(f"{period}: {' at '.join(offer)}")
        self.period, self.offer = period, offer


@dataclass(frozen=True)
class HandedOver:
    """What is needed to solve a model and to read the result off it.

    Attributes:
        model: the model.
        matrix: the model as arrays.
        solver: holds the matrix.
        goals: one per stage, in order.
    """

    model: PlanningModel
    matrix: Matrix
    solver: Solver
    goals: tuple[Goal, ...]

    def decisions(self, columns: NDArray[np.float64]) -> tuple[PeriodDecisions, ...]:
        """Return what the values of the columns decide, period by period."""
        values = {id(v): float(columns[i]) for i, v in enumerate(self.matrix.columns)}
        return decisions_of(self.model, values)

    def offers(self, columns: NDArray[np.float64]) -> HeldOffers:
        """Return what is offered with these values of the columns."""
        decided = zip(self.model.periods, self.decisions(columns), strict=True)
        return {
            period.period: frozenset(rows(decisions.offers, "programme", "site"))
            for period, decisions in decided
        }

    def with_offers(self, offers: HeldOffers) -> dict[int, float]:
        """Return column -> value for exactly these offers, and no others.

        Raises:
            NotInModelError: the model does not have one of them.
        """
        values: dict[int, float] = {}
        for period in self.model.periods:
            wanted = set(offers.get(period.period, ()))
            beyond = sorted(wanted - set(period.offer))
            if beyond:
                raise NotInModelError(period.period, beyond[0])
            for key, offer in period.offer.items():
                values[self.matrix.column(offer)] = float(key in wanted)
        return values


def hand_over(model: PlanningModel, limits: Limits) -> HandedOver:
    """Compile the model and its goals, and pass the model to the solver.

    Raises:
        ContradictionError: a row without any decision in it can never hold.
    """
    matrix = compile_model(model.pyomo)
    stages = zip(model.stages, model.goals, strict=True)
    goals = tuple(_goal(model, matrix, stage, expression) for stage, expression in stages)
    return HandedOver(model, matrix, Solver(matrix, limits), goals)


def relaxed_optimum(
    model: PlanningModel,
    limits: Limits,
    deadline: Deadline,
    stop: threading.Event | None = None,
) -> float | None:
    """Return what the linear relaxation of a model is worth for its first goal.

    It is solved by an interior point method, which is sooner done with a large one.

    Args:
        model: as built.
        limits: the seed.
        deadline: of the search.
        stop: ends it early.

    Returns:
        None where it was not solved to the end, or can have no plan.
    """
    try:
        handed = hand_over(model, Limits(seed=limits.seed, threads=1))
    except ContradictionError:
        return None
    solver = handed.solver
    handed.goals[0].pursue(solver)
    solver.relax_integrality()
    solver.by_interior_point()
    found = solver.solve(gap=0.0, time_limit=deadline.remaining(), stop=stop)
    return found.value if found.status is Status.OPTIMAL else None


def _goal(model: PlanningModel, matrix: Matrix, stage: Stage, expression: Any) -> Goal:
    coefficients, offset = objective_vector(matrix, expression)
    offers = [offer for period in model.periods for offer in period.offer.values()]
    held = [] if stage.decides == "offers" else [matrix.column(offer) for offer in offers]
    holds = np.array(held, dtype=np.int64)
    tolerance = stage.tolerance or 0.0
    return Goal(stage.goal, stage.sense, coefficients, offset, tolerance, holds)
