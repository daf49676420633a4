"""Plans nearly as good, as different as possible: what is in all of them, in some, in none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import rows
from coverage_opt.plan.plan import Plan
from coverage_opt.planning.diverging import Diverger, Diverging
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.solver.progress import Listener, relative_gap, silent

Offer = tuple[int, str, str]
"""Period, programme, site."""


@dataclass(frozen=True)
class Alternative:
    """A plan nearly as good.

    Attributes:
        plan: verified.
        value: of its first stage.
        distance: offers that open or close against the plan in hand.
        nearest: offers by which it differs from the nearest of those before it.
    """

    plan: Plan
    value: float
    distance: int
    nearest: int


@dataclass(frozen=True)
class Alternatives:
    """Plans nearly as good as one in hand.

    Attributes:
        within: share of the best first stage there can be that was given up at most.
        asked: number of plans that were asked for.
        plans: those found, in the order in which they were.
        counts: offer -> in how many of all plans, the one in hand included; possible ones that
            are in none have 0.
    """

    within: float
    asked: int
    plans: tuple[Alternative, ...]
    counts: dict[Offer, int]

    @property
    def together(self) -> int:
        """Number of plans, the one in hand included."""
        return len(self.plans) + 1

    @property
    def backbone(self) -> tuple[Offer, ...]:
        """Offers that are in all plans."""
        return tuple(one for one, count in self.counts.items() if count == self.together)

    @property
    def some(self) -> tuple[Offer, ...]:
        """Offers that are in some plans, those in most of them first."""
        found = [one for one, count in self.counts.items() if 0 < count < self.together]
        return tuple(sorted(found, key=lambda one: (-self.counts[one], one)))

    @property
    def none(self) -> tuple[Offer, ...]:
        """Offers that are possible, and in no plan."""
        return tuple(one for one, count in self.counts.items() if count == 0)


def alternatives_to(
    what_if: WhatIf,
    number: int,
    within: float,
    *,
    listener: Listener = silent,
    told: Callable[[Alternative, int], None] = lambda alternative, place: None,
) -> Alternatives:
    """Find plans nearly as good as one in hand, each as different as possible.

    Args:
        what_if: the plan in hand; its limits hold for each search, its seed for the draws.
        number: of plans to find; there may be fewer.
        within: share of the first stage's bound that may be given up, 0-1.
        listener: hears how it goes.
        told: hears of each plan as soon as it is there, with its place from 1.

    Returns:
        What was found; after Ctrl-C, up to then.

    Raises:
        InputError: the plan in hand itself is not known to be within the share.
        KeyboardInterrupt: Ctrl-C before the first was found.
    """
    gap = relative_gap(what_if.value, what_if.bound)
    if abs(what_if.bound - what_if.value) > within * abs(what_if.bound) + 1e-9:
        what = f"the plan itself is only known to be within {gap:.3%} of the best"
        raise InputError(
            [Problem(what, "--within", advice="allow more, or solve with a lower gap")]
        )
    diverger = Diverger(what_if, within, what_if.limits.seed)
    counts = Counter(dict.fromkeys(_possible(what_if), 0))
    counts.update(_offers(what_if.plan))
    plans: list[Alternative] = []
    while len(plans) < number:
        try:
            found = diverger.next(listener)
            if found is None:
                break
            made = _made(what_if, found, len(plans) + 1, within, listener)
        except KeyboardInterrupt:
            if not plans:
                raise
            break  # what was found counts
        plans.append(made)
        counts.update(_offers(plans[-1].plan))
        told(plans[-1], len(plans))
    return Alternatives(within, number, tuple(plans), dict(sorted(counts.items())))


def _made(
    what_if: WhatIf, found: Diverging, place: int, within: float, listener: Listener
) -> Alternative:
    plan = what_if.make(found.answer, listener=listener, alternative=place, within=within)
    value = float(plan.stages.iloc[0]["value"])
    return Alternative(plan, value, found.distance[0], min(found.distance))


def _offers(plan: Plan) -> list[Offer]:
    return list(rows(plan.offers, "period", "programme", "site"))


def _possible(what_if: WhatIf) -> list[Offer]:
    return [
        (period.period, programme, site)
        for period in what_if.prepared.model.periods
        for programme, site in period.offer
    ]
