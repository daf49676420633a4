"""What a solve says of the best plan there is: a value, a bound, and differences that hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.plan.plan import Plan
from coverage_opt.policy.policy import Stage

Sense = Literal["maximise", "minimise"]


@dataclass(frozen=True)
class Interval:
    """Numbers from ``low`` to ``high``; an end that is not known is infinite."""

    low: float
    high: float

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def at_least(self, floor: float) -> Interval:
        """Return the part from a number on that both ends are known not to be below."""
        return Interval(max(floor, self.low), max(floor, self.high))


@dataclass(frozen=True)
class Worth:
    """What was found of one planning problem's best plan, by the first stage's goal.

    Attributes:
        value: of the plan that was found.
        bound: no plan is better; infinite when nothing is proven.
        indicators: of the plan that was found, by name.
        seconds: wall time of the solve.
    """

    value: float
    bound: float
    indicators: Mapping[str, float]
    seconds: float

    @property
    def best(self) -> Interval:
        """Return where the value of the best plan lies: between value and bound."""
        return Interval(min(self.value, self.bound), max(self.value, self.bound))

    @classmethod
    def of(cls, plan: Plan) -> Worth:
        """Return what a plan's first stage reached."""
        first = plan.stages.iloc[0]
        seconds = sum(map(float, plan.run.get("seconds", {}).values()))
        return cls(float(first["value"]), float(first["bound"]), plan.indicators, seconds)


def unknown(sense: Sense) -> Worth:
    """Return what is known when a limit came before a plan: nothing."""
    best = math.inf if sense == "maximise" else -math.inf
    return Worth(-best, best, {}, math.nan)


def mean(parts: Iterable[tuple[float, Worth]]) -> Worth:
    """Return the weighted mean of several worths; an indicator that one of them lacks is left out.

    Args:
        parts: weight and worth; the weights sum to 1.
    """
    found = list(parts)
    names = [name for name in found[0][1].indicators if all(name in w.indicators for _, w in found)]
    return Worth(
        sum(share * worth.value for share, worth in found),
        sum(share * worth.bound for share, worth in found),
        {name: sum(share * worth.indicators[name] for share, worth in found) for name in names},
        sum(worth.seconds for _, worth in found),
    )


def gain(better: Worth, worse: Worth, sense: Sense) -> Interval:
    """Return by how much one best plan is better than another: a valid interval.

    Where more is better, ``[value, bound]`` of the better one less that of the worse one; where
    less is better, the other way round.
    """
    if sense == "maximise":
        return better.best - worse.best
    return worse.best - better.best


def unit_of(stage: Stage) -> str:
    """Return the unit of a stage's goal; empty when its terms are not all in one unit."""
    units = {INDICATOR_UNITS[indicator_of(term)] for term in stage.terms}
    return units.pop() if len(units) == 1 else ""


def indicator_of(term: str) -> str:
    """Return the indicator that says what a term of a goal is worth."""
    return "sites" if term == "open_sites" else term
