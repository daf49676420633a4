"""How each rule is made to ask for less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Parameters = dict[str, Any]


def _class_size(rule: Parameters) -> Parameters:
    easier: Parameters = {"per_offer": max(0, rule["per_offer"] - 2), "holds": "expectation"}
    for kind, size in rule.items():
        if isinstance(size, dict):
            minimum, maximum = max(0, size["minimum"] - 3), size["maximum"] + 5
            easier[kind] = {"minimum": minimum, "maximum": maximum}
    return easier


def _travel_limit(rule: Parameters) -> Parameters:
    limits = {
        name: {key: minutes + 15 for key, minutes in rule[name].items()}
        for name in ("by_level", "by_pathway", "by_learner")
    }
    near = None if rule["nearby"] is None else rule["nearby"] + 15
    return {"minutes": rule["minutes"] + 15, "nearby": near, **limits}


def _larger(name: str, by: float) -> Callable[[Parameters], Parameters]:
    return lambda rule: {**rule, name: rule[name] + by}


def _times(name: str, factor: float) -> Callable[[Parameters], Parameters]:
    return lambda rule: {**rule, name: rule[name] * factor}


RELAXED: dict[str, Callable[[Parameters], Parameters]] = {
    "breadth": lambda rule: {"domains_at_least": max(1, rule["domains_at_least"] - 1)},
    "change_limit": _larger("changes_at_most", 1),
    "class_size": _class_size,
    "facility_required": lambda rule: {"waived": sorted({*rule["waived"], "lab"})},
    "fixed_offers": lambda rule: {"must": rule["must"][1:], "must_not": rule["must_not"][1:]},
    "institution_balance": _larger("deficit_at_most", 0.2),
    "institution_share": _times("share_at_least", 0.5),
    "intake_cap": lambda rule: {
        "caps": [{**cap, "learners_at_most": cap["learners_at_most"] + 3} for cap in rule["caps"]]
    },
    "labour_market_prospect": lambda rule: {**rule, "classes": rule["classes"][:1]},
    "max_sites": _larger("sites_at_most", 1),
    "minimum_coverage": _times("share", 0.5),
    "minimum_run": lambda rule: {"years_at_least": max(1, rule["years_at_least"] - 4)},
    "no_duplication": _times("within_minutes", 0.5),
    "partnership": _larger("within_minutes", 20),
    "placement_guarantee": lambda rule: {
        **rule,
        "unplaced_at_most": min(1.0, rule["unplaced_at_most"] + 0.2),
    },
    "programme_efficiency": _times("learners_per_offer", 0.5),
    "progression": _larger("minutes", 20),
    "region_budget": _times("euros_at_most", 1.2),
    "site_capacity": _times("hours_per_place", 1.5),
    "teacher_hours": _times("stretch", 1.5),
    "travel_limit": _travel_limit,
    "workplace_capacity": _times("stretch", 1.5),
    "zone_access": lambda rule: {**rule, "levels_at_least": 0},
}
"""By rule: parameters that ask for less, from those that ask for more."""
