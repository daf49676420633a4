"""What is lost for each offer of a plan if it must go: a re-solve for each, with its bound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from coverage_opt.analysis.forced import loss_of
from coverage_opt.analysis.worth import Interval
from coverage_opt.frames import rows
from coverage_opt.planning.changes import Change
from coverage_opt.planning.measures import coverage, filled_openings
from coverage_opt.planning.what_if import Answer, Vector, WhatIf
from coverage_opt.solver.progress import ABSOLUTE_GAP, Listener, silent
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.side_by_side import side_by_side

Pair = tuple[str, str]

SECONDS_EACH = (5.0, 20.0)
"""Deciding the block of an offer anew may take this long at first, and longer where much could be
lost by what was found. Most blocks need far less than the first; the largest of Zeeland 15 s."""


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

    Each is closed by itself, and the block it belongs to is decided anew, within a short time; for
    longer where by that much could be lost. Then those by which most could be are looked at again,
    for a bound that says what is lost at least.

    Args:
        what_if: the plan in hand; as many offers are looked at side by side as it has threads.
        programmes: only offers of these; of all when None.
        proven: so many bounds are sharpened; for the first of them all blocks are solved once,
            which takes about as long as the first solve.
        listener: hears how it goes.
        told: hears of each offer as soon as it is known, with its place from 1 and their number;
            once more of those that are looked at for longer.
    """
    offered = sorted(set(rows(what_if.plan.offers, "programme", "site")))
    chosen = [one for one in offered if programmes is None or one[0] in programmes]
    before = _worth(what_if, what_if.columns)

    def without(offer: Pair, **how: Any) -> Importance:
        answer = what_if.ask(Change(closed=frozenset([offer])), **how)
        after = _worth(what_if, answer.columns)
        lost = [one - other for one, other in zip(before, after, strict=True)]
        return Importance(offer, answer, loss_of(what_if, answer), *lost)

    known: dict[Pair, Importance] = {}
    left = chosen
    for seconds in SECONDS_EACH:
        for place, one in enumerate(
            _roughly(without, left, seconds, what_if.limits.threads), start=1
        ):
            if one.answer.columns is None:
                one = without(one.offer, listener=listener)
            known[one.offer] = one
            told(one, place, len(left))
        left = [offer for offer in left if known[offer].answer.gap > what_if.limits.gap]
    found = sorted(known.values(), key=_most_lost_first)
    for place, one in enumerate(found[:proven]):
        if one.answer.columns is not None:
            found[place] = without(one.offer, thorough=True, whole=False, listener=listener)
    return tuple(sorted(found, key=_most_lost_first))


def _roughly(
    without: Callable[..., Importance], offers: Sequence[Pair], seconds: float, threads: int | None
) -> Iterator[Importance]:
    """Yield what is known of each after a search of so many seconds, several at a time.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """

    def job(offer: Pair) -> Callable[[threading.Event], Importance]:
        return lambda stop: without(offer, whole=False, seconds=seconds, stop=stop)

    jobs = [job(offer) for offer in offers]
    with ctrl_c() as pressed:
        with closing(side_by_side(jobs, threads, pressed, lambda _: None)) as ended:
            yield from (one for _, one in ended)
        if pressed.is_set():
            raise KeyboardInterrupt


def _most_lost_first(one: Importance) -> tuple[float, float, Pair]:
    return -one.loss.low, -one.loss.high, one.offer


def _worth(what_if: WhatIf, columns: Vector | None) -> tuple[float, float]:
    if columns is None:
        return float("nan"), float("nan")
    prepared = what_if.prepared
    return coverage(prepared, columns), filled_openings(prepared, columns)
