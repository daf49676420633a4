"""What a plan is worth: every indicator in every moment and over all, and to a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_opt.plan.indicators import SUMMED
from coverage_opt.plan.verify.moment import MomentCount
from coverage_opt.plan.verify.period import PeriodCount
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.policy.policy import Stage
from coverage_opt.region.region import ONLINE
from coverage_opt.region.scenarios import Scenario

PART = 1e-12
"""Share of a tail that is no more than rounding of probabilities."""


@dataclass(frozen=True)
class Worth:
    """The recomputed indicators of a plan.

    Attributes:
        periods: planned for.
        scenarios: planned for, with their probabilities.
        by_moment: (period, scenario) -> value of every indicator.
    """

    periods: tuple[int, ...]
    scenarios: tuple[Scenario, ...]
    by_moment: Mapping[tuple[int, str], Mapping[str, float]]

    def under(self, scenario: str, name: str) -> float:
        """Return an indicator under a scenario: the mean over the periods, or their sum."""
        values = [self.by_moment[period, scenario].get(name, 0.0) for period in self.periods]
        return sum(values) / (1 if name in SUMMED else len(values))

    @property
    def overall(self) -> dict[str, float]:
        """Every indicator over all periods, expected over the scenarios."""
        names = next(iter(self.by_moment.values()))
        return {
            name: sum(each.probability * self.under(each.name, name) for each in self.scenarios)
            for name in names
        }

    def of(self, stage: Stage) -> float:
        """Return what a stage weighs: expected, in the worst scenario, or in the worst tail."""
        values = [
            (sum(weight * self._term(each.name, term) for term, weight in stage.terms.items()),
             each.probability)
            for each in self.scenarios
        ]  # fmt: skip
        if stage.risk == "expected":
            return sum(probability * value for value, probability in values)
        values.sort(reverse=stage.sense == "minimise")
        if stage.risk == "worst_case":
            return values[0][0]
        return _mean_of_worst(values, stage.tail)

    def _term(self, scenario: str, term: str) -> float:
        return self.under(scenario, "sites" if term == "open_sites" else term)


def _mean_of_worst(values: list[tuple[float, float]], tail: float) -> float:
    """Return the mean of the first ``tail`` of (value, probability), worst first."""
    used, weighed = 0.0, 0.0
    for value, probability in values:
        part = min(probability, tail - used)
        if part > PART * tail:
            used, weighed = used + part, weighed + part * value
    return weighed / used


def worth_of(recount: Recount) -> Worth:
    """Recompute every indicator of a plan in every moment."""
    found = {}
    for period in recount.periods:
        teaching = _teaching(period)
        for moment in period.moments:
            found[period.period, moment.scenario.name] = {
                **teaching,
                **_learners(moment),
                **_within_reach(period, moment),
                **_filled(moment),
                **_travel(moment),
                **_groups(period, moment),
                **_money(period, moment),
            }
    return Worth(tuple(recount.plan.periods), tuple(recount.plan.scenarios), found)


def _learners(moment: MomentCount) -> dict[str, float]:
    switches, everybody = moment.stated("switches"), moment.everybody
    takers = moment.given.takers
    first = takers.loc[takers["first"], ["choice", "programme"]].drop_duplicates()
    asked = switches.merge(first, on=["choice", "programme"])
    served = float(moment.stated("certificates")["learners"].sum())
    return {
        "placed": _ratio(float(switches["learners"].sum()), everybody),
        "first_choice": _ratio(float(asked["learners"].sum()), everybody),
        "certificates": _ratio(served, moment.certificate_learners),
        "learners": everybody,
        "certificate_learners": moment.certificate_learners,
        "worst_institution": _worst_institution(moment),
    }


def _worst_institution(moment: MomentCount) -> float:
    """Return the least part that an institution keeps of its share today; 1 where all is kept."""
    today, owner = moment.given.region.current, moment.given.institution_of
    everybody = moment.everybody
    if not everybody:
        return 1.0
    had = today["learners"].groupby(today["site"].map(owner)).sum()
    has = moment.offers["learners"].groupby(moment.offers["site"].map(owner)).sum()
    kept = [
        float(has.get(institution, 0.0)) / (learners / had.sum() * everybody)
        for institution, learners in had[had > 0].items()
    ]
    return float(min([1.0, *kept]))


def _within_reach(period: PeriodCount, moment: MomentCount) -> dict[str, float]:
    weights, living = moment.given.weights, moment.living
    urgency, youth = float(weights.sum()), float(living.sum())
    by_zone = weights.to_numpy() @ period.reached[list(living.index)].to_numpy()
    return {
        "coverage": _ratio(float(by_zone @ living.to_numpy()), urgency * youth),
        "worst_zone": _ratio(float(by_zone.min()), urgency) if len(by_zone) else 0.0,
    }


def _filled(moment: MomentCount) -> dict[str, float]:
    filled = moment.filled.set_index("occupation")[["filled", "openings"]]
    weighed = filled.mul(moment.given.weights, axis=0).sum()
    return {"filled_openings": _ratio(float(weighed["filled"]), float(weighed["openings"]))}


def _teaching(period: PeriodCount) -> dict[str, float]:
    offers, units = period.stated("offers"), period.units
    of_programme = period.given.curriculum.groupby("programme")["hours"].sum()
    apart = float(offers["programme"].map(of_programme).fillna(0.0).sum())
    saved = apart - float(units["hours"].sum())
    return {
        "saved_hours": saved,
        "reuse": _ratio(saved, apart),
        "group_hours": float((units["hours"] * units["groups"]).sum()),
        "changes": float(len(period.opened) + len(period.closed)),
        "offers": float(len(offers)),
        "programmes": float(offers["programme"].nunique()),
        "units": float(len(units)),
        "sites": float(len(period.open_sites)),
    }


def _groups(period: PeriodCount, moment: MomentCount) -> dict[str, float]:
    groups = float(period.units["groups"].sum())
    return {"mean_group": _ratio(float(moment.sizes["learners"].sum()), groups)}


def _travel(moment: MomentCount) -> dict[str, float]:
    placements, alone = moment.stated("placements"), moment.stated("certificates")
    to_programme = _learner_minutes(moment, placements)
    to_units = pd.concat([moment.stated("attendance"), alone[alone["site"] != ONLINE]])
    return {
        "travel": _ratio(to_programme, float(placements["learners"].sum())),
        "travel_minutes": to_programme + _learner_minutes(moment, to_units),
    }


def _learner_minutes(moment: MomentCount, journeys: pd.DataFrame) -> float:
    # journeys that cannot be made are a violation of their own
    minutes = np.nan_to_num(moment.given.minutes(journeys), posinf=0.0)
    return float(minutes @ journeys["learners"].to_numpy(dtype=float))


def _money(period: PeriodCount, moment: MomentCount) -> dict[str, float]:
    cost, funding = sum(period.cost.values()), sum(moment.funding.values())
    return {"cost": cost, "funding": funding, "balance": funding - cost}


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
