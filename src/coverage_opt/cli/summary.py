"""A region in figures: what ``check`` shows when nothing is wrong."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from coverage_opt.cli.figures import amount
from coverage_opt.region.region import Region

FAR_MINUTES = 90.0


def show(region: Region, console: Console) -> None:
    """Print how much of everything is in a region, and which zones are far from every site."""
    console.print(Text(f"{region.title} ({region.name}): no problems found", style="bold"))
    learners = region.cohorts.groupby("period")["learners"].sum()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for what, number in {
        "zones": len(region.zones),
        "sites": len(region.sites),
        "institutions": len(region.institutions),
        "programmes": len(region.programmes),
        "teaching units": len(region.units),
        "occupations": len(region.occupations),
        "  with a shortage": int((region.occupations["weight"] > 0).sum()),
    }.items():
        table.add_row(what, f"{number:,}")
    for period in region.periods:
        table.add_row(f"learners a year in {period}", amount(float(learners.get(period, 0.0))))
    console.print(table)
    console.print(Text(far_away(region)))


def far_away(region: Region) -> str:
    """Name the zones from which the nearest site is more than 90 minutes away."""
    nearest = region.minutes.min(axis=1)
    far = [region.zone_name(str(zone)) for zone in nearest.index[nearest > FAR_MINUTES]]
    if not far:
        return f"Every zone has a site within {FAR_MINUTES:.0f} minutes."
    return f"More than {FAR_MINUTES:.0f} minutes from every site: {', '.join(far)}."
