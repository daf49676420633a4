"""The planning case: every sparse index set of the model, built once. The only place that filters.

A case is what remains of a region and a policy when all that cannot matter is left out (offers
nobody could fill, places out of reach, choices nobody makes) and all that cannot be told apart is
one. What was left out or merged is counted in :attr:`Case.reductions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coverage_opt.formulation.areas import NO_AREAS, Areas, areas_of
from coverage_opt.formulation.asking import (
    Asking,
    Floats,
    arriving_shares,
    asking_of,
    takers_of,
)
from coverage_opt.formulation.groups import Alike, Groups, group_learners, taught_at
from coverage_opt.formulation.moments import Moment
from coverage_opt.formulation.possible import Askers, Possible, possible
from coverage_opt.formulation.reach import YOUNG, Reach, merge_zones
from coverage_opt.frames import rows
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario

Pair = tuple[str, str]


@dataclass(frozen=True)
class PeriodCase:
    """Index sets and data of one period.

    Attributes:
        period: calendar year.
        moments: its moments.
        groups: learners who cannot be told apart, what they would take and where.
        asking: group -> (moments,) learners a year who ask.
        arriving: group -> (moments,) those of them who can be placed.
        alone_asking: (catchment, unit) -> (moments,) learners a year who ask for a unit alone.
        alone_arriving: the same for those of them who can be served.
        single_units: (moments,) learners a year who ask for any single unit, taught or not.
        asked: choice -> (moments,) learners a year.
        everybody: (moments,) learners a year who ask for a programme or orientation.
        youth: (moments,) young ones among them.
        offers: (programme, site) pairs that may be offered.
        nearby: (unit, site) pairs where a unit taught nearby may run.
        received: (unit, site) -> sites whose learners may take the unit there.
        taught: (unit, site) pairs where a unit may run.
        areas: zones that cannot be told apart by what is within their reach.
        zone_of: real zone -> zone that stands for it.
        arriving_share: (learner, choice) -> share of those who ask who can be placed, where not 1.
        funding_scale: what a learner brings in, as a multiple of what it is; 1 but for cautious
            planning.
    """

    period: int
    moments: tuple[Moment, ...]
    groups: Groups
    asking: Mapping[str, Floats]
    arriving: Mapping[str, Floats]
    alone_asking: Mapping[Pair, Floats]
    alone_arriving: Mapping[Pair, Floats]
    single_units: Floats
    asked: Mapping[str, Floats]
    everybody: Floats
    youth: Floats
    offers: tuple[Pair, ...]
    nearby: tuple[Pair, ...]
    received: Mapping[Pair, tuple[str, ...]]
    taught: tuple[Pair, ...]
    areas: Areas
    zone_of: Mapping[str, str]
    arriving_share: Mapping[Pair, float]
    funding_scale: float = 1.0

    def alone(self, number: int) -> PeriodCase:
        """Return the period as if one of its moments were certain."""
        moment = replace(self.moments[number], probability=1.0)
        return self._with((moment,), lambda amounts: amounts[number : number + 1])

    def cautious(self) -> PeriodCase:
        """Return the period as if of each group only as many asked as where fewest do.

        Openings are the mean of the moments, workplaces the fewest. All learners together are then
        fewer than in any scenario; so that money is not shorter than in any, each of them brings
        in what makes up for it.
        """
        first = self.moments[0]
        openings = {
            name: sum(moment.probability * moment.openings[name] for moment in self.moments)
            for name in first.openings
        }
        places = {
            key: min(moment.workplaces[key] for moment in self.moments) for key in first.workplaces
        }
        moment = replace(first, probability=1.0, openings=openings, workplaces=places)
        fewest = self._with((moment,), lambda amounts: amounts.min(keepdims=True))
        together = sum(float(amounts[0]) for amounts in fewest.asking.values())
        scale = float(self.everybody.min()) / together if together else 1.0
        return replace(fewest, everybody=np.array([together]), funding_scale=max(1.0, scale))

    def _with(self, moments: tuple[Moment, ...], of: Callable[[Floats], Floats]) -> PeriodCase:
        """Return the period with other moments, and its amounts worked out by ``of``."""

        def each(amounts: Mapping[Any, Floats]) -> dict[Any, Floats]:
            return {key: of(values) for key, values in amounts.items()}

        return replace(
            self,
            moments=moments,
            asking=each(self.asking),
            arriving=each(self.arriving),
            alone_asking=each(self.alone_asking),
            alone_arriving=each(self.alone_arriving),
            single_units=of(self.single_units),
            asked=each(self.asked),
            everybody=of(self.everybody),
            youth=of(self.youth),
            areas=replace(self.areas, zones=each(self.areas.zones)),
        )


@dataclass(frozen=True)
class Case:
    """Index sets and data of the whole model.

    Attributes:
        region: the region.
        policy: the policy.
        teaching: units and curriculum under the policy.
        scenarios: name -> probability.
        periods: in order.
        reductions: what was left out or merged: name -> (before, after), over all periods.
            Areas and catchments are counted among the zones that remain.
    """

    region: Region
    policy: Policy
    teaching: Teaching
    scenarios: Mapping[str, float]
    periods: tuple[PeriodCase, ...]
    reductions: Mapping[str, tuple[int, int]]

    def only(self, period: PeriodCase) -> Case:
        """Return the case of one period, each of whose moments stands for one scenario."""
        scenarios = {moment.scenarios[0]: moment.probability for moment in period.moments}
        return replace(self, periods=(period,), scenarios=scenarios)


def build_case(
    region: Region,
    policy: Policy,
    teaching: Teaching,
    moments: Mapping[int, Sequence[Moment]],
    scenarios: Sequence[Scenario],
    *,
    merge: bool,
) -> Case:
    """Build the sparse index sets of every period.

    Args:
        region: the region.
        policy: the policy; its ``travel_limit``, ``class_size`` and ``partnership`` rules shape
            the sets.
        teaching: units and curriculum under the policy.
        moments: period -> its moments.
        scenarios: all of them, with their probabilities.
        merge: whether zones and learners that cannot be told apart become one.
    """
    takers, reach = takers_of(region, policy), Reach(region, policy)
    periods, reductions = [], []
    for of_period in moments.values():
        demands = [moment.demand for moment in of_period]
        arriving = arriving_shares(region, policy, demands)
        askers, zone_of = askers_of(
            region, policy, teaching, takers, reach, of_period, arriving, merge=merge
        )
        remaining = possible(askers)
        alike: Alike = "by_sites" if merge else "never"
        areas = areas_of(askers, remaining)
        case = period_case(askers, remaining, of_period, zone_of, arriving, alike, areas)
        periods.append(case)
        reductions.append(_reductions(case, askers, len(scenarios)))
    return Case(
        region=region,
        policy=policy,
        teaching=teaching,
        scenarios={scenario.name: scenario.probability for scenario in scenarios},
        periods=tuple(periods),
        reductions=_together(reductions),
    )


def _reductions(case: PeriodCase, askers: Askers, scenarios: int) -> dict[str, tuple[int, int]]:
    """Return what was left out or merged in one period: name -> (before, after)."""
    single = askers.asking.pairs.loc[~askers.asking.programmes, "choice"].unique()
    asking = max(int((~each.demand["choice"].isin(single)).sum()) for each in case.moments)
    groups, areas = case.groups, case.areas
    catchments = len(groups.sites_of) + len(groups.nearby_sites) + len(groups.alone_sites)
    return {
        "zones": (len(case.zone_of), len(set(case.zone_of.values()))),
        "learner groups": (asking, len(case.asking)),
        "offers": (len(askers.teachable), len(case.offers)),
        "moments": (scenarios, len(case.moments)),
        "areas": (len(areas.area_of), len(areas.reached_by)),
        "catchments": (groups.places, catchments),
        "nearby units": (len(askers.nearby), len(case.nearby)),
    }


def _together(
    counts: Sequence[Mapping[str, tuple[int, int]]],
) -> dict[str, tuple[int, int]]:
    """Add up over periods."""
    return {
        name: (sum(each[name][0] for each in counts), sum(each[name][1] for each in counts))
        for name in counts[0]
    }


def askers_of(
    region: Region,
    policy: Policy,
    teaching: Teaching,
    takers: pd.DataFrame,
    reach: Reach,
    moments: Sequence[Moment],
    arriving: Mapping[Pair, float],
    *,
    merge: bool,
) -> tuple[Askers, dict[str, str]]:
    """Return who asks for what in the moments of a period, and the zone that stands for each."""
    demands = [moment.demand for moment in moments]
    zones = sorted({zone for demand in demands for zone in demand["zone"].unique()})
    zone_of = merge_zones(reach, zones, merge=merge)
    merged = [demand.assign(zone=demand["zone"].map(zone_of)) for demand in demands]
    asking = asking_of(region, merged, arriving)
    flows = asking.flows(takers)
    probabilities = np.array([moment.probability for moment in moments])
    askers = Askers(region, policy, teaching, asking, probabilities, flows, reach)
    return askers, zone_of


def held_case(
    region: Region,
    policy: Policy,
    teaching: Teaching,
    moment: Moment,
    takers: pd.DataFrame,
    held: Possible,
    everybody: float,
) -> Case:
    """Return the case in which all ask for what they were found to take.

    Who may be dealt to the same sites with the same detours is one: the minutes of such learners
    are those of the first of them, and so travel is known but for what no plan changes.

    Args:
        region: the region.
        policy: its rules on where learners go still hold.
        teaching: units and curriculum under the policy.
        moment: its demand is learner, zone, choice (a programme or a single unit), learners.
        takers: choice, programme, share, first: everybody takes what they ask for.
        held: what is offered and which nearby units run.
        everybody: learners a year who asked for a programme, placed or not.
    """
    reach = Reach(region, policy)
    askers, zone_of = askers_of(region, policy, teaching, takers, reach, [moment], {}, merge=False)
    period = period_case(askers, held, [moment], zone_of, {}, "by_detours", NO_AREAS)
    period = replace(period, everybody=np.array([everybody]))
    scenarios = dict.fromkeys(moment.scenarios[:1], 1.0)
    return Case(region, policy, teaching, scenarios, (period,), {})


def period_case(
    askers: Askers,
    remaining: Possible,
    moments: Sequence[Moment],
    zone_of: Mapping[str, str],
    arriving: Mapping[Pair, float],
    alike: Alike,
    areas: Areas,
) -> PeriodCase:
    """Build the index sets of one period, given what may be offered in it."""
    groups = group_learners(askers, remaining, alike)
    asking = askers.asking
    young = (asking.pairs["learner"] == YOUNG).to_numpy()
    received: dict[Pair, list[str]] = {}
    for unit, site, sender in rows(askers.received, "unit", "site", "from_site"):
        received.setdefault((unit, site), []).append(sender)
    return PeriodCase(
        period=moments[0].period,
        moments=tuple(moments),
        groups=groups,
        asking=groups.sums(asking.asking),
        arriving=groups.sums(asking.arriving),
        alone_asking=_alone_sums(groups, asking.asking),
        alone_arriving=_alone_sums(groups, asking.arriving),
        single_units=asking.asking[~asking.programmes].sum(axis=0),
        asked=_by_choice(asking),
        everybody=asking.asking[asking.programmes].sum(axis=0),
        youth=asking.asking[young].sum(axis=0),
        offers=_pairs(remaining.offers),
        nearby=_pairs(remaining.nearby),
        received={key: tuple(sorted(senders)) for key, senders in received.items()},
        taught=_pairs(taught_at(askers, remaining)),
        areas=areas,
        zone_of=zone_of,
        arriving_share=arriving,
    )


def _alone_sums(groups: Groups, amounts: Floats) -> dict[Pair, Floats]:
    totals: dict[Pair, Floats] = {}
    for catchment, unit, pair in rows(groups.alone, "catchment", "unit", "pair"):
        key = (catchment, unit)
        totals[key] = totals.get(key, np.zeros(amounts.shape[1])) + amounts[pair]
    return totals


def _by_choice(asking: Asking) -> dict[str, Floats]:
    codes, names = pd.factorize(asking.pairs["choice"])
    totals = np.zeros((len(names), asking.asking.shape[1]))
    np.add.at(totals, codes, asking.asking)
    return dict(zip(names, totals, strict=True))


def _pairs(table: pd.DataFrame) -> tuple[Pair, ...]:
    return tuple(sorted(rows(table)))
