"""What is lost for each offer of a plan if it must go: a re-solve for each, with its bound."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from coverage_opt.analysis.forced import loss_of
from coverage_opt.analysis.worth import Interval
from coverage_opt.frames import rows
from coverage_opt.planning.changes import Change
from coverage_opt.planning.measures import coverage, filled_openings
from coverage_opt.planning.what_if import Answer, Vector, WhatIf
from coverage_opt.solver.progress import ABSOLUTE_GAP, Listener, silent

Pair = tuple[str, str]


@dataclass(frozen=True)
class Importance:
    """What is lost without one offer.

    Attributes:
        offer: programme and site.
        answer: what is known of the best plan without it, in any period.
        loss: by how much that is worse than the best plan with it, in the first stage's goal;
            infinite where no plan is left.
        coverage: share, by which the plan found covers less; not a number without a plan.
        filled_openings: share, by which the plan found fills less; not a number without a plan.
    """

    offer: Pair
    answer: Answer
    loss: Interval
    coverage: float
    filled_openings: float

    @property
    def measurable(self) -> bool:
        """Whether the loss is proven to be more than nothing."""
        return self.loss.low > ABSOLUTE_GAP


def importance_of(
    what_if: WhatIf,
    *,
    programmes: Collection[str] | None = None,
    proven: int = 10,
    listener: Listener = silent,
    told: Callable[[Importance, int, int], None] = lambda one, place, number: None,
) -> tuple[Importance, ...]:
    """Return what is lost for each offer of a plan if it must go, the largest loss first.

    Each is closed by itself, and the block it belongs to is decided anew. Then those by which most
    could be lost are looked at again, for a bound that says what is lost at least.

    Args:
        what_if: the plan in hand.
        programmes: only offers of these; of all when None.
        proven: so many bounds are sharpened; for the first of them all blocks are solved once,
            which takes about as long as the first solve.
        listener: hears how it goes.
        told: hears of each offer as soon as it is known, with its place from 1 and their number.
    """
    offered = sorted(set(rows(what_if.plan.offers, "programme", "site")))
    chosen = [one for one in offered if programmes is None or one[0] in programmes]
    before = _worth(what_if, what_if.columns)

    def without(offer: Pair, *, thorough: bool) -> Importance:
        change = Change(closed=frozenset([offer]))
        answer = what_if.ask(change, thorough=thorough, whole=False, listener=listener)
        if answer.columns is None:
            answer = what_if.ask(change, listener=listener)
        after = _worth(what_if, answer.columns)
        lost = [one - other for one, other in zip(before, after, strict=True)]
        return Importance(offer, answer, loss_of(what_if, answer), *lost)

    found: list[Importance] = []
    for place, offer in enumerate(chosen, start=1):
        found.append(without(offer, thorough=False))
        told(found[-1], place, len(chosen))
    found.sort(key=_most_lost_first)
    for place, one in enumerate(found[:proven]):
        if one.answer.columns is not None:
            found[place] = without(one.offer, thorough=True)
    return tuple(sorted(found, key=_most_lost_first))


def _most_lost_first(one: Importance) -> tuple[float, float, Pair]:
    return -one.loss.low, -one.loss.high, one.offer


def _worth(what_if: WhatIf, columns: Vector | None) -> tuple[float, float]:
    if columns is None:
        return float("nan"), float("nan")
    prepared = what_if.prepared
    return coverage(prepared, columns), filled_openings(prepared, columns)
