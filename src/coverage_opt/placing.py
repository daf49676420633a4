"""Dealing the learners of a plan back to the real zones, with as little travel as it allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, PeriodCase, held_case
from coverage_opt.formulation.decisions import SMALLEST_FLOW, MomentDecisions, PeriodDecisions
from coverage_opt.formulation.moments import Moment
from coverage_opt.formulation.outcomes import shares_today
from coverage_opt.frames import rows, values_at
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.memory import uncollected
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.region.region import ONLINE, Region
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.compile import objective_vector
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.outcome import SolverError
from coverage_opt.solver.progress import silent
from coverage_opt.solver.stages import StageResult, run_stages

TRAVEL = Stage(minimise={"travel_minutes": 1.0}, decides="placement")
"""How learners are dealt back to real zones, whether or not the policy has a stage for it."""

ROUNDING = 1e-6
"""Learners by which what the solver settled may be off when it is held."""

FLOWS = {
    "switches": ["learner", "zone", "choice", "programme"],
    "placements": ["learner", "zone", "programme", "site"],
    "attendance": ["learner", "zone", "unit", "site"],
    "certificates": ["learner", "zone", "unit", "site"],
    "sent": ["unit", "site", "partner_site"],
}
"""The tables of who goes where, and what each row is told apart by besides period and scenario."""


@dataclass(frozen=True)
class Placed:
    """Who goes where, zone by zone.

    Attributes:
        tables: the tables of :data:`FLOWS`: period, scenario, ..., learners; every scenario.
        runs: period, unit, site; units that are taught, those nearby only where somebody comes.
        stage: what the travel came to.
    """

    tables: dict[str, pd.DataFrame]
    runs: pd.DataFrame
    stage: StageResult


def place(case: Case, decisions: Sequence[PeriodDecisions], limits: Limits) -> Placed:
    """Deal the learners back to the real zones, moment by moment.

    Offers, units, groups and who takes which programme are held; each real zone has its share, by
    demand, in what its group does. The same formulation over the real zones then decides where
    everybody goes: a linear programme for each moment, so what they reach is also their bound.
    Where class sizes hold in expectation only, who is where cannot move between moments without
    moving the mean: then each moment keeps the sizes that were decided.

    Args:
        case: the case that was solved, with zones merged.
        decisions: what was decided for it.
        limits: seed and threads; there is no time limit, as a plan is in hand.
    """
    flows: dict[str, list[pd.DataFrame]] = {name: [] for name in FLOWS}
    runs, value, bound, seconds = [], 0.0, 0.0, 0.0
    for period, decided in zip(case.periods, decisions, strict=True):
        used: set[tuple[str, str]] = set()
        for number, moment in enumerate(period.moments):
            found, travel = _place_moment(case, period, decided, number, limits)
            value += moment.probability * travel.value / len(case.periods)
            bound += moment.probability * travel.bound / len(case.periods)
            seconds += travel.seconds
            for name in ("attendance", "certificates"):
                used |= set(rows(found[name], "unit", "site"))
            for name, table in found.items():
                for scenario in moment.scenarios:
                    flows[name].append(_labelled(table, period.period, scenario, FLOWS[name]))
        runs.append(_running(decided, used).assign(period=period.period))
    stage = StageResult(TRAVEL.goal, TRAVEL.sense, value, bound, seconds, solved=True)
    tables = {name: pd.concat(parts, ignore_index=True) for name, parts in flows.items()}
    return Placed(tables, pd.concat(runs, ignore_index=True)[["period", "unit", "site"]], stage)


def _labelled(table: pd.DataFrame, period: int, scenario: str, key: list[str]) -> pd.DataFrame:
    labelled = table[[*key, "learners"]].reset_index(drop=True)
    labelled.insert(0, "period", period)
    labelled.insert(1, "scenario", pd.Series(scenario, index=labelled.index, dtype="str"))
    return labelled


def _running(decided: PeriodDecisions, used: set[tuple[str, str]]) -> pd.DataFrame:
    """Return the units that run; one that is taught nearby only where somebody comes."""
    nearby = set(rows(decided.nearby, "unit", "site"))
    kept = [key not in nearby or key in used for key in rows(decided.runs, "unit", "site")]
    return decided.runs[np.array(kept, dtype=bool)]


@uncollected()
def _place_moment(
    case: Case, period: PeriodCase, decided: PeriodDecisions, number: int, limits: Limits
) -> tuple[dict[str, pd.DataFrame], StageResult]:
    """Solve one moment, and return its flows by zone and what the travel came to."""
    moment, flows = period.moments[number], decided.moments[number]
    switches = _dealt(period, moment, flows.switches)
    alone = _alone(period, number, flows.certificates)
    held = _held_case(case, period, decided, number, switches, alone)
    model = build(
        held,
        _where_only(case.policy),
        [TRAVEL],
        everybody_placed=True,
        settled_cost=decided.cost or None,
    )
    handed = hand_over(model, limits)
    _hold(handed, decided, flows)
    # everything whole is held; presolve for whole numbers (HiGHS 1.15.1) calls models infeasible
    # that leave room for no more than rounding
    handed.solver.relax_integrality()
    staged = run_stages(handed.solver, handed.goals, limits, Deadline(), silent)
    if staged.columns is None:
        if staged.interrupted:
            raise KeyboardInterrupt
        raise SolverError("the learners of a plan could not be placed anew")
    found = handed.decisions(staged.columns)[0].moments[0]
    tables = {"switches": switches, **_by_zone(held, found), "sent": found.sent}
    return tables, _measured(case.region, tables, staged.stages[0])


def _dealt(period: PeriodCase, moment: Moment, switches: pd.DataFrame) -> pd.DataFrame:
    """Give each zone and choice its share, by demand, in what its group does."""
    group_of = period.groups.members[["learner", "zone", "choice", "group"]]
    group_of = group_of.rename(columns={"zone": "merged"})
    asking = moment.demand.assign(merged=moment.demand["zone"].map(period.zone_of))
    asking = asking.merge(group_of, on=["learner", "merged", "choice"])
    asking["share"] = _arriving(period, asking)
    asking["share"] /= asking.groupby("group")["share"].transform("sum")
    dealt = asking[["learner", "zone", "choice", "group", "share"]].merge(switches, on="group")
    dealt["learners"] *= dealt["share"]
    columns = FLOWS["switches"]
    return dealt[[*columns, "learners"]]


def _arriving(period: PeriodCase, asking: pd.DataFrame) -> pd.Series:
    """Return the learners of each row who can be placed."""
    keys = rows(asking, "learner", "choice")
    share = pd.Series([period.arriving_share.get(key, 1.0) for key in keys], index=asking.index)
    return asking["learners"].mul(share)


def _alone(period: PeriodCase, number: int, certificates: pd.DataFrame) -> pd.DataFrame:
    """Return learner, zone, unit, learners: who takes a single unit, zone by zone."""
    members = period.groups.alone
    asking = period.moments[number].demand.rename(columns={"choice": "unit"})
    key = ["learner", "zone", "unit"]
    if certificates.empty:
        return asking[[*key, "learners"]].head(0)
    asking = asking.assign(merged=asking["zone"].map(period.zone_of))
    merged = members.rename(columns={"zone": "merged"}).drop(columns="pair")
    asking = asking.merge(merged, on=["learner", "merged", "unit"])
    asking["share"] = _arriving(period, asking.rename(columns={"unit": "choice"}))
    asking["share"] /= asking.groupby(["catchment", "unit"])["share"].transform("sum")
    served = certificates.groupby(["catchment", "unit"], as_index=False)[["learners"]].sum()
    dealt = asking[[*key, "catchment", "share"]].merge(served, on=["catchment", "unit"])
    dealt["learners"] *= dealt["share"]
    return dealt[[*key, "learners"]]


def _held_case(
    case: Case,
    period: PeriodCase,
    decided: PeriodDecisions,
    number: int,
    switches: pd.DataFrame,
    alone: pd.DataFrame,
) -> Case:
    """Return the case in which everybody asks for what was settled, at what is offered."""
    moment = period.moments[number]
    key = ["learner", "zone", "choice"]
    takes = switches.groupby(["learner", "zone", "programme"], as_index=False)[["learners"]].sum()
    settled = pd.concat(
        [takes.rename(columns={"programme": "choice"}), alone.rename(columns={"unit": "choice"})]
    )
    settled = settled[settled["learners"] > 0].sort_values(key, ignore_index=True)
    demand = settled[[*key, "learners"]]
    programmes = sorted(takes["programme"].unique())
    own = pd.DataFrame({"choice": programmes, "programme": programmes, "share": 1.0, "first": True})
    own = own.astype({"choice": "str", "programme": "str"})
    held = Moment(moment.period, moment.scenarios, 1.0, demand, moment.openings, moment.workplaces)
    return held_case(
        case.region,
        case.policy,
        case.teaching,
        held,
        own,
        decided.held(),
        float(period.everybody[number]),
    )


def _where_only(policy: Policy) -> Policy:
    """Return the policy with only the rules that depend on where learners go.

    All other rules speak of offers, units and takes, which are held, and so hold already. Class
    sizes that hold in expectation are held by keeping every size.
    """
    rule = policy.rule(ClassSize)
    kept = {name for name, kind in RULES.items() if kind.of_flows} | {TravelLimit.name}
    if rule is not None and rule.holds == "expectation":
        kept -= {ClassSize.name}
    rules = {name: None for name in RULES if name not in kept}
    return policy.model_copy(
        update={"objective": (TRAVEL,), "rules": policy.rules.model_copy(update=rules)}
    )


def _hold(handed: HandedOver, decided: PeriodDecisions, flows: MomentDecisions) -> None:
    """Fix every offer, unit and group of the model to what was decided."""
    period = handed.model.periods[0]
    offered, taught = set(rows(decided.offers)), set(rows(decided.runs))
    chosen = {
        **{id(v): (v, float(key in taught)) for key, v in period.run.items()},
        **{id(v): (v, float(key in offered)) for key, v in period.offer.items()},
    }
    columns = [handed.matrix.column(variable) for variable, _ in chosen.values()]
    values = [value for _, value in chosen.values()]
    handed.solver.change_bounds(columns, values, values)
    _hold_groups(handed, decided)
    _hold_sizes(handed, flows)
    _hold_worst_institution(handed, flows)


def _hold_groups(handed: HandedOver, decided: PeriodDecisions) -> None:
    """Let no unit have more learners than its groups hold, where groups were decided."""
    rule = handed.model.case.policy.rule(ClassSize)
    if rule is None or rule.holds == "expectation" or not decided.groups:
        return
    period = handed.model.periods[0]
    kinds = dict(zip(handed.model.units["unit"], handed.model.units["kind"], strict=True))
    for key, size in period.moments[0].size.items():
        if decided.groups.get(key, 0.0) > 0:
            most = rule.of(kinds[key[0]]).maximum * round(decided.groups[key])
            # by less than what would count as one more group
            _add_row(handed, size, -np.inf, most + ROUNDING / 2)


def _hold_sizes(handed: HandedOver, flows: MomentDecisions) -> None:
    """Keep every size and enrolment, where class sizes hold in expectation."""
    if not flows.sizes:
        return
    moment = handed.model.periods[0].moments[0]
    for key, size in moment.size.items():
        settled = flows.sizes.get(key, 0.0)
        _add_row(handed, size, settled - ROUNDING, settled + ROUNDING)
    for offer, enrolled in moment.enrolled.items():
        settled = flows.enrolled.get(offer, 0.0)
        _add_row(handed, enrolled, settled - ROUNDING, settled + ROUNDING)


def _hold_worst_institution(handed: HandedOver, flows: MomentDecisions) -> None:
    """Let every institution keep the share of its learners that a goal has settled."""
    if flows.worst_institution is None:
        return
    moment = handed.model.periods[0].moments[0]
    institution_of = handed.model.region.institution_of
    for institution, share in shares_today(handed.model.region).items():
        kept = sum(
            enrolled
            for (_, site), enrolled in moment.enrolled.items()
            if institution_of[site] == institution
        )
        least = flows.worst_institution * share * moment.everybody - ROUNDING
        if least > 0:
            _add_row(handed, kept, least, np.inf)


def _add_row(handed: HandedOver, expression: object, lower: float, upper: float) -> None:
    coefficients, offset = objective_vector(handed.matrix, expression)
    used = np.flatnonzero(coefficients)
    if len(used):
        handed.solver.add_row(lower - offset, upper - offset, used, coefficients[used])


def _by_zone(held: Case, found: MomentDecisions) -> dict[str, pd.DataFrame]:
    """Give each zone its share, by learners, in what the learners do with whom it is one."""
    groups, demand = held.periods[0].groups, held.periods[0].moments[0].demand
    asking = groups.members.merge(demand, on=["learner", "zone", "choice"])
    takers = asking.rename(columns={"choice": "programme"})
    takers["catchment"] = _looked_up(groups.catchment_of, takers, "group", "programme")
    units = held.teaching.units
    nearby = units.loc[units["delivery"] == "nearby", "unit"]
    curriculum = held.teaching.curriculum
    coming = takers.merge(curriculum[curriculum["unit"].isin(nearby)], on="programme")
    coming["catchment"] = _looked_up(groups.nearby_of, coming, "group", "unit")
    coming["learners"] *= coming["retention"]
    key = ["learner", "zone", "unit", "catchment"]
    coming = coming.groupby(key, as_index=False)[["learners"]].sum()
    alone = groups.alone.merge(demand.rename(columns={"choice": "unit"}), on=key[:3])
    return {
        "placements": _dealt_out(takers, found.placements, "programme"),
        "attendance": _dealt_out(coming, found.attendance, "unit"),
        "certificates": _dealt_out(alone, found.certificates, "unit"),
    }


def _looked_up(values: Mapping[tuple[str, str], str], table: pd.DataFrame, *key: str) -> pd.Series:
    found = [values[pair] for pair in rows(table, *key)]
    return pd.Series(found, index=table.index, dtype="str")


def _dealt_out(members: pd.DataFrame, flows: pd.DataFrame, taught: str) -> pd.DataFrame:
    """Deal flows of catchments to the learners, zones and learners' number in ``members``."""
    if flows.empty:
        nobody = members[["learner", "zone", taught]].head(0)
        return nobody.assign(site=flows["site"], learners=flows["learners"])
    by = ["catchment", taught]
    share = members["learners"] / members.groupby(by)["learners"].transform("sum")
    dealt = members[["learner", "zone", *by]].assign(share=share).merge(flows, on=by)
    dealt["learners"] *= dealt["share"]
    kept = dealt["learners"] > SMALLEST_FLOW
    return dealt.loc[kept, ["learner", "zone", taught, "site", "learners"]]


def _measured(
    region: Region, tables: Mapping[str, pd.DataFrame], stage: StageResult
) -> StageResult:
    """Return what the travel came to, and its bound, for every learner's own zone."""
    value = 0.0
    for name in ("placements", "attendance", "certificates"):
        journeys = tables[name][tables[name]["site"] != ONLINE]
        minutes = values_at(region.minutes, journeys["zone"], journeys["site"])
        value += float(minutes @ journeys["learners"].to_numpy(dtype=np.float64))
    return replace(stage, value=value, bound=value - (stage.value - stage.bound))
