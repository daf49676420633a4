"""What teaching brings in and costs: the money block of region.yaml."""

from __future__ import annotations

import pandas as pd

from derivation.facts import FUNDING_2019, STUDENTS_2019
from derivation.features import Money


def derive_money(
    programmes: pd.DataFrame,
    loads: pd.DataFrame,
    learners: pd.Series,
    sites: int,
    money: Money,
) -> dict[str, object]:
    """Derive funding a learner from what is published, and from it the cost of a group hour.

    Args:
        programmes: programmes.csv.
        loads: contact_hours and present_years of a starter, index programme.
        learners: starters a year by programme, all regions together; index programme.
        sites: sites in all regions together.
        money: the assumptions.

    Returns:
        The block, in the order of the data's own description.
    """
    own = programmes.set_index("programme").loc[learners.index]
    weight = own["price_factor"] * own["pathway"].map(dict(money.pathway_weight))
    present = learners * loads["present_years"]
    mean_weight = float((present * weight).sum() / present.sum())
    exact = FUNDING_2019 / STUDENTS_2019 / mean_weight
    funding = round(exact / money.rounded_to) * money.rounded_to
    income = funding * float((present * weight).sum())
    offers = float(learners.sum()) / money.starters_an_offer
    left = income - offers * money.cost_per_offer - sites * money.cost_per_site
    hours = float((learners * loads["contact_hours"]).sum()) / money.mean_group
    step = money.hour_rounded_to
    return {
        "funding_per_learner": funding,
        "pathway_weight": dict(money.pathway_weight),
        "cost_per_group_hour": round(left / hours / step) * step,
        "cost_per_offer": money.cost_per_offer,
        "cost_per_site": money.cost_per_site,
        "cost_to_open": money.cost_to_open,
        "cost_to_close": money.cost_to_close,
        "fee_per_hour": money.fee_per_hour,
    }
