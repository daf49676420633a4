"""Dealing the learners of a plan back to the real zones, with as little travel as it allows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coverage_opt.formulation.build import build
from coverage_opt.formulation.case import Case, build_case, takers_of
from coverage_opt.formulation.decisions import Decisions
from coverage_opt.frames import rows
from coverage_opt.handing_over import HandedOver, hand_over
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.policy.teaching import Teaching
from coverage_opt.region.region import Region
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.progress import silent
from coverage_opt.solver.stages import StageResult, run_stages

TRAVEL = Stage(minimise={"travel_minutes": 1.0}, decides="placement")
"""How learners are dealt back to real zones, whether or not the policy has a stage for it."""


@dataclass(frozen=True)
class Placed:
    """Who goes where, zone by zone.

    Attributes:
        switches: zone, choice, programme, learners.
        placements: zone, programme, site, learners.
        attendance: zone, unit, site, learners.
        nearby: unit, site; units taught nearby that somebody attends.
        stage: what the travel came to.
    """

    switches: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame
    nearby: pd.DataFrame
    stage: StageResult


def place(
    case: Case, policy: Policy, demand: pd.DataFrame, decisions: Decisions, limits: Limits
) -> Placed:
    """Deal the learners back to the real zones.

    Offers, units and who takes which programme are held; each real zone has its share, by
    demand, in what its group does. The same formulation over the real zones then decides where
    everybody goes: a linear programme, so what it reaches is also its bound.

    Args:
        case: the case that was solved, with zones merged.
        policy: its class sizes and travel limits still count.
        demand: zone, choice, learners; real zones.
        decisions: what was decided for the case.
        limits: seed and threads; there is no time limit, as a plan is in hand.
    """
    switches = _dealt(decisions.switches, demand, case)
    held = _held_case(case.region, policy, case.teaching, switches, decisions)
    model = build(held, _where_only(policy), {}, everybody_placed=True)
    handed = hand_over(model, [TRAVEL], limits)
    _hold(handed, decisions)
    staged = run_stages(handed.solver, handed.goals, limits, Deadline(), silent)
    if staged.columns is None:
        raise RuntimeError("learners of a plan could not be dealt back to their zones")
    found = handed.decisions(staged.columns)
    attendance = _by_zone(found.attendance)
    # without a minimum size the model may run a nearby unit that nobody needs
    attended = attendance[["unit", "site"]].drop_duplicates()
    nearby = decisions.nearby.merge(attended, on=["unit", "site"])
    return Placed(switches, _by_zone(found.placements), attendance, nearby, staged.stages[0])


def _dealt(switches: pd.DataFrame, demand: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Give each zone and choice its share, by demand, in what its group does."""
    group_of = case.groups.members[["zone", "choice", "group"]].rename(columns={"zone": "merged"})
    asking = demand.assign(merged=demand["zone"].map(case.zone_of))
    asking = asking.merge(group_of, on=["merged", "choice"])
    asking["share"] = asking["learners"] / asking.groupby("group")["learners"].transform("sum")
    dealt = asking[["zone", "choice", "group", "share"]].merge(switches, on="group")
    dealt["learners"] *= dealt["share"]
    columns = ["zone", "choice", "programme", "learners"]
    return dealt[columns].sort_values(columns[:3], ignore_index=True)


def _held_case(
    region: Region, policy: Policy, taught: Teaching, switches: pd.DataFrame, decisions: Decisions
) -> Case:
    """Return the case in which everybody asks for what was settled, at what is offered."""
    takes = switches.groupby(["zone", "programme"])["learners"].sum().reset_index()
    settled = takes.rename(columns={"programme": "choice"})
    everything = takers_of(region)
    own = everything[everything["choice"] == everything["programme"]]
    return build_case(region, policy, taught, settled, own, merge=False, only=decisions.held())


def _where_only(policy: Policy) -> Policy:
    """Return the policy with only what depends on where learners go.

    All other rules speak of offers, units and takes, which are held, and so hold already.
    """
    rules = {name: None for name in RULES if name not in {ClassSize.name, TravelLimit.name}}
    return policy.model_copy(
        update={"objective": (TRAVEL,), "rules": policy.rules.model_copy(update=rules)}
    )


def _hold(handed: HandedOver, decisions: Decisions) -> None:
    """Fix every offer and every unit of the model to what was decided."""
    pyomo = handed.model.pyomo
    offered, nearby = set(rows(decisions.offers)), set(rows(decisions.nearby))
    taught = {
        key for key, users in handed.model.users.items() if any(offer in offered for offer in users)
    }
    chosen = [
        *((variable, key in offered) for key, variable in pyomo.offer.items()),
        *((variable, key in taught or key in nearby) for key, variable in pyomo.run.items()),
    ]
    columns = [handed.matrix.column(variable) for variable, _ in chosen]
    values = [float(value) for _, value in chosen]
    handed.solver.change_bounds(columns, values, values)


def _by_zone(flows: pd.DataFrame) -> pd.DataFrame:
    """Name the catchments of an unmerged case what they are: zones."""
    return flows.rename(columns={"catchment": "zone"})
