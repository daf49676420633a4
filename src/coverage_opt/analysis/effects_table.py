"""The effects of rules as tables: for a spreadsheet, and for a page."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from coverage_opt.analysis.effects import (
    AT_LIMIT,
    BASE,
    PROVEN,
    Effect,
    Effects,
    all_of,
    change,
    spoken,
)
from coverage_opt.errors import InputError, Problem

INDICATORS = ("coverage", "filled_openings", "placed", "first_choice", "offers", "cost")
BEGIN, END = "<!-- effects -->", "<!-- /effects -->"
MILLION = 1_000_000.0


def as_table(effects: Effects) -> pd.DataFrame:
    """Return one row for the base and each rule, with every figure in full.

    Columns: rule, parameters, status, reason, goal (the first stage's value), gap, the indicators
    of :data:`INDICATORS` that the region has, each with its change against the base, seconds.
    """
    names = [name for name in INDICATORS if name in effects.base.indicators]
    rows = []
    for effect in all_of(effects):
        row: dict[str, object] = {
            "rule": effect.rule,
            "parameters": spoken(effect.parameters),
            "status": effect.status,
            "reason": effect.reason,
            "goal": effect.value,
            "goal_change": effect.value - effects.base.value,
            "gap": effect.gap,
        }
        for name in names:
            row[name] = effect.indicators.get(name, math.nan)
            row[f"{name}_change"] = change(effect, effects.base, name)
        rows.append({**row, "seconds": round(effect.seconds, 1)})
    return pd.DataFrame(rows)


def as_markdown(effects: Effects) -> str:
    """Return the table for a page, with a sentence on what it is of."""
    names = [name for name in INDICATORS if name in effects.base.indicators]
    years = ", ".join(map(str, effects.periods))
    header = ["rule", "parameters", *map(_heading, names), "goal", "proven gap", "seconds"]
    lines = [
        f"{effects.region}, {years}, policy `{effects.policy}`, "
        f"scenarios `{effects.scenario_set}`. The goal is to {effects.goal}.",
        "",
        f"| {' | '.join(header)} |",
        f"|---|---|{'--:|' * (len(header) - 2)}",
        *(f"| {' | '.join(_cells(effect, effects.base, names))} |" for effect in all_of(effects)),
    ]
    return "\n".join([*lines, ""])


def into_page(page: str, table: str, name: str) -> str:
    """Return a page with another table between its markers.

    Raises:
        InputError: the page has no place for it.
    """
    before, begins, rest = page.partition(BEGIN)
    _, ends, after = rest.partition(END)
    if not begins or not ends:
        advice = f"put {BEGIN} and {END} where it belongs"
        raise InputError([Problem("the page has no place for the table", name, advice=advice)])
    return f"{before}{BEGIN}\n{table}{END}{after}"


def figures(effect: Effect, base: Effect, names: list[str]) -> Iterator[str]:
    """Yield each indicator, with its change against the base where there is one."""
    for name in names:
        if name not in effect.indicators:
            yield ""
            continue
        shown = _figure(name, effect.indicators[name])
        differs = change(effect, base, name)
        if effect.rule == BASE or differs is None:
            yield shown
        else:
            yield f"{shown} ({_signed(name, differs)})"


def goal_change(effect: Effect, base: Effect) -> str:
    """Return by how much the goal differs from the base's, as a share of it."""
    if effect.rule == BASE or math.isnan(effect.value) or base.value == 0:
        return ""
    return f"{_zero(100 * (effect.value - base.value) / abs(base.value), 2):+.2f} %"


def standing(effect: Effect) -> str:
    """Return the gap of a plan, or why there is none."""
    if effect.status == PROVEN:
        return f"{100 * effect.gap:.2f} %"
    if effect.status == AT_LIMIT:
        return f"{100 * effect.gap:.2f} %, at the limit" if math.isfinite(effect.gap) else "limit"
    return effect.status


def _cells(effect: Effect, base: Effect, names: list[str]) -> list[str]:
    parameters = spoken(effect.parameters).replace("|", "\\|")
    return [
        effect.rule if effect.rule == BASE else f"`{effect.rule}`",
        parameters,
        *figures(effect, base, names),
        goal_change(effect, base),
        standing(effect),
        f"{effect.seconds:.0f}",
    ]


def _heading(name: str) -> str:
    words = {"filled_openings": "filled", "first_choice": "first choice", "cost": "cost, EUR m"}
    return words.get(name, name)


def _figure(name: str, value: float) -> str:
    if name == "cost":
        return f"{value / MILLION:.2f}"
    return f"{value:.0f}" if name == "offers" else f"{100 * value:.1f} %"


def _signed(name: str, value: float) -> str:
    if name == "cost":
        return f"{_zero(value / MILLION, 2):+.2f}"
    return f"{_zero(value, 0):+.0f}" if name == "offers" else f"{_zero(100 * value, 1):+.1f}"


def _zero(value: float, decimals: int) -> float:
    """Return a number that does not read as -0 when it rounds to nothing."""
    return 0.0 if round(value, decimals) == 0 else value
