"""Rows that follow from the rules and help the search where intake is capped.

They cut off no plan, only fractions of one, and are added to the solver alone: what asks the same
model with a rule left out or eased never meets them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.placement import most_enrolled
from coverage_opt.formulation.planning_model import MomentModel
from coverage_opt.handing_over import HandedOver
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.intake_cap import IntakeCap
from coverage_opt.rules.placement_guarantee import PlacementGuarantee


def strengthen(handed: HandedOver, policy: Policy) -> None:
    r"""Add what follows from ``intake_cap``, alone and together with ``placement_guarantee``.

    .. math::

        \mathrm{enrolled}_{ps} \le k_{ps} \, \mathrm{offer}_{ps}, \qquad
        \sum_{p,s} \min(k_{ps}, \bar n_{ps}) \, \mathrm{offer}_{ps} \ge m

    with :math:`k_{ps}` the cap of the offer, or of its programme at all sites together,
    :math:`\bar n_{ps}` the most who could start it, and m the learners who must have a place. The
    first holds as nobody starts what is not offered; the second is what everybody's places add up
    to. It follows from the others for fractions too, but only from it does HiGHS derive cover cuts
    (see ``benchmarks/tried.yaml`` for what that does to the published problem capa).

    Args:
        handed: the model and its solver, which takes the rows.
        policy: the policy that was handed over.
    """
    caps = policy.rule(IntakeCap)
    if caps is None:
        return
    guarantee, column = policy.rule(PlacementGuarantee), handed.matrix.column
    for period in handed.model.periods:
        offers = {pair: column(offer) for pair, offer in period.offer.items()}
        for moment in period.moments:
            room = most_enrolled(moment)
            for pair, most in _capped(caps, moment, room):
                room[pair] = most
                ends = [column(moment.enrolled[pair]), offers[pair]]
                handed.solver.add_row(-np.inf, 0.0, ends, [1.0, -most])
            if guarantee is not None:
                least = guarantee.promised(moment)
                amounts = [room[pair] for pair in offers]
                handed.solver.add_row(least, np.inf, list(offers.values()), amounts)


def _capped(
    caps: IntakeCap, moment: MomentModel, room: dict[Pair, float]
) -> Iterator[tuple[Pair, float]]:
    """Yield the offers whose intake a cap keeps below what could come."""
    most = {cap.key: cap.learners_at_most for cap in caps.caps}
    for pair in moment.enrolled:
        cap = min(most.get(pair, np.inf), most.get(pair[:1], np.inf))
        if cap < room[pair]:
            yield pair, cap
