"""The whole way of a coarse plan: bounded and planned family by family, joined, verified."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from coverage_opt.formulation.moments import moments_of
from coverage_opt.placing import FLOWS
from coverage_opt.plan.derive import Basis, derive_tables, stage_value
from coverage_opt.plan.plan import Plan
from coverage_opt.planning.clock import Clock
from coverage_opt.planning.coarse.bound import bound_of_family
from coverage_opt.planning.coarse.families import Family, families_of
from coverage_opt.planning.coarse.joining import Joined, join
from coverage_opt.planning.coarse.offering import Settled, settle
from coverage_opt.planning.coarse.question import Whole
from coverage_opt.planning.failures import NoPlan, UnverifiedPlan
from coverage_opt.planning.finishing import how_it_was_made, published, stage_table
from coverage_opt.planning.prepared import Asked, deciding
from coverage_opt.policy.policy import Stage
from coverage_opt.policy.teaching import teaching
from coverage_opt.rules.placement_guarantee import PlacementGuarantee
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import Listener, Progress, relative_gap
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.side_by_side import side_by_side
from coverage_opt.solver.stages import StageResult

SHARE_FOR_BOUND, SHARE_FOR_PLAN = 0.2, 0.6
"""Of the time that is left, for all bounds, and then for all plans; the rest is for joining."""
SHARE_OF_GAP = 0.25
"""Of the asked gap, what the offers of all families together may miss on their maps."""
BOUNDING, PLANNING = "a bound from each family of programmes", "a plan of each family of programmes"
"""What a listener is told is being solved."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class _Found:
    """What the families came to."""

    settled: tuple[Settled, ...]
    without: tuple[Family, ...]
    bound: float
    seconds: float
    interrupted: bool


def solve_coarsely(
    asked: Asked,
    limits: Limits,
    deadline: Deadline,
    clock: Clock,
    listener: Listener,
    told: Callable[[str], None],
) -> Plan:
    """Plan one period of a region that is too large to be planned as it is.

    Args:
        asked: region, policy, one period, one scenario; see :func:`.size.refusal`.
        limits: gap, seed, threads.
        deadline: of the whole.
        clock: where the time is noted.
        listener: hears how it goes.
        told: hears how the region is taken apart.

    Raises:
        NoPlan: a limit came before a plan was found, or the plan leaves more learners without a
            place than the policy allows; there may be another.
        UnverifiedPlan: the engine made a plan that breaks a rule; please report it.
    """
    with clock.phase("reduce"):
        moments = moments_of(asked.region, asked.periods, asked.scenarios)
        taught = teaching(asked.region, asked.policy)
        whole = Whole.of(asked.region, asked.policy, taught, moments[asked.periods[0]][0])
        families = families_of(asked.region, whole.takers)
    told(_said(whole, families))
    with clock.phase("solve"):
        found = _solve(whole, families, limits, deadline, listener)
    if not found.settled:
        raise NoPlan("no plan was found within the limits", interrupted=found.interrupted)
    if found.without:
        told(_missed(found.without))
    with clock.phase("place"):
        joined = join(whole, found.settled)
    with clock.phase("derive"):
        tables = _tables(asked, whole, joined)
        tables["stages"] = _stages(asked, whole, tables, found, joined, limits)
    reductions = {"families": (1, len(families))}
    how = how_it_was_made(limits, clock, reductions, interrupted=found.interrupted)
    try:
        return published(asked, tables, how, clock)
    except UnverifiedPlan as error:
        if {violation.rule for violation in error.violations} == {PlacementGuarantee.name}:
            raise NoPlan(f"{error}; no other plan was looked for") from error
        raise


def _said(whole: Whole, families: Sequence[Family]) -> str:
    zones, sites = whole.region.minutes.shape
    return (
        f"coarse: {zones:,} zones and {sites:,} sites are too many to plan as they are; "
        f"{len(families)} families of programmes are planned one by one on coarser maps"
    )


def _missed(families: Sequence[Family]) -> str:
    number = sum(len(family.programmes) for family in families)
    first = ", ".join(families[0].programmes[:3])
    return (
        f"coarse: no plan was found in time for {len(families)} of the families, so that none of "
        f"their {number} programmes is offered: {first}, ...; allow more time"
    )


