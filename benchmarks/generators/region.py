"""Synthetic regions of any size, and among them the hard case.

Many sites, programmes of which half share a first year, and so few learners for each that they
compete for classes. In the hard case no two zones reach the same sites, so that none merge.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from benchmarks.generators.writing import SYNTHETIC, write_region
from benchmarks.question import Question
from coverage_opt.rules.travel_limit import TravelLimit

PERIOD = 2026
LEVELS = (1, 2, 3, 4)
STRICTNESS = {1: 0.85, 2: 0.95, 3: 1.05, 4: 1.15}
"""Travel limit of each level, as a multiple of the mean one."""
MEAN_MINUTES = 45.0
PROGRAMMES_A_DOMAIN = 10
OTHERS_ACCEPTED = 3
CLASS, CLASS_AFTER_SHARED_YEAR, SHARED_YEAR, MOST = 15, 8, 20, 60
DECIMALS = 3
TRIES = 10_000

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Shape:
    """Size of a synthetic region.

    Attributes:
        zones: number of them.
        sites: number of them, alike in what they may teach.
        programmes: number of them, ten to a domain; every second domain has a shared first year.
        learners: a year who ask for a programme, on average, in all zones together.
        reach: sites within the travel limit of a zone, on average.
        distinct: whether no two zones may reach the same sites within every limit.
    """

    zones: int
    sites: int
    programmes: int
    learners: float = 80.0
    reach: float = 6.25
    distinct: bool = True

    def __post_init__(self) -> None:
        wrong = [
            name
            for name in ("zones", "sites", "programmes", "learners", "reach")
            if not getattr(self, name) > 0
        ]
        if wrong:
            raise ValueError(f"must be above 0: {', '.join(wrong)}")


SIZES = {
    "small": Shape(40, 10, 60),
    "medium": Shape(80, 20, 120),
    "large": Shape(160, 40, 240),
}
"""The hard case in three sizes; ``medium`` is the one that was tried with many methods."""


def write_synthetic(shape: Shape, seed: int, folder: Path) -> Question:
    """Write a synthetic region and its policy, and return what asks for a plan.

    Args:
        shape: how large it is.
        seed: the same shape and seed, the same files.
        folder: where ``region.yaml``, its tables, ``SOURCES.md`` and ``policy.yaml`` are written.

    Raises:
        ValueError: so few sites that zones with a reach of their own cannot be found.
    """
    random = np.random.default_rng(seed)
    minutes = _minutes(random, shape)
    name = f"synthetic-{shape.zones}x{shape.sites}x{shape.programmes}-{seed}"
    settings = {
        "name": name,
        "title": f"{SYNTHETIC} region of {shape.zones} zones, seed {seed}",
        "periods": [PERIOD],
        "retention": dict.fromkeys(LEVELS, 1.0),
    }
    tables = _places(shape, minutes) | _catalogue(random, shape) | _work(shape)
    tables["demand"] = _demand(random, shape)
    tables["accept"] = _accept(random, shape)
    write_region(folder, settings, tables, _sources(shape, seed))
    policy = folder / "policy.yaml"
    policy.write_text(yaml.safe_dump(_policy(shape), sort_keys=False), encoding="utf-8")
    return Question(str(folder), str(policy))


def _minutes(random: np.random.Generator, shape: Shape) -> Floats:
    """Draw places in a square until every zone reaches a site and, if asked, its own ones."""
    share = min(0.9, shape.reach / shape.sites)
    # a circle with the mean limit as radius holds that share of the square, edges aside
    side = MEAN_MINUTES * np.sqrt(np.pi / share)
    sites = random.uniform(0.0, side, (shape.sites, 2))
    limits = MEAN_MINUTES * np.array(list(STRICTNESS.values()))
    found: dict[bytes, Floats] = {}
    for number in range(TRIES + shape.zones):
        if len(found) == shape.zones:
            break
        zone = random.uniform(0.0, side, 2)
        away = np.round(np.linalg.norm(sites - zone, axis=1), 2)
        within = away[:, None] <= limits
        if within.any(axis=0).all():
            own = within.tobytes() if shape.distinct else str(number).encode()
            found.setdefault(own, away)
    if len(found) < shape.zones:
        raise ValueError(
            f"{shape.sites} sites do not tell {shape.zones} zones apart; ask for more sites"
        )
    return np.array(list(found.values()))


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:04d}" for number in range(1, count + 1)]


def _places(shape: Shape, minutes: Floats) -> dict[str, pd.DataFrame]:
    zones, sites = _names("z", shape.zones), _names("s", shape.sites)
    somewhere = {"latitude": 52.0, "longitude": 5.0, "landmass": "main"}
    domains = _names("d", _domains(shape))
    pairs = pd.MultiIndex.from_product([zones, sites], names=["zone", "site"])
    taught = pd.MultiIndex.from_product([sites, domains], names=["site", "domain"])
    return {
        "zones": pd.DataFrame(
            {"zone": zones, "name": zones, "municipality": SYNTHETIC, **somewhere}
        ),
        "institutions": pd.DataFrame({"institution": ["college"], "name": [SYNTHETIC]}),
        "sites": pd.DataFrame(
            {"site": sites, "institution": "college", "name": sites, "town": SYNTHETIC, **somewhere}
        ),
        "site_domains": taught.to_frame(index=False),
        "travel": pairs.to_frame(index=False).assign(minutes=minutes.ravel()),
    }


def _domains(shape: Shape) -> int:
    return -(-shape.programmes // PROGRAMMES_A_DOMAIN)


def _domain_numbers(shape: Shape) -> Any:
    return np.arange(shape.programmes) // PROGRAMMES_A_DOMAIN


def _catalogue(random: np.random.Generator, shape: Shape) -> dict[str, pd.DataFrame]:
    """Build programmes and units; in every second domain the first year is shared."""
    programmes, domains = _names("p", shape.programmes), _names("d", _domains(shape))
    number = _domain_numbers(shape)
    shared = number % 2 == 0
    units = [f"unit of {programme}" for programme in programmes]
    years = [f"year of {domain}" for domain in domains[::2]]
    own = pd.DataFrame(
        {"unit": units, "kind": np.where(shared, "profile", "common"), "year": 1, "hours": 1000.0}
    )
    common = pd.DataFrame({"unit": years, "kind": "orientation", "year": 1, "hours": 500.0})
    taught = pd.concat([own, common], ignore_index=True)
    first = [f"year of {domains[n]}" for n in number[shared]]
    curriculum = [
        pd.DataFrame({"programme": programmes, "unit": units}),
        pd.DataFrame({"programme": np.array(programmes)[shared], "unit": first}),
    ]
    return {
        "programmes": pd.DataFrame(
            {
                "programme": programmes,
                "crebo": programmes,
                "pathway": "BOL",
                "name": programmes,
                "level": random.choice(LEVELS, shape.programmes),
                "domain": [domains[n] for n in number],
                "dossier": programmes,
                "field": "services",
                "years": 3.0,
                "price_factor": 1.0,
                "success": 0.75,
            }
        ),
        "units": taught.assign(name=taught["unit"], delivery="with_programme"),
        "curriculum": pd.concat(curriculum, ignore_index=True),
    }


def _work(shape: Shape) -> dict[str, pd.DataFrame]:
    """Build one occupation without a shortage: what is aimed for is places alone."""
    programmes = _names("p", shape.programmes)
    work = {"name": ["Work"], "prospect": ["fair"], "tightness": [1.0], "weight": [0.0]}
    return {
        "occupations": pd.DataFrame({"occupation": ["work"], **work}),
        "openings": pd.DataFrame({"occupation": ["work"], "period": [PERIOD], "openings": [0.0]}),
        "leads_to": pd.DataFrame({"programme": programmes, "occupation": "work", "share": 1.0}),
    }


def _demand(random: np.random.Generator, shape: Shape) -> pd.DataFrame:
    """Draw how many ask for what: zones of unlike size, programmes of unlike popularity."""
    zones, programmes = _names("z", shape.zones), _names("p", shape.programmes)
    size = random.lognormal(0.0, 0.6, shape.zones)
    popularity = random.lognormal(0.0, 0.8, shape.programmes)
    taste = random.lognormal(0.0, 0.5, (shape.zones, shape.programmes))
    weights = size[:, None] * popularity[None, :] * taste
    learners = weights / weights.sum() * shape.learners * shape.programmes
    pairs = pd.MultiIndex.from_product([zones, programmes], names=["zone", "choice"])
    table = pairs.to_frame(index=False)
    return table.assign(period=PERIOD, learners=np.round(learners.ravel(), DECIMALS))


def _accept(random: np.random.Generator, shape: Shape) -> pd.DataFrame:
    """Draw who would take another programme of the same domain instead."""
    programmes, number = _names("p", shape.programmes), _domain_numbers(shape)
    rows = []
    for own, choice in enumerate(programmes):
        others = np.flatnonzero((number == number[own]) & (np.arange(len(programmes)) != own))
        taken = random.choice(others, min(OTHERS_ACCEPTED, len(others)), replace=False)
        shares = np.round(random.uniform(0.3, 0.7, len(taken)), 2)
        rows += [
            (choice, programmes[other], share)
            for other, share in zip(sorted(taken), shares, strict=True)
        ]
    return pd.DataFrame(rows, columns=["choice", "programme", "share"])


def _policy(shape: Shape) -> dict[str, Any]:
    limit = TravelLimit.model_fields["minutes"].default
    caps = [
        {"programme": programme, "site": site, "learners_at_most": MOST}
        for programme in _names("p", shape.programmes)
        for site in _names("s", shape.sites)
    ]
    return {
        "name": "synthetic",
        "title": "Classes of 15, or of 8 after a shared year of at least 20",
        "view": "Made up, to be hard to plan for: nobody's view.",
        "sharing": ["orientation", "profile"],
        "rules": {
            "class_size": {
                "own": {"minimum": CLASS, "maximum": MOST},
                "profile": {"minimum": CLASS_AFTER_SHARED_YEAR, "maximum": MOST},
                "orientation": {"minimum": SHARED_YEAR, "maximum": 10 * MOST},
            },
            "travel_limit": {
                "minutes": limit,
                "by_level": {level: MEAN_MINUTES * by for level, by in STRICTNESS.items()},
            },
            "intake_cap": {"caps": caps},
        },
        "objective": [{"maximise": {"placed": 1, "first_choice": 1}}],
    }


def _sources(shape: Shape, seed: int) -> str:
    return (
        f"# {SYNTHETIC}\n\n"
        f"Everything in this region is drawn at random, with seed {seed}, by\n"
        f"`python -m benchmarks generate region --zones {shape.zones} --sites {shape.sites} "
        f"--programmes {shape.programmes} --learners {shape.learners:g} --reach {shape.reach:g} "
        f"--seed {seed}{' --distinct' if shape.distinct else ''}`.\n"
        "No figure in it is of a real place.\n"
    )
