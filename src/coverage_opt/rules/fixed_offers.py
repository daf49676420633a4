"""Offers that are promised, and offers that are ruled out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from coverage_opt.errors import Problem
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, Pair, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.names import unknown_names


class Offer(BaseModel):
    """A programme at a site, in all periods or in some."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: str
    """Identifier of the programme."""
    site: str
    """Identifier of the site."""
    periods: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    """Calendar years it is said of; all that are planned for when left out."""

    @property
    def key(self) -> Pair:
        """Programme and site."""
        return self.programme, self.site

    def counts_in(self, period: int) -> bool:
        """Tell whether it is said of a period."""
        return self.periods is None or period in self.periods

    def clashes_with(self, other: Offer) -> bool:
        """Tell whether both speak of the same offer in the same period."""
        if self.periods is None or other.periods is None:
            return self.key == other.key
        return self.key == other.key and bool(set(self.periods) & set(other.periods))


class FixedOffers(Rule):
    r"""Some offers must be in the plan, others must not.

    .. math::

        \mathrm{offer}_{pst} = 1 \quad \forall (p, s, t) \in \mathit{must}
        \qquad
        \mathrm{offer}_{pst} = 0 \quad \forall (p, s, t) \in \mathit{must\_not}

    """

    name: ClassVar[str] = "fixed_offers"

    must: tuple[Offer, ...] = ()
    """Offers that are in every plan."""
    must_not: tuple[Offer, ...] = ()
    """Offers that are in no plan."""

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield unknown names and periods, and offers that are both promised and ruled out."""
        offers = (*self.must, *self.must_not)
        programmes = [offer.programme for offer in offers]
        yield from unknown_names(self.name, "programme", programmes, region.programmes["programme"])
        sites = [offer.site for offer in offers]
        yield from unknown_names(self.name, "site", sites, region.sites["site"])
        periods = [str(period) for offer in offers for period in offer.periods or ()]
        yield from unknown_names(self.name, "period", periods, map(str, region.periods))
        for offer in self.must:
            if any(offer.clashes_with(other) for other in self.must_not):
                yield Problem(
                    f"{offer.programme} at {offer.site} is under both must and must_not",
                    where=f"rules.{self.name}",
                    advice="remove one of the two, or give them different periods",
                )

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield one row per fixed offer that the model has a variable for.

        A promised offer that was ruled out before building (nobody could fill it, or the site
        may not teach it) becomes a row that cannot be met, so that the model is infeasible
        rather than the promise forgotten.
        """
        for key in _said(self.must, period.period):
            yield ("must", *key), (1, period.offer.get(key, 0.0), 1)
        for key in _said(self.must_not, period.period):
            if key in period.offer:
                yield ("must_not", *key), (0, period.offer[key], 0)

    def without(self, key: Key) -> Self | None:
        """Return the rule without what it says of one offer, in any period."""
        left = {
            said: tuple(offer for offer in offers if (said, *offer.key) != key)
            for said, offers in (("must", self.must), ("must_not", self.must_not))
        }
        return self.model_copy(update=left) if any(left.values()) else None

    def sentence(self, key: Key, region: Region) -> str:
        """Say what is promised or ruled out."""
        verb = "is" if key[0] == "must" else "is not"
        programme, site = region.programme_name(key[1]), region.site_name(key[2])
        return f"{programme} {verb} offered at {site}"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Look each fixed offer up in the plan."""
        offered = set(zip(facts.offers["programme"], facts.offers["site"], strict=True))
        for key in _said(self.must, facts.period):
            if key not in offered:
                yield ("must", *key), 1.0
        for key in _said(self.must_not, facts.period):
            if key in offered:
                yield ("must_not", *key), 1.0


def _said(offers: tuple[Offer, ...], period: int) -> list[Pair]:
    """Return what is said of a period, once."""
    return list(dict.fromkeys(offer.key for offer in offers if offer.counts_in(period)))
