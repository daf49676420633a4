"""Zones that cannot be told apart by what is within their reach.

For each shortage occupation, zones with the same offers in reach see the same row of the model,
so they are one *area*, weighted by all their young learners.

Nothing is lost. Besides its own row, which keeps it at most 1 and at most the sum of the offers in
reach, ``reach`` of a zone stands in the goal ``coverage``, in the rows of ``minimum_coverage`` and,
as what ``worst_zone`` may be at the most, in ``no_zone_is_worse``. All of them only want it large:
its weight there is never negative, ``coverage`` and ``worst_zone`` can only be maximised, whatever
the risk, and the rule asks for at least so much. So a plan stays a plan, and is as good or better,
when each ``reach`` is raised to the most that its own row allows; and that is the same for all
zones of an area, as they have the same offers in reach. Then one variable, weighted by all who live
there, stands for theirs. The other way round, its value given to each zone of the area keeps the
row of each. Where no offer in reach leads to an occupation, ``reach`` is 0 in every plan, and there
is no area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.formulation.asking import Floats
from coverage_opt.formulation.possible import Askers, Possible
from coverage_opt.formulation.reach import YOUNG
from coverage_opt.frames import rows
from coverage_opt.region.region import Region

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


NO_AREAS = Areas({}, {}, {}, {}, {})
"""Where it is not asked what is within reach."""


def areas_of(askers: Askers, remaining: Possible) -> Areas:
    """Group the zones with young learners into areas, occupation by occupation."""
    zones = _young(askers)
    offers: list[Pair] = sorted(rows(remaining.offers, "programme", "site"))
    near = askers.reach.of_young(list(zones), offers)
    reached_by: dict[Pair, tuple[Pair, ...]] = {}
    zones_of: dict[Pair, list[str]] = {}
    area_of: dict[Pair, str] = {}
    for occupation, leading in _leading(askers.region, offers).items():
        first: dict[bytes, str] = {}
        for zone, found in zip(zones, near[:, leading], strict=True):
            if found.any():
                area = first.setdefault(found.tobytes(), zone)
                area_of[occupation, zone] = area
                if area == zone:
                    reached_by[occupation, area] = tuple(offers[i] for i in leading[found])
                zones_of.setdefault((occupation, area), []).append(zone)
    return Areas(
        reached_by,
        {key: tuple(members) for key, members in zones_of.items()},
        area_of,
        zones,
        {
            zone: tuple(offers[i] for i in np.flatnonzero(found))
            for zone, found in zip(zones, near, strict=True)
        },
    )


def _leading(region: Region, offers: Sequence[Pair]) -> dict[str, NDArray[np.intp]]:
    """Return shortage occupation -> places of the offers that lead to it, if any does."""
    at: dict[str, list[int]] = {}
    for place, (programme, _) in enumerate(offers):
        at.setdefault(programme, []).append(place)
    short = set(region.occupations.loc[region.occupations["weight"] > 0, "occupation"])
    leading: dict[str, list[int]] = {}
    for occupation, programme in sorted(rows(region.leads_to, "occupation", "programme")):
        if occupation in short and programme in at:
            leading.setdefault(occupation, []).extend(at[programme])
    return {occupation: np.array(places) for occupation, places in leading.items()}


def _young(askers: Askers) -> dict[str, Floats]:
    """Return zone -> (moments,) young learners a year, for zones that have any in any moment."""
    pairs, asking = askers.asking.pairs, askers.asking.asking
    young = (pairs["learner"] == YOUNG).to_numpy()
    codes, zones = pd.factorize(pairs["zone"][young], sort=True)
    totals = np.zeros((len(zones), asking.shape[1]))
    np.add.at(totals, codes, asking[young])
    return dict(zip(zones, totals, strict=True))
