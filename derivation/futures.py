"""Futures: sets of scenarios, and what each multiplies in which period."""

from __future__ import annotations

import pandas as pd

from derivation.features import Change, Scenarios

EVERYTHING = "all"
Tables = dict[str, pd.DataFrame]


def derive_scenarios(scenarios: Scenarios) -> pd.DataFrame:
    """Build scenarios.csv."""
    rows = [
        (name, scenario, scenarios.names[scenario], probability)
        for name, members in scenarios.sets.items()
        for scenario, probability in members.items()
    ]
    return pd.DataFrame(rows, columns=["set", "scenario", "name", "probability"])


def derive_factors(scenarios: Scenarios, tables: Tables, young: pd.Series) -> pd.DataFrame:
    """Build factors.csv.

    Args:
        scenarios: the changes, in words.
        tables: the catalogue, without cross-overs.
        young: share of the young by programme, national; index programme.
    """
    rows = [
        (scenario, period, change.quantity, of, factor)
        for scenario, changes in scenarios.changes.items()
        for change in changes
        for of in _whom(change, tables, young)
        for period, factor in change.factors.items()
    ]
    return pd.DataFrame(rows, columns=["scenario", "period", "quantity", "of", "factor"])


def _whom(change: Change, tables: Tables, young: pd.Series) -> list[str]:
    """List what a change holds for, as ``of`` names it."""
    programmes = tables["programmes"]
    if change.everything:
        return [EVERYTHING]
    of = list(change.domains)
    of += programmes.loc[programmes["dossier"].isin(change.dossiers), "programme"].to_list()
    for pathway, count in change.most_popular.items():
        own = programmes.loc[programmes["pathway"] == pathway, "programme"]
        of += young[own].nlargest(count, keep="first").index.to_list()
    if change.occupations_of:
        domain = programmes.set_index("programme")["domain"]
        fed = tables["leads_to"]["programme"].map(domain).isin(change.occupations_of)
        of += sorted(set(tables["leads_to"].loc[fed, "occupation"]))
    return of
