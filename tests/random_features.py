"""What a tiny region may have besides: institutions, adults, scenarios, money, limits."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

from builders import Rows

SET = "futures"
"""The set of scenarios of a region that has any."""

Tables = dict[str, Any]

OPTIONAL = (
    "adult_cohorts",
    "adult_choices",
    "adult_demand",
    "current",
    "teachers",
    "site_capacity",
    "facilities",
    "requirements",
    "workplaces",
    "afterwards",
    "hybrids",
    "scenarios",
    "factors",
)


def features(random: Random, tables: Tables) -> Tables:
    """Return the tables of a region with, of each feature, perhaps some."""
    wider: Tables = {**tables, **dict.fromkeys(OPTIONAL)}
    wider["settings"] = {**tables["settings"], **_settings(random)}
    wider["occupations"] = [
        (*row[:2], random.choice(["very good", "fair", "moderate", "poor"]), *row[3:])
        for row in tables["occupations"]
    ]
    _two_institutions(random, wider)
    _a_hybrid(random, wider)
    for feature in (
        _adults,
        _today,
        _teachers,
        _site_capacity,
        _facilities,
        _workplaces,
        _afterwards,
        _scenarios,
    ):
        if random.random() < 0.6:
            wider |= feature(random, wider)
    return wider


def _settings(random: Random) -> dict[str, Any]:
    settings: dict[str, Any] = {"money": None, "entry": None}
    if random.random() < 0.5:
        settings["money"] = {
            "funding_per_learner": random.choice([1500, 4000, 6500]),
            "pathway_weight": {"BOL": 1.0, "BBL": random.choice([0.4, 0.8])},
            "cost_per_group_hour": random.choice([40, 105]),
            "cost_per_offer": random.choice([0, 5000, 15000]),
            "cost_per_site": random.choice([0, 10000, 40000]),
            "cost_to_open": random.choice([0, 30000]),
            "cost_to_close": random.choice([0, 20000]),
            "fee_per_hour": random.choice([0, 8]),
        }
    if random.random() < 0.5:
        settings["entry"] = {
            kind: {"moments": random.choice([1, 2, 4]), "waits": random.choice([0.0, 0.5, 0.85])}
            for kind in random.sample(["BBL", "adult"], random.randint(1, 2))
        }
    return settings


def _two_institutions(random: Random, tables: Tables) -> None:
    if len(tables["sites"]) < 2 or random.random() < 0.3:
        return
    tables["institutions"] = [("college", "College"), ("academy", "Academy")]
    tables["sites"] = [
        (row[0], "college" if number == 0 else random.choice(["academy", "college"]), *row[2:])
        for number, row in enumerate(tables["sites"])
    ]
    last = tables["sites"][-1]
    tables["sites"][-1] = (last[0], "academy", *last[2:])


def _a_hybrid(random: Random, tables: Tables) -> None:
    """Add a programme over both domains, which some ask for, and others accept."""
    domains = sorted({row[5] for row in tables["programmes"]})
    if len(domains) < 2 or random.random() < 0.5:
        return
    other = tables["programmes"][0][0]
    tables["programmes"] = [
        *tables["programmes"],
        ("mix-BOL", "mix", "BOL", "Mix", 3, domains[0], f"{domains[0]}-0", "field", 3, 1.2, 0.8),
    ]
    tables["hybrids"] = [("mix-BOL", domains[1])]
    tables["units"] = [
        *tables["units"],
        ("profile-mix", "profile", "Mix", 2, random.choice([100, 250]), "with_programme"),
    ]
    shared = sorted({row[0] for row in tables["units"] if row[1] in ("generic", "common")})
    tables["curriculum"] = [
        *tables["curriculum"],
        ("mix-BOL", "profile-mix"),
        *(("mix-BOL", unit) for unit in shared if random.random() < 0.5),
    ]
    tables["accept"] = [*tables["accept"], (other, "mix-BOL", 0.5), ("mix-BOL", other, 0.5)]
    tables["leads_to"] = [*tables["leads_to"], ("mix-BOL", tables["occupations"][0][0], 0.4)]
    if "demand" not in tables:
        shares = [(choice, 0.8 * share) for choice, share in tables["choices"]]
        tables["choices"] = [*shares, ("mix-BOL", 0.2)]
    else:
        zone = tables["zones"][0][0]
        tables["demand"] = [
            *tables["demand"],
            *((zone, "mix-BOL", period, 6) for period in tables["settings"]["periods"]),
        ]


def _adults(random: Random, tables: Tables) -> Tables:
    """Return adults who ask for programmes, for a domain, or for a single unit."""
    programmes = [row[0] for row in tables["programmes"]]
    units = [row[0] for row in tables["units"]]
    choices = [
        *random.sample(programmes, random.randint(1, 2)),
        *random.sample(units, random.randint(1, min(3, len(units)))),
    ]
    zones = [row[0] for row in tables["zones"]]
    periods = tables["settings"]["periods"]
    if random.random() < 0.5:
        return {
            "adult_demand": [
                (zone, choice, period, random.choice([1, 3, 6, 10]))
                for period in periods
                for zone in zones
                for choice in choices
                if zone == zones[0] or random.random() < 0.5
            ]
        }
    return {
        "adult_cohorts": [
            (zone, period, random.choice([0, 4, 12]) + 2 * (zone == zones[0]))
            for period in periods
            for zone in zones
        ],
        "adult_choices": [(choice, 1 / len(choices)) for choice in choices],
    }


def possible_offers(tables: Tables) -> list[tuple[str, str]]:
    """Return every (programme, site) that may be offered, hybrids left out."""
    hybrids = {row[0] for row in tables["hybrids"] or []}
    return [
        (row[0], site)
        for row in tables["programmes"]
        for site, domain in tables["site_domains"]
        if row[5] == domain and row[0] not in hybrids
    ]


def _today(random: Random, tables: Tables) -> Tables:
    offers = possible_offers(tables)
    random.shuffle(offers)
    offered = offers[: random.randint(1, min(4, len(offers)))]
    learners = [12, *(random.choice([0, 5, 10, 20]) for _ in offered[1:])]
    return {"current": [(*offer, n) for offer, n in zip(offered, learners, strict=True)]}


def _teachers(random: Random, tables: Tables) -> Tables:
    """Return hours for every institution and domain, also those it never needs."""
    owner = {row[0]: row[1] for row in tables["sites"]}
    pairs = sorted({(owner[site], domain) for site, domain in tables["site_domains"]})
    general = sorted({(institution, "general") for institution, _ in pairs})
    hours = [150, 300, 500, 900, 1500]
    return {"teachers": [(*pair, random.choice(hours)) for pair in (*pairs, *general)]}


def _site_capacity(random: Random, tables: Tables) -> Tables:
    sites = [row[0] for row in tables["sites"]]
    listed = random.sample(sites, random.randint(1, len(sites)))
    return {"site_capacity": [(site, random.choice([2, 6, 15, 40])) for site in listed]}


def _facilities(random: Random, tables: Tables) -> Tables:
    sites = [row[0] for row in tables["sites"]]
    programmes = [row[0] for row in tables["programmes"]]
    pairs = {(random.choice(sites), random.choice(["lab", "hall"])) for _ in range(2)}
    needs = {(random.choice(programmes), random.choice(["lab", "hall"])) for _ in range(2)}
    return {
        "facilities": sorted({(sites[0], "lab"), (sites[-1], "hall"), *pairs}),
        "requirements": sorted({(programmes[0], "lab"), *needs}),
    }


def _workplaces(random: Random, tables: Tables) -> Tables:
    pairs = sorted({(row[5], row[2]) for row in tables["programmes"]})
    listed = random.sample(pairs, random.randint(1, len(pairs)))
    return {"workplaces": [(*pair, random.choice([3, 8, 20, 40])) for pair in listed]}


def _afterwards(random: Random, tables: Tables) -> Tables:
    """Return shares, 1 or more together, for some orientation units."""
    users: dict[str, list[str]] = defaultdict(list)
    orientation = {row[0] for row in tables["units"] if row[1] == "orientation"}
    for programme, unit in tables["curriculum"]:
        if unit in orientation:
            users[unit].append(programme)
    rows: Rows = []
    for unit, programmes in users.items():
        chosen = random.sample(programmes, random.randint(1, len(programmes)))
        least = random.choice([0.4, 0.6, 0.9])
        shares = [random.choice([0.3, 0.6, 1.0]) for _ in chosen[1:]]
        first = max(least, 1 - sum(shares))
        rows += [(unit, p, s) for p, s in zip(chosen, [first, *shares], strict=True)]
    return {"afterwards": rows or None}


def _scenarios(random: Random, tables: Tables) -> Tables:
    """Return one to three scenarios; perhaps the baseline is one of them."""
    probabilities = random.choice([[1.0], [0.5, 0.5], [0.3, 0.7], [0.2, 0.3, 0.5]])
    names = [f"w{number}" for number in range(len(probabilities))]
    if len(names) > 1 and random.random() < 0.5:
        names[0] = "baseline"
    named = zip(names, probabilities, strict=True)
    factors: dict[tuple[Any, ...], float] = {}
    for name in names:
        for period in tables["settings"]["periods"] if name != "baseline" else ():
            for _ in range(random.randint(0, 3)):
                quantity, of, values = random.choice(_quantities(random, tables))
                factors[name, period, quantity, of] = random.choice(values)
    return {
        "scenarios": [
            (SET, name, "Baseline" if name == "baseline" else f"Future {name}", probability)
            for name, probability in named
        ],
        "factors": [(*key, factor) for key, factor in factors.items()] or None,
    }


def _quantities(random: Random, tables: Tables) -> list[tuple[str, str, list[float]]]:
    """Return (quantity, of, factors to choose from) for all that a scenario may change here."""
    programme = random.choice(tables["programmes"])
    occupation = random.choice(tables["occupations"])[0]
    found: list[tuple[str, str, list[float]]] = [
        ("learners", "all", [0.5, 0.7, 1.3]),
        ("choice", programme[0], [0.3, 2.0, 3.0]),
        ("choice", programme[5], [0.5, 2.0]),
        ("openings", "all", [0.5, 2.0]),
        ("openings", occupation, [0.0, 0.5, 2.0]),
    ]
    if tables["adult_cohorts"] or tables["adult_demand"]:
        found.append(("adults", "all", [0.5, 2.0]))
    if tables["workplaces"]:
        domain = random.choice(tables["workplaces"])[0]
        found.append(("workplaces", domain, [0.5, 1.5]))
        found.append(("workplaces", "all", [0.5, 1.5]))
    return found


def binaries(tables: Tables) -> int:
    """Return how many offers and nearby units there are at the most, in one period."""
    taught = {tuple(row) for row in tables["site_domains"]}
    sites = {site for site, _ in taught}
    second = dict(tables.get("hybrids") or [])
    sites_of: dict[str, set[str]] = {}
    for row in tables["programmes"]:
        domains = [row[5], *({second[row[0]]} if row[0] in second else ())]
        sites_of[row[0]] = {site for site in sites if all((site, d) in taught for d in domains)}
    nearby = {row[0] for row in tables["units"] if row[5] == "nearby"}
    runs = {
        (unit, site)
        for programme, unit in tables["curriculum"]
        if unit in nearby
        for site in sites_of[programme]
    }
    return sum(len(found) for found in sites_of.values()) + len(runs)


def partner_runs(tables: Tables, kinds: list[str]) -> int:
    """Return how many more decisions there are, in one period, when sites share these kinds."""
    taught = [row for row in tables["units"] if row[5] == "with_programme" and row[1] in kinds]
    return len(taught) * len(tables["sites"])
