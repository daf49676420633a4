"""Sites close together teach what they share to each other's learners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidatorFunctionWrapHandler, field_validator

from coverage_opt.errors import Problem
from coverage_opt.frames import rows
from coverage_opt.region.region import Region
from coverage_opt.rules.base import TOLERANCE, Broken, Key, MomentFacts, PeriodFacts, Rule
from coverage_opt.rules.names import unknown_names
from coverage_opt.rules.neighbours import missing_site_travel, neighbourhoods

Kind = Literal["generic", "orientation", "common", "profile", "elective"]

Partners = Annotated[tuple[str, ...], Field(min_length=2)]


class Partnership(Rule):
    r"""Learners of one site may take a shared unit at a partner's site nearby.

    .. math::

        \mathrm{offer}_{pst} \le \mathrm{run}_{ust} + \sum_{s' \in M(s)} \mathrm{run}_{us't},
        \qquad
        \mathrm{sent}_{uss'tw} \le \bar n_{us} \, \mathrm{run}_{us't}

    with :math:`M(s)` the other sites of the same institution or of a partner within the minutes
    given, and :math:`\mathrm{sent}` the learners who take the unit there: they count for the size
    of its group at :math:`s'` and not at :math:`s`. Only units that are taught with the programme
    and that the policy shares can be taken so. Like a travel limit the rule shapes the model,
    whose rows these are; it has none of its own. The journey between the sites is made during the
    day and does not count as travel to school.

    Source: the *samenwerkingscollege* of WEB art. 8.6.1 (Bill 34691), by which institutions
    answer together for programmes that they teach together. How near is near enough is an
    assumption: no norm was found.
    """

    name: ClassVar[str] = "partnership"
    of_flows: ClassVar[bool] = True

    kinds: tuple[Kind, ...] = ("generic", "orientation", "common", "profile", "elective")
    """Kinds of unit that may be taken at a partner's site, where the policy shares them."""
    within_minutes: float = Field(default=45.0, ge=0, le=1440)
    """Minutes one way between two sites, at the most."""
    institutions: Literal["all"] | tuple[Partners, ...] = "all"
    """Who works together: ``all``, or lists of institutions that are each other's partners. Sites
    of one institution always work together."""

    @field_validator("institutions", mode="wrap")
    @classmethod
    def _all_or_lists(cls, value: Any, _: ValidatorFunctionWrapHandler) -> Any:
        """Judge text as a word and anything else as lists, so that each fault is said once."""
        form: Any = Literal["all"] if isinstance(value, str) else tuple[Partners, ...]
        return TypeAdapter(form).validate_python(value)

    def problems(self, region: Region) -> Iterator[Problem]:
        """Yield unknown institutions, lists that overlap, and missing travel times."""
        yield from missing_site_travel(self.name, region)
        if self.institutions == "all":
            return
        named = Counter(name for partners in self.institutions for name in partners)
        known = region.institutions["institution"]
        yield from unknown_names(self.name, "institution", named, known)
        twice = [name for name, times in named.items() if times > 1]
        if twice:
            yield Problem(
                "the lists of partners overlap",
                where="rules.partnership",
                rows=tuple(sorted(twice)),
                advice="name each institution once, and those who work together in one list",
            )

    def partners(self, region: Region) -> dict[str, tuple[str, ...]]:
        """Return, for each site, the other sites to which it may send its learners."""
        return {
            site: tuple(
                other
                for other in sorted(near - {site})
                if self._together(region.institution_of[site], region.institution_of[other])
            )
            for site, near in neighbourhoods(region, self.within_minutes).items()
        }

    def _together(self, institution: str, other: str) -> bool:
        """Tell whether two institutions are the same or partners."""
        if self.institutions == "all" or institution == other:
            return True
        return any({institution, other} <= set(partners) for partners in self.institutions)

    def sentence(self, key: Key, region: Region) -> str:
        """Say what may be taken where, and how far the partner's site is."""
        unit, site, partner = key
        kind, away = region.unit_kind(unit), self._minutes(region, site, partner)
        if kind not in self.kinds:
            return (
                f"{region.unit_name(unit)} is not taken at a partner's site: that is for "
                f"{', '.join(self.kinds)} units"
            )
        return (
            f"Learners of {region.site_name(site)} take {region.unit_name(unit)} there or at a "
            f"partner's site within {self.within_minutes:g} minutes, which "
            f"{region.site_name(partner)}, {away:.0f} minutes away, is not"
        )

    def moment_checks(self, period: PeriodFacts, facts: MomentFacts) -> Iterator[Broken]:
        """Look at everybody who is sent: what they take, and whose site it is, how far away."""
        region = facts.region
        owner = dict(rows(region.sites, "site", "institution"))
        groups = [] if self.institutions == "all" else [set(each) for each in self.institutions]
        for unit, site, partner, learners in rows(
            facts.sent, "unit", "site", "partner_site", "learners"
        ):
            pair = {owner[site], owner[partner]}
            foreign = self.institutions != "all" and len(pair) == 2
            strangers = foreign and not any(pair <= group for group in groups)
            too_far = self._minutes(region, site, partner) > self.within_minutes * (1 + TOLERANCE)
            alone = region.unit_kind(unit) not in self.kinds
            if learners > 0 and (strangers or too_far or alone or site == partner):
                yield (unit, site, partner), learners

    @staticmethod
    def _minutes(region: Region, site: str, partner: str) -> float:
        if region.site_minutes is None:
            raise ValueError("partnership needs the travel times between sites")
        return float(region.site_minutes.loc[site, partner])  # type: ignore[arg-type]
