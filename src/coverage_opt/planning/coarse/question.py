"""What is asked of one family of programmes on a coarse map: an ordinary, much smaller case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from coverage_opt.formulation.areas import areas_of
from coverage_opt.formulation.asking import arriving_shares, takers_of
from coverage_opt.formulation.case import Case, askers_of, period_case
from coverage_opt.formulation.moments import Moment
from coverage_opt.formulation.possible import Possible, possible
from coverage_opt.formulation.reach import Reach
from coverage_opt.planning.coarse.demand import Codes, Demand, Floats
from coverage_opt.planning.coarse.families import Family
from coverage_opt.planning.coarse.zones import Map
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.coarser import coarser
from coverage_opt.region.region import Region


@dataclass(frozen=True)
class Whole:
    """The whole question: one period of a region, for certain.

    Attributes:
        region: the region.
        policy: the policy.
        teaching: units and curriculum under the policy.
        moment: the one moment that is planned for.
        takers: choice, programme, share, first: who would take what.
        demand: of the moment.
    """

    region: Region
    policy: Policy
    teaching: Teaching
    moment: Moment
    takers: pd.DataFrame
    demand: Demand

    @classmethod
    def of(cls, region: Region, policy: Policy, teaching: Teaching, moment: Moment) -> Whole:
        """Lay out what is asked."""
        demand = Demand.of(moment.demand, region.minutes.index)
        return cls(region, policy, teaching, moment, takers_of(region, policy), demand)

    @cached_property
    def limits(self) -> list[float]:
        """The travel limits in use, minutes one way."""
        return Reach(self.region, self.policy).limits

    def sites_of(self, family: Family) -> Codes:
        """Return the places, among the region's sites, of those that may teach some of it."""
        teachable = self.region.teachable
        able = teachable.loc[teachable["programme"].isin(family.programmes), "site"].unique()
        return np.sort(self.region.minutes.columns.get_indexer(pd.Index(able))).astype(np.int64)

    def of_family(
        self, family: Family, here: Map, *, shared_units: bool, held: Possible | None = None
    ) -> Case:
        """Return the case of one family on a coarse map.

        Shares are of all learners, openings and zones of the region, so that the goals of the
        families add up to that of the whole.

        Args:
            family: the family.
            here: the map.
            shared_units: whether units that other families use as well are asked for.
            held: what is offered and which nearby units run, where that is settled.
        """
        region = coarser(self.region, here.minutes, self._sites(here))
        teaching = self._teaching(family, shared_units=shared_units)
        takers = self.takers[self.takers["programme"].isin(family.programmes)]
        whole = self.demand.merged(here.group_of, here.minutes.index)
        moment = replace(self.moment, demand=whole.only(family.choices).table())
        arriving = arriving_shares(region, self.policy, [moment.demand])
        reach = Reach(region, self.policy)
        askers, zone_of = askers_of(
            region, self.policy, teaching, takers, reach, [moment], arriving, merge=True
        )
        remaining = possible(askers) if held is None else held
        areas = areas_of(askers, remaining)
        period = period_case(askers, remaining, [moment], zone_of, arriving, "by_sites", areas)
        living = _living(whole, zone_of)
        period = replace(
            period,
            everybody=np.array([self.demand.learners.sum()]),
            youth=np.array([self.demand.youth.sum()]),
            areas=replace(period.areas, zones={z: living[z] for z in period.areas.zones}),
        )
        scenarios = {self.moment.scenarios[0]: 1.0}
        return Case(region, self.policy, teaching, scenarios, (period,), {})

    def _sites(self, here: Map) -> dict[str, str]:
        """Return site -> the site that stands for it; those left out are not there."""
        names, sites = here.minutes.columns, self.region.minutes.columns
        return {
            str(site): str(names[group])
            for site, group in zip(sites, here.site_of, strict=True)
            if group >= 0
        }

    def _teaching(self, family: Family, *, shared_units: bool) -> Teaching:
        """Return the units and the curriculum of a family."""
        own = self.teaching.curriculum["programme"].isin(family.programmes)
        curriculum = self.teaching.curriculum[own]
        if not shared_units:
            elsewhere = self.teaching.curriculum.loc[~own, "unit"]
            curriculum = curriculum[~curriculum["unit"].isin(elsewhere)]
        units = self.teaching.units[self.teaching.units["unit"].isin(curriculum["unit"])]
        return Teaching(units.reset_index(drop=True), curriculum.reset_index(drop=True))


def _living(whole: Demand, zone_of: Mapping[str, str]) -> dict[str, Floats]:
    """Return zone -> (1,) young learners a year, whatever they ask for."""
    found: dict[str, Floats] = {}
    for zone, young in zip(whole.zones, whole.youth, strict=True):
        stands = zone_of.get(str(zone))
        if stands is not None:
            found[stands] = found.get(stands, np.zeros(1)) + young
    return found
