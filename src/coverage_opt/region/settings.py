"""The schema of ``region.yaml``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from coverage_opt.region.travel import TravelParameters

STUDY_YEARS = (1, 2, 3, 4)

Period = Annotated[int, Field(ge=1900, le=2200)]
Share = Annotated[float, Field(gt=0, le=1)]


class RegionSettings(BaseModel):
    """What a region says of itself besides its tables."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

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
