"""Sites that are close to each other, for rules that ask for their travel times."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem
from coverage_opt.frames import cells
from coverage_opt.region.region import Region


def missing_site_travel(rule: str, region: Region) -> Iterator[Problem]:
    """Yield a problem when the travel times between sites are not known."""
    if region.site_minutes is None:
        yield Problem(
            f"rule {rule} needs the travel times between sites",
            where="site_travel.csv",
            advice="add site_travel.csv (from_site, to_site, minutes) to the region",
        )


def neighbourhoods(region: Region, minutes: float) -> dict[str, frozenset[str]]:
    """Map each site to itself and those that can be reached from it.

    Args:
        region: the region; a policy that needs its travel times between sites is refused without.
        minutes: one way, at most.
    """
    if region.site_minutes is None:
        raise ValueError("the travel times between sites are not known")
    found = {site: {site} for site in region.sites["site"]}
    for (site, other), apart in cells(region.site_minutes).items():
        if apart <= minutes:
            found[site].add(other)
    return {site: frozenset(others) for site, others in found.items()}
