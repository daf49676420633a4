"""Parts of the model that meet only in a few rows.

Learners stay within the domains they would accept, occupations are fed by a few domains, most
units belong to one domain, or do so at a site that may offer no other. So the model falls apart
into blocks of domains, held together only by what spans them: generic units at sites of several
domains, a guarantee to everybody, a budget. The solver can use that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

import networkx as nx
import numpy as np

from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.frames import mapping

SPANNING = -1
"""Label of a column that belongs to no block."""


def blocks_of(
    model: PlanningModel, columns: Sequence[Any], *, by_period: bool = False
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Label each column with its block.

    Args:
        model: the model.
        columns: its Pyomo variables, in the order of the labels.
        by_period: whether what a block does in each period is a block of its own.

    Returns:
        One label per column: the number of its block, or :data:`SPANNING`.
    """
    domain: dict[str, str] = mapping(model.region.programmes, "programme", "domain")
    block = _joined_domains(model, domain)
    of_programme = {programme: block[name] for programme, name in domain.items()}
    return labels_of(model, columns, of_programme, by_period=by_period)


def labels_of(
    model: PlanningModel,
    columns: Sequence[Any],
    of_programme: Mapping[str, int],
    *,
    by_period: bool = False,
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Label each column with what its programme is labelled with; see :func:`blocks_of`.

    What belongs to programmes of several labels is :data:`SPANNING`.

    Args:
        model: the model.
        columns: its Pyomo variables, in the order of the labels.
        of_programme: programme -> label, 0 or more; of all programmes of the model.
        by_period: whether each label is split by period.
    """
    told_by = _told_by(model, of_programme)
    periods = {period.period: number for number, period in enumerate(model.periods)}

    def label(column: Any) -> int:
        told, index = told_by.get(column.parent_component().name), column.index()
        if told is None:
            return SPANNING
        labels, key_of = told
        block = labels.get(key_of(index), SPANNING)
        if not by_period or block == SPANNING:
            return block
        return block * len(periods) + periods[index[0]]

    return np.array([label(column) for column in columns], dtype=np.int64)


def _told_by(
    model: PlanningModel, of_programme: Mapping[str, int]
) -> dict[str, tuple[Mapping[Any, int], Callable[[Any], Any]]]:
    """Map each component to what tells its columns' labels, and what part of the index that is of.

    A unit that runs at a site belongs to the programmes that may be offered there: what several
    domains share elsewhere is one domain's own at a site that has no other. Not so where others may
    come for it: then it is not for those programmes alone to say whether it runs.
    """
    of_unit = _common(
        (unit, of_programme[programme])
        for programme, units in model.units_of.items()
        for unit in units
    )
    of_unit_there = _common(
        ((unit, site), of_programme[programme])
        for period in model.periods
        for programme, site in period.offer
        for unit in model.units_of.get(programme, ())
    )
    others = _come_for(model)
    alone = {key: label for key, label in of_unit_there.items() if key not in others}
    taught = {
        key: alone.get(key, of_unit.get(key[0], SPANNING))
        for period in model.periods
        for key in period.run
    }
    of_occupation = _common(
        (occupation, of_programme[programme])
        for period in model.periods
        for (occupation, _), offers in period.case.areas.reached_by.items()
        for programme, _ in offers
    )
    return {
        "offer": (of_programme, itemgetter(1)),
        "opened": (of_programme, itemgetter(1)),
        "closed": (of_programme, itemgetter(1)),
        "enrolled": (of_programme, itemgetter(2)),
        "switch": (of_programme, itemgetter(3)),
        "place": (of_programme, itemgetter(3)),
        "run": (taught, itemgetter(1, 2)),
        "groups": (taught, itemgetter(1, 2)),
        "attend": (of_unit, itemgetter(3)),
        "certificate": (of_unit, itemgetter(3)),
        "sent": (of_unit, itemgetter(2)),
        "reach": (of_occupation, itemgetter(1)),
        "filled": (of_occupation, itemgetter(2)),
    }


COME = {"attend": itemgetter(3, 4), "certificate": itemgetter(3, 4), "sent": itemgetter(2, 4)}
"""Flow of learners to what they did not start a programme for -> unit and site of its index."""


def _come_for(model: PlanningModel) -> set[tuple[str, str]]:
    """Return unit, site: where learners may come who do not start a programme there."""
    return {
        key_of(index) for name, key_of in COME.items() for index in getattr(model.pyomo, name, ())
    }


def _joined_domains(model: PlanningModel, domain: dict[str, str]) -> dict[str, int]:
    """Number the domains; those that share learners or occupations get the same number."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(domain.values())
    meeting: dict[str, set[str]] = defaultdict(set)
    for period in model.periods:
        for group, programme in period.case.groups.takers:
            meeting[f"group {period.period} {group}"].add(domain[programme])
        for (occupation, _), offers in period.case.areas.reached_by.items():
            meeting[f"occupation {occupation}"].update(domain[programme] for programme, _ in offers)
    for domains in meeting.values():
        graph.add_edges_from(pairwise(sorted(domains)))
    parts = sorted(sorted(part) for part in nx.connected_components(graph))
    return {name: number for number, part in enumerate(parts) for name in part}


def _common(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """Map each key to the one label it has, or to :data:`SPANNING` when it has several."""
    found: dict[Any, set[int]] = defaultdict(set)
    for key, label in pairs:
        found[key].add(label)
    return {
        key: next(iter(labels)) if len(labels) == 1 else SPANNING for key, labels in found.items()
    }
