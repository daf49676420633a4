"""Who goes where, as a linear programme over every moment: row by row as the model is stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from oracle_data import ONLINE
from oracle_linear import LinearProgramme, Sum, add
from oracle_moments import Moment, Pair
from oracle_offerings import OfferingData

NEEDS_GROUPS = {"teacher_hours", "region_budget", "institution_balance"}
"""Rules that speak of the number of groups; so do the terms cost and balance."""


class Learners:
    """The learners of one moment: columns of the linear programme, and sums over them.

    Attributes:
        moment: the moment.
        switch: (learner, zone, choice, programme) -> column.
        alone: (zone, unit, where) -> column: adults who take a single unit.
        enrolled: (programme, site) -> sum of columns.
        size: (unit, where) -> sum of columns: learners after drop-out.
        needing: (learner, zone, unit) -> sum of columns: learners who need a unit taught nearby.
        travel: learner-minutes.
        filled: occupation -> column.
        worst_institution: column, where a stage weighs it.
    """

    def __init__(self, data: OfferingData, linear: LinearProgramme, moment: Moment) -> None:
        """Add the columns and rows of one moment."""
        self.data, self.linear, self.moment = data, linear, moment
        self.switch: dict[tuple[str, str, str, str], int] = {}
        self.alone: dict[tuple[str, str, str], int] = {}
        self.enrolled: dict[Pair, Sum] = defaultdict(dict)
        self.size: dict[Pair, Sum] = defaultdict(dict)
        self.travel: Sum = {}
        self.filled: dict[str, int] = {}
        self.needing: dict[tuple[str, str, str], Sum] = defaultdict(dict)
        self.worst_institution: int | None = None
        self.asking = {
            key: learners
            for key, learners in moment.asking.items()
            if not data.is_certificate(key[0], key[2])
        }
        self.asking_alone = {
            key: learners for key, learners in moment.asking.items() if key not in self.asking
        }
        self.everybody = sum(self.asking.values())
        self._take_and_place()
        self._send_to_partners()
        self._take_single_units()
        self._fill()

    def _with(self, kind: str, *pair: str) -> Hashable:
        return (kind, self.moment.period, *pair)

    def _take_and_place(self) -> None:
        data, linear = self.data, self.linear
        taking: dict[tuple[str, str, str], Sum] = defaultdict(dict)
        for (learner, zone, choice), learners in self.asking.items():
            arriving = learners * data.arriving(learner, choice)
            row: Sum = {}
            for programme, share in data.takes.get(choice, {}).items():
                column = linear.column(share * arriving)
                self.switch[learner, zone, choice, programme] = column
                row[column] = taking[learner, zone, programme][column] = 1.0
            linear.at_most(row, arriving)
        for (learner, zone, programme), taken in taking.items():
            somewhere: Sum = {}
            for name, site in data.offers:
                if name == programme and data.close(zone, site, data.limit[learner, programme]):
                    column = linear.column(only_with=self._with("offer", name, site))
                    somewhere[column] = self.enrolled[name, site][column] = 1.0
                    self.travel[column] = data.minutes[zone, site]
            linear.equal(add(dict(taken), somewhere, -1.0), 0.0)
            for unit in data.units[programme]:
                if unit.delivery == "nearby":
                    add(self.needing[learner, zone, unit.name], taken, unit.retention)
        self._attend()
        self._sizes()

    def _attend(self) -> None:
        data, linear = self.data, self.linear
        for (learner, zone, unit), taken in self.needing.items():
            somewhere: Sum = {}
            for name, site in data.nearby:
                if name == unit and data.close(zone, site, data.nearby_limit[learner]):
                    column = linear.column(only_with=self._with("run", name, site))
                    somewhere[column] = self.size[name, site][column] = 1.0
                    self.travel[column] = data.minutes[zone, site]
            linear.equal(add(dict(taken), somewhere, -1.0), 0.0)

    def _sizes(self) -> None:
        for (programme, site), enrolled in self.enrolled.items():
            for unit in self.data.units[programme]:
                if unit.delivery != "nearby":
                    where = ONLINE if unit.delivery == "online" else site
                    add(self.size[unit.name, where], enrolled, unit.retention)

    def _send_to_partners(self) -> None:
        """Let the learners of a site take a unit at a partner's site where it runs."""
        data, linear = self.data, self.linear
        everybody = sum(self.moment.asking.values())
        coming = {
            key: dict(size) for key, size in self.size.items() if key[0] in data.partner_units
        }
        for (unit, site), here in coming.items():
            for other in data.partners.get(site, ()):
                sent = linear.column(only_with=self._with("run", unit, other))
                here[sent] = -1.0
                add(self.size[unit, site], {sent: -1.0})
                add(self.size[unit, other], {sent: 1.0})
            linear.at_least(here, 0.0)
            # who stays needs the unit to run here
            runs = linear.told(self._with("run", unit, site))
            linear.at_most(add(here, {runs: -everybody}), 0.0)

    def _take_single_units(self) -> None:
        data, linear = self.data, self.linear
        for (learner, zone, name), learners in self.asking_alone.items():
            if name not in data.alone:
                continue
            nearby = data.unit[name].delivery == "nearby"
            limits = data.nearby_limit if nearby else data.alone_limit
            places = {site for unit, site in self.places() if unit == name}
            row: Sum = {}
            for where in sorted(places):
                if where == ONLINE or data.close(zone, where, limits[learner]):
                    column = linear.column(only_with=self._with("run", name, where))
                    row[column] = 1.0
                    self.alone[zone, name, where] = column
                    if where != ONLINE:
                        self.travel[column] = data.minutes[zone, where]
            linear.at_most(row, learners * data.arriving(learner, name))
        for (_, name, where), column in self.alone.items():
            self.size[name, where][column] = 1.0

    def places(self) -> set[Pair]:
        """Return every (unit, where) that may be taught."""
        data = self.data
        places = {*data.nearby, *data.partner_runs}
        for programme, site in data.offers:
            for unit in data.units[programme]:
                if unit.delivery == "online":
                    places.add((unit.name, ONLINE))
                elif unit.delivery == "with_programme":
                    places.add((unit.name, site))
        return places

    def _fill(self) -> None:
        data, linear = self.data, self.linear
        for occupation in data.weight:
            column = linear.column(self.moment.openings[occupation])
            self.filled[occupation] = column
            row: Sum = {column: 1.0}
            for (programme, _), enrolled in self.enrolled.items():
                share = data.leads_to.get((programme, occupation), 0.0)
                add(row, enrolled, -share * data.success[programme])
            linear.at_most(row, 0.0)

    def enrolled_at(self, *, institution: str | None = None, programme: str | None = None) -> Sum:
        """Return all who start, at an institution or in a programme."""
        total: Sum = {}
        for (name, site), enrolled in self.enrolled.items():
            of_institution = institution in (None, self.data.institution[site])
            if of_institution and programme in (None, name):
                add(total, enrolled)
        return total

    def weigh_institutions(self) -> None:
        """Add the share that the institution which keeps the least keeps of its learners."""
        self.worst_institution = self.linear.column(1.0)
        for institution, share in self.data.share_today.items():
            kept = self.enrolled_at(institution=institution)
            row = add(dict(kept), {self.worst_institution: -share * self.everybody})
            self.linear.at_least(row, 0.0)

    def funding(self, institution: str) -> Sum:
        """Return what an institution, or what is online, receives: EUR a year."""
        data, money = self.data, self.data.region.money
        assert money is not None
        total: Sum = {}
        for (programme, site), enrolled in self.enrolled.items():
            if data.institution[site] == institution:
                row = data.programmes[programme]
                weight = money.pathway_weight[row["pathway"]] * data.present_years[programme]
                add(total, enrolled, money.funding_per_learner * row["price_factor"] * weight)
        for (_, unit, where), column in self.alone.items():
            if data.institution.get(where, ONLINE) == institution:
                add(total, {column: money.fee_per_hour * data.unit[unit].hours})
        return total


