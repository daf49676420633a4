"""Who asks for what: young learners and adults, zone by zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from coverage_opt.region.scenarios import ADULT, YOUNG

_STATED = {ADULT: "adult_demand", YOUNG: "demand"}
_COHORTS = {ADULT: "adult_cohorts", YOUNG: "cohorts"}
_CHOICES = {ADULT: "adult_choices", YOUNG: "choices"}

DEMAND_TABLES = (*_STATED.values(), *_COHORTS.values(), *_CHOICES.values())
"""Tables that say who asks for what."""

_NOBODY = pd.DataFrame(columns=["learner", "zone", "choice", "learners"], dtype="str").astype(
    {"learners": "float64"}
)


def demand_as_forecast(tables: Mapping[str, pd.DataFrame], period: int) -> pd.DataFrame:
    """Return who asks for what in a period: cohort times choice share, or as stated.

    Args:
        tables: the tables of a region as given, each sorted by its key.
        period: calendar year.

    Returns:
        learner (young, adult), zone, choice, learners (a year, all above 0), sorted by the first
        three.
    """
    parts = [_NOBODY, *_asked(tables, period)]
    return pd.concat(parts, ignore_index=True)


def _asked(tables: Mapping[str, pd.DataFrame], period: int) -> Iterator[pd.DataFrame]:
    for learner in (ADULT, YOUNG):
        stated, cohorts, choices = (
            tables.get(names[learner]) for names in (_STATED, _COHORTS, _CHOICES)
        )
        if stated is not None:
            asked = stated[stated["period"] == period]
        elif cohorts is not None and choices is not None:
            asked = cohorts[cohorts["period"] == period].merge(choices, how="cross")
            asked["learners"] *= asked["share"]
        else:
            continue
        asked = asked.loc[asked["learners"] > 0, ["zone", "choice", "learners"]]
        asked.insert(0, "learner", pd.Series(learner, index=asked.index, dtype="str"))
        yield asked


def demand_summaries(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the cohorts and choice shares that stated demand adds up to, as tables by name."""
    summaries: dict[str, pd.DataFrame] = {}
    for learner, name in _STATED.items():
        demand = tables.get(name)
        if demand is None:
            continue
        cohorts = demand.groupby(["zone", "period"])["learners"].sum().reset_index()
        choices = demand.groupby("choice", as_index=False)["learners"].sum()
        # Nobody may be an adult; then nobody's shares are 0.
        total = choices["learners"].sum() or 1.0
        shares = choices[["choice"]].assign(share=choices["learners"] / total)
        summaries |= {_COHORTS[learner]: cohorts, _CHOICES[learner]: shares}
    return summaries
