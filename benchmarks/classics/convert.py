"""A location problem as a region and a policy, in the engine's own files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from benchmarks.classics.problem import Floats, LocationProblem
from benchmarks.generators.writing import write_region
from benchmarks.question import Figures, Question
from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import Region

PERIOD = 2026
MOST_MINUTES = 1440.0
MOST_LEARNERS = 100_000.0
MOST_HOURS = 1000.0
LEAST_HOURS = 1e-9
"""Of a site that costs nothing: a unit must have hours."""
PROGRAMME = "service"
CHEAP = {
    "funding_per_learner": 0.0,
    "pathway_weight": {"BOL": 1.0, "BBL": 1.0},
    "cost_per_offer": 0.0,
    "cost_per_site": 0.0,
    "cost_to_open": 0.0,
    "cost_to_close": 0.0,
    "fee_per_hour": 0.0,
}


def write_problem(problem: LocationProblem, name: str, folder: Path) -> Question:
    """Write a problem as a region and a policy, and return what asks it.

    Clients become zones, demand learners, distance minutes, sites sites. Everybody asks for one
    programme that every site may offer. Where sites cost unlike sums, each has a programme of its
    own instead, which everybody would take as well as any other: its contact hours are what the
    site costs, and an intake cap is what it holds.

    Args:
        problem: the problem.
        name: short name of the region.
        folder: where both are written.

    Returns:
        The question; its answer, in the unit of the problem, is the value of the first stage
        times its ``scale``.
    """
    own = problem.kind == "facility_location"
    programmes = [f"{PROGRAMME}-{site}" for site in _sites(problem)] if own else [PROGRAMME]
    scale = _scale(problem)
    money = None
    hours = np.ones(len(programmes))
    if own:
        per_hour = max(1.0, float(problem.fixed.max()) / MOST_HOURS)
        hours = np.maximum(problem.fixed / per_hour, LEAST_HOURS)
        money = CHEAP | {"cost_per_group_hour": per_hour}
    settings = _settings(name, money)
    write_region(folder, settings, _tables(problem, programmes, hours, scale))
    policy = folder / "policy.yaml"
    content = yaml.safe_dump(_policy(problem, programmes, scale), sort_keys=False)
    policy.write_text(content, encoding="utf-8")
    return Question(
        str(folder), str(policy), figures=_opened, scale=_value(problem, scale), problem=problem
    )


def _opened(_region: Region, plan: Plan) -> Figures:
    return {"open_sites": plan.indicators["sites"]}


def _settings(name: str, money: dict[str, Any] | None) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "name": name,
        "title": f"Location problem {name}",
        "periods": [PERIOD],
        "retention": {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0},
    }
    return settings if money is None else settings | {"money": money}


def _scale(problem: LocationProblem) -> float:
    """Return minutes per unit of distance, a power of ten so that digits stay as they are."""
    largest = float(problem.distance.max())
    return 10.0 ** min(0, math.floor(math.log10(MOST_MINUTES / largest))) if largest else 1.0


def _value(problem: LocationProblem, scale: float) -> float:
    """Return what one unit of the first stage's value is in the problem's own unit."""
    values = {
        "maximal_covering": float(problem.demand.sum()),
        "set_covering": 1.0,
        "p_median": 1.0 / scale,
        "facility_location": 1.0,
    }
    return values[problem.kind]


def _sites(problem: LocationProblem) -> list[str]:
    return [f"s{number:04d}" for number in range(problem.sites)]


def _tables(
    problem: LocationProblem, programmes: Sequence[str], hours: Floats, scale: float
) -> dict[str, pd.DataFrame]:
    zones, sites = [f"z{number:05d}" for number in range(problem.clients)], _sites(problem)
    domains = list(programmes)
    taught = list(zip(sites, domains, strict=True)) if len(domains) > 1 else _each(sites, domains)
    first = programmes[0]
    places = {"latitude": 52.0, "longitude": 5.0, "landmass": "main"}
    pairs = pd.MultiIndex.from_product([zones, sites], names=["zone", "site"])
    return {
        "zones": pd.DataFrame({"zone": zones, "name": zones, "municipality": "Here", **places}),
        "institutions": pd.DataFrame({"institution": ["owner"], "name": ["Owner"]}),
        "sites": pd.DataFrame(
            {"site": sites, "institution": "owner", "name": sites, "town": "Town", **places}
        ),
        "site_domains": pd.DataFrame(taught, columns=["site", "domain"]),
        "accept": pd.DataFrame({"choice": first, "programme": programmes[1:], "share": 1.0}),
        "demand": pd.DataFrame(
            {"zone": zones, "choice": first, "period": PERIOD, "learners": problem.demand}
        ),
        "travel": pairs.to_frame(index=False).assign(minutes=scale * problem.distance.ravel()),
        **catalogue(programmes, domains, hours),
    }


def catalogue(
    programmes: Sequence[str], domains: Sequence[str], hours: Floats
) -> dict[str, pd.DataFrame]:
    """Return the tables of programmes with one unit each, that lead to the one occupation."""
    units = [f"unit of {programme}" for programme in programmes]
    return {
        "programmes": pd.DataFrame(
            {
                "programme": programmes,
                "crebo": programmes,
                "pathway": "BOL",
                "name": programmes,
                "level": 4,
                "domain": domains,
                "dossier": programmes,
                "field": "services",
                "years": 1.0,
                "price_factor": 1.0,
                "success": 1.0,
            }
        ),
        "units": pd.DataFrame(
            {
                "unit": units,
                "kind": "profile",
                "name": units,
                "year": 1,
                "hours": hours,
                "delivery": "with_programme",
            }
        ),
        "curriculum": pd.DataFrame({"programme": programmes, "unit": units}),
        "occupations": pd.DataFrame(
            {
                "occupation": ["work"],
                "name": ["Work"],
                "prospect": ["good"],
                "tightness": [1.0],
                "weight": [1.0],
            }
        ),
        "openings": pd.DataFrame({"occupation": ["work"], "period": [PERIOD], "openings": [1.0]}),
        "leads_to": pd.DataFrame({"programme": programmes, "occupation": "work", "share": 1.0}),
    }


def _each(sites: Sequence[str], domains: Sequence[str]) -> list[tuple[str, str]]:
    return [(site, domain) for site in sites for domain in domains]


def _policy(problem: LocationProblem, programmes: Sequence[str], scale: float) -> dict[str, Any]:
    return {
        "name": problem.kind,
        "title": problem.kind.replace("_", " ").capitalize(),
        "view": "A classical location problem, as published.",
        "sharing": [],
        "rules": _rules(problem, programmes, scale),
        "objective": [_goal(problem, scale)],
    }


def _rules(problem: LocationProblem, programmes: Sequence[str], scale: float) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if problem.kind in ("maximal_covering", "set_covering"):
        rules["travel_limit"] = {"minutes": scale * problem.radius}
    if problem.kind in ("maximal_covering", "p_median"):
        rules["max_sites"] = {"sites_at_most": problem.sites_at_most}
    if problem.kind == "set_covering":
        rules["minimum_coverage"] = {"share": 1.0}
    if problem.kind in ("p_median", "facility_location"):
        rules["placement_guarantee"] = {"unplaced_at_most": 0.0}
    if problem.kind == "facility_location":
        rules["intake_cap"] = {
            "caps": [
                {"programme": programme, "learners_at_most": float(capacity)}
                for programme, capacity in zip(programmes, problem.capacity, strict=True)
            ]
        }
    return rules


def _goal(problem: LocationProblem, scale: float) -> dict[str, Any]:
    goals: dict[str, dict[str, Any]] = {
        "maximal_covering": {"maximise": {"coverage": 1}},
        "set_covering": {"minimise": {"open_sites": 1}},
        "p_median": {"minimise": {"travel_minutes": 1}},
        "facility_location": {"minimise": {"cost": 1, "travel_minutes": 1.0 / scale}},
    }
    return goals[problem.kind]
