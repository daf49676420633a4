"""Which programmes learners ask for: a curated seed, raked to the published totals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from derivation.assumptions import Parameters
from derivation.facts import GRADUATES_BY_LEVEL, STUDENTS_BY_FIELD, STUDENTS_BY_PATHWAY
from derivation.rounding import round_to_total
from derivation.units import slug

TOLERANCE = 1e-9
MOST_ROUNDS = 5_000
DECIMALS = 8


def rake(seed: pd.Series, keys: pd.DataFrame, targets: Mapping[str, pd.Series]) -> pd.Series:
    """Scale a seed until its totals match each target (iterative proportional fitting).

    Deming and Stephan (1940), "On a least squares adjustment of a sampled frequency table".

    Args:
        seed: a positive weight a row.
        keys: for each target its column, the class of every row.
        targets: for each column the wanted total by class (the index), adding up to 1.

    Returns:
        Weights in the order of the seed, adding up to 1.

    Raises:
        ValueError: the targets cannot all be met from this seed.
    """
    weights = seed / seed.sum()
    for _ in range(MOST_ROUNDS):
        largest_gap = 0.0
        for column, target in targets.items():
            totals = weights.groupby(keys[column]).sum()
            factors = target / totals
            largest_gap = max(largest_gap, float((factors - 1.0).abs().max()))
            weights = weights * keys[column].map(factors)
        if largest_gap < TOLERANCE:
            return weights
    raise ValueError(f"the totals cannot be matched: still {largest_gap:.2%} apart")


def derive_shares(
    qualifications: pd.DataFrame, programmes: pd.DataFrame, parameters: Parameters
) -> pd.Series:
    """Derive the share of starters who want each programme, the undecided included.

    Returns:
        Index programme, in the order of programmes.csv; adds up to 1.
    """
    seed = _seed(qualifications, programmes, parameters)
    targets = {
        "field": _shares(STUDENTS_BY_FIELD),
        "level": _shares(GRADUATES_BY_LEVEL),
        "pathway": _shares(STUDENTS_BY_PATHWAY),
    }
    return rake(seed, programmes.set_index("programme"), targets)


def ask_for_what_is_near(
    shares: pd.Series, programmes: pd.DataFrame, learners: float, parameters: Parameters
) -> pd.Series:
    """Shift rare wishes to common ones of the same field, domain, level and pathway.

    Where a group has no common programme its rare wishes stay, so that every total by field,
    domain, level and pathway stays as it is.

    Args:
        shares: index programme, national.
        programmes: programmes.csv.
        learners: starters a year in the region, first period.
        parameters: from how many askers a programme is common, and the share that shifts.
    """
    kind = programmes.set_index("programme")[["field", "domain", "level", "pathway"]]
    group = kind.astype(str).agg("|".join, axis=1)
    common = shares.where(shares * learners >= parameters.rare_askers, 0.0)
    common_total = common.groupby(group).transform("sum")
    leaving = (shares - common).where(common_total > 0.0, 0.0) * parameters.habit_share
    arriving = leaving.groupby(group).transform("sum") * common / common_total
    return shares - leaving + arriving.fillna(0.0)


def derive_choices(
    shares: pd.Series, programmes: pd.DataFrame, curriculum: pd.DataFrame, parameters: Parameters
) -> pd.DataFrame:
    """Set the undecided apart, domain by domain.

    Returns:
        choices.csv: programmes first, then orientation units; shares add up to 1.
    """
    domain = programmes.set_index("programme")["domain"]
    orientation = curriculum[curriculum["unit"].str.startswith("orientation-")]
    oriented = shares.index.isin(orientation["programme"])
    decided = shares.where(~oriented, shares * (1.0 - parameters.undecided_share))
    undecided = (shares - decided)[oriented].groupby(domain[oriented]).sum()
    undecided.index = pd.Index([f"orientation-{slug(name)}" for name in undecided.index])
    choices = pd.concat([decided, undecided.sort_index()])
    rounded = round_to_total(choices.to_numpy(), DECIMALS)
    return pd.DataFrame({"choice": choices.index, "share": rounded})


def _shares(counts: Mapping[str, float] | Mapping[int, float]) -> pd.Series:
    return pd.Series(counts, dtype=float) / sum(counts.values())


def _seed(
    qualifications: pd.DataFrame, programmes: pd.DataFrame, parameters: Parameters
) -> pd.Series:
    generator = np.random.default_rng(parameters.seed)
    table = qualifications.set_index("crebo")
    noise = generator.normal(0.0, parameters.qualification_noise, len(table))
    within: pd.Series = (table["factor"] * np.exp(noise)) ** parameters.concentration
    within = within / within.groupby(table["dossier"]).transform("sum")
    weight = within * table["tier"].map(parameters.tiers)
    bbl = table["domain"].map(parameters.bbl_share)
    odds: pd.Series = bbl / (1.0 - bbl)
    odds = odds * np.exp(generator.normal(0.0, parameters.pathway_noise, len(table)))
    bbl_share = odds / (1.0 + odds)
    by_pathway = pd.concat({"BOL": weight * (1.0 - bbl_share), "BBL": weight * bbl_share})
    wanted = pd.MultiIndex.from_frame(programmes[["pathway", "crebo"]])
    return pd.Series(by_pathway.reindex(wanted).to_numpy(), index=programmes["programme"])
