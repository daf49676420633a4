"""Seeded tiny regions: small enough that every subset of offers can be tried.

`random_tables` makes 2-4 zones, 1-3 sites, 2-4 programmes in one or two domains with shared units
of every kind. Half of the seeds give plain regions of one period; the others may have up to three
periods and all that a region can have besides, see `random_features`. Offers and nearby units of
all periods together are few. Travel times and limits come from a few values each, so that zones
that cannot be told apart are common.
"""

from __future__ import annotations

from random import Random
from typing import Any

from builders import Rows, tiny_region
from coverage_opt.region.region import Region
from random_features import SET, binaries, features
from random_policies import (
    SHARING,
    Tables,
    is_plain,
    objective,
    policy_of,
    random_policy,
    rule_parameters,
)

__all__ = [
    "MOST_BINARIES",
    "PERIOD",
    "SHARING",
    "Tables",
    "binaries",
    "domains_apart",
    "is_plain",
    "objective",
    "periods_of",
    "policy_of",
    "random_policy",
    "random_region",
    "random_tables",
    "rule_parameters",
    "scenarios_of",
    "wider_tables",
]

PERIOD = 2026
PERIODS = (PERIOD, 2030, 2035)
MOST_BINARIES = 8
MOST_BINARIES_IN_ALL = 10


def random_region(seed: int) -> Region:
    """Return the region of a seed."""
    return tiny_region(**random_tables(seed))


def random_tables(seed: int) -> Tables:
    """Return the tables of a seed's region, as overrides for `builders.tiny_region`."""
    if seed // 5 % 2:
        return wider_tables(seed)
    random = Random(seed)
    while True:
        tables = _tables(random)
        if binaries(tables) <= MOST_BINARIES:
            return tables


def wider_tables(seed: int) -> Tables:
    """Return tables with periods, scenarios, adults, money and all that may limit a plan."""
    random = Random(f"wider {seed}")
    periods = PERIODS[: random.choice([1, 2, 2, 2, 3])]
    most = min(MOST_BINARIES, MOST_BINARIES_IN_ALL // len(periods))
    while True:
        tables = features(random, _tables(random, periods))
        if binaries(tables) <= most:
            return tables


def periods_of(tables: Tables) -> list[int]:
    """Return the periods of a region."""
    return list(tables["settings"]["periods"])


def scenarios_of(tables: Tables) -> str:
    """Return the set of scenarios that a region is to be planned for."""
    return SET if tables.get("scenarios") else "baseline"


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


def _tables(random: Random, periods: tuple[int, ...] = (PERIOD,)) -> Tables:
    zones = [f"z{number}" for number in range(random.randint(2, 4))]
    sites = [f"s{number}" for number in range(random.randint(1, 3))]
    domains = ["care", "technology"][: random.randint(1, 2)]
    programmes = _programmes(random, domains)
    units, curriculum = _curriculum(random, programmes)
    occupations, openings, leads_to = _work(random, programmes, periods)
    retention = [1.0, *sorted([random.choice([0.95, 0.9, 0.8, 0.7]) for _ in range(3)])[::-1]]
    return {
        "settings": {
            "name": "random",
            "title": "Random",
            "periods": list(periods),
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
        **_asking(random, zones, [row[0] for row in programmes], units, periods),
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


def _work(random: Random, programmes: Rows, periods: tuple[int, ...]) -> tuple[Rows, Rows, Rows]:
    names = [f"o{number}" for number in range(random.randint(1, 3))]
    weights = [random.choice([0.0, 0.5, 1.0, 2.0]) for _ in names]
    occupations: Rows = [
        (name, name, "good", 1.0, weight) for name, weight in zip(names, weights, strict=True)
    ]
    openings: Rows = [
        (name, period, random.choice([0, 2, 6, 15])) for period in periods for name in names
    ]
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


def _asking(
    random: Random,
    zones: list[str],
    programmes: list[str],
    units: Rows,
    periods: tuple[int, ...],
) -> Tables:
    """Return demand zone by zone, or cohorts and shares; some are undecided."""
    choices = programmes + [row[0] for row in units if row[1] == "orientation"]
    if random.random() < 0.5:
        demand = [
            (zone, choice, period, random.choice([1, 2.5, 4, 8, 12, 20]))
            for period in periods
            for zone in zones
            for choice in choices
            if random.random() < 0.6
        ]
        asked = {row[2] for row in demand}
        demand += [(zones[0], choices[0], period, 9) for period in periods if period not in asked]
        return {"demand": demand, "cohorts": None, "choices": None}
    shares = [random.randint(0, 5) for _ in choices]
    shares[0] += 1
    return {
        "cohorts": [
            (zone, period, random.choice([0, 10, 25, 40]) + (zone == zones[0]))
            for period in periods
            for zone in zones
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
