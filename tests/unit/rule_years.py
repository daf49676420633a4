"""One period of a plan, as a rule's rows see it and as its checks do.

A rule's rows are plain arithmetic, so here they get numbers where the model gives expressions; its
checks get the same plan as tables. Both must find the same rows broken, by the same amount.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pandas as pd

from coverage_opt.errors import Problem
from coverage_opt.frames import mapping
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, MomentFacts, Pair, PeriodFacts, Row, Rule

UNITS: dict[str, tuple[str, float, str]] = {
    "dutch": ("generic", 80.0, "general"),
    "try-tech": ("orientation", 400.0, "technology"),
    "metal-common": ("common", 300.0, "technology"),
    "welding": ("profile", 500.0, "technology"),
    "nursing": ("profile", 900.0, "care"),
}
"""Kind, hours and domain of each unit that the plans below teach."""


@dataclass(frozen=True)
class Year:
    """One period of a plan under one scenario, as a view of the model and as the verifier's facts.

    `offers` gives learners a year by programme and site, `sizes` learners by unit and site, and
    `groups` parallel groups; who asks for what is the region's own demand.
    """

    region: Region
    period: int = 2026
    scenario: str = "baseline"
    offers: Mapping[Pair, float] = field(default_factory=dict)
    sizes: Mapping[Pair, float] = field(default_factory=dict)
    groups: Mapping[Pair, int] = field(default_factory=dict)
    opened: Collection[Pair] = ()
    closed: Collection[Pair] = ()
    cost: Mapping[str, float] = field(default_factory=dict)
    funding: Mapping[str, float] = field(default_factory=dict)
    sent: Iterable[tuple[str, str, str, float]] = ()

    @property
    def asking(self) -> pd.DataFrame:
        return self.region.demand(self.period, self.scenario)

    def view(self) -> Any:
        table = [(unit, *told) for unit, told in UNITS.items()]
        alone = self.asking["choice"].isin(["dutch", "welding"])
        listed = self.region.workplaces_in(self.period, self.scenario)
        moment = SimpleNamespace(
            period=self.period,
            scenarios=(self.scenario,),
            region=self.region,
            probability=1.0,
            enrolled=self.offers,
            size=self.sizes,
            funding=self.funding,
            workplaces=mapping(listed, ["domain", "pathway"], "places"),
            everybody=self.asking.loc[~alone, "learners"].sum(),
        )
        return SimpleNamespace(
            period=self.period,
            region=self.region,
            units=pd.DataFrame(table, columns=["unit", "kind", "hours", "domain"]),
            offer=dict.fromkeys(self.offers, 1),
            groups=self.groups,
            opened=dict.fromkeys(self.opened, 1),
            closed=dict.fromkeys(self.closed, 1),
            cost=self.cost,
            moments=[moment],
        )

    def facts(self) -> PeriodFacts:
        taught = [
            (unit, UNITS[unit][0], site, groups, *UNITS[unit][1:])
            for (unit, site), groups in self.groups.items()
        ] or [(unit, UNITS[unit][0], site, 1, *UNITS[unit][1:]) for unit, site in self.sizes]
        sizes = [(unit, UNITS[unit][0], site, size) for (unit, site), size in self.sizes.items()]
        sent = ["unit", "site", "partner_site", "learners"]
        nobody = pd.DataFrame()
        moment = MomentFacts(
            region=self.region,
            period=self.period,
            scenario=self.scenario,
            probability=1.0,
            demand=self.asking,
            offers=pd.DataFrame(
                [(*offer, learners) for offer, learners in self.offers.items()],
                columns=["programme", "site", "learners"],
            ),
            units=pd.DataFrame(sizes, columns=["unit", "kind", "site", "learners"]),
            placements=nobody,
            attendance=nobody,
            certificates=nobody,
            sent=pd.DataFrame(list(self.sent), columns=sent),
            unplaced=nobody,
            funding=self.funding,
        )
        return PeriodFacts(
            region=self.region,
            period=self.period,
            offers=pd.DataFrame(list(self.offers), columns=["programme", "site"]),
            units=pd.DataFrame(
                taught, columns=["unit", "kind", "site", "groups", "hours", "domain"]
            ),
            reach=nobody,
            opened=frozenset(self.opened),
            closed=frozenset(self.closed),
            cost=self.cost,
            limits=dict.fromkeys(self.region.programmes["programme"], math.inf),
            moments=(moment,),
        )


def by_rows(rule: Rule, *years: Year) -> dict[Key, float]:
    """Return how far each row of a rule is beyond its bounds, where it is."""
    plan: Any = SimpleNamespace(region=years[0].region, periods=[year.view() for year in years])
    found = {(str(when), key): _beyond(row) for when, key, row in rule.rows(plan)}
    return {(when, *key): amount for (when, key), amount in found.items() if amount > 1e-9}


def _beyond(row: Row) -> float:
    lower, body, upper = row
    excess = [0.0 if upper is None else body - upper, 0.0 if lower is None else lower - body]
    return float(max(0.0, *excess))


def by_checks(rule: Rule, *years: Year) -> dict[Key, float]:
    """Return what the verifier finds, by when and key."""
    facts = Facts(years[0].region, tuple(year.facts() for year in years))
    found = dict(_keyed(rule, facts))
    named = [violation.place for violation in rule.check(facts)]
    assert len(named) == len(found)
    assert all(violation.sentence for violation in rule.check(facts))
    return found


def _keyed(rule: Rule, facts: Facts) -> Iterator[tuple[Key, float]]:
    for key, amount in rule.plan_checks(facts):
        yield ("", *key), amount
    for period in facts.periods:
        for key, amount in rule.period_checks(period):
            yield (str(period.period), *key), amount
        for moment in period.moments:
            for key, amount in rule.moment_checks(period, moment):
                yield (f"{period.period} {moment.scenario}", *key), amount


def holds(rule: Rule, *years: Year) -> bool:
    """Tell whether a plan keeps a rule, by its rows and by its checks, which must agree."""
    broken = by_rows(rule, *years)
    assert set(broken) == set(by_checks(rule, *years))
    return not broken


def said(rule: Rule, region: Region) -> list[str]:
    """Return everything a rule finds wrong with itself, in this region."""
    found = list(rule.problems(region))
    assert all(problem.where and problem.advice for problem in found)
    return [problem.what for problem in found]


def only(rule: Rule, region: Region) -> Problem:
    """Return the one thing that a rule finds wrong."""
    (problem,) = rule.problems(region)
    return problem
