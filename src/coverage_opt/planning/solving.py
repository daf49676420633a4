"""The whole way from a region and a policy to a verified plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from coverage_opt.approach import approach
from coverage_opt.contradiction import in_words
from coverage_opt.handing_over import HandedOver, HeldOffers, NotInModelError
from coverage_opt.plan.plan import Plan
from coverage_opt.planning.clock import Clock
from coverage_opt.planning.coarse import refusal, solve_coarsely, too_large
from coverage_opt.planning.failures import NO_PLAN, Infeasible, NoPlan
from coverage_opt.planning.finishing import finish
from coverage_opt.planning.opening import sites_to_open
from coverage_opt.planning.prepared import Asked, Prepared, compiled
from coverage_opt.planning.strengthening import strengthen
from coverage_opt.policy.policy import Policy
from coverage_opt.region.region import Region
from coverage_opt.solver.highs import Status
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Listener, silent
from coverage_opt.solver.stages import Hint, Staged, run_stages


def solve(
    region: Region,
    policy: Policy,
    limits: Limits | None = None,
    *,
    periods: Sequence[int] | None = None,
    scenarios: str = "baseline",
    listener: Listener = silent,
    merge_zones: bool = True,
    held_offers: HeldOffers | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Plan a region under a policy, for one or more periods and scenarios.

    Args:
        region: the region.
        policy: the policy.
        limits: time, gap, seed, threads; by default those of :class:`Limits`.
        periods: calendar years, increasing; by default the region's first alone.
        scenarios: name of a scenario set of the region; ``mean:SET`` for the one scenario that is
            the mean of a set.
        listener: hears how the solve goes.
        merge_zones: whether zones and learners that cannot be told apart are planned as one
            wherever that is exact (no stage that decides offers or units weighs travel); it
            changes no optimum, only the time.
        held_offers: what is offered in each period, where that is settled already.
        told: hears, before the search, what was merged and left out without loss.

    Returns:
        A plan that has passed :func:`coverage_opt.plan.verify.verify`.

    Raises:
        InputError: the policy does not fit the region, or the region has no such period or set.
        Infeasible: no plan satisfies the policy.
        NoPlan: a limit came before a plan was found.
        UnverifiedPlan: the engine made a plan that breaks a rule; please report it.
    """
    limits = limits or Limits()
    deadline, clock = Deadline.after(limits.time_limit_seconds), Clock()
    asked = Asked.of(region, policy, limits, periods, scenarios)
    if merge_zones and held_offers is None and too_large(region, policy):
        reason = refusal(region, policy, asked.periods, asked.scenarios)
        if reason is None:
            return solve_coarsely(asked, limits, deadline, clock, listener, told)
        told(f"coarse: this is a large region, but {reason}, so it is planned as it is")
    prepared = compiled(asked, limits, clock, merge_zones=merge_zones)
    told(reduced(prepared.reductions))
    strengthen(prepared.handed, policy)
    hold_offers(prepared.handed, held_offers)
    with clock.phase("solve"):
        staged = _decide(prepared, limits, deadline, listener, held=held_offers is not None)
    return finish(prepared, staged, limits, clock)


def reduced(reductions: Mapping[str, tuple[int, int]]) -> str:
    """Say how much smaller the problem was made: ``reduce: 412 zones -> 23, ...``.

    Args:
        reductions: name -> (before, after); what there never was more than one of is not told.
    """
    told = [(name, counts) for name, counts in reductions.items() if counts[0] > 1]
    parts = (f"{before:,} {name} -> {after:,}" for name, (before, after) in told)
    return f"reduce: {', '.join(parts)}"


def hold_offers(handed: HandedOver, held_offers: HeldOffers | None) -> None:
    """Fix the offers, where they are settled already.

    Raises:
        Infeasible: an offer is held that nobody could fill.
    """
    if held_offers is None:
        return
    try:
        held = handed.with_offers(held_offers)
    except NotInModelError as error:
        programme, site = error.offer
        raise Infeasible(
            f"no class can be filled in {error.period} for {programme} at {site}"
        ) from error
    values = list(held.values())
    handed.solver.change_bounds(list(held), values, values)


def _decide(
    prepared: Prepared, limits: Limits, deadline: Deadline, listener: Listener, *, held: bool
) -> Staged:
    """Solve the stages that decide offers."""
    handed, hint = prepared.handed, Hint()
    if not held:
        hint = sites_to_open(prepared.policy, handed, limits, deadline) or approach(
            prepared.case, handed, limits, deadline, listener
        )
        if hint.interrupted:
            raise NoPlan("no plan was found before it was stopped", interrupted=True)
    blocks, goals = prepared.blocks, prepared.goals
    staged = run_stages(handed.solver, goals, limits, deadline, listener, blocks, hint)
    if staged.status is Status.INFEASIBLE:
        if held:
            raise Infeasible("no plan with exactly these offers satisfies every rule of the policy")
        raise Infeasible(in_words(prepared.model, limits, NO_PLAN))
    if staged.columns is None:
        raise NoPlan("no plan was found within the limits", interrupted=staged.interrupted)
    return staged
