"""Programmes: every qualification of the statute in each pathway it is open to."""

from __future__ import annotations

import pandas as pd

from derivation.assumptions import Assumptions, Parameters
from derivation.facts import Facts

COLUMNS = [
    "programme",
    "crebo",
    "pathway",
    "name",
    "level",
    "domain",
    "dossier",
    "field",
    "years",
    "price_factor",
    "success",
]
SPECIALIST = "specialistenopleiding"


def derive_qualifications(facts: Facts, assumptions: Assumptions) -> pd.DataFrame:
    """Give each qualification its short domain, field, length and success.

    Returns:
        One row a qualification: crebo, name, level, domain, dossier, field, specialist, years,
        price_factor, success, pathways (such as "BOL/BBL"), tier and factor (for popularity).
    """
    parameters = assumptions.parameters
    statute = facts.qualifications
    table = pd.DataFrame(
        {
            "crebo": statute["crebo"],
            "name": statute["kwalificatie"],
            "level": statute["niveau"],
            "domain": statute["domein"].map(parameters.domains),
            "dossier": statute["dossier_crebo"],
            "specialist": statute["soort_opleiding"] == SPECIALIST,
            "price_factor": statute["prijsfactor"],
            "pathways": statute["leerweg"],
        }
    )
    twins = table["dossier"].isin(parameters.green_twin_dossiers)
    table.loc[twins, "name"] = table.loc[twins, "name"] + " (groen)"
    table["name"] = table["name"].str[:1].str.upper() + table["name"].str[1:]
    table["years"] = (
        table["level"]
        .map(parameters.years)
        .where(~table["specialist"], parameters.specialist_years)
    )
    table["success"] = [
        _success(level, years, parameters)
        for level, years in zip(table["level"], table["years"], strict=True)
    ]
    return _curated(table, assumptions).sort_values("crebo", ignore_index=True)


def _curated(table: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Add field, tier and factor."""
    dossiers = assumptions.dossiers.set_index("dossier")
    exceptions = assumptions.qualifications.set_index("crebo")
    own_field = table["crebo"].map(exceptions["field"]).replace("", None)
    return table.assign(
        field=own_field.fillna(table["dossier"].map(dossiers["field"])),
        tier=table["dossier"].map(dossiers["tier"]),
        factor=table["crebo"].map(exceptions["factor"]).fillna(1.0),
    )


def _success(level: int, years: float, parameters: Parameters) -> float:
    """Share of the intake still there in the last year, less one more year's drop-out."""
    stays = parameters.retention[round(years)]
    return round(stays * (1.0 - parameters.dropout_norm[level]), 3)


def derive_programmes(qualifications: pd.DataFrame) -> pd.DataFrame:
    """Split each qualification over the pathways it is open to.

    Returns:
        programmes.csv, in the order of crebo, BOL before BBL.
    """
    table = qualifications.assign(pathway=qualifications["pathways"].str.split("/"))
    table = table.explode("pathway", ignore_index=True)
    table["programme"] = table["crebo"] + "-" + table["pathway"]
    return table[COLUMNS]
