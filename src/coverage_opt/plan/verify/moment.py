"""What follows from the decisions in one period under one scenario, computed anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coverage_opt.frames import rows
from coverage_opt.plan.verify.curriculum import arriving
from coverage_opt.plan.verify.given import Given, total
from coverage_opt.region.region import ONLINE
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules.base import MomentFacts


@dataclass(frozen=True)
class MomentCount:
    """The learners of one moment; each part is computed when asked for."""

    given: Given
    period: int
    scenario: Scenario

    def stated(self, name: str) -> pd.DataFrame:
        """Return the plan's rows of a table for this moment, without period and scenario."""
        return self.given.part(name, self.period, self.scenario.name)

    @property
    def when(self) -> str:
        """What to put after a place."""
        return self.given.when(self.period, self.scenario.name)

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Learner, zone, choice, learners, alone (a single unit), entering (at the most)."""
        asked = self.given.region.demand(self.period, self.scenario.name)
        share = arriving(self.given.region, self.given.policy, asked)
        return asked.assign(
            alone=asked["choice"].isin(self.given.single_units),
            entering=asked["learners"] * share,
        )

    @cached_property
    def everybody(self) -> float:
        """Learners who ask for a programme, or to orient on one."""
        return float(self.demand.loc[~self.demand["alone"], "learners"].sum())

    @cached_property
    def certificate_learners(self) -> float:
        """Learners who ask for a single unit."""
        return float(self.demand.loc[self.demand["alone"], "learners"].sum())

    @cached_property
    def living(self) -> pd.Series:
        """Young learners by zone, for zones that have any."""
        young = self.demand[self.demand["learner"] == "young"]
        return young.groupby("zone")["learners"].sum()

    @cached_property
    def offers(self) -> pd.DataFrame:
        """Programme, site, learners placed there."""
        key = ["programme", "site"]
        placed = total(self.stated("placements"), key)
        offered = self.given.part("offers", self.period)[key].merge(placed, on=key, how="left")
        return offered.fillna({"learners": 0.0})

    @cached_property
    def staying(self) -> pd.DataFrame:
        """Unit, site, learners of the offers there who still need it, less those who are sent."""
        taught = self.offers.merge(self.given.curriculum, on="programme")
        here = taught[taught["delivery"] == "with_programme"]
        needing = here.assign(learners=here["learners"] * here["retention"])
        sent = self.stated("sent")
        away = sent.assign(learners=-sent["learners"])
        columns = ["unit", "site", "learners"]
        return total(pd.concat([needing[columns], away[columns]]), ["unit", "site"])

    @cached_property
    def sizes(self) -> pd.DataFrame:
        """Unit, site, learners of every unit that the plan runs."""
        taught = self.offers.merge(self.given.curriculum, on="programme")
        online = taught[taught["delivery"] == "online"]
        everywhere = online.assign(learners=online["learners"] * online["retention"], site=ONLINE)
        sent = self.stated("sent")
        columns = ["unit", "site", "learners"]
        coming = [
            self.staying,
            everywhere,
            sent.assign(site=sent["partner_site"]),
            self.stated("attendance"),
            self.stated("certificates"),
        ]
        present = total(pd.concat([part[columns] for part in coming]), ["unit", "site"])
        runs = self.given.part("units", self.period)[["unit", "site"]]
        return runs.merge(present, on=["unit", "site"], how="left").fillna({"learners": 0.0})

    @cached_property
    def coming_nearby(self) -> pd.DataFrame:
        """Learner, zone, unit, learners still there who need a unit that is taught nearby."""
        nearby = self.given.curriculum[self.given.curriculum["delivery"] == "nearby"]
        taken = self.stated("switches")
        taken = taken[taken["programme"].isin(nearby["programme"])]
        coming = taken.merge(nearby[["programme", "unit", "retention"]], on="programme")
        coming["learners"] *= coming["retention"]
        return total(coming, ["learner", "zone", "unit"])

    @cached_property
    def filled(self) -> pd.DataFrame:
        """Occupation, openings, graduates, filled; a year, for shortage occupations."""
        region, weights = self.given.region, self.given.weights
        openings = region.openings_in(self.period, self.scenario.name).set_index("occupation")
        entering = self.offers.merge(region.leads_to, on="programme").merge(
            region.programmes[["programme", "success"]], on="programme"
        )
        entering["graduates"] = entering["learners"] * entering["success"] * entering["share"]
        graduates = entering.groupby("occupation")["graduates"].sum()
        filled = pd.DataFrame(
            {
                "openings": openings["openings"].reindex(weights.index, fill_value=0.0),
                "graduates": graduates.reindex(weights.index, fill_value=0.0),
            }
        )
        filled["filled"] = np.minimum(filled["openings"], filled["graduates"])
        return filled.rename_axis("occupation").reset_index()

    @cached_property
    def funding(self) -> dict[str, float]:
        """EUR a year for each institution, and for what is online; empty without money."""
        prices = self.given.region.money
        if prices is None:
            return {}
        found = dict.fromkeys(self.given.institutions, 0.0)
        for programme, site, learners in rows(self.offers):
            found[self.given.institution_of[site]] += self.given.funding_of[programme] * learners
        alone = total(self.stated("certificates"), ["unit", "site"])
        for unit, site, learners in rows(alone):
            fee = prices.fee_per_hour * float(self.given.hours.get(unit, 0.0))
            found[self.given.institution_of[site]] += fee * learners
        return found

    @cached_property
    def facts(self) -> MomentFacts:
        """What the policy's rules check."""
        kinds = self.given.units[["unit", "kind"]]
        return MomentFacts(
            region=self.given.region,
            period=self.period,
            scenario=self.scenario.name,
            probability=self.scenario.probability,
            demand=self.demand[["learner", "zone", "choice", "learners"]],
            offers=self.offers,
            units=self.sizes.merge(kinds, on="unit")[["unit", "kind", "site", "learners"]],
            placements=self.stated("placements"),
            attendance=self.stated("attendance"),
            certificates=self.stated("certificates"),
            unplaced=self.stated("unplaced"),
            sent=self.stated("sent"),
            funding=self.funding,
        )
