"""Learners are counted, switched to a programme, and placed at a site that offers it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.planning_model import PlanningModel


def count_everyone(model: PlanningModel, *, everybody_placed: bool) -> None:
    r"""Everyone is counted: switched to a programme, or unplaced.

    .. math::

        \sum_p \mathrm{switch}_{gp} + \mathrm{unplaced}_g = n_g, \qquad
        0 \le \mathrm{switch}_{gp} \le a_{gp} n_g, \qquad \mathrm{unplaced}_g \ge 0

    ``unplaced`` is what is left over, so it is an expression and the row an inequality.
    """
    groups, pyomo = model.case.groups, model.pyomo
    pyomo.switch = pyo.Var(list(groups.takers), bounds=lambda _, *key: (0.0, groups.takers[key]))
    from_group: dict[str, list[Any]] = defaultdict(list)
    for (group, programme), variable in pyomo.switch.items():
        from_group[group].append(variable)
        catchment = groups.catchment_of[group, programme]
        model.taken[catchment, programme].append(variable)
    pyomo.everyone_counted = pyo.Constraint(
        list(from_group),
        rule=lambda _, group: (
            groups.learners[group] if everybody_placed else None,
            pyo.quicksum(from_group[group]),
            groups.learners[group],
        ),
    )
    for group, learners in groups.learners.items():
        model.unplaced[group] = learners - pyo.quicksum(from_group[group])


def place_where_offered(model: PlanningModel) -> None:
    r"""Who takes a programme is placed at a site in reach that offers it.

    .. math::

        \sum_s \mathrm{place}_{kps} = \sum_{g \in k} \mathrm{switch}_{gp}, \qquad
        \mathrm{place}_{kps} \le \bar n_{kp} \, \mathrm{offer}_{ps}, \qquad
        \mathrm{enrolled}_{ps} = \sum_k \mathrm{place}_{kps}

    with :math:`\bar n_{kp} = \sum_{g \in k} a_{gp} n_g`, the most learners of k that can take p.
    """
    case, pyomo = model.case, model.pyomo
    sites_of = case.groups.sites_of
    pyomo.offer = pyo.Var(list(case.offers), domain=pyo.Binary)
    pyomo.enrolled = pyo.Var(list(case.offers), domain=pyo.NonNegativeReals)
    most = {key: sum(taken.ub for taken in switches) for key, switches in model.taken.items()}
    pyomo.place = pyo.Var(
        [(*key, site) for key in model.taken for site in sites_of[key]],
        domain=pyo.NonNegativeReals,
    )
    from_catchments: dict[Pair, list[Any]] = defaultdict(list)
    for (_, programme, site), variable in pyomo.place.items():
        from_catchments[programme, site].append(variable)
    pyomo.placed_somewhere = pyo.Constraint(
        list(model.taken),
        rule=lambda _, *key: (
            pyo.quicksum(pyomo.place[(*key, site)] for site in sites_of[key])
            == pyo.quicksum(model.taken[key])
        ),
    )
    pyomo.only_where_offered = pyo.Constraint(
        list(pyomo.place),
        rule=lambda _, catchment, programme, site: (
            pyomo.place[catchment, programme, site]
            <= most[catchment, programme] * pyomo.offer[programme, site]
        ),
    )
    pyomo.enrolment = pyo.Constraint(
        list(case.offers),
        rule=lambda _, *key: pyomo.enrolled[key] == pyo.quicksum(from_catchments[key]),
    )


def link_takers(model: PlanningModel) -> None:
    r"""No group takes more of a programme than is offered of it within its reach.

    .. math::

        \mathrm{switch}_{gp} \le a_{gp} n_g \sum_{s \in S_{kp}} \mathrm{offer}_{ps}

    Implied by the rows above where offers are whole, but not where they are fractions: a
    fraction of an offer filled by a few learners who asked for it is what makes the relaxation
    weak, and this row what mends it.
    """
    pyomo, groups = model.pyomo, model.case.groups
    pyomo.takers_linked = pyo.Constraint(
        list(pyomo.switch),
        rule=lambda _, group, programme: (
            pyomo.switch[group, programme]
            <= groups.takers[group, programme]
            * pyo.quicksum(
                pyomo.offer[programme, site]
                for site in groups.sites_of[groups.catchment_of[group, programme], programme]
            )
        ),
    )
