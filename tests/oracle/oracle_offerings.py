"""What follows from what is offered alone: units, reach, changes, what they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import chain

from oracle_data import ONLINE, Data, Unit
from oracle_moments import Moment, Pair


@dataclass(frozen=True)
class Offering:
    """What one period has.

    Attributes:
        offers: every (programme, site) offered.
        runs: every (unit, site) that is decided by itself: units taught nearby, and units that
            one site may leave to another.
    """

    offers: frozenset[Pair]
    runs: frozenset[Pair]


Offerings = tuple[Offering, ...]
"""One offering for each period."""


@dataclass(frozen=True)
class Changes:
    """What opens and closes in a period."""

    opened: frozenset[Pair] = frozenset()
    closed: frozenset[Pair] = frozenset()


class OfferingData(Data):
    """The data, asked about offerings."""

    def complete(self, offering: Offering) -> bool:
        """Return whether every offer has its units, and no unit that is left to partners idles."""
        using = {
            (unit.name, site)
            for programme, site in offering.offers
            for unit in self.units[programme]
            if unit.name in self.partner_units
        }
        sending = {(name, other) for name, site in using for other in self.partners.get(site, ())}
        running = {run for run in offering.runs if run[0] in self.partner_units}
        return running <= using | sending and all(
            any((name, where) in running for where in (site, *self.partners.get(site, ())))
            for name, site in using
        )

    def taught(self, offering: Offering) -> dict[Pair, Unit]:
        """Return every (unit, site) that is taught."""
        runs = {run: self.unit[run[0]] for run in offering.runs}
        for programme, site in offering.offers:
            for unit in self.units[programme]:
                if unit.delivery == "online":
                    runs[unit.name, ONLINE] = unit
                elif unit.delivery == "with_programme" and unit.name not in self.partner_units:
                    runs[unit.name, site] = unit
        return runs

    def open_sites(self, offering: Offering) -> set[str]:
        """Return the sites that offer or teach anything."""
        return {site for _, site in offering.offers | offering.runs}

    def within_reach(self, offering: Offering, zone: str) -> list[Pair]:
        """Return the offers within the travel limit of a zone's young learners."""
        return [
            (programme, site)
            for programme, site in offering.offers
            if self.close(zone, site, self.limit["young", programme])
        ]

    def reached(self, offering: Offering, zone: str) -> set[str]:
        """Return the occupations with a shortage that can be learned within reach of a zone."""
        programmes = {programme for programme, _ in self.within_reach(offering, zone)}
        return {
            occupation
            for programme, occupation in self.leads_to
            if programme in programmes and occupation in self.weight
        }

    def changes(self, offerings: Offerings) -> tuple[Changes, ...]:
        """Return what opens and closes in each period, against the one before or today."""
        found = []
        before = frozenset(self.current) if self.region.has("current") else None
        for offering in offerings:
            if before is None:
                found.append(Changes())
            else:
                found.append(Changes(offering.offers - before, before - offering.offers))
            before = offering.offers
        return tuple(found)

    def standing_costs(self, offering: Offering) -> dict[str, float]:
        """Return what each institution pays, EUR a year, for its offers and open sites."""
        money = self.region.money
        costs: dict[str, float] = defaultdict(float)
        if money is not None:
            for _, site in offering.offers:
                costs[self.institution[site]] += money.cost_per_offer
            for site in self.open_sites(offering):
                costs[self.institution[site]] += money.cost_per_site
        return costs

    def costs_of_change(self, period: int, changes: Changes) -> dict[str, float]:
        """Return what each institution pays, EUR a year, for what opens and closes."""
        money, span = self.region.money, self.span_years[period]
        costs: dict[str, float] = defaultdict(float)
        if money is not None:
            for _, site in changes.opened:
                costs[self.institution[site]] += money.cost_to_open / span
            for programme, site in changes.closed:
                out = self.teach_out_hours[programme] * money.cost_per_group_hour
                costs[self.institution[site]] += (money.cost_to_close + out) / span
        return costs

    def told(self, period: int, offering: Offering, changes: Changes) -> dict[Hashable, float]:
        """Return the values that the rows on learners know about what is offered."""
        values: dict[Hashable, float] = defaultdict(float)
        for offer in offering.offers:
            values["offer", period, *offer] = 1.0
        for run in self.taught(offering):
            values["run", period, *run] = 1.0
        costs = (self.standing_costs(offering), self.costs_of_change(period, changes))
        for institution, cost in chain(*(part.items() for part in costs)):
            values["standing cost", period, institution] += cost
        for programme, site in changes.closed:
            domain = self.domains_of[programme][0]
            out = self.teach_out_hours[programme] / self.span_years[period]
            values["teach out", period, self.institution[site], domain] += out
        return values

    def settled(self, term: str, moment: Moment, offering: Offering) -> float:
        """Return the part of a term, in one moment, that depends on what is offered alone."""
        if term == "coverage":
            return self._coverage(moment, offering)
        if term == "worst_zone":
            return self._worst_zone(moment, offering)
        if term == "saved_hours":
            apart = sum(unit.hours for p, _ in offering.offers for unit in self.units[p])
            return apart - sum(unit.hours for unit in self.taught(offering).values())
        if term == "offers":
            return float(len(offering.offers))
        if term == "open_sites":
            return float(len(self.open_sites(offering)))
        if term in ("cost", "balance"):
            cost = sum(self.standing_costs(offering).values())
            return cost if term == "cost" else -cost
        return 0.0

    def of_changes(self, term: str, period: int, changes: Changes) -> float:
        """Return the part of a term, in one period, that depends on what opens and closes.

        Terms are means over the periods; the changes are counted over all of them together.
        """
        if term == "changes":
            return len(self.periods) * float(len(changes.opened) + len(changes.closed))
        if term in ("cost", "balance"):
            cost = sum(self.costs_of_change(period, changes).values())
            return cost if term == "cost" else -cost
        return 0.0

    def _coverage(self, moment: Moment, offering: Offering) -> float:
        youth = moment.youth
        whole = sum(self.weight.values()) * sum(youth.values())
        reached = sum(
            learners * sum(self.weight[o] for o in self.reached(offering, zone))
            for zone, learners in youth.items()
        )
        return reached / whole if whole else 0.0

    def _worst_zone(self, moment: Moment, offering: Offering) -> float:
        weights = sum(self.weight.values())
        of_zone = [
            sum(self.weight[o] for o in self.reached(offering, zone)) for zone in moment.youth
        ]
        return min(of_zone) / weights if weights else 0.0
