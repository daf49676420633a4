"""The group hours that each institution's teachers give, by domain."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType

from coverage_opt.cli.names import Names
from coverage_opt.cli.report.grid import Line, over_periods
from coverage_opt.plan.plan import Plan


def teachers(plan: Plan, names: Names) -> list[RenderableType]:
    """Return the hours needed in each period, and what the teachers can give where it is known."""
    found = plan.table("teachers")
    available = _available(names)
    lines: list[Line] = []
    for institution in sorted(found["institution"].unique(), key=names.institution):
        lines.append(Line(names.institution(str(institution)), {}))
        own = found[found["institution"] == institution]
        for domain, rows in own.groupby("domain"):
            hours = {
                int(year): f"{value:,.0f}"
                for year, value in zip(rows["period"], rows["hours"], strict=True)
            }
            most = available.get((str(institution), str(domain)))
            label = f"{domain}" if most is None else f"{domain}, of {most:,.0f}"
            lines.append(Line(label, hours, under=True))
    return over_periods(plan.periods, lines)


def _available(names: Names) -> Mapping[tuple[str, str], float]:
    """Return the hours that the teachers of an institution and domain can give, where known."""
    if names.region is None or not names.region.has("teachers"):
        return {}
    table = names.region.teachers
    pairs = zip(table["institution"], table["domain"], strict=True)
    return dict(zip(pairs, map(float, table["hours"]), strict=True))
