"""Why an offer is, or is not, in a plan."""

from __future__ import annotations

from dataclasses import dataclass

from coverage_opt.analysis.forced import Forced, force
from coverage_opt.formulation.shortfalls import Shortfall, shortfalls
from coverage_opt.frames import rows
from coverage_opt.planning.blocking import Short, in_the_way
from coverage_opt.planning.changes import Change
from coverage_opt.planning.what_if import WhatIf
from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.progress import Listener, silent


@dataclass(frozen=True)
class OfferReasons:
    """Why an offer is, or is not, in a plan.

    Attributes:
        programme: identifier.
        site: identifier.
        learners: period -> learners a year who start it, in the periods in which it is offered.
        taught: whether the policy has the programme and the site may teach its domains.
        possible: the periods in which its classes could be large enough at all.
        short: the classes that never could be, in the other periods.
        in_the_way: with all else as the plan has it, the demands that opening it would break;
            None where that is not known, or where it is offered.
        forced: what forcing it open (or closed, where it is offered) would change; None where it
            is not possible in any period.
    """

    programme: str
    site: str
    learners: dict[int, float]
    taught: bool
    possible: tuple[int, ...]
    short: tuple[Shortfall, ...]
    in_the_way: tuple[Short, ...] | None
    forced: Forced | None

    @property
    def offered(self) -> bool:
        """Whether it is offered in any period."""
        return bool(self.learners)


def why_offer(
    what_if: WhatIf,
    programme: str,
    site: str,
    *,
    thorough: bool = True,
    listener: Listener = silent,
) -> OfferReasons:
    """Say why an offer is, or is not, in a plan.

    It is forced closed in all periods where it is offered in any, else open in all in which it is
    possible.

    Args:
        what_if: the plan in hand.
        programme: one of the region's.
        site: one of the region's.
        thorough: whether what forcing it does is proven as far as the limits allow.
        listener: hears how it goes.
    """
    case, offer = what_if.prepared.case, (programme, site)
    offers = what_if.plan.offers
    here = offers[(offers["programme"] == programme) & (offers["site"] == site)]
    learners: dict[int, float] = dict(rows(here, "period", "learners"))
    pairs = case.region.teachable
    known = set(case.teaching.curriculum["programme"])
    taught = offer in set(rows(pairs, "programme", "site")) and programme in known
    possible = tuple(period.period for period in case.periods if offer in period.offers)
    short = shortfalls(case, [offer])[offer] if taught else ()
    if not possible:
        return OfferReasons(programme, site, learners, taught, possible, short, None, None)
    change = Change(closed=frozenset([offer]))
    blocked = None
    if not learners:
        change = Change(opened=frozenset([offer]), periods=frozenset(possible))
        deadline = Deadline.after(what_if.limits.time_limit_seconds)
        blocked = in_the_way(what_if, change, deadline)
    forced = force(what_if, change, thorough=thorough, listener=listener)
    return OfferReasons(programme, site, learners, taught, possible, short, blocked, forced)
