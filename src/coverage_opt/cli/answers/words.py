"""Words that the answers share: gaps, losses, shortfalls, offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from coverage_opt.analysis.worth import Interval
from coverage_opt.cli.figures import amount, euros, percentage, significant
from coverage_opt.region.region import Region

if TYPE_CHECKING:
    from coverage_opt.analysis.forced import Forced, Offer
    from coverage_opt.formulation.shortfalls import Shortfall
    from coverage_opt.planning.blocking import Short

OFFERS_LISTED = 8
"""So many offers are named; of the others it is said how many there are."""

THOUSAND = 1000.0

UNITS = {
    "class_size": "learners",
    "change_limit": "changes",
    "institution_balance": "EUR a year",
    "institution_share": "learners a year",
    "intake_cap": "learners a year",
    "max_sites": "sites",
    "minimum_coverage": "young learners a year within reach",
    "placement_guarantee": "learners a year without a place",
    "programme_efficiency": "learners a year",
    "region_budget": "EUR a year",
    "site_capacity": "places",
    "teacher_hours": "hours a year",
    "workplace_capacity": "learners at once",
}
"""Rule -> the unit that its rows are in; of all others an amount means nothing."""

IN_THOUSANDS = frozenset({"institution_balance", "region_budget"})
"""Rules whose rows are in thousands of their unit."""


def in_rule_unit(rule: str, amount_of_row: float) -> float:
    """Return an amount of a rule's row in the rule's unit."""
    return amount_of_row * (THOUSAND if rule in IN_THOUSANDS else 1.0)


def breach(one: Short, region: Region) -> str:
    """Return a demand that is not met, and by how much."""
    rule = one.demand.rule.name
    said = one.demand.sentence(region)
    unit = UNITS.get(rule)
    if unit is None:
        return f"{rule}: {said}"
    short = in_rule_unit(rule, one.short)
    figure = euros(short).removeprefix("EUR ") if unit.startswith("EUR") else amount(short)
    return f"{rule}: {said}; {figure} {unit} short of that"


def shortfall(one: Shortfall, region: Region, programme: str, site: str) -> str:
    """Return a class that could never be large enough."""
    where = region.site_name(site)
    if one.unit is None:
        what = f"{region.programme_name(programme)} at {where}"
    else:
        what = f"{region.unit_name(one.unit)} at {where}"
    if one.least <= 0 or one.most <= 0:
        return f"In {one.period} nobody who would take it could come to {what}"
    return (
        f"In {one.period} at most {amount(one.most)} learners could come to {what}, "
        f"which needs {amount(one.least)}: {amount(one.least - one.most)} short"
    )


def offer(one: Offer, region: Region, periods: Sequence[int]) -> str:
    """Return an offer by name, with its year where there are several."""
    year, programme, site = one
    said = f"{region.programme_name(programme)} at {region.site_name(site)}"
    return said if len(periods) == 1 else f"{said} in {year}"


def some(offers: Sequence[Offer], region: Region, periods: Sequence[int]) -> str:
    """Return offers by name, not more than fit a paragraph."""
    shown = "; ".join(offer(one, region, periods) for one in offers[:OFFERS_LISTED])
    more = len(offers) - OFFERS_LISTED
    return f"{shown}; and {more} more" if more > 0 else shown


def loss(forced: Forced, goal: str, before: float) -> str:
    """Return what a change costs in the goal, and whether that can be measured.

    Args:
        forced: the change; a plan under it was found.
        goal: of the first stage.
        before: gap of the plan in hand.
    """
    gap = forced.answer.gap if forced.answer is not None else float("inf")
    gaps = f"gap of the plan {share(before)}, of the one with the change {share(gap)}"
    if forced.measurable:
        return f"It costs {between(forced.loss)} of the goal ({goal}): proven ({gaps})."
    if not isfinite(forced.loss.high):
        return f"What it does to the goal ({goal}) is not known ({gaps})."
    return (
        f"What it costs of the goal ({goal}) is not measurable: {between(forced.loss)}, "
        f"which is within the gap ({gaps})."
    )


def between(interval: Interval) -> str:
    """Return an interval in words."""
    low, high = significant(interval.low), significant(interval.high)
    if interval.low <= 0:
        return f"at most {high}"
    if low == high:
        return low
    return f"between {low} and {high}"


def share(gap: float) -> str:
    """Return a relative gap as a percentage."""
    return percentage(gap, 3)


def plural(number: int, one: str, several: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def sentence(parts: Iterable[str]) -> str:
    """Return parts as one sentence."""
    return ", ".join(parts) + "."
