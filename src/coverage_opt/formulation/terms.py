"""What objective stages can weigh: one linear expression per term, in one moment of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pandas as pd
import pyomo.environ as pyo

from coverage_opt.formulation.planning_model import MomentModel, PeriodModel
from coverage_opt.frames import values_at
from coverage_opt.policy.policy import Term
from coverage_opt.region.region import ONLINE

Formula = Callable[[PeriodModel, MomentModel], Any]


def coverage(period: PeriodModel, moment: MomentModel) -> Any:
    r"""Share, 0-1, of shortage occupation and young learner pairs within reach.

    .. math:: \sum_{o,z} w_o n_z \mathrm{reach}_{oz} \Big/ \sum_o w_o \sum_z n_z
    """
    weights = period.plan.shortage_weights
    total = sum(weights.values()) * moment.youth
    if not total:
        return 0.0
    living = moment.living
    return pyo.quicksum(
        weights[key[0]] * living[key] / total * reach for key, reach in period.reach.items()
    )


def filled_openings(period: PeriodModel, moment: MomentModel) -> Any:
    r"""Shortage-weighted share, 0-1, of openings that graduates fill.

    .. math:: \sum_o w_o \mathrm{filled}_o \Big/ \sum_o w_o O_o
    """
    weights = period.plan.shortage_weights
    total = sum(weights[o] * filled.ub for o, filled in moment.filled.items())
    if not total:
        return 0.0
    return pyo.quicksum(weights[o] / total * filled for o, filled in moment.filled.items())


def placed(period: PeriodModel, moment: MomentModel) -> Any:
    r"""Share, 0-1, of learners with a place: :math:`\sum \mathrm{switch} / \sum n`."""
    return _share(pyo.quicksum(moment.switch.values()), moment.everybody)


def first_choice(period: PeriodModel, moment: MomentModel) -> Any:
    r"""Share, 0-1, of learners in what they asked for."""
    first = period.case.groups.first_choice
    found = pyo.quicksum(switch for key, switch in moment.switch.items() if key in first)
    return _share(found, moment.everybody)


def certificates(period: PeriodModel, moment: MomentModel) -> Any:
    r"""Share, 0-1, of those who ask for a single unit who take it."""
    return _share(moment.served, moment.single_units)


def worst_zone(period: PeriodModel, moment: MomentModel) -> Any:
    """Coverage, 0-1, of the zone that has the least."""
    return moment.worst_zone


def worst_institution(period: PeriodModel, moment: MomentModel) -> Any:
    """Share, 0-1, of its learners that the institution keeps that keeps the least."""
    return moment.worst_institution


def saved_hours(period: PeriodModel, moment: MomentModel) -> Any:
    r"""Contact hours a year saved by teaching programmes together.

    .. math::

        \sum_u h_u \Big( \sum_{p \in P(u), s} \mathrm{offer}_{ps} - \sum_s \mathrm{run}_{us} \Big)
    """
    hours, units_of = period.plan.hours, period.plan.units_of
    delivered = pyo.quicksum(
        sum(hours[unit] for unit in units_of[programme]) * offer
        for (programme, _), offer in period.offer.items()
    )
    return delivered - pyo.quicksum(hours[unit] * run for (unit, _), run in period.run.items())


def travel_minutes(period: PeriodModel, moment: MomentModel) -> Any:
    """Learner-minutes one way, to the programme's site and to units taken elsewhere."""
    # what is online takes no journey
    journeys = [(*way, learners) for way, learners in moment.journeys if way[1] != ONLINE]
    ways = pd.DataFrame([each[:2] for each in journeys], columns=["zone", "site"], dtype="str")
    minutes = values_at(period.region.minutes, ways["zone"], ways["site"]).tolist()
    return pyo.quicksum(
        away * learners for away, (_, _, learners) in zip(minutes, journeys, strict=True)
    )


def offers(period: PeriodModel, moment: MomentModel) -> Any:
    """Programmes offered, each counted at every site that offers it."""
    return pyo.quicksum(period.offer.values())


def open_sites(period: PeriodModel, moment: MomentModel) -> Any:
    """Sites that offer or teach anything."""
    return pyo.quicksum(period.open_site.values())


def cost(period: PeriodModel, moment: MomentModel) -> Any:
    """EUR a year: groups, offers, sites, and what opens and closes; see ``money.py``."""
    return pyo.quicksum(period.cost.values())


def balance(period: PeriodModel, moment: MomentModel) -> Any:
    """EUR a year: funding less cost, over all institutions."""
    return pyo.quicksum(moment.funding.values()) - pyo.quicksum(period.cost.values())


def changes(period: PeriodModel, moment: MomentModel) -> Any:
    """Offers opened or closed."""
    return pyo.quicksum([*period.opened.values(), *period.closed.values()])


TERMS: dict[str, Formula] = {
    term.__name__: term
    for term in (
        coverage,
        filled_openings,
        placed,
        first_choice,
        certificates,
        worst_zone,
        worst_institution,
        saved_hours,
        travel_minutes,
        offers,
        open_sites,
        cost,
        balance,
        changes,
    )
}

ADDED_UP = frozenset({"changes"})
"""Terms that add up over periods; all others are a mean over them."""

if set(TERMS) != set(get_args(Term)):  # pragma: no cover - caught by the first import
    raise ImportError("terms of a policy and terms of the formulation differ")


def _share(part: Any, whole: float) -> Any:
    return part / whole if whole else 0.0