class Flows:
    """The linear programme over the moments of some periods.

    Attributes:
        linear: the linear programme.
        learners: by moment.
        groups: (period, unit, where) -> column, where the number of groups matters.
    """

    def __init__(self, data: OfferingData, periods: Sequence[int]) -> None:
        """Build everything but the rules and the stages."""
        self.data, self.periods = data, tuple(periods)
        self.linear = LinearProgramme()
        self.learners = [
            Learners(data, self.linear, moment)
            for moment in data.moments
            if moment.period in self.periods
        ]
        self.groups: dict[tuple[int, str, str], int] = {}
        terms = {term for stage in data.policy.objective for term in stage.terms}
        if "worst_institution" in terms:
            for learners in self.learners:
                learners.weigh_institutions()
        if NEEDS_GROUPS & set(data.rules) or {"cost", "balance"} & terms:
            self._make_groups()

    def of_period(self, period: int) -> list[Learners]:
        """Return the moments of a period."""
        return [learners for learners in self.learners if learners.moment.period == period]

    def mean_size(self, period: int, key: Pair) -> Sum:
        """Return the mean size of a unit at a site over the scenarios."""
        total: Sum = {}
        for learners in self.of_period(period):
            add(total, learners.size.get(key, {}), learners.moment.probability)
        return total

    def sizes(self, period: int, key: Pair, holds: str) -> list[Sum]:
        """Return the sizes that count: in every scenario, or in expectation the mean."""
        if holds == "expectation":
            return [self.mean_size(period, key)]
        return [learners.size.get(key, {}) for learners in self.of_period(period)]

    def _make_groups(self) -> None:
        """Add the parallel groups of every unit: enough for the size that counts."""
        rule = self.data.rules.get("class_size")
        for period in self.periods:
            for unit, where in sorted(self.of_period(period)[0].places()):
                taught = ("run", period, unit, where)
                if rule is None:
                    column = self.linear.column(1.0, lower=1.0, only_with=taught)
                    self.groups[period, unit, where] = column
                    continue
                column = self.linear.column(lower=1.0, whole=True, only_with=taught)
                self.groups[period, unit, where] = column
                largest = rule[self.data.unit[unit].kind]["maximum"]
                for size in self.sizes(period, (unit, where), rule["holds"]):
                    self.linear.at_most(add(dict(size), {column: -float(largest)}), 0.0)

    def group_hours(self, period: int) -> dict[tuple[str, str], Sum]:
        """Return the hours of all groups, by institution (or online) and domain."""
        hours: dict[tuple[str, str], Sum] = defaultdict(dict)
        for (when, unit, where), column in self.groups.items():
            if when == period:
                institution = self.data.institution.get(where, ONLINE)
                key = institution, self.data.domain_of_unit[unit]
                add(hours[key], {column: self.data.unit[unit].hours})
        return hours

    def cost_of_groups(self, period: int, institution: str | None = None) -> Sum:
        """Return what the hours of groups cost an institution, or all together: EUR a year."""
        money = self.data.region.money
        assert money is not None
        total: Sum = {}
        for (owner, _), hours in self.group_hours(period).items():
            if institution in (None, owner):
                add(total, hours, money.cost_per_group_hour)
        return total

    def standing_cost(self, period: int, institutions: Sequence[str]) -> Sum:
        """Return the given columns of what offers, sites and changes cost institutions."""
        return {
            self.linear.told(("standing cost", period, institution)): 1.0
            for institution in institutions
        }
