"""The published problems, and the formats they were published in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import floyd_warshall

from benchmarks.classics.problem import Floats, Kind, LocationProblem, Published

BEASLEY = "J.E. Beasley, OR-Library"
PYSAL = "PySAL spopt, example data (BSD-3)"

RADIUS_METRES = 5000.0
STORES = 4
"""Of the San Francisco problems."""

_CAPACITATED = {
    "cap41": 1040444.375,
    "cap42": 1098000.450,
    "cap43": 1153000.450,
    "cap44": 1235500.450,
    "cap51": 1025208.225,
    "cap61": 932615.750,
    "cap62": 977799.400,
    "cap63": 1014062.050,
    "cap64": 1045650.250,
    "cap71": 932615.750,
    "cap72": 977799.400,
    "cap73": 1010641.450,
    "cap74": 1034976.975,
}
_CAPA = {8000: 19240822.449, 10000: 18438046.543, 12000: 17765201.949, 14000: 17160439.012}
_MEDIANS = (5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255)
_SAN_FRANCISCO: dict[Kind, float] = {
    "set_covering": 8,
    "maximal_covering": 875247,
    "p_median": 2848268129.7145,
}

PUBLISHED: dict[str, Published] = {
    problem.name: problem
    for problem in (
        *(Published(n, "facility_location", v, BEASLEY) for n, v in _CAPACITATED.items()),
        *(Published(f"capa-{c}", "facility_location", v, BEASLEY) for c, v in _CAPA.items()),
        *(Published(f"pmed{n}", "p_median", v, BEASLEY) for n, v in enumerate(_MEDIANS, start=1)),
        *(
            Published(f"san-francisco-{kind.replace('_', '-')}", kind, value, PYSAL)
            for kind, value in _SAN_FRANCISCO.items()
        ),
    )
}
"""Every published problem there is, by name."""


def read_published(name: str, folder: Path) -> LocationProblem:
    """Read a published problem.

    Args:
        name: one of :data:`PUBLISHED`.
        folder: with the folders ``cflp``, ``pmedian`` and ``san_francisco``.

    Raises:
        OSError: its file is not there.
        ValueError: its file is not as it was published.
    """
    problem = PUBLISHED[name]
    if problem.source == PYSAL:
        return _san_francisco(problem.kind, folder / "san_francisco")
    if problem.kind == "p_median":
        return read_median(folder / "pmedian" / f"{name}.txt")
    file, _, capacity = name.partition("-")
    return read_facilities(folder / "cflp" / f"{file}.txt", float(capacity) if capacity else None)


def read_facilities(file: Path, capacity: float | None = None) -> LocationProblem:
    """Read a capacitated facility location problem of the OR-Library.

    ``m n``; m times ``capacity fixed_cost``; then for each of n customers its demand and m costs
    of serving all of it.

    Args:
        file: the file.
        capacity: of every site, for files that have the word ``capacity`` instead.
    """
    text = file.read_text(encoding="utf-8")
    if capacity is not None:
        text = text.replace("capacity", str(capacity))
    words = np.array(text.split(), dtype=np.float64)
    sites, clients = int(words[0]), int(words[1])
    stores = words[2 : 2 + 2 * sites].reshape(sites, 2)
    rows = words[2 + 2 * sites :].reshape(clients, 1 + sites)
    demand = rows[:, 0]
    return LocationProblem(
        kind="facility_location",
        demand=demand,
        distance=rows[:, 1:] / demand[:, None],
        fixed=stores[:, 1],
        capacity=stores[:, 0],
    )


def read_median(file: Path) -> LocationProblem:
    """Read a p-median problem of the OR-Library.

    ``n edges p``; then ``i j cost``, of which the last of a repeated edge counts. Every node is
    a client with demand 1 and a site; distances are along shortest paths.
    """
    words = np.array(file.read_text(encoding="utf-8").split(), dtype=np.int64)
    nodes, sites_at_most = int(words[0]), int(words[2])
    lengths: Floats = np.full((nodes, nodes), np.inf)
    for start, end, cost in words[3:].reshape(-1, 3):
        lengths[start - 1, end - 1] = lengths[end - 1, start - 1] = cost
    return LocationProblem(
        kind="p_median",
        demand=np.ones(nodes),
        distance=floyd_warshall(lengths, directed=False),
        sites_at_most=sites_at_most,
    )


def _san_francisco(kind: Kind, folder: Path) -> LocationProblem:
    """Read the census tracts and stores of San Francisco, metres along the roads."""
    ways = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    metres = ways.pivot_table("distance", "DestinationName", "name", aggfunc="first")
    residents = ways.drop_duplicates("DestinationName").set_index("DestinationName")["demand"]
    covering = kind != "p_median"
    return LocationProblem(
        kind=kind,
        demand=residents.loc[metres.index].to_numpy(dtype=np.float64),
        distance=metres.to_numpy(dtype=np.float64),
        radius=RADIUS_METRES if covering else np.inf,
        sites_at_most=0 if kind == "set_covering" else STORES,
    )
