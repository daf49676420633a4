"""With one programme the model is a known location problem, solved here by trying all site sets.

Learners live on a grid and ask for one programme that every site may offer; it has one unit and
leads to the one occupation there is.
"""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any, NamedTuple

import pytest

from builders import tiny_region
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, solve
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from random_regions import policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
SITES = [f"s{number}" for number in range(6)]
ZONES = [f"z{number}" for number in range(14)]


class Map(NamedTuple):
    """Where learners and sites are: learners by zone, minutes by zone and site."""

    learners: dict[str, int]
    minutes: dict[tuple[str, str], float]


def drawn(seed: int) -> Map:
    random = Random(seed)
    at = {name: (random.randint(0, 60), random.randint(0, 60)) for name in (*ZONES, *SITES)}
    minutes = {
        (zone, site): float(abs(at[zone][0] - at[site][0]) + abs(at[zone][1] - at[site][1]))
        for zone in ZONES
        for site in SITES
    }
    return Map({zone: random.randint(1, 30) for zone in ZONES}, minutes)


def as_region(drawing: Map) -> Region:
    return tiny_region(
        settings={"periods": [2026]},
        zones=[(zone, zone, "Here", 51.5, 3.5, "main") for zone in ZONES],
        institutions=[("college", "College")],
        sites=[(site, "college", site, "Town", 51.5, 3.5, "main") for site in SITES],
        site_domains=[(site, "care") for site in SITES],
        programmes=[("care-BOL", "care", "BOL", "Nurse", 4, "care", "d", "f", 4, 1.0, 1.0)],
        units=[("nursing", "profile", "Nursing", 1, 900, "with_programme")],
        curriculum=[("care-BOL", "nursing")],
        accept=[],
        occupations=[("nurse", "Nurse", "good", 1.0, 1.0)],
        openings=[("nurse", 2026, 60)],
        leads_to=[("care-BOL", "nurse", 1.0)],
        demand=[(zone, "care-BOL", 2026, count) for zone, count in drawing.learners.items()],
        cohorts=None,
        choices=None,
        travel=[(*pair, minutes) for pair, minutes in drawing.minutes.items()],
        site_travel=None,
    )


def solved(drawing: Map, rules: dict[str, Any], objective: dict[str, Any]) -> Plan:
    return solve(as_region(drawing), policy_of(rules, [objective]), EXACT)


def covered(drawing: Map, sites: tuple[str, ...], limit: float) -> int:
    return sum(
        learners
        for zone, learners in drawing.learners.items()
        if any(drawing.minutes[zone, site] <= limit for site in sites)
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sites_at_most", [1, 2, 3])
def test_maximal_covering(seed: int, sites_at_most: int) -> None:
    drawing, limit = drawn(seed), 18
    plan = solved(
        drawing,
        {"max_sites": {"sites_at_most": sites_at_most}, "travel_limit": {"minutes": limit}},
        {"maximise": {"coverage": 1}},
    )
    best = max(covered(drawing, chosen, limit) for chosen in combinations(SITES, sites_at_most))
    assert plan.indicators["coverage"] == pytest.approx(best / sum(drawing.learners.values()))
    assert plan.indicators["sites"] <= sites_at_most


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [30, 45])
def test_location_set_covering(seed: int, limit: float) -> None:
    drawing = drawn(seed)
    rules = {"minimum_coverage": {"share": 1.0}, "travel_limit": {"minutes": limit}}
    everybody = sum(drawing.learners.values())
    enough = [
        count
        for count in range(1, len(SITES) + 1)
        if any(covered(drawing, c, limit) == everybody for c in combinations(SITES, count))
    ]
    if enough:
        plan = solved(drawing, rules, {"minimise": {"open_sites": 1}})
        assert plan.indicators["sites"] == min(enough)
    else:
        with pytest.raises(Infeasible):
            solved(drawing, rules, {"minimise": {"open_sites": 1}})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sites", [1, 2, 4])
def test_p_median(seed: int, sites: int) -> None:
    drawing = drawn(seed)
    plan = solved(
        drawing,
        {"max_sites": {"sites_at_most": sites}, "placement_guarantee": {"unplaced_at_most": 0}},
        {"minimise": {"travel_minutes": 1}},
    )
    best = min(
        sum(
            learners * min(drawing.minutes[zone, site] for site in chosen)
            for zone, learners in drawing.learners.items()
        )
        for chosen in combinations(SITES, sites)
    )
    assert plan.indicators["travel_minutes"] == pytest.approx(best)
