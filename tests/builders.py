"""A tiny valid region, written from Python data, for every test that needs one.

Three zones (``hook`` is across the water), two sites, four programmes in two domains:

* ``weld-BOL``, ``weld-BBL`` share a common unit (dossier metal) and, with ``pipe-BOL``, the
  orientation unit ``try-tech``, which is taught nearby; ``care-BOL`` is in another domain;
* everybody has the generic unit ``dutch``, which is online;
* 200 learners a year in 2026 (100 in hill, 60 in bank, 40 in hook), half of that in 2030.

`full_tables` adds what a region may have besides: adults (some ask for a single unit), today's
offering, teachers, places, facilities, workplaces, money, entry moments, and a set ``two`` of
scenarios.
"""

from __future__ import annotations

import csv
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from coverage_opt.errors import InputError, Problem
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region

Rows = list[tuple[Any, ...]]

SETTINGS: dict[str, Any] = {
    "name": "tiny",
    "title": "Tiny",
    "periods": [2026, 2030],
    "retention": {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.75},
}

COLUMNS: dict[str, str] = {
    "zones": "zone,name,municipality,latitude,longitude,landmass",
    "cohorts": "zone,period,learners",
    "institutions": "institution,name",
    "sites": "site,institution,name,town,latitude,longitude,landmass",
    "site_domains": "site,domain",
    "programmes": "programme,crebo,pathway,name,level,domain,dossier,field,years,price_factor,"
    "success",
    "units": "unit,kind,name,year,hours,delivery",
    "curriculum": "programme,unit",
    "choices": "choice,share",
    "accept": "choice,programme,share",
    "occupations": "occupation,name,prospect,tightness,weight",
    "openings": "occupation,period,openings",
    "leads_to": "programme,occupation,share",
    "stations": "station,name,latitude,longitude,landmass",
    "rail": "from_station,to_station,kilometres",
    "crossings": "crossing,name,from_latitude,from_longitude,from_landmass,to_latitude,"
    "to_longitude,to_landmass,minutes,mode",
    "travel": "zone,site,minutes",
    "site_travel": "from_site,to_site,minutes",
    "demand": "zone,choice,period,learners",
    "adult_cohorts": "zone,period,learners",
    "adult_choices": "choice,share",
    "adult_demand": "zone,choice,period,learners",
    "current": "programme,site,learners",
    "teachers": "institution,domain,hours",
    "site_capacity": "site,places",
    "facilities": "site,facility",
    "requirements": "programme,facility",
    "workplaces": "domain,pathway,places",
    "afterwards": "unit,programme,share",
    "hybrids": "programme,domain",
    "scenarios": "set,scenario,name,probability",
    "factors": "scenario,period,quantity,of,factor",
}

