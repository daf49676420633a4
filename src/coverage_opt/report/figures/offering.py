"""What is offered at each site, to how many, and what opens, closes and merges."""

from __future__ import annotations

import pandas as pd

from coverage_opt.frames import mapping, rows
from coverage_opt.plan.plan import EVENTS
from coverage_opt.plan.weighing import as_asked, expected, sizes_of_changes
from coverage_opt.region.region import ONLINE
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Table

SMALLEST_CHANGE = 0.05
"""Learners a year below which a change is not worth telling."""
NO_PLACE = noop("(no place)")


def offers(run: Run) -> Table:
    """Return every offer: where, what, for how many."""
    region = run.region
    about = region.programmes.set_index("programme")
    found = run.plan.offers.merge(
        about[["level", "pathway", "domain"]], left_on="programme", right_index=True
    )
    found["site_name"] = [region.site_name(site) for site in found["site"]]
    found["name"] = [region.programme_name(programme) for programme in found["programme"]]
    columns = (
        Column("period", noop("Year"), "year"),
        Column("site_name", noop("Site")),
        Column("domain", noop("Domain")),
        Column("name", noop("Programme")),
        Column("level", noop("Level"), "count"),
        Column("learners", noop("Learners a year"), "learners"),
    )
    ordered = found.sort_values(["period", "site_name", "domain", "name"], ignore_index=True)
    return Table("offers", noop("Offers"), columns, ordered)


def sites(run: Run) -> Table:
    """Return every site in each period: how much it offers, to how many."""
    region = run.region
    every = pd.MultiIndex.from_product(
        [run.plan.periods, region.sites["site"]], names=["period", "site"]
    )
    by_site = run.plan.offers.groupby(["period", "site"])["learners"]
    found = pd.DataFrame({"offers": by_site.size(), "learners": by_site.sum()})
    found = found.reindex(every).fillna(0.0).reset_index()
    found["name"] = [region.site_name(site) for site in found["site"]]
    found["institution"] = found["site"].map(region.institution_of)
    found["institution_name"] = [region.institution_name(one) for one in found["institution"]]
    found["town"] = found["site"].map(mapping(region.sites, "site", "town"))
    columns = (
        Column("period", noop("Year"), "year"),
        Column("name", noop("Site")),
        Column("institution_name", noop("Institution")),
        Column("town", noop("Town")),
        Column("offers", noop("Offers"), "count"),
        Column("learners", noop("Learners a year"), "learners"),
    )
    return Table("sites", noop("Sites"), columns, found)


def domains(run: Run) -> Table:
    """Return how much each site offers of each domain, in each period."""
    found = offers(run).rows.groupby(["period", "site", "site_name", "domain"])["learners"]
    counted = pd.DataFrame({"offers": found.size(), "learners": found.sum()}).reset_index()
    columns = (
        Column("period", noop("Year"), "year"),
        Column("site_name", noop("Site")),
        Column("domain", noop("Domain")),
        Column("offers", noop("Offers"), "count"),
        Column("learners", noop("Learners a year"), "learners"),
    )
    return Table("domains", noop("Offers by domain"), columns, counted)


def timeline(run: Run) -> Table:
    """Return what opens, closes and merges in each period, the largest first."""
    plan, region = run.plan, run.region
    today = region.current if region.has("current") else None
    sizes = {
        (period, *offer): learners
        for period in plan.periods
        for offer, learners in sizes_of_changes(plan, today, period).items()
    }
    found = plan.timeline
    found["learners"] = [sizes.get(key, 0.0) for key in rows(found, "period", "programme", "site")]
    found["site_name"] = [region.site_name(site) for site in found["site"]]
    found["name"] = [region.programme_name(programme) for programme in found["programme"]]
    found["into"] = [region.unit_name(unit) if unit else "" for unit in found["detail"]]
    found["place"] = found["event"].map({event: place for place, event in enumerate(EVENTS)})
    columns = (
        Column("period", noop("Year"), "year"),
        Column("event", noop("What happens"), "word"),
        Column("site_name", noop("Site")),
        Column("name", noop("Programme")),
        Column("into", noop("Into")),
        Column("learners", noop("Learners a year"), "learners"),
    )
    ordered = found.sort_values(
        ["period", "place", "learners", "site_name", "name"],
        ascending=[True, True, False, True, True],
        ignore_index=True,
    )
    return Table("timeline", noop("Timeline"), columns, ordered)


def replaced(run: Run) -> Table:
    """Return who gets something else than asked for, the most learners first."""
    plan, region = run.plan, run.region
    taken = expected(plan, "switches", ["choice", "programme"])
    other = taken[~as_asked(region, taken)]
    takes = [region.programme_name(programme) for programme in other["programme"]]
    left = expected(plan, "unplaced", ["choice"])
    found = pd.concat([other.assign(takes=takes), left.assign(takes=NO_PLACE)])
    found = found[found["learners"] > SMALLEST_CHANGE]
    units = set(region.units["unit"])
    found["asked"] = [
        region.unit_name(choice) if choice in units else region.programme_name(choice)
        for choice in found["choice"]
    ]
    columns = (
        Column("asked", noop("Asked for")),
        Column("takes", noop("Takes"), "word"),
        Column("learners", noop("Learners a year"), "learners"),
    )
    ordered = found.sort_values(
        ["learners", "asked", "takes"], ascending=[False, True, True], ignore_index=True
    )
    return Table("replaced", noop("Who gets something else than asked for"), columns, ordered)


def certificates(run: Run) -> Table:
    """Return the single units that adults take, and where."""
    region = run.region
    found = expected(run.plan, "certificates", ["unit", "site"])
    found["name"] = [region.unit_name(unit) for unit in found["unit"]]
    found["site_name"] = [
        ONLINE if site == ONLINE else region.site_name(site) for site in found["site"]
    ]
    columns = (
        Column("name", noop("Unit")),
        Column("site_name", noop("Site"), "text"),
        Column("learners", noop("Learners a year"), "learners"),
    )
    ordered = found.sort_values(
        ["learners", "name", "site_name"], ascending=[False, True, True], ignore_index=True
    )
    return Table("certificates", noop("Single units that adults take"), columns, ordered)
