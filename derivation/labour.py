"""Occupations, what leads to them, and how many openings they have."""

from __future__ import annotations

import pandas as pd

from derivation.assumptions import Assumptions, Parameters
from derivation.units import slug

OPENING_DECIMALS = 2


def derive_occupations(assumptions: Assumptions) -> pd.DataFrame:
    """Build occupations.csv, with the shortage weight.

    weight = prospect points x tightness / tightness unit; 0 below the least tightness.
    """
    parameters = assumptions.parameters
    table = assumptions.occupations.sort_values("occupation", ignore_index=True)
    tight = table["tightness"] >= parameters.least_tightness
    points = table["prospect"].map(parameters.prospect_points)
    weight = (points * table["tightness"] / parameters.tightness_unit).where(tight, 0.0)
    return pd.DataFrame(
        {
            "occupation": table["occupation"].map(slug),
            "name": table["occupation"],
            "prospect": table["prospect"],
            "tightness": table["tightness"],
            "weight": weight.round(2),
        }
    )


def derive_leads_to(programmes: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Build leads_to.csv: the most specific curated rows of each programme's dossier.

    A few crafts lead to no occupation of the list; their programmes have no row.
    """
    links = assumptions.occupations_of_dossiers
    parts = []
    for programme, crebo, dossier, level in zip(
        programmes["programme"],
        programmes["crebo"],
        programmes["dossier"],
        programmes["level"],
        strict=True,
    ):
        own = _most_specific(links[links["dossier"] == dossier], crebo, level)
        parts.append(own[["occupation", "share"]].assign(programme=programme))
    table = pd.concat(parts, ignore_index=True)
    table["occupation"] = table["occupation"].map(slug)
    return table[["programme", "occupation", "share"]]


def keep_main_domain(
    leads_to: pd.DataFrame, programmes: pd.DataFrame, shares: pd.Series
) -> pd.DataFrame:
    """Keep, for each occupation, the rows of the domain that sends it most graduates.

    What other domains send is small and rests on judgement; without it a domain's programmes
    meet those of another only through rules, never through an occupation.

    Args:
        leads_to: programme, occupation, share.
        programmes: programmes.csv.
        shares: share of starters by programme, index programme.
    """
    facts = programmes.set_index("programme")
    flow = leads_to["share"] * leads_to["programme"].map(shares * facts["success"])
    domain = leads_to["programme"].map(facts["domain"])
    totals = flow.groupby([leads_to["occupation"], domain]).sum()
    main = totals.groupby(level=0).idxmax().str[1]
    return leads_to[domain == leads_to["occupation"].map(main)].reset_index(drop=True)


def _most_specific(links: pd.DataFrame, crebo: str, level: int) -> pd.DataFrame:
    for_crebo = links["crebo"] == crebo
    if for_crebo.any():
        return links[for_crebo]
    general = links[links["crebo"] == ""]
    spans = general["levels"].str.split("-")
    for_level = spans.str[0].ne("") & (spans.str[0] <= str(level)) & (spans.str[-1] >= str(level))
    return general[for_level] if for_level.any() else general[general["levels"] == ""]


def derive_openings(
    learners: float,
    shares: pd.Series,
    programmes: pd.DataFrame,
    occupations: pd.DataFrame,
    leads_to: pd.DataFrame,
    parameters: Parameters,
) -> pd.DataFrame:
    """Build openings.csv: graduates of the national mix over ROA's supply-demand indicator.

    ITA is supply over demand, so demand is supply over ITA. Held over the periods: most openings
    replace people who leave, and do not shrink with the cohorts.

    Args:
        learners: starters a year in the first period.
        shares: share of starters by programme, index programme.
        programmes: programmes.csv.
        occupations: occupations.csv.
        leads_to: leads_to.csv.
        parameters: periods and midpoints of the classes.
    """
    success = programmes.set_index("programme")["success"]
    graduates = (
        learners
        * leads_to["programme"].map(shares)
        * leads_to["programme"].map(success)
        * leads_to["share"]
    )
    supply = occupations["occupation"].map(graduates.groupby(leads_to["occupation"]).sum())
    openings = (supply / occupations["prospect"].map(parameters.ita_midpoint)).round(
        OPENING_DECIMALS
    )
    held = [
        pd.DataFrame(
            {"occupation": occupations["occupation"], "period": period, "openings": openings}
        )
        for period in parameters.periods
    ]
    return pd.concat(held, ignore_index=True)
