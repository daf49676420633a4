"""What a plan brings each part of a region: figures that plans for the same region share.

Each figure is the mean over periods of what is expected over scenarios, as far as both plans that
are compared have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from coverage_opt.frames import mapping, rows, values_at
from coverage_opt.plan.indicators import INDICATOR_UNITS, SUMMED
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region

REGION, MUNICIPALITY, INSTITUTION, DOMAIN, OCCUPATION = (
    "region",
    "municipality",
    "institution",
    "domain",
    "occupation",
)
"""What figures are given by."""

UNITS = {
    "placed": "share",
    "first_choice": "share",
    "occupations_in_reach": "count",
    "travel": "minutes",
    "offers": "count",
    "learners": "learners a year",
    "funding": "EUR a year",
    "cost": "EUR a year",
    "balance": "EUR a year",
    "reach": "share",
    "filled": "openings a year",
}
"""The unit of each measure by part of a region."""

Figure = tuple[str, str, str]
"""What it is given by, the identifier of the part, and the measure."""


@dataclass(frozen=True)
class Common:
    """The periods and scenarios that plans are compared on.

    Attributes:
        periods: calendar years.
        weights: scenario -> its probability among those compared; they sum to 1.
    """

    periods: tuple[int, ...]
    weights: Mapping[str, float]

    def expected(self, table: pd.DataFrame, keys: list[str], value: str) -> pd.Series:
        """Return the mean over periods of what is expected over scenarios, summed by keys."""
        here = table[table["period"].isin(self.periods)]
        amounts = here[value]
        if "scenario" in table:
            here = here[here["scenario"].isin(list(self.weights))]
            amounts = here[value] * here["scenario"].map(dict(self.weights)).astype(float)
        by = [here[key] for key in keys]
        summed: pd.Series = amounts.groupby(by).sum() / len(self.periods)
        return summed


class Measured:
    """One plan's figures and what they come from, on common periods and scenarios."""

    def __init__(self, plan: Plan, region: Region, common: Common) -> None:
        """Take in a plan for the region."""
        self.plan, self.region, self.common = plan, region, common
        self._municipality = mapping(region.zones, "zone", "municipality")
        self._domain = {name: region.domains_of(name)[0] for name in region.programmes["programme"]}

    def figures(self) -> dict[Figure, float]:
        """Return every figure of the plan."""
        found: dict[Figure, float] = {}
        for by, measure, values in (
            *((REGION, name, value) for name, value in self._indicators()),
            *self._of_municipalities(),
            *self._of_offers(),
            *self._of_money(),
            *self._of_occupations(),
        ):
            found |= {(by, str(key), measure): float(value) for key, value in values.items()}
        return found

    def offered(self) -> dict[tuple[int, str, str], float]:
        """Return (period, programme, site) -> learners a year who are expected to start there."""
        one = Common((0,), self.common.weights)
        taken = self.plan.placements.assign(year=self.plan.placements["period"], period=0)
        learners = one.expected(taken, ["year", "programme", "site"], "learners")
        offers = self.plan.offers
        here = offers[offers["period"].isin(self.common.periods)]
        return {
            key: float(learners.get(key, 0.0)) for key in rows(here, "period", "programme", "site")
        }

    def young(self) -> pd.DataFrame:
        """Return period, zone, learners: the young who live there, expected."""
        tables = [
            self.region.demand(period, scenario).assign(period=period, weight=weight)
            for period in self.common.periods
            for scenario, weight in self.common.weights.items()
        ]
        demand = pd.concat(tables, ignore_index=True)
        demand = demand[demand["learner"] == "young"]
        living = (demand["learners"] * demand["weight"]).groupby([demand["period"], demand["zone"]])
        return living.sum().rename("learners").reset_index()

    def reached(self) -> pd.DataFrame:
        """Return period, occupation, zone, learners: what is within reach of whom."""
        reach = self.plan.table("reach")
        here = reach[(reach["reach"] > 0) & reach["period"].isin(self.common.periods)]
        return here.merge(self.young(), on=["period", "zone"])

    def _indicators(self) -> Iterator[tuple[str, pd.Series]]:
        values = self.common.expected(self.plan.table("outlook"), ["name"], "value")
        for name in INDICATOR_UNITS:
            if name in values.index:
                times = len(self.common.periods) if name in SUMMED else 1
                yield name, pd.Series({self.region.name: float(values[name]) * times})

    def _of_municipalities(self) -> Iterator[tuple[str, str, pd.Series]]:
        switches, unplaced = self._switches(), self._by_municipality(self._unplaced())
        taken = self._by_municipality(switches)
        asking = taken.add(unplaced, fill_value=0.0)
        yield MUNICIPALITY, "placed", taken.reindex(asking.index, fill_value=0.0) / asking
        first = self._by_municipality(switches[switches["first"]])
        share = first.reindex(asking.index, fill_value=0.0) / asking
        yield MUNICIPALITY, "first_choice", share
        young = self._by_municipality(self.young())
        reached = self._by_municipality(self.reached()).reindex(young.index, fill_value=0.0)
        yield MUNICIPALITY, "occupations_in_reach", reached / young
        placements = self.plan.placements
        minutes = values_at(self.region.minutes, placements["zone"], placements["site"])
        travelled = self._by_municipality(
            placements.assign(learners=placements["learners"] * minutes)
        )
        yield MUNICIPALITY, "travel", travelled / self._by_municipality(placements)

    def _of_offers(self) -> Iterator[tuple[str, str, pd.Series]]:
        where = (
            (INSTITUTION, "site", self.region.institution_of),
            (DOMAIN, "programme", self._domain),
        )
        placements, offers = self.plan.placements, self.plan.offers.assign(offers=1.0)
        for by, column, part_of in where:
            for table, value in ((offers, "offers"), (placements, "learners")):
                located = table.assign(part=table[column].map(dict(part_of)))
                yield by, value, self.common.expected(located, ["part"], value)

    def _of_money(self) -> Iterator[tuple[str, str, pd.Series]]:
        money = self.plan.table("money")
        for measure in ("funding", "cost", "balance"):
            yield INSTITUTION, measure, self.common.expected(money, ["institution"], measure)

    def _of_occupations(self) -> Iterator[tuple[str, str, pd.Series]]:
        everybody = float(self.common.expected(self.young(), ["period"], "learners").sum())
        occupations = self.plan.table("filled")["occupation"].unique()
        reached = self.common.expected(self.reached(), ["occupation"], "learners")
        if everybody > 0:
            yield OCCUPATION, "reach", reached.reindex(occupations, fill_value=0.0) / everybody
        filled = self.common.expected(self.plan.table("filled"), ["occupation"], "filled")
        yield OCCUPATION, "filled", filled

    def _switches(self) -> pd.DataFrame:
        """Return who takes what, with whether it is what was asked for."""
        switches = self.plan.table("switches")
        within = set(rows(self.region.curriculum, "unit", "programme"))
        met = [
            pair[0] == pair[1] or pair in within for pair in rows(switches, "choice", "programme")
        ]
        return switches.assign(first=pd.Series(met, index=switches.index, dtype=bool))

    def _unplaced(self) -> pd.DataFrame:
        """Return who asked for a programme or an orientation year and has no place."""
        unplaced, units = self.plan.table("unplaced"), self.region.units
        orientation = units.loc[units["kind"] == "orientation", "unit"]
        asked = {*self.region.programmes["programme"], *orientation}
        return unplaced[unplaced["choice"].isin(list(asked))]

    def _by_municipality(self, table: pd.DataFrame) -> pd.Series:
        """Return the learners of each municipality."""
        located = table.assign(municipality=table["zone"].map(self._municipality))
        return self.common.expected(located, ["municipality"], "learners")
