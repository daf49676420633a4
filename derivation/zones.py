"""Zones where learners live, and how many start mbo there in each period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from derivation.assumptions import Parameters, RegionAssumptions, Stock
from derivation.facts import STUDENTS_BY_FIELD, Facts
from derivation.rounding import round_to_total

MAIN = "main"
LEARNER_DECIMALS = 3
YOUTH_IN_2026 = "age_10_14"
YOUTH_IN_2030 = "age_5_9"
"""Counted on 1 January 2021: 15 to 19 years old in 2026, 14 to 18 in 2030."""


def postcodes_of(facts: Facts, region: RegionAssumptions) -> pd.DataFrame:
    """Return the postcode areas of a region where children live, in the order of their code."""
    areas = facts.postcodes[facts.postcodes["region"].isin(region.parts)]
    lived_in = (areas["age_5_9"] + areas["age_10_14"]) > 0
    return areas[lived_in].sort_values("pc4", ignore_index=True)


def derive_zones(areas: pd.DataFrame, region: RegionAssumptions) -> pd.DataFrame:
    """Build zones.csv."""
    overseas = areas["region"].isin(region.overseas)
    return pd.DataFrame(
        {
            "zone": areas["pc4"],
            "name": areas["place"],
            "municipality": areas["municipality"],
            "latitude": areas["lat"],
            "longitude": areas["lon"],
            "landmass": np.where(overseas, region.landmass, MAIN),
        }
    )


def stock_of_each(facts: Facts, parameters: Parameters) -> dict[str, Stock]:
    """Fill in the learners enrolled in every region.

    Where no total is published: the mean of enrolled learners over 15-to-19-year-olds (those of
    10 to 14 in 2021, so that incoming students do not count) in the other regions, times the own
    youth, less the share who study outside the plan.
    """
    youth = {
        name: float(postcodes_of(facts, region)[YOUTH_IN_2026].sum())
        for name, region in parameters.regions.items()
    }
    stocks = {name: _published(region.stock) for name, region in parameters.regions.items()}
    participation = [
        stock.learners / youth[name] for name, stock in stocks.items() if stock.learners
    ]
    stays = 1.0 - parameters.elsewhere_share
    mean = sum(participation) / len(participation)
    return {
        name: stock
        if stock.learners
        else stock.model_copy(update={"learners": youth[name] * mean * stays})
        for name, stock in stocks.items()
    }


def _published(stock: Stock) -> Stock:
    if stock.learners is None or not stock.add_green:
        return stock
    green = STUDENTS_BY_FIELD["agriculture_veterinary"] / sum(STUDENTS_BY_FIELD.values())
    return stock.model_copy(update={"learners": stock.learners / (1.0 - green)})


def intake(stock: Stock, period: int, parameters: Parameters) -> float:
    """Return the learners a year who start in a period; linear in the years, also beyond."""
    if stock.learners is None:
        raise ValueError("the learners enrolled must be filled in first")
    change = stock.change or 0.0
    then = stock.then if stock.then is not None else stock.learners * (1.0 + change)
    passed = (period - stock.year) / (stock.until - stock.year)
    enrolled = stock.learners + (then - stock.learners) * passed
    return round(enrolled * parameters.intake_of_stock, LEARNER_DECIMALS)


def derive_cohorts(
    areas: pd.DataFrame, stock: Stock, adults: float, parameters: Parameters
) -> pd.DataFrame:
    """Build cohorts.csv: the young spread over the zones as the children of 2021 grow up.

    Args:
        areas: postcode areas of the region.
        stock: learners enrolled, young and adult.
        adults: starters a year who are adults, alike in every period.
        parameters: periods, and the intake as a share of the stock.
    """
    parts = []
    for period in parameters.periods:
        youth = areas[YOUTH_IN_2026 if period < 2030 else YOUTH_IN_2030].to_numpy(dtype=float)
        learners = (intake(stock, period, parameters) - adults) * youth / youth.sum()
        rounded = round_to_total(learners, LEARNER_DECIMALS)
        parts.append(pd.DataFrame({"zone": areas["pc4"], "period": period, "learners": rounded}))
    return pd.concat(parts, ignore_index=True)
