"""What a starter asks of a college over all years of study, and where starters would go."""

from __future__ import annotations

import numpy as np
import pandas as pd

from derivation.network import kilometres_between

ACROSS_WATER = 1_000.0
"""Kilometres added between landmasses: a site on the own one is nearer than any other."""
SAME_PLACE = 0.01
"""Kilometres within which sites are equally near."""
GENERIC = "generic"
Tables = dict[str, pd.DataFrame]


def loads_of_starters(tables: Tables, retention: dict[int, float]) -> pd.DataFrame:
    """Return what one starter of each programme asks for, drop-out considered.

    Args:
        tables: the catalogue.
        retention: share of a year's intake still there, by year of study.

    Returns:
        Index programme: contact_hours (all years together, which is what a year's intake asks
        for every year once all years are filled), generic_hours (of these), and present_years.
    """
    used = tables["curriculum"].merge(tables["units"], on="unit")
    hours = used["hours"] * used["year"].map(retention)
    own = tables["programmes"].set_index("programme")
    generic = hours.where(used["kind"] == GENERIC, 0.0)
    return pd.DataFrame(
        {
            "contact_hours": hours.groupby(used["programme"]).sum(),
            "generic_hours": generic.groupby(used["programme"]).sum(),
            "present_years": own["years"].map(lambda years: _present_years(years, retention)),
        }
    ).loc[own.index]


def _present_years(years: float, retention: dict[int, float]) -> float:
    last = max(retention)
    whole = range(1, int(np.ceil(years)) + 1)
    return sum(min(years - (year - 1), 1.0) * retention[min(year, last)] for year in whole)


def nearest_sites(
    people: pd.Series, zones: pd.DataFrame, sites: pd.DataFrame, site_domains: pd.DataFrame
) -> pd.DataFrame:
    """Deal people over the nearest site that may teach each domain.

    Sites in the same town share alike; a site across water only where there is no other.

    Args:
        people: index zone.
        zones: zones.csv.
        sites: sites.csv.
        site_domains: site_domains.csv.

    Returns:
        Share of all people, 0-1; index domain, columns site.
    """
    distance = kilometres_between(zones, sites)
    water = zones["landmass"].to_numpy()[:, None] != sites["landmass"].to_numpy()[None, :]
    distance = distance + ACROSS_WATER * water
    weights = people.loc[zones["zone"]].to_numpy(dtype=float)
    weights = weights / weights.sum()
    shares = {}
    for domain, taught in site_domains.groupby("domain")["site"]:
        own = np.where(sites["site"].isin(taught), distance, np.inf)
        nearest = own <= own.min(axis=1, keepdims=True) + SAME_PLACE
        dealt = nearest / nearest.sum(axis=1, keepdims=True)
        shares[str(domain)] = weights @ dealt
    return pd.DataFrame.from_dict(shares, orient="index", columns=sites["site"].to_list())
