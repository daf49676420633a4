"""What a plan brings about: occupations within reach, openings filled, sites open."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.planning_model import MomentModel, PlanningModel
from coverage_opt.frames import mapping, rows
from coverage_opt.region.region import ONLINE, Region


def bring_within_reach(model: PlanningModel) -> None:
    r"""An occupation is within reach of an area when an offer in reach leads to it.

    .. math::

        \mathrm{reach}_{oz} \le \sum_{p \to o,\, s \in \mathrm{reach}(z, p)}
        \mathrm{offer}_{ps}, \qquad 0 \le \mathrm{reach}_{oz} \le 1
    """
    pyomo = model.pyomo
    offers = {
        (period.period, *key): [period.offer[offer] for offer in found]
        for period in model.periods
        for key, found in (period.case.areas.reached_by.items() if model.needs_reach else ())
    }
    pyomo.reach = pyo.Var(list(offers), bounds=(0.0, 1.0))
    pyomo.within_reach = pyo.Constraint(
        list(offers), rule=lambda _, *key: pyomo.reach[key] <= pyo.quicksum(offers[key])
    )
    for period in model.periods:
        for key in period.case.areas.reached_by if model.needs_reach else ():
            period.reach[key] = pyomo.reach[(period.period, *key)]


def find_worst_zone(model: PlanningModel) -> None:
    r"""No zone with young learners does worse than the worst.

    .. math::

        \mathrm{worst\_zone} \sum_o w_o \le \sum_o w_o \, \mathrm{reach}_{oz} \qquad \forall z
    """
    pyomo, weights = model.pyomo, model.shortage_weights
    used = [moment.key for moment in model.moments] if "worst_zone" in model.terms_in_use else []
    pyomo.worst_zone = pyo.Var(used, bounds=(0.0, 1.0 if weights else 0.0))
    zones: dict[tuple[Any, ...], Any] = {}
    for moment in model.moments if used else ():
        areas, reach = moment.of_period.case.areas, moment.of_period.reach
        moment.worst_zone = pyomo.worst_zone[moment.key]
        for zone, learners in areas.zones.items():
            if learners[moment.number] > 0:
                zones[(*moment.key, zone)] = pyo.quicksum(
                    weight * reach[occupation, areas.area_of[occupation, zone]]
                    for occupation, weight in weights.items()
                    if (occupation, zone) in areas.area_of
                )
    pyomo.no_zone_is_worse = pyo.Constraint(
        list(zones),
        rule=lambda _, year, scenario, zone: (
            pyomo.worst_zone[year, scenario] * sum(weights.values()) <= zones[year, scenario, zone]
        ),
    )


def find_worst_institution(model: PlanningModel) -> None:
    r"""No institution keeps a smaller share of its learners than the worst.

    .. math::

        \mathrm{worst\_institution} \cdot \sigma_i N
        \le \sum_{p,\, s \in i} \mathrm{enrolled}_{ps} \qquad \forall i

    with :math:`\sigma_i` the institution's share of today's learners and :math:`N` all who ask
    for a programme.
    """
    pyomo = model.pyomo
    used = "worst_institution" in model.terms_in_use
    moments = model.moments if used else ()
    pyomo.worst_institution = pyo.Var([moment.key for moment in moments], bounds=(0.0, 1.0))
    shares = shares_today(model.region) if used else {}
    kept: dict[tuple[Any, ...], tuple[float, Any]] = {}
    for moment in moments:
        moment.worst_institution = pyomo.worst_institution[moment.key]
        at: dict[str, list[Any]] = defaultdict(list)
        for (_, site), enrolled in moment.enrolled.items():
            at[model.region.institution_of[site]].append(enrolled)
        for institution, share in shares.items():
            fair = share * moment.everybody
            kept[(*moment.key, institution)] = (fair, pyo.quicksum(at[institution]))
    pyomo.no_institution_is_worse = pyo.Constraint(
        list(kept),
        rule=lambda _, *key: pyomo.worst_institution[key[:2]] * kept[key][0] <= kept[key][1],
    )


def shares_today(region: Region) -> dict[str, float]:
    """Return institution -> share of today's learners, where it has any."""
    current = region.current
    learners = current.groupby(current["site"].map(region.institution_of))["learners"].sum()
    return {str(name): float(n) / float(learners.sum()) for name, n in learners.items() if n > 0}


def fill_openings(model: PlanningModel) -> None:
    r"""Openings are filled by graduates, and no further than there are openings.

    .. math::

        \mathrm{filled}_o \le O_o, \qquad
        \mathrm{filled}_o \le \sum_{p,s} \lambda_{po} \sigma_p \, \mathrm{enrolled}_{ps}
    """
    pyomo = model.pyomo
    short = list(model.shortage_weights) if "filled_openings" in model.terms_in_use else []
    openings: dict[tuple[Any, ...], float] = {}
    graduates: dict[tuple[Any, ...], list[Any]] = {}
    for moment in model.moments if short else ():
        found = _graduates(model, moment, short)
        for occupation in short:
            openings[(*moment.key, occupation)] = moment.data.openings.get(occupation, 0.0)
            graduates[(*moment.key, occupation)] = found[occupation]
    pyomo.filled = pyo.Var(list(openings), bounds=lambda _, *key: (0.0, openings[key]))
    pyomo.filled_by_graduates = pyo.Constraint(
        list(openings), rule=lambda _, *key: pyomo.filled[key] <= pyo.quicksum(graduates[key])
    )
    for moment in model.moments:
        moment.filled = {name: pyomo.filled[(*moment.key, name)] for name in short}


def _graduates(model: PlanningModel, moment: MomentModel, short: list[str]) -> dict[str, list[Any]]:
    """Return occupation -> graduates who enter it, as terms over who enrols."""
    region = model.region
    success = mapping(region.programmes, "programme", "success")
    at_sites: dict[str, list[Any]] = defaultdict(list)
    for (programme, _), variable in moment.enrolled.items():
        at_sites[programme].append(variable)
    graduates: dict[str, list[Any]] = defaultdict(list)
    leads_to = region.leads_to[region.leads_to["occupation"].isin(short)]
    for programme, occupation, share in rows(leads_to, "programme", "occupation", "share"):
        graduating = share * success[programme]
        graduates[occupation].extend(graduating * v for v in at_sites[programme])
    return graduates


def open_sites(model: PlanningModel) -> None:
    r"""A site is open when it offers a programme or teaches a unit.

    .. math::

        \mathrm{offer}_{ps} \le \mathrm{open\_site}_s, \qquad
        \mathrm{run}_{us} \le \mathrm{open\_site}_s
    """
    pyomo = model.pyomo
    sites = sorted(model.region.sites["site"])
    periods = model.periods if model.needs_open_site else ()
    pyomo.open_site = pyo.Var(
        [(period.period, site) for period in periods for site in sites], domain=pyo.Binary
    )
    active: dict[tuple[Any, ...], Any] = {}
    for period in periods:
        period.open_site.update({site: pyomo.open_site[period.period, site] for site in sites})
        elsewhere = {*period.case.nearby, *period.case.received}
        for key, variable in period.offer.items():
            active[(period.period, *key)] = variable
        for key, variable in period.run.items():
            if key in elsewhere and key[1] != ONLINE:
                active[(period.period, *key)] = variable
    pyomo.only_where_open = pyo.Constraint(
        list(active),
        rule=lambda _, year, taught, site: (
            active[year, taught, site] <= pyomo.open_site[year, site]
        ),
    )
