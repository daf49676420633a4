"""Zones that cannot be told apart by what is within their reach.

For each shortage occupation, zones with the same offers in reach see the same row of the model,
so they are one *area*, weighted by all their young learners.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coverage_opt.formulation.asking import Floats
from coverage_opt.formulation.possible import Askers, Possible
from coverage_opt.formulation.reach import YOUNG
from coverage_opt.frames import rows

Pair = tuple[str, str]


@dataclass(frozen=True)
class Areas:
    """Where which occupation can come within reach.

    Attributes:
        reached_by: (occupation, area) -> offers, each of which brings it within reach.
        zones_of: (occupation, area) -> the zones it stands for.
        area_of: (occupation, zone) -> area; none where nothing can bring it within reach.
        zones: zone -> (moments,) young learners a year.
        offers_of: zone -> offers within its young learners' travel limit.
    """

    reached_by: Mapping[Pair, tuple[Pair, ...]]
    zones_of: Mapping[Pair, tuple[str, ...]]
    area_of: Mapping[Pair, str]
    zones: Mapping[str, Floats]
    offers_of: Mapping[str, tuple[Pair, ...]]

    def living(self, moment: int) -> dict[Pair, float]:
        """Return (occupation, area) -> young learners a year who live there, in a moment."""
        return {
            key: float(sum(self.zones[zone][moment] for zone in zones))
            for key, zones in self.zones_of.items()
        }


def areas_of(askers: Askers, remaining: Possible) -> Areas:
    """Group the zones with young learners into areas, occupation by occupation."""
    region, zones = askers.region, _young(askers)
    within = askers.reach.of_programmes([YOUNG])
    within = within[within["zone"].isin(list(zones))]
    near = remaining.offers.merge(within, on=["programme", "site"])
    near = near.sort_values(["zone", "programme", "site"])
    offers_of: dict[str, list[Pair]] = {zone: [] for zone in zones}
    for zone, programme, site in rows(near, "zone", "programme", "site"):
        offers_of[zone].append((programme, site))
    short = region.occupations.loc[region.occupations["weight"] > 0, ["occupation"]]
    pairs = near.merge(region.leads_to, on="programme").merge(short, on="occupation")
    columns = ["occupation", "zone", "programme", "site"]
    reached: dict[Pair, list[Pair]] = {}
    for occupation, zone, *offer in rows(pairs.sort_values(columns), *columns):
        reached.setdefault((occupation, zone), []).append((offer[0], offer[1]))
    first: dict[tuple[str, tuple[Pair, ...]], str] = {}
    reached_by: dict[Pair, tuple[Pair, ...]] = {}
    zones_of: dict[Pair, list[str]] = {}
    area_of: dict[Pair, str] = {}
    for (occupation, zone), found in reached.items():
        area = first.setdefault((occupation, tuple(found)), zone)
        area_of[occupation, zone] = area
        reached_by[occupation, area] = tuple(found)
        zones_of.setdefault((occupation, area), []).append(zone)
    return Areas(
        reached_by,
        {key: tuple(members) for key, members in zones_of.items()},
        area_of,
        zones,
        {zone: tuple(offers) for zone, offers in offers_of.items()},
    )


def _young(askers: Askers) -> dict[str, Floats]:
    """Return zone -> (moments,) young learners a year, for zones that have any in any moment."""
    pairs, asking = askers.asking.pairs, askers.asking.asking
    found: dict[str, Floats] = {}
    for number in np.flatnonzero((pairs["learner"] == YOUNG).to_numpy()).tolist():
        zone = pairs["zone"].iloc[number]
        found[zone] = found.get(zone, np.zeros(asking.shape[1])) + asking[number]
    return dict(sorted(found.items()))
