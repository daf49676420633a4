"""What follows from a plan's decisions, computed anew from region and policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coverage_opt.plan.plan import COUNT_COLUMNS, TEXT_COLUMNS, Plan
from coverage_opt.plan.verify.compare import allowance
from coverage_opt.region.region import ONLINE, OWN_UNIT, Region
from coverage_opt.rules.base import Facts
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit


@dataclass(frozen=True)
class Recount:
    """A plan's decisions and all that follows from them; each part is computed when asked for.

    Only the decisions are read from the plan: which (programme, site) it offers, which nearby
    (unit, site) it runs, switches, placements, attendance and unplaced. The tables of the plan
    must have the right shape.
    """

    region: Region
    plan: Plan

    def stated(self, name: str) -> pd.DataFrame:
        """Return a table as the plan states it, typed even when it is empty."""
        table = self.plan.table(name)
        if len(table):
            return table
        types = {
            column: "str"
            if column in TEXT_COLUMNS
            else ("int64" if column in COUNT_COLUMNS else "float64")
            for column in table.columns
        }
        return table.astype(types)

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Zone, choice, learners a year."""
        return self.region.demand(self.plan.period)

    @cached_property
    def learners_of(self) -> pd.Series:
        """Learners a year by zone, for zones that have any."""
        return self.demand.groupby("zone")["learners"].sum()

    @cached_property
    def takers(self) -> pd.DataFrame:
        """Choice, programme, share who would take it (0-1), first (whether they asked for it)."""
        programmes, units = self.region.programmes["programme"], self.region.units
        orientation = units.loc[units["kind"] == "orientation", ["unit"]]
        undecided = self.region.curriculum.merge(orientation, on="unit")
        asked = pd.concat(
            [
                pd.DataFrame({"choice": programmes, "programme": programmes}),
                undecided.rename(columns={"unit": "choice"})[["choice", "programme"]],
            ]
        ).assign(share=1.0, first=True)
        return pd.concat([asked, self.region.accept.assign(first=False)], ignore_index=True)

    @cached_property
    def curriculum(self) -> pd.DataFrame:
        """Programme, unit, kind, delivery, hours, retention: the units really taught.

        A unit that is not shared is taught within the programme's own unit. Hours (contact hours
        a group a year) add up; the share of the intake still there is the mean over the hours.
        """
        parts = self.region.curriculum.merge(self.region.units, on="unit")
        shared = parts["kind"].isin(self.plan.policy.sharing)
        parts["unit"] = parts["unit"].where(shared, OWN_UNIT + parts["programme"])
        parts["kind"] = parts["kind"].where(shared, "own")
        parts["delivery"] = parts["delivery"].where(shared, "with_programme")
        parts["attended"] = parts["hours"] * parts["year"].map(self.region.retention)
        key = ["programme", "unit", "kind", "delivery"]
        taught = parts.groupby(key, as_index=False)[["hours", "attended"]].sum()
        taught["retention"] = taught["attended"] / taught["hours"]
        return taught.drop(columns="attended")

    @cached_property
    def hours(self) -> pd.Series:
        """Contact hours a group a year, by unit."""
        return self.curriculum.drop_duplicates("unit").set_index("unit")["hours"]

    @cached_property
    def offers(self) -> pd.DataFrame:
        """Programme, site, learners placed there."""
        key = ["programme", "site"]
        placed = _total(self.stated("placements"), key)
        offered = self.stated("offers")[key].merge(placed, on=key, how="left")
        return offered.fillna({"learners": 0.0})

    @cached_property
    def coming_nearby(self) -> pd.DataFrame:
        """Zone, unit, learners still there who need a unit that is taught nearby."""
        nearby = self.curriculum[self.curriculum["delivery"] == "nearby"]
        taken = _total(self.stated("switches"), ["zone", "programme"])
        coming = taken.merge(nearby, on="programme")
        coming["learners"] *= coming["retention"]
        return _total(coming, ["zone", "unit"])

    @cached_property
    def units(self) -> pd.DataFrame:
        """Unit, kind, site, learners, fewest, most (groups): what must run.

        That is the units of every offer, at its site or online, and the nearby units that the
        plan runs. A group that is full within rounding may be counted either way.
        """
        key = ["unit", "kind", "site"]
        taught = self.offers.merge(self.curriculum, on="programme")
        taught["learners"] *= taught["retention"]
        taught["site"] = taught["site"].mask(taught["delivery"] == "online", ONLINE)
        with_offers = taught.loc[taught["delivery"] != "nearby", [*key, "learners"]]
        sizes = pd.concat([with_offers, self._nearby_sizes()[[*key, "learners"]]])
        sizes = _total(sizes, key)
        rule = self.plan.policy.rule(ClassSize)
        largest = np.array([rule.of(kind).maximum if rule else np.inf for kind in sizes["kind"]])
        learners = sizes["learners"].to_numpy(dtype=float)
        slack = allowance(learners)
        return sizes.assign(
            fewest=np.maximum(np.ceil((learners - slack) / largest), 1.0),
            most=np.maximum(np.ceil((learners + slack) / largest), 1.0),
        )

    def _nearby_sizes(self) -> pd.DataFrame:
        nearby = self.curriculum.loc[self.curriculum["delivery"] == "nearby", ["unit", "kind"]]
        runs = self.stated("units")[["unit", "site"]].merge(nearby.drop_duplicates(), on="unit")
        attending = _total(self.stated("attendance"), ["unit", "site"])
        sizes = runs.merge(attending, on=["unit", "site"], how="left")
        return sizes.fillna({"learners": 0.0})

    @cached_property
    def groups(self) -> pd.Series:
        """Parallel groups of each row of :attr:`units`: as stated where that is possible."""
        rows = self.units.merge(
            self.stated("units")[["unit", "site", "groups"]], on=["unit", "site"], how="left"
        )
        stated = rows["groups"].astype(float).fillna(rows["fewest"])
        return stated.clip(rows["fewest"], rows["most"])

    @cached_property
    def weights(self) -> pd.Series:
        """Shortage weight by occupation, above 0 only."""
        occupations = self.region.occupations
        short = occupations[occupations["weight"] > 0]
        return short.set_index("occupation")["weight"]

    @cached_property
    def reached(self) -> pd.DataFrame:
        """1 where learners of a zone (column) have a shortage occupation (index) within reach."""
        zones = list(self.learners_of.index)
        limits = self._travel_limits()
        away = self.region.minutes.loc[zones, list(self.offers["site"])].to_numpy().T
        limit = self.offers["programme"].map(limits).to_numpy(dtype=float)
        within = np.isfinite(away) & (away <= limit[:, np.newaxis])
        leads = self.region.leads_to
        leads = leads[leads["occupation"].isin(self.weights.index) & (leads["share"] > 0)]
        offered = self.offers[["programme"]].assign(place=np.arange(len(self.offers)))
        ways = leads.merge(offered, on="programme")
        reached = pd.DataFrame(within[ways["place"].to_numpy()], columns=zones)
        reached = reached.groupby(ways["occupation"].to_numpy()).any()
        return reached.reindex(self.weights.index, fill_value=False).astype(float)

    def _travel_limits(self) -> dict[str, float]:
        rule = self.plan.policy.rule(TravelLimit)
        programmes = self.region.programmes
        return {
            str(programme): rule.of_programme(int(level), pathway) if rule else np.inf
            for programme, level, pathway in zip(
                programmes["programme"], programmes["level"], programmes["pathway"], strict=True
            )
        }

    @cached_property
    def reach(self) -> pd.DataFrame:
        """Occupation, zone, reach (0 or 1)."""
        reached = self.reached
        return pd.DataFrame(
            {
                "occupation": np.repeat(reached.index.to_numpy(dtype=object), reached.shape[1]),
                "zone": np.tile(reached.columns.to_numpy(dtype=object), reached.shape[0]),
                "reach": reached.to_numpy(dtype=float).ravel(),
            }
        ).astype({"occupation": "str", "zone": "str"})

    @cached_property
    def filled(self) -> pd.DataFrame:
        """Occupation, openings, graduates, filled; a year, for shortage occupations."""
        openings = self.region.openings
        openings = openings[openings["period"] == self.plan.period].set_index("occupation")
        entering = self.offers.merge(self.region.leads_to, on="programme").merge(
            self.region.programmes[["programme", "success"]], on="programme"
        )
        entering["graduates"] = entering["learners"] * entering["success"] * entering["share"]
        filled = pd.DataFrame(
            {
                "openings": openings["openings"].reindex(self.weights.index, fill_value=0.0),
                "graduates": entering.groupby("occupation")["graduates"]
                .sum()
                .reindex(self.weights.index, fill_value=0.0),
            }
        )
        filled["filled"] = np.minimum(filled["openings"], filled["graduates"])
        return filled.rename_axis("occupation").reset_index()

    def minutes(self, journeys: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the minutes one way of each row, from its zone to its site; inf: no way."""
        times = self.region.minutes
        zones = times.index.get_indexer(pd.Index(journeys["zone"]))
        sites = times.columns.get_indexer(pd.Index(journeys["site"]))
        away: np.ndarray[tuple[int], np.dtype[np.float64]] = times.to_numpy()[zones, sites]
        return away

    @cached_property
    def facts(self) -> Facts:
        """What the policy's rules check."""
        units = self.units[["unit", "kind", "site", "learners"]]
        return Facts(
            region=self.region,
            demand=self.demand,
            offers=self.offers,
            units=units.assign(groups=self.groups.astype(int)),
            placements=self.stated("placements"),
            attendance=self.stated("attendance"),
            reach=self.reach,
            unplaced=self.stated("unplaced"),
        )


def _total(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the key and the learners of all rows that have it."""
    return table.groupby(key, as_index=False)[["learners"]].sum()
