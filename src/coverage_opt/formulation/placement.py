"""Learners are counted, switched to a programme, and placed at a site that offers it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.planning_model import MomentModel, PlanningModel


def count_everyone(model: PlanningModel, *, everybody_placed: bool) -> None:
    r"""Everyone is counted: switched to a programme, or unplaced.

    .. math::

        \sum_p \mathrm{switch}_{gp} + \mathrm{unplaced}_g = n_g, \qquad
        \sum_p \mathrm{switch}_{gp} \le \hat n_g, \qquad
        0 \le \mathrm{switch}_{gp} \le a_{gp} \hat n_g

    with :math:`\hat n \le n` those who can be placed at all, in every moment. ``unplaced`` is
    what is left over, so it is an expression and the row an inequality.
    """
    pyomo = model.pyomo
    bounds: dict[tuple[Any, ...], float] = {}
    for moment in model.moments:
        for (group, programme), share in moment.of_period.case.groups.takers.items():
            bounds[(*moment.key, group, programme)] = share * moment.arriving[group]
    pyomo.switch = pyo.Var(list(bounds), bounds=lambda _, *key: (0.0, bounds[key]))
    from_groups: dict[tuple[Any, ...], list[Any]] = {}
    arriving: dict[tuple[Any, ...], float] = {}
    for moment in model.moments:
        from_group = _from_groups(model, moment)
        for group, switches in from_group.items():
            from_groups[(*moment.key, group)] = switches
            arriving[(*moment.key, group)] = moment.arriving[group]
        for group, learners in moment.asking.items():
            moment.unplaced[group] = learners - pyo.quicksum(from_group.get(group, []))
    pyomo.everyone_counted = pyo.Constraint(
        list(from_groups),
        rule=lambda _, *key: (
            arriving[key] if everybody_placed else None,
            pyo.quicksum(from_groups[key]),
            arriving[key],
        ),
    )


def _from_groups(model: PlanningModel, moment: MomentModel) -> dict[str, list[Any]]:
    """Return group -> its ``switch`` variables, and note who takes what where."""
    groups = moment.of_period.case.groups
    from_group: dict[str, list[Any]] = defaultdict(list)
    for group, programme in groups.takers:
        variable = model.pyomo.switch[(*moment.key, group, programme)]
        moment.switch[group, programme] = variable
        from_group[group].append(variable)
        moment.taken[groups.catchment_of[group, programme], programme].append(variable)
    return from_group


def place_where_offered(model: PlanningModel) -> None:
    r"""Who takes a programme is placed at a site in reach that offers it.

    .. math::

        \sum_s \mathrm{place}_{kps} = \sum_{g \in k} \mathrm{switch}_{gp}, \qquad
        \mathrm{place}_{kps} \le \bar n_{kp} \, \mathrm{offer}_{ps}, \qquad
        \mathrm{enrolled}_{ps} = \sum_k \mathrm{place}_{kps}

    with :math:`\bar n_{kp} = \sum_{g \in k} a_{gp} \hat n_g`, the most learners of k that can
    take p; the same offers in every scenario of a period. Of those with one site in reach, who
    takes p is placed there: there ``place`` is the sum of ``switch`` and has no variable, and
    what :func:`link_takers` says of each of them says what the second row would of all.
    """
    pyomo = model.pyomo
    pyomo.offer = pyo.Var(
        [(period.period, *pair) for period in model.periods for pair in period.case.offers],
        domain=pyo.Binary,
    )
    for period in model.periods:
        period.offer.update(
            {pair: pyomo.offer[period.period, *pair] for pair in period.case.offers}
        )
    pyomo.enrolled = pyo.Var(
        [(*m.key, *pair) for m in model.moments for pair in m.of_period.case.offers],
        domain=pyo.NonNegativeReals,
    )
    taken, sites, most = _taken(model)
    several = [key for key in taken if len(sites[key]) > 1]
    pyomo.place = pyo.Var(
        [(*key, site) for key in several for site in sites[key]], domain=pyo.NonNegativeReals
    )
    model.place.update({key: [variable] for key, variable in pyomo.place.items()})
    model.place.update({(*key, sites[key][0]): taken[key] for key in taken if len(sites[key]) == 1})
    from_catchments: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for (year, scenario, _, programme, site), variables in model.place.items():
        from_catchments[year, scenario, programme, site] += variables
    pyomo.placed_somewhere = pyo.Constraint(
        several,
        rule=lambda _, *key: (
            pyo.quicksum(pyomo.place[(*key, site)] for site in sites[key])
            == pyo.quicksum(taken[key])
        ),
    )
    pyomo.only_where_offered = pyo.Constraint(
        # what is settled already is all that the case has: it is offered
        [] if model.everybody_placed else list(pyomo.place),
        rule=lambda _, year, scenario, catchment, programme, site: (
            pyomo.place[year, scenario, catchment, programme, site]
            <= most[year, scenario, catchment, programme] * pyomo.offer[year, programme, site]
        ),
    )
    pyomo.enrolment = pyo.Constraint(
        list(pyomo.enrolled),
        rule=lambda _, *key: pyomo.enrolled[key] == pyo.quicksum(from_catchments[key]),
    )
    for moment in model.moments:
        groups = moment.of_period.case.groups
        for pair in moment.of_period.case.offers:
            moment.enrolled[pair] = pyomo.enrolled[(*moment.key, *pair)]
        for key in moment.taken:
            zone = groups.place_of[key[0]][1]
            for site in groups.sites_of[key]:
                placed = pyo.quicksum(model.place[(*moment.key, *key, site)])
                moment.journeys.append(((zone, site), placed))


def _taken(
    model: PlanningModel,
) -> tuple[dict[Any, list[Any]], dict[Any, tuple[str, ...]], dict[Any, float]]:
    """Return by moment, catchment and programme: who takes it, where, and how many at most."""
    taken: dict[Any, list[Any]] = {}
    sites: dict[Any, tuple[str, ...]] = {}
    most: dict[Any, float] = {}
    for moment in model.moments:
        for key, switches in moment.taken.items():
            index = (*moment.key, *key)
            taken[index] = switches
            sites[index] = moment.of_period.case.groups.sites_of[key]
            most[index] = sum(variable.ub for variable in switches)
    return taken, sites, most


def link_takers(model: PlanningModel) -> None:
    r"""No group takes more of a programme than is offered of it within its reach.

    .. math::

        \mathrm{switch}_{gp} \le a_{gp} \hat n_g \sum_{s \in S_{kp}} \mathrm{offer}_{ps}

    Implied by the rows above where offers are whole, but not where they are fractions: a
    fraction of an offer filled by a few learners who asked for it is what makes the relaxation
    weak, and this row what mends it.
    """
    links: dict[tuple[Any, ...], tuple[Any, list[Any]]] = {}
    for moment in model.moments:
        groups, offer = moment.of_period.case.groups, moment.of_period.offer
        for (group, programme), variable in moment.switch.items():
            sites = groups.sites_of[groups.catchment_of[group, programme], programme]
            offers = [offer[programme, site] for site in sites]
            links[(*moment.key, group, programme)] = (variable, offers)
    model.pyomo.takers_linked = pyo.Constraint(
        list(links),
        rule=lambda _, *key: links[key][0] <= links[key][0].ub * pyo.quicksum(links[key][1]),
    )


def most_enrolled(moment: MomentModel) -> dict[Pair, float]:
    """Return (programme, site) -> the most learners a year who could start there."""
    most: dict[Pair, float] = defaultdict(float)
    for (catchment, programme), switches in moment.taken.items():
        for site in moment.of_period.case.groups.sites_of[catchment, programme]:
            most[programme, site] += sum(variable.ub for variable in switches)
    return most
