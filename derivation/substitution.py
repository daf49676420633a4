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
        rows += [(name, other, share) for other, share in likely[: rules.most_rows]]
    return pd.DataFrame(rows, columns=COLUMNS)


def _substitutes(own: pd.Series, others: pd.DataFrame, rules: Substitution) -> dict[str, float]:
    kinships = _entree if own["level"] == ENTREE_LEVEL else _related
    found: dict[str, float] = {}
    for share, kin in kinships(own, others, rules):
        found |= {other: max(share, found.get(other, 0.0)) for other in kin}
    return found


_Kinship = tuple[float, pd.Series]


def _entree(own: pd.Series, others: pd.DataFrame, rules: Substitution) -> Iterator[_Kinship]:
    entree = others["domain"] == own["domain"]
    same_pathway = others["pathway"] == own["pathway"]
    yield rules.entree, others.loc[entree & same_pathway, "programme"]
    yield rules.same_crebo, others.loc[others["crebo"] == own["crebo"], "programme"]


def _related(own: pd.Series, others: pd.DataFrame, rules: Substitution) -> Iterator[_Kinship]:
    same_pathway = others["pathway"] == own["pathway"]
    same_level = others["level"] == own["level"]
    level_apart = (others["level"] - own["level"]).abs() == 1
    dossier = others["dossier"] == own["dossier"]
    domain = others["domain"] == own["domain"]

    def kin(wanted: pd.Series) -> pd.Series:
        chosen: pd.Series = others.loc[wanted, "programme"]
        return chosen

    yield rules.same_crebo, kin(others["crebo"] == own["crebo"])
    yield rules.same_dossier_level_apart, kin(dossier & same_pathway & level_apart)
    yield rules.same_dossier_same_level, kin(dossier & same_pathway & same_level)
    yield rules.same_dossier_other_pathway, kin(dossier & ~same_pathway)
    popular = kin(domain & same_pathway & same_level)[: rules.popular_same_level_count]
    yield rules.popular_same_level, popular
    yield rules.popular_level_apart, kin(domain & same_pathway & level_apart)[:1]
    yield rules.popular_other_pathway, kin(domain & ~same_pathway & same_level)[:1]
    if others.loc[domain, "crebo"].nunique() <= rules.small_domain:
        same_field = others["field"] == own["field"]
        yield rules.popular_same_field, kin(same_field & ~domain & same_level)[:1]
