"""The account of sources that goes with each instance (``SOURCES.md``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

import pandas as pd

from derivation.adults import Asking
from derivation.assumptions import RegionAssumptions, Stock
from derivation.features import Features
from derivation.network import kilometres_to_nearest

TEXTS = Path(__file__).parent / "texts"
MARKER = "<!-- sanity -->\n"
FAR_ZONES = 5

Tables = dict[str, pd.DataFrame]


def catalogue_sources(tables: Tables, features: Features) -> str:
    """Write the account of the catalogue."""
    hybrid = tables["programmes"]["programme"].isin(tables["hybrids"]["programme"])
    programmes, occupations = tables["programmes"][~hybrid], tables["occupations"]
    leads_to, accept = tables["leads_to"], tables["accept"]
    own_accept = accept[accept["choice"].isin(programmes["programme"])]
    own_accept = own_accept[own_accept["programme"].isin(programmes["programme"])]
    return _fill(
        "catalogue",
        qualifications=str(programmes["crebo"].nunique()),
        programmes=str(len(programmes)),
        mean_success=f"{programmes['success'].mean():.2f}",
        accept_mean=f"{len(own_accept) / own_accept['choice'].nunique():.1f}",
        occupations=str(len(occupations)),
        shortages=str(int((occupations["weight"] > 0).sum())),
        unlinked=str(int((~programmes["programme"].isin(leads_to["programme"])).sum())),
        hybrids=_listed(tables["programmes"].loc[hybrid, "name"].to_list()),
        requirements=str(tables["requirements"]["programme"].nunique()),
        of_popularity=f"{features.capacity.afterwards.of_popularity:g}",
        share_at_least=f"{features.capacity.afterwards.share_at_least:.0%}",
        futures=_probabilities(tables["scenarios"], "futures"),
        demography=_probabilities(tables["scenarios"], "demography"),
        first_factor=str(tables["factors"]["period"].min()),
    )


def region_sources(
    region: RegionAssumptions,
    stock: Stock,
    tables: Tables,
    asking: Asking,
    features: Features,
    money: Mapping[str, object],
) -> str:
    """Write the account of a region; the sanity ranges are kept by ``write_sources``."""
    young = tables["cohorts"].groupby("period")["learners"].sum()
    adult = tables["adult_cohorts"].groupby("period")["learners"].sum().iloc[0]
    alone = features.adults.certificates
    notes, capacity = region.notes, features.capacity
    choices = tables["adult_choices"]["choice"]
    single = ~choices.isin(tables["choices"]["choice"])
    return _fill(
        "region",
        title=region.title,
        zones=str(len(tables["zones"])),
        stations=str(len(tables["stations"])),
        intakes=_by_period(young + asking.adults),
        young=_by_period(young),
        adults=f"{asking.adults:,.0f}",
        adult_share=f"{asking.adults / asking.learners:.1%}",
        adults_alone=f"{adult - asking.adults:,.0f}",
        alone=f"{alone:.0%}",
        adult_programmes=str(int((~single).sum())),
        adult_units=str(int(single.sum())),
        stock_note=notes.stock.format(learners=f"{stock.learners:,.0f}"),
        site_note=notes.sites,
        green_note=notes.green,
        crossing_row=_crossing_row(tables["crossings"]),
        current_row=_current_row(tables),
        teachers_group=f"{capacity.teachers.mean_group:g}",
        teachers_slack=f"{capacity.teachers.slack:.0%}",
        teachers_least=f"{capacity.teachers.hours_at_least:,.0f}",
        places=f"{tables['site_capacity']['places'].sum():,.0f}",
        places_hours=f"{capacity.places.hours_a_place:,.0f}",
        places_slack=f"{capacity.places.slack:.0%}",
        slack_bbl=f"{capacity.workplaces.slack['BBL']:.0%}",
        slack_bol=f"{capacity.workplaces.slack['BOL']:.0%}",
        funding=_euros(money, "funding_per_learner"),
        group_hour=_euros(money, "cost_per_group_hour"),
        mean_group=f"{features.money.money.mean_group:g}",
        starters_an_offer=f"{features.money.money.starters_an_offer:g}",
        extra=notes.extra,
        far=_far_zones(tables["zones"], tables["sites"]),
    )


def write_sources(text: str, file: Path) -> None:
    """Write an account, keeping what the file already says below the marker."""
    if MARKER in text and file.is_file():
        _, _, kept = file.read_text(encoding="utf-8").partition(MARKER)
        text += kept
    file.write_text(text, encoding="utf-8", newline="\n")


def _fill(name: str, **values: str) -> str:
    return Template((TEXTS / f"{name}.md").read_text(encoding="utf-8")).substitute(values)


def _by_period(learners: pd.Series) -> str:
    return ", ".join(f"{total:,.0f} ({period})" for period, total in learners.items())


def _euros(money: Mapping[str, object], key: str) -> str:
    return f"EUR {float(str(money[key])):,.0f}"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _probabilities(scenarios: pd.DataFrame, name: str) -> str:
    own = scenarios[scenarios["set"] == name]
    listed = zip(own["name"], own["probability"], strict=True)
    return ", ".join(f"{title} {probability:.0%}" for title, probability in listed)


def _current_row(tables: Tables) -> str:
    if "current" not in tables:
        return (
            "| current.csv | - | - | not there: no public list of what is offered at each site "
            "was found |"
        )
    return (
        "| current.csv | all | assumed | what today's rule gives by this project's own plan; no "
        "public list of what is offered at each site was found |"
    )


def _crossing_row(crossings: pd.DataFrame) -> str:
    if crossings.empty:
        return "| crossings.csv | - | - | no water to cross: the header alone |"
    return (
        "| crossings.csv | all | assumed | places read off a map to about a kilometre. The ferry "
        "sails about 20 minutes (published timetable); the bus takes 8 minutes for the 6.6 km of "
        "the tunnel (assumed) |"
    )


def _far_zones(zones: pd.DataFrame, sites: pd.DataFrame) -> str:
    kilometres = kilometres_to_nearest(zones, sites)
    far = zones.assign(kilometres=kilometres).nlargest(FAR_ZONES, "kilometres")
    listed = zip(far["name"], far["zone"], far["kilometres"], strict=True)
    return ", ".join(f"{place} ({zone}, {length:.0f} km)" for place, zone, length in listed)
