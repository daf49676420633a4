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


def shortfalls(case: Case, offer: Pair) -> tuple[Shortfall, ...]:
    """Return the classes that keep an offer out of the model, period by period.

    A unit that is taught nearby, and that nobody who would come reaches, counts as an offer to
    which nobody can come.

    Args:
        case: the case that was built.
        offer: programme and site, where the site may teach the programme.
    """
    found: list[Shortfall] = []
    for period in case.periods:
        if offer not in period.offers:
            found += _of_period(case, period, offer)
    return tuple(found)


def _of_period(case: Case, period: PeriodCase, offer: Pair) -> list[Shortfall]:
    region, policy = case.region, case.policy
    arriving = arriving_shares(region, policy, [moment.demand for moment in period.moments])
    reach, takers = Reach(region, policy), takers_of(region, policy)
    askers, _ = askers_of(
        region, policy, case.teaching, takers, reach, period.moments, arriving, merge=False
    )
    offers = _pairs([*period.offers, offer], ["programme", "site"])
    flows = open_flows(askers, offers, _pairs(period.nearby, ["unit", "site"]))
    joining = flows[["pair", "programme", "site", "share"]].merge(judged(askers), on="programme")
    alone = askers.certificates.assign(share=1.0, retention=1.0)
    coming = pd.concat([joining, alone])[["unit", "site", "pair", "share", "retention"]]
    needed = judged(askers)
    needed = needed[needed["programme"] == offer[0]].assign(site=offer[1])
    most = _most(case, largest_sizes(askers, coming, needed[["unit", "site"]]), period)
    found = [
        Shortfall(period.period, unit, size, float(least))
        for (unit, least), size in zip(rows(needed, "unit", "minimum"), most, strict=True)
        if least - size > TOLERANCE
    ]
    rule = policy.rule(ClassSize)
    least = float(rule.per_offer) if rule else 0.0
    own = _pairs([offer], ["programme", "site"])
    starting = largest_sizes(askers, flows.assign(retention=1.0), own)
    size = _most(case, starting, period)[0]
    if least - size > TOLERANCE or (size <= TOLERANCE and not found):
        found.append(Shortfall(period.period, None, size, least))
    return found


def _most(case: Case, sizes: Floats, period: PeriodCase) -> list[float]:
    """Return what counts of sizes by moment: the smallest, or the mean, as the rule holds."""
    rule = case.policy.rule(ClassSize)
    if rule is None or rule.holds == "every_scenario":
        return [float(size) for size in sizes.min(axis=1)]
    shares = np.array([moment.probability for moment in period.moments])
    return [float(size) for size in sizes @ shares]


def _pairs(pairs: Sequence[Pair], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(sorted(set(pairs)), columns=columns, dtype="str")
