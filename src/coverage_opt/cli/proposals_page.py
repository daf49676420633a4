"""Units that could be shared, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from coverage_opt.analysis.proposals import Proposal
from coverage_opt.analysis.proposed_region import curriculum_rows, possible_offers, unit_rows
from coverage_opt.cli import machine
from coverage_opt.cli.figures import amount
from coverage_opt.cli.report.grid import plain
from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.policy import Policy
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region.region import Region

PARTS_TOLD, SITES_TOLD = 8, 3


@dataclass(frozen=True)
class Made:
    """A region that was written with proposals in it.

    Attributes:
        folder: where.
        taken: the proposals.
        before: the region without them.
        after: the region with them, read back.
        policy: whose group sizes are asked.
    """

    folder: Path
    taken: Sequence[Proposal]
    before: Region
    after: Region
    policy: Policy

    @cached_property
    def possible(self) -> tuple[int, int]:
        """Offers that could be large enough, without and with the proposals."""
        return possible_offers(self.before, self.policy), possible_offers(self.after, self.policy)


def chosen(found: Sequence[Proposal], take: Sequence[str] | None) -> list[Proposal]:
    """Return the proposals of these names; all when none is named.

    Raises:
        InputError: a name is of no proposal.
    """
    if not take:
        return list(found)
    by_name = {proposal.unit: proposal for proposal in found}
    problems = [
        Problem(f"there is no proposal {name!r}", "--take", advice=did_you_mean(name, by_name))
        for name in take
        if name not in by_name
    ]
    if problems:
        raise InputError(problems)
    return [by_name[name] for name in dict.fromkeys(take)]


def show(found: Sequence[Proposal], region: Region, policy: Policy, console: Console) -> None:
    """Print the proposals: an overview, and what each of them is."""
    year = region.periods[0]
    head = f"{region.title} {year}: units that could be shared ({policy.name})"
    console.print(Text(head, style="bold"))
    if not found:
        console.print(Text("None brings anybody a group, or a nearer one, that is large enough."))
        return
    console.print(
        Text(
            "Gained: learners a year who have a group that is large enough within reach only when "
            "it is shared. Nearer: those who have a nearer one. Alike: what the programmes have "
            "in common in hours, learners' other choices and occupations, 0-1."
        )
    )
    console.print()
    numbers = ("Gained", "Nearer", "Hours", "Alike")
    table = plain("", "Kind", "Programmes", *numbers, numbers=("Programmes", *numbers))
    for number, each in enumerate(found, start=1):
        figures = (amount(round(each.pool.gained, 1)), amount(round(each.pool.nearer, 1)))
        hours, alike = f"{each.shared_hours:,.0f}", f"{each.alike:.2f}"
        kind, programmes = each.kind, str(len(each.programmes))
        table.add_row(str(number), kind, programmes, *figures, hours, alike)
    console.print(table)
    for number, each in enumerate(found, start=1):
        console.print()
        console.print(Text(f"{number}. {each.unit} ({each.found_as})"))
        for line in _details(each, region):
            console.print(Text(f"   {line}"))


def _details(proposal: Proposal, region: Region) -> Iterator[str]:
    part = proposal.parts[0]
    yield f"{part.hours:,.0f} hours in year {part.year}, instead of each by itself:"
    for each in proposal.parts[:PARTS_TOLD]:
        source = "" if each.unit else " (hours from this unit)"
        count = len(each.programmes)
        noun = "programme" if count == 1 else "programmes"
        yield f"  {region.unit_name(each.name)}{source}, {count} {noun}"
    if len(proposal.parts) > PARTS_TOLD:
        yield f"  and {len(proposal.parts) - PARTS_TOLD} more"
    for site, (together, largest) in list(proposal.sites.items())[:SITES_TOLD]:
        pooled = f"{amount(round(together, 1))} learners together"
        alone = f"{amount(round(largest, 1))} in the largest alone"
        yield f"{region.site_name(site)}: {pooled}, {alone}"
    yield f"A group needs {proposal.pool.minimum}."


def show_made(made: Made, console: Console) -> None:
    """Print what was written, and what it makes possible."""
    before, after = made.possible
    console.print()
    console.print(Text(f"Written to {made.folder}, with {len(made.taken)} of them in it."))
    what = f"Offers that could be large enough under {made.policy.name}"
    console.print(Text(f"{what}: {before:,} without, {after:,} with them."))


def as_line(found: Sequence[Proposal], region: Region, made: Made | None) -> str:
    """Return the proposals as one line of JSON, with their rows for the region's tables."""
    written: dict[str, Any] | None = None
    if made is not None:
        before, after = made.possible
        units = [each.unit for each in made.taken]
        written = {"folder": str(made.folder), "units": units}
        written["possible_offers"] = {"before": before, "after": after}
    return machine.line(
        {
            "status": "proposed",
            "region": region.name,
            "period": region.periods[0],
            "proposals": [_proposal(each) for each in found],
            "units": unit_rows(found).to_dict("records"),
            "curriculum": curriculum_rows(found).to_dict("records"),
            "written": written,
        }
    )


def _proposal(each: Proposal) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "kind": each.kind,
        "found_as": each.found_as,
        "replaces": [part.unit for part in each.parts if part.unit],
        "hours_from": [part.donor for part in each.parts if part.donor],
        "programmes": list(each.programmes),
        "shared_hours": each.shared_hours,
        "alike": each.alike,
        "minimum": each.pool.minimum,
        "gained": each.pool.gained,
        "nearer": each.pool.nearer,
        "minutes_saved": each.pool.minutes_saved,
        "sites": {
            site: {"together": together, "largest_alone": largest}
            for site, (together, largest) in each.sites.items()
        },
    }