def _solve(
    whole: Whole,
    families: Sequence[Family],
    limits: Limits,
    deadline: Deadline,
    listener: Listener,
) -> _Found:
    began = time.monotonic()
    with ctrl_c() as pressed:
        here = _Pool(families, limits, pressed, listener)

        def bounded(family: Family, until: Deadline, stop: threading.Event) -> float:
            return bound_of_family(whole, family, limits, until, stop)

        bounds = here.each(bounded, deadline.share(SHARE_FOR_BOUND), BOUNDING)
        bound = sum(bounds)
        allowed = SHARE_OF_GAP * limits.gap * bound / len(families)

        def planned(family: Family, until: Deadline, stop: threading.Event) -> Settled | None:
            stopped = stop.is_set() or until.passed()
            return None if stopped else settle(whole, family, allowed, limits, until, stop)

        plans = here.each(planned, deadline.share(SHARE_FOR_PLAN), PLANNING)
    settled = tuple(plan for plan in plans if plan is not None)
    value, seconds = sum(plan.value for plan in settled), time.monotonic() - began
    goal, gap = whole.policy.objective[0].goal, relative_gap(value, bound)
    if settled:
        listener(Progress(goal, seconds, value, bound, gap, 0, "new plan, to be dealt to zones"))
    without = [family for family, plan in zip(families, plans, strict=True) if plan is None]
    return _Found(settled, tuple(without), bound, seconds, pressed.is_set())


@dataclass(frozen=True)
class _Pool:
    """What is done for each family, several at a time."""

    families: Sequence[Family]
    limits: Limits
    pressed: threading.Event
    listener: Listener

    def each(
        self,
        job: Callable[[Family, Deadline, threading.Event], Result],
        deadline: Deadline,
        phase: str,
    ) -> list[Result]:
        """Do a job for each family, in its share of the time left."""
        began, number = time.monotonic(), len(self.families)

        def report(ended: int) -> None:
            message = f"searching, {ended} of {number} families done"
            seconds = time.monotonic() - began
            self.listener(Progress(phase, seconds, None, None, None, 0, message))

        jobs = [self._job(job, place, deadline) for place in range(number)]
        with closing(side_by_side(jobs, self.limits.threads, self.pressed, report)) as results:
            found = dict(results)
        return [found[place] for place in range(number)]

    def _job(
        self,
        job: Callable[[Family, Deadline, threading.Event], Result],
        place: int,
        deadline: Deadline,
    ) -> Callable[[threading.Event], Result]:
        workers, family = self.limits.threads or os.cpu_count() or 1, self.families[place]
        left = sum(len(one.choices) for one in self.families[place:])
        share = min(1.0, workers * len(family.choices) / left)
        return lambda stop: job(family, deadline.share(share), stop)


def _tables(asked: Asked, whole: Whole, joined: Joined) -> dict[str, pd.DataFrame]:
    period, scenario = asked.periods[0], asked.scenarios[0].name

    def labelled(name: str) -> pd.DataFrame:
        key = FLOWS[name]
        table = joined.flows.get(name, pd.DataFrame(columns=[*key, "learners"]))
        return table[[*key, "learners"]].assign(period=period, scenario=scenario)

    return derive_tables(
        Basis(
            region=asked.region,
            policy=asked.policy,
            teaching=whole.teaching,
            periods=asked.periods,
            scenarios=asked.scenarios,
            demand={(period, scenario): whole.moment.demand},
            offers=joined.offers.assign(period=period),
            runs=joined.runs.assign(period=period),
            **{name: labelled(name) for name in FLOWS},
        )
    )


def _stages(
    asked: Asked,
    whole: Whole,
    tables: dict[str, pd.DataFrame],
    found: _Found,
    joined: Joined,
    limits: Limits,
) -> pd.DataFrame:
    """Return the table of stages, each with the bound there is.

    Offers settle which units are taught with them. So no plan with these offers saves more hours
    than if nothing had to be taught nearby; and none travels less than to the nearest site.
    """
    first, *later = deciding(asked.policy)
    results = [_result(asked, tables, first, found.bound, found.seconds)]
    for stage in later:
        value = stage_value(stage, tables["outlook"], asked.scenarios)
        spared = sum(stage.terms.values()) * _hours_nearby(whole, tables["units"])
        results.append(_result(asked, tables, stage, value + spared, 0.0))
    least = joined.least_travel
    travel = StageResult("travel_minutes", "minimise", least, least, 0.0, solved=False)
    return stage_table(asked.policy, tables, asked.scenarios, results, travel, limits.gap)


def _result(
    asked: Asked, tables: dict[str, pd.DataFrame], stage: Stage, bound: float, seconds: float
) -> StageResult:
    value = stage_value(stage, tables["outlook"], asked.scenarios)
    return StageResult(stage.goal, stage.sense, value, bound, seconds, solved=False)


def _hours_nearby(whole: Whole, units: pd.DataFrame) -> float:
    """Return the contact hours, a group each, of all units that are taught nearby."""
    taught = units.merge(whole.teaching.units[["unit", "hours", "delivery"]], on="unit")
    return float(taught.loc[taught["delivery"] == "nearby", "hours"].sum())
