"""Institutions, their sites, and the domains each site may teach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from derivation.assumptions import Parameters, RegionAssumptions
from derivation.facts import Facts
from derivation.units import slug
from derivation.zones import MAIN


def derive_institutions(sites: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Build institutions.csv for the institutions that have a site here."""
    present = set(sites["institution"])
    rows = [(own.id, own.name) for own in parameters.institutions.values() if own.id in present]
    return pd.DataFrame(rows, columns=["institution", "name"])


def derive_sites(facts: Facts, region: RegionAssumptions, parameters: Parameters) -> pd.DataFrame:
    """Build sites.csv; a site is named after its institution and town."""
    table = facts.sites[facts.sites["plan_region"].isin(region.parts)]
    identifiers = table["institution"].map(lambda name: parameters.institutions[name].id)
    overseas = table["plan_region"].isin(region.overseas)
    names = table["institution"].map(lambda name: parameters.institutions[name].name)
    sites = pd.DataFrame(
        {
            "site": identifiers + "-" + table["town"].map(slug),
            "institution": identifiers,
            "name": names + " " + table["town"],
            "town": table["town"],
            "latitude": table["lat"],
            "longitude": table["lon"],
            "landmass": np.where(overseas, region.landmass, MAIN),
        }
    )
    return sites.sort_values("site", ignore_index=True)


def derive_site_domains(sites: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Build site_domains.csv.

    Where a green institution has a site in the region, the general ones leave its domain to it.
    """
    by_id = {own.id: own for own in parameters.institutions.values()}
    green = parameters.green_domain
    domains = list(dict.fromkeys(parameters.domains.values()))
    green_is_taken = any(by_id[name].domains == "green" for name in sites["institution"])
    every = [name for name in domains if not (green_is_taken and name == green)]
    rows = []
    for site, institution in zip(sites["site"], sites["institution"], strict=True):
        taught = [green] if by_id[institution].domains == "green" else every
        rows += [(site, name) for name in sorted(parameters.site_domains.get(site, taught))]
    return pd.DataFrame(rows, columns=["site", "domain"])
