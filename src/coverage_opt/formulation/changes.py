"""What opens and what closes, from one period to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.planning_model import PeriodModel, PlanningModel
from coverage_opt.frames import rows

NOTHING_BEFORE: Mapping[Pair, float] = {}
"""Stands for no history: nothing opens and nothing closes."""


def open_and_close(model: PlanningModel, before: Mapping[Pair, float] | None = None) -> None:
    r"""An offer changes by opening or closing.

    .. math::

        \mathrm{offer}_{pst} - \mathrm{offer}_{ps,t-1} = \mathrm{opened}_{pst} -
        \mathrm{closed}_{pst}, \qquad 0 \le \mathrm{opened}, \mathrm{closed} \le 1

    Nothing gains from opening and closing at once, as all goals and rules only keep changes
    low. Before the first period lies today's offering, where the region states it: there
    :math:`\mathrm{opened} = \mathrm{offer}` or :math:`\mathrm{closed} = 1 - \mathrm{offer}`, and
    no variable is needed.

    Args:
        model: the model.
        before: (programme, site) -> 1 for what was offered before the first period, instead of
            today's offering; :data:`NOTHING_BEFORE` for no history.
    """
    pyomo = model.pyomo
    earlier: Mapping[Pair, Any] | None = _today(model) if before is None else before
    if before is NOTHING_BEFORE:
        earlier = None
    moving: dict[tuple[Any, ...], tuple[Any, Any]] = {}
    for period in model.periods if model.needs_changes else ():
        if earlier is not None:
            _change(period, earlier, moving)
        earlier = period.offer
    pyomo.opened = pyo.Var(list(moving), bounds=(0.0, 1.0))
    pyomo.closed = pyo.Var(list(moving), bounds=(0.0, 1.0))
    pyomo.offers_change = pyo.Constraint(
        list(moving),
        rule=lambda _, *key: (
            moving[key][0] - moving[key][1] == pyomo.opened[key] - pyomo.closed[key]
        ),
    )
    for period in model.periods:
        for year, *pair in moving:
            if year == period.period:
                key = (pair[0], pair[1])
                period.opened[key] = pyomo.opened[year, *key]
                period.closed[key] = pyomo.closed[year, *key]


def _today(model: PlanningModel) -> dict[Pair, Any] | None:
    """Return today's offering as if it were decided; None where the region does not state it."""
    if not model.region.has("current"):
        return None
    return dict.fromkeys(rows(model.region.current, "programme", "site"), 1.0)


def _change(
    period: PeriodModel,
    before: Mapping[Pair, Any],
    moving: dict[tuple[Any, ...], tuple[Any, Any]],
) -> None:
    """Note what may change in a period; only what may be offered both times needs a variable."""
    for key, now in period.offer.items():
        earlier = before.get(key, 0.0)
        if isinstance(earlier, float):
            if earlier:
                period.closed[key] = 1.0 - now
            else:
                period.opened[key] = now
        else:
            moving[(period.period, *key)] = (now, earlier)
    for key, earlier in before.items():
        if key not in period.offer:
            period.closed[key] = earlier
