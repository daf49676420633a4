"""Compose the catalogue and the regions from their parts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from derivation.adults import Asking, derive_adult_choices, derive_adult_cohorts, split_by_age
from derivation.assumptions import Assumptions
from derivation.capacity import (
    Today,
    derive_afterwards,
    derive_facilities,
    derive_requirements,
    derive_site_capacity,
    derive_teachers,
    derive_workplaces,
)
from derivation.facts import Facts
from derivation.futures import derive_factors, derive_scenarios
from derivation.hybrids import add_hybrids, ask_for_hybrids
from derivation.labour import (
    derive_leads_to,
    derive_occupations,
    derive_openings,
    keep_main_domain,
)
from derivation.loads import loads_of_starters, nearest_sites
from derivation.money import derive_money
from derivation.network import derive_crossings, derive_rail, derive_stations
from derivation.places import derive_institutions, derive_site_domains, derive_sites
from derivation.popularity import ask_for_what_is_near, derive_choices, derive_shares
from derivation.programmes import derive_programmes, derive_qualifications
from derivation.substitution import derive_accept
from derivation.units import derive_units
from derivation.zones import derive_cohorts, derive_zones, intake, postcodes_of, stock_of_each

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Catalogue:
    """What all regions share.

    Attributes:
        tables: as they are written.
        registered: the tables without cross-overs, which the figures of today rest on.
        shares: of starters by programme, unrounded and national.
        loads: what a starter of each programme asks for.
    """

    tables: Tables
    registered: Tables
    shares: pd.Series
    loads: pd.DataFrame


def derive_catalogue(facts: Facts, assumptions: Assumptions) -> Catalogue:
    """Derive every table that all regions share."""
    parameters, features = assumptions.parameters, assumptions.features
    qualifications = derive_qualifications(facts, assumptions)
    programmes = derive_programmes(qualifications)
    units, curriculum = derive_units(facts, qualifications, programmes, parameters)
    shares = derive_shares(qualifications, programmes, parameters)
    registered = {
        "programmes": programmes,
        "units": units,
        "curriculum": curriculum,
        "accept": derive_accept(programmes, shares, parameters.substitution),
        "occupations": derive_occupations(assumptions),
        "leads_to": keep_main_domain(derive_leads_to(programmes, assumptions), programmes, shares),
    }
    tables = add_hybrids(registered, features.hybrids, parameters)
    at_most = features.adults.programmes_at_most
    young = split_by_age(shares, programmes, 1.0, at_most).young
    tables |= {
        "requirements": derive_requirements(
            tables["programmes"], features.capacity, features.hybrids
        ),
        "afterwards": derive_afterwards(
            tables, shares, features.hybrids, features.capacity.afterwards
        ),
        "scenarios": derive_scenarios(features.scenarios),
        "factors": derive_factors(features.scenarios, registered, young),
    }
    return Catalogue(
        tables, registered, shares, loads_of_starters(registered, parameters.retention)
    )


def asking_of_each(
    facts: Facts, assumptions: Assumptions, catalogue: Catalogue
) -> dict[str, Asking]:
    """Return who asks for what in the first period, by region."""
    parameters = assumptions.parameters
    programmes = catalogue.registered["programmes"]
    at_most = assumptions.features.adults.programmes_at_most
    asking = {}
    for name, stock in stock_of_each(facts, parameters).items():
        learners = intake(stock, parameters.periods[0], parameters)
        near = ask_for_what_is_near(catalogue.shares, programmes, learners, parameters)
        asking[name] = split_by_age(near, programmes, learners, at_most)
    return asking


def money_of_all(
    facts: Facts, assumptions: Assumptions, catalogue: Catalogue, asking: dict[str, Asking]
) -> dict[str, object]:
    """Derive the money block, the same for every region."""
    parameters = assumptions.parameters
    learners = sum((own.everybody for own in asking.values()), start=0.0 * catalogue.shares)
    sites = sum(
        len(derive_sites(facts, region, parameters)) for region in parameters.regions.values()
    )
    programmes = catalogue.registered["programmes"]
    money = assumptions.features.money.money
    return derive_money(programmes, catalogue.loads, learners, sites, money)


def derive_region(
    name: str, facts: Facts, assumptions: Assumptions, catalogue: Catalogue, asking: Asking
) -> Tables:
    """Derive every table of one region."""
    parameters = assumptions.parameters
    region = parameters.regions[name]
    areas = postcodes_of(facts, region)
    stock = stock_of_each(facts, parameters)[name]
    sites = derive_sites(facts, region, parameters)
    zones = derive_zones(areas, region)
    stations = derive_stations(facts, zones, region, parameters)
    registered = catalogue.registered
    tables = {
        "zones": zones,
        "cohorts": derive_cohorts(areas, stock, asking.adults, parameters),
        "institutions": derive_institutions(sites, parameters),
        "sites": sites,
        "site_domains": derive_site_domains(sites, parameters),
        "openings": derive_openings(
            asking.learners,
            catalogue.shares,
            registered["programmes"],
            registered["occupations"],
            registered["leads_to"],
            parameters,
        ),
        "stations": stations,
        "rail": derive_rail(facts, stations),
        "crossings": derive_crossings(name, parameters),
    }
    tables |= _wishes(areas, tables["site_domains"], assumptions, catalogue, asking)
    tables |= _limits(tables, assumptions, catalogue, asking)
    return tables | _current(name, assumptions)


def _wishes(
    areas: pd.DataFrame,
    site_domains: pd.DataFrame,
    assumptions: Assumptions,
    catalogue: Catalogue,
    asking: Asking,
) -> Tables:
    """Derive what the young and the adults ask for, and where the adults live."""
    parameters, features = assumptions.parameters, assumptions.features
    registered, tables = catalogue.registered, catalogue.tables
    young = ask_for_hybrids(asking.young, registered["programmes"], features.hybrids, site_domains)
    return {
        "choices": derive_choices(young, tables["programmes"], tables["curriculum"], parameters),
        "adult_cohorts": derive_adult_cohorts(areas, asking, features.adults, parameters.periods),
        "adult_choices": derive_adult_choices(asking, registered, features.adults),
    }


def _limits(
    tables: Tables, assumptions: Assumptions, catalogue: Catalogue, asking: Asking
) -> Tables:
    """Derive how much there is of teachers, places, facilities and workplaces."""
    capacity = assumptions.features.capacity
    sites = tables["sites"]
    cohorts, adults = (
        tables[name].query("period == period.min()").set_index("zone")["learners"]
        for name in ("cohorts", "adult_cohorts")
    )
    today = Today(
        learners=asking.everybody,
        programmes=catalogue.registered["programmes"].set_index("programme"),
        loads=catalogue.loads,
        at_sites=nearest_sites(cohorts.add(adults), tables["zones"], sites, tables["site_domains"]),
    )
    return {
        "teachers": derive_teachers(today, sites, capacity.teachers),
        "site_capacity": derive_site_capacity(today, capacity.places),
        "facilities": derive_facilities(sites, capacity),
        "workplaces": derive_workplaces(today, capacity.workplaces),
    }


def _current(name: str, assumptions: Assumptions) -> Tables:
    """Copy today's offering, where there is one."""
    return {"current": assumptions.current[name]} if name in assumptions.current else {}
