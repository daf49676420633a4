"""Offered programmes have their units taught: with them, nearby or online."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.planning_model import PlanningModel


def run_units(model: PlanningModel) -> None:
    r"""An offered programme has its units, and no unit runs for nobody.

    .. math::

        \mathrm{offer}_{ps} \le \mathrm{run}_{us} \quad \forall u \in U(p), \qquad
        \mathrm{run}_{us} \le \sum_{p \in P(u)} \mathrm{offer}_{ps}, \qquad
        \mathrm{size}_{us} = \sum_{p \in P(u)} r_{pu} \, \mathrm{enrolled}_{ps}

    For a unit that one offer alone can use at a site, the first two rows say
    :math:`\mathrm{run} = \mathrm{offer}`, so it gets no variable of its own.
    """
    pyomo, users = model.pyomo, model.users
    shared = [key for key, offers in users.items() if len(offers) > 1]
    pyomo.run = pyo.Var([*shared, *model.case.nearby], domain=pyo.Binary)
    alone = {key: pyomo.offer[offers[0]] for key, offers in users.items() if len(offers) == 1}
    model.run.update(alone)
    model.run.update(pyomo.run.items())
    pyomo.offer_has_its_units = pyo.Constraint(
        [(*key, *offer) for key in shared for offer in users[key]],
        rule=lambda _, unit, site, *offer: pyomo.offer[offer] <= pyomo.run[unit, site],
    )
    pyomo.nothing_runs_for_nobody = pyo.Constraint(
        shared,
        rule=lambda _, *key: (
            pyomo.run[key] <= pyo.quicksum(pyomo.offer[offer] for offer in users[key])
        ),
    )
    for (unit, site), offers in users.items():
        model.size[unit, site] = pyo.quicksum(
            model.retention[offer[0], unit] * pyomo.enrolled[offer] for offer in offers
        )


def attend_nearby(model: PlanningModel) -> None:
    r"""Learners take a nearby unit at any site within that unit's own travel limit.

    .. math::

        \sum_{s} \mathrm{attend}_{kus} = \sum_{g \in k, p \in P(u)} r_{pu} \, \mathrm{switch}_{gp},
        \qquad \mathrm{attend}_{kus} \le \bar n_{ku} \, \mathrm{run}_{us}, \qquad
        \mathrm{size}_{us} = \sum_k \mathrm{attend}_{kus}
    """
    pyomo, sites = model.pyomo, model.case.groups.nearby_sites
    coming = _learners_of_nearby_units(model)
    pyomo.attend = pyo.Var(
        [(*key, site) for key in coming for site in sites[key]], domain=pyo.NonNegativeReals
    )
    pyomo.attends_somewhere = pyo.Constraint(
        list(coming),
        rule=lambda _, *key: (
            pyo.quicksum(pyomo.attend[(*key, site)] for site in sites[key])
            == pyo.quicksum(retention * taken for retention, taken in coming[key])
        ),
    )
    most = {
        key: sum(retention * taken.ub for retention, taken in flows)
        for key, flows in coming.items()
    }
    pyomo.attends_where_taught = pyo.Constraint(
        list(pyomo.attend),
        rule=lambda _, catchment, unit, site: (
            pyomo.attend[catchment, unit, site] <= most[catchment, unit] * pyomo.run[unit, site]
        ),
    )
    attending: dict[Pair, list[Any]] = defaultdict(list)
    for (_, unit, site), variable in pyomo.attend.items():
        attending[unit, site].append(variable)
    for key in model.case.nearby:
        model.size[key] = pyo.quicksum(attending[key])


def _learners_of_nearby_units(model: PlanningModel) -> dict[Pair, list[tuple[float, Any]]]:
    """Return (catchment, unit) -> (retention, switch variable) of everyone who needs the unit."""
    coming: dict[Pair, list[tuple[float, Any]]] = defaultdict(list)
    for (group, programme), taken in model.pyomo.switch.items():
        for unit in model.units_of[programme]:
            if model.delivery[unit] == "nearby":
                catchment = model.case.groups.nearby_of[group, unit]
                coming[catchment, unit].append((model.retention[programme, unit], taken))
    return coming
