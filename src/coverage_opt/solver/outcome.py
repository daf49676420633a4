"""What a solve ends with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt


class SolverError(Exception):
    """The solver, or the way to it, failed: says what was being done. Never the planner's fault."""


class ContradictionError(SolverError):
    """A constraint without any decision in it can never hold: the model is infeasible."""


class Status(StrEnum):
    """How a solve ended; who ended it is told apart by ``Outcome.interrupted``."""

    OPTIMAL = "optimal"
    """a plan within the asked gap"""
    FEASIBLE = "feasible"
    """a plan, but stopped before the asked gap was reached"""
    INFEASIBLE = "infeasible"
    """proven: no plan exists"""
    UNBOUNDED = "unbounded"
    """proven: plans exist and none is the best"""
    NO_PLAN = "no_plan"
    """stopped before a plan was found; there may be one"""


@dataclass(frozen=True, eq=False)
class Outcome:
    """The plan found, if any, and what is proven about it.

    Attributes:
        status: see ``Status``.
        values: one per column, whole where the column is integer; None without a plan.
        value: objective value of the plan, recomputed from ``values``, offset included.
        bound: no plan is better than this (at most ``value`` when minimising, at least when
            maximising), offset included; None when nothing is proven. Equals ``value`` for a
            linear programme solved to the end.
        gap: ``relative_gap(value, bound)``; None unless both are known.
        seconds: wall-clock time of the solve.
        nodes: branch-and-bound nodes.
        interrupted: Ctrl-C stopped it.
    """

    status: Status
    values: npt.NDArray[np.float64] | None
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float
    nodes: int
    interrupted: bool = False

    def uninterrupted(self) -> Outcome:
        """Return the outcome itself.

        Raises:
            KeyboardInterrupt: Ctrl-C stopped it.
        """
        if self.interrupted:
            raise KeyboardInterrupt
        return self
