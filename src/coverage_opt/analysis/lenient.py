"""Settings that could give so that an offer can be filled, and steps back and forth in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor

from coverage_opt.analysis.relaxing import Change, price_of
from coverage_opt.formulation.shortfalls import Shortfall
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules.base import TOLERANCE, When
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.demand import Demand
from coverage_opt.rules.easing import with_value

Pair = tuple[str, str]

Way = tuple[Change, ...]
"""Settings that change together."""


def price_of_way(way: Way) -> float:
    """Return how far settings change, relative to their numbers; 1 is giving one up."""
    return sum(price_of(change) for change in way)


def sized_ways(
    policy: Policy, region: Region, short: Mapping[Pair, Sequence[Shortfall]]
) -> list[Way]:
    """Return the class sizes that could let offers be filled, read off what they lack.

    The minimum of a class must be no more than the learners who could come to it at most. There
    is none for an offer to one of whose classes not one learner could come, and none that asks
    for all that another asks for and more.

    Args:
        policy: its ``class_size`` rule is looked at.
        region: the region.
        short: offers that cannot be filled -> the classes that are short.
    """
    rule = policy.rule(ClassSize)
    if rule is None:
        return []
    ways = {
        _values(way): way
        for offer, classes in short.items()
        if (way := _sized(rule, region, offer, classes))
    }
    return [
        way
        for values, way in ways.items()
        if not any(other != values and _is_part(other, values) for other in ways)
    ]


def _sized(rule: ClassSize, region: Region, offer: Pair, short: Sequence[Shortfall]) -> Way:
    """Return the minimums that an offer needs to be lower; none where that cannot help."""
    changes: dict[tuple[str, ...], Change] = {}
    for one in short:
        key = ("offer", *offer) if one.unit is None else (one.unit, offer[1])
        knob, most = rule.knob(key, region), floor(one.most + TOLERANCE)
        if knob is None or most < 1:
            return ()
        if knob.path in changes and _then(changes[knob.path]) <= most:
            continue
        changes[knob.path] = Change(
            Demand(rule, When(), key), with_value(rule, knob.path, most), knob
        )
    return tuple(changes[path] for path in sorted(changes))


def _values(way: Way) -> frozenset[tuple[tuple[str, ...], float]]:
    return frozenset((change.knob.path, _then(change)) for change in way if change.knob is not None)


def _is_part(
    one: frozenset[tuple[tuple[str, ...], float]], other: frozenset[tuple[tuple[str, ...], float]]
) -> bool:
    """Tell whether minimums are all among others, and none of them is lower than there."""
    lower = dict(other)
    return all(path in lower and lower[path] <= value for path, value in one)


def _then(change: Change) -> float:
    return change.number[1] if change.number is not None else 0.0


def stricter(way: Way, position: int) -> Way:
    """Return a way with one of its settings a step nearer to what it was; without it at that."""
    changed = _moved(way[position], -1)
    return (*way[:position], *(() if changed is None else (changed,)), *way[position + 1 :])


def looser(way: Way) -> Way | None:
    """Return a way with each setting a step further; None where one is as lenient as can be."""
    changed = [_moved(change, 1) for change in way]
    return tuple(one for one in changed if one is not None) if all(changed) else None


def _moved(change: Change, steps: int) -> Change | None:
    """Return a change that goes so many steps further; None for none, or beyond the last."""
    if change.number is None or change.knob is None:
        return None
    knob, (now, then) = change.knob, change.number
    gone = max(1, round(abs(then - now) / knob.step)) + steps
    if gone == 0 or knob.value(now, gone) == then:
        return None
    rule = with_value(change.demand.rule, knob.path, knob.value(now, gone))
    return None if rule is None else replace(change, rule=rule)
