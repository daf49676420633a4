"""Adults among the learners, and those who ask for a single unit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from derivation.facts import ADULTS_BY_PATHWAY, STUDENTS_BY_PATHWAY
from derivation.features import Adults
from derivation.popularity import rake
from derivation.rounding import round_to_total

LEARNER_DECIMALS = 2
SHARE_DECIMALS = 8
YOUTH = ["age_5_9", "age_10_14", "age_15_19", "age_20_24"]


@dataclass(frozen=True)
class Asking:
    """Who asks for a programme in a region, first period.

    Attributes:
        learners: starters a year, young and adult.
        adults: adults among them.
        young: share of the young by programme, adding up to 1; index programme.
        adult: the same of the adults.
    """

    learners: float
    adults: float
    young: pd.Series
    adult: pd.Series

    @property
    def everybody(self) -> pd.Series:
        """Learners a year by programme."""
        return self.young * (self.learners - self.adults) + self.adult * self.adults


def split_by_age(
    shares: pd.Series, programmes: pd.DataFrame, learners: float, programmes_at_most: int
) -> Asking:
    """Take the adults out of those who ask for each programme.

    Adults have the same share in every programme of a pathway, as published nationally; then
    those who ask for a rare one are counted with its kin.

    Args:
        shares: share of all starters by programme, index programme.
        programmes: programmes.csv.
        learners: starters a year.
        programmes_at_most: how many programmes adults ask for.
    """
    published = pd.Series(ADULTS_BY_PATHWAY) / pd.Series(STUDENTS_BY_PATHWAY)
    pathway = programmes.set_index("programme")["pathway"]
    adult = shares * pathway.map(published)
    young = shares - adult
    # Rounded as cohorts are, so that young and adults add up to the published total.
    adults = round(learners * float(adult.sum()), LEARNER_DECIMALS)
    popular = keep_most_popular(adult / adult.sum(), programmes, programmes_at_most)
    return Asking(learners, adults, young / young.sum(), popular)


def keep_most_popular(
    shares: pd.Series, programmes: pd.DataFrame, programmes_at_most: int
) -> pd.Series:
    """Count wishes for less popular programmes with the popular ones.

    The most popular programme of each domain and pathway is kept, then the most popular of all.
    What they get is raked, so that every total by level and by domain and pathway stays.

    Args:
        shares: index programme; adds up to 1.
        programmes: programmes.csv.
        programmes_at_most: how many are kept.

    Returns:
        The same index, 0 for what is left out; adds up to 1.
    """
    kinds = programmes.set_index("programme").loc[shares.index]
    kinds["kind"] = kinds["domain"] + "|" + kinds["pathway"]
    first = shares.groupby(kinds["kind"]).idxmax()
    others = shares.drop(first).nlargest(programmes_at_most - len(first), keep="first")
    kept = shares.index.isin([*first, *others.index])
    targets = {name: shares.groupby(kinds[name]).sum() for name in ("level", "kind")}
    raked = rake(shares[kept], kinds[kept], targets)
    popular: pd.Series = raked.reindex(shares.index, fill_value=0.0)
    return popular


def units_taken_alone(
    shares: pd.Series, tables: dict[str, pd.DataFrame], adults: Adults
) -> pd.Series:
    """Deal those who ask for a single unit over the units of shortage programmes.

    Args:
        shares: adults who ask for each programme, index programme.
        tables: the catalogue.
        adults: how many units of each kind, and their share.

    Returns:
        Index unit, adding up to 1.
    """
    occupations, leads_to = tables["occupations"], tables["leads_to"]
    short = set(occupations.loc[occupations["weight"] > 0, "occupation"])
    to_short = leads_to[leads_to["occupation"].isin(short)]
    wanted = shares * to_short.groupby("programme")["share"].sum()
    used = tables["curriculum"].merge(tables["units"][["unit", "kind"]], on="unit")
    used["asking"] = used["programme"].map(wanted).fillna(0.0)
    popularity = used.groupby(["kind", "unit"])["asking"].sum()
    parts: list[pd.Series] = []
    for kind, own in adults.units_alone.items():
        most = popularity[kind].nlargest(own.units, keep="first")
        parts.append(most / most.sum() * own.share)
    alone: pd.Series = pd.concat(parts)
    return alone


def derive_adult_choices(
    asking: Asking, tables: dict[str, pd.DataFrame], adults: Adults
) -> pd.DataFrame:
    """Build adult_choices.csv: programmes first, then units taken alone; shares add up to 1."""
    shares = asking.adult[asking.adult > 0.0]
    alone = units_taken_alone(asking.adult, tables, adults) * adults.certificates
    choices = pd.concat([shares, alone]) / (1.0 + adults.certificates)
    rounded = round_to_total(choices.to_numpy(), SHARE_DECIMALS)
    return pd.DataFrame({"choice": choices.index, "share": rounded})


def derive_adult_cohorts(
    areas: pd.DataFrame, asking: Asking, adults: Adults, periods: list[int]
) -> pd.DataFrame:
    """Build adult_cohorts.csv: alike in every period, spread as the inhabitants of other ages.

    Args:
        areas: postcode areas of the region.
        asking: how many adults ask for a programme.
        adults: how many ask for a single unit besides.
        periods: calendar years.
    """
    others = areas["population"].sub(areas[YOUTH].sum(axis=1)).clip(lower=0.0).to_numpy(dtype=float)
    learners = asking.adults * (1.0 + adults.certificates) * others / others.sum()
    rounded = round_to_total(learners, LEARNER_DECIMALS)
    return pd.concat(
        [
            pd.DataFrame({"zone": areas["pc4"], "period": period, "learners": rounded})
            for period in periods
        ],
        ignore_index=True,
    )
