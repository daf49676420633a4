"""What stands in the way of an offer: which demand falls short, and by how much.

Where an offer cannot be filled whatever else is offered, the learners who could come at most say
so. Otherwise every row of a rule may be fallen short of at a price, and the cheapest way to open
the offer is found: what it falls short of is what stands in the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coverage_opt.planning.changes import Change
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.rules.demand import Demand
from coverage_opt.solver.highs import Solver, Status
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.slack import Slack

NOTHING = 1e-5
"""A demand that falls short by less is met: rounding, in the unit of its row."""

OWN_SHARE = 0.9
"""What the offer's own classes lack is a little cheaper, so that it is said of them first."""


@dataclass(frozen=True)
class Short:
    """A demand that is not met.

    Attributes:
        demand: the rule, and what tells its row apart.
        short: by how much, in the unit of the row.
    """

    demand: Demand
    short: float


def in_the_way(what_if: WhatIf, change: Change, deadline: Deadline) -> tuple[Short, ...] | None:
    """Return what a change falls short of with all other offers as the plan has them.

    Args:
        what_if: the plan in hand.
        change: opens or closes offers.
        deadline: of the search.

    Returns:
        The demands, those farthest from met first; none when nothing stands in the way; None
        when not even broken rules make a plan, or none was found in time.
    """
    held = {
        column: (float(value), float(value)) for column, value in _offers_in_hand(what_if).items()
    }
    return _cheapest(what_if, {**held, **what_if.bounds_of(change)}, change, deadline)


def impossible_without(
    what_if: WhatIf, change: Change, deadline: Deadline
) -> tuple[Short, ...] | None:
    """Return what a change falls short of whatever else is offered: as :func:`in_the_way`."""
    return _cheapest(what_if, what_if.bounds_of(change), change, deadline)


def _offers_in_hand(what_if: WhatIf) -> dict[int, float]:
    column = what_if.prepared.handed.matrix.column
    return {
        column(offer): float(np.round(what_if.columns[column(offer)]))
        for period in what_if.prepared.model.periods
        for offer in period.offer.values()
    }


def _cheapest(
    what_if: WhatIf, held: Mapping[int, tuple[float, float]], change: Change, deadline: Deadline
) -> tuple[Short, ...] | None:
    """Solve the model in which rows of rules may be broken, and return those that are."""
    matrix = what_if.prepared.handed.matrix
    demands = _demands(what_if)
    broken = np.array(sorted(demands), dtype=np.int64)
    own = [row for row, demand in demands.items() if _is_own(what_if, demand, change)]
    slack = Slack.of(matrix, broken)
    price = np.where(np.isin(slack.rows, own), OWN_SHARE, 1.0) / matrix.row_scale[slack.rows]
    width = len(matrix.columns)
    solver = Solver(slack.widened(np.concatenate([np.zeros(width), price])), what_if.limits)
    columns = list(held)
    lower, upper = [held[c][0] for c in columns], [held[c][1] for c in columns]
    solver.change_bounds(columns, lower, upper)
    start = np.clip(what_if.columns, solver.column_lower[:width], solver.column_upper[:width])
    solver.start_from(start)
    found = solver.solve(what_if.limits.gap, deadline.remaining()).uninterrupted()
    if found.status is Status.INFEASIBLE or found.values is None:
        return None
    lacking = slack.by_row(found.values[width:])[broken]
    shorts = [
        Short(demands[int(row)], float(amount))
        for row, amount in zip(broken, lacking, strict=True)
        if amount > NOTHING
    ]
    return tuple(sorted(shorts, key=lambda one: -one.short))


def _demands(what_if: WhatIf) -> dict[int, Demand]:
    """Return the rows that say what a rule demands."""
    demand_of = what_if.prepared.model.demand_of
    found = {
        row: demand_of(of_row) for row, of_row in enumerate(what_if.prepared.handed.matrix.rows)
    }
    return {row: demand for row, demand in found.items() if demand is not None}


def _is_own(what_if: WhatIf, demand: Demand, change: Change) -> bool:
    """Tell whether a demand is on a class, or the intake, of an offer that is opened."""
    units_of = what_if.prepared.model.units_of
    key = demand.key
    return any(
        key == ("offer", programme, site) or (key[1:] == (site,) and key[0] in units_of[programme])
        for programme, site in change.opened
    )
