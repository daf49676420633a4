"""Shadow prices: what one unit more of a limit would be worth, the offers staying as they are.

With what is offered and taught held as a plan has it, and groups counted in fractions, the model is
a linear programme, whose duals are these prices. They hold for small changes only: with enough more
something else would be offered, and groups come whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coverage_opt.planning.changes import Change
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.rules.demand import Demand
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.outcome import Status

NOTHING = 1e-9
"""A price of less is none, in the goal for one unit of the row."""

MEANT = frozenset(
    {
        "class_size",
        "institution_balance",
        "institution_share",
        "intake_cap",
        "placement_guarantee",
        "programme_efficiency",
        "region_budget",
        "site_capacity",
        "teacher_hours",
        "workplace_capacity",
    }
)
"""Rules whose limits can be moved a little while offers stay; of others a price means nothing."""


@dataclass(frozen=True)
class ShadowPrice:
    """What a limit costs at the margin.

    Attributes:
        demand: the rule, and what tells its row apart.
        price: by how much the first stage's goal would be better, for one unit of the row less
            asked (or more allowed); in the unit of the row.
    """

    demand: Demand
    price: float


def shadow_prices(what_if: WhatIf) -> tuple[ShadowPrice, ...]:
    """Return the limits that cost something at the margin, the dearest of each rule first.

    Args:
        what_if: the plan in hand.
    """
    goal, matrix = what_if.goal, what_if.prepared.handed.matrix
    handed = what_if.held(Change(), what_if.decided)
    goal.pursue(handed.solver)
    handed.solver.relax_integrality()
    deadline = Deadline.after(what_if.limits.time_limit_seconds)
    outcome = handed.solver.solve(gap=0.0, time_limit=deadline.remaining()).uninterrupted()
    if outcome.status is not Status.OPTIMAL:
        return ()
    # rows that were added are no demands
    duals = handed.solver.row_duals()[: len(matrix.rows)]
    known = what_if.prepared.model.demands
    found = []
    for row in np.flatnonzero(np.abs(duals) > NOTHING).tolist():
        constraint = matrix.rows[row]
        demand = known.get((str(constraint.parent_component().name), constraint.index()))
        if demand is not None and demand.rule.name in MEANT:
            found.append(ShadowPrice(demand, abs(float(duals[row]))))
    return tuple(sorted(found, key=lambda one: (one.demand.rule.name, -one.price)))
