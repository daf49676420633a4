"""What a policy aims for: stages, the terms they weigh and how they look at the future."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region

Term = Literal[
    "coverage",
    "filled_openings",
    "placed",
    "first_choice",
    "certificates",
    "worst_zone",
    "worst_institution",
    "saved_hours",
    "travel_minutes",
    "offers",
    "open_sites",
    "cost",
    "balance",
    "changes",
]
"""What an objective stage can weigh; :mod:`coverage_opt.formulation.terms` holds the formulas."""

ONLY_MAXIMISED: frozenset[Term] = frozenset(
    {"coverage", "filled_openings", "worst_zone", "worst_institution", "saved_hours", "balance"}
)
ONLY_MINIMISED: frozenset[Term] = frozenset({"open_sites", "cost", "changes"})
"""Terms that the model bounds on one side only, as nobody would want the other."""

OF_MONEY: frozenset[Term] = frozenset({"cost", "balance"})
"""Terms that only a region with money has."""

TAIL = 0.2
"""Share of all futures, the worst, that a CVaR looks at by default; an assumption."""

Risk = Literal["expected", "worst_case", "cvar"]


class Strict(BaseModel):
    """A part of a policy: no key but those known, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(Strict):
    """One objective, pursued after the stages before it.

    Exactly one of ``maximise`` and ``minimise`` is given: a weighted sum of terms.
    """

    maximise: Mapping[Term, float] | None = None
    """Weight of each term to make as large as possible."""
    minimise: Mapping[Term, float] | None = None
    """Weight of each term to make as small as possible."""
    tolerance: float | None = Field(default=None, ge=0, lt=1)
    """Share of this stage's value that later stages may give up. Without it they give up nothing
    of what this stage's plan was worth."""
    decides: Literal["offers", "units", "placement"] = "offers"
    """What is still free. ``offers``: everything. ``units``: offers are held, what is taught
    where and who goes there is free. ``placement``: offers, units and who takes which programme
    are held, and only the site is free, zone by zone; then zones that no rule can tell apart may
    still be planned as one in the stages before, though travel differs within them."""
    risk: Risk = "expected"
    """What the sum is worth over the scenarios. ``expected``: the mean, each scenario weighted by
    its probability. ``worst_case``: the worst of them. ``cvar``: the mean of the worst ``tail``."""
    tail: float = Field(default=TAIL, gt=0, le=1)
    """Probability, together, of the worst scenarios that a CVaR is the mean of."""

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
        return self

    @model_validator(mode="after")
    def _one_view(self) -> Self:
        if self.risk != "cvar" and self.tail != TAIL:
            raise ValueError("only a stage with `risk: cvar` has a tail")
        if self.decides == "placement":
            if set(self.terms) != {"travel_minutes"}:
                raise ValueError("a stage that decides placement can only weigh travel_minutes")
            if self.risk != "expected":
                raise ValueError("a stage that decides placement has no risk but expected")
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
        """The stage as text: ``coverage + 0.5 first_choice``, ``worst case of (coverage)``."""
        weighted = " + ".join(
            term if weight == 1 else f"{weight:g} {term}" for term, weight in self.terms.items()
        )
        if self.risk == "worst_case":
            return f"worst case of ({weighted})"
        return f"CVaR {100 * self.tail:g}% of ({weighted})" if self.risk == "cvar" else weighted

    def problems(self, region: Region, number: int) -> Iterator[Problem]:
        """Yield the terms that need data which the region does not have.

        Args:
            region: the region.
            number: of this stage in its policy, from 1.
        """
        for term in self.terms:
            missing = _missing(term, region)
            if missing is not None:
                what, where, remedy = missing
                yield Problem(
                    f"stage {number} weighs {term}, but the region has no {what}",
                    where="objective",
                    advice=f"leave {term} out, or {remedy} {where}",
                )


def _missing(term: Term, region: Region) -> tuple[str, str, str] | None:
    """Return what a term lacks, the file that would hold it, and what to do with that file."""
    if term in OF_MONEY and region.money is None:
        return "money", "region.yaml", "give `money` in"
    if term == "worst_institution" and not region.has("current"):
        return "current offering", "current.csv", "add"
    adults = region.has("adult_choices") or region.has("adult_demand")
    if term == "certificates" and not adults:
        return "adults", "adult_cohorts.csv and adult_choices.csv", "add"
    return None
