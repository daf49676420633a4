"""What a solved model decided, as plain tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.formulation.possible import Possible

SMALLEST_FLOW = 1e-9
"""Learners a year below which a flow is rounding of the solver's, not a learner."""


@dataclass(frozen=True)
class Decisions:
    """The decisions of a solved model, over the groups and catchments of its case.

    Attributes:
        offers: programme, site.
        nearby: unit, site; where units taught nearby run.
        switches: group, programme, learners.
        placements: catchment, programme, site, learners.
        attendance: catchment, unit, site, learners.
    """

    offers: pd.DataFrame
    nearby: pd.DataFrame
    switches: pd.DataFrame
    placements: pd.DataFrame
    attendance: pd.DataFrame

    def held(self) -> Possible:
        """Return the offers and nearby units as all that is still possible."""
        return Possible(self.offers, self.nearby)


def decisions_of(model: PlanningModel, values: Mapping[int, float]) -> Decisions:
    """Read the decisions off a solved model.

    Args:
        model: the model.
        values: ``id`` of a Pyomo variable -> its value.
    """
    pyomo = model.pyomo
    nearby = {key: pyomo.run[key] for key in model.case.nearby}
    return Decisions(
        offers=_chosen(pyomo.offer, values, ["programme", "site"]),
        nearby=_chosen(nearby, values, ["unit", "site"]),
        switches=_flows(pyomo.switch, values, ["group", "programme"]),
        placements=_flows(pyomo.place, values, ["catchment", "programme", "site"]),
        attendance=_flows(pyomo.attend, values, ["catchment", "unit", "site"]),
    )


def _chosen(variables: Any, values: Mapping[int, float], names: list[str]) -> pd.DataFrame:
    keys = [key for key, variable in variables.items() if values[id(variable)] > 0.5]
    return pd.DataFrame(keys, columns=names, dtype=str)


def _flows(variables: Any, values: Mapping[int, float], names: list[str]) -> pd.DataFrame:
    keys = list(variables.keys())
    amounts = np.fromiter((values[id(v)] for v in variables.values()), float, len(keys))
    flows = pd.DataFrame(keys, columns=names, dtype=str).assign(learners=amounts)
    return flows[flows["learners"] > SMALLEST_FLOW].reset_index(drop=True)
