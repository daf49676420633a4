"""Which sites are close enough, and which zones cannot be told apart by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.frames import positions
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.rules.travel_limit import TravelLimit

Flags = NDArray[np.bool_]

YOUNG, ADULT = "young", "adult"
LEARNERS = (YOUNG, ADULT)
AT_ONCE = 1 << 22
"""Pairs of a row and a site that are looked at together, lest memory swells."""


class Reach:
    """Which sites are within each travel limit that a policy uses, for each kind of learner."""

    def __init__(self, region: Region, policy: Policy) -> None:
        """Read the limits; without a ``travel_limit`` rule any finite time is close enough."""
        self._rule = policy.rule(TravelLimit)
        self._minutes = region.minutes
        self.limit_of = {learner: self._of_programmes(region, learner) for learner in LEARNERS}
        """Learner -> programme -> minutes one way."""
        self.nearby_limit = {
            learner: self._rule.of_nearby_unit(learner) if self._rule else np.inf
            for learner in LEARNERS
        }
        """Learner -> minutes one way to units taught nearby."""
        limits = {limit for limits in self.limit_of.values() for limit in limits.values()}
        limits |= set(self.nearby_limit.values())
        limits |= {self.certificate_limit("with_programme", learner) for learner in LEARNERS}
        self._within = {limit: self._close(limit) for limit in sorted(limits)}

    @property
    def limits(self) -> list[float]:
        """Every limit in use, minutes one way, the shortest first; infinite for none."""
        return list(self._within)

    def _of_programmes(self, region: Region, learner: str) -> dict[str, float]:
        if self._rule is None:
            return dict.fromkeys(region.programmes["programme"], np.inf)
        return self._rule.of_programmes(region, learner)

    def _close(self, limit: float) -> pd.DataFrame:
        return (self._minutes < np.inf) & (self._minutes <= limit)

    def certificate_limit(self, delivery: str, learner: str) -> float:
        """Return the limit, minutes one way, for a unit that is taken alone."""
        return self._rule.of_certificate(delivery, learner) if self._rule else np.inf

    def within(self, limit: float) -> pd.DataFrame:
        """Return zone by site: whether it is within ``limit`` minutes, one of those in use."""
        return self._within[limit]

    def pairs(self, limit: float) -> pd.DataFrame:
        """Return zone, site: every pair within ``limit`` minutes."""
        within = self._within[limit]
        zones, sites = np.nonzero(within.to_numpy())
        return pd.DataFrame({"zone": within.index[zones], "site": within.columns[sites]})

    def signature(self, zone: str) -> bytes:
        """Return what tells ``zone`` apart: the sites within every limit in use."""
        return b"|".join(within.loc[zone].to_numpy().tobytes() for within in self._within.values())

    def programme_limits(self, who: pd.DataFrame) -> NDArray[np.float64]:
        """Return (rows,) minutes one way, for a table with learner and programme."""
        limits = np.full(len(who), np.nan)
        for learner in LEARNERS:
            chosen = (who["learner"] == learner).to_numpy()
            of_programme = who["programme"][chosen].map(self.limit_of[learner])
            limits[chosen] = of_programme.to_numpy(dtype=np.float64)
        return limits

    def of_young(self, zones: Sequence[str], offers: Sequence[tuple[str, str]]) -> Flags:
        """Tell, (zones, offers), what is within the travel limit of a zone's young learners.

        Args:
            zones: rows.
            offers: columns, as programme and site.
        """
        limits = np.array([self.limit_of[YOUNG][programme] for programme, _ in offers])
        sites = positions(self._minutes.columns, pd.Series([site for _, site in offers]))
        away = self._minutes.loc[list(zones)].to_numpy(dtype=np.float64)[:, sites]
        near: Flags = (away < np.inf) & (away <= limits)
        return near

    def nearby_limits(self, who: pd.DataFrame) -> NDArray[np.float64]:
        """Return (rows,) minutes one way to units taught nearby, for a table with learner."""
        return np.array(
            [self.nearby_limit[learner] for learner in who["learner"]], dtype=np.float64
        )

    def to_sites(
        self, who: pd.DataFrame, where: pd.DataFrame, taught: str, limits: NDArray[np.float64]
    ) -> pd.DataFrame:
        """Return each row of a table once for every site in reach where something is taught.

        Args:
            who: zone, what is taught, and whatever else.
            where: what is taught, site.
            taught: name of the column with what is taught.
            limits: (rows of who,) minutes one way.
        """
        names, sites = pd.Index(where[taught].unique()), self._minutes.columns
        minutes = self._minutes.to_numpy(dtype=np.float64)
        # one row more than there are names: for what is taught nowhere
        at = np.zeros((len(names) + 1, len(sites)), dtype=np.bool_)
        at[positions(names, where[taught]), positions(sites, where["site"])] = True
        zone, name = positions(self._minutes.index, who["zone"]), positions(names, who[taught])
        places, columns = [np.array([], dtype=np.intp)], [np.array([], dtype=np.intp)]
        for part in _parts(len(who), max(1, AT_ONCE // max(1, len(sites)))):
            away = minutes[zone[part]]
            near = at[name[part]] & (away < np.inf) & (away <= limits[part, np.newaxis])
            row, column = np.nonzero(near)
            places.append(row + part.start)
            columns.append(column)
        found = who.take(np.concatenate(places)).reset_index(drop=True)
        return found.assign(site=sites[np.concatenate(columns)])


def _parts(length: int, at_once: int) -> Iterator[slice]:
    for start in range(0, length, at_once):
        yield slice(start, min(start + at_once, length))


def merge_zones(reach: Reach, zones: list[str], *, merge: bool) -> dict[str, str]:
    """Map each zone to the zone that stands for all it cannot be told apart from.

    Zones with equal signature (the same sites within every limit in use) appear in every row of
    the model with the same coefficients, apart from their demand. Adding up their demand is
    exact. From a plan for the merged zone, giving each member the share of every flow that its
    demand has in the total satisfies each member's rows. From a plan for the members, adding up
    gives one for the merged zone. Both leave every row and objective over sums of flows as it
    is, and reach depends on the signature alone. This holds as long as no row or objective
    weighs minutes: with travel in a stage that decides offers, ``merge`` must be False.
    """
    representative: dict[bytes, str] = {}
    return {
        zone: representative.setdefault(reach.signature(zone), zone) if merge else zone
        for zone in zones
    }
