"""A policy: what is taught together, which rules hold, and what is aimed for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES, Rule

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


def _rules_model() -> type[_Strict]:
    """Return a model with one optional field per rule, so that YAML is checked by name."""
    fields: dict[str, Any] = {name: (rule | None, None) for name, rule in RULES.items()}
    return cast("type[_Strict]", create_model("Rules", __base__=_Strict, **fields))


Rules = _rules_model()


class Policy(_Strict):
    """A policy as read from its file, checked for everything that needs no region."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    view: str = Field(min_length=1)
    """Whose view this is and what it says, in a few sentences."""
    sharing: tuple[SharedKind, ...]
    """Kinds of teaching unit pooled over all programmes that use them; the rest of a programme
    is one unit of its own."""
    rules: Rules  # type: ignore[valid-type]
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
