"""What follows from the decisions for one period, before the scenario is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coverage_opt.plan.verify import running
from coverage_opt.plan.verify.compare import allowance
from coverage_opt.plan.verify.curriculum import years_of
from coverage_opt.plan.verify.given import Given
from coverage_opt.plan.verify.moment import MomentCount
from coverage_opt.region.region import ONLINE
from coverage_opt.rules.base import Pair, PeriodFacts
from coverage_opt.rules.class_size import ClassSize


@dataclass(frozen=True)
class PeriodCount:
    """One period; each part is computed when asked for.

    Attributes:
        given: what the checker goes by.
        period: calendar year.
        before: (programme, site) offered in the period before, or today; None if not known.
        moments: one for each scenario.
    """

    given: Given
    period: int
    before: frozenset[Pair] | None
    moments: tuple[MomentCount, ...]

    def stated(self, name: str) -> pd.DataFrame:
        """Return the plan's rows of a table for this period, without the period."""
        return self.given.part(name, self.period)

    @property
    def when(self) -> str:
        """What to put after a place."""
        return self.given.when(self.period)

    @cached_property
    def offered(self) -> frozenset[Pair]:
        """(programme, site) that the plan offers."""
        return frozenset(_pairs(self.stated("offers"), "programme", "site"))

    @cached_property
    def running(self) -> frozenset[Pair]:
        """(unit, site) that the plan runs."""
        return frozenset(_pairs(self.stated("units"), "unit", "site"))

    @cached_property
    def needed(self) -> frozenset[Pair]:
        """(unit, site) that what is offered needs, unless a partner teaches it."""
        return running.needed_units(self.given, self.offered)

    @cached_property
    def missing(self) -> frozenset[Pair]:
        """(unit, site) that must run and does not."""
        return running.missing_units(self.given, self.needed, self.running)

    @cached_property
    def idle(self) -> frozenset[Pair]:
        """(unit, site) that runs though no offer can use it."""
        return running.idle_units(self.given, self.needed, self.running)

    @cached_property
    def out_of_place(self) -> frozenset[Pair]:
        """(unit, site) taught nearby, where no programme that uses it may be."""
        return running.out_of_place(self.given, self.running)

    @cached_property
    def opened(self) -> frozenset[Pair]:
        """Offered, and not before."""
        return frozenset() if self.before is None else self.offered - self.before

    @cached_property
    def closed(self) -> frozenset[Pair]:
        """Offered before, and no more."""
        return frozenset() if self.before is None else self.before - self.offered

    @cached_property
    def offers(self) -> pd.DataFrame:
        """Programme, site, learners expected to start there."""
        return self._expected([moment.offers for moment in self.moments], ["programme", "site"])

    @cached_property
    def units(self) -> pd.DataFrame:
        """Unit, site, kind, delivery, hours, domain, learners (expected), groups.

        A group that is full within rounding may be counted either way: as stated where that is
        possible.
        """
        key = ["unit", "site"]
        sizes = [moment.sizes for moment in self.moments]
        table = self._expected(sizes, key).merge(self.given.units, on="unit")
        rule = self.given.policy.rule(ClassSize)
        in_mean = rule is not None and rule.holds == "expectation"
        largest = pd.concat(sizes).groupby(key, as_index=False)[["learners"]].max()
        most_present = table[key].merge(largest, on=key)["learners"]
        learners = (table["learners"] if in_mean else most_present).to_numpy(dtype=float)
        room = np.array([rule.of(kind).maximum if rule else np.inf for kind in table["kind"]])
        fewest = np.maximum(np.ceil((learners - allowance(learners)) / room), 1.0)
        most = np.maximum(np.ceil((learners + allowance(learners)) / room), 1.0)
        said = table[key].merge(self.stated("units")[[*key, "groups"]], on=key, how="left")
        groups = np.clip(said["groups"].astype(float), fewest, most)
        return table.assign(groups=groups.astype(int))

    def _expected(self, tables: list[pd.DataFrame], key: list[str]) -> pd.DataFrame:
        """Return the key and the learners expected over the scenarios."""
        weighed = [
            table.assign(learners=table["learners"] * moment.scenario.probability)
            for table, moment in zip(tables, self.moments, strict=True)
        ]
        return pd.concat(weighed).groupby(key, as_index=False)[["learners"]].sum()

    @cached_property
    def zones(self) -> list[str]:
        """Zones where young learners live in any scenario."""
        return sorted({str(zone) for moment in self.moments for zone in moment.living.index})

    @cached_property
    def reached(self) -> pd.DataFrame:
        """1 where learners of a zone (column) have a shortage occupation (index) within reach."""
        weights, offers = self.given.weights, self.stated("offers")[["programme", "site"]]
        away = self.given.region.minutes.loc[self.zones, list(offers["site"])].to_numpy().T
        limit = offers["programme"].map(self.given.limits).to_numpy(dtype=float)
        within = np.isfinite(away) & (away <= limit[:, np.newaxis])
        leads = self.given.region.leads_to
        leads = leads[leads["occupation"].isin(weights.index) & (leads["share"] > 0)]
        ways = leads.merge(offers.assign(place=np.arange(len(offers))), on="programme")
        reached = pd.DataFrame(within[ways["place"].to_numpy(dtype=int)], columns=self.zones)
        reached = reached.groupby(ways["occupation"].to_numpy()).any()
        return reached.reindex(weights.index, fill_value=False).astype(float)

    @cached_property
    def reach(self) -> pd.DataFrame:
        """Occupation, zone, reach (0 or 1)."""
        reached = self.reached
        return pd.DataFrame(
            {
                "occupation": np.repeat(reached.index.to_numpy(dtype=object), reached.shape[1]),
                "zone": np.tile(np.array(self.zones, dtype=object), reached.shape[0]),
                "reach": reached.to_numpy(dtype=float).ravel(),
            }
        ).astype({"occupation": "str", "zone": "str"})

    @cached_property
    def open_sites(self) -> frozenset[str]:
        """Sites that offer or teach anything."""
        return frozenset(site for _, site in self.offered | self.running) - {ONLINE}

    @cached_property
    def cost(self) -> dict[str, float]:
        """EUR a year of each institution, and of what is online; empty without money."""
        prices, owner = self.given.region.money, self.given.institution_of
        if prices is None:
            return {}
        found = dict.fromkeys(self.given.institutions, 0.0)
        taught = self.units
        group_hours = taught["hours"] * taught["groups"]
        for site, hours in zip(taught["site"], group_hours, strict=True):
            found[owner[site]] += prices.cost_per_group_hour * hours
        for _, site in self.offered:
            found[owner[site]] += prices.cost_per_offer
        for site in self.open_sites:
            found[owner[site]] += prices.cost_per_site
        years, teach_out = years_of(self.given.region, self.period), self.given.teach_out_hours
        for _, site in self.opened:
            found[owner[site]] += prices.cost_to_open / years
        for programme, site in self.closed:
            hours = teach_out.get(programme, 0.0)
            once = prices.cost_to_close + hours * prices.cost_per_group_hour
            found[owner[site]] += once / years
        return found

    @cached_property
    def teachers(self) -> pd.DataFrame:
        """Institution, domain, hours a year that groups, and teaching out what closes, take."""
        owner, taught = self.given.institution_of, self.units
        first = self.given.region.programmes.set_index("programme")["domain"]
        years, teach_out = years_of(self.given.region, self.period), self.given.teach_out_hours
        rows = [
            (owner[site], domain, hours * groups)
            for site, domain, hours, groups in zip(
                taught["site"], taught["domain"], taught["hours"], taught["groups"], strict=True
            )
        ]
        rows += [
            (owner[site], first[programme], teach_out.get(programme, 0.0) / years)
            for programme, site in self.closed
        ]
        columns = ["institution", "domain", "hours"]
        table = pd.DataFrame(rows, columns=columns)
        table = table.astype({"institution": "str", "domain": "str", "hours": "float64"})
        return table.groupby(columns[:2], as_index=False)[["hours"]].sum()

    @cached_property
    def facts(self) -> PeriodFacts:
        """What the policy's rules check."""
        columns = ["unit", "kind", "site", "groups", "hours", "domain"]
        return PeriodFacts(
            region=self.given.region,
            period=self.period,
            offers=self.stated("offers")[["programme", "site"]],
            units=self.units[columns],
            reach=self.reach,
            opened=self.opened,
            closed=self.closed,
            cost=self.cost,
            limits=self.given.limits,
            moments=tuple(moment.facts for moment in self.moments),
        )


def _pairs(table: pd.DataFrame, first: str, second: str) -> Iterable[Pair]:
    return zip(table[first], table[second], strict=True)
