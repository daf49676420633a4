"""What is taught as one group: the curriculum as a policy cuts it into units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from coverage_opt.region.region import OWN_UNIT, Region


@dataclass(frozen=True)
class Teaching:
    """The units really taught, and who needs them.

    Attributes:
        units: unit, kind, hours (contact hours a group a year), delivery; one row per unit.
        curriculum: programme, unit, retention (share 0-1 of a year's intake still there).
    """

    units: pd.DataFrame
    curriculum: pd.DataFrame


def teaching(region: Region, sharing: Collection[str]) -> Teaching:
    """Cut the curriculum into shared units and one own unit per programme.

    A unit whose kind is in ``sharing`` is pooled over every programme that uses it. All other
    units of a programme fuse into one unit of its own: hours add up, and its retention is the
    mean of its parts' weighted by hours, so that sharing nothing judges the programme as a whole.
    """
    parts = region.curriculum.merge(region.units, on="unit")
    parts["retention"] = parts["year"].map(dict(region.retention))
    pooled = parts["kind"].isin(list(sharing))
    own = _own_units(parts[~pooled])
    units = pd.concat(
        [
            region.units.loc[region.units["kind"].isin(list(sharing)), _UNIT_COLUMNS],
            own[_UNIT_COLUMNS],
        ],
        ignore_index=True,
    )
    curriculum = pd.concat(
        [parts.loc[pooled, _CURRICULUM_COLUMNS], own[_CURRICULUM_COLUMNS]], ignore_index=True
    )
    return Teaching(units, curriculum)


_UNIT_COLUMNS = ["unit", "kind", "hours", "delivery"]
_CURRICULUM_COLUMNS = ["programme", "unit", "retention"]


def _own_units(parts: pd.DataFrame) -> pd.DataFrame:
    weighted = parts.assign(weighted=parts["hours"] * parts["retention"])
    own = weighted.groupby("programme", as_index=False)[["hours", "weighted"]].sum()
    return own.assign(
        unit=OWN_UNIT + own["programme"],
        kind="own",
        delivery="with_programme",
        retention=own["weighted"] / own["hours"],
    )
