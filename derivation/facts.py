"""The public figures, read as they were published; nothing is changed here but types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

QUALIFICATIONS = "qualifications_2015.csv"
POSTCODES = "netherlands_pc4_2021.csv"
REGIONS = "region_of_pc4.csv"
SITES = "mbo_sites.csv"
STATIONS = "stations-nl-2017-01.csv"
DISTANCES = "afstandenmatrix-2017-01.csv"
BORDERS = "municipalities_2022.geojson"
FILES = (QUALIFICATIONS, POSTCODES, REGIONS, SITES, STATIONS, DISTANCES, BORDERS)

STUDENTS_BY_FIELD = {
    "health_welfare": 135_339,
    "services": 112_555,
    "technology_construction": 95_975,
    "law_administration_trade": 77_806,
    "design_arts": 32_478,
    "ict": 21_144,
    "agriculture_veterinary": 18_241,
    "education": 13_635,
    "science": 2_060,
    "journalism_information": 1_380,
}
"""Learners enrolled in mbo, 2021/22, by ISCED field (CBS 83850NED); 2,523 of unknown field."""

GRADUATES_BY_LEVEL = {1: 10_910, 2: 30_880, 3: 28_980, 4: 64_900}
"""Graduates 2024/25 (CBS 85357NED), the stand-in for the mix of starters by level."""

STUDENTS_BY_PATHWAY = {"BOL": 347.5, "BBL": 136.7}
"""Learners enrolled, 2022, thousands (OCW in cijfers)."""

ADULTS_BY_PATHWAY = {"BOL": 22.5, "BBL": 64.7}
"""Those of them who are 23 and over, 2022, thousands (OCW in cijfers)."""

FUNDING_2019 = 4_210_200_000.0
"""Government funding of mbo colleges in 2019, EUR (OCW in cijfers: bekostiging)."""

STUDENTS_2019 = 513_000.0
"""Learners enrolled in 2019, round (OCW in cijfers)."""


class FactsMissingError(Exception):
    """The folder with public figures lacks files; says which, all at once."""


@dataclass(frozen=True)
class Facts:
    """The public figures.

    Attributes:
        qualifications: one row a qualification, as in the statute.
        postcodes: one row a postcode-4 area of the regions, with its ``region``.
        sites: one row an mbo site.
        stations: one row a railway station.
        kilometres: tariff kilometres, station codes on both sides; NaN where unknown.
        borders: GeoJSON geometry (WGS84) of each municipality, by its name.
    """

    qualifications: pd.DataFrame
    postcodes: pd.DataFrame
    sites: pd.DataFrame
    stations: pd.DataFrame
    kilometres: pd.DataFrame
    borders: dict[str, dict[str, Any]]


def read_facts(folder: Path) -> Facts:
    """Read the public figures.

    Args:
        folder: where the published files lie.

    Raises:
        FactsMissingError: the folder or some of its files are not there.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        listed = "\n".join(f"  {name}" for name in missing)
        raise FactsMissingError(
            f"the folder {folder} lacks these published files:\n{listed}\n"
            "give the folder that holds them with --facts"
        )
    postcodes = pd.read_csv(folder / POSTCODES, dtype={"pc4": str})
    regions = pd.read_csv(folder / REGIONS, dtype=str)
    return Facts(
        qualifications=_read_qualifications(folder / QUALIFICATIONS),
        postcodes=postcodes.merge(regions, on="pc4", validate="one_to_one"),
        sites=pd.read_csv(folder / SITES, dtype={"pc4": str}),
        stations=pd.read_csv(folder / STATIONS),
        kilometres=_read_kilometres(folder / DISTANCES),
        borders=_read_borders(folder / BORDERS),
    )


def _read_qualifications(file: Path) -> pd.DataFrame:
    qualifications = pd.read_csv(file, dtype=str)
    qualifications["niveau"] = qualifications["niveau"].astype(int)
    qualifications["prijsfactor"] = qualifications["prijsfactor"].astype(float)
    return qualifications


def _read_borders(file: Path) -> dict[str, dict[str, Any]]:
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["gemeente"]: feature["geometry"] for feature in features}


def _read_kilometres(file: Path) -> pd.DataFrame:
    kilometres = pd.read_csv(file, index_col="Station", na_values=["XXX", "?"])
    return kilometres.astype(float)
