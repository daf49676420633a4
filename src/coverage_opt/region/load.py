"""Reading a region from its folder: everything that is wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.strict_yaml import Located
from coverage_opt.reading.tables import Table, read_table
from coverage_opt.reading.validation import read_model
from coverage_opt.region.boundaries import BOUNDARIES_FILE, read_boundaries
from coverage_opt.region.checks import period_problems, table_problems, unreached_problems
from coverage_opt.region.content import content_hash
from coverage_opt.region.demand import demand_summaries
from coverage_opt.region.files import RegionFiles, find_region
from coverage_opt.region.region import Region
from coverage_opt.region.schema import MAY_BE_EMPTY, NETWORK, TABLES
from coverage_opt.region.settings import RegionSettings
from coverage_opt.region.travel import TravelParameters, travel_minutes
from coverage_opt.shipped import REGION_FILE


class _Travel(NamedTuple):
    minutes: pd.DataFrame
    site_minutes: pd.DataFrame | None


def load_region(name_or_folder: str | Path) -> Region:
    """Read, check and freeze a region. Nothing is written.

    Args:
        name_or_folder: the name of a shipped region, or a folder with a ``region.yaml`` and the
            tables of `coverage_opt.region.schema`.

    Returns:
        The region, with the travel time from every zone to every site.

    Raises:
        InputError: every problem in all files together.
    """
    folder = find_region(name_or_folder)
    located, settings, problems = read_model(folder / REGION_FILE, RegionSettings)
    files = RegionFiles(folder, located)
    problems += files.problems
    tables = {
        name: read_table(path, TABLES[name], files.sources[name], may_be_empty=name in MAY_BE_EMPTY)
        for name, path in files.paths.items()
    }
    problems += [problem for table in tables.values() for problem in table.problems]
    problems += table_problems(tables)
    if settings is not None and located is not None:
        problems += period_problems(tables, settings.periods, located.source)
        problems += _travel_setting_problems(settings, located, tables)
    travel = _travel(settings, tables, problems)
    boundaries, faults = _boundaries(folder, tables, problems)
    problems += faults
    if travel is not None:
        problems += unreached_problems(travel.minutes, tables["zones"])
    if problems or settings is None or travel is None:
        raise InputError(problems)
    return _region(folder, settings, tables, travel, boundaries)


def _boundaries(
    folder: Path, tables: Mapping[str, Table], problems: list[Problem]
) -> tuple[Mapping[str, Mapping[str, Any]], list[Problem]]:
    """Return the municipal borders, where there are any, and what is wrong with them."""
    path = folder / BOUNDARIES_FILE
    if not path.is_file():
        return {}, []
    zones = tables.get("zones")
    sound = zones is not None and not any(
        problem.where.startswith(zones.source) for problem in problems
    )
    return read_boundaries(path, zones.rows if zones is not None and sound else None)


def _travel_setting_problems(
    settings: RegionSettings, located: Located, tables: Mapping[str, Table]
) -> list[Problem]:
    if settings.travel is None or "travel" not in tables:
        return []
    what = "`travel` sets the parameters of a network, but travel.csv gives the minutes"
    advice = "remove `travel`, or replace travel.csv by the tables of the network"
    return [Problem(what, located.where(("travel",)), advice=advice)]


def _travel(
    settings: RegionSettings | None, tables: Mapping[str, Table], problems: list[Problem]
) -> _Travel | None:
    """Return travel times; None, or more problems, when what they rest on is not sound."""
    given = "travel" in tables
    names = ["zones", "sites", *(["travel"] if given else NETWORK)]
    names += ["site_travel"] if "site_travel" in tables else []
    at_fault = {problem.where.split(":", maxsplit=1)[0] for problem in problems}
    if any(name not in tables or tables[name].source in at_fault for name in names):
        return None
    rows = {name: _sorted(tables[name]) for name in names}
    if given:
        return _given_travel(rows)
    if settings is None:
        return None
    try:
        times = travel_minutes(
            rows["zones"],
            rows["sites"],
            rows["stations"],
            rows["rail"],
            rows["crossings"],
            settings.travel or TravelParameters(),
        )
    except InputError as error:
        problems += error.problems
        return None
    return _Travel(times.minutes, times.site_minutes)


def _given_travel(rows: Mapping[str, pd.DataFrame]) -> _Travel:
    minutes = rows["travel"].pivot_table("minutes", "zone", "site", aggfunc="first")
    if "site_travel" not in rows:
        return _Travel(minutes, None)
    between = rows["site_travel"].pivot_table("minutes", "from_site", "to_site", aggfunc="first")
    sites = minutes.columns
    between = between.reindex(index=sites.rename("from_site"), columns=sites)
    for site in sites:
        between.loc[site, site] = 0.0
    return _Travel(minutes, between)


def _sorted(table: Table) -> pd.DataFrame:
    key = list(table.key)
    rest = [column for column in table.rows.columns if column not in key]
    return table.rows.sort_values([*key, *rest], ignore_index=True)


def _region(
    folder: Path,
    settings: RegionSettings,
    tables: Mapping[str, Table],
    travel: _Travel,
    boundaries: Mapping[str, Mapping[str, Any]],
) -> Region:
    rows = {name: _sorted(table) for name, table in tables.items()}
    return Region(
        name=settings.name,
        title=settings.title,
        periods=settings.periods,
        content_hash=content_hash(settings, rows),
        folder=folder,
        _settings=settings,
        _tables=rows,
        _summaries=demand_summaries(rows),
        _minutes=travel.minutes,
        _site_minutes=travel.site_minutes,
        _boundaries=boundaries,
    )
