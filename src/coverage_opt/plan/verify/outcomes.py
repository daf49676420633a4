"""Whether a plan says of reach, openings, money, teachers and indicators what it brings about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coverage_opt.plan.indicators import indicator_units
from coverage_opt.plan.plan import typed
from coverage_opt.plan.verify.compare import absent, differ, differences, records, said
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.plan.verify.worth import Worth
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules.base import Violation

Named = Callable[..., tuple[str, str]]
"""Makes of the parts of a key where it is, and what it is for people."""


@dataclass(frozen=True)
class _Compared:
    """How a table that follows from the decisions is compared with its recount.

    Attributes:
        table: name of the table.
        key: what names a row, besides period and scenario.
        values: what each column holds, in words.
        named: place and subject of a key.
        extra: what is wrong with a row that should not be there.
    """

    table: str
    key: tuple[str, ...]
    values: Mapping[str, str]
    named: Named
    extra: str

    def violations(self, recount: Recount, expected: pd.DataFrame) -> Iterator[Violation]:
        """Yield rows that are missing, too many, or hold another amount than expected."""
        stated, expected = recount.given.stated(self.table), typed(expected)
        moment = [column for column in ("period", "scenario") if column in stated]
        key = [*moment, *self.key]
        for rows, fault in (
            (absent(expected, stated, key), "is not listed"),
            (absent(stated, expected, key), f"is listed, but {self.extra}"),
        ):
            for row in records(rows[key]):
                place, subject = self._named(recount, [row[column] for column in key])
                yield Violation(self.table, place, 1.0, f"{subject} {fault}")
        for column, what in self.values.items():
            for found in differences(stated, expected, key, column):
                place, subject = self._named(recount, list(found.key))
                sentence = (
                    f"{subject} is said to have {said(found.stated)} {what}, but has "
                    f"{said(found.expected)}"
                )
                yield Violation(self.table, place, found.amount, sentence)

    def _named(self, recount: Recount, key: list[Any]) -> tuple[str, str]:
        moment, rest = key[: len(key) - len(self.key)], key[len(key) - len(self.key) :]
        place, subject = self.named(recount.region, *rest)
        return place + recount.given.when(*moment), subject


def reach_violations(recount: Recount) -> Iterator[Violation]:
    """Yield shortage occupations that are, or are not, within reach of a zone against the facts."""

    def named(region: Region, occupation: str, zone: str) -> tuple[str, str]:
        subject = f"{region.occupation_name(occupation)} for learners of {region.zone_name(zone)}"
        return f"{occupation} from {zone}", subject

    compared = _Compared(
        "reach",
        ("occupation", "zone"),
        {"reach": "within reach (1) or not (0)"},
        named,
        "has no shortage or no learners",
    )
    yield from compared.violations(recount, recount.by_period(lambda period: period.reach))


def filled_violations(recount: Recount) -> Iterator[Violation]:
    """Yield shortage occupations whose openings, graduates or filled openings are wrong."""
    compared = _Compared(
        "filled",
        ("occupation",),
        {
            "openings": "openings a year",
            "graduates": "graduates who enter it a year",
            "filled": "openings filled by graduates a year",
        },
        lambda region, occupation: (occupation, region.occupation_name(occupation)),
        "has no shortage",
    )
    yield from compared.violations(recount, recount.by_moment(lambda moment: moment.filled))


def money_violations(recount: Recount) -> Iterator[Violation]:
    """Yield institutions whose funding, cost or balance is wrong."""
    euros = "EUR a year"
    compared = _Compared(
        "money",
        ("institution",),
        {
            "funding": f"{euros} of funding",
            "cost": f"{euros} of cost",
            "balance": f"{euros} of funding less cost",
        },
        lambda region, institution: (institution, _institution_name(region, institution)),
        "there is no money to count",
    )
    rows = []
    for period in recount.periods if recount.region.money is not None else ():
        online = any(site == ONLINE for _, site in period.running)
        for moment in period.moments:
            for institution, cost in period.cost.items():
                if institution != ONLINE or online:
                    funding = moment.funding[institution]
                    key = (period.period, moment.scenario.name, institution)
                    rows.append((*key, funding, cost, funding - cost))
    columns = ["period", "scenario", "institution", "funding", "cost", "balance"]
    yield from compared.violations(recount, pd.DataFrame(rows, columns=columns))


def teacher_violations(recount: Recount) -> Iterator[Violation]:
    """Yield institutions whose teachers' hours in a domain are wrong."""
    compared = _Compared(
        "teachers",
        ("institution", "domain"),
        {"hours": "hours of teaching a year"},
        lambda region, institution, domain: (
            f"{domain} at {institution}",
            f"{domain} at {_institution_name(region, institution)}",
        ),
        "nothing of it is taught there",
    )
    yield from compared.violations(recount, recount.by_period(lambda period: period.teachers))


def outlook_violations(recount: Recount, worth: Worth) -> Iterator[Violation]:
    """Yield indicators of a moment that are missing, wrong, or of another region."""
    units = indicator_units(recount.region)
    stated, names = recount.given.stated("outlook"), list(units)
    expected = pd.DataFrame(
        [
            (*moment, name, values[name])
            for moment, values in worth.by_moment.items()
            for name in names
        ],
        columns=["period", "scenario", "name", "value"],
    )
    key = ["period", "scenario", "name"]
    for row in records(absent(expected, stated, key)):
        place = f"{row['name']}{recount.given.when(row['period'], row['scenario'])}"
        yield Violation("outlook", place, 1.0, f"The indicator {row['name']} is missing")
    for found in differences(stated, expected, key, "value"):
        period, scenario, name = found.key
        place = f"{name}{recount.given.when(period, scenario)}"
        sentence = (
            f"{name} is said to be {said(found.stated)}, but is {said(found.expected)} "
            f"{units[name]}"
        )
        yield Violation("outlook", place, found.amount, sentence)


def indicator_violations(recount: Recount, worth: Worth) -> Iterator[Violation]:
    """Yield indicators that are missing, or whose unit or value is wrong."""
    stated = {row["name"]: row for row in records(recount.given.stated("indicators"))}
    for name, unit in indicator_units(recount.region).items():
        if name not in stated:
            yield Violation("indicators", name, 1.0, f"The indicator {name} is missing")
            continue
        measured, value, right = stated[name]["unit"], stated[name]["value"], worth.overall[name]
        if measured != unit:
            sentence = f"{name} is said to be in '{measured}', but is in '{unit}'"
            yield Violation("indicators", name, 1.0, sentence)
        if differ(value, right):
            sentence = f"{name} is said to be {said(value)}, but is {said(right)} {unit}"
            yield Violation("indicators", name, abs(value - right), sentence)


def _institution_name(region: Region, institution: str) -> str:
    return ONLINE if institution == ONLINE else region.institution_name(institution)
