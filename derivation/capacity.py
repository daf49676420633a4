"""Limits: teachers, places, facilities, workplaces, and choices after an orientation year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from derivation.features import Afterwards, Capacity, Hybrid, Places, Teachers, Workplaces
from derivation.hybrids import identifier

GENERAL = "general"
SHARE_DECIMALS = 2
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Today:
    """What today's demand asks of a region.

    Attributes:
        learners: starters a year by programme, index programme.
        programmes: programmes.csv, index programme.
        loads: contact_hours, generic_hours, present_years of a starter, index programme.
        at_sites: share of a domain's starters for whom a site is the nearest; index domain,
            columns site.
    """

    learners: pd.Series
    programmes: pd.DataFrame
    loads: pd.DataFrame
    at_sites: pd.DataFrame

    def hours(self, kind: str) -> pd.DataFrame:
        """Return contact hours of learners a year; index domain, columns site."""
        domain = self.programmes["domain"]
        total = (self.learners * self.loads[kind]).groupby(domain).sum()
        return self.at_sites.mul(total, axis=0)


def derive_teachers(today: Today, sites: pd.DataFrame, teachers: Teachers) -> pd.DataFrame:
    """Build teachers.csv: group hours for today's learners in groups of the mean size, and slack.

    Generic subjects are counted twice: within the domain, for where a programme teaches them
    itself, and under ``general``, for where they are taught to several domains together.
    """
    institution = sites.set_index("site")["institution"]
    taught = today.hours("contact_hours").T.groupby(institution).sum().T
    needed = taught.melt(ignore_index=False, var_name="institution", value_name="hours")
    needed = needed[needed["hours"] > 0.0].rename_axis("domain").reset_index()
    generic = today.hours("generic_hours").sum().groupby(institution).sum()
    general = generic.rename("hours").rename_axis("institution").reset_index()
    table = pd.concat([needed, general.assign(domain=GENERAL)], ignore_index=True)
    hours = table["hours"] / teachers.mean_group * (1.0 + teachers.slack)
    table["hours"] = _up(hours.clip(lower=teachers.hours_at_least), teachers.rounded_to)
    # Stable: the domains in their order, then `general`, institution by institution.
    table = table.sort_values("institution", kind="stable", ignore_index=True)
    return table[["institution", "domain", "hours"]]


def derive_site_capacity(today: Today, places: Places) -> pd.DataFrame:
    """Build site_capacity.csv: places for the learners nearest to the site, and slack."""
    hours = today.hours("contact_hours").sum()
    needed = _up(hours / places.hours_a_place * (1.0 + places.slack), places.rounded_to)
    return pd.DataFrame({"site": needed.index, "places": needed.to_numpy()})


def derive_facilities(sites: pd.DataFrame, capacity: Capacity) -> pd.DataFrame:
    """Build facilities.csv."""
    rows = [(site, own) for site in sites["site"] for own in capacity.facilities.get(site, [])]
    return pd.DataFrame(rows, columns=["site", "facility"])


def derive_requirements(
    programmes: pd.DataFrame, capacity: Capacity, hybrids: dict[str, Hybrid]
) -> pd.DataFrame:
    """Build requirements.csv, in the order of programmes.csv."""
    needs: dict[str, list[str]] = {
        identifier(key, hybrid): hybrid.requires for key, hybrid in hybrids.items()
    }
    for facility, dossiers in capacity.requirements.items():
        for programme in programmes.loc[programmes["dossier"].isin(dossiers), "programme"]:
            needs.setdefault(programme, []).append(facility)
    rows = [(own, facility) for own in programmes["programme"] for facility in needs.get(own, [])]
    return pd.DataFrame(rows, columns=["programme", "facility"])


def derive_workplaces(today: Today, workplaces: Workplaces) -> pd.DataFrame:
    """Build workplaces.csv: today's learners at once by domain and pathway, and slack."""
    kind = [today.programmes["domain"], today.programmes["pathway"]]
    present = (today.learners * today.loads["present_years"]).groupby(kind).sum()
    slack = present.index.get_level_values("pathway").map(dict(workplaces.slack))
    places = _up(present * (1.0 + np.asarray(slack, dtype=float)), workplaces.rounded_to)
    return places.rename("places").reset_index()


def derive_afterwards(
    tables: Tables, shares: pd.Series, hybrids: dict[str, Hybrid], rules: Afterwards
) -> pd.DataFrame:
    """Build afterwards.csv: after an orientation year nobody fills a programme nobody wanted.

    Args:
        tables: the catalogue.
        shares: share of starters by programme, national, without cross-overs.
        hybrids: the cross-overs by key.
        rules: how far popularity may be exceeded.
    """
    small = {identifier(key, hybrid): hybrid.choice_share for key, hybrid in hybrids.items()}
    asked = pd.concat([shares, pd.Series(small, dtype=float)])
    units = tables["units"]
    orientation = units.loc[units["kind"] == "orientation", "unit"]
    used = tables["curriculum"][tables["curriculum"]["unit"].isin(orientation)]
    own = used["programme"].map(asked)
    within = own / own.groupby(used["unit"]).transform("sum")
    share = (within * rules.of_popularity).clip(rules.share_at_least, 1.0).round(SHARE_DECIMALS)
    table = used[["unit", "programme"]].assign(share=share)
    return table.sort_values("unit", kind="stable", ignore_index=True)


def _up(values: pd.Series, step: float) -> pd.Series:
    rounded: pd.Series = (np.ceil(values / step) * step).astype(int)
    return rounded
