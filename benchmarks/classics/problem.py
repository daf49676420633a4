"""A location problem as the literature has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["maximal_covering", "set_covering", "p_median", "facility_location"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LocationProblem:
    """Clients, sites, and what is sought; n clients and m sites.

    Attributes:
        kind: ``maximal_covering``: most demand within the radius of ``sites_at_most`` sites;
            ``set_covering``: fewest sites with all clients within the radius; ``p_median``: least
            distance from ``sites_at_most`` sites, weighed by demand; ``facility_location``: least
            cost of sites and distance, each site within its capacity, demand divisible.
        demand: (n,) above 0.
        distance: (n, m) of one unit of demand, or its cost; 0 or more.
        radius: of covering; infinite otherwise.
        sites_at_most: p; 0 where sites are not counted.
        fixed: (m,) cost of a site; empty but for facility location.
        capacity: (m,) demand a site can serve; empty but for facility location.
    """

    kind: Kind
    demand: Floats
    distance: Floats
    radius: float = math.inf
    sites_at_most: int = 0
    fixed: Floats = field(default_factory=lambda: np.empty(0))
    capacity: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def clients(self) -> int:
        """Number of clients."""
        return len(self.distance)

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.distance.T)


@dataclass(frozen=True)
class Published:
    """A published problem.

    Attributes:
        name: as in the literature.
        kind: of problem.
        optimum: as published, to the digits that were published.
        source: who published it.
    """

    name: str
    kind: Kind
    optimum: float
    source: str
