"""Compose the catalogue and the regions, and write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from derivation.assumptions import Assumptions
from derivation.facts import Facts
from derivation.labour import (
    derive_leads_to,
    derive_occupations,
    derive_openings,
    keep_main_domain,
)
from derivation.network import derive_crossings, derive_rail, derive_stations
from derivation.places import derive_institutions, derive_site_domains, derive_sites
from derivation.popularity import ask_for_what_is_near, derive_choices, derive_shares
from derivation.programmes import derive_programmes, derive_qualifications
from derivation.rounding import write_table
from derivation.sources import catalogue_sources, region_sources, write_sources
from derivation.substitution import derive_accept
from derivation.units import derive_units
from derivation.zones import derive_cohorts, derive_zones, intake, postcodes_of, stock_of_each

CATALOGUE = "catalogue"
SOURCES = "SOURCES.md"
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Catalogue:
    """The tables all regions share, and the unrounded shares they were made from."""

    tables: Tables
    shares: pd.Series


def derive_catalogue(facts: Facts, assumptions: Assumptions) -> Catalogue:
    """Derive every table that all regions share."""
    parameters = assumptions.parameters
    qualifications = derive_qualifications(facts, assumptions)
    programmes = derive_programmes(qualifications)
    units, curriculum = derive_units(facts, qualifications, programmes, parameters)
    shares = derive_shares(qualifications, programmes, parameters)
    tables = {
        "programmes": programmes,
        "units": units,
        "curriculum": curriculum,
        "accept": derive_accept(programmes, shares, parameters.substitution),
        "occupations": derive_occupations(assumptions),
        "leads_to": keep_main_domain(derive_leads_to(programmes, assumptions), programmes, shares),
    }
    return Catalogue(tables, shares)


def derive_region(
    name: str, facts: Facts, assumptions: Assumptions, catalogue: Catalogue
) -> Tables:
    """Derive every table of one region."""
    parameters = assumptions.parameters
    region = parameters.regions[name]
    areas = postcodes_of(facts, region)
    stock = stock_of_each(facts, parameters)[name]
    sites = derive_sites(facts, region, parameters)
    zones = derive_zones(areas, region)
    stations = derive_stations(facts, zones, region, parameters)
    shared = catalogue.tables
    learners = intake(stock, parameters.periods[0], parameters)
    near = ask_for_what_is_near(catalogue.shares, shared["programmes"], learners, parameters)
    return {
        "zones": zones,
        "cohorts": derive_cohorts(areas, stock, parameters),
        "institutions": derive_institutions(sites, parameters),
        "sites": sites,
        "site_domains": derive_site_domains(sites, parameters),
        "choices": derive_choices(near, shared["programmes"], shared["curriculum"], parameters),
        "openings": derive_openings(
            learners,
            catalogue.shares,
            shared["programmes"],
            shared["occupations"],
            shared["leads_to"],
            parameters,
        ),
        "stations": stations,
        "rail": derive_rail(facts, stations),
        "crossings": derive_crossings(name, parameters),
    }


def write_instances(facts: Facts, assumptions: Assumptions, folder: Path) -> None:
    """Write the catalogue and every region into ``folder``, one folder each."""
    catalogue = derive_catalogue(facts, assumptions)
    _write(catalogue.tables, folder / CATALOGUE)
    write_sources(catalogue_sources(catalogue.tables), folder / CATALOGUE / SOURCES)
    stocks = stock_of_each(facts, assumptions.parameters)
    for name, region in assumptions.parameters.regions.items():
        tables = derive_region(name, facts, assumptions, catalogue)
        _write(tables, folder / name)
        account = region_sources(region, stocks[name], tables)
        write_sources(account, folder / name / SOURCES)
        (folder / name / "region.yaml").write_text(
            _region_yaml(name, assumptions), encoding="utf-8", newline="\n"
        )


def _write(tables: Tables, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")


def _region_yaml(name: str, assumptions: Assumptions) -> str:
    parameters = assumptions.parameters
    region = parameters.regions[name]
    retention = ", ".join(f"{year}: {share}" for year, share in parameters.retention.items())
    travel = ", ".join(f"{setting}: {value}" for setting, value in region.travel.items())
    return (
        f"name: {name}\n"
        f"title: {region.title}\n"
        "catalogue: ../catalogue\n"
        f"periods: {parameters.periods}\n"
        "# Share of a year's intake still there in that year of study: assumed, see SOURCES.md.\n"
        f"retention: {{{retention}}}\n"
        f"travel: {{{travel}}}\n"
    )
