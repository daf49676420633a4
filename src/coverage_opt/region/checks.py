"""What the tables of a region must say together: each check a small function that finds problems.

A check runs when every table it needs could be read to the last row; otherwise what it would say
might only follow from the rows that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_opt.errors import ROWS_SHOWN, Problem
from coverage_opt.reading.tables import Table
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region.region import ONLINE, OWN_UNIT

SUM_TOLERANCE = 1e-6

Check = Callable[[Mapping[str, Table]], Iterator[Problem]]

_CHECKS: list[tuple[tuple[str, ...], Check]] = []


@dataclass(frozen=True)
class Reference:
    """A column whose every value must be in a column of another table."""

    table: str
    column: str
    target: str
    target_column: str


REFERENCES = (
    Reference("cohorts", "zone", "zones", "zone"),
    Reference("demand", "zone", "zones", "zone"),
    Reference("sites", "institution", "institutions", "institution"),
    Reference("site_domains", "site", "sites", "site"),
    Reference("site_domains", "domain", "programmes", "domain"),
    Reference("curriculum", "programme", "programmes", "programme"),
    Reference("curriculum", "unit", "units", "unit"),
    Reference("accept", "programme", "programmes", "programme"),
    Reference("openings", "occupation", "occupations", "occupation"),
    Reference("leads_to", "programme", "programmes", "programme"),
    Reference("leads_to", "occupation", "occupations", "occupation"),
    Reference("rail", "from_station", "stations", "station"),
    Reference("rail", "to_station", "stations", "station"),
    Reference("travel", "zone", "zones", "zone"),
    Reference("travel", "site", "sites", "site"),
    Reference("site_travel", "from_site", "sites", "site"),
    Reference("site_travel", "to_site", "sites", "site"),
)


def table_problems(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield every way in which the tables of a region contradict each other."""
    readable = {name for name, table in tables.items() if table.whole}
    for reference in REFERENCES:
        if {reference.table, reference.target} <= readable:
            yield from _unknown(tables, reference)
    for needed, check in _CHECKS:
        if set(needed) <= readable:
            yield from check(tables)


def period_problems(
    tables: Mapping[str, Table], periods: tuple[int, ...], settings: str
) -> Iterator[Problem]:
    """Yield where tables do not have the periods of ``region.yaml`` (called `settings`)."""
    for name, owner in (("cohorts", "zone"), ("openings", "occupation"), ("demand", "zone")):
        table = tables.get(name)
        if table is None or not table.whole:
            continue
        strange = ~table.rows["period"].isin(periods) & table.rows["period"].notna()
        if strange.any():
            advice = f"{settings} has the periods {', '.join(map(str, periods))}"
            what = "a period the region is not planned for"
            yield table.problem(what, _positions(strange), advice=advice)
        if name != "demand" and f"{owner}s" in tables and tables[f"{owner}s"].whole:
            yield from _missing_periods(table, tables[f"{owner}s"], owner, periods)
        if name != "openings":
            yield from _empty_periods(table, periods)


def unreached_problems(minutes: pd.DataFrame, zones: Table) -> Iterator[Problem]:
    """Yield the zones from which no site can be reached.

    Args:
        minutes: index zone, columns site; inf where unreachable.
        zones: the table of zones.
    """
    reached = minutes.index[np.isfinite(minutes.to_numpy()).any(axis=1)]
    lost = ~zones.rows["zone"].isin(reached)
    if lost.any():
        yield zones.problem(
            "a zone from which no site can be reached",
            _positions(lost),
            ["name", "landmass"],
            "check its coordinates and landmass, add a crossing, or widen the limits of travel",
        )


def needs(*tables: str) -> Callable[[Check], Check]:
    """Register a check that runs when these tables could be read whole."""

    def register(check: Check) -> Check:
        _CHECKS.append((tables, check))
        return check

    return register


