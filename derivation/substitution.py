"""What learners would take instead of the programme they ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from derivation.assumptions import Substitution

COLUMNS = ["choice", "programme", "share"]
ENTREE_LEVEL = 1


def derive_accept(programmes: pd.DataFrame, shares: pd.Series, rules: Substitution) -> pd.DataFrame:
    """Build accept.csv: a few likely substitutes for each programme.

    Args:
        programmes: programmes.csv.
        shares: share of starters by programme, index programme.
        rules: shares by kind of kinship.

    Returns:
        accept.csv in the order of programmes.csv, likeliest substitute first.
    """
    # Most popular first, so that "the most popular" is simply "the first".
    others = programmes.assign(popularity=shares.to_numpy()).sort_values(
        ["popularity", "programme"], ascending=[False, True], ignore_index=True
    )
    rank = {name: position for position, name in enumerate(others["programme"])}
    rows: list[tuple[str, str, float]] = []
    for position, name in enumerate(programmes["programme"]):
        found = _substitutes(programmes.iloc[position], others[others["programme"] != name], rules)
        likely = sorted(found.items(), key=lambda item: (-item[1], rank[item[0]]))
        rows += [(name, other, share) for other, share in likely]
    return pd.DataFrame(rows, columns=COLUMNS)


def _substitutes(own: pd.Series, others: pd.DataFrame, rules: Substitution) -> dict[str, float]:
    kinships = _entree if own["level"] == ENTREE_LEVEL else _related
    found: dict[str, float] = {}
    for share, kin in kinships(own, others, rules):
        found |= {other: max(share, found.get(other, 0.0)) for other in kin}
    return found


_Kinship = tuple[float, pd.Series]


def _entree(own: pd.Series, others: pd.DataFrame, rules: Substitution) -> Iterator[_Kinship]:
    alike = (others["domain"] == own["domain"]) & (others["pathway"] == own["pathway"])
    yield rules.entree, others.loc[alike, "programme"][: rules.entree_count]
    yield rules.same_crebo, others.loc[others["crebo"] == own["crebo"], "programme"]


def _related(own: pd.Series, others: pd.DataFrame, rules: Substitution) -> Iterator[_Kinship]:
    same_level = others[others["level"] == own["level"]]
    same_pathway = same_level["pathway"] == own["pathway"]
    dossier = same_level["dossier"] == own["dossier"]
    domain = same_level["domain"] == own["domain"]

    def kin(wanted: pd.Series) -> pd.Series:
        chosen: pd.Series = same_level.loc[wanted, "programme"]
        return chosen

    yield rules.same_crebo, kin(same_level["crebo"] == own["crebo"])
    yield rules.same_dossier, kin(dossier & same_pathway)[: rules.same_dossier_count]
    yield rules.popular, kin(domain & same_pathway)[: rules.popular_count]
    yield rules.popular_other_pathway, kin(domain & ~same_pathway)[:1]
    below = (others["domain"] == own["domain"]) & (others["level"] == own["level"] - 1)
    alike = below & (others["pathway"] == own["pathway"])
    yield rules.popular_level_below, others.loc[alike, "programme"][:1]
