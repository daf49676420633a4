"""The families' plans, zone by zone, as the tables of one plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_opt.planning.coarse.dealing import deal
from coverage_opt.planning.coarse.offering import Settled
from coverage_opt.planning.coarse.question import Whole
from coverage_opt.planning.coarse.travel import Nearer, moved
from coverage_opt.rules.class_size import ClassSize

OFFER = "offer:"
"""Stands before a programme for the learners who start it at a site, as a class of their own."""


@dataclass(frozen=True)
class Joined:
    """Who goes where in the plan of the whole.

    Attributes:
        offers: programme, site.
        runs: unit, site.
        flows: ``switches``, ``placements`` and ``attendance``, without period and scenario.
        least_travel: learner-minutes if everybody went to the nearest site.
    """

    offers: pd.DataFrame
    runs: pd.DataFrame
    flows: dict[str, pd.DataFrame]
    least_travel: float


def join(whole: Whole, families: Sequence[Settled]) -> Joined:
    """Deal each family's learners to their zones, take them nearer by, and put all together."""
    offers, runs, least = [], [], 0.0
    flows: dict[str, list[pd.DataFrame]] = {"switches": [], "placements": [], "attendance": []}
    for settled in families:
        dealt = deal(settled, whole.demand)
        flows["switches"].append(dealt["switches"])
        for name, what in (("placements", "programme"), ("attendance", "unit")):
            found, shortest = _nearer(whole, settled, dealt[name], what)
            flows[name].append(found)
            least += shortest
        offers.append(settled.decided.offers)
        runs.append(_running(settled, flows["attendance"][-1]))
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in flows.items()}
    # a unit taught nearby may be of several families
    key = ["learner", "zone", "unit", "site"]
    joined["attendance"] = joined["attendance"].groupby(key, as_index=False)[["learners"]].sum()
    return Joined(
        offers=pd.concat(offers, ignore_index=True),
        runs=pd.concat(runs, ignore_index=True).drop_duplicates(ignore_index=True),
        flows=joined,
        least_travel=least,
    )


def _nearer(
    whole: Whole, settled: Settled, journeys: pd.DataFrame, what: str
) -> tuple[pd.DataFrame, float]:
    """Return the journeys, as short as classes allow, and learner-minutes to the nearest sites."""
    if journeys.empty:
        return journeys, 0.0
    decided = settled.decided
    offered = decided.offers if what == "programme" else decided.nearby
    found = Nearer.of(
        journeys.rename(columns={what: "what"}),
        offered.rename(columns={what: "what"}),
        whole.region.minutes,
    )
    classes = _classes(settled, what)
    shorter = moved(found, classes, _minimums(whole, classes["unit"].unique()))
    return shorter.rename(columns={"what": what}), found.least


def _classes(settled: Settled, what: str) -> pd.DataFrame:
    """Return what, unit, retention: where those who come to a site count, and for how much."""
    units, curriculum = settled.case.teaching.units, settled.case.teaching.curriculum
    if what == "unit":
        nearby = units.loc[units["delivery"] == "nearby", "unit"]
        return pd.DataFrame({"what": nearby, "unit": nearby, "retention": 1.0})
    with_it = units.loc[units["delivery"] == "with_programme", "unit"]
    taught = curriculum[curriculum["unit"].isin(with_it)]
    taught = taught.rename(columns={"programme": "what"})[["what", "unit", "retention"]]
    programmes = pd.Series(settled.family.programmes)
    own = pd.DataFrame({"what": programmes, "unit": OFFER + programmes, "retention": 1.0})
    return pd.concat([taught, own], ignore_index=True)


def _minimums(whole: Whole, units: np.ndarray) -> dict[str, float]:
    """Return unit -> least size, where it has one."""
    rule = whole.policy.rule(ClassSize)
    if rule is None:
        return {}
    kind = dict(zip(whole.teaching.units["unit"], whole.teaching.units["kind"], strict=True))
    least = {
        str(unit): float(rule.of(kind[unit]).minimum if unit in kind else rule.per_offer)
        for unit in units
    }
    return {unit: size for unit, size in least.items() if size > 0}


def _running(settled: Settled, attendance: pd.DataFrame) -> pd.DataFrame:
    """Return unit, site of what runs; what is taught nearby only where somebody comes."""
    key, decided = ["unit", "site"], settled.decided
    nearby = pd.MultiIndex.from_frame(decided.nearby[key])
    used = pd.MultiIndex.from_frame(attendance[key])
    runs = pd.MultiIndex.from_frame(decided.runs[key])
    return decided.runs[~runs.isin(nearby) | runs.isin(used)]
