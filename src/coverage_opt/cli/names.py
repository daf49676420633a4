"""Names for people, as far as the region is at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from coverage_opt.plan.plan import Plan
from coverage_opt.region.region import ONLINE, Region


class Names:
    """Names of what is in a plan; identifiers where the region is not at hand.

    Args:
        plan: the plan.
        region: the region it was made for, with the same content; or None.
    """

    def __init__(self, plan: Plan, region: Region | None) -> None:
        self.region = region
        self._taught = set(plan.units["unit"])

    @property
    def title(self) -> str | None:
        """The region's name for people, or None."""
        return self.region.title if self.region else None

    @property
    def domains(self) -> Mapping[str, str]:
        """The domain of each programme; empty without the region."""
        if self.region is None:
            return {}
        programmes = self.region.programmes
        return dict(zip(programmes["programme"], programmes["domain"], strict=True))

    def site(self, site: str) -> str:
        """Return a site's name."""
        return site if site == ONLINE else self._spoken(site, lambda r: r.site_name)

    def institution(self, institution: str) -> str:
        """Return an institution's name; what is taught online belongs to none."""
        if institution == ONLINE:
            return institution
        return self._spoken(institution, lambda r: r.institution_name)

    def programme(self, programme: str) -> str:
        """Return a programme's name."""
        return self._spoken(programme, lambda r: r.programme_name)

    def unit(self, unit: str) -> str:
        """Return a teaching unit's name."""
        return self._spoken(unit, lambda r: r.unit_name)

    def choice(self, choice: str) -> str:
        """Return the name of what was asked for."""
        by_unit = self.unit(choice)
        return self.programme(choice) if by_unit == choice else by_unit

    def first_choices(self, pairs: Iterable[tuple[str, str]]) -> list[bool]:
        """Tell for pairs of choice and programme whether that is what was asked for.

        An orientation choice is met by every programme with that unit. Without the region a
        choice that is taught as a unit is taken for one.
        """
        if self.region is None:
            return [c == p or c in self._taught for c, p in pairs]
        curriculum = self.region.curriculum
        met = set(zip(curriculum["unit"], curriculum["programme"], strict=True))
        return [c == p or (c, p) in met for c, p in pairs]

    def _spoken(self, code: str, of: Callable[[Region], Callable[[str], str]]) -> str:
        if self.region is None:
            return code
        try:
            return of(self.region)(code)
        except KeyError:
            return code
