"""Numbers as a reader wants them."""

from __future__ import annotations

import math

UNKNOWN = "not known"
ROUNDING = 1e-9
"""A share this close to nothing or everything is nothing or everything."""
MILLION = 1_000_000.0


def percentage(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage: ``98.2 %``; small ones never look like nothing."""
    if not math.isfinite(share):
        return UNKNOWN
    if min(abs(share), abs(share - 1.0)) < ROUNDING:
        return "0 %" if share < 0.5 else "100 %"
    shown = f"{100 * share:,.{decimals}f}"
    smallest = 10.0**-decimals
    if share > 0 and float(shown.replace(",", "")) == 0:
        return f"< {smallest:.{decimals}f} %"
    if share < 1 and float(shown.replace(",", "")) == 100:
        # what is not everything must not read as everything
        return f"> {100 - smallest:.{decimals}f} %"
    return f"{shown} %"


def significant(value: float) -> str:
    """Return a number with five significant digits, or whole when it is larger: ``3.2151``."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:,.5g}" if abs(value) < 1_000 else f"{value:,.1f}"


def amount(value: float) -> str:
    """Return a count or a number of learners: whole from 100 on, one decimal below."""
    if not math.isfinite(value):
        return UNKNOWN
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}"


def euros(value: float) -> str:
    """Return money: ``EUR 41.23 million``, ``EUR 412,300``."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= MILLION:
        return f"EUR {value / MILLION:,.2f} million"
    return f"EUR {round(value):,}"


def in_unit(value: float, unit: str) -> str:
    """Return the value of an indicator; shares as percentages."""
    return percentage(value) if unit == "share" else amount(value)


def difference(value: float, unit: str) -> str:
    """Return by how much an indicator differs, in words: ``1.2 points``, ``EUR 41,000 a year``."""
    if unit == "share":
        return f"{percentage(value, 2).removesuffix(' %')} percentage points"
    if unit.startswith("EUR"):
        return f"{euros(value)}{unit.removeprefix('EUR')}"
    if not unit or unit == "count":
        return significant(value)
    return f"{significant(value)} {unit}"


def quoted(setting: str) -> str:
    """Return a setting as it can be typed into a shell."""
    return f"'{setting}'" if set(setting) & set(' {}[]"') else setting
