"""The curated assumptions of this project, read strictly from ``derivation/assumptions``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import Field

from derivation.features import Features, read_features
from derivation.strict import Strict

FOLDER = Path(__file__).parent / "assumptions"
CURRENT_COLUMNS = ["programme", "site", "learners"]


class ContactHours(Strict):
    """Contact hours a group a year, by kind of unit and level."""

    total: dict[int, float]
    specialist_total: float
    generic: dict[int, float]
    orientation: float
    common: dict[int, float]
    specialist_common: float
    elective: dict[int, float]


class Substitution(Strict):
    """Shares of those asking for a programme who would take a related one instead."""

    same_crebo: float
    same_dossier: float
    same_dossier_count: int
    popular: float
    popular_count: int
    popular_other_pathway: float
    popular_level_below: float
    entree: float
    entree_count: int


class Stock(Strict):
    """Learners enrolled in a year and how they change; without ``learners``: derived."""

    year: int
    learners: float | None = None
    until: int
    then: float | None = None
    change: float | None = None
    add_green: bool = False


class Notes(Strict):
    """What SOURCES.md says about one region only; ``{learners}`` stands for those enrolled."""

    stock: str
    sites: str
    green: str
    extra: str


class RegionAssumptions(Strict):
    """What makes up one region; ``overseas`` parts lie on ``landmass``, the others on main."""

    title: str
    parts: list[str]
    overseas: list[str] = Field(default_factory=list)
    landmass: str = "main"
    stock: Stock
    stations: list[str]
    travel: dict[str, float] = Field(default_factory=dict)
    notes: Notes


class Institution(Strict):
    """An institution: its id, name and the domains its sites may teach."""

    id: str
    name: str
    domains: Literal["all", "green"]


class Crossing(Strict):
    """A way over water: both ends as latitude, longitude, landmass."""

    crossing: str
    name: str
    start: tuple[float, float, str]
    end: tuple[float, float, str]
    minutes: float
    mode: Literal["ferry", "bus"]


class Parameters(Strict):
    """Everything in ``parameters.yaml``; meaning and source stand there."""

    seed: int
    periods: list[int]
    retention: dict[int, float]
    dropout_norm: dict[int, float]
    years: dict[int, float]
    specialist_years: float
    domains: dict[str, str]
    green_domain: str
    entree_domain: str
    green_twin_dossiers: list[str]
    contact_hours: ContactHours
    tiers: dict[str, float]
    qualification_noise: float
    pathway_noise: float
    concentration: float
    bbl_share: dict[str, float]
    rare_askers: float
    habit_share: float
    undecided_share: float
    substitution: Substitution
    ita_midpoint: dict[str, float]
    prospect_points: dict[str, float]
    least_tightness: float
    tightness_unit: float
    intake_of_stock: float
    elsewhere_share: float
    regions: dict[str, RegionAssumptions]
    border_kilometres: float
    institutions: dict[str, Institution]
    site_domains: dict[str, list[str]]
    crossings: dict[str, list[Crossing]]


@dataclass(frozen=True)
class Assumptions:
    """All curated assumptions.

    Attributes:
        parameters: the numbers.
        dossiers: dossier, name, field, tier: one row a qualification dossier.
        qualifications: crebo, field, factor, reason: exceptions within a dossier.
        occupations: occupation, prospect, tightness.
        occupations_of_dossiers: dossier, crebo, levels, occupation, share. A row with a crebo
            replaces the dossier's other rows for it, one with levels those without.
        features: those behind the tables that a region may leave out.
        current: programme, site, learners by region; only of regions whose file is there.
    """

    parameters: Parameters
    dossiers: pd.DataFrame
    qualifications: pd.DataFrame
    occupations: pd.DataFrame
    occupations_of_dossiers: pd.DataFrame
    features: Features
    current: dict[str, pd.DataFrame]


def read_assumptions(folder: Path = FOLDER) -> Assumptions:
    """Read the curated assumptions.

    Raises:
        pydantic.ValidationError: a YAML file has a missing, unknown or mistyped entry.
    """
    text = (folder / "parameters.yaml").read_text(encoding="utf-8")

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(folder / name, dtype=str, keep_default_na=False)

    qualifications = table("qualifications.csv")
    occupations = table("occupations.csv")
    links = table("occupations_of_dossiers.csv")
    qualifications["factor"] = qualifications["factor"].astype(float)
    occupations["tightness"] = occupations["tightness"].astype(float)
    links["share"] = links["share"].astype(float)
    return Assumptions(
        parameters=Parameters.model_validate(yaml.safe_load(text)),
        dossiers=table("dossiers.csv"),
        qualifications=qualifications,
        occupations=occupations,
        occupations_of_dossiers=links,
        features=read_features(folder),
        current=read_current(folder / "current"),
    )


def read_current(folder: Path) -> dict[str, pd.DataFrame]:
    """Read today's offering of each region that has a file ``REGION.csv`` in the folder.

    Raises:
        ValueError: a file has other columns than programme, site and learners.
    """
    tables = {}
    for file in sorted(folder.glob("*.csv")):
        table = pd.read_csv(file, dtype={"programme": str, "site": str})
        if list(table.columns) != CURRENT_COLUMNS:
            raise ValueError(f"{file}: the columns must be {', '.join(CURRENT_COLUMNS)}")
        tables[file.stem] = table
    return tables