def _positions(at_fault: pd.Series) -> list[int]:
    positions: list[int] = np.flatnonzero(at_fault.to_numpy(dtype=bool)).tolist()
    return positions


def _without(table: Table, column: str, used: pd.Series) -> list[int]:
    values = table.rows[column]
    return _positions(~values.isin(used) & (values != ""))


def _suggestion(names: pd.Series, known: list[str]) -> str:
    """Return advice for the first unknown names; all of them when each has its own."""
    unknown = list(dict.fromkeys(names))[:ROWS_SHOWN]
    advice = [(name, did_you_mean(name, known)) for name in unknown]
    if len(advice) == 1 or len({said for _, said in advice}) == 1:
        return advice[0][1]
    return "; ".join(f"{name}: {said}" for name, said in advice if said)


def _unknown(tables: Mapping[str, Table], reference: Reference) -> Iterator[Problem]:
    table, target = tables[reference.table], tables[reference.target]
    values, known = table.rows[reference.column], target.rows[reference.target_column]
    unknown = ~values.isin(known) & (values != "")
    if unknown.any():
        yield table.problem(
            f"{reference.column} is not in {target.source}",
            _positions(unknown),
            [reference.column],
            _suggestion(values[unknown], known.unique().tolist()),
        )


def _missing_periods(
    table: Table, owners: Table, owner: str, periods: tuple[int, ...]
) -> Iterator[Problem]:
    given = set(zip(table.rows[owner], table.rows["period"], strict=True))
    rows = []
    for name in dict.fromkeys(owners.rows[owner]):
        missing = [str(period) for period in periods if (name, period) not in given]
        if missing:
            rows.append(f"{owner} {name}: nothing for {', '.join(missing)}")
    if rows:
        what = f"not every {owner} has a row for every period"
        yield Problem(what, table.source, tuple(rows), "add the rows, with 0 where it is none")


def _empty_periods(table: Table, periods: tuple[int, ...]) -> Iterator[Problem]:
    if table.rows["learners"].isna().any():
        return
    learners = table.rows.groupby("period")["learners"].sum()
    empty = [str(period) for period in periods if learners.get(period, 0.0) <= 0]
    if empty:
        rows = tuple(f"period {period}" for period in empty)
        advice = "give learners, or leave the period out of the region"
        yield Problem("a period without any learners", table.source, rows, advice)


@needs("programmes", "curriculum")
def _programmes_without_units(tables: Mapping[str, Table]) -> Iterator[Problem]:
    programmes = tables["programmes"]
    found = _without(programmes, "programme", tables["curriculum"].rows["programme"])
    if found:
        advice = f"list its units in {tables['curriculum'].source}"
        yield programmes.problem("a programme without units", found, ["name"], advice)


@needs("units", "curriculum")
def _units_without_programme(tables: Mapping[str, Table]) -> Iterator[Problem]:
    units = tables["units"]
    found = _without(units, "unit", tables["curriculum"].rows["unit"])
    if found:
        advice = f"use it in {tables['curriculum'].source}, or remove it"
        yield units.problem("a unit no programme uses", found, ["name"], advice)


@needs("occupations", "leads_to")
def _occupations_without_programme(tables: Mapping[str, Table]) -> Iterator[Problem]:
    occupations = tables["occupations"]
    found = _without(occupations, "occupation", tables["leads_to"].rows["occupation"])
    if found:
        advice = f"add a programme in {tables['leads_to'].source}, or remove the occupation"
        what = "an occupation no programme leads to"
        yield occupations.problem(what, found, ["name"], advice)


@needs("institutions", "sites")
def _institutions_without_site(tables: Mapping[str, Table]) -> Iterator[Problem]:
    institutions = tables["institutions"]
    found = _without(institutions, "institution", tables["sites"].rows["institution"])
    if found:
        advice = f"add its sites to {tables['sites'].source}, or remove it"
        yield institutions.problem("an institution without a site", found, ["name"], advice)


