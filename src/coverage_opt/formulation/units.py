"""Offered programmes have their units taught: with them, nearby, online or at a partner's site."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.placement import most_enrolled
from coverage_opt.formulation.planning_model import MomentModel, PeriodModel, PlanningModel


def run_units(model: PlanningModel) -> None:
    r"""An offered programme has its units, and no unit runs for nobody.

    .. math::

        \mathrm{offer}_{ps} \le \mathrm{run}_{us} + \sum_{s' \in \Pi_u(s)} \mathrm{run}_{us'}
        \quad \forall u \in U(p), \qquad
        \mathrm{run}_{us} \le \sum_{p \in P(u)} \Big(\mathrm{offer}_{ps}
        + \sum_{s'':\, s \in \Pi_u(s'')} \mathrm{offer}_{ps''}\Big)

    with :math:`\Pi_u(s)` the partners' sites where learners of s may take u; none without the
    rule ``partnership``. For a unit that one offer alone can use at a site and that may not be
    taken at a partner's, these rows say :math:`\mathrm{run} = \mathrm{offer}`, so it gets no
    variable of its own.
    """
    pyomo = model.pyomo
    own: list[tuple[Any, ...]] = []
    for period in model.periods:
        alone = _alone(model, period)
        period.run.update({key: period.offer[offer] for key, offer in alone.items()})
        keys = [key for key in period.users if key not in alone]
        keys += [key for key in period.case.received if key not in period.users]
        own += [(period.period, *key) for key in [*keys, *period.case.nearby]]
    pyomo.run = pyo.Var(own, domain=pyo.Binary)
    for (year, unit, site), variable in pyomo.run.items():
        _period(model, year).run[unit, site] = variable
    needs: dict[tuple[Any, ...], tuple[Any, list[Any]]] = {}
    serves: dict[tuple[Any, ...], tuple[Any, list[Any]]] = {}
    for period in model.periods:
        _have_units(period, needs)
        _serve_somebody(period, serves)
    pyomo.offer_has_its_units = pyo.Constraint(
        list(needs), rule=lambda _, *key: needs[key][0] <= pyo.quicksum(needs[key][1])
    )
    pyomo.nothing_runs_for_nobody = pyo.Constraint(
        list(serves), rule=lambda _, *key: serves[key][0] <= pyo.quicksum(serves[key][1])
    )


def _alone(model: PlanningModel, period: PeriodModel) -> dict[Pair, Pair]:
    return {
        key: offers[0]
        for key, offers in period.users.items()
        if len(offers) == 1 and key[0] not in model.shared_with_partners
    }


def _have_units(period: PeriodModel, needs: dict[tuple[Any, ...], tuple[Any, list[Any]]]) -> None:
    for (unit, site), offers in period.users.items():
        own = period.run[unit, site]
        partners = [period.run[unit, other] for other in period.partners.get((unit, site), ())]
        for offer in offers:
            if own is not period.offer[offer]:
                key = (period.period, unit, site, *offer)
                needs[key] = (period.offer[offer], [own, *partners])


def _serve_somebody(
    period: PeriodModel, serves: dict[tuple[Any, ...], tuple[Any, list[Any]]]
) -> None:
    nearby = set(period.case.nearby)
    for (unit, site), run in period.run.items():
        sites = (site, *period.case.received.get((unit, site), ()))
        offers = [offer for at in sites for offer in period.users.get((unit, at), ())]
        shared = len(offers) != 1 or run is not period.offer[offers[0]]
        if shared and (unit, site) not in nearby:
            found = [period.offer[offer] for offer in offers]
            serves[period.period, unit, site] = (run, found)


def _period(model: PlanningModel, year: int) -> PeriodModel:
    return next(period for period in model.periods if period.period == year)


def count_learners(model: PlanningModel) -> None:
    r"""The size of what is taught with a programme, or online: who enrols and is still there.

    .. math::

        \mathrm{kept}_{us} = \sum_{p \in P(u)} r_{pu} \, \mathrm{enrolled}_{ps}
        - \sum_{s' \in \Pi_u(s)} \mathrm{sent}_{uss'}, \qquad
        0 \le \mathrm{kept}_{us} \le \bar n_{us} \, \mathrm{run}_{us}, \qquad
        \mathrm{sent}_{uss'} \le \bar n_{us} \, \mathrm{run}_{us'}

    Those sent by partners are added to the size where they are taught, and so are those who take
    the unit alone.
    """
    pyomo = model.pyomo
    ways = [
        (*moment.key, unit, site, other)
        for moment in model.moments
        for (unit, site), others in moment.of_period.partners.items()
        for other in others
    ]
    pyomo.sent = pyo.Var(ways, domain=pyo.NonNegativeReals)
    kept: dict[tuple[Any, ...], Any] = {}
    most: dict[tuple[Any, ...], float] = {}
    for moment in model.moments:
        _sizes(model, moment, kept, most)
    pyomo.learners_sent = pyo.Constraint(list(kept), rule=lambda _, *key: kept[key] >= 0)
    pyomo.taught_where_it_runs = pyo.Constraint(
        list(kept),
        rule=lambda _, year, scenario, unit, site: (
            kept[year, scenario, unit, site]
            <= most[year, scenario, unit, site] * _period(model, year).run[unit, site]
        ),
    )
    pyomo.sent_where_it_runs = pyo.Constraint(
        ways,
        rule=lambda _, year, scenario, unit, site, other: (
            pyomo.sent[year, scenario, unit, site, other]
            <= most[year, scenario, unit, site] * _period(model, year).run[unit, other]
        ),
    )


def _sizes(
    model: PlanningModel,
    moment: MomentModel,
    kept: dict[tuple[Any, ...], Any],
    most: dict[tuple[Any, ...], float],
) -> None:
    """Set the sizes of one moment; note what is kept where learners may be sent away."""
    period, sent = moment.of_period, model.pyomo.sent
    largest = most_enrolled(moment) if period.partners else {}
    for key in period.run:
        moment.size[key] = 0.0
    for (unit, site), offers in period.users.items():
        coming = pyo.quicksum(
            model.retention[offer[0], unit] * moment.enrolled[offer] for offer in offers
        )
        others = period.partners.get((unit, site), ())
        if others:
            away = [sent[(*moment.key, unit, site, other)] for other in others]
            coming -= pyo.quicksum(away)
            kept[(*moment.key, unit, site)] = coming
            most[(*moment.key, unit, site)] = sum(
                model.retention[offer[0], unit] * largest.get(offer, 0.0) for offer in offers
            )
            for other, variable in zip(others, away, strict=True):
                moment.size[unit, other] += variable
        moment.size[unit, site] += coming


def attend_nearby(model: PlanningModel) -> None:
    r"""Learners take a nearby unit at any site within that unit's own travel limit.

    .. math::

        \sum_{s} \mathrm{attend}_{kus} = \sum_{g \in k, p \in P(u)} r_{pu} \, \mathrm{switch}_{gp},
        \qquad \mathrm{attend}_{kus} \le \bar n_{ku} \, \mathrm{run}_{us}, \qquad
        \mathrm{size}_{us} = \sum_k \mathrm{attend}_{kus}
    """
    pyomo = model.pyomo
    coming: dict[tuple[Any, ...], list[tuple[float, Any]]] = {}
    sites: dict[tuple[Any, ...], tuple[str, ...]] = {}
    for moment in model.moments:
        for key, flows in _learners_of_nearby_units(model, moment).items():
            coming[(*moment.key, *key)] = flows
            sites[(*moment.key, *key)] = moment.of_period.case.groups.nearby_sites[key]
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
        rule=lambda _, *key: (
            pyomo.attend[key] <= most[key[:-1]] * pyomo.run[key[0], key[3], key[4]]
        ),
    )
    for moment in model.moments:
        _add_journeys(moment, pyomo.attend, [key for key in coming if key[:2] == moment.key], sites)


def take_single_units(model: PlanningModel) -> None:
    r"""Whoever asks for a single unit takes it where it is taught anyway.

    .. math::

        \sum_s \mathrm{certificate}_{kus} \le \hat n_{ku}, \qquad
        \mathrm{certificate}_{kus} \le \hat n_{ku} \, \mathrm{run}_{us}
    """
    pyomo = model.pyomo
    most: dict[tuple[Any, ...], float] = {}
    sites: dict[tuple[Any, ...], tuple[str, ...]] = {}
    for moment in model.moments:
        for key, learners in moment.alone_arriving.items():
            most[(*moment.key, *key)] = learners
            sites[(*moment.key, *key)] = moment.of_period.case.groups.alone_sites[key]
    pyomo.certificate = pyo.Var(
        [(*key, site) for key in most for site in sites[key]], domain=pyo.NonNegativeReals
    )
    everybody = model.everybody_placed
    pyomo.certificates_counted = pyo.Constraint(
        list(most),
        rule=lambda _, *key: (
            most[key] if everybody else None,
            pyo.quicksum(pyomo.certificate[(*key, site)] for site in sites[key]),
            most[key],
        ),
    )
    pyomo.certificates_where_taught = pyo.Constraint(
        list(pyomo.certificate),
        rule=lambda _, *key: (
            pyomo.certificate[key] <= most[key[:-1]] * _period(model, key[0]).run[key[3], key[4]]
        ),
    )
    for moment in model.moments:
        keys = [key for key in most if key[:2] == moment.key]
        _add_journeys(moment, pyomo.certificate, keys, sites)
        taken = {
            (*key[2:], site): pyomo.certificate[(*key, site)] for key in keys for site in sites[key]
        }
        moment.alone.update(taken)
        moment.served = pyo.quicksum(taken.values())


def _add_journeys(
    moment: MomentModel,
    variables: Any,
    keys: list[tuple[Any, ...]],
    sites: dict[tuple[Any, ...], tuple[str, ...]],
) -> None:
    """Add those who come to a unit to its size, and to who travels."""
    groups = moment.of_period.case.groups
    for key in keys:
        zone = groups.place_of[key[2]][1]
        for site in sites[key]:
            variable = variables[(*key, site)]
            moment.size[key[3], site] += variable
            moment.journeys.append(((zone, site), variable))


def _learners_of_nearby_units(
    model: PlanningModel, moment: MomentModel
) -> dict[Pair, list[tuple[float, Any]]]:
    """Return (catchment, unit) -> (retention, switch variable) of everyone who needs the unit."""
    groups = moment.of_period.case.groups
    coming: dict[Pair, list[tuple[float, Any]]] = defaultdict(list)
    for (group, programme), taken in moment.switch.items():
        for unit in model.units_of[programme]:
            if model.delivery[unit] == "nearby":
                catchment = groups.nearby_of[group, unit]
                coming[catchment, unit].append((model.retention[programme, unit], taken))
    return coming
