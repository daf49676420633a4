"""Groups, what they cost, and what learners bring in."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.placement import most_enrolled
from coverage_opt.formulation.planning_model import MomentModel, PeriodModel, PlanningModel
from coverage_opt.frames import mapping
from coverage_opt.region.region import ONLINE
from coverage_opt.region.settings import Money
from coverage_opt.rules.class_size import ClassSize


def staff_groups(model: PlanningModel) -> None:
    r"""Parallel groups are arranged before the intake is known, enough for the largest.

    .. math::

        \mathrm{size}_{ustw} \le M_{k(u)} \, \mathrm{groups}_{ust} \quad \forall w, \qquad
        \mathrm{run}_{ust} \le \mathrm{groups}_{ust} \le G_{ust} \, \mathrm{run}_{ust}

    or, where class sizes hold in expectation, with the mean size over the scenarios. Where one
    group holds all who could ever come, ``groups`` *is* ``run``.
    """
    pyomo = model.pyomo
    rule = model.policy.rule(ClassSize)
    kinds = mapping(model.units, "unit", "kind")
    most: dict[tuple[Any, ...], int] = {}
    for period in model.periods if model.needs_groups else ():
        largest = _largest_sizes(model, period)
        for (unit, site), run in period.run.items():
            maximum = rule.of(kinds[unit]).maximum if rule else math.inf
            needed = max(1, math.ceil(largest[unit, site] / maximum))
            if needed == 1:
                period.groups[unit, site] = run
            else:
                most[period.period, unit, site] = needed
    pyomo.groups = pyo.Var(list(most), domain=pyo.NonNegativeIntegers)
    sizes: dict[tuple[Any, ...], Any] = {}
    for period in model.periods:
        keys = [key[1:] for key in most if key[0] == period.period]
        for unit, site in keys:
            period.groups[unit, site] = pyomo.groups[period.period, unit, site]
            sizes |= _to_hold(period, (unit, site), rule)
    pyomo.groups_hold_all = pyo.Constraint(
        list(sizes),
        rule=lambda _, year, scenario, unit, site: (
            sizes[year, scenario, unit, site]
            <= (rule.of(kinds[unit]).maximum if rule else 0) * pyomo.groups[year, unit, site]
        ),
    )
    runs = {period.period: period.run for period in model.periods}
    pyomo.groups_where_taught = pyo.Constraint(
        list(most),
        rule=lambda _, year, *key: runs[year][key] <= pyomo.groups[year, *key],
    )
    pyomo.groups_at_most = pyo.Constraint(
        list(most),
        rule=lambda _, year, *key: pyomo.groups[year, *key] <= most[year, *key] * runs[year][key],
    )


def _to_hold(period: PeriodModel, key: Pair, rule: ClassSize | None) -> dict[tuple[Any, ...], Any]:
    """Return the sizes that the groups of a unit must hold, by period, scenario, unit, site."""
    if rule is not None and rule.holds == "expectation":
        mean = sum(moment.probability * moment.size[key] for moment in period.moments)
        return {(period.period, "mean", *key): mean}
    return {(*moment.key, *key): moment.size[key] for moment in period.moments}


def _largest_sizes(model: PlanningModel, period: PeriodModel) -> dict[Pair, float]:
    """Return the most learners that could be at each unit and site, in any moment."""
    largest: dict[Pair, float] = defaultdict(float)
    for moment in period.moments:
        for key, size in _most_learners(model, moment).items():
            largest[key] = max(largest[key], size)
    return largest


def _most_learners(model: PlanningModel, moment: MomentModel) -> dict[Pair, float]:
    period = moment.of_period
    enrolled = most_enrolled(moment)
    most: dict[Pair, float] = defaultdict(float)
    for (unit, site), offers in period.users.items():
        coming = sum(model.retention[offer[0], unit] * enrolled[offer] for offer in offers)
        most[unit, site] += coming
        for partner in period.partners.get((unit, site), ()):
            most[unit, partner] += coming
    groups = period.case.groups
    coming_nearby: dict[Pair, float] = defaultdict(float)
    for (group, programme), taken in moment.switch.items():
        for unit in model.units_of[programme]:
            if model.delivery[unit] == "nearby":
                key = (groups.nearby_of[group, unit], unit)
                coming_nearby[key] += model.retention[programme, unit] * taken.ub
    for (catchment, unit), learners in coming_nearby.items():
        for site in groups.nearby_sites[catchment, unit]:
            most[unit, site] += learners
    for (catchment, unit), learners in moment.alone_arriving.items():
        for site in groups.alone_sites[catchment, unit]:
            most[unit, site] += learners
    return most


def count_money(model: PlanningModel) -> None:
    r"""Cost of each institution in each period, and funding of each in each moment, EUR a year.

    .. math::

        \mathrm{cost}_i = c^h \sum_{u, s \in i} h_u \, \mathrm{groups}_{us}
        + \sum_{s \in i} \Big( c^o \sum_p \mathrm{offer}_{ps} + c^s \, \mathrm{open\_site}_s
        + \sum_p \frac{c^+ \mathrm{opened}_{ps} + (c^- + c^h \tau_p) \, \mathrm{closed}_{ps}}
        {\Delta_t} \Big)

        \mathrm{funding}_i = \sum_{p, s \in i} f_p \, \mathrm{enrolled}_{ps}
        + \phi \sum_{u, s \in i} h_u \, \mathrm{certificate}_{us}

    with :math:`\tau_p` the hours it takes to teach out those inside a programme that closes and
    :math:`\Delta_t` the years that a period stands for. What is online belongs to no institution.
    """
    money = model.region.money
    if not model.needs_money or money is None:
        return
    for period in model.periods:
        if not period.cost:
            period.cost.update(_costs(model, period, money))
    for moment in model.moments:
        moment.funding.update(_funding(model, moment, money))


def _costs(model: PlanningModel, period: PeriodModel, money: Money) -> dict[str, Any]:
    region = model.region
    institution_of = {**region.institution_of, ONLINE: ONLINE}
    terms: dict[str, list[Any]] = {name: [] for name in sorted(set(institution_of.values()))}
    for (unit, site), groups in period.groups.items():
        cost = money.cost_per_group_hour * model.hours[unit]
        terms[institution_of[site]].append(cost * groups)
    for (_, site), offer in period.offer.items():
        terms[institution_of[site]].append(money.cost_per_offer * offer)
    for site, is_open in period.open_site.items():
        terms[institution_of[site]].append(money.cost_per_site * is_open)
    years = region.span_years(period.period)
    for (_, site), opened in period.opened.items():
        terms[institution_of[site]].append(money.cost_to_open / years * opened)
    for (programme, site), closed in period.closed.items():
        hours = region.teach_out_hours[programme]
        cost = (money.cost_to_close + money.cost_per_group_hour * hours) / years
        terms[institution_of[site]].append(cost * closed)
    return {name: pyo.quicksum(parts) for name, parts in terms.items()}


def _funding(model: PlanningModel, moment: MomentModel, money: Money) -> dict[str, Any]:
    region = model.region
    institution_of = {**region.institution_of, ONLINE: ONLINE}
    terms: dict[str, list[Any]] = {name: [] for name in sorted(set(institution_of.values()))}
    scale = moment.of_period.case.funding_scale
    for (programme, site), enrolled in moment.enrolled.items():
        terms[institution_of[site]].append(scale * region.funding_of[programme] * enrolled)
    for (_, unit, site), learners in moment.alone.items():
        fee = money.fee_per_hour * model.hours[unit]
        terms[institution_of[site]].append(fee * learners)
    return {name: pyo.quicksum(parts) for name, parts in terms.items()}
