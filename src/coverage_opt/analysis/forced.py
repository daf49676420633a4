"""What changes when an offer is forced open or closed: from a re-solve, with what is proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from coverage_opt.analysis.worth import Interval
from coverage_opt.frames import rows
from coverage_opt.plan.plan import Plan
from coverage_opt.planning.blocking import Short, impossible_without
from coverage_opt.planning.changes import Change
from coverage_opt.planning.failures import Infeasible
from coverage_opt.planning.what_if import Answer, WhatIf
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.outcome import Status
from coverage_opt.solver.progress import ABSOLUTE_GAP, Listener, silent

TOLD = (
    "coverage",
    "filled_openings",
    "placed",
    "first_choice",
    "travel",
    "travel_minutes",
    "cost",
    "offers",
)
"""The indicators that a change is told in, as far as the region has them."""

Offer = tuple[int, str, str]
"""Period, programme, site."""


@dataclass(frozen=True)
class Forced:
    """The plan in hand beside one under a change.

    Attributes:
        change: what was forced.
        answer: what is known of the best plan under it; None where the model has no such offer.
        loss: by how much the best plan is worse under the change, in the first stage's goal; an
            end that is not known is infinite.
        plan: a verified plan under the change; None without one.
        indicators: name -> before and after; empty without a plan.
        opened: other offers that open.
        closed: other offers that close.
        short: where no plan has it, the demands that the cheapest breach breaks.
    """

    change: Change
    answer: Answer | None
    loss: Interval
    plan: Plan | None
    indicators: dict[str, tuple[float, float]]
    opened: tuple[Offer, ...] = ()
    closed: tuple[Offer, ...] = ()
    short: tuple[Short, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether a plan under the change was found."""
        return self.plan is not None

    @property
    def measurable(self) -> bool:
        """Whether the loss is proven to be more than nothing."""
        return self.loss.low > ABSOLUTE_GAP


def force(
    what_if: WhatIf,
    change: Change,
    *,
    thorough: bool = True,
    listener: Listener = silent,
) -> Forced:
    """Return what a change that opens or closes offers would do.

    Args:
        what_if: the plan in hand.
        change: what is forced.
        thorough: whether the bound is sharpened, which can take as long as the first solve.
        listener: hears how it goes.
    """
    try:
        answer = what_if.ask(change, thorough=thorough, listener=listener)
    except Infeasible:
        return Forced(change, None, Interval(float("inf"), float("inf")), None, {})
    return forced_by(what_if, answer, listener=listener)


def forced_by(what_if: WhatIf, answer: Answer, *, listener: Listener = silent) -> Forced:
    """Return what a change does by the answer that was found for it."""
    change = answer.change
    if answer.columns is None:
        short: tuple[Short, ...] = ()
        if answer.status is Status.INFEASIBLE:
            deadline = Deadline.after(what_if.limits.time_limit_seconds)
            short = impossible_without(what_if, change, deadline) or ()
        return Forced(change, answer, loss_of(what_if, answer), None, {}, short=short)
    plan = what_if.make(answer, listener=listener)
    before, after = set(_offers(what_if.plan)), set(_offers(plan))
    said = change.opened | change.closed
    found = Forced(change, answer, loss_of(what_if, answer), plan, told(what_if.plan, plan))
    return replace(
        found,
        opened=tuple(sorted(offer for offer in after - before if offer[1:] not in said)),
        closed=tuple(sorted(offer for offer in before - after if offer[1:] not in said)),
    )


def loss_of(what_if: WhatIf, answer: Answer) -> Interval:
    """Return by how much the best plan under a change is worse: a valid interval.

    The best plan lies between value and bound, in hand and under the change; where the change
    only restricts it cannot be better.
    """
    if answer.status is Status.INFEASIBLE:
        return Interval(float("inf"), float("inf"))
    value = answer.value if answer.columns is not None else float("nan")
    if what_if.goal.sense == "maximise":
        low, high = what_if.value - answer.bound, what_if.bound - value
    else:
        low, high = answer.bound - what_if.value, value - what_if.bound
    if answer.columns is None:
        high = float("inf")
    return Interval(low, high).at_least(0.0) if answer.change.restricts else Interval(low, high)


def told(before: Plan, after: Plan) -> dict[str, tuple[float, float]]:
    """Return name -> value before and after, of the indicators that a change is told in."""
    one, other = before.indicators, after.indicators
    return {name: (one[name], other[name]) for name in TOLD if name in one and name in other}


def _offers(plan: Plan) -> Iterator[Offer]:
    yield from rows(plan.offers, "period", "programme", "site")
