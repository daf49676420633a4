"""What a running solve tells the outside, and the one definition of the relative gap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

ABSOLUTE_GAP = 1e-6
"""Objective values this close count as equal; HiGHS stops at the same difference."""

SMALLEST_VALUE = 1e-9


def relative_gap(value: float, bound: float) -> float:
    """How much better than the plan in hand the best plan could still be, as a share of it.

    ``|bound - value| / max(|value|, 1e-9)``, the definition HiGHS uses for ``mip_rel_gap``; 0 when
    the two differ by at most ``ABSOLUTE_GAP``, so that a value of 0 can be optimal.

    Args:
        value: objective value of the plan in hand.
        bound: no plan is better than this; infinite when nothing is proven.

    Returns:
        The gap, 0 or more; infinite when the bound is.
    """
    difference = abs(bound - value)
    if math.isinf(difference):
        return math.inf
    return 0.0 if difference <= ABSOLUTE_GAP else difference / max(abs(value), SMALLEST_VALUE)


@dataclass(frozen=True)
class Progress:
    """Where a solve stands.

    Attributes:
        phase: what is being solved, in the caller's words.
        seconds: since this solve began.
        incumbent: objective value of the best plan so far; None without a plan.
        bound: no plan is better than this; None when nothing is proven yet.
        gap: ``relative_gap`` of the two; None unless both are known.
        nodes: branch-and-bound nodes done.
        message: begins with "searching" or "new plan" while it goes on, then says how it ended.
    """

    phase: str
    seconds: float
    incumbent: float | None
    bound: float | None
    gap: float | None
    nodes: int
    message: str


class Listener(Protocol):
    """Whoever wants to hear how a solve goes; called in the thread that called ``solve``."""

    def __call__(self, progress: Progress, /) -> None:
        """Take in one event. An exception stops the solve and reaches its caller."""


def silent(_progress: Progress, /) -> None:
    """The listener that does nothing."""
