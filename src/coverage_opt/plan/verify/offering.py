"""Whether programmes are offered, and units run, where they may and must."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coverage_opt.frames import rows
from coverage_opt.plan.verify.compare import ROUNDING, differ, differences, records, said
from coverage_opt.plan.verify.period import PeriodCount
from coverage_opt.rules.base import Pair, Violation


def offer_violations(period: PeriodCount) -> Iterator[Violation]:
    """Yield offers that the policy or the site cannot have, and learners miscounted."""
    region, given = period.given.region, period.given
    for programme, site in sorted(period.offered):
        name, where = region.programme_name(programme), region.site_name(site)
        place = f"{programme} at {site}{period.when}"
        if programme not in given.programmes:
            sentence = f"{name} at {where} is over two domains, which the policy does not have"
            yield Violation("offers", place, 1.0, sentence)
        for domain in _forbidden(period, programme, site):
            sentence = f"{name} is offered at {where}, which may not teach the domain {domain}"
            yield Violation("offers", place, 1.0, sentence)
    for found in differences(
        period.stated("offers"), period.offers, ("programme", "site"), "learners"
    ):
        programme, site = found.key
        sentence = (
            f"{region.programme_name(programme)} at {region.site_name(site)} is said to have "
            f"{said(found.stated)} learners, but {said(found.expected)} are placed there"
        )
        place = f"{programme} at {site}{period.when}"
        yield Violation("offers", place, found.amount, sentence)


def _forbidden(period: PeriodCount, programme: str, site: str) -> list[str]:
    """Return the domains of a programme that a site may not teach."""
    if (programme, site) in period.given.teachable:
        return []
    domains, allowed = period.given.domains, period.given.region.site_domains
    needed = domains.loc[domains["programme"] == programme, "domain"]
    there = set(allowed.loc[allowed["site"] == site, "domain"])
    return sorted(set(needed) - there)


def unit_violations(period: PeriodCount) -> Iterator[Violation]:
    """Yield units that must run and do not, run for nobody, or are misreported."""
    fault = "is not taught, but a programme offered needs it"
    yield from _each(period, period.missing, fault)
    yield from _each(period, period.idle, "is taught, but no programme offered uses it")
    yield from _unattended(period)
    fault = "is taught, but the site may not teach the domain of any programme that uses it"
    yield from _each(period, period.out_of_place, fault)
    yield from _misreported(period)


def _unattended(period: PeriodCount) -> Iterator[Violation]:
    """Yield units taught nearby that nobody comes to under any scenario."""
    nearby = period.given.units.loc[period.given.units["delivery"] == "nearby", "unit"]
    largest: dict[Pair, float] = {}
    for moment in period.moments:
        here = moment.sizes[moment.sizes["unit"].isin(nearby)]
        for unit, site, learners in rows(here):
            largest[unit, site] = max(largest.get((unit, site), 0.0), learners)
    empty = [key for key, learners in largest.items() if learners <= ROUNDING]
    yield from _each(period, empty, "is taught, but nobody attends it")


def _misreported(period: PeriodCount) -> Iterator[Violation]:
    """Yield units whose kind, learners, groups or group size are not what they come to."""
    counted = period.units.rename(columns={"groups": "counted"})
    counted = counted.assign(group_size=counted["learners"] / counted["counted"])
    columns = ["unit", "site", "kind", "learners", "counted", "group_size"]
    both = period.stated("units").merge(
        counted[columns], on=["unit", "site"], suffixes=("", "_expected")
    )
    for row in records(both):
        unit, site, kind, groups = row["unit"], row["site"], row["kind"], row["groups"]
        if kind != row["kind_expected"]:
            fault = f"is said to be of kind {kind}, but is of kind {row['kind_expected']}"
            yield _violation(period, unit, site, 1.0, fault)
        if groups != row["counted"]:
            fault = f"is said to make {groups:g} groups, but makes {row['counted']:g}"
            yield _violation(period, unit, site, abs(groups - row["counted"]), fault)
        for column, what in (("learners", "learners"), ("group_size", "learners in a group")):
            stated, right = row[column], row[f"{column}_expected"]
            if differ(stated, right):
                fault = f"is said to have {said(stated)} {what}, but has {said(right)}"
                yield _violation(period, unit, site, abs(stated - right), fault)


def _each(period: PeriodCount, keys: Iterable[Pair], fault: str) -> Iterator[Violation]:
    for unit, site in sorted(keys):
        yield _violation(period, unit, site, 1.0, fault)


def _violation(period: PeriodCount, unit: str, site: str, amount: float, fault: str) -> Violation:
    name, where = period.given.region.unit_name(unit), period.given.region.site_name(site)
    place = f"{unit} at {site}{period.when}"
    return Violation("units", place, amount, f"{name} at {where} {fault}")
