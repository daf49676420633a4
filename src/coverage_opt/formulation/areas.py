"""Zones that cannot be told apart by what is within their reach.

For each shortage occupation, zones with the same offers in reach see the same row of the model,
so they are one *area*, weighted by all their learners.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coverage_opt.formulation.possible import Askers, Possible
from coverage_opt.frames import rows

Pair = tuple[str, str]


@dataclass(frozen=True)
class Areas:
    """Where which occupation can come within reach.

    Attributes:
        reached_by: (occupation, area) -> offers, each of which brings it within reach.
        learners: (occupation, area) -> learners a year who live there.
        area_of: (occupation, zone) -> area; none where nothing can bring it within reach.
        zones: zone -> learners a year.
    """

    reached_by: Mapping[Pair, tuple[Pair, ...]]
    learners: Mapping[Pair, float]
    area_of: Mapping[Pair, str]
    zones: Mapping[str, float]


def areas_of(askers: Askers, remaining: Possible, learners: pd.Series) -> Areas:
    """Group the zones of ``learners`` (zone -> learners a year) into areas per occupation."""
    region = askers.region
    short = region.occupations.loc[region.occupations["weight"] > 0, ["occupation"]]
    offers = remaining.offers.merge(region.leads_to, on="programme").merge(short, on="occupation")
    within = askers.in_reach[askers.in_reach["zone"].isin(learners.index)]
    pairs = offers.merge(within, on=["programme", "site"])
    columns = ["occupation", "zone", "programme", "site"]
    reached: dict[Pair, list[Pair]] = {}
    for occupation, zone, *offer in rows(pairs.sort_values(columns), *columns):
        reached.setdefault((occupation, zone), []).append((offer[0], offer[1]))
    first: dict[tuple[str, tuple[Pair, ...]], str] = {}
    reached_by: dict[Pair, tuple[Pair, ...]] = {}
    living: dict[Pair, float] = {}
    area_of: dict[Pair, str] = {}
    for (occupation, zone), found in reached.items():
        area = first.setdefault((occupation, tuple(found)), zone)
        area_of[occupation, zone] = area
        reached_by[occupation, area] = tuple(found)
        living[occupation, area] = living.get((occupation, area), 0.0) + float(learners[zone])
    return Areas(reached_by, living, area_of, {str(z): float(n) for z, n in learners.items()})
