"""What is taught as one group: the curriculum as a policy cuts it into units."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import GENERAL, OWN_UNIT, Region


@dataclass(frozen=True)
class Teaching:
    """The units really taught, and who needs them.

    Attributes:
        units: unit, kind, hours (contact hours a group a year), delivery, domain (of all
            programmes that use it, or `GENERAL`); one row per unit.
        curriculum: programme, unit, retention (share 0-1 of a year's intake still there).
    """

    units: pd.DataFrame
    curriculum: pd.DataFrame


def teaching(region: Region, policy: Policy) -> Teaching:
    """Cut the curriculum into shared units and one own unit per programme.

    A unit whose kind the policy shares is pooled over every programme that uses it. All other
    units of a programme fuse into one unit of its own: hours add up, and its retention is the
    mean of its parts' weighted by hours, so that sharing nothing judges the programme as a whole.

    Hybrid programmes are there only if the policy has them; units are there only if a programme
    uses them.
    """
    programmes = region.programmes[["programme", "domain"]]
    if not policy.hybrids:
        programmes = programmes[~programmes["programme"].isin(region.hybrids["programme"])]
    taught = region.curriculum[region.curriculum["programme"].isin(programmes["programme"])]
    parts = taught.merge(region.units, on="unit")
    parts["retention"] = parts["year"].map(region.retention)
    pooled = parts["kind"].isin(policy.sharing)
    own = _own_units(parts[~pooled])
    shared = region.units[region.units["unit"].isin(parts.loc[pooled, "unit"])]
    units = pd.concat([shared[_UNIT_COLUMNS], own[_UNIT_COLUMNS]], ignore_index=True)
    curriculum = pd.concat(
        [parts.loc[pooled, _CURRICULUM_COLUMNS], own[_CURRICULUM_COLUMNS]], ignore_index=True
    )
    return Teaching(units.assign(domain=_domains(units, curriculum, programmes)), curriculum)


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


def _domains(
    units: pd.DataFrame, curriculum: pd.DataFrame, programmes: pd.DataFrame
) -> pd.Series[str]:
    """Return the domain of each unit; of a hybrid programme, its first domain counts."""
    users = curriculum.merge(programmes, on="programme").groupby("unit")["domain"]
    first = users.min()
    return units["unit"].map(first.where(first == users.max(), GENERAL))
