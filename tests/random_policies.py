"""Seeded policies for the tiny regions of `random_regions`: rules, objectives, sharing.

Parameters come from a few values each, chosen so that a good part of the rules can be kept but
changes what is best.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from coverage_opt.policy.policy import Policy
from random_features import binaries, partner_runs

MOST_WITH_PARTNERS = 12
"""Decisions that may be tried both ways, in all periods together, with partners."""

SHARING: dict[str, tuple[str, ...]] = {
    "programme": (),
    "dossier": ("common",),
    "orientation": ("orientation",),
    "modular": ("generic", "orientation", "common", "profile", "elective"),
}
"""What is shared under each of the four policies."""

KINDS = ("generic", "orientation", "common", "profile", "elective")

Tables = dict[str, Any]

Parameters = dict[str, Any]


def policy_of(
    rules: Mapping[str, Any],
    objective: list[dict[str, Any]],
    sharing: tuple[str, ...] = (),
    **others: Any,
) -> Policy:
    """Return a policy from its parts."""
    return Policy.model_validate(
        {
            "name": "tried",
            "title": "Tried",
            "view": "A policy for tests.",
            "sharing": sharing,
            "rules": rules,
            "objective": objective,
            **others,
        }
    )


def random_policy(seed: int, pattern: str, tables: Tables) -> Policy:
    """Return a policy with one of the four sharing patterns; rules, sizes and stages by seed."""
    random = Random(f"{seed} {pattern}")
    rules = {
        name: parameters
        for name, parameters in rule_parameters(random, tables).items()
        if random.random() < _HOW_OFTEN.get(name, _OTHERS)
    }
    if is_plain(tables):
        return policy_of(rules, objective(random), SHARING[pattern])
    stages = wider_objective(random, tables)
    return policy_of(rules, stages, SHARING[pattern], **random_switches(random))


def random_switches(random: Random) -> dict[str, Any]:
    """Return what a policy says besides sharing, rules and objective."""
    intake = [kind for kind in ("BBL", "adult") if random.random() < 0.5]
    return {"hybrids": random.random() < 0.6, "continuous_intake": intake}


def is_plain(tables: Tables) -> bool:
    """Return whether a region was drawn with one period and no optional table."""
    return "current" not in tables


_HOW_OFTEN = {
    "class_size": 0.85,
    "fixed_offers": 0.2,
    "max_sites": 0.25,
    "minimum_coverage": 0.2,
    "no_duplication": 0.3,
    "placement_guarantee": 0.3,
    "travel_limit": 0.7,
}
_OTHERS = 0.1
"""How often all other rules are in force: few at a time, as many contradict each other."""


def rule_parameters(random: Random, tables: Tables) -> dict[str, Parameters]:
    """Return random parameters for every rule that fits the region."""
    parameters = _of_one_period(random, tables)
    if is_plain(tables):
        return parameters
    for rule in (*_of_what_is_offered(random, tables), *_of_learners(random, tables)):
        parameters |= rule
    return parameters | _wider(random, parameters, tables)


def _offers(tables: Tables) -> list[dict[str, str]]:
    return [
        {"programme": row[0], "site": site}
        for row in tables["programmes"]
        for site, domain in tables["site_domains"]
        if row[5] == domain
    ]


def _of_one_period(random: Random, tables: Tables) -> dict[str, Parameters]:
    """Return parameters of the rules that every region can have."""
    offers = _offers(tables)
    random.shuffle(offers)
    sizes = [0, 2, 4, 6, 9, 13, 18]
    kinds = ("own", *KINDS)
    parameters: dict[str, Parameters] = {
        "class_size": {
            **{kind: {"minimum": random.choice(sizes), "maximum": 28} for kind in kinds},
            "per_offer": random.choice([0, 0, 2, 5]),
        },
        "fixed_offers": {
            "must": offers[: random.randint(0, 1)],
            "must_not": offers[1 : random.randint(1, 3)],
        },
        "max_sites": {"sites_at_most": random.randint(1, 2)},
        "minimum_coverage": {"share": random.choice([0.2, 0.5, 0.8, 1.0]), "weight_at_least": 0.75},
        "no_duplication": {
            "sites_at_most": random.randint(1, 2),
            "within_minutes": random.choice([20, 40, 60]),
        },
        "placement_guarantee": {"unplaced_at_most": random.choice([0.1, 0.3, 0.6])},
        "travel_limit": {
            "minutes": random.choice([30, 60, 80]),
            "by_level": {random.randint(1, 4): random.choice([20, 50])},
            "by_pathway": {"BBL": random.choice([30, 60])} if random.random() < 0.3 else {},
            "nearby": random.choice([None, 30, 50]),
        },
    }
    if tables["site_travel"] is None:
        del parameters["no_duplication"]
    return parameters


def _wider(
    random: Random, parameters: dict[str, Parameters], tables: Tables
) -> dict[str, Parameters]:
    """Return the rules of one period with what they can say of periods, scenarios and adults."""
    sizes = {}
    for kind in ("own", *KINDS):
        minimum = random.choice([0, 0, 2, 4, 6, 9])
        sizes[kind] = {"minimum": minimum, "maximum": random.choice([9, 14, 28])}
    periods = tables["settings"]["periods"]
    now = {"periods": [random.choice(periods)]} if random.random() < 0.5 else {}
    fixed = parameters["fixed_offers"]
    of = random.choice(["young", "adult", "everyone"]) if has_adults(tables) else "young"
    by_learner = {random.choice(["young", "adult"]): random.choice([20, 40])}
    return {
        "class_size": {
            **sizes,
            "per_offer": random.choice([0, 0, 2, 5]),
            "holds": random.choice(["every_scenario", "expectation"]),
        },
        "fixed_offers": {
            which: [{**offer, **now} for offer in offers] for which, offers in fixed.items()
        },
        "placement_guarantee": {**parameters["placement_guarantee"], "of": of},
        "travel_limit": {
            **parameters["travel_limit"],
            "by_learner": by_learner if random.random() < 0.4 else {},
        },
    }


def _of_what_is_offered(random: Random, tables: Tables) -> list[dict[str, Parameters]]:
    """Return parameters of the other rules that concern offers; of those that fit the region."""
    levels = sorted({row[4] for row in tables["programmes"]})
    domains = sorted({row[5] for row in tables["programmes"]})
    access = random.choice(
        [
            {"domains_at_least": random.randint(1, len(domains))},
            {"levels_at_least": random.randint(1, min(2, len(levels)))},
            {"domains_at_least": 1, "levels_at_least": min(2, len(levels))},
        ]
    )
    facility = tables.get("facilities") and random.choice(tables["facilities"])[1]
    found: list[dict[str, Parameters]] = [
        {"zone_access": access},
        {"breadth": {"domains_at_least": random.randint(1, len(domains))}},
        {
            "change_limit": {
                "changes_at_most": random.choice([0, 1, 1, 2]),
                "per": random.choice(["region", "institution"]),
            }
        },
        {"minimum_run": {"years_at_least": random.choice([4, 5, 9, 10])}},
    ]
    if tables["site_travel"] is not None:
        found += [
            {
                "progression": {
                    "levels": random.choice([[1, 2, 3], [2], [1, 2], [2, 3]]),
                    "within": random.choice(["dossier", "domain", "domain"]),
                    "minutes": random.choice([10, 20, 40]),
                }
            },
        ]
        found += _partnership(random, tables)
    if facility:
        waived = [facility] if random.random() < 0.2 else []
        found.append({"facility_required": {"waived": waived}})
    return found


def _partnership(random: Random, tables: Tables) -> list[dict[str, Parameters]]:
    """Return parameters for as many kinds as leave few enough subsets to try."""
    institutions = [row[0] for row in tables["institutions"]]
    joined = [institutions] if len(institutions) > 1 and random.random() < 0.3 else "all"
    minutes = random.choice([20, 40, 60])
    for number in (2, 1):
        kinds = shared_kinds(tables)[:number]
        tried = binaries(tables) + partner_runs(tables, kinds)
        if tried * len(tables["settings"]["periods"]) <= MOST_WITH_PARTNERS:
            rule = {"kinds": kinds, "within_minutes": minutes, "institutions": joined}
            return [{"partnership": rule}]
    return []


def shared_kinds(tables: Tables) -> list[str]:
    """Return the kinds of unit that are taught with the programme, those of several first."""
    users = [unit for _, unit in tables["curriculum"]]
    taught = [row for row in tables["units"] if row[5] == "with_programme"]
    kinds = [row[1] for row in sorted(taught, key=lambda row: -users.count(row[0]))]
    return list(dict.fromkeys(kinds)) or ["profile"]


def _of_learners(random: Random, tables: Tables) -> list[dict[str, Parameters]]:
    """Return parameters of the other rules that concern learners, groups and money."""
    programme = random.choice(tables["programmes"])[0]
    offer = random.choice([one for one in _offers(tables) if one["programme"] == programme])
    cap = {"programme": programme, "learners_at_most": random.choice([0, 3, 8, 15])}
    site = {"site": offer["site"]} if random.random() < 0.4 else {}
    found: list[dict[str, Parameters]] = [
        {"intake_cap": {"caps": [{**cap, **site}]}},
        {
            "labour_market_prospect": {
                "classes": random.choice([["poor"], ["poor", "moderate"], ["moderate", "fair"]]),
                "intake_share_at_most": random.choice([0.0, 0.3, 0.8]),
            }
        },
        {
            "programme_efficiency": {
                "learners_per_offer": random.choice([3, 6, 10]),
                "holds": random.choice(["every_scenario", "expectation"]),
            }
        },
    ]
    if tables.get("site_capacity"):
        found.append({"site_capacity": {"hours_per_place": random.choice([100, 250, 600])}})
    if tables.get("teachers"):
        found.append({"teacher_hours": {"stretch": random.choice([0.7, 1.0, 1.2])}})
    if tables.get("workplaces"):
        found.append({"workplace_capacity": {"stretch": random.choice([0.8, 1.0, 1.2])}})
    if tables.get("current"):
        share = random.choice([0.1, 0.3, 0.5, 0.7])
        found.append({"institution_share": {"share_at_least": share}})
    money = tables["settings"].get("money")
    if money:
        hours = sum(row[4] for row in tables["units"]) * money["cost_per_group_hour"]
        euros = hours * random.choice([0.3, 0.6, 1.0]) + money["cost_per_site"]
        found += [
            {"institution_balance": {"deficit_at_most": random.choice([0.0, 0.2, 0.5, 1.0])}},
            {"region_budget": {"euros_at_most": euros}},
        ]
    return found


def has_adults(tables: Tables) -> bool:
    return bool(tables.get("adult_cohorts") or tables.get("adult_demand"))


SHARES = ["coverage", "filled_openings", "placed", "first_choice", "worst_zone"]


def objective(random: Random) -> list[dict[str, Any]]:
    """Return one to three stages; the first is mostly a weighted sum of shares."""
    weighed = {
        term: random.choice([0.5, 1, 2]) for term in random.sample(SHARES, random.randint(1, 4))
    }
    first: dict[str, Any] = random.choice(
        [
            {"maximise": {"coverage": 1, "filled_openings": 1, "placed": 1, "first_choice": 0.5}},
            {"maximise": weighed},
            {"maximise": {"placed": 1, "coverage": 0.5}},
            {"minimise": {"offers": 1, "open_sites": 2}},
            {"maximise": {"placed": 1}, "tolerance": 0.1},
        ]
    )
    later: list[dict[str, Any]] = [
        {"maximise": {"saved_hours": 1}},
        {"maximise": {"saved_hours": 1}, "decides": "units"},
        {"minimise": {"travel_minutes": 1}},
        {"minimise": {"offers": 1}},
        {"maximise": {"coverage": 1, "first_choice": 1}},
    ]
    chosen = random.sample(later, random.choice([0, 0, 1, 2]))
    return _in_order(random, [first, *chosen])


def wider_objective(random: Random, tables: Tables) -> list[dict[str, Any]]:
    """Return one to three stages of any term that fits the region, some at a risk."""
    terms = [*SHARES]
    terms += ["certificates"] * has_adults(tables)
    terms += ["worst_institution"] * bool(tables.get("current"))
    weighed: dict[str, float] = {
        term: random.choice([0.5, 1, 2]) for term in random.sample(terms, random.randint(1, 4))
    }
    of_money = bool(tables["settings"].get("money"))
    if of_money and random.random() < 0.3:
        weighed["balance"] = random.choice([1e-6, 1e-5])
    first: dict[str, Any] = random.choice(
        [
            {"maximise": weighed},
            {"maximise": weighed},
            {"maximise": {"coverage": 1, "filled_openings": 1, "placed": 1, "first_choice": 0.5}},
            {"maximise": {"placed": 1}, "tolerance": random.choice([0.02, 0.1])},
            {"minimise": {"offers": 1, "open_sites": 2, "changes": 0.5}},
        ]
    )
    later: list[dict[str, Any]] = [
        {"maximise": {"saved_hours": 1}, "decides": "units"},
        {"minimise": {"travel_minutes": 1}},
        {"minimise": {"changes": 1, "offers": 0.1}},
        {"maximise": {"first_choice": 1, "worst_zone": 1}},
    ]
    later += [{"minimise": {"cost": 1}}, {"maximise": {"balance": 1}}] * of_money
    stages = [first, *random.sample(later, random.choice([0, 0, 0, 1, 1, 2]))]
    return _in_order(random, [_at_risk(random, stage) for stage in stages])


def _at_risk(random: Random, stage: dict[str, Any]) -> dict[str, Any]:
    risk = random.choice(["expected", "expected", "worst_case", "cvar"])
    tail = {"tail": random.choice([0.2, 0.4, 0.7])} if risk == "cvar" else {}
    return {**stage, "risk": risk, **tail}


def _in_order(random: Random, stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first, *later = stages
    stages = [first, *sorted(later, key=lambda stage: stage.get("decides", "offers"))]
    if random.random() < 0.5:
        stages.append({"minimise": {"travel_minutes": 1}, "decides": "placement"})
    return stages
