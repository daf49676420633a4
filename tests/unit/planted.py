"""Contradictions planted in the tiny region, each of exactly as many rules and demands as said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builders import full_tables, tiny_region
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from random_regions import SHARING, policy_of

AIMS: list[dict[str, Any]] = [{"maximise": {"coverage": 1, "placed": 1}}]
SMALL = {kind: {"minimum": 1} for kind in ("generic", "orientation", "common", "profile")}
INNOCENT: dict[str, Any] = {
    "class_size": SMALL,
    "max_sites": {"sites_at_most": 2},
    "no_duplication": {"sites_at_most": 2, "within_minutes": 65},
}
"""Rules that no contradiction below needs."""

WELDING = {"programme": "weld-BOL", "site": "hook-centre"}
PIPES = {"programme": "pipe-BOL", "site": "hook-centre"}
AT_MOST_FIVE = {"caps": [{**WELDING, "learners_at_most": 5}]}
TEN = {**SMALL, "per_offer": 10}


@dataclass(frozen=True)
class Planted:
    """A contradiction.

    Attributes:
        rules: those that contradict each other.
        demands: the name of the rule and the key of each demand.
        whole: whether half offers would get round it.
    """

    rules: Mapping[str, Any]
    demands: frozenset[tuple[str, tuple[str, ...]]]
    whole: bool = False

    @property
    def policy(self) -> Policy:
        """These rules and innocent ones."""
        return policy_of({**INNOCENT, **self.rules}, AIMS, SHARING["modular"])

    @property
    def region(self) -> Region:
        """The tiny region with all its tables."""
        return tiny_region(**full_tables())


def _far(share: float, *, whole: bool = False) -> Planted:
    """Return five rules that leave the hook, a fifth of the learners, without a way to be a fitter.

    Only weld-BOL and pipe-BOL lead there, and only hook-centre is near enough.
    """
    rules = {
        "class_size": TEN,
        "facility_required": {},
        "intake_cap": AT_MOST_FIVE,
        "minimum_coverage": {"share": share, "occupations": ["fitter"]},
        "travel_limit": {"minutes": 60},
    }
    demands = {
        ("class_size", ("offer", "weld-BOL", "hook-centre")),
        ("facility_required", ("pipe-BOL", "hook-centre")),
        ("intake_cap", ("weld-BOL", "hook-centre")),
        ("minimum_coverage", ("fitter",)),
        ("travel_limit", ("minutes",)),
    }
    return Planted(rules, frozenset(demands), whole)


PLANTED: dict[str, Planted] = {
    "two": Planted(
        {"facility_required": {}, "fixed_offers": {"must": [PIPES]}},
        frozenset(
            {
                ("facility_required", ("pipe-BOL", "hook-centre")),
                ("fixed_offers", ("must", "pipe-BOL", "hook-centre")),
            }
        ),
    ),
    "three": Planted(
        {"class_size": TEN, "fixed_offers": {"must": [WELDING]}, "intake_cap": AT_MOST_FIVE},
        frozenset(
            {
                ("class_size", ("offer", "weld-BOL", "hook-centre")),
                ("fixed_offers", ("must", "weld-BOL", "hook-centre")),
                ("intake_cap", ("weld-BOL", "hook-centre")),
            }
        ),
    ),
    "five": _far(0.95),
    "five, of whole offers alone": _far(0.85, whole=True),
}
