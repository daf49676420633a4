"""What is merged or left out changes no optimum: each reduction against the model without it.

A reduction is undone by a flag, or by exchanging the one function that makes it, so that the model
is built and compiled as always, but larger. What is compared is what the best first stage of the
compiled model is worth, as the solver alone finds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from builders import tiny_region
from coverage_opt.formulation import build, money, placement, units
from coverage_opt.formulation import case as cases
from coverage_opt.formulation.areas import Areas
from coverage_opt.formulation.case import Case, PeriodCase, build_case
from coverage_opt.formulation.moments import may_join, moments_of
from coverage_opt.formulation.placement import link_takers, most_enrolled
from coverage_opt.formulation.planning_model import MomentModel, PeriodModel, PlanningModel
from coverage_opt.formulation.possible import Askers, Possible
from coverage_opt.frames import rows
from coverage_opt.handing_over import hand_over
from coverage_opt.memory import uncollected
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.region import Region
from coverage_opt.solver.highs import ContradictionError
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.outcome import Status
from planning_models import model_of
from random_regions import SHARING, periods_of, random_policy, random_tables, scenarios_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
REGIONS, AT_ONCE = 200, 40
"""How many there are, and how many one test takes."""
OFTEN = ("offers", "areas", "units of one offer", "links", "large constants")
"""Reductions that make some model of any so many regions smaller or tighter."""

Pair = tuple[str, str]
Exchange = tuple[Any, str, Callable[..., Any]]


def everything(askers: Askers) -> Possible:
    """Return all that the sites may teach, whether or not a class could be filled."""
    return Possible(askers.teachable, askers.nearby)


def zones_apart(case: Case) -> Case:
    """Return the case with an area for each zone, those with nothing in reach as well."""
    periods = (replace(period, areas=_zones_apart(case.region, period)) for period in case.periods)
    return replace(case, periods=tuple(periods))


def _zones_apart(region: Region, period: PeriodCase) -> Areas:
    short = region.occupations.loc[region.occupations["weight"] > 0, "occupation"]
    leading = set(rows(region.leads_to, "programme", "occupation"))
    reached_by = {
        (occupation, zone): tuple(offer for offer in offers if (offer[0], occupation) in leading)
        for occupation in short
        for zone, offers in period.areas.offers_of.items()
    }
    return replace(
        period.areas,
        reached_by=reached_by,
        zones_of={(occupation, zone): (zone,) for occupation, zone in reached_by},
        area_of={(occupation, zone): zone for occupation, zone in reached_by},
    )


def no_unit_of_one_offer(model: PlanningModel, period: PeriodModel) -> dict[Pair, Pair]:
    """Return no unit: each is decided on, also where it follows from one offer."""
    return {}


def sizes_without_end(model: PlanningModel, period: PeriodModel) -> dict[Pair, float]:
    """Return far more learners than there are: groups are counted even where one holds all."""
    return dict.fromkeys(period.run, 1000.0)


def links_where_needed(model: PlanningModel) -> None:
    """Link who takes a programme to its offers only where nothing else does: with one site."""
    link_takers(model)
    groups = {period.period: period.case.groups for period in model.periods}
    for year, scenario, group, programme in list(model.pyomo.takers_linked):
        catchment = groups[year].catchment_of[group, programme]
        if len(groups[year].sites_of[catchment, programme]) > 1:
            model.pyomo.takers_linked[year, scenario, group, programme].deactivate()


def loosely_taken(model: PlanningModel) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, float]]:
    """Return who takes what, as if there could be ten times as many."""
    taken, sites, most = TAKEN(model)
    return taken, sites, {key: 10 * learners for key, learners in most.items()}


def ten_times_as_many(moment: MomentModel) -> dict[Pair, float]:
    """Return ten times as many learners as could start each offer."""
    return {offer: 10 * learners for offer, learners in most_enrolled(moment).items()}


TAKEN = placement._taken
"""What :func:`loosely_taken` stands in for."""

IN_MODEL: dict[str, tuple[Exchange, ...]] = {
    "units of one offer": ((units, "_alone", no_unit_of_one_offer),),
    "groups that are one": ((money, "_largest_sizes", sizes_without_end),),
    "links": ((build, "link_takers", links_where_needed),),
    "large constants": (
        (placement, "_taken", loosely_taken),
        (units, "most_enrolled", ten_times_as_many),
    ),
}
"""What is exchanged while the model is built, to undo a reduction."""


@dataclass(frozen=True)
class Solved:
    """What a model is worth, None where it has no plan, and how large it is; 0 if it needs none."""

    value: float | None
    size: tuple[int, int, float]


def solved(case: Case, undone: str | None = None) -> Solved:
    """Return the optimum of the model of a case, perhaps without a reduction of the model."""
    with pytest.MonkeyPatch.context() as patched:
        for exchange in IN_MODEL[undone] if undone else ():
            patched.setattr(*exchange)
        model = model_of(case)
    try:
        handed = None if model.contradictions else hand_over(model, EXACT)
    except ContradictionError:
        handed = None
    if handed is None:
        return Solved(None, (0, 0, 0.0))
    handed.goals[0].pursue(handed.solver)
    found = handed.solver.solve()
    assert found.status in (Status.OPTIMAL, Status.INFEASIBLE)
    table = handed.matrix.coefficients
    return Solved(found.value, (*table.shape, float(abs(table.data).sum())))


def with_and_without(seed: int) -> Iterator[tuple[str, Solved]]:
    """Yield the optimum of a random region as it is found, then without each reduction."""
    tables = random_tables(seed)
    policy = random_policy(seed, list(SHARING)[seed % len(SHARING)], tables)
    # a first stage weighs no minutes, so zones may always be merged for it
    policy = policy.model_copy(update={"objective": policy.objective[:1]})
    region, periods = tiny_region(**tables), periods_of(tables)[: 1 + seed % 2]
    futures, taught = region.scenario_set(scenarios_of(tables)), teaching(region, policy)
    asked, join = (region, policy, taught), may_join(policy, periods)
    joined, apart = (moments_of(region, periods, futures, join=each) for each in (join, False))
    reduced = build_case(*asked, joined, futures, merge=True)
    yield "", solved(reduced)
    yield "zones and learners", solved(build_case(*asked, joined, futures, merge=False))
    if any(len(joined[period]) < len(apart[period]) for period in periods):
        yield "moments", solved(build_case(*asked, apart, futures, merge=True))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cases, "possible", everything)
        yield "offers", solved(build_case(*asked, joined, futures, merge=True))
    yield "areas", solved(zones_apart(reduced))
    for name in IN_MODEL:
        yield name, solved(reduced, name)


@pytest.mark.parametrize("first", range(0, REGIONS, AT_ONCE))
def test_no_reduction_changes_the_optimum(first: int) -> None:
    larger: Counter[str] = Counter()
    plans = 0
    for seed in range(first, first + AT_ONCE):
        with uncollected():
            (_, reduced), *others = with_and_without(seed)
        plans += reduced.value is not None
        for name, found in others:
            assert (found.value is None) == (reduced.value is None), (seed, name)
            if reduced.value is not None:
                assert found.value == pytest.approx(reduced.value, rel=1e-5, abs=1e-5), (seed, name)
            larger[name] += found.size != reduced.size
    assert plans > AT_ONCE / 2
    assert larger["zones and learners"] > AT_ONCE / 2
    assert all(larger[name] for name in OFTEN), larger
