"""What a plan brings about: occupations within reach, openings filled, sites open."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.frames import mapping, rows


def bring_within_reach(model: PlanningModel) -> None:
    r"""An occupation is within reach of an area when an offer in reach leads to it.

    .. math::

        \mathrm{reach}_{oz} \le \sum_{p \to o,\, s \in \mathrm{reach}(z, p)}
        \mathrm{offer}_{ps}, \qquad 0 \le \mathrm{reach}_{oz} \le 1
    """
    pyomo, reached_by = model.pyomo, model.case.areas.reached_by
    in_objective = bool({"coverage", "worst_zone"} & model.terms_in_use)
    needed = in_objective or any(rule.needs_reach for rule in model.policy.active_rules)
    pyomo.reach = pyo.Var(list(reached_by) if needed else [], bounds=(0.0, 1.0))
    pyomo.within_reach = pyo.Constraint(
        list(pyomo.reach),
        rule=lambda _, *key: (
            pyomo.reach[key] <= pyo.quicksum(pyomo.offer[offer] for offer in reached_by[key])
        ),
    )


def find_worst_zone(model: PlanningModel) -> None:
    r"""No zone does worse than the worst.

    .. math::

        \mathrm{worst\_zone} \sum_o w_o \le \sum_o w_o \, \mathrm{reach}_{oz} \qquad \forall z
    """
    pyomo, weights, area_of = model.pyomo, model.shortage_weights, model.case.areas.area_of
    used = "worst_zone" in model.terms_in_use
    best = 1.0 if weights else 0.0
    pyomo.worst_zone = pyo.Var([0] if used else [], bounds=(0.0, best))
    pyomo.no_zone_is_worse = pyo.Constraint(
        list(model.case.areas.zones) if used else [],
        rule=lambda _, zone: (
            pyomo.worst_zone[0] * sum(weights.values())
            <= pyo.quicksum(
                weight * pyomo.reach[occupation, area_of[occupation, zone]]
                for occupation, weight in weights.items()
                if (occupation, zone) in area_of
            )
        ),
    )


def fill_openings(model: PlanningModel, openings: dict[str, float]) -> None:
    r"""Openings are filled by graduates, and no further than there are openings.

    .. math::

        \mathrm{filled}_o \le O_o, \qquad
        \mathrm{filled}_o \le \sum_{p,s} \lambda_{po} \sigma_p \, \mathrm{enrolled}_{ps}
    """
    pyomo, region = model.pyomo, model.region
    short = list(model.shortage_weights) if "filled_openings" in model.terms_in_use else []
    success = mapping(region.programmes, "programme", "success")
    at_sites: dict[str, list[Any]] = defaultdict(list)
    for (programme, _), variable in pyomo.enrolled.items():
        at_sites[programme].append(variable)
    graduates: dict[str, list[Any]] = defaultdict(list)
    leads_to = region.leads_to[region.leads_to["occupation"].isin(short)]
    for programme, occupation, share in rows(leads_to, "programme", "occupation", "share"):
        graduating = share * success[programme]
        graduates[occupation].extend(graduating * v for v in at_sites[programme])
    pyomo.filled = pyo.Var(short, bounds=lambda _, o: (0.0, openings.get(o, 0.0)))
    pyomo.filled_by_graduates = pyo.Constraint(
        short, rule=lambda _, o: pyomo.filled[o] <= pyo.quicksum(graduates[o])
    )


def open_sites(model: PlanningModel) -> None:
    r"""A site is open when it offers a programme or teaches a unit.

    .. math::

        \mathrm{offer}_{ps} \le \mathrm{open\_site}_s, \qquad
        \mathrm{run}_{us} \le \mathrm{open\_site}_s
    """
    pyomo = model.pyomo
    in_objective = "open_sites" in model.terms_in_use
    needed = in_objective or any(rule.needs_open_site for rule in model.policy.active_rules)
    pyomo.open_site = pyo.Var(
        sorted(model.region.sites["site"]) if needed else [], domain=pyo.Binary
    )
    active = {**pyomo.offer, **{key: pyomo.run[key] for key in model.case.nearby}}
    pyomo.only_where_open = pyo.Constraint(
        list(active) if needed else [],
        rule=lambda _, taught, site: active[taught, site] <= pyomo.open_site[site],
    )
