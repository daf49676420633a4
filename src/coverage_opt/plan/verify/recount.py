"""What follows from a plan's decisions, computed anew from region and policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from coverage_opt.plan.plan import Plan
from coverage_opt.plan.verify.given import Given
from coverage_opt.plan.verify.moment import MomentCount
from coverage_opt.plan.verify.period import PeriodCount
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Pair


@dataclass(frozen=True)
class Recount:
    """A plan's decisions and all that follows from them, period by period.

    Only the decisions are read from the plan: which (programme, site) it offers and which (unit,
    site) it runs in each period, and, under each scenario, switches, placements, attendance,
    certificates, sent and unplaced. The tables of the plan must have the right shape.
    """

    given: Given
    periods: tuple[PeriodCount, ...]

    @property
    def region(self) -> Region:
        """The region."""
        return self.given.region

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.given.plan

    @property
    def moments(self) -> tuple[MomentCount, ...]:
        """Every period under every scenario."""
        return tuple(moment for period in self.periods for moment in period.moments)

    @cached_property
    def facts(self) -> Facts:
        """What the policy's rules check."""
        return Facts(self.region, tuple(period.facts for period in self.periods))

    def by_period(self, table_of: Callable[[PeriodCount], pd.DataFrame]) -> pd.DataFrame:
        """Put the tables of all periods under each other, with a column for the period."""
        tables = [table_of(period).assign(period=period.period) for period in self.periods]
        return pd.concat(tables, ignore_index=True)

    def by_moment(self, table_of: Callable[[MomentCount], pd.DataFrame]) -> pd.DataFrame:
        """Put the tables of all moments under each other, with columns for the moment."""
        tables = [
            table_of(moment).assign(period=moment.period, scenario=moment.scenario.name)
            for moment in self.moments
        ]
        return pd.concat(tables, ignore_index=True)


def recount(region: Region, plan: Plan) -> Recount:
    """Take a plan apart: its periods in order, each compared with what was offered before."""
    given = Given(region, plan)
    before: frozenset[Pair] | None = None
    if region.has("current"):
        today = region.current
        before = frozenset(zip(today["programme"], today["site"], strict=True))
    periods = []
    for year in plan.periods:
        moments = tuple(MomentCount(given, year, scenario) for scenario in plan.scenarios)
        period = PeriodCount(given, year, before, moments)
        periods.append(period)
        before = period.offered
    return Recount(given, tuple(periods))
