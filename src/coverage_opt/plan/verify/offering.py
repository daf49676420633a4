"""Whether programmes are offered, and units run, where they may and must."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coverage_opt.plan.verify.compare import ROUNDING, absent, differ, differences, records, said
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.rules.base import Violation

PLACE = ("unit", "site")


def offer_violations(recount: Recount) -> Iterator[Violation]:
    """Yield offers at sites that may not teach them, and learners miscounted."""
    region, stated = recount.region, recount.stated("offers")
    domains = region.programmes[["programme", "domain"]]
    forbidden = absent(
        stated.merge(domains, on="programme"), region.site_domains, ("site", "domain")
    )
    for row in records(forbidden):
        programme, site = row["programme"], row["site"]
        sentence = (
            f"{region.programme_name(programme)} is offered at {region.site_name(site)}, which "
            f"may not teach the domain {row['domain']}"
        )
        yield Violation("offers", f"{programme} at {site}", 1.0, sentence)
    key = ("programme", "site")
    for found in differences(stated, recount.offers, key, "learners"):
        programme, site = found.key
        sentence = (
            f"{region.programme_name(programme)} at {region.site_name(site)} is said to have "
            f"{said(found.stated)} learners, but {said(found.expected)} are placed there"
        )
        yield Violation("offers", f"{programme} at {site}", found.amount, sentence)


def unit_violations(recount: Recount) -> Iterator[Violation]:
    """Yield units that must run and do not, run for nobody, or are misreported."""
    yield from _missing_units(recount)
    yield from _idle_units(recount)
    yield from _nearby_units_out_of_place(recount)
    yield from _misreported_units(recount)


def _missing_units(recount: Recount) -> Iterator[Violation]:
    for unit, site in _keys(absent(recount.units, recount.stated("units"), PLACE)):
        fault = "is not taught, but a programme offered needs it"
        yield _violation(recount, unit, site, 1.0, fault)


def _idle_units(recount: Recount) -> Iterator[Violation]:
    """Yield units taught where no offer uses them, or nearby where nobody attends them."""
    for unit, site in _keys(absent(recount.stated("units"), recount.units, PLACE)):
        yield _violation(recount, unit, site, 1.0, "is taught, but no programme offered uses it")
    nearby = recount.curriculum.loc[recount.curriculum["delivery"] == "nearby", "unit"]
    empty = recount.units["unit"].isin(nearby) & (recount.units["learners"] <= ROUNDING)
    for unit, site in _keys(recount.units[empty]):
        yield _violation(recount, unit, site, 1.0, "is taught, but nobody attends it")


def _nearby_units_out_of_place(recount: Recount) -> Iterator[Violation]:
    """Yield nearby units at sites that may teach the domain of no programme that uses them."""
    region = recount.region
    nearby = recount.curriculum.loc[
        recount.curriculum["delivery"] == "nearby", ["programme", "unit"]
    ]
    domains = nearby.merge(region.programmes[["programme", "domain"]], on="programme")
    allowed = domains.merge(region.site_domains, on="domain")
    runs = recount.stated("units")
    for unit, site in _keys(absent(runs[runs["unit"].isin(nearby["unit"])], allowed, PLACE)):
        fault = "is taught, but the site may not teach the domain of any programme that uses it"
        yield _violation(recount, unit, site, 1.0, fault)


def _misreported_units(recount: Recount) -> Iterator[Violation]:
    """Yield units whose kind, learners, groups or group size are not what they come to."""
    expected = recount.units.assign(
        counted=recount.groups, group_size=recount.units["learners"] / recount.groups
    )
    both = recount.stated("units").merge(expected, on=list(PLACE), suffixes=("", "_expected"))
    for row in records(both):
        unit, site, kind, groups = row["unit"], row["site"], row["kind"], row["groups"]
        if kind != row["kind_expected"]:
            fault = f"is said to be of kind {kind}, but is of kind {row['kind_expected']}"
            yield _violation(recount, unit, site, 1.0, fault)
        if groups != row["counted"]:
            fault = f"is said to make {groups:g} groups, but makes {row['counted']:g}"
            yield _violation(recount, unit, site, abs(groups - row["counted"]), fault)
        for column, what in (("learners", "learners"), ("group_size", "learners in a group")):
            stated, right = row[column], row[f"{column}_expected"]
            if differ(stated, right):
                fault = f"is said to have {said(stated)} {what}, but has {said(right)}"
                yield _violation(recount, unit, site, abs(stated - right), fault)


def _keys(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["unit"].astype(str), table["site"].astype(str), strict=True))


def _violation(recount: Recount, unit: str, site: str, amount: float, fault: str) -> Violation:
    name, where = recount.region.unit_name(unit), recount.region.site_name(site)
    return Violation("units", f"{unit} at {site}", amount, f"{name} at {where} {fault}")