@needs("sites", "site_domains")
def _sites_without_domain(tables: Mapping[str, Table]) -> Iterator[Problem]:
    sites = tables["sites"]
    found = _without(sites, "site", tables["site_domains"].rows["site"])
    if found:
        advice = f"say in {tables['site_domains'].source} what it may teach"
        yield sites.problem("a site that may teach no domain", found, ["name"], advice)


@needs("programmes", "site_domains")
def _domains_nobody_teaches(tables: Mapping[str, Table]) -> Iterator[Problem]:
    programmes = tables["programmes"]
    found = _without(programmes, "domain", tables["site_domains"].rows["domain"])
    if found:
        taught = tables["site_domains"].rows["domain"]
        domains = programmes.rows["domain"].iloc[found]
        advice = _suggestion(domains, taught.unique().tolist())
        what = "a programme nobody can offer: no site teaches its domain"
        yield programmes.problem(what, found, ["domain"], advice)


@needs("programmes")
def _pathway_in_the_name(tables: Mapping[str, Table]) -> Iterator[Problem]:
    programmes = tables["programmes"]
    ending = programmes.rows["programme"].str.extract(r"-(BOL|BBL)$")[0]
    wrong = ending.notna() & (ending != programmes.rows["pathway"])
    if wrong.any():
        what = "the programme's identifier ends with the other pathway"
        yield programmes.problem(what, _positions(wrong), ["pathway"], "make the two agree")


@needs("units", "sites")
def _reserved_names(tables: Mapping[str, Table]) -> Iterator[Problem]:
    units, sites = tables["units"], tables["sites"]
    own = units.rows["unit"].str.startswith(OWN_UNIT)
    if own.any():
        what = f"a unit may not start with {OWN_UNIT!r}, which plans use themselves"
        yield units.problem(what, _positions(own), advice="choose another identifier")
    online = sites.rows["site"] == ONLINE
    if online.any():
        what = f"a site may not be called {ONLINE!r}, which plans use themselves"
        yield sites.problem(what, _positions(online), advice="choose another identifier")


@needs("units", "programmes")
def _units_named_as_programmes(tables: Mapping[str, Table]) -> Iterator[Problem]:
    units = tables["units"]
    same = units.rows["unit"].isin(tables["programmes"].rows["programme"])
    if same.any():
        what = f"a unit has the identifier of a programme in {tables['programmes'].source}"
        advice = "choose another identifier: a choice could mean either"
        yield units.problem(what, _positions(same), advice=advice)


@needs("choices", "programmes", "units")
def _choices_known(tables: Mapping[str, Table]) -> Iterator[Problem]:
    yield from _choice_problems(tables, tables["choices"])


@needs("accept", "programmes", "units")
def _accepting_choices_known(tables: Mapping[str, Table]) -> Iterator[Problem]:
    yield from _choice_problems(tables, tables["accept"])


@needs("demand", "programmes", "units")
def _demanded_choices_known(tables: Mapping[str, Table]) -> Iterator[Problem]:
    yield from _choice_problems(tables, tables["demand"])


def _choice_problems(tables: Mapping[str, Table], asking: Table) -> Iterator[Problem]:
    programmes, units = tables["programmes"].rows["programme"], tables["units"].rows
    orientation = units.loc[units["kind"] == "orientation", "unit"]
    choices = asking.rows["choice"]
    known = choices.isin(programmes) | choices.isin(orientation)
    other_unit = ~known & choices.isin(units["unit"])
    if other_unit.any():
        advice = "ask for a programme, or for a unit of kind orientation"
        what = "a choice names a unit that is not an orientation unit"
        yield asking.problem(what, _positions(other_unit), advice=advice)
    unknown = ~known & ~other_unit & (choices != "")
    if unknown.any():
        names = [*programmes, *orientation]
        what = "choice is neither a programme nor an orientation unit"
        advice = _suggestion(choices[unknown], names)
        yield asking.problem(what, _positions(unknown), advice=advice)


