"""A region and a policy as the mathematics has them: plain sets and numbers, read from the tables.

Independent of the engine: how the curriculum is cut into units, who would take what, how far
anybody may travel and what everything costs is worked out here anew, from the descriptions of the
data and the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite
from typing import Any

from oracle_moments import Moment, Pair, moments_of, records

from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region

ONLINE = "online"


@dataclass(frozen=True)
class Unit:
    """A unit as one programme has it: hours a group a year, share of the intake still there."""

    name: str
    kind: str
    delivery: str
    hours: float
    retention: float


class Data:
    """What a region and a policy say, for some periods and a set of scenarios.

    Attributes:
        rules: parameters of each rule in force.
        periods: calendar years; ``moments``: each of them under each scenario.
        catalogue: all programmes of the region; ``programmes``: those that exist under the
            policy; ``units``: their units under the policy.
        takes: choice -> programme -> largest share who take it; ``first``: pairs that count as
            what was asked for; ``alone``: units an adult can take by themselves.
        offers: every (programme, site) that may be; ``nearby``: every (unit, site) likewise;
            ``partner_runs``: (unit, site) of units that a site may leave to its partners.
        weight: of each occupation with a shortage; ``leads_to``: share of graduates, all of them.
        minutes: (zone, site) -> minutes; ``limit``: (learner, programme) -> most minutes.
    """

    def __init__(
        self,
        region: Region,
        policy: Policy,
        periods: Sequence[int] | None = None,
        scenarios: str = "baseline",
    ) -> None:
        """Read all that the mathematics needs."""
        self.region, self.policy, self.scenarios = region, policy, scenarios
        self.rules: dict[str, dict[str, Any]] = {
            name: parameters
            for name, parameters in policy.model_dump()["rules"].items()
            if parameters is not None
        }
        self.periods = tuple(periods or region.periods[:1])
        self.moments: list[Moment] = moments_of(region, self.periods, scenarios)
        self._read_programmes()
        self._read_units()
        self._read_takers()
        self._read_travel()
        self._read_places()
        self._read_work()
        self._read_today()

    def of_period(self, period: int) -> list[Moment]:
        """Return the moments of a period, by its position."""
        return [moment for moment in self.moments if moment.period == period]

    def _read_programmes(self) -> None:
        every = {row["programme"]: row for row in records(self.region.programmes)}
        self.catalogue = every
        second = {row["programme"]: row["domain"] for row in records(self.region.hybrids)}
        self.programmes = {
            name: row for name, row in every.items() if self.policy.hybrids or name not in second
        }
        self.domains_of = {
            name: (row["domain"], second[name]) if name in second else (row["domain"],)
            for name, row in every.items()
        }

    def _read_units(self) -> None:
        region, sharing = self.region, set(self.policy.sharing)
        self.parts = {row["unit"]: row for row in records(region.units)}
        self.curriculum: dict[str, list[str]] = defaultdict(list)
        for row in records(region.curriculum):
            if row["programme"] in self.programmes:
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
        self.unit = {unit.name: unit for units in self.units.values() for unit in units}
        self._read_domains_of_units()

    def _read_domains_of_units(self) -> None:
        domains: dict[str, set[str]] = defaultdict(set)
        for programme, units in self.units.items():
            for unit in units:
                domains[unit.name].add(self.programmes[programme]["domain"])
        self.domain_of_unit = {
            name: min(found) if len(found) == 1 else "general" for name, found in domains.items()
        }

    def _read_takers(self) -> None:
        afterwards: dict[str, dict[str, float]] = defaultdict(dict)
        for row in records(self.region.afterwards):
            afterwards[row["unit"]][row["programme"]] = row["share"]
        self.takes: dict[str, dict[str, float]] = defaultdict(dict)
        for row in records(self.region.accept):
            asked = row["choice"] in self.programmes or row["choice"] in self.parts
            if asked and row["programme"] in self.programmes:
                self.takes[row["choice"]][row["programme"]] = row["share"]
        self.first: set[Pair] = {(programme, programme) for programme in self.programmes}
        for programme in self.programmes:
            self.takes[programme][programme] = 1.0
            for name in self.curriculum[programme]:
                shares = afterwards.get(name, {programme: 1.0})
                if self.parts[name]["kind"] == "orientation" and programme in shares:
                    self.first.add((name, programme))
                    self.takes[name][programme] = shares[programme]
        self.alone = {name for name, unit in self.unit.items() if unit.kind != "own"}

    def is_certificate(self, learner: str, choice: str) -> bool:
        """Return whether who asks for this asks for a single unit and no programme."""
        return (
            learner == "adult"
            and choice in self.parts
            and self.parts[choice]["kind"] != "orientation"
        )

    def arriving(self, learner: str, choice: str) -> float:
        """Return the share of those who ask that can be placed at all."""
        kind = "adult" if learner == "adult" else self.catalogue.get(choice, {}).get("pathway")
        entry = self.region.entry.get(kind) if kind else None
        if entry is None or kind in self.policy.continuous_intake:
            return 1.0
        return (1 + (entry.moments - 1) * entry.waits) / entry.moments

    def _read_travel(self) -> None:
        minutes = self.region.minutes
        self.minutes: dict[Pair, float] = {
            (zone, site): value
            for site in minutes.columns
            for zone, value in zip(minutes.index, minutes[site], strict=True)
        }
        between = self.region.site_minutes
        self.site_minutes: dict[Pair, float] = {}
        if between is not None:
            for start, away in zip(between.index, between.to_numpy(), strict=True):
                self.site_minutes |= {
                    (start, end): far for end, far in zip(between.columns, away, strict=True)
                }
        self.limit: dict[Pair, float] = {}
        self.nearby_limit: dict[str, float] = {}
        self.alone_limit: dict[str, float] = {}
        for learner in ("young", "adult"):
            self.travel_limit(learner, self.rules.get("travel_limit"))

    def travel_limit(self, learner: str, rule: dict[str, Any] | None) -> None:
        """Work out how far a learner may travel, in minutes one way."""
        if rule is None:
            self.limit |= {(learner, programme): inf for programme in self.programmes}
            self.nearby_limit[learner] = self.alone_limit[learner] = inf
            return
        anywhere = min(rule["minutes"], rule["by_learner"].get(learner, inf))
        for programme, row in self.programmes.items():
            of_level = rule["by_level"].get(row["level"], inf)
            of_pathway = rule["by_pathway"].get(row["pathway"], inf)
            self.limit[learner, programme] = min(anywhere, of_level, of_pathway)
        near = rule["minutes"] if rule["nearby"] is None else rule["nearby"]
        self.nearby_limit[learner] = min(near, rule["by_learner"].get(learner, inf))
        self.alone_limit[learner] = anywhere

    def close(self, zone: str, site: str, limit: float) -> bool:
        """Return whether a site is within a limit of minutes from a zone."""
        return isfinite(self.minutes[zone, site]) and self.minutes[zone, site] <= limit

    def _read_places(self) -> None:
        self.sites = list(self.region.sites["site"])
        self.institution = {row["site"]: row["institution"] for row in records(self.region.sites)}
        self.taught_at: dict[str, set[str]] = defaultdict(set)
        for row in records(self.region.site_domains):
            self.taught_at[row["site"]].add(row["domain"])
        self.offers: list[Pair] = [
            (programme, site)
            for programme in self.programmes
            for site in self.sites
            if set(self.domains_of[programme]) <= self.taught_at[site]
        ]
        using = {(unit.name, site) for p, site in self.offers for unit in self.units[p]}
        self.nearby = sorted(pair for pair in using if self.unit[pair[0]].delivery == "nearby")
        rule = self.rules.get("partnership")
        self.partners: dict[str, list[str]] = {}
        self.partner_units: set[str] = set()
        if rule is not None:
            self.partnership(rule)
        sent = {
            (name, other)
            for name, site in using
            for other in self.partners.get(site, ())
            if name in self.partner_units
        }
        here = {pair for pair in using if pair[0] in self.partner_units}
        self.partner_runs = sorted(sent | here)

    def partnership(self, rule: dict[str, Any]) -> None:
        """Work out which sites may teach each other's learners, and in which units."""
        kinds = set(rule["kinds"])
        self.partner_units = {
            name
            for name, unit in self.unit.items()
            if unit.kind in kinds and unit.kind != "own" and unit.delivery == "with_programme"
        }
        joined = rule["institutions"]
        for site in self.sites:
            ours = self.institution[site]
            self.partners[site] = [
                other
                for other in self.sites
                if other != site
                and self.site_minutes[site, other] <= rule["within_minutes"]
                and (
                    joined == "all"
                    or self.institution[other] == ours
                    or any({ours, self.institution[other]} <= set(group) for group in joined)
                )
            ]

    def _read_work(self) -> None:
        region = self.region
        self.success = {name: row["success"] for name, row in self.programmes.items()}
        occupations = records(region.occupations)
        self.prospect = {row["occupation"]: row["prospect"] for row in occupations}
        self.weight = {row["occupation"]: row["weight"] for row in occupations if row["weight"] > 0}
        self.leads_to: dict[Pair, float] = {
            (row["programme"], row["occupation"]): row["share"]
            for row in records(region.leads_to)
            if row["programme"] in self.programmes
        }
        self.present_years = {
            name: sum(
                min(1.0, max(0.0, row["years"] - (year - 1))) * region.retention[min(year, 4)]
                for year in range(1, 11)
            )
            for name, row in self.programmes.items()
        }

    def _read_today(self) -> None:
        region = self.region
        self.current: dict[Pair, float] = {
            (row["programme"], row["site"]): row["learners"] for row in records(region.current)
        }
        learners: dict[str, float] = defaultdict(float)
        for (_, site), count in self.current.items():
            learners[self.institution[site]] += count
        everybody = sum(learners.values())
        self.share_today = {
            institution: count / everybody for institution, count in learners.items() if count > 0
        }
        self.teach_out_hours: dict[str, float] = defaultdict(float)
        for row in records(region.curriculum):
            part = self.parts[row["unit"]]
            self.teach_out_hours[row["programme"]] += (part["year"] - 1) * part["hours"]
        years = region.periods
        gaps = [after - before for before, after in pairwise(years)]
        lasting = dict(zip(years, [*gaps, gaps[-1] if gaps else 5], strict=True))
        self.span_years = [float(lasting[period]) for period in self.periods]
