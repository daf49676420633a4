"""Policy rules: one file each, found through :data:`RULES` by name."""

from __future__ import annotations

from coverage_opt.rules.base import Facts, Key, ModelView, Row, Rule, Violation
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.fixed_offers import FixedOffers
from coverage_opt.rules.max_sites import MaxSites
from coverage_opt.rules.minimum_coverage import MinimumCoverage
from coverage_opt.rules.no_duplication import NoDuplication
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.rules.travel_limit import TravelLimit

RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        ClassSize,
        FixedOffers,
        MaxSites,
        MinimumCoverage,
        NoDuplication,
        PlacementGuarantee,
        TravelLimit,
    )
}
"""Every rule a policy can name, by its name."""

__all__ = ["RULES", "Facts", "Key", "ModelView", "Row", "Rule", "Violation"]
