"""Which units must and may run, given what is offered."""

from __future__ import annotations

from collections import defaultdict

from coverage_opt.plan.verify.given import Given
from coverage_opt.region.region import ONLINE
from coverage_opt.rules.base import Pair


def needed_units(given: Given, offered: frozenset[Pair]) -> frozenset[Pair]:
    """Return the (unit, site) that offers need: where they are, or online.

    Units that are taught nearby are not among them: who attends where decides that.
    """
    units_of: dict[str, list[tuple[str, str]]] = defaultdict(list)
    table = given.curriculum
    for programme, unit, delivery in zip(
        table["programme"], table["unit"], table["delivery"], strict=True
    ):
        units_of[programme].append((unit, delivery))
    return frozenset(
        (unit, ONLINE if delivery == "online" else site)
        for programme, site in offered
        for unit, delivery in units_of[programme]
        if delivery != "nearby"
    )


def missing_units(
    given: Given, needed: frozenset[Pair], running: frozenset[Pair]
) -> frozenset[Pair]:
    """Return what is needed and runs neither there nor, where that will do, at a partner's site."""
    return frozenset(
        (unit, site)
        for unit, site in needed - running
        if unit not in given.shareable
        or not any((unit, partner) in running for partner in given.partners.get(site, ()))
    )


def idle_units(given: Given, needed: frozenset[Pair], running: frozenset[Pair]) -> frozenset[Pair]:
    """Return what runs where no offer, there or at a site that may send learners, uses it."""
    sent = {
        (unit, partner)
        for unit, site in needed
        if unit in given.shareable
        for partner in given.partners.get(site, ())
    }
    nearby = set(given.units.loc[given.units["delivery"] == "nearby", "unit"])
    return frozenset(key for key in running - needed - sent if key[0] not in nearby)


def out_of_place(given: Given, running: frozenset[Pair]) -> frozenset[Pair]:
    """Return units taught nearby at sites that may teach no programme that uses them."""
    table = given.curriculum[given.curriculum["delivery"] == "nearby"]
    users: dict[str, set[str]] = defaultdict(set)
    for programme, unit in zip(table["programme"], table["unit"], strict=True):
        users[unit].add(programme)
    return frozenset(
        (unit, site)
        for unit, site in running
        if unit in users
        and not any((programme, site) in given.teachable for programme in users[unit])
    )
