"""Minutes of one leg over the street: the learner's own way, or a bus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from coverage_opt.region.travel.parameters import TravelParameters

EARTH_RADIUS_KM = 6371.0088

Node: TypeAlias = tuple[str, ...]
Matrix: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Nodes of the network that lie somewhere: one node, point and landmass each."""

    nodes: tuple[Node, ...]
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]
    landmass: npt.NDArray[np.object_]

    @classmethod
    def of(cls, table: pd.DataFrame, key: str, node: Callable[[str], Node]) -> Places:
        """Place one node for each row.

        Args:
            table: columns ``key``, latitude, longitude (degrees), landmass.
            key: the column that names a place.
            node: gives the node of a place from its name.
        """
        return cls(
            tuple(node(name) for name in table[key]),
            table["latitude"].to_numpy(dtype=float),
            table["longitude"].to_numpy(dtype=float),
            table["landmass"].to_numpy(dtype=object),
        )


def kilometres_between(origins: Places, targets: Places) -> Matrix:
    """Great-circle kilometres over land, by the haversine formula.

    Returns:
        Matrix (origins x targets), km; inf between two landmasses, which no street joins.
    """
    from_latitude = np.radians(origins.latitude)[:, None]
    to_latitude = np.radians(targets.latitude)[None, :]
    longitude_apart = np.radians(targets.longitude[None, :] - origins.longitude[:, None])
    half_chord_squared = (
        np.sin((to_latitude - from_latitude) / 2) ** 2
        + np.cos(from_latitude) * np.cos(to_latitude) * np.sin(longitude_apart / 2) ** 2
    )
    # Rounding can push the argument of the arcsine of antipodes just past 1.
    angle = 2 * np.arcsin(np.sqrt(np.minimum(half_chord_squared, 1.0)))
    same_landmass = origins.landmass[:, None] == targets.landmass[None, :]
    return np.where(same_landmass, EARTH_RADIUS_KM * angle, np.inf)


def cycling_minutes(kilometres: Matrix, parameters: TravelParameters) -> Matrix:
    """Minutes on one's own bicycle over great-circle ``kilometres``; inf when too far."""
    road = kilometres * parameters.cycling_detour_factor
    return _ride(road, parameters.cycling_kmh, parameters.cycling_maximum_km)


def egress_minutes(kilometres: Matrix, parameters: TravelParameters) -> Matrix:
    """Minutes without one's own bicycle over great-circle ``kilometres``; inf when too far."""
    road = kilometres * parameters.cycling_detour_factor
    return _ride(road, parameters.egress_kmh, parameters.egress_maximum_km)


def bus_minutes(kilometres: Matrix, parameters: TravelParameters) -> Matrix:
    """Minutes in the bus over great-circle ``kilometres``, no waiting; inf when too far."""
    road = kilometres * parameters.bus_detour_factor
    return _ride(road, parameters.bus_kmh, parameters.bus_maximum_km)


def _ride(road_kilometres: Matrix, kmh: float, maximum_km: float) -> Matrix:
    return np.where(road_kilometres <= maximum_km, road_kilometres / kmh * 60.0, np.inf)
