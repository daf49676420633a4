"""A policy: what is taught together, which rules hold, and what is aimed for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES, Rule
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.fixed_offers import FixedOffers
from coverage_opt.rules.max_sites import MaxSites
from coverage_opt.rules.minimum_coverage import MinimumCoverage
from coverage_opt.rules.no_duplication import NoDuplication
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.rules.travel_limit import TravelLimit

SharedKind = Literal["generic", "orientation", "common", "profile", "elective"]

Term = Literal[
    "coverage",
    "filled_openings",
    "placed",
    "first_choice",
    "worst_zone",
    "saved_hours",
    "travel_minutes",
    "offers",
    "open_sites",
]
"""What an objective stage can weigh; :mod:`coverage_opt.formulation.terms` holds the formulas."""

ONLY_MAXIMISED: frozenset[Term] = frozenset(
    {"coverage", "filled_openings", "worst_zone", "saved_hours"}
)
ONLY_MINIMISED: frozenset[Term] = frozenset({"open_sites"})
"""Terms that the model bounds on one side only, as nobody would want the other."""

AnyRule = TypeVar("AnyRule", bound=Rule)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(_Strict):
    """One objective, pursued after the stages before it.

    Exactly one of ``maximise`` and ``minimise`` is given: a weighted sum of terms.
    """

    maximise: Mapping[Term, float] | None = None
    """Weight of each term to make as large as possible."""
    minimise: Mapping[Term, float] | None = None
    """Weight of each term to make as small as possible."""
    tolerance: float = Field(default=0.0, ge=0, lt=1)
    """Share of this stage's value that later stages may give up."""
    decides: Literal["offers", "units", "placement"] = "offers"
    """What is still free. ``offers``: everything. ``units``: offers are held, what is taught
    where and who goes there is free. ``placement``: offers, units and who takes which programme
    are held, and only the site is free, zone by zone; then zones that no rule can tell apart may
    still be planned as one in the stages before, though travel differs within them."""

    @model_validator(mode="after")
    def _one_sense(self) -> Self:
        if (self.maximise is None) == (self.minimise is None):
            raise ValueError("give either maximise or minimise")
        if not self.terms:
            raise ValueError("name at least one term")
        if any(weight <= 0 for weight in self.terms.values()):
            raise ValueError("weights are above 0: to weigh against a term, minimise it")
        wrong = ONLY_MINIMISED if self.maximise else ONLY_MAXIMISED
        if wrong & set(self.terms):
            names = ", ".join(sorted(wrong & set(self.terms)))
            raise ValueError(f"{names} cannot be {self.sense}d")
        if self.decides == "placement" and set(self.terms) != {"travel_minutes"}:
            raise ValueError("a stage that decides placement can only weigh travel_minutes")
        return self

    @property
    def sense(self) -> Literal["maximise", "minimise"]:
        """Whether larger or smaller is better."""
        return "minimise" if self.maximise is None else "maximise"

    @property
    def terms(self) -> dict[Term, float]:
        """Weight of each term."""
        return dict(self.maximise or self.minimise or {})

    @property
    def goal(self) -> str:
        """The weighted sum as text, e.g. ``coverage + 0.5 first_choice``."""
        return " + ".join(
            term if weight == 1 else f"{weight:g} {term}" for term, weight in self.terms.items()
        )


class Rules(_Strict):
    """The rules of a policy, each under its name; without it, the rule is not in force."""

    class_size: ClassSize | None = None
    fixed_offers: FixedOffers | None = None
    max_sites: MaxSites | None = None
    minimum_coverage: MinimumCoverage | None = None
    no_duplication: NoDuplication | None = None
    placement_guarantee: PlacementGuarantee | None = None
    travel_limit: TravelLimit | None = None


if set(Rules.model_fields) != set(RULES):  # pragma: no cover - caught by the first import
    raise ImportError("rules of a policy and rules that exist differ")


class Policy(_Strict):
    """A policy as read from its file, checked for everything that needs no region."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    view: str = Field(min_length=1)
    """Whose view this is and what it says, in a few sentences."""
    sharing: tuple[SharedKind, ...]
    """Kinds of teaching unit pooled over all programmes that use them; the rest of a programme
    is one unit of its own."""
    rules: Rules
    objective: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.sharing)) < len(self.sharing):
            raise ValueError("sharing names a kind twice")
        decides = [stage.decides for stage in self.objective]
        order = ["offers", "units", "placement"]
        if decides[0] != "offers" or decides != sorted(decides, key=order.index):
            raise ValueError(f"stages decide, in this order, {', then '.join(order)}")
        return self

    @property
    def active_rules(self) -> tuple[Rule, ...]:
        """The rules in force, in alphabetical order."""
        rules = (getattr(self.rules, name) for name in sorted(RULES))
        return tuple(rule for rule in rules if rule is not None)

    def rule(self, kind: type[AnyRule]) -> AnyRule | None:
        """Return the rule of a kind, or None when the policy does not have it."""
        return next((rule for rule in self.active_rules if isinstance(rule, kind)), None)

    @property
    def content_hash(self) -> str:
        """SHA-256 over the policy's content, independent of layout and order of keys."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield what in this policy cannot be right for ``region``."""
        for rule in self.active_rules:
            yield from rule.problems(region)
