"""Whether a plan is for this region, for periods and scenarios it has, and says how it was made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from coverage_opt.errors import InputError
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Violation

STATUSES = ("optimal", "feasible")


def identity_violations(region: Region, plan: Plan) -> Iterator[Violation]:
    """Yield in what a plan is not one for this region, or does not say how it was made."""
    fault = partial(Violation, "plan", region.name, 1.0)
    if plan.region != region.name:
        yield fault(f"The plan is for {plan.region}, not for {region.title}")
    if plan.region_hash != region.content_hash:
        yield fault(f"The plan was made for other data than {region.title} has now")
    for period in plan.periods:
        if period not in region.periods:
            yield fault(f"{region.title} is not planned for {period}")
    if not plan.periods or list(plan.periods) != sorted(set(plan.periods)):
        yield fault("The periods of the plan are not increasing calendar years")
    yield from map(fault, _of_scenarios(region, plan))
    asked = plan.run.get("gap_asked")
    if not isinstance(asked, int | float) or not 0 <= asked < math.inf:
        yield fault("The plan does not say which gap was asked for")
    if plan.status not in STATUSES:
        yield fault(f"A plan's status is {' or '.join(STATUSES)}, not {plan.status!r}")


def _of_scenarios(region: Region, plan: Plan) -> Iterator[str]:
    try:
        stated = region.scenario_set(plan.scenario_set)
    except InputError:
        yield f"{region.title} has no set of scenarios {plan.scenario_set!r}"
        return
    if set(plan.scenarios) != set(stated):
        yield f"The scenarios are not those of the set {plan.scenario_set!r} of {region.title}"
    elif len(set(plan.scenarios)) < len(plan.scenarios):
        yield "The plan has a scenario more than once"
