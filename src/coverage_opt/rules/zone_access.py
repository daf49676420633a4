"""Everywhere in the region there is something to choose from close enough to home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from coverage_opt.errors import Problem
from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import Broken, Key, Pair, PeriodFacts, PeriodView, Row, Rule
from coverage_opt.rules.easing import Knob


class ZoneAccess(Rule):
    r"""Each zone with young learners has offers in enough domains, and at enough levels, in reach.

    .. math::

        \sum_d \mathrm{has}_{zdt} \ge n
        \qquad
        \mathrm{has}_{zdt} \le
        \sum_{p \in d,\; s:\, \mathrm{minutes}_{zs} \le L_p} \mathrm{offer}_{pst}
        \qquad \forall z, t

    with :math:`0 \le \mathrm{has}_{zdt} \le 1`, and the same with levels :math:`l` of mbo in the
    place of domains :math:`d`. A programme over two domains counts for both. How much choice is
    enough is the planner's own: no norm was found.
    """

    name: ClassVar[str] = "zone_access"

    domains_at_least: int = Field(default=0, ge=0)
    """Domains with an offer within the travel limit of the young; 0 asks for none."""
    levels_at_least: int = Field(default=0, ge=0, le=4)
    """Levels of mbo with an offer within the travel limit of the young; 0 asks for none."""

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.domains_at_least == 0 and self.levels_at_least == 0:
            raise ValueError("give domains_at_least, levels_at_least or both, above 0")
        return self

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield a problem for each number that is above what the region has at all."""
        for what, least, kinds_of in self._asked(region):
            found = {kind for kinds in kinds_of.values() for kind in kinds}
            if least > len(found):
                yield Problem(
                    f"{least} {what}s are asked for, and the region has {len(found)}",
                    where=f"rules.{self.name}.{what}s_at_least",
                    advice=f"ask for at most {len(found)}",
                )

    def _asked(self, region: Region) -> Iterator[tuple[str, int, dict[str, tuple[str, ...]]]]:
        """Yield what is counted, how many of it are needed, and what each programme counts for."""
        programmes = region.programmes
        if self.domains_at_least:
            domains = {name: region.domains_of(name) for name in programmes["programme"]}
            yield "domain", self.domains_at_least, domains
        if self.levels_at_least:
            levels = rows(programmes, "programme", "level")
            yield "level", self.levels_at_least, {name: (str(level),) for name, level in levels}

    def period_rows(self, period: PeriodView) -> Iterator[tuple[Key, Row]]:
        """Yield, for each zone, what there is to choose from and that it is enough."""
        for what, least, kinds_of in self._asked(period.region):
            for zone, offers in period.offers_in_reach.items():
                found = _by_kind(offers, kinds_of)
                has: list[Any] = []
                for kind, offering in found.items():
                    has.append(period.auxiliary(what, zone, kind))
                    offered = sum(period.offer[offer] for offer in offering)
                    yield (what, zone, kind), (None, has[-1] - offered, 0)
                yield (f"{what}s", zone), (least, sum(has), None)

    def defines(self, key: Key) -> bool:
        """Tell whether the row says when a domain or level counts."""
        return len(key) > 2

    def knob(self, key: Key, region: Region) -> Knob | None:
        """Return the number of domains or levels."""
        return Knob((f"{key[0]}_at_least",), 0.0)

    def sentence(self, key: Key, region: Region) -> str:
        """Say how much there is to choose from, or when a domain or level counts."""
        what, zone = key[0], region.zone_name(key[1])
        if len(key) > 2:
            counted = f"{what.capitalize()} {key[2]}"
            return f"{counted} counts for {zone} only where it is offered within reach"
        least = self.domains_at_least if what == "domains" else self.levels_at_least
        return f"{zone} has offers in at least {least} {what.removesuffix('s')}(s) within reach"

    def period_checks(self, facts: PeriodFacts) -> Iterator[Broken]:
        """Count what is offered within the limit of each zone where young learners live."""
        demands = [moment.demand for moment in facts.moments]
        zones = {zone for asked in demands for zone in asked["zone"][asked["learner"] == "young"]}
        offers: list[Pair] = list(rows(facts.offers, "programme", "site"))
        away = facts.region.minutes.loc[sorted(zones), [site for _, site in offers]].to_numpy()
        limits = np.array([facts.limits[programme] for programme, _ in offers])
        near = (away < np.inf) & (away <= limits)
        for what, least, kinds_of in self._asked(facts.region):
            for zone, within in zip(sorted(zones), near, strict=True):
                found = {kind for i in np.flatnonzero(within) for kind in kinds_of[offers[i][0]]}
                if len(found) < least:
                    yield (f"{what}s", zone), float(least - len(found))


def _by_kind(
    offers: Iterable[Pair], kinds_of: Mapping[str, tuple[str, ...]]
) -> dict[str, list[Pair]]:
    """Return the offers that count for each kind, in order."""
    found: dict[str, list[Pair]] = {}
    for programme, site in offers:
        for kind in kinds_of[programme]:
            found.setdefault(kind, []).append((programme, site))
    return dict(sorted(found.items()))
