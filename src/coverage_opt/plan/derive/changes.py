"""What opens, closes and merges from one period to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from coverage_opt.frames import rows
from coverage_opt.plan.derive.basis import Basis

Pair = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """How the offers of a period differ from those before.

    Attributes:
        now: (programme, site) offered.
        before: offered in the period before, or today; None where that is not known.
    """

    now: frozenset[Pair]
    before: frozenset[Pair] | None

    @property
    def opened(self) -> list[Pair]:
        """Offered, and not before."""
        return sorted(self.now - self._compared)

    @property
    def closed(self) -> list[Pair]:
        """Offered before, and no more."""
        return sorted(self._compared - self.now)

    @property
    def kept(self) -> list[Pair]:
        """Offered before, and still."""
        return [] if self.before is None else sorted(self.before & self.now)

    @property
    def count(self) -> int:
        """Offers that open or close."""
        return len(self.opened) + len(self.closed)

    @property
    def _compared(self) -> frozenset[Pair]:
        return self.now if self.before is None else self.before


def changes_of(basis: Basis) -> dict[int, Change]:
    """Return, for each period in order, what changes against the period before.

    The first is compared with what is offered today, when the region says what that is.
    """
    region, offers = basis.region, basis.offers
    before = frozenset(rows(region.current, "programme", "site"))
    known = before if region.has("current") else None
    found: dict[int, Change] = {}
    for period in basis.periods:
        now = frozenset(rows(offers[offers["period"] == period], "programme", "site"))
        found[period] = Change(now, known)
        known = now
    return found


def timeline(basis: Basis, changes: Mapping[int, Change]) -> pd.DataFrame:
    """Return period, event, programme, site, detail."""
    return pd.DataFrame(_events(basis, changes), columns=_COLUMNS)


_COLUMNS = ["period", "event", "programme", "site", "detail"]


def _events(
    basis: Basis, changes: Mapping[int, Change]
) -> Iterator[tuple[int, str, str, str, str]]:
    shared_before: Mapping[Pair, set[str]] = {}  # whatever is offered today shares nothing
    for period, change in changes.items():
        shared = _sharing(basis, change.now)
        for event, offers in (("opens", change.opened), ("closes", change.closed)):
            for programme, site in offers:
                yield period, event, programme, site, ""
        for programme, site in change.kept:
            new = shared.get((programme, site), set()) - shared_before.get((programme, site), set())
            for unit in sorted(new):
                yield period, "merges", programme, site, unit
        shared_before = shared


def _sharing(basis: Basis, offers: Iterable[Pair]) -> Mapping[Pair, set[str]]:
    """Map each offer to the orientation units that another programme offered shares with it.

    A unit that is taught with the programme is shared at a site, any other with all who take it.
    """
    taught = basis.teaching.units
    orientation = taught.loc[taught["kind"] == "orientation", ["unit", "delivery"]]
    users = basis.teaching.curriculum.merge(orientation, on="unit")
    units_of: dict[str, list[Pair]] = defaultdict(list)
    for programme, unit, delivery in rows(users, "programme", "unit", "delivery"):
        units_of[programme].append((unit, delivery))
    programmes: dict[Pair, set[str]] = defaultdict(set)
    uses: list[tuple[Pair, str, Pair]] = []
    for programme, site in offers:
        for unit, delivery in units_of[programme]:
            together = (unit, site if delivery == "with_programme" else "")
            programmes[together].add(programme)
            uses.append(((programme, site), unit, together))
    shared: dict[Pair, set[str]] = defaultdict(set)
    for offer, unit, together in uses:
        if len(programmes[together]) > 1:
            shared[offer].add(unit)
    return shared
