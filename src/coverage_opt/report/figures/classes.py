"""The size of groups against their minimum, and what is one class short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from coverage_opt.frames import mapping, rows, values_at
from coverage_opt.plan.weighing import as_asked, expected
from coverage_opt.policy.teaching import Teaching, teaching
from coverage_opt.region.region import ONLINE
from coverage_opt.report.figures.work import programmes_for
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Table
from coverage_opt.rules.base import TOLERANCE
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.facility_required import FacilityRequired
from coverage_opt.rules.fixed_offers import FixedOffers
from coverage_opt.rules.travel_limit import TravelLimit

Pair = tuple[str, str]

OFFER = noop("none: too few start there")
"""What is missing where every class is taught and only the offer itself is too small."""


def groups(run: Run) -> Table:
    """Return every unit that is taught at a site: its learners, groups and minimum."""
    region, rule = run.region, run.plan.policy.rule(ClassSize)
    found = run.plan.units
    found["minimum"] = [float(rule.of(kind).minimum) if rule else 0.0 for kind in found["kind"]]
    found["spare"] = found["learners"] - found["minimum"]
    found["name"] = [region.unit_name(unit) for unit in found["unit"]]
    found["site_name"] = [region.site_name(site) for site in found["site"]]
    columns = (
        Column("period", noop("Year"), "year"),
        Column("site_name", noop("Site"), "word"),
        Column("kind", noop("Kind"), "word"),
        Column("name", noop("Unit")),
        Column("learners", noop("Learners"), "learners"),
        Column("minimum", noop("Minimum"), "count"),
        Column("spare", noop("To spare"), "learners"),
        Column("groups", noop("Groups"), "count"),
        Column("group_size", noop("In a group"), "learners"),
    )
    ordered = found.sort_values(["period", "spare", "name", "site_name"], ignore_index=True)
    return Table("groups", noop("Groups against their minimum"), columns, ordered)


def one_class_short(run: Run) -> Table:
    """Return what is not offered at a site for want of learners in a single class.

    Counted from the plan, not planned anew: all classes of the programme but one are taught
    there already (or none is missing, and only the offer itself is too small), and learners are
    counted who ask for the programme, live within reach of the site and do not have it now.
    """
    found = [
        (period, *shortage) for period in run.plan.periods for shortage in _shortages(run, period)
    ]
    table = pd.DataFrame(found, columns=["period", *Shortage._fields])
    table = table.astype({"asking": "float64", "minimum": "float64", "short": "float64"})
    region, leads = run.region, programmes_for(run)
    table["name"] = [region.programme_name(one) for one in table["programme"]]
    table["site_name"] = [region.site_name(one) for one in table["site"]]
    table["class"] = [region.unit_name(one) if one else OFFER for one in table["unit"]]
    table["leads_to"] = [leads.get(one, "") for one in table["programme"]]
    columns = (
        Column("period", noop("Year"), "year"),
        Column("name", noop("Programme")),
        Column("site_name", noop("Site")),
        Column("class", noop("Class that is missing"), "word"),
        Column("asking", noop("Ask for it, within reach"), "learners"),
        Column("minimum", noop("Minimum"), "count"),
        Column("short", noop("Short by"), "learners"),
        Column("leads_to", noop("Leads to shortage occupations")),
    )
    ordered = table.sort_values(["period", "short", "name", "site_name"], ignore_index=True)
    return Table("one_class_short", noop("One class short"), columns, ordered)


class Shortage(NamedTuple):
    """A programme that is one class short at a site.

    Attributes:
        programme: the programme.
        site: the site.
        unit: the unit of which no class is taught; empty where the offer itself is too small.
        asking: learners a year within reach who ask for it and do not have it.
        minimum: learners needed, in the class or at the offer.
        short: how many of them are missing, after drop-out.
    """

    programme: str
    site: str
    unit: str
    asking: float
    minimum: float
    short: float


def _shortages(run: Run, period: int) -> Iterator[Shortage]:
    rule = run.plan.policy.rule(ClassSize)
    if rule is None:
        return
    cut = teaching(run.region, run.plan.policy)
    kinds = mapping(cut.units, "unit", "kind")
    retention = mapping(cut.curriculum, ["programme", "unit"], "retention")
    missing = _missing_units(run, cut, period)
    for (programme, site), asking in _asking(run, period, missing).items():
        for unit in missing[programme, site]:
            minimum = float(rule.of(kinds[unit]).minimum)
            short = minimum - asking * retention[programme, unit]
            short = max(short, rule.per_offer - asking)
            if short > TOLERANCE:
                yield Shortage(programme, site, unit, asking, minimum, short)
        if not missing[programme, site] and rule.per_offer - asking > TOLERANCE:
            least = float(rule.per_offer)
            yield Shortage(programme, site, "", asking, least, least - asking)


def _missing_units(run: Run, cut: Teaching, period: int) -> dict[Pair, list[str]]:
    """Return what is not offered but could be, with the one unit, if any, not taught there."""
    plan = run.plan
    offered = {
        (programme, site)
        for year, programme, site in rows(plan.offers, "period", "programme", "site")
        if year == period
    }
    taught: dict[str, set[str]] = defaultdict(set)
    for year, unit, site in rows(plan.units, "period", "unit", "site"):
        if year == period:
            taught[site].add(unit)
    anywhere = set().union(*taught.values())
    nearby = set(cut.units.loc[cut.units["delivery"] == "nearby", "unit"]) & anywhere
    units = cut.curriculum.groupby("programme")["unit"].agg(set)
    found: dict[Pair, list[str]] = {}
    barred = _barred(run)
    for programme, site in rows(run.region.teachable, "programme", "site"):
        if (programme, site) in offered | barred or programme not in units.index:
            continue
        missing = units[programme] - taught[site] - taught[ONLINE] - nearby
        if len(missing) <= 1:
            found[programme, site] = sorted(missing)
    return found


def _barred(run: Run) -> set[Pair]:
    """Return what other rules keep from being offered, whoever asks for it."""
    policy, region = run.plan.policy, run.region
    facilities, fixed = policy.rule(FacilityRequired), policy.rule(FixedOffers)
    barred = set(facilities.lacking(region)) if facilities else set()
    if fixed:
        barred |= {(offer.programme, offer.site) for offer in fixed.must_not}
    return barred


def _asking(run: Run, period: int, wanted: dict[Pair, list[str]]) -> dict[Pair, float]:
    """Return the learners within reach of each site who ask for a programme and lack it."""
    lacking = _without_their_choice(run, period)
    sites = pd.DataFrame(list(wanted), columns=["choice", "site"], dtype="str")
    found = lacking.merge(sites, on="choice")
    rule = run.plan.policy.rule(TravelLimit)
    limits = {
        (learner, programme): limit
        for learner in found["learner"].unique()
        for programme, limit in (rule.of_programmes(run.region, learner) if rule else {}).items()
    }
    most = np.array([limits.get(key, np.inf) for key in rows(found, "learner", "choice")])
    minutes = values_at(run.region.minutes, found["zone"], found["site"])
    near = found[np.isfinite(minutes) & (minutes <= most)]
    sums = near.groupby(["choice", "site"])["learners"].sum()
    return {(str(key[0]), str(key[1])): float(value) for key, value in sums.items()}  # type: ignore[index]


def _without_their_choice(run: Run, period: int) -> pd.DataFrame:
    """Return learner, zone, choice, learners: who asks for a programme and has another or none."""
    plan = run.plan
    taken = expected(plan, "switches", ["learner", "zone", "choice", "programme"], each_period=True)
    other = taken[~as_asked(run.region, taken)]
    left = expected(plan, "unplaced", ["learner", "zone", "choice"], each_period=True)
    both = pd.concat([other, left])
    both = both[both["period"] == period]
    return both.groupby(["learner", "zone", "choice"], as_index=False)[["learners"]].sum()
