"""The rules that concern learners, groups and money: one method each, by the rule's name."""

from __future__ import annotations

from typing import Any

from oracle_data import ONLINE
from oracle_flows import Flows, Learners
from oracle_linear import Sum, add
from oracle_moments import records
from oracle_offerings import OfferingData
from oracle_rules_of_offers import without_prospects

Parameters = dict[str, Any]


class FlowRules:
    """Adds the rows of every rule to a linear programme, rule by rule."""

    def __init__(self, data: OfferingData, flows: Flows) -> None:
        """Look at a region under a policy, and the programme to add to."""
        self.data, self.flows, self.linear = data, flows, flows.linear

    def add_all(self) -> None:
        """Add the rows of every rule in force."""
        for name, rule in self.data.rules.items():
            if hasattr(self, name):
                getattr(self, name)(rule)

    def class_size(self, rule: Parameters) -> None:
        """A group has enough learners, and so has an offer."""
        for period in self.flows.periods:
            for key in self.flows.of_period(period)[0].places():
                minimum = rule[self.data.unit[key[0]].kind]["minimum"]
                runs = self.linear.told(("run", period, *key))
                for size in self.flows.sizes(period, key, rule["holds"]):
                    self.linear.at_least(add(dict(size), {runs: -float(minimum)}), 0.0)
            for offer in self.data.offers:
                offered = self.linear.told(("offer", period, *offer))
                starting = [learners.enrolled.get(offer, {}) for learners in self._of(period)]
                for enrolled in self._counted(period, starting, rule["holds"]):
                    row = add(dict(enrolled), {offered: -float(rule["per_offer"])})
                    self.linear.at_least(row, 0.0)

    def _of(self, period: int) -> list[Learners]:
        return self.flows.of_period(period)

    def _counted(self, period: int, sums: list[Sum], holds: str) -> list[Sum]:
        """Return the sums of the scenarios one by one, or their mean."""
        if holds == "every_scenario":
            return sums
        mean: Sum = {}
        for learners, total in zip(self._of(period), sums, strict=True):
            add(mean, total, learners.moment.probability)
        return [mean]

    def placement_guarantee(self, rule: Parameters) -> None:
        """Nearly everybody who asks for a programme has a place."""
        who = ("young", "adult") if rule["of"] == "everyone" else (rule["of"],)
        for learners in self.flows.learners:
            asking = sum(n for key, n in learners.asking.items() if key[0] in who)
            placed = {column: 1.0 for key, column in learners.switch.items() if key[0] in who}
            self.linear.at_least(placed, (1 - rule["unplaced_at_most"]) * asking)

    def site_capacity(self, rule: Parameters) -> None:
        """Learners at a site have room for all their hours."""
        for learners in self.flows.learners:
            for row in records(self.data.region.site_capacity):
                hours: Sum = {}
                for (unit, where), size in learners.size.items():
                    if where == row["site"]:
                        add(hours, size, self.data.unit[unit].hours)
                self.linear.at_most(hours, row["places"] * rule["hours_per_place"])

    def teacher_hours(self, rule: Parameters) -> None:
        """The teachers of a domain can teach all groups, and those inside what closes."""
        for period in self.flows.periods:
            hours = self.flows.group_hours(period)
            for row in records(self.data.region.teachers):
                key = row["institution"], row["domain"]
                out = self.linear.told(("teach out", period, *key))
                needed = add(dict(hours.get(key, {})), {out: 1.0})
                self.linear.at_most(needed, rule["stretch"] * row["hours"])

    def workplace_capacity(self, rule: Parameters) -> None:
        """There is a contract or internship for everybody inside."""
        programmes = self.data.programmes
        for learners in self.flows.learners:
            for (domain, pathway), places in learners.moment.workplaces.items():
                inside: Sum = {}
                for name, row in programmes.items():
                    if (row["domain"], row["pathway"]) == (domain, pathway):
                        starting = learners.enrolled_at(programme=name)
                        add(inside, starting, self.data.present_years[name])
                self.linear.at_most(inside, rule["stretch"] * places)

    def intake_cap(self, rule: Parameters) -> None:
        """Only so many start."""
        for learners in self.flows.learners:
            for cap in rule["caps"]:
                starting = (
                    learners.enrolled_at(programme=cap["programme"])
                    if cap["site"] is None
                    else learners.enrolled.get((cap["programme"], cap["site"]), {})
                )
                self.linear.at_most(starting, cap["learners_at_most"])

    def labour_market_prospect(self, rule: Parameters) -> None:
        """What has no prospects admits few of those who ask for it."""
        for learners in self.flows.learners:
            for programme in without_prospects(self.data, rule):
                asked = sum(n for key, n in learners.asking.items() if key[2] == programme)
                starting = learners.enrolled_at(programme=programme)
                self.linear.at_most(starting, rule["intake_share_at_most"] * asked)

    def programme_efficiency(self, rule: Parameters) -> None:
        """A programme has enough learners for the number of sites that offer it."""
        for period in self.flows.periods:
            for programme in self.data.programmes:
                offers = {
                    self.linear.told(("offer", period, *offer)): -float(rule["learners_per_offer"])
                    for offer in self.data.offers
                    if offer[0] == programme
                }
                starting = [x.enrolled_at(programme=programme) for x in self._of(period)]
                for enrolled in self._counted(period, starting, rule["holds"]):
                    self.linear.at_least(add(dict(enrolled), offers), 0.0)

    def institution_share(self, rule: Parameters) -> None:
        """An institution keeps a part of its share of the learners."""
        for learners in self.flows.learners:
            for institution, share in self.data.share_today.items():
                kept = learners.enrolled_at(institution=institution)
                self.linear.at_least(kept, rule["share_at_least"] * share * learners.everybody)

    def institution_balance(self, rule: Parameters) -> None:
        """An institution does not spend more than it receives, or not much."""
        for learners in self.flows.learners:
            period = learners.moment.period
            for institution in set(self.data.institution.values()):
                spent = self.flows.cost_of_groups(period, institution)
                add(spent, self.flows.standing_cost(period, [institution]))
                received = learners.funding(institution)
                self.linear.at_most(add(spent, received, -1.0 - rule["deficit_at_most"]), 0.0)

    def region_budget(self, rule: Parameters) -> None:
        """All institutions together, and what is online, cost no more than there is."""
        owners = [*set(self.data.institution.values()), ONLINE]
        for period in self.flows.periods:
            spent = self.flows.cost_of_groups(period)
            add(spent, self.flows.standing_cost(period, owners))
            self.linear.at_most(spent, rule["euros_at_most"])
