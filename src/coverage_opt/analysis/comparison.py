"""Plans side by side: what opens, closes and moves, and who gains and loses by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coverage_opt.analysis.measuring import (
    INSTITUTION,
    OCCUPATION,
    REGION,
    UNITS,
    Common,
    Measured,
)
from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import cells, mapping
from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region

CHANGES = ("run", "period", "change", "programme", "name", "site", "to_site", "before", "after")
"""Columns of what is offered differently. ``change`` is ``opened`` (only the later run has it),
``closed`` or ``moved``: closed at a site and opened at another; ``before`` and ``after`` are the
learners a year who start there."""

ACCESS = ("run", "period", "change", "occupation", "name", "zone", "municipality", "learners")
"""Columns of what came within reach (``gained``) of a zone's young learners, or went (``lost``)."""

DIFFERENCES = (
    *("run", "by", "part", "name", "measure", "unit"),
    *("before", "after", "difference"),
)
"""Columns of figures side by side; ``by`` says what kind of part of the region ``part`` is."""


@dataclass(frozen=True)
class Comparison:
    """Runs against the first of them.

    Attributes:
        region: the region of all of them.
        names: what the runs are called, the first one first.
        common: the periods and scenarios they are compared on.
        notes: what they are not compared on, and whether they were made differently.
        settings: run, path, before, after: what their policies say differently, as text.
        changes: see :data:`CHANGES`.
        access: see :data:`ACCESS`.
        differences: see :data:`DIFFERENCES`.
    """

    region: Region
    names: tuple[str, ...]
    common: Common
    notes: tuple[str, ...]
    settings: pd.DataFrame
    changes: pd.DataFrame
    access: pd.DataFrame
    differences: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table, by name."""
        return {
            "changes": self.changes,
            "access": self.access,
            "differences": self.differences,
            "settings": self.settings,
        }


def refuse_different_regions(plans: Mapping[str, Plan]) -> None:
    """Refuse runs that are not for one region with one content.

    Raises:
        InputError: names each run that is for another region than the first, or that was made
            before or after the region was changed.
    """
    (first, one), *others = plans.items()
    problems = []
    for name, plan in others:
        if plan.region != one.region:
            what = f"{name} is for {plan.region}, and {first} for {one.region}"
            problems.append(Problem(what, advice="compare runs of one region"))
        elif plan.region_hash != one.region_hash:
            what = f"{plan.region} was changed between {first} and {name}: its content differs"
            advice = "solve again with the region as it is now"
            problems.append(Problem(what, advice=advice))
    if problems:
        raise InputError(problems)


def compare(plans: Mapping[str, Plan], region: Region) -> Comparison:
    """Compare plans with the first of them.

    Args:
        plans: what each is called -> the plan; two at least.
        region: the region they are all for.

    Raises:
        InputError: they are for different regions, the region is another one or has changed, or
            they have no period or no scenario in common.
    """
    refuse_different_regions(plans)
    first = next(iter(plans.values()))
    if region.content_hash != first.region_hash:
        what = f"{region.name} is not what it was when the runs were made"
        raise InputError([Problem(what, advice="solve again, or restore the region")])
    common, notes = _in_common(plans)
    measured = {name: Measured(plan, region, common) for name, plan in plans.items()}
    before, *after = measured.items()
    base = before[1]
    pairs = [(name, base, each) for name, each in after]
    return Comparison(
        region,
        tuple(plans),
        common,
        tuple(notes),
        _table(("run", "path", "before", "after"), _each(pairs, _settings)),
        _table(CHANGES, _each(pairs, _changes)),
        _table(ACCESS, _each(pairs, _access)),
        _table(DIFFERENCES, _each(pairs, _differences)),
    )


def _in_common(plans: Mapping[str, Plan]) -> tuple[Common, list[str]]:
    """Return what all plans are for, and in words what only some are."""
    first = next(iter(plans.values()))
    periods = _shared([plan.periods for plan in plans.values()])
    scenarios = _shared([[s.name for s in plan.scenarios] for plan in plans.values()])
    problems = [
        Problem(f"the runs have no {what} in common", rows=tuple(_said(plans, what)), advice=advice)
        for what, found in (("period", periods), ("scenario", scenarios))
        for advice in ("compare runs that have at least one in common",)
        if not found
    ]
    if problems:
        raise InputError(problems)
    weights = {s.name: s.probability for s in first.scenarios if s.name in scenarios}
    total = sum(weights.values())
    notes = []
    for what, shared in (("period", periods), ("scenario", scenarios)):
        if any(set(_of(plan, what)) != set(shared) for plan in plans.values()):
            listed = ", ".join(map(str, shared))
            notes.append(f"The runs are compared on the {what}s they share: {listed}.")
    if len({tuple((s.name, s.probability) for s in plan.scenarios) for plan in plans.values()}) > 1:
        notes.append("Scenarios are weighed as in the first run.")
    return Common(periods, {name: share / total for name, share in weights.items()}), notes


def _shared(each: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    return tuple(one for one in each[0] if all(one in others for others in each[1:]))


def _of(plan: Plan, what: str) -> tuple[Any, ...]:
    return plan.periods if what == "period" else tuple(s.name for s in plan.scenarios)


def _said(plans: Mapping[str, Plan], what: str) -> Iterator[str]:
    for name, plan in plans.items():
        yield f"{name}: {', '.join(map(str, _of(plan, what)))}"


def _each(pairs: Any, rows_of: Any) -> Iterator[tuple[Any, ...]]:
    for name, base, other in pairs:
        for row in rows_of(base, other):
            yield (name, *row)


def _table(columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns))


def _settings(base: Measured, other: Measured) -> Iterator[tuple[str, str, str]]:
    """Yield what the policies say differently."""
    one, two = (_flat(each.plan.policy.model_dump(mode="json")) for each in (base, other))
    for path in sorted({*one, *two} - {"name", "title", "view"}):
        if one.get(path, "-") != two.get(path, "-"):
            yield path, one.get(path, "-"), two.get(path, "-")


def _flat(content: Any, path: str = "") -> dict[str, str]:
    if isinstance(content, Mapping) and content:
        found: dict[str, str] = {}
        for key, value in content.items():
            found |= _flat(value, f"{path}.{key}" if path else str(key))
        return found
    return {} if content is None else {path: str(content)}


def _changes(base: Measured, other: Measured) -> Iterator[tuple[Any, ...]]:
    """Yield what opened, closed and moved, period by period."""
    before, after = base.offered(), other.offered()
    region = base.region
    for period in base.common.periods:
        closed = sorted(key[1:] for key in before.keys() - after.keys() if key[0] == period)
        opened = sorted(key[1:] for key in after.keys() - before.keys() if key[0] == period)
        for closing, opening in _moves(closed, opened, region):
            programme, site = closing or opening
            to_site = opening[1] if closing and opening else ""
            change = "moved" if to_site else "closed" if closing else "opened"
            learners_before = before[period, *closing] if closing else 0.0
            learners_after = after[period, *opening] if opening else 0.0
            name = region.programme_name(programme)
            yield period, change, programme, name, site, to_site, learners_before, learners_after


def _moves(
    closed: Sequence[tuple[str, str]], opened: Sequence[tuple[str, str]], region: Region
) -> Iterator[tuple[Any, Any]]:
    """Pair each offer that closed with the nearest one of its programme that opened, if any."""
    minutes = {} if region.site_minutes is None else cells(region.site_minutes)
    ways = sorted(
        (minutes.get((closing[1], opening[1]), 0.0), closing, opening)
        for closing in closed
        for opening in opened
        if closing[0] == opening[0]
    )
    moved: dict[Any, Any] = {}
    for _, closing, opening in ways:
        if closing not in moved and opening not in moved.values():
            moved[closing] = opening
    for closing in closed:
        yield closing, moved.get(closing)
    for opening in opened:
        if opening not in moved.values():
            yield None, opening


def _access(base: Measured, other: Measured) -> Iterator[tuple[Any, ...]]:
    """Yield which occupation came within reach of which zone, and which went."""
    region = base.region
    municipality = mapping(region.zones, "zone", "municipality")
    before, after = (
        mapping(each.reached(), ["period", "occupation", "zone"], "learners")
        for each in (base, other)
    )
    for change, these, those in (("gained", after, before), ("lost", before, after)):
        for key, learners in these.items():
            if key not in those:
                period, occupation, zone = key
                name = region.occupation_name(occupation)
                yield period, change, occupation, name, zone, municipality[zone], learners


def _differences(base: Measured, other: Measured) -> Iterator[tuple[Any, ...]]:
    """Yield every figure of either plan; what a plan has nothing of is 0."""
    before, after = base.figures(), other.figures()
    for by, part, measure in dict.fromkeys([*before, *after]):
        one, two = (each.get((by, part, measure), 0.0) for each in (before, after))
        unit = INDICATOR_UNITS[measure] if by == REGION else UNITS[measure]
        yield by, part, _named(base.region, by, part), measure, unit, one, two, two - one


def _named(region: Region, by: str, part: str) -> str:
    if by == REGION:
        return region.title
    if by == INSTITUTION:
        return region.institution_name(part)
    return region.occupation_name(part) if by == OCCUPATION else part
