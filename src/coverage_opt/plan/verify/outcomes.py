"""Whether reach, filled openings and indicators are what the plan's decisions bring about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coverage_opt.plan.indicators import INDICATOR_UNITS
from coverage_opt.plan.verify.compare import absent, differ, differences, records, said
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.rules.base import Violation


def reach_violations(recount: Recount) -> Iterator[Violation]:
    """Yield shortage occupations that are, or are not, within reach of a zone against the facts."""
    region, stated, key = recount.region, recount.stated("reach"), ("occupation", "zone")
    for rows, fault in (
        (absent(recount.reach, stated, key), "is not listed"),
        (absent(stated, recount.reach, key), "is listed, but has no shortage or no learners"),
    ):
        for occupation, zone in zip(rows["occupation"], rows["zone"], strict=True):
            name, where = region.occupation_name(occupation), region.zone_name(zone)
            sentence = f"{name} for learners of {where} {fault}"
            yield Violation("reach", f"{occupation} from {zone}", 1.0, sentence)
    for found in differences(stated, recount.reach, key, "reach"):
        occupation, zone = found.key
        sentence = (
            f"{region.occupation_name(occupation)} is said to be within reach of "
            f"{region.zone_name(zone)} for {said(found.stated)}, but that is "
            f"{said(found.expected)}"
        )
        yield Violation("reach", f"{occupation} from {zone}", found.amount, sentence)


def filled_violations(recount: Recount) -> Iterator[Violation]:
    """Yield shortage occupations whose openings, graduates or filled openings are wrong."""
    region, stated = recount.region, recount.stated("filled")
    for rows, fault in (
        (absent(recount.filled, stated, ("occupation",)), "is not listed"),
        (absent(stated, recount.filled, ("occupation",)), "is listed, but has no shortage"),
    ):
        for occupation in rows["occupation"]:
            sentence = f"{region.occupation_name(occupation)} {fault}"
            yield Violation("filled", str(occupation), 1.0, sentence)
    for column, what in (
        ("openings", "openings"),
        ("graduates", "graduates who enter it"),
        ("filled", "openings filled by graduates"),
    ):
        for found in differences(stated, recount.filled, ("occupation",), column):
            name = region.occupation_name(found.key[0])
            sentence = (
                f"{name} is said to have {said(found.stated)} {what} a year, but has "
                f"{said(found.expected)}"
            )
            yield Violation("filled", found.key[0], found.amount, sentence)


def indicator_violations(recount: Recount, worth: Mapping[str, float]) -> Iterator[Violation]:
    """Yield indicators that are missing, or whose unit or value is wrong."""
    stated = {row["name"]: row for row in records(recount.stated("indicators"))}
    for name, unit in INDICATOR_UNITS.items():
        if name not in stated:
            yield Violation("indicators", name, 1.0, f"The indicator {name} is missing")
            continue
        measured, value = stated[name]["unit"], stated[name]["value"]
        if measured != unit:
            sentence = f"{name} is said to be in '{measured}', but is in '{unit}'"
            yield Violation("indicators", name, 1.0, sentence)
        if differ(value, worth[name]):
            sentence = f"{name} is said to be {said(value)}, but is {said(worth[name])} {unit}"
            yield Violation("indicators", name, abs(value - worth[name]), sentence)
