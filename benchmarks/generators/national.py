"""All postcode areas of the Netherlands, with a made-up site in each town that plausibly has one.

Zones, programmes, stations and how many children live where are from the same public figures as
the shipped regions, by the same derivation; sites, colleges and what each may teach are made up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from derivation.assumptions import Assumptions, Parameters, read_assumptions
from derivation.derive import derive_catalogue
from derivation.facts import POSTCODES, Facts, read_facts
from derivation.labour import derive_openings
from derivation.network import (
    CROSSING_COLUMNS,
    as_stations,
    derive_rail,
    kilometres_between,
    served,
)
from derivation.popularity import derive_choices
from derivation.rounding import round_to_total
from derivation.units import slug
from derivation.zones import LEARNER_DECIMALS, MAIN, YOUTH_IN_2026

from benchmarks.generators.writing import SYNTHETIC, write_region

PERIOD = 2026
INHABITANTS_OF_A_TOWN = 25_000
"""A town of so many plausibly has a site."""
INHABITANTS_FOR_ALL = 90_000
"""A town of so many has all domains; smaller ones have those with the most learners."""
DOMAINS_OF_A_TOWN = 6
ENROLLED = 513_136.0
"""Learners enrolled in mbo, 2021/22 (CBS 83850NED)."""
INSTITUTION_KILOMETRES = 20.0
"""A town within so many kilometres of a larger one belongs to the same college."""
ISLANDS = {
    "Texel": ("Den Helder", (52.9620, 4.7820), (53.0050, 4.7830), 20.0),
    "Vlieland": ("Harlingen", (53.1750, 5.4130), (53.2960, 5.0900), 95.0),
    "Terschelling": ("Harlingen", (53.1750, 5.4130), (53.3600, 5.2200), 120.0),
    "Ameland": ("Holwerd", (53.3960, 5.8780), (53.4460, 5.7750), 50.0),
    "Schiermonnikoog": ("Lauwersoog", (53.4080, 6.2000), (53.4690, 6.1990), 45.0),
}
"""Municipality -> port, where the ferry sails from and to (latitude, longitude), minutes: places
read off a map and minutes off timetables, both rounded."""
ACROSS_THE_WESTERSCHELDE = ("Sluis", "Terneuzen", "Hulst")
WESTERSCHELDE = "zeeuws-vlaanderen"
Tables = dict[str, pd.DataFrame]


def write_national(folder_of_facts: Path, folder: Path) -> None:
    """Write the region; no policy, as the shipped ones fit.

    Args:
        folder_of_facts: with the public figures, as for the derivation.
        folder: where it is written.

    Raises:
        FactsMissingError: the folder or some of its files are not there.
    """
    facts, assumptions = read_facts(folder_of_facts), read_assumptions()
    parameters = assumptions.parameters
    tables = national_tables(facts, assumptions, read_areas(folder_of_facts))
    settings = {
        "name": "netherlands",
        "title": f"The Netherlands, with sites that are made up ({SYNTHETIC.lower()})",
        "periods": [PERIOD],
        "retention": parameters.retention,
    }
    write_region(folder, settings, tables, _sources(tables))


def read_areas(folder: Path) -> pd.DataFrame:
    """Read all postcode areas; the few without figures have no children, and lie by their code.

    Returns:
        As published, ordered by ``pc4``, without gaps in place, municipality, lat, lon,
        population and the children of 10 to 14.
    """
    areas = pd.read_csv(folder / POSTCODES, dtype={"pc4": str}).sort_values(
        "pc4", ignore_index=True
    )
    counts = ["population", YOUTH_IN_2026]
    areas[counts] = areas[counts].fillna(0.0)
    areas["place"] = areas["place"].fillna(areas["pc4"])
    near = ["municipality", "lat", "lon"]
    areas[near] = areas[near].ffill().bfill()
    return areas


def national_tables(facts: Facts, assumptions: Assumptions, areas: pd.DataFrame) -> Tables:
    """Return every table of the region.

    Args:
        facts: public figures.
        assumptions: those of the derivation.
        areas: from :func:`read_areas`.
    """
    parameters = assumptions.parameters
    catalogue = derive_catalogue(facts, assumptions)
    registered, shares = catalogue.registered, catalogue.shares
    landmass = landmass_of(areas["municipality"])
    sites = sites_of(areas.assign(landmass=landmass))
    learners = parameters.intake_of_stock * ENROLLED
    stations = _stations(facts)
    openings = derive_openings(
        learners,
        shares,
        registered["programmes"],
        registered["occupations"],
        registered["leads_to"],
        parameters,
    )
    return {
        **registered,
        "zones": _zones(areas, landmass),
        "cohorts": _cohorts(areas, learners),
        "choices": derive_choices(
            shares, registered["programmes"], registered["curriculum"], parameters
        ),
        "openings": openings[openings["period"] == PERIOD],
        "institutions": _institutions(sites),
        "sites": sites.drop(columns="population"),
        "site_domains": site_domains_of(sites, registered["programmes"], shares),
        "stations": stations,
        "rail": derive_rail(facts, stations),
        "crossings": _crossings(parameters),
    }


def landmass_of(municipality: pd.Series) -> pd.Series:
    """Return what an area can be reached from without a crossing or train."""
    own = {name: slug(name) for name in ISLANDS}
    own |= dict.fromkeys(ACROSS_THE_WESTERSCHELDE, WESTERSCHELDE)
    return municipality.map(own).fillna(MAIN)


def _zones(areas: pd.DataFrame, landmass: pd.Series) -> pd.DataFrame:
    columns = {"pc4": "zone", "place": "name", "lat": "latitude", "lon": "longitude"}
    return areas.rename(columns=columns).assign(landmass=landmass)


def _cohorts(areas: pd.DataFrame, learners: float) -> pd.DataFrame:
    """Spread the learners over the areas as the children who are then 15 to 19 live."""
    youth = areas[YOUTH_IN_2026].to_numpy(dtype=float)
    spread = round_to_total(learners * youth / youth.sum(), LEARNER_DECIMALS)
    return pd.DataFrame({"zone": areas["pc4"], "period": PERIOD, "learners": spread})


def sites_of(areas: pd.DataFrame) -> pd.DataFrame:
    """Put a site in every town that is large enough, in the middle of those who live there.

    Args:
        areas: columns municipality, place, lat, lon, population, landmass.

    Returns:
        sites.csv, largest town first, and ``population``, inhabitants of the town.
    """
    lived_in = areas[areas["population"] > 0]
    weight = lived_in["population"]
    middle = lived_in[["lat", "lon"]].mul(weight, axis=0)
    town = [lived_in["municipality"], lived_in["place"], lived_in["landmass"]]
    totals = middle.assign(population=weight).groupby(town).sum().reset_index()
    towns = totals[totals["population"] >= INHABITANTS_OF_A_TOWN]
    towns = towns.sort_values(["population", "place"], ascending=[False, True], ignore_index=True)
    doubtful = towns["place"].duplicated(keep=False)
    names = towns["place"].where(~doubtful, towns["place"] + " " + towns["municipality"])
    sites = pd.DataFrame(
        {
            "site": names.map(slug),
            "name": f"{SYNTHETIC} site " + names,
            "town": towns["place"],
            "latitude": (towns["lat"] / towns["population"]).round(5),
            "longitude": (towns["lon"] / towns["population"]).round(5),
            "landmass": towns["landmass"],
            "population": towns["population"],
        }
    )
    return sites.assign(institution=_colleges(sites))


def _colleges(sites: pd.DataFrame) -> list[str]:
    """Give each town to the college of a larger one nearby, or one of its own."""
    apart = kilometres_between(sites, sites)
    seats: list[int] = []
    names = []
    for place, site in enumerate(sites["site"]):
        near = [seat for seat in seats if apart[place, seat] <= INSTITUTION_KILOMETRES]
        if near:
            nearest = min(near, key=lambda seat: apart[place, seat])
            names.append(f"college-{sites['site'].iloc[nearest]}")
        else:
            seats.append(place)
            names.append(f"college-{site}")
    return names


def _institutions(sites: pd.DataFrame) -> pd.DataFrame:
    colleges = pd.Series(sorted(set(sites["institution"])))
    return pd.DataFrame({"institution": colleges, "name": f"{SYNTHETIC} " + colleges})


def site_domains_of(
    sites: pd.DataFrame, programmes: pd.DataFrame, shares: pd.Series
) -> pd.DataFrame:
    """Let large towns teach all domains, smaller ones those that most learners ask for.

    Args:
        sites: columns site, population.
        programmes: columns programme, domain.
        shares: of starters by programme.
    """
    domain = programmes.set_index("programme")["domain"]
    asked = shares.groupby(domain.loc[shares.index]).sum().sort_values(ascending=False)
    rows = [
        (site, name)
        for site, population in zip(sites["site"], sites["population"], strict=True)
        for name in asked.index[: None if population >= INHABITANTS_FOR_ALL else DOMAINS_OF_A_TOWN]
    ]
    return pd.DataFrame(rows, columns=["site", "domain"])


def _stations(facts: Facts) -> pd.DataFrame:
    """Return all stations of the country with trains every day."""
    known = served(facts)
    return as_stations(known[known["land"] == "NL"])


def _crossings(parameters: Parameters) -> pd.DataFrame:
    """Return the ferries to the islands, and what crosses the Westerschelde."""
    rows: list[tuple[Any, ...]] = [
        (
            f"ferry-{slug(name)}",
            f"Ferry {port} - {name}",
            *(*quay, MAIN),
            *(*landing, slug(name)),
            *(minutes, "ferry"),
        )
        for name, (port, quay, landing, minutes) in ISLANDS.items()
    ]
    rows += [
        (own.crossing, own.name, *own.start, *own.end, own.minutes, own.mode)
        for own in parameters.crossings["zeeland"]
    ]
    return pd.DataFrame(rows, columns=CROSSING_COLUMNS)


def _sources(tables: Tables) -> str:
    return (
        f"# {SYNTHETIC}\n\n"
        "A benchmark, not a plan for anybody. Made by `python -m benchmarks generate national`.\n\n"
        "- **Measured**: all 4,074 postcode areas and the children who live there (CBS, CC BY\n"
        "  4.0), railway stations and distances (rijdendetreinen.nl, CC0), qualifications.\n"
        "- **Derived** as for the shipped regions: programmes, units, wishes, openings.\n"
        "  A third of the learners enrolled start each year; nobody is counted as an adult.\n"
        f"- **Made up**: all {len(tables['sites'])} sites, one in each town of "
        f"{INHABITANTS_OF_A_TOWN:,} inhabitants or more;\n"
        f"  the {len(tables['institutions'])} colleges they belong to; what they may teach (all "
        f"domains from {INHABITANTS_FOR_ALL:,} inhabitants on,\n"
        f"  else the {DOMAINS_OF_A_TOWN} most asked for). No real school is in it.\n"
    )
