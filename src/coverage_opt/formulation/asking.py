"""Who asks for what in the moments of a period, and what they would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.frames import rows
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import Region

PAIR = ["learner", "zone", "choice"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Asking:
    """Learners by what tells them apart, in every moment of a period.

    Attributes:
        pairs: learner, zone, choice; one row for each that is asked for in any moment.
        asking: (pairs, moments) learners a year.
        arriving: (pairs, moments) those of them who can be placed: without continuous intake
            some who would enter at another moment of the year do not wait for the first.
        programmes: (pairs,) whether a programme or orientation is asked for, not a single unit.
    """

    pairs: pd.DataFrame
    asking: Floats
    arriving: Floats
    programmes: NDArray[np.bool_]

    def flows(self, takers: pd.DataFrame) -> pd.DataFrame:
        """Return pair (row of ``pairs``), learner, zone, choice, programme, share, first."""
        return self.pairs.rename_axis("pair").reset_index().merge(takers, on="choice")

    def certificates(self, teaching: Teaching) -> pd.DataFrame:
        """Return pair, learner, zone, unit, delivery: who asks for a single unit that is taught."""
        units = teaching.units.loc[teaching.units["kind"] != "orientation", ["unit", "delivery"]]
        pairs = self.pairs.rename_axis("pair").reset_index()
        return pairs.merge(units.rename(columns={"unit": "choice"}), on="choice").rename(
            columns={"choice": "unit"}
        )


def asking_of(
    region: Region, demands: Sequence[pd.DataFrame], arriving: Mapping[tuple[str, str], float]
) -> Asking:
    """Lay the demand of several moments side by side.

    Args:
        region: tells programmes from units.
        demands: for each moment learner, zone, choice, learners.
        arriving: (learner, choice) -> share who can be placed; 1 where it is not listed.
    """
    moments = pd.concat(
        [demand.assign(moment=number) for number, demand in enumerate(demands)], ignore_index=True
    )
    grouped = moments.groupby(PAIR)
    pairs = moments[PAIR].drop_duplicates().sort_values(PAIR, ignore_index=True)
    asking = np.zeros((len(pairs), len(demands)))
    np.add.at(asking, (grouped.ngroup(), moments["moment"]), moments["learners"])
    keys = rows(pairs, "learner", "choice")
    share = np.array([arriving.get(key, 1.0) for key in keys], dtype=np.float64)
    single = region.units.loc[region.units["kind"] != "orientation", "unit"]
    programmes = ~pairs["choice"].isin(single).to_numpy()
    return Asking(pairs, asking, asking * share[:, np.newaxis], programmes)


def arriving_shares(
    region: Region, policy: Policy, demands: Sequence[pd.DataFrame]
) -> dict[tuple[str, str], float]:
    """Map (learner, choice) to the share of those who ask that can be placed."""
    asked = pd.concat([demand[["learner", "choice"]].drop_duplicates() for demand in demands])
    pooled = policy.continuous_intake
    return {
        (learner, choice): region.arriving(learner, choice, pooled)
        for learner, choice in rows(asked.drop_duplicates(), "learner", "choice")
    }


def takers_of(region: Region, policy: Policy) -> pd.DataFrame:
    """Return choice, programme, share, first: who would take what, and whether they asked it.

    Whoever asks for an orientation unit chooses afterwards, within the shares that the region
    states, among the programmes that use it. Hybrid programmes are there only where the policy
    has them; whoever asks for one elsewhere is not placed.
    """
    hybrids = region.hybrids["programme"].iloc[: 0 if policy.hybrids else None]
    programmes = region.programmes["programme"]
    programmes = programmes[~programmes.isin(hybrids)]
    own = pd.DataFrame({"choice": programmes, "programme": programmes, "share": 1.0, "first": True})
    takers = pd.concat([own, _undecided(region), region.accept.assign(first=False)])
    known = takers["programme"].isin(programmes) & ~takers["choice"].isin(hybrids)
    return takers[known].reset_index(drop=True)


def _undecided(region: Region) -> pd.DataFrame:
    orientation = region.units.loc[region.units["kind"] == "orientation", ["unit"]]
    stated = region.afterwards
    free = orientation[~orientation["unit"].isin(stated["unit"])]
    implied = free.merge(region.curriculum, on="unit").assign(share=1.0)
    both = pd.concat([implied, stated])[["unit", "programme", "share"]]
    return both.rename(columns={"unit": "choice"}).assign(first=True)
