"""What the checker goes by: a region, a policy, and what a plan says was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coverage_opt.plan.plan import Plan, typed
from coverage_opt.plan.verify import curriculum as taught
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.partnership import Partnership
from coverage_opt.rules.travel_limit import TravelLimit

Parts = Mapping[tuple[object, ...], pd.DataFrame]
"""Rows of a table by period, or by period and scenario."""


@dataclass(frozen=True)
class Given:
    """A region, and a plan for it whose tables have the right shape."""

    region: Region
    plan: Plan

    @property
    def policy(self) -> Policy:
        """The policy of the plan."""
        return self.plan.policy

    def stated(self, name: str) -> pd.DataFrame:
        """Return a table as the plan states it, typed even when it is empty."""
        table = self.plan.table(name)
        return table if len(table) else typed(table)

    def part(self, name: str, period: int, scenario: str | None = None) -> pd.DataFrame:
        """Return the rows of a table for a period (and scenario), without the columns for it."""
        if name not in self._parts:
            self._parts[name] = _taken_apart(self.stated(name))
        parts = self._parts[name]
        key = (period,) if scenario is None else (period, scenario)
        return parts.get(key, parts[()])

    @cached_property
    def _parts(self) -> dict[str, Parts]:
        """The tables that were asked for by period or moment, taken apart."""
        return {}

    def when(self, period: int, scenario: str | None = None) -> str:
        """Return `` in 2030 decline``, to be put after a place; nothing for a single moment."""
        if len(self.plan.periods) * len(self.plan.scenarios) == 1:
            return ""
        return f" in {period}" if scenario is None else f" in {period} {scenario}"

    @cached_property
    def curriculum(self) -> pd.DataFrame:
        """Programme, unit, kind, delivery, hours, retention, domain: what is really taught."""
        return taught.curriculum(self.region, self.policy)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Unit, kind, delivery, hours, domain."""
        columns = ["unit", "kind", "delivery", "hours", "domain"]
        return self.curriculum[columns].drop_duplicates("unit")

    @cached_property
    def hours(self) -> pd.Series:
        """Contact hours a group a year, by unit."""
        return self.units.set_index("unit")["hours"]

    @cached_property
    def funding_of(self) -> dict[str, float]:
        """EUR a year for each learner who starts a programme; empty without money."""
        return taught.funding_of(self.region)

    @cached_property
    def teach_out_hours(self) -> dict[str, float]:
        """Contact hours, over all years, that it takes to teach out each programme."""
        return taught.teach_out_hours(self.region)

    @cached_property
    def takers(self) -> pd.DataFrame:
        """Choice, programme, share who would take it (0-1), first (whether they asked for it)."""
        return taught.takers(self.region, self.policy)

    @cached_property
    def largest_shares(self) -> pd.DataFrame:
        """Choice, programme, share who would take it at the most (0-1)."""
        return self.takers.groupby(["choice", "programme"], as_index=False)[["share"]].max()

    @cached_property
    def single_units(self) -> frozenset[str]:
        """Units that can be asked for alone: all but orientation."""
        units = self.region.units
        return frozenset(units.loc[units["kind"] != "orientation", "unit"])

    @cached_property
    def programmes(self) -> frozenset[str]:
        """Programmes that the policy can offer."""
        return frozenset(taught.programmes(self.region, self.policy)["programme"])

    @cached_property
    def domains(self) -> pd.DataFrame:
        """Programme, domain: one row for each domain, so two for a programme over two."""
        first = self.region.programmes[["programme", "domain"]]
        return pd.concat([first, self.region.hybrids[["programme", "domain"]]])

    @cached_property
    def teachable(self) -> frozenset[tuple[str, str]]:
        """(programme, site): the site may teach every domain of the programme."""
        found = self.domains.merge(self.region.site_domains, on="domain")
        taught_there = found.groupby(["programme", "site"])["domain"].nunique()
        needed = self.domains.groupby("programme")["domain"].nunique()
        wanted = needed.reindex(taught_there.index.get_level_values("programme"))
        pairs = taught_there.index[taught_there.to_numpy() == wanted.to_numpy()]
        return frozenset((str(programme), str(site)) for programme, site in pairs)

    @cached_property
    def weights(self) -> pd.Series:
        """Shortage weight by occupation, above 0 only."""
        occupations = self.region.occupations
        short = occupations[occupations["weight"] > 0]
        return short.set_index("occupation")["weight"]

    @cached_property
    def limits(self) -> dict[str, float]:
        """Minutes one way that a young learner travels to each programme, at the most."""
        rule = self.policy.rule(TravelLimit)
        table = self.region.programmes
        found = {}
        for programme, level, pathway in zip(
            table["programme"], table["level"], table["pathway"], strict=True
        ):
            limits = [np.inf]
            if rule is not None:
                learners = {str(kind): minutes for kind, minutes in rule.by_learner.items()}
                limits += [rule.minutes, rule.by_level.get(level, np.inf)]
                limits += [rule.by_pathway.get(pathway, np.inf), learners.get("young", np.inf)]
            found[str(programme)] = float(min(limits))
        return found

    @cached_property
    def institution_of(self) -> dict[str, str]:
        """Institution of each site; what is online is on its own."""
        sites = self.region.sites
        owners = dict(zip(sites["site"], sites["institution"], strict=True))
        return {**owners, ONLINE: ONLINE}

    @cached_property
    def institutions(self) -> list[str]:
        """All institutions, and ``online``."""
        return [*self.region.institutions["institution"], ONLINE]

    @cached_property
    def shareable(self) -> frozenset[str]:
        """Units that may be taken at a partner's site: none without the rule for it."""
        rule = self.policy.rule(Partnership)
        if rule is None:
            return frozenset()
        units = self.units
        fitting = (units["delivery"] == "with_programme") & units["kind"].isin(rule.kinds)
        return frozenset(units.loc[fitting, "unit"])

    @cached_property
    def partners(self) -> Mapping[str, frozenset[str]]:
        """For each site the others, near enough and of its own or a partner institution."""
        rule, minutes = self.policy.rule(Partnership), self.region.site_minutes
        if rule is None or minutes is None:
            return {}
        found = {}
        for site in minutes.index:
            near = minutes.columns[minutes.loc[site].to_numpy() <= rule.within_minutes]
            together = [other for other in near if other != site and self._together(site, other)]
            found[str(site)] = frozenset(map(str, together))
        return found

    def _together(self, site: str, other: str) -> bool:
        rule = self.policy.rule(Partnership)
        pair = {self.institution_of[site], self.institution_of[other]}
        if rule is None or rule.institutions == "all" or len(pair) == 1:
            return rule is not None
        return any(pair <= set(group) for group in rule.institutions)

    def minutes(self, journeys: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the minutes one way of each row, from its zone to its site; inf: no way.

        What is online takes no time.
        """
        times = self.region.minutes
        zones = times.index.get_indexer(pd.Index(journeys["zone"]))
        sites = times.columns.get_indexer(pd.Index(journeys["site"]))
        away: np.ndarray[tuple[int], np.dtype[np.float64]] = times.to_numpy()[zones, sites]
        return np.where(journeys["site"].to_numpy() == ONLINE, 0.0, away)


def _taken_apart(table: pd.DataFrame) -> Parts:
    """Return the rows of each period, or moment; under ``()`` no rows."""
    by = [column for column in ("period", "scenario") if column in table]
    rest = table.drop(columns=by)
    places = table.groupby(by, sort=False).indices
    # a key of one column comes as it is, of several as a tuple
    parts = {
        key if isinstance(key, tuple) else (key,): rest.iloc[at].reset_index(drop=True)
        for key, at in places.items()
    }
    return {(): rest.iloc[:0], **parts}


def total(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the key and the learners of all rows that have it."""
    return table.groupby(key, as_index=False)[["learners"]].sum()
