"""The goal of a stage: its weighted sum over periods, and over scenarios as it takes risk."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from coverage_opt.formulation.planning_model import MomentModel, PlanningModel
from coverage_opt.formulation.terms import ADDED_UP, TERMS
from coverage_opt.policy.policy import Stage


def set_goals(model: PlanningModel) -> None:
    r"""Make one expression for each stage.

    With :math:`v_w` the mean over the periods of the stage's weighted sum under scenario w, it is
    the expectation :math:`\sum_w \pi_w v_w`; or, to be maximised, in the worst case

    .. math::

        \theta \quad \text{with} \quad \theta \le v_w \quad \forall w

    or in the worst share :math:`\alpha` of the cases, the conditional value at risk
    (Rockafellar and Uryasev, 2000)

    .. math::

        \eta - \frac{1}{\alpha} \sum_w \pi_w \sigma_w \quad \text{with} \quad
        \sigma_w \ge \eta - v_w, \; \sigma_w \ge 0

    and with signs turned where it is to be minimised.
    """
    pyomo = model.pyomo
    risky = [number for number, stage in enumerate(model.stages) if stage.risk != "expected"]
    names = list(model.case.scenarios)
    in_tail = [n for n in risky if model.stages[n].risk == "cvar"]
    pyomo.risk_level = pyo.Var(risky)
    pyomo.shortfall = pyo.Var(
        [(number, name) for number in in_tail for name in names], domain=pyo.NonNegativeReals
    )
    values = {
        (number, name): _under(model, model.stages[number], name)
        for number in risky
        for name in names
    }
    pyomo.no_scenario_is_worse = pyo.Constraint(
        list(values), rule=lambda _, *key: _no_worse(model, key, values[key])
    )
    model.goals = tuple(_goal(model, number) for number in range(len(model.stages)))


def _goal(model: PlanningModel, number: int) -> Any:
    stage, pyomo = model.stages[number], model.pyomo
    if stage.risk == "expected":
        return pyo.quicksum(
            moment.probability * _in(model, stage, moment) for moment in model.moments
        )
    if stage.risk == "worst_case":
        return pyomo.risk_level[number]
    sign = 1.0 if stage.sense == "maximise" else -1.0
    # probabilities may sum to a crumb less than the tail
    tail = min(stage.tail, sum(model.case.scenarios.values()))
    short = pyo.quicksum(
        probability / tail * pyomo.shortfall[number, name]
        for name, probability in model.case.scenarios.items()
    )
    return pyomo.risk_level[number] - sign * short


def _no_worse(model: PlanningModel, key: tuple[Any, ...], value: Any) -> Any:
    stage, pyomo = model.stages[key[0]], model.pyomo
    slack = pyomo.shortfall[key] if stage.risk == "cvar" else 0.0
    if stage.sense == "maximise":
        return pyomo.risk_level[key[0]] <= value + slack
    return pyomo.risk_level[key[0]] >= value - slack


def _under(model: PlanningModel, stage: Stage, scenario: str) -> Any:
    """Return the stage's value under one scenario."""
    moments = [moment for moment in model.moments if scenario in moment.scenarios]
    return pyo.quicksum(_in(model, stage, moment) for moment in moments)


def _in(model: PlanningModel, stage: Stage, moment: MomentModel) -> Any:
    """Return what a moment adds to the stage's value under its scenarios."""
    periods = len(model.periods)
    return pyo.quicksum(
        weight / (1 if term in ADDED_UP else periods) * TERMS[term](moment.of_period, moment)
        for term, weight in stage.terms.items()
    )
