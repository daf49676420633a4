"""The account of sources that goes with each instance (``SOURCES.md``)."""

from __future__ import annotations

from pathlib import Path
from string import Template

import pandas as pd

from derivation.assumptions import RegionAssumptions, Stock
from derivation.network import kilometres_to_nearest

TEXTS = Path(__file__).parent / "texts"
MARKER = "<!-- sanity -->\n"
FAR_ZONES = 5

Tables = dict[str, pd.DataFrame]


def catalogue_sources(tables: Tables) -> str:
    """Write the account of the catalogue."""
    programmes, occupations = tables["programmes"], tables["occupations"]
    leads_to, accept = tables["leads_to"], tables["accept"]
    return _fill(
        "catalogue",
        qualifications=str(programmes["crebo"].nunique()),
        programmes=str(len(programmes)),
        mean_success=f"{programmes['success'].mean():.2f}",
        accept_mean=f"{len(accept) / accept['choice'].nunique():.1f}",
        occupations=str(len(occupations)),
        shortages=str(int((occupations["weight"] > 0).sum())),
        unlinked=str(int((~programmes["programme"].isin(leads_to["programme"])).sum())),
    )


def region_sources(region: RegionAssumptions, stock: Stock, tables: Tables) -> str:
    """Write the account of a region; the sanity ranges are kept by ``write_sources``."""
    intakes = tables["cohorts"].groupby("period")["learners"].sum()
    notes = region.notes
    return _fill(
        "region",
        title=region.title,
        zones=str(len(tables["zones"])),
        stations=str(len(tables["stations"])),
        intakes=", ".join(f"{total:,.0f} ({period})" for period, total in intakes.items()),
        stock_note=notes.stock.format(learners=f"{stock.learners:,.0f}"),
        site_note=notes.sites,
        green_note=notes.green,
        crossing_row=_crossing_row(tables["crossings"]),
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
