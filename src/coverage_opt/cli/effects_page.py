"""What each rule does by itself: on a terminal, in a page, as CSV."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coverage_opt.analysis.effects import BASE, Effect, Effects, all_of, spoken
from coverage_opt.analysis.effects_table import (
    BEGIN,
    END,
    as_markdown,
    as_table,
    figures,
    goal_change,
    into_page,
    standing,
)
from coverage_opt.cli.duration import in_words
from coverage_opt.cli.report.grid import plain
from coverage_opt.cli.years import spanned
from coverage_opt.errors import InputError, Problem
from coverage_opt.plan.table_text import as_text
from coverage_opt.reading.text import read_text

CSV, PAGE = ".csv", ".md"
_ON_A_TERMINAL = {"coverage": "Coverage", "placed": "Placed", "cost": "Cost, EUR m"}


def show(effects: Effects, console: Console) -> None:
    """Print the table, with each rule's parameters, and below it why a rule allows no plan."""
    years = spanned(effects.periods)
    head = f"{effects.region} {years}: what each rule does by itself ({effects.policy})"
    console.print(Text(head, style="bold"))
    console.print(Text(f"In brackets: against the base. The goal is to {effects.goal}."))
    console.print()
    names = [name for name in _ON_A_TERMINAL if name in effects.base.indicators]
    columns = (*(_ON_A_TERMINAL[name] for name in names), "Goal", "Gap")
    table = plain("Rule", *columns, numbers=columns)
    table.columns[0].max_width = 28
    for effect in all_of(effects):
        table.add_row(
            _named(effect),
            *figures(effect, effects.base, names),
            goal_change(effect, effects.base),
            standing(effect),
        )
    console.print(table)
    reasons = [f"{effect.rule}: {effect.reason}." for effect in effects.rules if effect.reason]
    if reasons:
        console.print()
    for reason in reasons:
        console.print(Text(reason))


def line(effect: Effect) -> Text:
    """Return one line on an effect, for who waits for the next."""
    outcome = f"{effect.status}: {effect.reason}" if effect.reason else effect.status
    return Text(f"{effect.rule}: {outcome}, {in_words(effect.seconds)}")


def check_destination(out: Path | None) -> None:
    """Tell, before any long work, whether the table could be written.

    Raises:
        InputError: the file is of another kind, it has no place for the table, or it cannot be
            written.
    """
    if out is None:
        return
    if out.suffix not in (CSV, PAGE):
        advice = f"give a file that ends in {CSV} or {PAGE}"
        raise InputError([Problem(f"{out} is no table that can be written", "--out", (), advice)])
    parent = out.parent
    if out.is_dir() or not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise InputError([Problem(f"{out} cannot be written", "--out", (), "choose another place")])
    if out.suffix == PAGE and out.exists():
        into_page(read_text(out), "", out.name)


def write(effects: Effects, out: Path) -> None:
    """Write the table: as CSV, or into its place in a page, which is made when it is not there.

    Raises:
        InputError: the file cannot be written, or has no place for the table.
    """
    if out.suffix == CSV:
        text = as_text(as_table(effects))
    else:
        page = read_text(out) if out.exists() else f"# What each rule does\n\n{BEGIN}\n{END}\n"
        text = into_page(page, as_markdown(effects), out.name)
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        what = f"{out} cannot be written: {error.strerror}"
        raise InputError([Problem(what, "--out", (), "choose another place")]) from error


def _named(effect: Effect) -> RenderableType:
    """Return the rule, with its parameters below it."""
    if effect.rule == BASE or not effect.parameters:
        return Text(effect.rule)
    return Group(Text(effect.rule), Padding(Text(spoken(effect.parameters)), (0, 0, 0, 2)))
