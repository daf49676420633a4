"""Everything a plan's tables say beyond its decisions: sizes, groups, reach, indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_opt.frames import values_at
from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit

ROUNDING = 1e-6
"""Learners by which a full group may overflow before another one is counted."""


@dataclass(frozen=True)
class Basis:
    """What the tables are derived from.

    Attributes:
        region: the region.
        policy: the policy.
        teaching: units and curriculum under the policy.
        period: calendar year.
        demand: zone, choice, learners.
        offers: programme, site.
        nearby: unit, site; where units taught nearby run.
        switches: zone, choice, programme, learners; real zones.
        placements: zone, programme, site, learners; real zones.
        attendance: zone, unit, site, learners; real zones.
    """

    region: Region
    policy: Policy
    teaching: Teaching
    period: int
    demand: pd.DataFrame
    offers: pd.DataFrame
    nearby: pd.DataFrame
    switches: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame


def derive_tables(basis: Basis) -> dict[str, pd.DataFrame]:
    """Return every table of the plan but ``stages``."""
    offers = _offers(basis)
    tables = {
        "offers": offers,
        "units": _units(basis, offers),
        "switches": basis.switches,
        "placements": basis.placements,
        "attendance": basis.attendance,
        "unplaced": _unplaced(basis),
        "reach": _reach(basis),
        "filled": _filled(basis, offers),
    }
    tables["indicators"] = _indicators(basis, tables)
    return tables


def _offers(basis: Basis) -> pd.DataFrame:
    enrolled = basis.placements.groupby(["programme", "site"], as_index=False)["learners"].sum()
    offers = basis.offers.merge(enrolled, on=["programme", "site"], how="left")
    offers["learners"] = offers["learners"].fillna(0.0)
    return offers.sort_values(["programme", "site"], ignore_index=True)


def _units(basis: Basis, offers: pd.DataFrame) -> pd.DataFrame:
    """Return unit, kind, site, learners, groups, group_size of every unit that runs."""
    taught = offers.merge(basis.teaching.curriculum, on="programme")
    taught = taught.merge(basis.teaching.units[["unit", "delivery"]], on="unit")
    taught = taught[taught["delivery"] != "nearby"]
    taught["site"] = taught["site"].mask(taught["delivery"] == "online", ONLINE)
    taught["learners"] *= taught["retention"]
    attending = basis.nearby.merge(
        basis.attendance[["unit", "site", "learners"]], on=["unit", "site"], how="left"
    ).fillna({"learners": 0.0})
    columns = ["unit", "site", "learners"]
    sizes = pd.concat([taught[columns], attending[columns]])
    sizes = sizes.groupby(["unit", "site"], as_index=False)[["learners"]].sum()
    sizes = sizes.merge(basis.teaching.units[["unit", "kind"]], on="unit")
    rule = basis.policy.rule(ClassSize)
    maximum = [rule.of(kind).maximum if rule else np.inf for kind in sizes["kind"]]
    groups = np.ceil((sizes["learners"] - ROUNDING) / maximum).clip(lower=1).astype(int)
    sizes = sizes.assign(groups=groups, group_size=sizes["learners"] / groups)
    return sizes[["unit", "kind", "site", "learners", "groups", "group_size"]]


def _unplaced(basis: Basis) -> pd.DataFrame:
    placed = basis.switches.groupby(["zone", "choice"])["learners"].sum().rename("placed")
    left = basis.demand.merge(placed, on=["zone", "choice"], how="left").fillna({"placed": 0.0})
    left["learners"] = left["learners"] - left["placed"]
    left = left[left["learners"] > ROUNDING]
    return left[["zone", "choice", "learners"]].reset_index(drop=True)


def _reach(basis: Basis) -> pd.DataFrame:
    """Return 1 or 0 for every shortage occupation and zone with learners."""
    region, rule = basis.region, basis.policy.rule(TravelLimit)
    zones = sorted(set(basis.demand["zone"]))
    short = region.occupations.loc[region.occupations["weight"] > 0, "occupation"]
    limit_of = rule.of_programmes(region) if rule else {}
    near: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    minutes = region.minutes.loc[zones]
    for programme, sites in basis.offers.groupby("programme")["site"]:
        limit = limit_of.get(str(programme), np.inf)
        away = minutes[list(sites)].to_numpy()
        near[str(programme)] = (np.isfinite(away) & (away <= limit)).any(axis=1)
    nowhere = np.zeros(len(zones), dtype=bool)
    leads = region.leads_to.groupby("occupation")["programme"].agg(list)
    rows = []
    for occupation in sorted(short):
        within = [near.get(programme, nowhere) for programme in leads.get(occupation, [])]
        rows.append(np.any([nowhere, *within], axis=0).astype(float))
    return pd.DataFrame(
        {
            "occupation": np.repeat(sorted(short), len(zones)),
            "zone": np.tile(zones, len(rows)),
            "reach": np.concatenate(rows) if rows else np.zeros(0),
        }
    )


def _filled(basis: Basis, offers: pd.DataFrame) -> pd.DataFrame:
    region = basis.region
    short = region.occupations.loc[region.occupations["weight"] > 0, ["occupation"]]
    openings = region.openings[region.openings["period"] == basis.period]
    filled = short.merge(openings[["occupation", "openings"]], on="occupation", how="left")
    graduates = offers.merge(region.leads_to, on="programme")
    graduates = graduates.merge(region.programmes[["programme", "success"]], on="programme")
    graduates["graduates"] = graduates["learners"] * graduates["share"] * graduates["success"]
    entering = graduates.groupby("occupation", as_index=False)["graduates"].sum()
    filled = filled.merge(entering, on="occupation", how="left")
    filled = filled.fillna({"openings": 0.0, "graduates": 0.0})
    filled["filled"] = filled[["openings", "graduates"]].min(axis=1)
    return filled.sort_values("occupation", ignore_index=True)


def _indicators(basis: Basis, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    values = _shares(basis, tables) | _amounts(basis, tables)
    values["reuse"] = _ratio(values["saved_hours"], values.pop("delivered_hours"))
    return pd.DataFrame(
        {
            "name": list(INDICATOR_UNITS),
            "unit": list(INDICATOR_UNITS.values()),
            "value": [values[name] for name in INDICATOR_UNITS],
        }
    )


def _shares(basis: Basis, tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    region, switches = basis.region, basis.switches
    learners = basis.demand.groupby("zone")["learners"].sum()
    weight = region.occupations.set_index("occupation")["weight"]
    reach = tables["reach"]
    reached = reach["reach"] * reach["occupation"].map(weight)
    of_zone = reached.groupby(reach["zone"]).sum() / weight.sum() if weight.sum() else learners * 0
    filled = tables["filled"]
    urgency = filled["occupation"].map(weight)
    first = switches["choice"] == switches["programme"]
    undecided = switches.merge(
        region.curriculum.rename(columns={"unit": "choice"}), on=["choice", "programme"]
    )
    asked = switches.loc[first, "learners"].sum() + undecided["learners"].sum()
    return {
        "coverage": _ratio((of_zone * learners).sum(), learners.sum()),
        "filled_openings": _ratio(
            (urgency * filled["filled"]).sum(), (urgency * filled["openings"]).sum()
        ),
        "placed": _ratio(switches["learners"].sum(), learners.sum()),
        "first_choice": _ratio(asked, learners.sum()),
        "worst_zone": float(of_zone.min()) if len(of_zone) else 0.0,
    }


def _amounts(basis: Basis, tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    units, offers = tables["units"], tables["offers"]
    hours = basis.teaching.units.set_index("unit")["hours"]
    delivered = offers.merge(basis.teaching.curriculum, on="programme")["unit"].map(hours).sum()
    journeys = _minutes_travelled(basis, basis.placements)
    nearby = _minutes_travelled(basis, basis.attendance)
    return {
        "delivered_hours": float(delivered),
        "saved_hours": float(delivered - units["unit"].map(hours).sum()),
        "travel": _ratio(journeys, basis.placements["learners"].sum()),
        "travel_minutes": journeys + nearby,
        "mean_group": _ratio(units["learners"].sum(), units["groups"].sum()),
        "offers": float(len(offers)),
        "programmes": float(offers["programme"].nunique()),
        "units": float(len(units)),
        "sites": float(len((set(offers["site"]) | set(units["site"])) - {ONLINE})),
        "learners": float(basis.demand["learners"].sum()),
    }


def _minutes_travelled(basis: Basis, journeys: pd.DataFrame) -> float:
    minutes = values_at(basis.region.minutes, journeys["zone"], journeys["site"])
    return float((minutes * journeys["learners"]).sum())


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0
