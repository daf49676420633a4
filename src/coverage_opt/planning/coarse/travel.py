r"""Nearer by: learners of a plan go to the nearest site where that leaves classes large enough.

A plan made on a coarse map sends learners to sites that all zones of their group reach, not to the
nearest. With offers, units and who takes what as they are, let :math:`\theta_{ps}` be the share of
those planned for p at s who stay there, while the others go to the nearest site that offers p.
Sizes are linear in :math:`\theta`, and with :math:`\theta = 1` all hold; so the least travel of
this kind is a linear programme with a variable for each offer, however many zones there are:

.. math::

    \min \sum_{ps} \theta_{ps} \, \Delta_{ps}, \qquad
    \mathrm{size}_{us}(\theta) \ge m_u, \qquad 0 \le \theta \le 1

with :math:`\Delta` the minutes lost by staying. If everybody went to the nearest site, travel
would be no shorter in any placement of these learners: that is its bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from coverage_opt.frames import values_at
from coverage_opt.planning.coarse.demand import Floats

SLACK = 1e-7
"""Learners by which a class stays above its minimum, so that rounding does not take it below."""
MOVED = 1e-9
"""Share of a flow below which it does not move."""


@dataclass(frozen=True)
class Nearer:
    """Journeys, with the nearest site at which the same is to be had.

    Attributes:
        journeys: learner, zone, what, site, learners, nearest, lost (minutes longer than to it).
        least: learner-minutes if all went to the nearest.
    """

    journeys: pd.DataFrame
    least: float

    @classmethod
    def of(cls, journeys: pd.DataFrame, offered: pd.DataFrame, minutes: pd.DataFrame) -> Nearer:
        """Find the nearest site for each journey.

        A site nearer than the one planned is within reach where that one is.

        Args:
            journeys: learner, zone, what, site, learners.
            offered: what, site: where each is to be had.
            minutes: one way; index zone, columns site.
        """
        best = {
            what: _nearest(minutes, sites.to_numpy(dtype=object))
            for what, sites in offered.groupby("what")["site"]
        }
        zone = minutes.index.get_indexer(pd.Index(journeys["zone"]))
        what, names = pd.factorize(journeys["what"])
        nearest = np.array([best[name] for name in names]).reshape(len(names), len(minutes))
        chosen = nearest[what, zone]
        site = pd.Series(minutes.columns.take(chosen), index=journeys.index)
        shortest = minutes.to_numpy()[zone, chosen]
        lost = values_at(minutes, journeys["zone"], journeys["site"]) - shortest
        least = float((journeys["learners"].to_numpy() * shortest).sum())
        return cls(journeys.assign(nearest=site, lost=lost), least)


def _nearest(minutes: pd.DataFrame, sites: np.ndarray) -> np.ndarray:
    """Return (zones,) the place of the nearest of these sites."""
    places = np.sort(minutes.columns.get_indexer(pd.Index(sites)))
    found: np.ndarray = places[minutes.to_numpy()[:, places].argmin(axis=1)]
    return found


def moved(nearer: Nearer, classes: pd.DataFrame, minimum: Mapping[str, float]) -> pd.DataFrame:
    """Return the journeys with as many as classes allow moved to their nearest site.

    Args:
        nearer: the journeys.
        classes: what, unit, retention: which classes a journey counts in, once each.
        minimum: unit -> least size, where it has one.
    """
    stay = _staying(nearer.journeys, classes, minimum)
    journeys = nearer.journeys.merge(stay, on=["what", "site"])
    staying = journeys.assign(learners=journeys["learners"] * journeys["stay"])
    going = journeys.assign(
        learners=journeys["learners"] * (1.0 - journeys["stay"]), site=journeys["nearest"]
    )
    both = pd.concat([staying[journeys["stay"] > MOVED], going[journeys["stay"] < 1.0 - MOVED]])
    key = ["learner", "zone", "what", "site"]
    return both.groupby(key, as_index=False)[["learners"]].sum()


def _staying(
    journeys: pd.DataFrame, classes: pd.DataFrame, minimum: Mapping[str, float]
) -> pd.DataFrame:
    """Return what, site, stay: the share of those planned there who stay."""
    pairs = journeys[["what", "site"]].drop_duplicates(ignore_index=True)
    lost = journeys["learners"] * journeys["lost"]
    by_pair = lost.groupby([journeys["what"], journeys["site"]]).sum()
    price = by_pair.reindex(pd.MultiIndex.from_frame(pairs)).to_numpy()
    ways = journeys.groupby(["what", "site", "nearest"], as_index=False)[["learners"]].sum()
    ways = ways.merge(pairs.rename_axis("column").reset_index(), on=["what", "site"])
    here, there = ways, ways.assign(site=ways["nearest"])
    sized = pd.concat([here.assign(sign=1.0), there.assign(sign=-1.0)]).merge(classes, on="what")
    sized = sized[sized["unit"].isin(list(minimum))]
    rows = sized.groupby(["unit", "site"], sort=False)
    row = rows.ngroup().to_numpy()
    amount = (sized["learners"] * sized["retention"]).to_numpy()
    shape = (rows.ngroups, len(pairs))
    changes = sparse.coo_array(
        (sized["sign"].to_numpy() * amount, (row, sized["column"].to_numpy())), shape=shape
    ).tocsr()
    moving = np.where(sized["sign"].to_numpy() < 0, amount, 0.0)
    if_all_moved = np.bincount(row, moving, rows.ngroups)
    units = sized.drop_duplicates(["unit", "site"])["unit"]
    least = np.array([minimum[unit] for unit in units]) + SLACK
    # a class no larger than it must be stays as it is, whatever rounding says of it
    least = np.minimum(least, if_all_moved + changes.sum(axis=1))
    stay = _least_cost(price, changes, if_all_moved - least)
    return pairs.assign(stay=stay)


def _least_cost(price: Floats, changes: sparse.csr_array, spare: Floats) -> Floats:
    """Return the cheapest shares for which every class is large enough; all stay where none is."""
    large_enough = LinearConstraint(changes, -spare, np.inf)
    found = milp(price, constraints=large_enough, bounds=Bounds(0.0, 1.0))
    if found.x is None:
        return np.ones(len(price))
    shares: Floats = np.clip(found.x, 0.0, 1.0)
    return shares