TABLES: dict[str, Rows] = {
    "zones": [
        ("hill", "Hill", "Upland", 51.50, 3.60, "main"),
        ("bank", "Bank", "Upland", 51.45, 3.70, "main"),
        ("hook", "Hook", "Lowland", 51.35, 3.80, "south"),
    ],
    "cohorts": [
        ("hill", 2026, 100),
        ("bank", 2026, 60),
        ("hook", 2026, 40),
        ("hill", 2030, 50),
        ("bank", 2030, 30),
        ("hook", 2030, 20),
    ],
    "institutions": [("north", "North College"), ("south", "South College")],
    "sites": [
        ("hill-centre", "north", "Hill Centre", "Hill", 51.50, 3.61, "main"),
        ("hook-centre", "south", "Hook Centre", "Hook", 51.35, 3.81, "south"),
    ],
    "site_domains": [
        ("hill-centre", "technology"),
        ("hill-centre", "care"),
        ("hook-centre", "technology"),
    ],
    "programmes": [
        ("weld-BOL", "weld", "BOL", "Welder", 2, "technology", "metal", "craft", 2, 1.4, 0.8),
        ("weld-BBL", "weld", "BBL", "Welder", 2, "technology", "metal", "craft", 2, 1.4, 0.7),
        ("pipe-BOL", "pipe", "BOL", "Pipefitter", 3, "technology", "pipes", "craft", 3, 1.4, 0.75),
        ("care-BOL", "care", "BOL", "Nurse", 4, "care", "nursing", "health", 4, 1.2, 0.7),
    ],
    "units": [
        ("dutch", "generic", "Dutch", 1, 80, "online"),
        ("try-tech", "orientation", "Trying technology", 1, 400, "nearby"),
        ("metal-common", "common", "Metal work", 1, 300, "with_programme"),
        ("welding", "profile", "Welding", 2, 500, "with_programme"),
        ("pipefitting", "profile", "Pipefitting", 2, 600, "with_programme"),
        ("nursing", "profile", "Nursing", 1, 900, "with_programme"),
    ],
    "curriculum": [
        ("weld-BOL", "dutch"),
        ("weld-BOL", "try-tech"),
        ("weld-BOL", "metal-common"),
        ("weld-BOL", "welding"),
        ("weld-BBL", "dutch"),
        ("weld-BBL", "try-tech"),
        ("weld-BBL", "metal-common"),
        ("weld-BBL", "welding"),
        ("pipe-BOL", "dutch"),
        ("pipe-BOL", "try-tech"),
        ("pipe-BOL", "pipefitting"),
        ("care-BOL", "dutch"),
        ("care-BOL", "nursing"),
    ],
    "choices": [
        ("weld-BOL", 0.1),
        ("weld-BBL", 0.1),
        ("pipe-BOL", 0.1),
        ("care-BOL", 0.5),
        ("try-tech", 0.2),
    ],
    "accept": [("weld-BOL", "weld-BBL", 0.5), ("pipe-BOL", "weld-BOL", 0.25)],
    "occupations": [
        ("welder", "Welder", "very good", 3.5, 2.0),
        ("fitter", "Fitter", "good", 2.5, 1.0),
        ("nurse", "Nurse", "fair", 1.5, 0.0),
    ],
    "openings": [
        ("welder", 2026, 20),
        ("fitter", 2026, 10),
        ("nurse", 2026, 60),
        ("welder", 2030, 20),
        ("fitter", 2030, 10),
        ("nurse", 2030, 60),
    ],
    "leads_to": [
        ("weld-BOL", "welder", 0.8),
        ("weld-BBL", "welder", 0.9),
        ("weld-BOL", "fitter", 0.1),
        ("pipe-BOL", "fitter", 0.8),
        ("care-BOL", "nurse", 0.9),
    ],
    "travel": [
        ("hill", "hill-centre", 10),
        ("hill", "hook-centre", 70),
        ("bank", "hill-centre", 30),
        ("bank", "hook-centre", 55),
        ("hook", "hill-centre", 75),
        ("hook", "hook-centre", 10),
    ],
    "site_travel": [
        ("hill-centre", "hook-centre", 65),
        ("hook-centre", "hill-centre", 65),
    ],
}
"""The tables of the tiny region, as rows in the order of `COLUMNS`."""

NETWORK: dict[str, Rows] = {
    "stations": [
        ("hill", "Hill", 51.50, 3.60, "main"),
        ("bank", "Bank", 51.45, 3.70, "main"),
    ],
    "rail": [("hill", "bank", 9)],
    "crossings": [
        ("ferry", "Ferry", 51.45, 3.70, "main", 51.36, 3.80, "south", 20, "ferry"),
    ],
}
"""A travel network for the same zones and sites: `write_region(folder, **network())`."""

MONEY: dict[str, Any] = {
    "funding_per_learner": 6500,
    "pathway_weight": {"BOL": 1.0, "BBL": 0.4},
    "cost_per_group_hour": 105,
    "cost_per_offer": 15000,
    "cost_per_site": 400000,
    "cost_to_open": 60000,
    "cost_to_close": 40000,
    "fee_per_hour": 8,
}

