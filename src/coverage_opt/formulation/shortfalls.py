"""Why an offer never entered the model: which class could never be large enough.

The same bounds as in :mod:`coverage_opt.formulation.possible`, for one offer beside all those that
are possible: how many learners could come at most, and how many its classes ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_opt.formulation.asking import Floats, arriving_shares, takers_of
from coverage_opt.formulation.case import Case, PeriodCase, askers_of
from coverage_opt.formulation.possible import judged, largest_sizes, open_flows
from coverage_opt.formulation.reach import Reach
from coverage_opt.frames import rows
from coverage_opt.rules.base import TOLERANCE
from coverage_opt.rules.class_size import ClassSize

Pair = tuple[str, str]


@dataclass(frozen=True)
class Shortfall:
    """A class that could never be large enough.

    Attributes:
        period: calendar year.
        unit: the unit; None for the offer as a whole.
        most: learners who could come, if all who could did.
        least: learners it asks for.
    """

    period: int
    unit: str | None
    most: float
    least: float


def shortfalls(case: Case, offers: Sequence[Pair]) -> dict[Pair, tuple[Shortfall, ...]]:
    """Return the classes that keep offers out of the model, period by period.

    First it is asked what could come if everything were offered everywhere. Where that would be
    enough, and the offer falls with others that could not be filled, what could come to it beside
    all offers that are possible. A unit that is taught nearby, and that nobody who would come
    reaches, counts as an offer to which nobody can come.

    Args:
        case: the case that was built.
        offers: programme and site, where the site may teach the programme.
    """
    found: dict[Pair, list[Shortfall]] = {offer: [] for offer in offers}
    for period in case.periods:
        beyond = [offer for offer in found if offer not in period.offers]
        if beyond:
            judge = _Judge(case, period)
            for offer in beyond:
                found[offer] += judge.short(offer)
    return {offer: tuple(short) for offer, short in found.items()}


class _Judge:
    """Tells for the offers of one period which of their classes could never be large enough.

    Zones that cannot be told apart are one: what could come at most hangs on reach alone.
    """

    def __init__(self, case: Case, period: PeriodCase) -> None:
        region, policy = case.region, case.policy
        arriving = arriving_shares(region, policy, [moment.demand for moment in period.moments])
        reach, takers = Reach(region, policy), takers_of(region, policy)
        self._case, self._period = case, period
        self._askers, _ = askers_of(
            region, policy, case.teaching, takers, reach, period.moments, arriving, merge=True
        )
        units = self._askers.curriculum
        nearby = units.loc[units["delivery"] == "nearby", ["programme", "unit"]]
        self._everything = self._askers.teachable
        everywhere = self._everything.merge(nearby, on="programme")[["unit", "site"]]
        self._everywhere = everywhere.drop_duplicates()

    def short(self, offer: Pair) -> list[Shortfall]:
        """Return the classes that fall short."""
        whatever = self._among(offer, self._everything, self._everywhere)
        if whatever:
            return whatever
        offers = _pairs([*self._period.offers, offer], ["programme", "site"])
        return self._among(offer, offers, _pairs(self._period.nearby, ["unit", "site"]))

    def _among(self, offer: Pair, offers: pd.DataFrame, nearby: pd.DataFrame) -> list[Shortfall]:
        askers, period = self._askers, self._period.period
        units = judged(askers)
        needed = units[units["programme"] == offer[0]].assign(site=offer[1])
        sharing = units.loc[units["unit"].isin(needed["unit"]), "programme"].unique()
        here = offers[(offers["site"] == offer[1]) & offers["programme"].isin(sharing)]
        flows = open_flows(askers, here, nearby)
        joining = flows[["pair", "programme", "site", "share"]].merge(units, on="programme")
        alone = askers.certificates.assign(share=1.0, retention=1.0)
        coming = pd.concat([joining, alone])[["unit", "site", "pair", "share", "retention"]]
        most = self._most(largest_sizes(askers, coming, needed[["unit", "site"]]))
        found = [
            Shortfall(period, unit, size, float(least))
            for (unit, least), size in zip(rows(needed, "unit", "minimum"), most, strict=True)
            if least - size > TOLERANCE
        ]
        rule = self._case.policy.rule(ClassSize)
        least = float(rule.per_offer) if rule else 0.0
        own = _pairs([offer], ["programme", "site"])
        size = self._most(largest_sizes(askers, flows.assign(retention=1.0), own))[0]
        if least - size > TOLERANCE or (size <= TOLERANCE and not found):
            found.append(Shortfall(period, None, size, least))
        return found

    def _most(self, sizes: Floats) -> list[float]:
        """Return what counts of sizes by moment: the smallest, or the mean, as the rule holds."""
        rule = self._case.policy.rule(ClassSize)
        if rule is None or rule.holds == "every_scenario":
            return [float(size) for size in sizes.min(axis=1)]
        shares = np.array([moment.probability for moment in self._period.moments])
        return [float(size) for size in sizes @ shares]


def _pairs(pairs: Sequence[Pair], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(sorted(set(pairs)), columns=columns, dtype="str")
