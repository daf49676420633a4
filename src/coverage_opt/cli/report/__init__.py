"""A plan as a board can read it: what it brings, how good it is, where, when, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from coverage_opt.cli.names import Names
from coverage_opt.cli.report.certificates import alone
from coverage_opt.cli.report.changes import largest_changes
from coverage_opt.cli.report.headlines import headlines, quality, title
from coverage_opt.cli.report.indicators import indicators, stages
from coverage_opt.cli.report.money import accounts
from coverage_opt.cli.report.outlook import outlook, scenarios
from coverage_opt.cli.report.sites import sites
from coverage_opt.cli.report.teachers import teachers
from coverage_opt.cli.report.timeline import timeline
from coverage_opt.plan.plan import Plan

__all__ = ["headlines", "quality", "show", "title"]


def show(plan: Plan, names: Names, console: Console) -> None:
    """Print the whole report."""
    console.print(Text(title(plan, names), style="bold"))
    for sentence in headlines(plan, names):
        console.print(Text(sentence))
    for heading, parts in _sections(plan, names):
        console.print()
        console.print(Text(heading, style="bold"))
        for part in parts:
            console.print(part)


def _sections(plan: Plan, names: Names) -> Iterator[tuple[str, list[RenderableType]]]:
    """Yield each heading and what stands below it; a plan has only the sections it needs."""
    several = len(plan.periods) > 1
    uncertain = len(plan.scenarios) > 1
    means = [words for words, there in (("years", several), ("scenarios", uncertain)) if there]
    over = f" (means over the {' and '.join(means)})" if means else ""
    yield f"Indicators{over}", [indicators(plan)]
    if several or uncertain:
        worst = ", and in the worst and the best scenario" if uncertain else ""
        yield f"Outlook: what is expected{worst}", outlook(plan)
    if uncertain:
        yield "What each scenario brings", [scenarios(plan)]
    yield "Objective", [stages(plan)]
    if several or len(plan.table("timeline")):
        yield "Timeline", timeline(plan, names)
    yield "Offers and learners a year at each site", sites(plan, names)
    if len(plan.table("money")):
        yield "Money of each institution, in thousands of EUR a year", accounts(plan, names)
    if len(plan.table("teachers")):
        yield "Group hours that teachers give, a year", teachers(plan, names)
    if len(plan.table("certificates")):
        yield "Units that adults take alone", [alone(plan, names)]
    yield (
        "Largest changes: learners a year who get something else",
        [largest_changes(plan, names)],
    )
