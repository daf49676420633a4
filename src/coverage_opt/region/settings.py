"""The schema of ``region.yaml``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from coverage_opt.region.columns import PATHWAYS
from coverage_opt.region.travel import TravelParameters

STUDY_YEARS = (1, 2, 3, 4)

Period = Annotated[int, Field(ge=1900, le=2200)]
Share = Annotated[float, Field(gt=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=10)]

_STRICT = ConfigDict(
    extra="forbid",
    frozen=True,
    strict=True,
    allow_inf_nan=False,
    use_attribute_docstrings=True,
)


class Money(BaseModel):
    """What teaching brings in and costs; the ``money`` block of region.yaml.

    Amounts are euros; those beyond the upper bounds are taken for a slip.
    """

    model_config = _STRICT

    funding_per_learner: float = Field(ge=0, le=100_000)
    """Funding for a learner who is present for a year, in BOL, with price factor 1, EUR a year."""
    pathway_weight: dict[str, Weight]
    """Weight of each pathway in the funding, no unit."""
    cost_per_group_hour: float = Field(ge=0, le=10_000)
    """Teacher, room and support for one group, EUR a contact hour."""
    cost_per_offer: float = Field(ge=0, le=10_000_000)
    """Keeping a programme on offer at a site, whatever its size, EUR a year."""
    cost_per_site: float = Field(ge=0, le=100_000_000)
    """Keeping a site open, EUR a year."""
    cost_to_open: float = Field(ge=0, le=10_000_000)
    """Opening an offer, EUR once."""
    cost_to_close: float = Field(ge=0, le=10_000_000)
    """Closing an offer, EUR once; teaching out those inside comes on top."""
    fee_per_hour: float = Field(ge=0, le=1_000)
    """Paid by an adult who takes a single unit, EUR a contact hour."""

    @field_validator("pathway_weight")
    @classmethod
    def _every_pathway(cls, weights: dict[str, float]) -> dict[str, float]:
        missing = [pathway for pathway in PATHWAYS if pathway not in weights]
        unknown = [pathway for pathway in weights if pathway not in PATHWAYS]
        if missing or unknown:
            said = [f"{', '.join(missing)} is missing"] if missing else []
            said += [f"there is no pathway {', '.join(unknown)}"] if unknown else []
            advice = f"give a weight for each pathway: {', '.join(PATHWAYS)}"
            raise PydanticCustomError("pathway_weight", "; ".join(said), {"advice": advice})
        return weights

    def per_starter(self, pathway: str, price_factor: float, present_years: float) -> float:
        """Return the funding for one starter a year, EUR a year.

        Every year one intake starts, so that each is funded for as long as it stays.

        Args:
            pathway: BOL or BBL.
            price_factor: of the programme, no unit.
            present_years: learner-years present for each starter.
        """
        weight = self.pathway_weight[pathway]
        return self.funding_per_learner * price_factor * weight * present_years


class Entry(BaseModel):
    """At how many moments in the year one kind of learner may enter."""

    model_config = _STRICT

    moments: int = Field(ge=1, le=52)
    """Entry moments, number a year."""
    waits: float = Field(ge=0, le=1)
    """Of those who would enter at another moment than the first, who wait for it when they
    cannot, share."""

    @property
    def arriving(self) -> float:
        """Share of those who ask that still enters when only the first moment is there.

        They would come evenly over the moments; of the others than the first, ``waits`` comes.
        """
        return (1 + (self.moments - 1) * self.waits) / self.moments


class EntryMoments(BaseModel):
    """Who could enter at more than one moment a year; the ``entry`` block of region.yaml.

    Whoever is left out enters at the start of the school year.
    """

    model_config = _STRICT

    BBL: Entry | None = None
    """Learners who ask for a BBL programme."""
    adult: Entry | None = None
    """Adults, whatever they ask for."""

    def by_kind(self) -> dict[str, Entry]:
        """Return the entry moments of each kind of learner that has any."""
        kinds = {"BBL": self.BBL, "adult": self.adult}
        return {kind: entry for kind, entry in kinds.items() if entry is not None}


class RegionSettings(BaseModel):
    """What a region says of itself besides its tables."""

    model_config = _STRICT

    name: str
    """Short name: lower-case letters, digits, ``-`` and ``_``."""
    title: str = Field(min_length=1)
    """Name for people."""
    catalogue: str | None = None
    """Folder, relative to the region's, of tables that several regions share."""
    periods: Annotated[tuple[Period, ...], Field(min_length=1, strict=False)]
    """Calendar years planned for, strictly increasing."""
    retention: dict[int, Share]
    """Share (0-1] of a year's intake still there, for each year of study 1 to 4; never rising."""
    travel: TravelParameters | None = None
    """Parameters of the travel network; absent when travel.csv gives the times."""
    money: Money | None = None
    """What teaching brings in and costs; absent: nothing about money can be asked."""
    entry: EntryMoments | None = None
    """Entry moments; absent: everybody enters at the start of the school year."""

    @field_validator("name")
    @classmethod
    def _short(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
            raise PydanticCustomError(
                "name",
                "{name} is not a short name",
                {"name": repr(name), "advice": "use lower-case letters, digits, - and _"},
            )
        return name

    @field_validator("periods")
    @classmethod
    def _increasing(cls, periods: tuple[int, ...]) -> tuple[int, ...]:
        if list(periods) != sorted(set(periods)):
            shown = ", ".join(map(str, sorted(set(periods))))
            raise PydanticCustomError(
                "periods",
                "the periods are not strictly increasing",
                {"advice": f"write [{shown}]"},
            )
        return periods

    @field_validator("retention")
    @classmethod
    def _every_year(cls, retention: dict[int, float]) -> dict[int, float]:
        missing = [str(year) for year in STUDY_YEARS if year not in retention]
        unknown = [str(year) for year in retention if year not in STUDY_YEARS]
        if missing or unknown:
            said = [f"year {', '.join(missing)} is missing"] if missing else []
            said += [f"there is no year {', '.join(unknown)}"] if unknown else []
            raise PydanticCustomError(
                "retention", "; ".join(said), {"advice": "give a share for each year 1, 2, 3, 4"}
            )
        shares = [retention[year] for year in STUDY_YEARS]
        if shares != sorted(shares, reverse=True):
            raise PydanticCustomError(
                "retention",
                "the shares rise from one year of study to a later one",
                {"advice": "give the share of the intake still there, which can only fall"},
            )
        return retention
