"""The rules that concern what is offered and taught alone: one method each, by the rule's name."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from oracle_linear import SLACK
from oracle_moments import Pair, records
from oracle_offerings import Changes, Offering, OfferingData, Offerings

BEST_FIRST = ("very good", "good", "fair", "moderate", "poor")

Parameters = dict[str, Any]


class OfferRules:
    """Whether one period's offering is allowed, rule by rule."""

    def __init__(self, data: OfferingData) -> None:
        """Look at a region under a policy."""
        self.data = data

    def allowed(self, period: int, offering: Offering) -> bool:
        """Return whether every rule on one period holds."""
        return all(
            getattr(self, name)(rule, period, offering)
            for name, rule in self.data.rules.items()
            if hasattr(self, name)
        )

    def fixed_offers(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """What must be is there, and what must not is not."""
        year = self.data.periods[period]
        named: dict[str, set[Pair]] = {
            which: {
                (offer["programme"], offer["site"])
                for offer in rule[which]
                if offer["periods"] is None or year in offer["periods"]
            }
            for which in ("must", "must_not")
        }
        return named["must"] <= offering.offers and not named["must_not"] & offering.offers

    def max_sites(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """Only so many sites are open."""
        return len(self.data.open_sites(offering)) <= int(rule["sites_at_most"])

    def minimum_coverage(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """Enough of the youth has each occupation within reach, in every scenario."""
        data = self.data
        urgent = [o for o, weight in data.weight.items() if weight >= rule["weight_at_least"]]
        for moment in data.of_period(period):
            youth = moment.youth
            least = rule["share"] * sum(youth.values()) - SLACK
            reached = {zone: data.reached(offering, zone) for zone in youth}
            for occupation in urgent:
                served = sum(n for zone, n in youth.items() if occupation in reached[zone])
                if served < least:
                    return False
        return True

    def no_duplication(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """Around every site, a programme is offered at only so many sites."""
        for centre in self.data.sites:
            around = self._around(centre, rule["within_minutes"])
            for programme in self.data.programmes:
                offered = sum(p == programme and s in around for p, s in offering.offers)
                if offered > rule["sites_at_most"]:
                    return False
        return True

    def _around(self, centre: str, minutes: float) -> set[str]:
        return {
            site
            for site in self.data.sites
            if site == centre or self.data.site_minutes[centre, site] <= minutes
        }

    def zone_access(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """Every zone has enough domains and levels within reach."""
        data = self.data
        for zone in data.region.zones["zone"]:
            programmes = {programme for programme, _ in data.within_reach(offering, zone)}
            domains = {domain for programme in programmes for domain in data.domains_of[programme]}
            levels = {data.programmes[programme]["level"] for programme in programmes}
            if len(domains) < rule["domains_at_least"] or len(levels) < rule["levels_at_least"]:
                return False
        return True

    def facility_required(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """Programmes are offered only where there is what they need."""
        has: dict[str, set[str]] = defaultdict(set)
        for row in records(self.data.region.facilities):
            has[row["site"]].add(row["facility"])
        needs: dict[str, set[str]] = defaultdict(set)
        for row in records(self.data.region.requirements):
            needs[row["programme"]].add(row["facility"])
        waived = set(rule["waived"])
        return all(needs[programme] - waived <= has[site] for programme, site in offering.offers)

    def labour_market_prospect(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """What has no prospects is not offered, unless some may be admitted."""
        without = without_prospects(self.data, rule)
        return rule["intake_share_at_most"] > 0 or not any(
            programme in without for programme, _ in offering.offers
        )

    def progression(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """After a programme of some levels there is a higher one close to its site.

        What counts is whether the region's catalogue has a successor, offered or not.
        """
        data, key = self.data, rule["within"]
        for programme, site in offering.offers:
            row = data.programmes[programme]
            successors = {
                name
                for name, other in data.catalogue.items()
                if other["level"] > row["level"] and other[key] == row[key]
            }
            if row["level"] not in rule["levels"] or not successors:
                continue
            around = self._around(site, rule["minutes"])
            if not any(p in successors and s in around for p, s in offering.offers):
                return False
        return True

    def breadth(self, rule: Parameters, period: int, offering: Offering) -> bool:
        """An open site offers enough domains, as far as it may teach them."""
        data = self.data
        for site in data.open_sites(offering):
            offered = {
                domain
                for programme, where in offering.offers
                if where == site
                for domain in data.domains_of[programme]
            }
            if len(offered) < min(rule["domains_at_least"], len(data.taught_at[site])):
                return False
        return True


class TimeRules:
    """Whether the offerings of all periods together are allowed, rule by rule."""

    def __init__(self, data: OfferingData) -> None:
        """Look at a region under a policy."""
        self.data = data

    def allowed(self, offerings: Offerings, changes: tuple[Changes, ...]) -> bool:
        """Return whether every rule across periods holds."""
        return all(
            getattr(self, name)(rule, offerings, changes)
            for name, rule in self.data.rules.items()
            if hasattr(self, name)
        )

    def change_limit(
        self, rule: Parameters, offerings: Offerings, changes: tuple[Changes, ...]
    ) -> bool:
        """Only so much opens and closes in a period."""
        for change in changes:
            changed = [*change.opened, *change.closed]
            owners = [
                "all" if rule["per"] == "region" else self.data.institution[site]
                for _, site in changed
            ]
            if any(owners.count(owner) > rule["changes_at_most"] for owner in owners):
                return False
        return True

    def minimum_run(
        self, rule: Parameters, offerings: Offerings, changes: tuple[Changes, ...]
    ) -> bool:
        """What opens stays for some years."""
        years = self.data.periods
        return all(
            change.opened <= later.offers
            for start, change in enumerate(changes)
            for year, later in zip(years[start:], offerings[start:], strict=True)
            if year - years[start] < rule["years_at_least"]
        )


def without_prospects(data: OfferingData, rule: Parameters) -> set[str]:
    """Return the programmes whose graduates mostly enter work of the classes named."""
    found = set()
    for programme in data.programmes:
        shares = {o: share for (p, o), share in data.leads_to.items() if p == programme}
        if shares:
            largest = [o for o, share in shares.items() if share == max(shares.values())]
            best = min((data.prospect[o] for o in largest), key=BEST_FIRST.index)
            if best in rule["classes"]:
                found.add(programme)
    return found
