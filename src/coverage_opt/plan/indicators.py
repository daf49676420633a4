"""The indicators of a plan, and the unit each is in."""

from __future__ import annotations

from coverage_opt.region.region import Region

INDICATOR_UNITS: dict[str, str] = {
    "coverage": "share",
    "filled_openings": "share",
    "placed": "share",
    "first_choice": "share",
    "certificates": "share",
    "reuse": "share",
    "worst_zone": "share",
    "worst_institution": "share",
    "saved_hours": "hours a year",
    "group_hours": "hours a year",
    "travel": "minutes",
    "travel_minutes": "learner-minutes",
    "mean_group": "learners",
    "cost": "EUR a year",
    "funding": "EUR a year",
    "balance": "EUR a year",
    "changes": "count",
    "offers": "count",
    "programmes": "count",
    "units": "count",
    "sites": "count",
    "learners": "learners a year",
    "certificate_learners": "learners a year",
}
"""Every indicator there is, in the order of the table."""

SUMMED = frozenset({"changes"})
"""Indicators that add up over the periods; of all others the mean is taken."""

_OF_MONEY = frozenset({"cost", "funding", "balance"})
_OF_ADULTS = frozenset({"certificates", "certificate_learners"})


def indicator_units(region: Region) -> dict[str, str]:
    """Return the indicators that mean something for a region, and the unit each is in.

    Those of money need money, ``worst_institution`` needs to know what is offered today, and
    single units are taken by adults only.
    """
    left_out: set[str] = set()
    if region.money is None:
        left_out |= _OF_MONEY
    if not region.has("current"):
        left_out.add("worst_institution")
    if not (region.has("adult_cohorts") or region.has("adult_demand")):
        left_out |= _OF_ADULTS
    return {name: unit for name, unit in INDICATOR_UNITS.items() if name not in left_out}
