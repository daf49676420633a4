"""Minutes between places, given or over a network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coverage_opt.errors import Problem
from coverage_opt.reading.tables import Table
from coverage_opt.region.checks.registry import (
    Tables,
    needs,
    positions,
)


def unreached_problems(minutes: pd.DataFrame, zones: Table) -> Iterator[Problem]:
    """Yield the zones from which no site can be reached.

    Args:
        minutes: index zone, columns site; inf where unreachable.
        zones: the table of zones.
    """
    reached = minutes.index[np.isfinite(minutes.to_numpy()).any(axis=1)]
    lost = ~zones.rows["zone"].isin(reached)
    if lost.any():
        yield zones.problem(
            "a zone from which no site can be reached",
            positions(lost),
            ["name", "landmass"],
            "check its coordinates and landmass, add a crossing, or widen the limits of travel",
        )


@needs("travel", "zones", "sites")
def _travel_pairs(tables: Tables) -> Iterator[Problem]:
    travel = tables["travel"]
    given = set(zip(travel.rows["zone"], travel.rows["site"], strict=True))
    zones, sites = tables["zones"].rows["zone"].unique(), tables["sites"].rows["site"].unique()
    missing = tuple(
        f"zone {zone}, site {site}" for zone in zones for site in sites if (zone, site) not in given
    )
    if missing:
        what = "not every zone has minutes to every site"
        yield Problem(what, travel.source, missing, "add the rows")


@needs("site_travel", "sites")
def _site_travel_pairs(tables: Tables) -> Iterator[Problem]:
    travel = tables["site_travel"]
    given = set(zip(travel.rows["from_site"], travel.rows["to_site"], strict=True))
    sites = tables["sites"].rows["site"].unique()
    missing = tuple(
        f"from_site {start}, to_site {end}"
        for start in sites
        for end in sites
        if start != end and (start, end) not in given
    )
    if missing:
        what = "not every site has minutes to every other site"
        yield Problem(what, travel.source, missing, "add the rows")
    itself = (travel.rows["from_site"] == travel.rows["to_site"]) & (travel.rows["minutes"] > 0)
    if itself.any():
        what = "a site is not 0 minutes from itself"
        yield travel.problem(what, positions(itself), ["minutes"], "write 0, or remove the row")


@needs("rail")
def _rail_twice(tables: Tables) -> Iterator[Problem]:
    rail = tables["rail"]
    columns = [column for column in rail.rows.columns if column != "kilometres"]
    twice = rail.rows.duplicated(columns, keep=False)
    if twice.any():
        what = "the same connection is given more than once"
        yield rail.problem(what, positions(twice), [*columns, "kilometres"], "keep one row")
    itself = rail.rows["from_station"] == rail.rows["to_station"]
    if itself.any():
        what = "a connection leads to the station it leaves"
        yield rail.problem(what, positions(itself), columns, "remove the row")
