"""Facts about a plan, made by hand, and what a rule finds in them.

They are about the tiny region, with 100 young learners in hill, 60 in bank and 40 in hook.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.rules.base import Facts, MomentFacts, PeriodFacts, Rule

COLUMNS = {
    "demand": "learner zone choice learners",
    "offers": "programme site learners",
    "units": "unit kind site learners",
    "placements": "learner zone programme site learners",
    "attendance": "learner zone unit site learners",
    "certificates": "learner zone unit site learners",
    "sent": "unit site partner_site learners",
    "unplaced": "learner zone choice learners",
}

YOUNG = [("young", "hill", "weld-BOL", 100.0), ("young", "bank", "weld-BOL", 60.0)]
YOUNG += [("young", "hook", "weld-BOL", 40.0)]


def table(columns: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def moment(
    region: Region, scenario: str = "baseline", probability: float = 1.0, **tables: Any
) -> MomentFacts:
    stated = {"demand": YOUNG, **tables}
    made = {name: table(columns, stated.get(name, [])) for name, columns in COLUMNS.items()}
    return MomentFacts(region, 2026, scenario, probability, **made, funding={})


def period(
    region: Region,
    *offers: tuple[str, str],
    moments: tuple[MomentFacts, ...] = (),
    units: tuple[tuple[str, str], ...] = (),
    reach: tuple[tuple[str, str], ...] = (),
    limit: float = 60.0,
    year: int = 2026,
) -> PeriodFacts:
    """Return a period with these (programme, site), (unit, site) and (occupation, zone)."""
    taught = [(unit, "profile", site, 1, 100.0, "technology") for unit, site in units]
    return PeriodFacts(
        region=region,
        period=year,
        offers=table("programme site", list(offers)),
        units=table("unit kind site groups hours domain", taught),
        reach=table("occupation zone reach", [(*pair, 1.0) for pair in reach]),
        opened=frozenset(),
        closed=frozenset(),
        cost={},
        limits=dict.fromkeys(region.programmes["programme"], limit),
        moments=moments or (moment(region),),
    )


def broken(name: str, parameters: dict[str, Any], *periods: PeriodFacts) -> dict[str, Any]:
    """Return what a rule finds: place -> amount."""
    rule = RULES[name].model_validate(parameters)
    facts = Facts(periods[0].region, periods)
    return {found.place: pytest.approx(found.amount) for found in rule.check(facts)}


def said(rule: Rule, region: Region) -> str:
    return "\n".join(str(problem) for problem in rule.problems(region))
