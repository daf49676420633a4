"""The assumptions behind what a region may also have: adults, money, limits, futures, hybrids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import Field

from derivation.strict import Strict

Pathway = Literal["BOL", "BBL"]


class UnitsAlone(Strict):
    """Units of one kind that adults ask for alone: how many, and their share of who ask."""

    units: int
    share: float


class Adults(Strict):
    """Everything in ``adults.yaml``."""

    certificates: float
    programmes_at_most: int
    units_alone: dict[str, UnitsAlone]


class Money(Strict):
    """The ``money`` part of ``money.yaml``."""

    rounded_to: float
    mean_group: float
    starters_an_offer: float
    hour_rounded_to: float
    cost_per_offer: float
    cost_per_site: float
    cost_to_open: float
    cost_to_close: float
    fee_per_hour: float
    pathway_weight: dict[Pathway, float]


class Entry(Strict):
    """Entry moments a year, and who waits for another moment than the first."""

    moments: int
    waits: float


class MoneyAndEntry(Strict):
    """Everything in ``money.yaml``."""

    money: Money
    entry: dict[Literal["BBL", "adult"], Entry]


class Teachers(Strict):
    """How many group hours the teachers can give."""

    mean_group: float
    slack: float
    rounded_to: float
    hours_at_least: float


class Places(Strict):
    """How many learners fit in a site."""

    hours_a_place: float
    slack: float
    rounded_to: float


class Workplaces(Strict):
    """For how many learners there is a contract or an internship."""

    slack: dict[Pathway, float]
    rounded_to: float


class Afterwards(Strict):
    """How far a programme can be chosen after an orientation year."""

    of_popularity: float
    share_at_least: float


class Capacity(Strict):
    """Everything in ``capacity.yaml``."""

    teachers: Teachers
    places: Places
    workplaces: Workplaces
    afterwards: Afterwards
    facilities: dict[str, list[str]]
    requirements: dict[str, list[str]]


class Change(Strict):
    """Factors on a quantity, by period; exactly one way of saying what they hold for."""

    quantity: Literal["learners", "adults", "choice", "openings", "workplaces"]
    everything: bool = False
    domains: list[str] = Field(default_factory=list)
    occupations_of: list[str] = Field(default_factory=list)
    dossiers: list[str] = Field(default_factory=list)
    most_popular: dict[Pathway, int] = Field(default_factory=dict)
    factors: dict[int, float]


class Scenarios(Strict):
    """Everything in ``scenarios.yaml``."""

    names: dict[str, str]
    sets: dict[str, dict[str, float]]
    changes: dict[str, list[Change]]


class Hybrid(Strict):
    """A programme over two domains, modelled on ``like`` for length, price and success."""

    name: str
    pathway: Pathway
    level: int
    domain: str
    second: str
    field: str
    dossier: str
    like: str
    choice_share: float
    leads_to: dict[str, float]
    accepted_by: dict[str, float]
    instead: dict[str, float]
    requires: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Features:
    """All assumptions behind the tables that a region may leave out."""

    adults: Adults
    money: MoneyAndEntry
    capacity: Capacity
    scenarios: Scenarios
    hybrids: dict[str, Hybrid]


class _Hybrids(Strict):
    hybrids: dict[str, Hybrid]


_Model = TypeVar("_Model", bound=Strict)


def read_features(folder: Path) -> Features:
    """Read them.

    Raises:
        pydantic.ValidationError: a file has a missing, unknown or mistyped entry.
    """
    return Features(
        adults=_read(folder / "adults.yaml", Adults),
        money=_read(folder / "money.yaml", MoneyAndEntry),
        capacity=_read(folder / "capacity.yaml", Capacity),
        scenarios=_read(folder / "scenarios.yaml", Scenarios),
        hybrids=_read(folder / "hybrids.yaml", _Hybrids).hybrids,
    )


def _read(file: Path, model: type[_Model]) -> _Model:
    return model.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
