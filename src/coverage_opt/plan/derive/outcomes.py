"""What a plan brings about: occupations within reach, openings filled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.plan.derive.basis import MOMENT, Basis
from coverage_opt.rules.travel_limit import TravelLimit


def reach(basis: Basis) -> pd.DataFrame:
    """Return period, occupation, zone, reach: 1 or 0 for every shortage occupation.

    Zones are those where young learners live in any scenario of the period.
    """
    offers, living = basis.offers, basis.living
    tables = []
    for period in basis.periods:
        zones = sorted(set(living.loc[living["period"] == period, "zone"]))
        found = _within_reach(basis, offers[offers["period"] == period], zones)
        tables.append(found.assign(period=period))
    return pd.concat(tables, ignore_index=True)


def _within_reach(basis: Basis, offers: pd.DataFrame, zones: list[str]) -> pd.DataFrame:
    """Return occupation, zone, reach for the offers (programme, site) of a period."""
    region, rule = basis.region, basis.policy.rule(TravelLimit)
    limit_of = rule.of_programmes(region) if rule else {}
    near: dict[str, NDArray[np.bool_]] = {}
    minutes = region.minutes.loc[zones]
    for programme, sites in offers.groupby("programme")["site"]:
        limit = limit_of.get(str(programme), np.inf)
        away = minutes[list(sites)].to_numpy()
        near[str(programme)] = (np.isfinite(away) & (away <= limit)).any(axis=1)
    nowhere = np.zeros(len(zones), dtype=bool)
    short = sorted(region.occupations.loc[region.occupations["weight"] > 0, "occupation"])
    leads = region.leads_to.groupby("occupation")["programme"].agg(list)
    reached = []
    for occupation in short:
        within = [near.get(programme, nowhere) for programme in leads.get(occupation, [])]
        reached.append(np.any([nowhere, *within], axis=0).astype(float))
    return pd.DataFrame(
        {
            "occupation": np.repeat(np.array(short, dtype=object), len(zones)),
            "zone": np.tile(np.array(zones, dtype=object), len(short)),
            "reach": np.concatenate(reached) if reached else np.zeros(0),
        }
    )


def filled(basis: Basis, enrolled: pd.DataFrame) -> pd.DataFrame:
    """Return period, scenario, occupation, openings, graduates, filled (a year).

    Only occupations with a shortage weight are there.
    """
    region = basis.region
    short = region.occupations.loc[region.occupations["weight"] > 0, ["occupation"]]
    openings = pd.concat(
        [
            short.merge(region.openings_in(period, scenario), on="occupation", how="left").assign(
                period=period, scenario=scenario
            )
            for period, scenario in basis.moments
        ],
        ignore_index=True,
    )
    graduates = enrolled.merge(region.leads_to, on="programme")
    graduates = graduates.merge(region.programmes[["programme", "success"]], on="programme")
    graduates["graduates"] = graduates["learners"] * graduates["share"] * graduates["success"]
    key = [*MOMENT, "occupation"]
    entering = graduates.groupby(key, as_index=False)[["graduates"]].sum()
    table = openings.merge(entering, on=key, how="left")
    table = table.fillna({"openings": 0.0, "graduates": 0.0})
    return table.assign(filled=table[["openings", "graduates"]].min(axis=1))