@needs("accept", "curriculum")
def _implied_acceptance(tables: Mapping[str, Table]) -> Iterator[Problem]:
    accept = tables["accept"]
    own = accept.rows["choice"] == accept.rows["programme"]
    if own.any():
        what = "a choice accepts its own programme, which is implied"
        yield accept.problem(what, _positions(own), ["share"], "remove the row")
    curriculum = tables["curriculum"].rows
    using = set(zip(curriculum["unit"], curriculum["programme"], strict=True))
    pairs = zip(accept.rows["choice"], accept.rows["programme"], strict=True)
    implied = [position for position, pair in enumerate(pairs) if pair in using]
    if implied:
        what = "an orientation choice accepts a programme that uses the unit, which is implied"
        yield accept.problem(what, implied, ["share"], "remove the row")


@needs("choices")
def _choice_shares(tables: Mapping[str, Table]) -> Iterator[Problem]:
    total = tables["choices"].rows["share"].sum(skipna=False)
    if abs(total - 1) > SUM_TOLERANCE:
        what = f"the shares sum to {total:.10g}, not to 1"
        advice = f"divide every share by {total:.10g}" if total > 0 else ""
        yield Problem(what, tables["choices"].source, advice=advice)


@needs("leads_to")
def _graduate_shares(tables: Mapping[str, Table]) -> Iterator[Problem]:
    leads_to = tables["leads_to"]
    totals = leads_to.rows.groupby("programme", sort=False)["share"].sum()
    above = totals[totals > 1 + SUM_TOLERANCE]
    if len(above):
        rows = tuple(f"programme {name}: {total:.10g}" for name, total in above.items())
        what = "the shares of a programme's graduates sum to more than 1"
        yield Problem(what, leads_to.source, rows, "lower them: a graduate enters one occupation")


@needs("travel", "zones", "sites")
def _travel_pairs(tables: Mapping[str, Table]) -> Iterator[Problem]:
    travel = tables["travel"]
    given = set(zip(travel.rows["zone"], travel.rows["site"], strict=True))
    zones, sites = tables["zones"].rows["zone"].unique(), tables["sites"].rows["site"].unique()
    missing = tuple(
        f"zone {zone}, site {site}" for zone in zones for site in sites if (zone, site) not in given
    )
    if missing:
        what = "not every zone has minutes to every site"
        yield Problem(what, travel.source, missing, "add the rows")


@needs("site_travel", "sites")
def _site_travel_pairs(tables: Mapping[str, Table]) -> Iterator[Problem]:
    travel = tables["site_travel"]
    given = set(zip(travel.rows["from_site"], travel.rows["to_site"], strict=True))
    sites = tables["sites"].rows["site"].unique()
    missing = tuple(
        f"from_site {start}, to_site {end}"
        for start in sites
        for end in sites
        if start != end and (start, end) not in given
    )
    if missing:
        what = "not every site has minutes to every other site"
        yield Problem(what, travel.source, missing, "add the rows")
    itself = (travel.rows["from_site"] == travel.rows["to_site"]) & (travel.rows["minutes"] > 0)
    if itself.any():
        what = "a site is not 0 minutes from itself"
        yield travel.problem(what, _positions(itself), ["minutes"], "write 0, or remove the row")


@needs("rail")
def _rail_twice(tables: Mapping[str, Table]) -> Iterator[Problem]:
    rail = tables["rail"]
    columns = [column for column in rail.rows.columns if column != "kilometres"]
    twice = rail.rows.duplicated(columns, keep=False)
    if twice.any():
        what = "the same connection is given more than once"
        yield rail.problem(what, _positions(twice), [*columns, "kilometres"], "keep one row")
    itself = rail.rows["from_station"] == rail.rows["to_station"]
    if itself.any():
        what = "a connection leads to the station it leaves"
        yield rail.problem(what, _positions(itself), columns, "remove the row")
