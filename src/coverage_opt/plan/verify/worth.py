"""What a plan is worth: every indicator and every term that a stage can weigh."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coverage_opt.plan.verify.recount import Recount
from coverage_opt.region.region import ONLINE


def indicators(recount: Recount) -> dict[str, float]:
    """Return every indicator by name; 0 where there is nothing to take a share or mean of."""
    return {**_shares(recount), **_teaching(recount), **_travel(recount)}


def terms(worth: Mapping[str, float]) -> dict[str, float]:
    """Return every term of an objective by name, from the indicators."""
    return dict(worth) | {"open_sites": worth["sites"]}


def _shares(recount: Recount) -> dict[str, float]:
    learners, weights, reached = recount.learners_of, recount.weights, recount.reached
    everybody, urgency = float(learners.sum()), float(weights.sum())
    by_zone = weights.to_numpy() @ reached.to_numpy()
    switches = recount.stated("switches")
    first = recount.takers.loc[recount.takers["first"], ["choice", "programme"]]
    asked = switches.merge(first.drop_duplicates(), on=["choice", "programme"])
    filled = recount.filled.set_index("occupation")[["filled", "openings"]]
    weighed = filled.mul(weights, axis=0).sum()
    return {
        "coverage": _ratio(float(by_zone @ learners.to_numpy()), urgency * everybody),
        "worst_zone": _ratio(float(by_zone.min(initial=np.inf)), urgency),
        "filled_openings": _ratio(float(weighed["filled"]), float(weighed["openings"])),
        "placed": _ratio(float(switches["learners"].sum()), everybody),
        "first_choice": _ratio(float(asked["learners"].sum()), everybody),
        "learners": everybody,
    }


def _teaching(recount: Recount) -> dict[str, float]:
    offers, units, hours = recount.offers, recount.units, recount.hours
    of_programme = recount.curriculum.groupby("programme")["hours"].sum()
    apart = float(offers["programme"].map(of_programme).fillna(0.0).sum())
    saved = apart - float(units["unit"].map(hours).sum())
    sites = pd.concat([offers["site"], units["site"]])
    return {
        "saved_hours": saved,
        "reuse": _ratio(saved, apart),
        "mean_group": _ratio(float(units["learners"].sum()), float(recount.groups.sum())),
        "offers": float(len(offers)),
        "programmes": float(offers["programme"].nunique()),
        "units": float(len(units)),
        "sites": float(sites[sites != ONLINE].nunique()),
    }


def _travel(recount: Recount) -> dict[str, float]:
    placements, attendance = recount.stated("placements"), recount.stated("attendance")
    to_programme = _learner_minutes(recount, placements)
    return {
        "travel": _ratio(to_programme, float(placements["learners"].sum())),
        "travel_minutes": to_programme + _learner_minutes(recount, attendance),
    }


def _learner_minutes(recount: Recount, journeys: pd.DataFrame) -> float:
    # journeys that cannot be made are a violation of their own
    minutes = np.nan_to_num(recount.minutes(journeys), posinf=0.0)
    return float(minutes @ journeys["learners"].to_numpy(dtype=float))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