ENTRY: dict[str, Any] = {
    "BBL": {"moments": 2, "waits": 0.8},
    "adult": {"moments": 4, "waits": 0.5},
}

OPTIONAL: dict[str, Rows] = {
    "adult_cohorts": [
        ("hill", 2026, 40),
        ("bank", 2026, 20),
        ("hook", 2026, 10),
        ("hill", 2030, 60),
        ("bank", 2030, 30),
        ("hook", 2030, 0),
    ],
    "adult_choices": [
        ("weld-BBL", 0.4),
        ("care-BOL", 0.2),
        ("try-tech", 0.1),
        ("welding", 0.2),
        ("dutch", 0.1),
    ],
    "current": [
        ("weld-BOL", "hill-centre", 30),
        ("care-BOL", "hill-centre", 90),
        ("weld-BBL", "hook-centre", 15),
        ("pipe-BOL", "hook-centre", 0),
    ],
    "teachers": [
        ("north", "technology", 6000),
        ("north", "care", 5000),
        ("north", "general", 2000),
        ("south", "technology", 4000),
        ("south", "general", 1000),
    ],
    "site_capacity": [("hill-centre", 400), ("hook-centre", 150)],
    "facilities": [
        ("hill-centre", "welding bay"),
        ("hill-centre", "pipe shop"),
        ("hill-centre", "ward"),
        ("hook-centre", "welding bay"),
    ],
    "requirements": [
        ("weld-BOL", "welding bay"),
        ("weld-BBL", "welding bay"),
        ("pipe-BOL", "welding bay"),
        ("pipe-BOL", "pipe shop"),
        ("care-BOL", "ward"),
    ],
    "workplaces": [
        ("technology", "BBL", 60),
        ("technology", "BOL", 150),
        ("care", "BOL", 300),
    ],
    "afterwards": [
        ("try-tech", "weld-BOL", 0.6),
        ("try-tech", "weld-BBL", 0.3),
        ("try-tech", "pipe-BOL", 0.5),
    ],
    "scenarios": [
        ("two", "baseline", "As forecast", 0.6),
        ("two", "decline", "Faster decline", 0.4),
    ],
    "factors": [
        ("decline", 2026, "learners", "all", 0.95),
        ("decline", 2030, "learners", "all", 0.8),
        ("decline", 2030, "adults", "all", 1.1),
        ("decline", 2030, "choice", "technology", 1.5),
        ("decline", 2030, "choice", "pipe-BOL", 2),
        ("decline", 2030, "choice", "care-BOL", 0.9),
        ("decline", 2030, "openings", "all", 1.1),
        ("decline", 2030, "openings", "welder", 1.5),
        ("decline", 2030, "workplaces", "technology", 0.75),
    ],
}
"""What the tiny region can be given besides: `tiny_region(**full_tables())`."""

HYBRIDS: dict[str, Rows] = {
    "programmes": [
        *TABLES["programmes"],
        ("aid-BOL", "aid", "BOL", "Care technician", 3, "care", "aids", "health", 3, 1.5, 0.7),
    ],
    "units": [*TABLES["units"], ("aids", "profile", "Aids", 2, 700, "with_programme")],
    "curriculum": [*TABLES["curriculum"], ("aid-BOL", "dutch"), ("aid-BOL", "aids")],
    "choices": [
        ("weld-BOL", 0.1),
        ("weld-BBL", 0.1),
        ("pipe-BOL", 0.1),
        ("care-BOL", 0.4),
        ("try-tech", 0.2),
        ("aid-BOL", 0.1),
    ],
    "accept": [
        *TABLES["accept"],
        ("aid-BOL", "care-BOL", 0.5),
        ("pipe-BOL", "aid-BOL", 0.25),
    ],
    "leads_to": [*TABLES["leads_to"], ("aid-BOL", "nurse", 0.4), ("aid-BOL", "fitter", 0.3)],
    "hybrids": [("aid-BOL", "technology")],
}
"""A programme over care and technology, which only the site hill-centre teaches both."""

