"""Seeded tiny regions and policies: small enough that every subset of offers can be tried.

`random_tables` makes 2-4 zones, 1-3 sites, 2-4 programmes in one or two domains with shared units
of every kind, and at most `MOST_BINARIES` offers and nearby units together. Travel times and
limits come from a few values each, so that zones that cannot be told apart are common.
"""

from __future__ import annotations

from random import Random
from typing import Any

from builders import Rows, tiny_region
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region

PERIOD = 2026
MOST_BINARIES = 8

SHARING: dict[str, tuple[str, ...]] = {
    "programme": (),
    "dossier": ("common",),
    "orientation": ("orientation",),
    "modular": ("generic", "orientation", "common", "profile", "elective"),
}
"""What is shared under each of the four policies."""

Tables = dict[str, Any]


def random_region(seed: int) -> Region:
    """Return the region of a seed."""
    return tiny_region(**random_tables(seed))


def random_tables(seed: int) -> Tables:
    """Return the tables of a seed's region, as overrides for `builders.tiny_region`."""
    random = Random(seed)
    while True:
        tables = _tables(random)
        if _binaries(tables) <= MOST_BINARIES:
            return tables


def domains_apart(tables: Tables) -> Tables:
    """Return the tables with domains that share neither learners nor occupations.

    What still spans them is at most a generic or elective unit and the rules on the whole region:
    a model that the engine takes apart.
    """
    domain_of = {row[0]: row[5] for row in tables["programmes"]}
    domain_of |= {f"try-{domain}": domain for domain in set(domain_of.values())}
    home = {occupation: domain_of[programme] for programme, occupation, _ in tables["leads_to"]}
    return {
        **tables,
        "accept": [row for row in tables["accept"] if domain_of[row[0]] == domain_of[row[1]]],
        "leads_to": [row for row in tables["leads_to"] if domain_of[row[0]] == home[row[1]]],
    }


def random_policy(seed: int, pattern: str, tables: Tables) -> Policy:
    """Return a policy with one of the four sharing patterns; rules, sizes and stages by seed."""
    random = Random(f"{seed} {pattern}")
    return policy_of(_rules(random, tables), objective(random), SHARING[pattern])


def policy_of(
    rules: dict[str, Any],
    objective: list[dict[str, Any]],
    sharing: tuple[str, ...] = (),
) -> Policy:
    """Return a policy from its three parts."""
    return Policy.model_validate(
        {
            "name": "tried",
            "title": "Tried",
            "view": "A policy for tests.",
            "sharing": sharing,
            "rules": rules,
            "objective": objective,
        }
    )


def _tables(random: Random) -> Tables:
    zones = [f"z{number}" for number in range(random.randint(2, 4))]
    sites = [f"s{number}" for number in range(random.randint(1, 3))]
    domains = ["care", "technology"][: random.randint(1, 2)]
    programmes = _programmes(random, domains)
    units, curriculum = _curriculum(random, programmes)
    occupations, openings, leads_to = _work(random, programmes)
    retention = [1.0, *sorted([random.choice([0.95, 0.9, 0.8, 0.7]) for _ in range(3)])[::-1]]
    return {
        "settings": {
            "name": "random",
            "title": "Random",
            "periods": [PERIOD],
            "retention": dict(enumerate(retention, start=1)),
        },
        "zones": [(zone, zone.upper(), "Here", 51.5, 3.5, "main") for zone in zones],
        "institutions": [("college", "College")],
        "sites": [(site, "college", site.upper(), "Town", 51.5, 3.5, "main") for site in sites],
        "site_domains": _site_domains(random, sites, domains),
        "programmes": programmes,
        "units": units,
        "curriculum": curriculum,
        "accept": _accept(random, programmes, curriculum),
        "occupations": occupations,
        "openings": openings,
        "leads_to": leads_to,
        "travel": [
            (zone, site, random.choice([10, 25, 45, 70])) for zone in zones for site in sites
        ],
        # a table may not be empty
        "site_travel": _site_travel(random, sites) if len(sites) > 1 else None,
        **_asking(random, zones, [row[0] for row in programmes], units),
    }


