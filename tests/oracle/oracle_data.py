"""A region and a policy as the mathematics has them: plain sets and numbers, read from the tables.

Independent of the engine: how the curriculum is cut into units, who would take what and how far
anybody may travel is worked out here anew, from the descriptions of the data and the rules.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import pandas as pd

from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region

Pair = tuple[str, str]


@dataclass(frozen=True)
class Unit:
    """A unit as one programme has it: hours a group a year, share of the intake still there."""

    name: str
    kind: str
    delivery: str
    hours: float
    retention: float


@dataclass(frozen=True)
class Subset:
    """What is offered and which nearby units run."""

    offers: frozenset[Pair]
    nearby: frozenset[Pair]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


class Data:
    """What a region and a policy say, for one period.

    Attributes:
        rules: parameters of each rule in force.
        asking: (zone, choice) -> learners a year; ``living``: zone -> learners.
        units: programme -> its units under the policy.
        takes: choice -> programme -> largest share who take it; ``first``: pairs that count as
            what was asked for.
        offers: every (programme, site) that may be; ``nearby``: every (unit, site) likewise.
        weight, openings: of each occupation with a shortage; ``leads_to``: share of graduates.
        minutes: (zone, site) -> minutes; ``limit``: programme -> most minutes.
    """

    def __init__(self, region: Region, policy: Policy, period: int | None = None) -> None:
        """Read all that the mathematics needs."""
        self.region = region
        self.rules: dict[str, dict[str, Any]] = {
            name: parameters
            for name, parameters in policy.model_dump()["rules"].items()
            if parameters is not None
        }
        self.period = region.periods[0] if period is None else period
        self.asking: dict[Pair, float] = {
            (row["zone"], row["choice"]): row["learners"]
            for row in records(region.demand(self.period))
        }
        self.living: dict[str, float] = defaultdict(float)
        for (zone, _), learners in self.asking.items():
            self.living[zone] += learners
        self.everybody = sum(self.living.values())
        self._read_units(set(policy.sharing))
        self._read_takers()
        self._read_places()
        self._read_work()
        self._read_travel()

    def _read_units(self, sharing: set[str]) -> None:
        region = self.region
        self.programmes = {row["programme"]: row for row in records(region.programmes)}
        self.parts = {row["unit"]: row for row in records(region.units)}
        self.curriculum: dict[str, list[str]] = defaultdict(list)
        for row in records(region.curriculum):
            self.curriculum[row["programme"]].append(row["unit"])
        self.units: dict[str, list[Unit]] = {}
        for programme in self.programmes:
            shared, hours, attended = [], 0.0, 0.0
            for name in self.curriculum[programme]:
                part = self.parts[name]
                stay = region.retention[part["year"]]
                if part["kind"] in sharing:
                    unit = Unit(name, part["kind"], part["delivery"], part["hours"], stay)
                    shared.append(unit)
                else:
                    hours, attended = hours + part["hours"], attended + part["hours"] * stay
            if hours:
                own = Unit(f"own:{programme}", "own", "with_programme", hours, attended / hours)
                shared.append(own)
            self.units[programme] = shared

    def _read_takers(self) -> None:
        self.first: set[Pair] = {(programme, programme) for programme in self.programmes}
        for programme, names in self.curriculum.items():
            tried = [name for name in names if self.parts[name]["kind"] == "orientation"]
            self.first |= {(name, programme) for name in tried}
        self.takes: dict[str, dict[str, float]] = defaultdict(dict)
        for row in records(self.region.accept):
            self.takes[row["choice"]][row["programme"]] = row["share"]
        for choice, programme in self.first:
            self.takes[choice][programme] = 1.0

    def _read_places(self) -> None:
        taught = {(row["site"], row["domain"]) for row in records(self.region.site_domains)}
        self.offers: list[Pair] = [
            (programme, site)
            for programme, row in self.programmes.items()
            for site in self.region.sites["site"]
            if (site, row["domain"]) in taught
        ]
        self.nearby: list[Pair] = sorted(
            {
                (unit.name, site)
                for programme, site in self.offers
                for unit in self.units[programme]
                if unit.delivery == "nearby"
            }
        )

    def _read_work(self) -> None:
        region = self.region
        self.success = {name: row["success"] for name, row in self.programmes.items()}
        self.weight: dict[str, float] = {
            row["occupation"]: row["weight"]
            for row in records(region.occupations)
            if row["weight"] > 0
        }
        self.openings: dict[str, float] = {
            row["occupation"]: row["openings"]
            for row in records(region.openings)
            if row["period"] == self.period and row["occupation"] in self.weight
        }
        self.leads_to: dict[Pair, float] = {
            (row["programme"], row["occupation"]): row["share"]
            for row in records(region.leads_to)
            if row["occupation"] in self.weight
        }

    def _read_travel(self) -> None:
        minutes = self.region.minutes
        self.minutes: dict[Pair, float] = {
            (zone, site): value
            for site in minutes.columns
            for zone, value in zip(minutes.index, minutes[site], strict=True)
        }
        limits = self.rules.get("travel_limit")
        self.limit: dict[str, float] = dict.fromkeys(self.programmes, inf)
        self.nearby_limit: float = inf
        if limits is not None:
            for programme, row in self.programmes.items():
                of_level = limits["by_level"].get(row["level"], inf)
                of_pathway = limits["by_pathway"].get(row["pathway"], inf)
                self.limit[programme] = min(limits["minutes"], of_level, of_pathway)
            near = limits["nearby"]
            self.nearby_limit = limits["minutes"] if near is None else near

    def close(self, zone: str, site: str, limit: float) -> bool:
        """Return whether a site is within a limit of minutes from a zone."""
        return isfinite(self.minutes[zone, site]) and self.minutes[zone, site] <= limit
