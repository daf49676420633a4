"""A region seen from further away."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_opt.region.region import Region


def coarser(region: Region, minutes: pd.DataFrame, site_of: Mapping[str, str]) -> Region:
    """Return a region with other travel times, in which some sites stand for several.

    It keeps its name and hash: it is a view for reckoning with, not a region to publish plans of.

    Args:
        region: the region.
        minutes: one way; index zones, columns sites, both some of the region's.
        site_of: site -> the site that stands for it, which may teach whatever any of those may
            for which it stands; sites that are not listed teach nothing.
    """
    table = region.site_domains
    table["site"] = table["site"].map(site_of)
    table = table.dropna().drop_duplicates().sort_values(["site", "domain"], ignore_index=True)
    return region.with_travel(minutes, table)
