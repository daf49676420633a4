"""What opens, what closes and what merges, year by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from coverage_opt.cli.names import Names
from coverage_opt.cli.years import listed
from coverage_opt.plan.plan import Plan
from coverage_opt.plan.weighing import sizes_of_changes

EVENTS = ("opens", "closes", "merges")
NAMES_SHOWN = 4
"""Programmes that are named where more of them do the same."""
LINES_SHOWN = 8
"""Places that are told apart for one event in one year."""


class Happening(NamedTuple):
    """Programmes that do the same at one site in one year, the largest first."""

    event: str
    site: str
    detail: str
    programmes: tuple[str, ...]


def timeline(plan: Plan, names: Names) -> list[RenderableType]:
    """Return what changes in each period, against the period before or against today."""
    found: list[RenderableType] = []
    table = plan.table("timeline")
    for place, period in enumerate(plan.periods):
        found.append(Text(f"{period}{_against(plan, names, place)}"))
        lines = list(_told(plan, names, table[table["period"] == period], period))
        found += [Padding(Text(line), (0, 0, 0, 2)) for line in lines]
    return found


def _against(plan: Plan, names: Names, place: int) -> str:
    """Say what a period is compared with."""
    if place > 0:
        return f", after {plan.periods[place - 1]}"
    table = plan.table("timeline")
    region = names.region
    known = (region is not None and region.has("current")) or (
        len(table) > 0 and bool((table["period"] == plan.periods[0]).any())
    )
    return ", against today" if known else ", where it begins"


def _told(plan: Plan, names: Names, events: pd.DataFrame, period: int) -> Iterator[str]:
    """Yield a sentence for each event at each place, the largest first."""
    if not len(events):
        begins = period == plan.periods[0] and not (names.region and names.region.has("current"))
        yield "No earlier offering to compare with." if begins else "Nothing changes."
        return
    region = names.region
    today = region.current if region is not None and region.has("current") else None
    sizes = sizes_of_changes(plan, today, period)
    for event in EVENTS:
        happenings = _happenings(events[events["event"] == event], event, sizes)
        happenings.sort(key=lambda one: (-len(one.programmes), one.site, one.detail))
        for happening in happenings[:LINES_SHOWN]:
            yield _sentence(happening, names)
        rest = happenings[LINES_SHOWN:]
        if rest:
            number = sum(len(happening.programmes) for happening in rest)
            yield f"... and {number} more that {_VERBS[event][1]} elsewhere."


_VERBS = {
    "opens": ("opens", "open"),
    "closes": ("closes", "close"),
    "merges": ("merges", "merge"),
}


def _happenings(
    events: pd.DataFrame, event: str, sizes: Mapping[tuple[str, str], float]
) -> list[Happening]:
    found = []
    for (site, detail), group in events.groupby(["site", "detail"]):
        programmes = sorted(
            group["programme"], key=lambda one: (-sizes.get((one, str(site)), 0.0), one)
        )
        found.append(Happening(event, str(site), str(detail), tuple(programmes)))
    return found


def _sentence(happening: Happening, names: Names) -> str:
    one, many = _VERBS[happening.event]
    into = f" into {names.unit(happening.detail)}" if happening.detail else ""
    at = f"{into} at {names.site(happening.site)}"
    named = [names.programme(programme) for programme in happening.programmes]
    if len(named) == 1:
        return f"{named[0]} {one}{at}."
    shown = named[:NAMES_SHOWN]
    rest = len(named) - len(shown)
    if rest > 1:
        shown.append(f"{rest} others")
    elif rest:
        shown = named
    return f"{len(named)} programmes {many}{at}: {listed(shown)}."
