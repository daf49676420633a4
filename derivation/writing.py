"""Write the catalogue and every region, one folder each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from derivation.assumptions import Assumptions
from derivation.borders import derive_borders
from derivation.derive import asking_of_each, derive_catalogue, derive_region, money_of_all
from derivation.facts import Facts
from derivation.features import Entry
from derivation.rounding import write_table
from derivation.sources import catalogue_sources, region_sources, write_sources
from derivation.zones import stock_of_each

CATALOGUE = "catalogue"
SOURCES = "SOURCES.md"
BOUNDARIES = "boundaries.geojson"
Tables = dict[str, pd.DataFrame]


def write_instances(facts: Facts, assumptions: Assumptions, folder: Path) -> None:
    """Write the catalogue and every region into ``folder``, one folder each."""
    catalogue = derive_catalogue(facts, assumptions)
    _write(catalogue.tables, folder / CATALOGUE)
    write_sources(
        catalogue_sources(catalogue.tables, assumptions.features), folder / CATALOGUE / SOURCES
    )
    stocks = stock_of_each(facts, assumptions.parameters)
    asking = asking_of_each(facts, assumptions, catalogue)
    money = money_of_all(facts, assumptions, catalogue, asking)
    for name, region in assumptions.parameters.regions.items():
        tables = derive_region(name, facts, assumptions, catalogue, asking[name])
        _write(tables, folder / name)
        _write_text(derive_borders(facts, tables["zones"]), folder / name / BOUNDARIES)
        features = assumptions.features
        account = region_sources(region, stocks[name], tables, asking[name], features, money)
        write_sources(account, folder / name / SOURCES)
        _write_text(region_yaml(name, assumptions, money), folder / name / "region.yaml")


def region_yaml(name: str, assumptions: Assumptions, money: Mapping[str, object]) -> str:
    """Return the settings of a region, with what each block rests on."""
    parameters = assumptions.parameters
    region = parameters.regions[name]
    entry = assumptions.features.money.entry
    return (
        f"name: {name}\n"
        f"title: {region.title}\n"
        "catalogue: ../catalogue\n"
        f"periods: {parameters.periods}\n"
        "# Share of a year's intake still there in that year of study: assumed, see SOURCES.md.\n"
        f"retention: {_mapping(parameters.retention)}\n"
        f"travel: {_mapping(region.travel)}\n"
        "# EUR, prices of 2019. The funding is derived from published totals, the cost of a group\n"
        "# hour from that; the weights are the published formula; the rest is assumed.\n"
        f"money:\n{_block(money)}"
        "# Entry moments a year, and who waits for another one than the first: assumed.\n"
        f"entry:\n{_block({kind: _entry(own) for kind, own in entry.items()})}"
    )


def _write(tables: Tables, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")


def _write_text(text: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _entry(entry: Entry) -> Mapping[str, float]:
    return {"moments": entry.moments, "waits": entry.waits}


def _block(entries: Mapping[str, object]) -> str:
    return "".join(f"  {key}: {_value(value)}\n" for key, value in entries.items())


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return _mapping(value)
    # Whole amounts are written as such.
    return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)


def _mapping(entries: Mapping[int, float] | Mapping[str, float]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
