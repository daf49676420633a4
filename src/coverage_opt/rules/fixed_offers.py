"""Offers that are promised, and offers that are ruled out."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Facts, Key, ModelView, Row, Rule, Violation


class Offer(BaseModel):
    """A programme at a site."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: str
    site: str

    @property
    def key(self) -> tuple[str, str]:
        """Programme and site."""
        return self.programme, self.site


class FixedOffers(Rule):
    r"""Some offers must be in the plan, others must not.

    .. math::

        \mathrm{offer}_{ps} = 1 \quad \forall (p, s) \in \mathit{must}
        \qquad
        \mathrm{offer}_{ps} = 0 \quad \forall (p, s) \in \mathit{must\_not}

    """

    name: ClassVar[str] = "fixed_offers"

    must: tuple[Offer, ...] = ()
    """Offers that are in every plan."""
    must_not: tuple[Offer, ...] = ()
    """Offers that are in no plan."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield unknown names, and offers that are both promised and ruled out."""
        for offer in (*self.must, *self.must_not):
            yield from _unknown("programme", offer.programme, list(region.programmes["programme"]))
            yield from _unknown("site", offer.site, list(region.sites["site"]))
        for offer in self.must:
            if offer in self.must_not:
                yield Problem(
                    f"{offer.programme} at {offer.site} is under both must and must_not",
                    where="rules.fixed_offers",
                    advice="remove one of the two",
                )

    def constraints(self, model: ModelView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per fixed offer that the model has a variable for.

        A promised offer that was ruled out before building (nobody could fill it, or the site
        may not teach it) becomes a row that cannot be met, so that the model is infeasible
        rather than the promise forgotten.
        """
        for offer in self.must:
            remains = offer.key in model.offer
            yield ("must", *offer.key), (1, model.offer[offer.key] if remains else 0.0, 1)
        for offer in self.must_not:
            if offer.key in model.offer:
                yield ("must_not", *offer.key), (0, model.offer[offer.key], 0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say what is promised or ruled out."""
        verb = "is" if key[0] == "must" else "is not"
        programme, site = region.programme_name(key[1]), region.site_name(key[2])
        return f"{programme} {verb} offered at {site}"

    def check(self, facts: Facts) -> Iterator[Violation]:
        """Look each fixed offer up in the plan."""
        offered = set(zip(facts.offers["programme"], facts.offers["site"], strict=True))
        for offer in self.must:
            if offer.key not in offered:
                yield self.violation(("must", *offer.key), 1.0, facts)
        for offer in self.must_not:
            if offer.key in offered:
                yield self.violation(("must_not", *offer.key), 1.0, facts)


def _unknown(what: str, name: str, known: list[str]) -> Iterator[Problem]:
    if name not in known:
        near = get_close_matches(name, known, n=3)
        yield Problem(
            f"unknown {what} '{name}'",
            where="rules.fixed_offers",
            advice=f"did you mean {' or '.join(near)}?" if near else f"see the region's {what}s",
        )
