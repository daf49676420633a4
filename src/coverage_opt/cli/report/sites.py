"""What is offered at each site, and to how many."""

from __future__ import annotations

from collections import Counter

from rich.console import RenderableType
from rich.table import Table

from coverage_opt.cli.figures import amount
from coverage_opt.cli.names import Names
from coverage_opt.cli.report.grid import Line, over_periods, plain
from coverage_opt.plan.plan import Plan


def sites(plan: Plan, names: Names) -> list[RenderableType]:
    """Return offers and learners at each site: in the one period, or over the periods."""
    if len(plan.periods) == 1:
        return [_one_period(plan, names)]
    lines = []
    for site, offers in plan.offers.groupby("site"):
        by_period = offers.groupby("period")["learners"]
        counts = {int(str(period)): _counted(len(one)) for period, one in by_period}
        learners = {int(str(period)): amount(float(one.sum())) for period, one in by_period}
        lines += [Line(names.site(str(site)), counts), Line("learners", learners, under=True)]
    return over_periods(plan.periods, lines)


def _counted(offers: int) -> str:
    return "1 offer" if offers == 1 else f"{offers} offers"


def _one_period(plan: Plan, names: Names) -> Table:
    numbers = ("Offers", "Learners")
    by_domain = ("Offers by domain",) if names.domains else ()
    table = plain("Site", *numbers, *by_domain, numbers=numbers)
    for site, offers in plan.offers.groupby("site"):
        counts = Counter(names.domains.get(programme, "?") for programme in offers["programme"])
        domains = ", ".join(f"{domain} {number}" for domain, number in counts.most_common())
        learners = amount(offers["learners"].sum())
        cells = [names.site(str(site)), str(len(offers)), learners, domains]
        table.add_row(*cells[: len(table.columns)])
    return table