Content = str | bytes | pd.DataFrame | Sequence[Any] | None


def network() -> dict[str, Any]:
    """Return the overrides that replace travel.csv by a network."""
    return {"travel": None, "site_travel": None, **NETWORK}


def full_tables(*, hybrids: bool = False) -> dict[str, Any]:
    """Return the overrides that add every optional table, money and entry moments.

    Args:
        hybrids: whether to add a programme over two domains as well (and who asks for it).
    """
    settings = {"money": MONEY, "entry": ENTRY}
    return {"settings": settings, **OPTIONAL, **(HYBRIDS if hybrids else {})}


def write_region(folder: Path, **overrides: Any) -> Path:
    """Write the tiny region, with changes, and return its folder (made when it is not there).

    Args:
        folder: where to write.
        overrides: by table, what to write instead: rows as tuples in the order of the columns, or
            as mappings; a DataFrame; text or bytes (the file as it is); None for no file.
            ``settings`` is a mapping merged into region.yaml (a value None leaves the key out), or
            the whole file as text or bytes, or None for no file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = overrides.pop("settings", {})
    if isinstance(settings, Mapping):
        merged = {**SETTINGS, **settings}
        settings = yaml.safe_dump(
            {key: value for key, value in merged.items() if value is not None}, sort_keys=False
        )
    _write(folder / "region.yaml", settings)
    for name, content in {**TABLES, **overrides}.items():
        _write(folder / f"{name}.csv", content, COLUMNS[name].split(","))
    return folder


def tiny_region(folder: Path | None = None, **overrides: Any) -> Region:
    """Return the tiny region, with changes as for `write_region`, read back from files.

    Without a folder it is written to a temporary one that is gone afterwards, and the same changes
    give the same region again: nothing changes a region once it is read.
    """
    if folder is not None:
        return load_region(write_region(folder, **overrides))
    return _read_back(pickle.dumps(overrides))


@lru_cache(maxsize=64)
def _read_back(overrides: bytes) -> Region:
    with tempfile.TemporaryDirectory() as temporary:
        return load_region(write_region(Path(temporary), **pickle.loads(overrides)))


def problems_of(folder: Path, **overrides: Any) -> tuple[Problem, ...]:
    """Return what is wrong with the tiny region after these changes; nothing when all is well."""
    write_region(folder, **overrides)
    try:
        load_region(folder)
    except InputError as error:
        return error.problems
    return ()


def without(name: str, /, **values: Any) -> Rows:
    """Return a table of the tiny region without the rows that have these values."""
    columns = COLUMNS[name].split(",")
    places = {columns.index(column): value for column, value in values.items()}
    return [
        row
        for row in (TABLES | NETWORK | OPTIONAL)[name]
        if not all(row[place] == value for place, value in places.items())
    ]


def changed(name: str, row: int, /, **values: Any) -> Rows:
    """Return a table of the tiny region with other values in one row (from 0)."""
    columns = COLUMNS[name].split(",")
    rows = [list(fields) for fields in (TABLES | NETWORK | OPTIONAL)[name]]
    for column, value in values.items():
        rows[row][columns.index(column)] = value
    return [tuple(fields) for fields in rows]


def _write(path: Path, content: Content, columns: Sequence[str] = ()) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, encoding="utf-8", newline="")
    elif isinstance(content, pd.DataFrame):
        content.to_csv(path, index=False, lineterminator="\n")
    else:
        rows: list[Any] = list(content)
        if rows and isinstance(rows[0], Mapping):
            columns = list(dict.fromkeys(name for row in rows for name in row))
            rows = [[row.get(name) for name in columns] for row in rows]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *rows])