def _programmes(random: Random, domains: list[str]) -> Rows:
    """Return programmes; some are the BBL pathway of the one before."""
    rows: Rows = []
    for number in range(random.randint(2, 4)):
        crebo, pathway = f"p{number}", random.choice(["BOL", "BBL"])
        level, domain = random.randint(1, 4), random.choice(domains)
        dossier = f"{domain}-{random.randint(0, 1)}"
        if rows and random.random() < 0.3:
            crebo, level, domain, dossier = rows[-1][1], rows[-1][4], rows[-1][5], rows[-1][6]
            pathway = "BBL" if rows[-1][2] == "BOL" else "BOL"
        success = random.choice([0.6, 0.8, 1.0])
        name = f"{crebo}-{pathway}"
        if name not in {row[0] for row in rows}:
            rows.append(
                (name, crebo, pathway, name, level, domain, dossier, "field", 2, 1.0, success)
            )
    # every domain that a site may teach has a programme
    missing = [domain for domain in domains if domain not in {row[5] for row in rows}]
    return rows + [(f"{d}-BOL", d, "BOL", d, 2, d, f"{d}-0", "field", 2, 1.0, 0.8) for d in missing]


def _curriculum(random: Random, programmes: Rows) -> tuple[Rows, Rows]:
    """Return units of every kind and who uses them."""
    deliveries = {
        "generic": ["online", "with_programme", "with_programme", "nearby"],
        "orientation": ["nearby", "nearby", "with_programme"],
        "elective": ["online", "with_programme"],
    }
    units: dict[str, tuple[Any, ...]] = {}
    curriculum: Rows = []

    def use(programme: str, unit: str, kind: str, years: list[int]) -> None:
        if unit not in units:
            delivery = random.choice(deliveries.get(kind, ["with_programme"]))
            hours = random.choice([40, 100, 250, 400])
            units[unit] = (unit, kind, unit, random.choice(years), hours, delivery)
        curriculum.append((programme, unit))

    for programme, crebo, _, _, _, domain, dossier, *_ in programmes:
        use(programme, f"profile-{crebo}", "profile", [1, 2, 3])
        if random.random() < 0.6:
            use(programme, f"try-{domain}", "orientation", [1])
        if random.random() < 0.6:
            use(programme, f"common-{dossier}", "common", [1, 2])
        if random.random() < 0.5:
            use(programme, "generic", "generic", [1])
        if random.random() < 0.3:
            use(programme, "elective", "elective", [3, 4])
    return list(units.values()), curriculum


def _work(random: Random, programmes: Rows) -> tuple[Rows, Rows, Rows]:
    names = [f"o{number}" for number in range(random.randint(1, 3))]
    weights = [random.choice([0.0, 0.5, 1.0, 2.0]) for _ in names]
    occupations: Rows = [
        (name, name, "good", 1.0, weight) for name, weight in zip(names, weights, strict=True)
    ]
    openings: Rows = [(name, PERIOD, random.choice([0, 2, 6, 15])) for name in names]
    pairs = {(random.choice(programmes)[0], name): random.choice([0.2, 0.3]) for name in names} | {
        (row[0], name): random.choice([0.1, 0.2, 0.3])
        for row in programmes
        for name in names
        if random.random() < 0.4
    }
    return occupations, openings, [(*pair, share) for pair, share in pairs.items()]


def _accept(random: Random, programmes: Rows, curriculum: Rows) -> Rows:
    names = [row[0] for row in programmes]
    choices = [*names, *sorted({unit for _, unit in curriculum if unit.startswith("try-")})]
    return [
        (choice, name, random.choice([0.25, 0.5, 1.0]))
        for choice in choices
        for name in names
        if choice != name and (name, choice) not in curriculum and random.random() < 0.35
    ]


