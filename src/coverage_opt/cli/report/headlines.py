"""The first lines: which plan it is, how good, and what matters most."""

from __future__ import annotations

import math
from collections.abc import Iterator

from coverage_opt.cli.figures import euros, in_unit, percentage
from coverage_opt.cli.names import Names
from coverage_opt.cli.years import listed, spanned
from coverage_opt.plan.plan import Plan
from coverage_opt.report.words import SENTENCES

VAST_GAP = 10.0
"""A relative gap from which on the number says nothing."""


def title(plan: Plan, names: Names) -> str:
    """Return region, periods and policy in one line."""
    region, years = names.title or plan.region, spanned(plan.periods)
    return f"{region} {years}: {plan.policy.title} ({plan.policy.name})"


def headlines(plan: Plan, names: Names) -> Iterator[str]:
    """Yield what matters most, a sentence each."""
    yield quality(plan)
    yield from _what_is_shown(plan)
    table = plan.table("indicators")
    values = zip(table["name"], table["unit"], table["value"], strict=True)
    shown = {name: _spoken(name, float(value), unit) for name, unit, value in values}
    if not _compares(plan, names):
        shown.pop("changes", None)  # there is nothing that an offer could be new against
    if not plan.policy.sharing:
        shown.pop("saved_hours", None)  # nothing is taught together, by the policy
    for sentence in SENTENCES:
        try:
            yield sentence.format_map(shown)
        except KeyError:
            continue  # an indicator this sentence needs is not in the plan


def quality(plan: Plan) -> str:
    """Say how far the plan can be from the best one."""
    if plan.status == "optimal":
        asked = plan.run.get("gap_asked")
        within = f" (within {percentage(asked, 2)})" if isinstance(asked, float) else ""
        return f"No plan does better by this policy{within}."
    cause = "You stopped the search" if plan.run.get("interrupted") else "A limit came first"
    # a stage that was not pursued is as open as one without a bound
    gaps = dict.fromkeys(range(1, len(plan.policy.objective) + 1), math.inf)
    stages = plan.stages
    for stage, gap, status in zip(stages["stage"], stages["gap"], stages["status"], strict=True):
        gaps[stage] = 0.0 if status == "optimal" else gap
    better = [
        f"{percentage(gap, 2) if gap < VAST_GAP else 'any amount'} in stage {stage}"
        for stage, gap in gaps.items()
        if gap > 0
    ]
    return f"{cause}: a better plan may exist, by at most {' and '.join(better)}."


def _what_is_shown(plan: Plan) -> Iterator[str]:
    """Say over which years and scenarios the figures are."""
    if len(plan.scenarios) > 1:
        each = [f"{one.title} ({percentage(one.probability, 0)})" for one in plan.scenarios]
        yield (
            f"What is offered is decided before it is known which scenario of {plan.scenario_set} "
            f"comes: {listed(each)}."
        )
    if len(plan.periods) > 1:
        yield f"Planned for {listed(plan.periods)}; figures are means over these years."


def _compares(plan: Plan, names: Names) -> bool:
    """Tell whether there is anything that an offer can be new against."""
    today = names.region is not None and names.region.has("current")
    return today or len(plan.periods) > 1 or len(plan.table("timeline")) > 0


def _spoken(name: str, value: float, unit: str) -> str:
    if name == "balance":
        return f"{euros(abs(value))} {'short' if value < 0 else 'left'}"
    return euros(value) if unit.startswith("EUR") else in_unit(value, unit)
