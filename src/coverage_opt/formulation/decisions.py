"""What a solved model decided, as plain tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pyomo.repn import generate_standard_repn

from coverage_opt.formulation.case import Pair
from coverage_opt.formulation.planning_model import MomentModel, PeriodModel, PlanningModel
from coverage_opt.formulation.possible import Possible
from coverage_opt.rules.class_size import ClassSize

SMALLEST_FLOW = 1e-9
"""Learners a year below which a flow is rounding of the solver's, not a learner."""


@dataclass(frozen=True)
class MomentDecisions:
    """The flows of one moment, over the groups and catchments of its case.

    Attributes:
        switches: group, programme, learners.
        placements: catchment, programme, site, learners.
        attendance: catchment, unit, site, learners; units taught nearby.
        certificates: catchment, unit, site, learners.
        sent: unit, site, partner_site, learners.
        enrolled: (programme, site) -> learners a year.
        sizes: (unit, site) -> learners, after drop-out; only where class sizes hold in expectation.
        worst_institution: lowest share of its learners that an institution keeps, where a goal
            weighs it.
    """

    switches: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame
    certificates: pd.DataFrame
    sent: pd.DataFrame
    enrolled: Mapping[Pair, float]
    sizes: Mapping[Pair, float]
    worst_institution: float | None


@dataclass(frozen=True)
class PeriodDecisions:
    """What was decided for one period.

    Attributes:
        offers: programme, site.
        runs: unit, site; every unit that is taught, however it is delivered.
        nearby: unit, site; those of them that are taught nearby.
        groups: (unit, site) -> parallel groups, where the model counts them.
        cost: institution -> EUR a year, where the model counts it.
        moments: in the order of the case.
    """

    offers: pd.DataFrame
    runs: pd.DataFrame
    nearby: pd.DataFrame
    groups: Mapping[Pair, float]
    cost: Mapping[str, float]
    moments: tuple[MomentDecisions, ...]

    def held(self) -> Possible:
        """Return the offers and nearby units as all that is still possible."""
        return Possible(self.offers, self.nearby)


Values = Mapping[int, float]
"""``id`` of a Pyomo variable -> its value."""

Flows = dict[tuple[int, str], list[tuple[Any, ...]]]
"""(Period, scenario) -> the key of each flow that is not nothing, and its learners."""


def decisions_of(model: PlanningModel, values: Values) -> tuple[PeriodDecisions, ...]:
    """Read the decisions off a solved model, one for each period."""
    by_moment = {name: _flows(_parts_of(model, name), values) for name in _FLOWS}
    return tuple(_period(period, values, by_moment) for period in model.periods)


_FLOWS = {
    "switch": ["group", "programme"],
    "place": ["catchment", "programme", "site"],
    "attend": ["catchment", "unit", "site"],
    "certificate": ["catchment", "unit", "site"],
    "sent": ["unit", "site", "partner_site"],
}


def _parts_of(model: PlanningModel, name: str) -> Mapping[Any, list[Any]]:
    """Return index -> the variables that add up to the flow."""
    if name == "place":
        return model.place
    return {key: [variable] for key, variable in getattr(model.pyomo, name).items()}


def _flows(parts: Mapping[Any, list[Any]], values: Values) -> Flows:
    found: Flows = defaultdict(list)
    for (period, scenario, *key), part in parts.items():
        learners = sum(values[id(variable)] for variable in part)
        if learners > SMALLEST_FLOW:
            found[period, scenario].append((*key, learners))
    return found


def _table(flows: Flows, moment: tuple[int, str], names: list[str]) -> pd.DataFrame:
    types = dict.fromkeys(names, "str") | {"learners": "float64"}
    return pd.DataFrame(flows.get(moment, []), columns=list(types)).astype(types)


def _period(period: PeriodModel, values: Values, flows: Mapping[str, Flows]) -> PeriodDecisions:
    nearby = set(period.case.nearby)
    runs = _chosen(period.run, values, ["unit", "site"])
    is_nearby = [key in nearby for key in zip(runs["unit"], runs["site"], strict=True)]
    return PeriodDecisions(
        offers=_chosen(period.offer, values, ["programme", "site"]),
        runs=runs,
        nearby=runs[np.array(is_nearby, dtype=bool)].reset_index(drop=True),
        groups={key: _value(groups, values) for key, groups in period.groups.items()},
        cost={name: _value(cost, values) for name, cost in period.cost.items()},
        moments=tuple(_moment(moment, values, flows) for moment in period.moments),
    )


def _moment(moment: MomentModel, values: Values, flows: Mapping[str, Flows]) -> MomentDecisions:
    worst = moment.worst_institution
    rule = moment.of_period.plan.policy.rule(ClassSize)
    in_mean = rule is not None and rule.holds == "expectation"
    own = {name: _table(flows[name], moment.key, columns) for name, columns in _FLOWS.items()}
    return MomentDecisions(
        switches=own["switch"],
        placements=own["place"],
        attendance=own["attend"],
        certificates=own["certificate"],
        sent=own["sent"],
        enrolled={key: _value(enrolled, values) for key, enrolled in moment.enrolled.items()},
        sizes={key: _value(size, values) for key, size in moment.size.items()} if in_mean else {},
        worst_institution=None if worst is None else _value(worst, values),
    )


def _chosen(variables: Mapping[Pair, Any], values: Values, names: list[str]) -> pd.DataFrame:
    keys = sorted(key for key, variable in variables.items() if values[id(variable)] > 0.5)
    return pd.DataFrame(keys, columns=names, dtype="str")


def _value(expression: Any, values: Values) -> float:
    """Return the value of a variable or a linear expression."""
    if isinstance(expression, int | float):
        return float(expression)
    if id(expression) in values:
        return values[id(expression)]
    representation = generate_standard_repn(expression, quadratic=False)
    terms = zip(representation.linear_coefs, representation.linear_vars, strict=True)
    total: float = representation.constant + sum(c * values[id(v)] for c, v in terms)
    return total
