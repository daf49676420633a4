"""A policy: what is taught together, which rules hold, and what is aimed for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import Field, create_model, model_validator

from coverage_opt.errors import Problem
from coverage_opt.policy.stage import ONLY_MAXIMISED, ONLY_MINIMISED, Risk, Stage, Strict, Term
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES, Rule

__all__ = [
    "ONLY_MAXIMISED",
    "ONLY_MINIMISED",
    "Policy",
    "Risk",
    "Rules",
    "Stage",
    "Term",
]

SharedKind = Literal["generic", "orientation", "common", "profile", "elective"]

Intake = Literal["BBL", "adult"]

AnyRule = TypeVar("AnyRule", bound=Rule)


class _Rules(Strict):
    """The rules of a policy, each under its name; without it, the rule is not in force."""


if TYPE_CHECKING:
    Rules = _Rules
else:
    # one optional field for each rule there is, so that a new rule is known here by itself
    _FIELDS: dict[str, Any] = {name: (rule | None, None) for name, rule in RULES.items()}
    Rules = create_model(
        "Rules", __base__=_Rules, __module__=__name__, __doc__=_Rules.__doc__, **_FIELDS
    )


class Policy(Strict):
    """A policy as read from its file, checked for everything that needs no region."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    view: str = Field(min_length=1)
    """Whose view this is and what it says, in a few sentences."""
    sharing: tuple[SharedKind, ...]
    """Kinds of teaching unit pooled over all programmes that use them; the rest of a programme
    is one unit of its own."""
    hybrids: bool = Field(default=False, strict=True)
    """Whether programmes over two domains may be offered."""
    continuous_intake: tuple[Intake, ...] = ("BBL", "adult")
    """Learners who may enter at several moments a year, into the same groups."""
    rules: Rules
    objective: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.sharing)) < len(self.sharing):
            raise ValueError("sharing names a kind twice")
        if len(set(self.continuous_intake)) < len(self.continuous_intake):
            raise ValueError("continuous_intake names the same learners twice")
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

    def with_rules(self, rules: Mapping[str, Rule | None]) -> Policy:
        """Return the policy with other rules under some names; None leaves one out."""
        return self.model_copy(update={"rules": self.rules.model_copy(update=dict(rules))})

    @property
    def content_hash(self) -> str:
        """SHA-256 over the policy's content, independent of layout and order of keys."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def problems(self, region: Region, gap: float | None = None) -> Iterator[Problem]:
        """Yield what in this policy cannot be right for a region, or with a gap.

        Args:
            region: the region it is put to.
            gap: the relative gap that is asked of each stage; None when that is not known.
        """
        for rule in self.active_rules:
            found = list(rule.problems(region))
            yield from found
            said = any(problem.where.startswith("region.yaml") for problem in found)
            if rule.needs_money and region.money is None and not said:
                yield Problem(
                    f"rule {rule.name} needs money, of which the region says nothing",
                    where=f"rules.{rule.name}",
                    advice="give `money` in region.yaml, or leave the rule out",
                )
        for number, stage in enumerate(self.objective, start=1):
            yield from stage.problems(region, number)
        if gap is not None:
            yield from self._too_tight(gap)

    def _too_tight(self, gap: float) -> Iterator[Problem]:
        """Yield the stages that later ones must keep more precisely than they are solved."""
        for number, stage in enumerate(self.objective[:-1], start=1):
            if stage.tolerance is not None and stage.tolerance < gap:
                yield Problem(
                    f"stage {number} is to be kept within {stage.tolerance:g}, which is less than "
                    f"the gap of {gap:g} within which it is solved",
                    where="objective",
                    advice=f"give stage {number} a tolerance of {gap:g} or more, ask for a gap "
                    f"of {stage.tolerance:g} or less, or give no tolerance: then later stages "
                    "keep what its plan is worth",
                )
