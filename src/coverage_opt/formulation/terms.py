"""What objective stages can weigh: one linear expression per term."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pyomo.environ as pyo

from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.frames import mapping
from coverage_opt.policy.policy import Stage, Term


def coverage(model: PlanningModel) -> Any:
    r"""Share, 0-1, of shortage occupation and learner pairs within reach.

    .. math:: \sum_{o,z} w_o n_z \mathrm{reach}_{oz} \Big/ \sum_o w_o \sum_z n_z
    """
    weights = model.shortage_weights
    total = sum(weights.values()) * model.everybody
    return pyo.quicksum(
        weights[key[0]] * model.living[key] / total * reach for key, reach in model.reach.items()
    )


def filled_openings(model: PlanningModel) -> Any:
    r"""Shortage-weighted share, 0-1, of openings that graduates fill.

    .. math:: \sum_o w_o \mathrm{filled}_o \Big/ \sum_o w_o O_o
    """
    weights = model.shortage_weights
    total = sum(weights[o] * filled.ub for o, filled in model.pyomo.filled.items())
    if not total:
        return 0.0
    return pyo.quicksum(weights[o] / total * filled for o, filled in model.pyomo.filled.items())


def placed(model: PlanningModel) -> Any:
    r"""Share, 0-1, of learners with a place: :math:`\sum \mathrm{switch} / \sum n`."""
    return pyo.quicksum(model.pyomo.switch.values()) / model.everybody


def first_choice(model: PlanningModel) -> Any:
    r"""Share, 0-1, of learners in what they asked for."""
    return (
        pyo.quicksum(
            switch
            for key, switch in model.pyomo.switch.items()
            if key in model.case.groups.first_choice
        )
        / model.everybody
    )


def worst_zone(model: PlanningModel) -> Any:
    """Coverage, 0-1, of the zone that has the least."""
    return model.pyomo.worst_zone[0]


def saved_hours(model: PlanningModel) -> Any:
    r"""Contact hours a year saved by teaching programmes together.

    .. math::

        \sum_u h_u \Big( \sum_{p \in P(u), s} \mathrm{offer}_{ps} - \sum_s \mathrm{run}_{us} \Big)
    """
    hours = mapping(model.units, "unit", "hours")
    delivered = pyo.quicksum(
        sum(hours[unit] for unit in model.units_of[programme]) * offer
        for (programme, _), offer in model.offer.items()
    )
    return delivered - pyo.quicksum(hours[unit] * run for (unit, _), run in model.run.items())


def travel_minutes(model: PlanningModel) -> Any:
    """Learner-minutes one way, to the programme's site and to units taught nearby."""
    minutes = model.case.minutes
    journeys = (model.pyomo.place, model.pyomo.attend)
    return pyo.quicksum(
        minutes[zone, site] * learners
        for flows in journeys
        for (zone, _, site), learners in flows.items()
    )


def offers(model: PlanningModel) -> Any:
    """Programmes offered, each counted at every site that offers it."""
    return pyo.quicksum(model.offer.values())


def open_sites(model: PlanningModel) -> Any:
    """Sites that offer or teach anything."""
    return pyo.quicksum(model.open_site.values())


TERMS: dict[str, Callable[[PlanningModel], Any]] = {
    term.__name__: term
    for term in (
        coverage,
        filled_openings,
        placed,
        first_choice,
        worst_zone,
        saved_hours,
        travel_minutes,
        offers,
        open_sites,
    )
}

if set(TERMS) != set(get_args(Term)):  # pragma: no cover - caught by the first import
    raise ImportError("terms of a policy and terms of the formulation differ")


def goal(model: PlanningModel, stage: Stage) -> Any:
    """Return the weighted sum of terms that ``stage`` pursues."""
    return pyo.quicksum(weight * TERMS[term](model) for term, weight in stage.terms.items())
