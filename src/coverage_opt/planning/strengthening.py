"""Rows that follow from the rules and help the search where intake is capped.

They cut off no plan, only fractions of one, and are added to the solver alone: what asks the same
model with a rule left out or eased never meets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.placement import most_enrolled
from coverage_opt.formulation.planning_model import MomentModel, PlanningModel
from coverage_opt.handing_over import HandedOver
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.intake_cap import IntakeCap
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.solver.matrix import Floats, Matrix, Row

TOLERANCE = 1e-6
"""Share by which room may fall short of the learners and still be counted as enough: what rounding
leaves out must not cost an offer."""


@dataclass(frozen=True)
class Implied:
    """Rows that follow, kind by kind; those of later kinds build on the earlier ones.

    Attributes:
        links: nobody starts what is not offered, and no more than its cap.
        covers: the room of all offers together is enough for those who must have a place.
        counts: so many offers it takes at the least.
    """

    links: list[Row]
    covers: list[Row]
    counts: list[Row]

    def __iter__(self) -> Iterator[Row]:
        """Yield all rows."""
        yield from (*self.links, *self.covers, *self.counts)


def strengthen(handed: HandedOver, policy: Policy) -> None:
    """Give the solver of a model what follows from its policy.

    Args:
        handed: the model and its solver, which takes the rows.
        policy: the policy that was handed over.
    """
    handed.solver.add_rows(list(implied(handed.model, handed.matrix, policy)))


def implied(model: PlanningModel, matrix: Matrix, policy: Policy) -> Implied:
    r"""Return what follows from ``intake_cap``, alone and together with ``placement_guarantee``.

    .. math::

        \mathrm{enrolled}_{ps} \le k_{ps} \, \mathrm{offer}_{ps}, \qquad
        \sum_{p,s} r_{ps} \, \mathrm{offer}_{ps} \ge m, \qquad
        \sum_{p,s} \mathrm{offer}_{ps} \ge \min\Bigl\{n :
            \textstyle\sum_{i \le n} r_{(i)} \ge m\Bigr\}

    with :math:`k_{ps}` the cap of the offer, or of its programme at all sites together,
    :math:`r_{ps}` the lesser of it and the most who could start there, :math:`r_{(1)} \ge r_{(2)}
    \ge \dots` the same in order, and m the learners who must have a place. The first holds as
    nobody starts what is not offered; the second is what everybody's places add up to, and follows
    from the others for fractions too, but only from it does HiGHS derive cover cuts; the third
    counts how many of the roomiest offers that takes, as fewer have no room for all (see
    ``docs/benchmarks.md``, formulation, for what they do to the published problem capa).

    Args:
        model: the model.
        matrix: the model compiled.
        policy: the policy of the model.
    """
    found = Implied([], [], [])
    caps, guarantee = policy.rule(IntakeCap), policy.rule(PlacementGuarantee)
    if caps is None:
        return found
    for period in model.periods:
        offers = {pair: matrix.column(offer) for pair, offer in period.offer.items()}
        for moment in period.moments:
            room = most_enrolled(moment)
            for pair, most in _capped(caps, moment, room):
                room[pair] = most
                ends = {matrix.column(moment.enrolled[pair]): 1.0, offers[pair]: -most}
                found.links.append(_row(-np.inf, 0.0, ends))
            if guarantee is not None:
                least = guarantee.promised(moment)
                amounts = {offers[pair]: room[pair] for pair in offers}
                found.covers.append(_row(least, np.inf, amounts))
                enough = fewest(np.array(list(amounts.values())), least)
                found.counts.append(_row(enough, np.inf, dict.fromkeys(amounts, 1.0)))
    return found


def _row(lower: float, upper: float, values: Mapping[int, float]) -> Row:
    columns = np.fromiter(values, dtype=np.int32, count=len(values))
    return Row(lower, upper, columns, np.fromiter(values.values(), dtype=float, count=len(values)))


def fewest(room: Floats, learners: float) -> int:
    """Return with how few offers there can be room for learners; one more than all if with none.

    Args:
        room: (n,) of each offer, learners a year.
        learners: who must have a place, a year.
    """
    together = np.cumsum(np.sort(room)[::-1])
    needed = learners - TOLERANCE * max(1.0, learners)
    return 0 if needed <= 0 else int(np.searchsorted(together, needed)) + 1


def _capped(
    caps: IntakeCap, moment: MomentModel, room: dict[Pair, float]
) -> Iterator[tuple[Pair, float]]:
    """Yield the offers whose intake a cap keeps below what could come."""
    most = {cap.key: cap.learners_at_most for cap in caps.caps}
    for pair in moment.enrolled:
        cap = min(most.get(pair, np.inf), most.get(pair[:1], np.inf))
        if cap < room[pair]:
            yield pair, cap
