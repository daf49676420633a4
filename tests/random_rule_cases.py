"""Seeded cases for one rule at a time: uncertain regions of several periods where it can matter.

Drawn at random, many a rule is rarely in the way. Here the region has what the rule is about, its
parameters are strict, and what is aimed for is mostly what it limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from coverage_opt.policy.policy import Policy
from random_features import possible_offers
from random_policies import (
    KINDS,
    SHARES,
    SHARING,
    Parameters,
    Tables,
    policy_of,
    random_switches,
    rule_parameters,
    wider_objective,
)
from random_regions import periods_of, wider_tables


def rule_case(rule: str, seed: int) -> tuple[Tables, Policy, Policy]:
    """Return an uncertain region, a policy with a rule, and the same policy without it."""
    random = Random(f"{rule} {seed}")
    while True:
        tables = uncertain_tables(random.randrange(10**6))
        if _CAN_MATTER.get(rule, _always)(tables):
            rules = rule_parameters(random, tables)
            if rule in rules:
                break
    return tables, *_policies(random, rule, rules, tables)


def uncertain_tables(seed: int) -> Tables:
    """Return tables with more than one period and more than one scenario."""
    random = Random(f"uncertain {seed}")
    while True:
        tables = wider_tables(random.randrange(10**6))
        if len(periods_of(tables)) > 1 and len(tables["scenarios"] or ()) > 1:
            return tables


def _policies(
    random: Random, rule: str, rules: dict[str, Parameters], tables: Tables
) -> tuple[Policy, Policy]:
    pattern = "modular" if rule == "partnership" else random.choice(list(SHARING))
    others: dict[str, Any] = {}
    if rule != "class_size" and (rule in _WITH_CLASSES or random.random() < 0.5):
        others["class_size"] = rules["class_size"]
    if rule in _WITH_CLASSES:
        others["class_size"] = _classes(random, rule, rules)
    if rule == "minimum_run":
        others["fixed_offers"] = _not_at_the_end(random, tables)
    if rule in _OF_SITES:
        others["travel_limit"] = {"minutes": 30}
    elif rule != "travel_limit" and random.random() < 0.5:
        others["travel_limit"] = {"minutes": random.choice([30, 60])}
    strict = {**rules[rule], **_STRICT.get(rule, _as_drawn)(random, tables)}
    stages = wider_objective(random, tables)
    if random.random() < 0.7:
        risk = random.choice(["expected", "worst_case", "cvar"])
        stages = [{"maximise": dict.fromkeys(SHARES, 1), "risk": risk}]
    if rule in _ASK_FOR_OFFERS and random.random() < 0.5:
        stages = [{"minimise": {"offers": 1, "open_sites": 1}}]
        if rule in ("breadth", "progression"):
            others = {"fixed_offers": {"must": [_lowest(tables)]}}
    switches = random_switches(random)
    return (
        policy_of({**others, rule: strict}, stages, SHARING[pattern], **switches),
        policy_of(others, stages, SHARING[pattern], **switches),
    )


def _classes(random: Random, rule: str, rules: dict[str, Parameters]) -> Parameters:
    """Return class sizes that are hard to fill where the rule asks for more, or helps to."""
    sizes: Parameters = {"holds": random.choice(["every_scenario", "expectation"])}
    minimums = [6, 9, 13] if rule in ("breadth", "progression") else [3, 5, 7]
    for kind in ("own", *KINDS):
        sizes[kind] = {"minimum": random.choice(minimums)}
    if rule == "partnership":
        together = rules[rule]["kinds"]
        for kind in ("own", *KINDS):
            least = random.choice([12, 20, 30]) if kind in together else random.choice([0, 2])
            sizes[kind] = {"minimum": least, "maximum": 60}
    return sizes


def _not_at_the_end(random: Random, tables: Tables) -> Parameters:
    """Return fixed offers: one that is not offered today, and may not be in the last period."""
    today = {row[:2] for row in tables["current"]}
    new = [offer for offer in possible_offers(tables) if offer not in today]
    programme, site = random.choice(new or sorted(today))
    last = periods_of(tables)[-1]
    return {"must_not": [{"programme": programme, "site": site, "periods": [last]}]}


def _as_drawn(random: Random, tables: Tables) -> Parameters:
    return {}


def _always(tables: Tables) -> bool:
    return True


def _two_sites_for_one(tables: Tables) -> bool:
    """Return whether a programme can be offered at two sites."""
    sites = Counter(domain for _, domain in tables["site_domains"])
    return any(sites[row[5]] > 1 for row in tables["programmes"])


def _two_domains_at_one(tables: Tables) -> bool:
    return len({row[5] for row in tables["programmes"]}) > 1


def _today(tables: Tables) -> bool:
    return bool(tables["current"])


def _close_sites_that_share(tables: Tables) -> bool:
    """Return whether a unit taught with two programmes, or one at two sites, has partners."""
    users = Counter(unit for _, unit in tables["curriculum"])
    taught = [row[0] for row in tables["units"] if row[5] == "with_programme"]
    return _two_sites_for_one(tables) and any(users[unit] > 1 for unit in taught)


def _levels_in_a_domain(tables: Tables) -> bool:
    """Return whether a programme has a successor in its domain."""
    levels: dict[str, set[int]] = {}
    for row in tables["programmes"]:
        levels.setdefault(row[5], set()).add(row[4])
    return any(len(found) > 1 for found in levels.values())


def _lowest(tables: Tables) -> dict[str, str]:
    """Return an offer of the lowest level in the domain that has most levels."""
    levels: dict[str, list[tuple[int, str]]] = {}
    for programme, site in possible_offers(tables):
        row = next(row for row in tables["programmes"] if row[0] == programme)
        levels.setdefault(row[5], []).append((row[4], f"{programme} {site}"))
    most = max(sorted(levels), key=lambda domain: len({level for level, _ in levels[domain]}))
    programme, site = min(levels[most])[1].split()
    return {"programme": programme, "site": site}


def _no_prospects(tables: Tables) -> bool:
    return any(row[2] in ("poor", "moderate") for row in tables["occupations"])


_CAN_MATTER: dict[str, Callable[[Tables], bool]] = {
    "breadth": _two_domains_at_one,
    "change_limit": _today,
    "facility_required": _two_sites_for_one,
    "labour_market_prospect": _no_prospects,
    "max_sites": _two_sites_for_one,
    "minimum_run": _today,
    "no_duplication": _two_sites_for_one,
    "partnership": _close_sites_that_share,
    "progression": _levels_in_a_domain,
}
"""What a region must have for a rule to matter."""

_WITH_CLASSES = {
    "breadth",
    "minimum_run",
    "partnership",
    "placement_guarantee",
    "progression",
    "zone_access",
}
"""Rules that ask for more offers, or allow them: in the way only where an offer must be filled."""

_OF_SITES = {"max_sites", "no_duplication", "partnership"}
"""Rules that matter where learners cannot all go to one site."""

_ASK_FOR_OFFERS = {
    "breadth",
    "institution_share",
    "minimum_coverage",
    "placement_guarantee",
    "progression",
    "zone_access",
}
"""Rules that ask for offers: in the way where there are to be few."""

_STRICT: dict[str, Callable[[Random, Tables], Parameters]] = {
    "breadth": lambda *_: {"domains_at_least": 2},
    "labour_market_prospect": lambda *_: {"classes": ["poor", "moderate"]},
    "max_sites": lambda *_: {"sites_at_most": 1},
    "no_duplication": lambda *_: {"sites_at_most": 1, "within_minutes": 60},
    "partnership": lambda *_: {"within_minutes": 60},
    "placement_guarantee": lambda random, _: {"unplaced_at_most": random.choice([0.1, 0.2, 0.3])},
    "progression": lambda random, _: {
        "levels": [1, 2, 3],
        "within": "domain",
        "minutes": random.choice([10, 20]),
    },
    "site_capacity": lambda *_: {"hours_per_place": 100},
    "teacher_hours": lambda random, _: {"stretch": random.choice([0.3, 0.5, 0.7])},
    "workplace_capacity": lambda *_: {"stretch": 0.5},
    "zone_access": lambda *_: {"domains_at_least": 1, "levels_at_least": 1},
}
"""Parameters that are often in the way."""
