"""When a region is too large to be planned as it is, and whether a coarse plan will do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coverage_opt.formulation.asking import takers_of
from coverage_opt.formulation.reach import Reach
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.facility_required import FacilityRequired
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.rules.travel_limit import TravelLimit

MOST_FLOWS = 40_000_000
"""Ways for groups of learners to a programme at a site, beyond which they are not written out."""
RULES = {rule.name for rule in (ClassSize, TravelLimit, FacilityRequired, PlacementGuarantee)}
"""Rules that a coarse plan keeps: for each class, offer or journey; the guarantee is checked."""
TERMS = {"coverage", "filled_openings", "placed", "first_choice"}
"""What a first stage may weigh: shares, each of which belongs to one family of programmes."""


def flows(region: Region, policy: Policy) -> int:
    """Return, roughly, in how many ways groups of learners could go to a programme at a site.

    Zones with the same sites in reach count once, as they are merged.
    """
    reach, ways = Reach(region, policy), len(takers_of(region, policy))
    zones = {reach.signature(zone): zone for zone in region.minutes.index}
    return int(reach.within(max(reach.limits)).loc[list(zones.values())].to_numpy().sum()) * ways


def too_large(region: Region, policy: Policy) -> bool:
    """Tell whether there are too many flows to write out."""
    reach, ways = Reach(region, policy), len(takers_of(region, policy))
    unmerged = int(reach.within(max(reach.limits)).to_numpy().sum()) * ways
    return unmerged > MOST_FLOWS and flows(region, policy) > MOST_FLOWS


def refusal(
    region: Region, policy: Policy, years: Sequence[int], scenarios: Sequence[Scenario]
) -> str | None:
    """Say why a coarse plan would not do; None where it does.

    The arguments in :mod:`.bound` and :mod:`.offering` are about these rules and terms.
    """
    if len(years) > 1 or len(scenarios) > 1:
        return "there are several periods or scenarios"
    others = sorted({rule.name for rule in policy.active_rules} - RULES)
    if others:
        return f"the rule {others[0]} is not kept by coarse plans"
    first, *later = policy.objective
    if first.sense != "maximise" or first.decides != "offers" or set(first.terms) - TERMS:
        return f"the first stage weighs {first.goal}"
    unfit = next((stage for stage in later if not _settled_by_offers(stage)), None)
    if unfit is not None:
        return f"a later stage decides {unfit.decides} for {unfit.goal}"
    single = region.units.loc[region.units["kind"] != "orientation", "unit"]
    asked = region.demand(years[0], scenarios[0].name)["choice"]
    if np.isin(asked.unique(), single).any():
        return "adults ask for single units"
    return None


def _settled_by_offers(stage: Stage) -> bool:
    if stage.decides == "placement":
        return True
    return stage.decides == "units" and set(stage.terms) == {"saved_hours"}
