"""Whether a plan says what changes: what opens, closes and merges from period to period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from coverage_opt.frames import rows
from coverage_opt.plan.verify.given import Given
from coverage_opt.plan.verify.period import PeriodCount
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.rules.base import Pair, Violation

Event = tuple[int, str, str, str, str]
"""Period, event, programme, site, detail."""


def timeline_violations(recount: Recount) -> Iterator[Violation]:
    """Yield changes that are missing or did not happen."""
    region, stated = recount.region, recount.given.stated("timeline")
    columns = ["period", "event", "programme", "site", "detail"]
    listed: set[Event] = set(rows(stated, *columns))
    right = set(_events(recount))
    for events, fault in ((right - listed, "is not listed"), (listed - right, "is wrong")):
        for period, event, programme, site, detail in sorted(events):
            where = f"{region.programme_name(programme)} at {region.site_name(site)}"
            with_others = f" with others in {region.unit_name(detail)}" if detail else ""
            sentence = f"That {where} {event}{with_others} {fault}"
            place = f"{programme} at {site}{recount.given.when(period)}"
            yield Violation("timeline", place, 1.0, sentence)


def _events(recount: Recount) -> Iterator[Event]:
    before: frozenset[tuple[Pair, str]] = frozenset()
    for period in recount.periods:
        year = period.period
        yield from ((year, "opens", *offer, "") for offer in period.opened)
        yield from ((year, "closes", *offer, "") for offer in period.closed)
        together = _taught_together(recount.given, period)
        for offer, unit in together - before:
            if period.before is not None and offer in period.before:
                yield (year, "merges", *offer, unit)
        # nothing that is offered today counts as taught together; after that, what was planned
        before = together


def _taught_together(given: Given, period: PeriodCount) -> frozenset[tuple[Pair, str]]:
    """Return ((programme, site), orientation unit) where other programmes take it as well.

    With the programme, that is at the same site; nearby or online, anywhere.
    """
    orientation = given.curriculum[given.curriculum["kind"] == "orientation"]
    found = set()
    for unit, users in orientation.groupby("unit"):
        everywhere = users["delivery"].iloc[0] != "with_programme"
        programmes = set(users["programme"])
        takers = [offer for offer in period.offered if offer[0] in programmes]
        at = Counter(
            place
            for programme, place in {
                (programme, "" if everywhere else site) for programme, site in takers
            }
        )
        found |= {(offer, str(unit)) for offer in takers if at["" if everywhere else offer[1]] > 1}
    return frozenset(found)
