"""The moments that are planned for: periods under scenarios, alike ones as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coverage_opt.frames import mapping
from coverage_opt.policy.policy import Policy, Term
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario

FLOW_TERMS: frozenset[Term] = frozenset(
    {
        "filled_openings",
        "placed",
        "first_choice",
        "certificates",
        "worst_institution",
        "travel_minutes",
        "balance",
    }
)
"""Terms that depend on what learners do, and so may differ between scenarios alike."""


@dataclass(frozen=True)
class Moment:
    """One period under the scenarios that do not differ in it.

    Whatever flows serve one of these scenarios serve the others, as all rows of a moment are the
    same for them. An expectation is as good with the mean of their flows in all of them; so is a
    worst case or a tail, as long as each of these scenarios wants the best for itself and gets it.
    Not so where the scenario that fares better later could carry more of the burden now: see
    :func:`may_join`.

    Attributes:
        period: calendar year.
        scenarios: those it stands for.
        probability: of them together.
        demand: learner, zone, choice, learners.
        openings: occupation -> job openings a year.
        workplaces: (domain, pathway) -> learners at once for whom there is a place.
    """

    period: int
    scenarios: tuple[str, ...]
    probability: float
    demand: pd.DataFrame
    openings: Mapping[str, float]
    workplaces: Mapping[tuple[str, str], float]


def may_join(policy: Policy, periods: Sequence[int]) -> bool:
    """Tell whether scenarios that do not differ in a period may share its moment.

    In a single period they do not differ at all. Over several, only a goal with a sense of risk
    tells them apart: then they may share where that is the one goal that weighs flows, and no
    rule holds in the mean over scenarios.
    """
    weighing = [stage for stage in policy.objective if FLOW_TERMS & set(stage.terms)]
    if len(periods) == 1 or all(stage.risk == "expected" for stage in weighing):
        return True
    in_mean = any(
        getattr(rule, "holds", "every_scenario") == "expectation" for rule in policy.active_rules
    )
    deciding = [stage for stage in weighing if stage.decides != "placement"]
    return len(deciding) == 1 and not in_mean


def moments_of(
    region: Region, periods: Sequence[int], scenarios: Sequence[Scenario], *, join: bool = True
) -> dict[int, tuple[Moment, ...]]:
    """Return the moments of each period, in the order of the scenarios.

    Args:
        region: the region.
        periods: calendar years.
        scenarios: with their probabilities.
        join: whether scenarios that do not differ in a period share its moment.
    """
    return {period: _of_period(region, period, scenarios, join=join) for period in periods}


def _of_period(
    region: Region, period: int, scenarios: Sequence[Scenario], *, join: bool
) -> tuple[Moment, ...]:
    found: list[Moment] = []
    for scenario in scenarios:
        moment = _moment(region, period, scenario)
        for place, other in enumerate(found):
            if join and _alike(moment, other):
                found[place] = Moment(
                    period,
                    (*other.scenarios, scenario.name),
                    other.probability + scenario.probability,
                    other.demand,
                    other.openings,
                    other.workplaces,
                )
                break
        else:
            found.append(moment)
    return tuple(found)


def _moment(region: Region, period: int, scenario: Scenario) -> Moment:
    name = scenario.name
    return Moment(
        period,
        (name,),
        scenario.probability,
        region.demand(period, name),
        mapping(region.openings_in(period, name), "occupation", "openings"),
        mapping(region.workplaces_in(period, name), ["domain", "pathway"], "places"),
    )


def _alike(moment: Moment, other: Moment) -> bool:
    return (
        moment.openings == other.openings
        and moment.workplaces == other.workplaces
        and moment.demand.equals(other.demand)
    )
