"""What a policy has taught, and who would take it: worked out here, from the region alone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import OWN_UNIT, Region

GENERAL = "general"
"""Stands for the domain of what programmes of several domains use."""


def programmes(region: Region, policy: Policy) -> pd.DataFrame:
    """Return the programmes that a policy can offer: those over two domains only if it says so."""
    table = region.programmes
    if policy.hybrids:
        return table
    return table[~table["programme"].isin(region.hybrids["programme"])]


def curriculum(region: Region, policy: Policy) -> pd.DataFrame:
    """Return programme, unit, kind, delivery, hours, retention, domain: what is really taught.

    A unit that is not shared is taught within the programme's own unit. Hours (contact hours a
    group a year) add up; the share of the intake still there is the mean over the hours. A unit
    is of the domain of the programmes that use it.
    """
    known = programmes(region, policy)[["programme", "domain"]]
    parts = region.curriculum.merge(region.units, on="unit").merge(known, on="programme")
    shared = parts["kind"].isin(policy.sharing)
    parts["unit"] = parts["unit"].where(shared, OWN_UNIT + parts["programme"])
    parts["kind"] = parts["kind"].where(shared, "own")
    parts["delivery"] = parts["delivery"].where(shared, "with_programme")
    parts["attended"] = parts["hours"] * parts["year"].map(region.retention)
    key = ["programme", "domain", "unit", "kind", "delivery"]
    taught = parts.groupby(key, as_index=False)[["hours", "attended"]].sum()
    taught["retention"] = taught["attended"] / taught["hours"]
    several = taught.groupby("unit")["domain"].transform("nunique") > 1
    taught["domain"] = taught["domain"].mask(several, GENERAL)
    return taught.drop(columns="attended")


def takers(region: Region, policy: Policy) -> pd.DataFrame:
    """Return choice, programme, share who would take it (0-1), first (whether they asked for it).

    Who is undecided chooses afterwards among the programmes that use the orientation unit, within
    the shares that the region states for some units. What a policy does not have, nobody asking
    for it or for something else can take; who asks for it is without a place.
    """
    known = set(programmes(region, policy)["programme"])
    absent = set(region.programmes["programme"]) - known
    units = region.units
    orientation = units.loc[units["kind"] == "orientation", "unit"]
    stated = region.afterwards.rename(columns={"unit": "choice"})
    users = region.curriculum.rename(columns={"unit": "choice"})
    free = users["choice"].isin(orientation) & ~users["choice"].isin(stated["choice"])
    own = pd.DataFrame({"choice": region.programmes["programme"]})
    asked = [own.assign(programme=own["choice"], share=1.0), users[free].assign(share=1.0), stated]
    columns = ["choice", "programme", "share", "first"]
    everybody = pd.concat(
        [
            pd.concat(asked).assign(first=True)[columns],
            region.accept.assign(first=False)[columns],
        ],
        ignore_index=True,
    )
    possible = everybody["programme"].isin(known) & ~everybody["choice"].isin(absent)
    return everybody[possible].reset_index(drop=True)


def arriving(region: Region, policy: Policy, demand: pd.DataFrame) -> pd.Series:
    """Return for each row of learner, choice the share of those who ask that can enter.

    Who would come at another moment of the year than the first waits for it only in part, unless
    the policy lets such learners enter whenever they come.
    """
    pathway = region.programmes.set_index("programme")["pathway"]
    kind = demand["choice"].map(pathway).where(demand["learner"] != "adult", "adult")
    shares = {}
    for name, entry in region.entry.items():
        later = (entry.moments - 1) * entry.waits
        shares[name] = 1.0 if name in policy.continuous_intake else (1 + later) / entry.moments
    return kind.map(shares).astype("float64").fillna(1.0)


def teach_out_hours(region: Region) -> dict[str, float]:
    """Return the contact hours, over all years, that it takes to teach out a programme."""
    parts = region.curriculum.merge(region.units, on="unit")
    hours = (parts["year"] - 1) * parts["hours"]
    return _numbers(hours.groupby(parts["programme"]).sum())


def funding_of(region: Region) -> dict[str, float]:
    """Return EUR a year for each learner who starts a programme; empty without money."""
    if region.money is None:
        return {}
    retention, years = region.retention, region.programmes["years"]
    present = sum(
        (years - (year - 1)).clip(0.0, 1.0) * retention[min(year, 4)]
        for year in range(1, int(years.max()) + 2)
    )
    table = region.programmes
    weight = table["pathway"].map(region.money.pathway_weight).astype("float64")
    funding = region.money.funding_per_learner * table["price_factor"] * weight * present
    return _numbers(funding.groupby(table["programme"]).sum())


def years_of(region: Region, period: int) -> float:
    """Return the years until the next period; the last is like the one before, an only one 5."""
    periods = list(region.periods)
    if len(periods) == 1:
        return 5.0
    place = min(periods.index(period), len(periods) - 2)
    return float(periods[place + 1] - periods[place])


def _numbers(values: pd.Series) -> dict[str, float]:
    found: Mapping[object, float] = values.to_dict()
    return {str(name): float(value) for name, value in found.items()}
