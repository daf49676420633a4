"""What is asked for: choices, and what else those who ask would take."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coverage_opt.errors import Problem
from coverage_opt.reading.tables import Table
from coverage_opt.region.checks.registry import (
    SUM_TOLERANCE,
    Tables,
    needs,
    positions,
    suggestion,
    without,
)


@needs("choices", "programmes", "units")
def _choices_known(tables: Tables) -> Iterator[Problem]:
    yield from _choice_problems(tables, tables["choices"])


@needs("accept", "programmes", "units")
def _accepting_choices_known(tables: Tables) -> Iterator[Problem]:
    yield from _choice_problems(tables, tables["accept"])


@needs("demand", "programmes", "units")
def _demanded_choices_known(tables: Tables) -> Iterator[Problem]:
    yield from _choice_problems(tables, tables["demand"])


@needs("adult_choices", "programmes", "units")
def _adult_choices_known(tables: Tables) -> Iterator[Problem]:
    yield from _adult_choice_problems(tables, tables["adult_choices"])


@needs("adult_demand", "programmes", "units")
def _demanded_adult_choices_known(tables: Tables) -> Iterator[Problem]:
    yield from _adult_choice_problems(tables, tables["adult_demand"])


def _choice_problems(tables: Tables, asking: Table) -> Iterator[Problem]:
    programmes, units = tables["programmes"].rows["programme"], tables["units"].rows
    orientation = units.loc[units["kind"] == "orientation", "unit"]
    choices = asking.rows["choice"]
    known = choices.isin(programmes) | choices.isin(orientation)
    other_unit = ~known & choices.isin(units["unit"])
    if other_unit.any():
        advice = "ask for a programme, or for a unit of kind orientation"
        what = "a choice names a unit that is not an orientation unit"
        yield asking.problem(what, positions(other_unit), advice=advice)
    unknown = ~known & ~other_unit & (choices != "")
    if unknown.any():
        names = [*programmes, *orientation]
        what = "choice is neither a programme nor an orientation unit"
        advice = suggestion(choices[unknown], names)
        yield asking.problem(what, positions(unknown), advice=advice)


def _adult_choice_problems(tables: Tables, asking: Table) -> Iterator[Problem]:
    """Adults may also ask for any other unit: they take it alone."""
    known = pd.concat([tables["programmes"].rows["programme"], tables["units"].rows["unit"]])
    unknown = without(asking, "choice", known)
    if unknown:
        what = "choice is neither a programme nor a unit"
        advice = suggestion(asking.rows["choice"].iloc[unknown], known.tolist())
        yield asking.problem(what, unknown, advice=advice)


@needs("accept", "curriculum")
def _implied_acceptance(tables: Tables) -> Iterator[Problem]:
    accept = tables["accept"]
    own = accept.rows["choice"] == accept.rows["programme"]
    if own.any():
        what = "a choice accepts its own programme, which is implied"
        yield accept.problem(what, positions(own), ["share"], "remove the row")
    curriculum = tables["curriculum"].rows
    using = set(zip(curriculum["unit"], curriculum["programme"], strict=True))
    pairs = zip(accept.rows["choice"], accept.rows["programme"], strict=True)
    implied = [position for position, pair in enumerate(pairs) if pair in using]
    if implied:
        what = "an orientation choice accepts a programme that uses the unit, which is implied"
        yield accept.problem(what, implied, ["share"], "remove the row")


@needs("choices")
def _choice_shares(tables: Tables) -> Iterator[Problem]:
    yield from _share_problems(tables["choices"])


@needs("adult_choices")
def _adult_choice_shares(tables: Tables) -> Iterator[Problem]:
    yield from _share_problems(tables["adult_choices"])


def _share_problems(choices: Table) -> Iterator[Problem]:
    total = choices.rows["share"].sum(skipna=False)
    if abs(total - 1) > SUM_TOLERANCE:
        what = f"the shares sum to {total:.10g}, not to 1"
        advice = f"divide every share by {total:.10g}" if total > 0 else ""
        yield Problem(what, choices.source, advice=advice)


@needs("afterwards", "units")
def _only_after_orientation(tables: Tables) -> Iterator[Problem]:
    afterwards, units = tables["afterwards"], tables["units"].rows
    orientation = units.loc[units["kind"] == "orientation", "unit"]
    other = afterwards.rows["unit"].isin(units["unit"]) & ~afterwards.rows["unit"].isin(orientation)
    if other.any():
        what = "a unit that is not an orientation unit is not chosen after"
        advice = f"name a unit of kind orientation: {', '.join(orientation)}"
        yield afterwards.problem(what, positions(other), advice=advice)


@needs("afterwards", "programmes", "units", "curriculum")
def _chosen_afterwards_uses_the_unit(tables: Tables) -> Iterator[Problem]:
    afterwards, curriculum = tables["afterwards"], tables["curriculum"].rows
    using = set(zip(curriculum["unit"], curriculum["programme"], strict=True))
    units = set(tables["units"].rows["unit"])
    programmes = set(tables["programmes"].rows["programme"])
    pairs = zip(afterwards.rows["unit"], afterwards.rows["programme"], strict=True)
    strangers = [
        position
        for position, (unit, programme) in enumerate(pairs)
        if unit in units and programme in programmes and (unit, programme) not in using
    ]
    if strangers:
        what = "a programme is chosen after a unit that it does not use"
        advice = (
            f"add the unit to the programme in {tables['curriculum'].source}, or remove the row"
        )
        yield afterwards.problem(what, strangers, ["share"], advice)


@needs("afterwards")
def _room_for_everybody_afterwards(tables: Tables) -> Iterator[Problem]:
    afterwards = tables["afterwards"].rows
    totals = {unit: found["share"].sum(skipna=False) for unit, found in afterwards.groupby("unit")}
    rows = tuple(
        f"unit {unit!s}: {total:.10g}, which is {1 - total:.10g} short of 1"
        for unit, total in totals.items()
        if total < 1 - SUM_TOLERANCE
    )
    if rows:
        what = "the largest shares that choose a programme after a unit sum to less than 1"
        advice = "raise them, or add programmes: everybody chooses something"
        yield Problem(what, tables["afterwards"].source, rows, advice)
