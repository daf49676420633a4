"""Programmes, units, institutions and sites: each of use, and none that nobody can offer."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem
from coverage_opt.region.checks.registry import (
    Tables,
    needs,
    positions,
    suggestion,
    without,
)
from coverage_opt.region.names import ONLINE, OWN_UNIT


@needs("programmes", "curriculum")
def _programmes_without_units(tables: Tables) -> Iterator[Problem]:
    programmes = tables["programmes"]
    found = without(programmes, "programme", tables["curriculum"].rows["programme"])
    if found:
        advice = f"list its units in {tables['curriculum'].source}"
        yield programmes.problem("a programme without units", found, ["name"], advice)


@needs("units", "curriculum")
def _units_without_programme(tables: Tables) -> Iterator[Problem]:
    units = tables["units"]
    found = without(units, "unit", tables["curriculum"].rows["unit"])
    if found:
        advice = f"use it in {tables['curriculum'].source}, or remove it"
        yield units.problem("a unit no programme uses", found, ["name"], advice)


@needs("institutions", "sites")
def _institutions_without_site(tables: Tables) -> Iterator[Problem]:
    institutions = tables["institutions"]
    found = without(institutions, "institution", tables["sites"].rows["institution"])
    if found:
        advice = f"add its sites to {tables['sites'].source}, or remove it"
        yield institutions.problem("an institution without a site", found, ["name"], advice)


@needs("sites", "site_domains")
def _sites_without_domain(tables: Tables) -> Iterator[Problem]:
    sites = tables["sites"]
    found = without(sites, "site", tables["site_domains"].rows["site"])
    if found:
        advice = f"say in {tables['site_domains'].source} what it may teach"
        yield sites.problem("a site that may teach no domain", found, ["name"], advice)


@needs("programmes", "site_domains")
def _domains_nobody_teaches(tables: Tables) -> Iterator[Problem]:
    programmes = tables["programmes"]
    found = without(programmes, "domain", tables["site_domains"].rows["domain"])
    if found:
        taught = tables["site_domains"].rows["domain"]
        domains = programmes.rows["domain"].iloc[found]
        advice = suggestion(domains, taught.unique().tolist())
        what = "a programme nobody can offer: no site teaches its domain"
        yield programmes.problem(what, found, ["domain"], advice)


@needs("programmes")
def _pathway_in_the_name(tables: Tables) -> Iterator[Problem]:
    programmes = tables["programmes"]
    ending = programmes.rows["programme"].str.extract(r"-(BOL|BBL)$")[0]
    wrong = ending.notna() & (ending != programmes.rows["pathway"])
    if wrong.any():
        what = "the programme's identifier ends with the other pathway"
        yield programmes.problem(what, positions(wrong), ["pathway"], "make the two agree")


@needs("units", "sites")
def _reserved_names(tables: Tables) -> Iterator[Problem]:
    units, sites = tables["units"], tables["sites"]
    own = units.rows["unit"].str.startswith(OWN_UNIT)
    if own.any():
        what = f"a unit may not start with {OWN_UNIT!r}, which plans use themselves"
        yield units.problem(what, positions(own), advice="choose another identifier")
    online = sites.rows["site"] == ONLINE
    if online.any():
        what = f"a site may not be called {ONLINE!r}, which plans use themselves"
        yield sites.problem(what, positions(online), advice="choose another identifier")


@needs("institutions")
def _reserved_institution(tables: Tables) -> Iterator[Problem]:
    institutions = tables["institutions"]
    online = institutions.rows["institution"] == ONLINE
    if online.any():
        what = f"an institution may not be called {ONLINE!r}, which plans use themselves"
        yield institutions.problem(what, positions(online), advice="choose another identifier")


@needs("hybrids", "programmes")
def _hybrids_over_one_domain(tables: Tables) -> Iterator[Problem]:
    hybrids, programmes = tables["hybrids"], tables["programmes"].rows
    first = hybrids.rows.merge(
        programmes.drop_duplicates("programme")[["programme", "domain"]],
        on="programme",
        how="left",
        suffixes=("", "_first"),
    )
    same = first["domain"] == first["domain_first"]
    if same.any():
        what = f"the second domain of a programme is its domain in {tables['programmes'].source}"
        advice = "give another domain, or remove the row"
        yield hybrids.problem(what, positions(same), ["domain"], advice)


@needs("units", "programmes")
def _units_named_as_programmes(tables: Tables) -> Iterator[Problem]:
    units = tables["units"]
    same = units.rows["unit"].isin(tables["programmes"].rows["programme"])
    if same.any():
        what = f"a unit has the identifier of a programme in {tables['programmes'].source}"
        advice = "choose another identifier: a choice could mean either"
        yield units.problem(what, positions(same), advice=advice)