def _asking(random: Random, zones: list[str], programmes: list[str], units: Rows) -> Tables:
    """Return demand zone by zone, or cohorts and shares; some are undecided."""
    choices = programmes + [row[0] for row in units if row[1] == "orientation"]
    if random.random() < 0.5:
        demand = [
            (zone, choice, PERIOD, random.choice([1, 2.5, 4, 8, 12, 20]))
            for zone in zones
            for choice in choices
            if random.random() < 0.6
        ]
        demand = demand or [(zones[0], choices[0], PERIOD, 9)]
        return {"demand": demand, "cohorts": None, "choices": None}
    shares = [random.randint(0, 5) for _ in choices]
    shares[0] += 1
    return {
        "cohorts": [
            (zone, PERIOD, random.choice([0, 10, 25, 40]) + (zone == zones[0])) for zone in zones
        ],
        "choices": [
            (choice, share / sum(shares)) for choice, share in zip(choices, shares, strict=True)
        ],
    }


def _site_domains(random: Random, sites: list[str], domains: list[str]) -> Rows:
    taught = {(sites[0], domain) for domain in domains}
    for site in sites[1:]:
        taught.add((site, random.choice(domains)))
        taught |= {(site, domain) for domain in domains if random.random() < 0.5}
    return sorted(taught)


def _site_travel(random: Random, sites: list[str]) -> Rows:
    return [
        (start, end, random.choice([15, 35, 55]))
        for start in sites
        for end in sites
        if start != end
    ]


def _binaries(tables: Tables) -> int:
    """Return how many offers and nearby units there are at the most."""
    domain_of = {row[0]: row[5] for row in tables["programmes"]}
    sites_of: dict[str, set[str]] = {}
    for site, domain in tables["site_domains"]:
        sites_of.setdefault(domain, set()).add(site)
    offers = sum(len(sites_of[domain]) for domain in domain_of.values())
    nearby = {row[0] for row in tables["units"] if row[5] == "nearby"}
    runs = {
        (unit, site)
        for programme, unit in tables["curriculum"]
        if unit in nearby
        for site in sites_of[domain_of[programme]]
    }
    return offers + len(runs)


def rule_parameters(random: Random, tables: Tables) -> dict[str, dict[str, Any]]:
    """Return random parameters for every rule that fits the region."""
    offers = [
        {"programme": row[0], "site": site}
        for row in tables["programmes"]
        for site, domain in tables["site_domains"]
        if row[5] == domain
    ]
    random.shuffle(offers)
    sizes = [0, 2, 4, 6, 9, 13, 18]
    kinds = ("own", "generic", "orientation", "common", "profile", "elective")
    parameters: dict[str, dict[str, Any]] = {
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


_HOW_OFTEN = {
    "class_size": 0.85,
    "fixed_offers": 0.2,
    "max_sites": 0.25,
    "minimum_coverage": 0.2,
    "no_duplication": 0.3,
    "placement_guarantee": 0.3,
    "travel_limit": 0.7,
}


def _rules(random: Random, tables: Tables) -> dict[str, Any]:
    return {
        name: parameters
        for name, parameters in rule_parameters(random, tables).items()
        if random.random() < _HOW_OFTEN[name]
    }


def objective(random: Random) -> list[dict[str, Any]]:
    """Return one to three stages; the first is mostly a weighted sum of shares."""
    shares = ["coverage", "filled_openings", "placed", "first_choice", "worst_zone"]
    weighed = {
        term: random.choice([0.5, 1, 2]) for term in random.sample(shares, random.randint(1, 4))
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
    stages = [first, *sorted(chosen, key=lambda stage: stage.get("decides", "offers"))]
    if random.random() < 0.5:
        stages.append({"minimise": {"travel_minutes": 1}, "decides": "placement"})
    return stages
