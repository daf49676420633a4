"""A region in figures: what ``check`` shows when nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coverage_opt.cli.figures import amount, euros, percentage
from coverage_opt.cli.years import listed
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import BASELINE

FAR_MINUTES = 90.0


def show(region: Region, console: Console) -> None:
    """Print how much of everything is in a region, and what stands out."""
    console.print(Text(f"{region.title} ({region.name}): no problems found", style="bold"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for what, figure in (*_counts(region), *_learners(region)):
        table.add_row(what, figure)
    console.print(table)
    for sentence in (*_scenario_sets(region), *_what_else(region), far_away(region)):
        console.print(Text(sentence))


def far_away(region: Region) -> str:
    """Name the zones from which the nearest site is more than 90 minutes away."""
    nearest = region.minutes.min(axis=1)
    far = [region.zone_name(str(zone)) for zone in nearest.index[nearest > FAR_MINUTES]]
    if not far:
        return f"Every zone has a site within {FAR_MINUTES:.0f} minutes."
    return f"More than {FAR_MINUTES:.0f} minutes from every site: {', '.join(far)}."


def _counts(region: Region) -> Iterator[tuple[str, str]]:
    for what, number in {
        "zones": len(region.zones),
        "sites": len(region.sites),
        "institutions": len(region.institutions),
        "programmes": len(region.programmes),
        "teaching units": len(region.units),
        "occupations": len(region.occupations),
        "  with a shortage": int((region.occupations["weight"] > 0).sum()),
    }.items():
        yield what, f"{number:,}"
    if len(region.hybrids):
        yield "  programmes over two domains", f"{region.hybrids['programme'].nunique():,}"
    if region.has("current"):
        current = region.current
        yield "offers today", f"{len(current):,}"
        yield "  programmes", f"{current['programme'].nunique():,}"
        yield "  learners a year who start there", amount(float(current["learners"].sum()))


def _learners(region: Region) -> Iterator[tuple[str, str]]:
    """Yield who asks for a place in each period; adults who ask for single units apart."""
    programmes = {*region.programmes["programme"]} | _orientation(region)
    for period in region.periods:
        demand = region.demand(period)
        adults = demand["learner"] == "adult"
        alone = ~demand["choice"].isin(programmes)
        yield f"learners a year in {period}", _sum(demand[~adults])
        if adults.any():
            yield "  adults besides", _sum(demand[adults & ~alone])
        if alone.any():
            yield "  adults for a single unit", _sum(demand[alone])


def _orientation(region: Region) -> set[str]:
    units = region.units
    return {*units.loc[units["kind"] == "orientation", "unit"]}


def _sum(demand: pd.DataFrame) -> str:
    return amount(float(demand["learners"].sum()))


def _scenario_sets(region: Region) -> Iterator[str]:
    for name in region.scenario_sets:
        if name != BASELINE:
            each = [
                f"{one.title} ({percentage(one.probability, 0)})"
                for one in region.scenario_set(name)
            ]
            yield f"Scenario set {name}: {listed(each)}."


def _what_else(region: Region) -> Iterator[str]:
    """Yield what the region knows of money, and the tables that some rules need."""
    money = region.money
    if money is not None:
        yield (
            f"Money: a learner is funded with {euros(money.funding_per_learner)} a year, a group "
            f"costs {euros(money.cost_per_group_hour)} an hour."
        )
    known = {
        "teachers": "teachers",
        "site_capacity": "places at sites",
        "facilities": "facilities",
        "workplaces": "workplaces",
        "afterwards": "choices after orientation",
    }
    there = [words for table, words in known.items() if region.has(table)]
    missing = [words for table, words in known.items() if not region.has(table)]
    missing += [] if money is not None else ["money"]
    missing += [] if region.has("current") else ["today's offering"]
    if there:
        yield f"Also known: {listed(there)}."
    if missing:
        yield f"Not known: {listed(missing)}."
    for learners, entry in region.entry.items():
        yield (
            f"{learners}: {entry.moments} moments of entry a year; where there is only one, "
            f"{percentage(entry.waits, 0)} of the others wait for it."
        )
