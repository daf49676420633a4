"""Parts of the model that meet only in a few rows.

Learners stay within the domains they would accept, occupations are fed by a few domains, most
units belong to one domain: so the model falls apart into blocks of domains, held together only by
what spans them all (generic units, a guarantee to everybody, a budget). The solver can use that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np

from coverage_opt.formulation.planning_model import PlanningModel

SPANNING = -1
"""Label of a column that belongs to no block."""


def blocks_of(model: PlanningModel, columns: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Label each column with its block.

    Args:
        model: the model.
        columns: its Pyomo variables, in the order of the labels.

    Returns:
        One label per column: the number of its block, or :data:`SPANNING`.
    """
    domain = _domains(model)
    block = _joined_domains(model, domain)
    of_programme = {programme: block[name] for programme, name in domain.items()}
    of_unit = _common(
        (unit, of_programme[programme])
        for programme, units in model.units_of.items()
        for unit in units
    )
    of_occupation = _common(
        (occupation, of_programme[programme])
        for (occupation, _), offers in model.case.areas.reached_by.items()
        for programme, _ in offers
    )
    position = {"offer": 0, "enrolled": 0, "switch": 1, "place": 1, "run": 0, "attend": 1}
    position |= {"reach": 0, "filled": None}
    table = {"run": of_unit, "attend": of_unit, "reach": of_occupation, "filled": of_occupation}
    labels = []
    for column in columns:
        name, index = column.parent_component().name, column.index()
        if name not in position:
            labels.append(SPANNING)
            continue
        place = position[name]
        key = index if place is None else index[place]
        labels.append(table.get(name, of_programme).get(key, SPANNING))
    return np.array(labels, dtype=np.int64)


def _domains(model: PlanningModel) -> dict[str, str]:
    programmes = model.region.programmes
    return dict(zip(programmes["programme"], programmes["domain"], strict=True))


def _joined_domains(model: PlanningModel, domain: dict[str, str]) -> dict[str, int]:
    """Number the domains; those that share learners or occupations get the same number."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(domain.values())
    meeting: dict[str, set[str]] = defaultdict(set)
    for group, programme in model.case.groups.takers:
        meeting[f"group {group}"].add(domain[programme])
    for (occupation, _), offers in model.case.areas.reached_by.items():
        meeting[f"occupation {occupation}"].update(domain[programme] for programme, _ in offers)
    for domains in meeting.values():
        graph.add_edges_from(pairwise(sorted(domains)))
    parts = sorted(sorted(part) for part in nx.connected_components(graph))
    return {name: number for number, part in enumerate(parts) for name in part}


def _common(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Map each key to the one label it has, or to :data:`SPANNING` when it has several."""
    found: dict[str, set[int]] = defaultdict(set)
    for key, label in pairs:
        found[key].add(label)
    return {
        key: next(iter(labels)) if len(labels) == 1 else SPANNING for key, labels in found.items()
    }
