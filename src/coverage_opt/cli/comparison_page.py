"""Runs side by side, for people and for programs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from coverage_opt.analysis.comparison import Comparison
from coverage_opt.analysis.measuring import DOMAIN, INSTITUTION, MUNICIPALITY, OCCUPATION, REGION
from coverage_opt.cli import machine
from coverage_opt.cli.figures import amount, in_unit, percentage
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import spanned
from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import mapping, rows
from coverage_opt.plan.table_text import as_text

CSV = ".csv"
Figure = tuple[float, float, str]
"""A value, its difference from the first run, and its unit."""

ROUNDING = 1e-6
"""A difference this small is none."""
MOST_TOLD = 8
"""So many of the largest differences are told of each kind; files hold all of them."""

SHOWN = {
    MUNICIPALITY: ("occupations_in_reach", "placed", "travel"),
    INSTITUTION: ("offers", "learners", "balance"),
    DOMAIN: ("offers", "learners"),
    OCCUPATION: ("reach", "filled"),
}
"""What the terminal shows of each kind of part; the first decides which differ most."""


def show(found: Comparison, console: Console) -> None:
    """Print the comparison."""
    head = f"{found.region.title} {spanned(found.common.periods)}: runs against {found.names[0]}"
    console.print(Text(head, style="bold"))
    for note in found.notes:
        console.print(Text(note))
    console.print()
    console.print(_indicators(found))
    for name in found.names[1:]:
        console.print()
        console.print(Text(f"{name} against {found.names[0]}", style="bold"))
        for part in _parts(found, name):
            console.print(part)


def _indicators(found: Comparison) -> Table:
    """Return the indicators of all runs, each with its difference from the first."""
    runs = found.names[1:]
    table = plain("Indicator", *found.names, numbers=found.names)
    here = found.differences[found.differences["by"] == REGION]
    for measure in here["measure"].unique():
        of_measure = here[here["measure"] == measure]
        figures = list(rows(of_measure, "run", "unit", "before", "after", "difference"))
        _, unit, before, *_ = figures[0]
        by_run = {run: _moved(after, moved, unit) for run, _, _, after, moved in figures}
        table.add_row(str(measure), in_unit(before, unit), *(by_run[run] for run in runs))
    return table


def _parts(found: Comparison, run: str) -> Iterator[RenderableType]:
    """Yield what is told of one run."""
    settings = found.settings[found.settings["run"] == run]
    for path, before, after in rows(settings, "path", "before", "after"):
        yield Text(f"  {path}: {after} instead of {before}")
    changes = found.changes[found.changes["run"] == run]
    counted = changes["change"].value_counts()
    yield Text(
        ", ".join(f"{counted.get(what, 0):,} {what}" for what in ("opened", "closed", "moved"))
        + " (offers)"
    )
    for what in ("opened", "closed", "moved"):
        yield from _told(found, changes[changes["change"] == what])
    yield from _gains(found, run)
    for by, measures in SHOWN.items():
        table = _largest(found, run, by, measures)
        if table is not None:
            yield Text("")
            yield table


def _told(found: Comparison, changes: pd.DataFrame) -> Iterator[Text]:
    """Yield the changes with most learners, one line each."""
    most = changes.assign(size=changes[["before", "after"]].max(axis=1))
    most = most.sort_values("size", ascending=False, kind="stable")
    columns = ("period", "change", "name", "site", "to_site", "before", "after")
    for period, what, name, site, to_site, before, after in rows(most.head(MOST_TOLD), *columns):
        where = found.region.site_name(site)
        where = f"from {where} to {found.region.site_name(to_site)}" if to_site else f"at {where}"
        learners = f"{amount(before)} to {amount(after)}" if to_site else amount(before or after)
        yield Text(f"  {what}: {name} {where} ({learners} learners, {period})")
    if len(most) > MOST_TOLD:
        yield Text(f"  and {len(most) - MOST_TOLD:,} more {what}")


def _gains(found: Comparison, run: str) -> Iterator[Text]:
    """Yield who gains and who loses access, in a sentence."""
    access = found.access[found.access["run"] == run]
    for change, verb in (("gained", "gain"), ("lost", "lose")):
        of_change = access[access["change"] == change]
        zones = of_change["zone"].nunique()
        living = of_change.drop_duplicates(["period", "zone"])["learners"].sum()
        learners = living / len(found.common.periods)
        occupations = of_change["occupation"].nunique()
        if zones:
            yield Text(
                f"{amount(float(learners))} young learners a year in {zones:,} zones {verb} access "
                f"to one or more of {occupations:,} shortage occupations."
            )
        else:
            yield Text(f"Nobody {verb}s access to a shortage occupation.")


def _largest(found: Comparison, run: str, by: str, measures: tuple[str, ...]) -> Table | None:
    """Return the parts that differ most; None where none differs."""
    here = found.differences
    here = here[(here["run"] == run) & (here["by"] == by) & here["measure"].isin(measures)]
    moved = here[here["difference"].abs() > ROUNDING]
    if moved.empty:
        return None
    headings = [name.replace("_", " ") for name in measures]
    table = plain(by.capitalize(), *headings, numbers=tuple(headings))
    table.columns[0].max_width = 32
    figures = {
        (part, measure): (after, difference, unit)
        for part, measure, after, difference, unit in rows(
            here, "part", "measure", "after", "difference", "unit"
        )
    }
    names = mapping(here, "part", "name")
    for part in _by_size(names, measures, figures)[:MOST_TOLD]:
        of_part = [figures.get((part, measure)) for measure in measures]
        table.add_row(names[part], *("" if each is None else _moved(*each) for each in of_part))
    return table


def _by_size(
    parts: Iterable[str], measures: tuple[str, ...], figures: Mapping[tuple[str, str], Figure]
) -> list[str]:
    """Return the parts, those first that differ most in the first measure, then the next."""

    def size(part: str) -> tuple[float, ...]:
        found = (figures.get((part, measure)) for measure in measures)
        return tuple(0.0 if each is None else -round(abs(each[1]), 6) for each in found)

    return sorted(parts, key=size)


def _moved(value: float, moved: float, unit: str) -> str:
    """Return a figure with its difference: ``64.5 % (+5.5)``."""
    return f"{in_unit(round(value, 9), unit)} ({_signed(moved, unit)})"


def _signed(value: float, unit: str) -> str:
    """Return a difference with its sign, shares in percentage points."""
    value = round(value, 6)
    if abs(value) <= ROUNDING:
        return "="
    sign = "+" if value > 0 else "-"
    size = percentage(abs(value)).removesuffix(" %") if unit == "share" else amount(abs(value))
    if size.startswith("<"):
        return f"{size} {'more' if value > 0 else 'less'}"
    return f"{sign}{size}"


def check_destination(out: Path | None) -> None:
    """Tell, before any long work, whether the tables could be written.

    Raises:
        InputError: the place is taken by something else, or cannot be written to.
    """
    if out is None:
        return
    folder = out if out.is_dir() else out.parent
    wrong = out.is_dir() if out.suffix == CSV else out.is_file()
    if wrong or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        advice = f"give a file that ends in {CSV}, or a folder"
        raise InputError([Problem(f"{out} cannot be written", "--out", (), advice)])


def write(found: Comparison, out: Path) -> None:
    """Write the figures as CSV, or every table into a folder.

    Raises:
        InputError: they cannot be written.
    """
    try:
        if out.suffix == CSV:
            out.write_text(as_text(found.differences), encoding="utf-8", newline="")
            return
        out.mkdir(exist_ok=True)
        for name, table in found.tables.items():
            (out / f"{name}{CSV}").write_text(as_text(table), encoding="utf-8", newline="")
    except OSError as error:
        what = f"{out} cannot be written: {error.strerror}"
        raise InputError([Problem(what, "--out", (), "choose another place")]) from error


def as_line(found: Comparison) -> str:
    """Return the comparison as one line of JSON, every table as a list of rows."""
    return machine.line(
        {
            "status": "compared",
            "region": found.region.name,
            "runs": list(found.names),
            "periods": list(found.common.periods),
            "scenarios": dict(found.common.weights),
            "notes": list(found.notes),
            **{name: table.to_dict("records") for name, table in found.tables.items()},
        }
    )
