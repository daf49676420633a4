"""Travel times: what holds in every region."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage_opt.region.travel import TravelParameters, TravelTimes, travel_minutes

NORTH = "mainland"
SOUTH = "Zeeuws-Vlaanderen"
PARAMETERS = TravelParameters()
Row = tuple[str, float, float, str]
CrossingRow = tuple[str, float, float, str, float, float, str, float, str]
Region = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def places(key: str, *rows: Row) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[key, "latitude", "longitude", "landmass"])


def rail_table(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["from_station", "to_station", "kilometres"])


def crossings_table(*rows: CrossingRow) -> pd.DataFrame:
    columns = ["crossing", "from_latitude", "from_longitude", "from_landmass"]
    columns += ["to_latitude", "to_longitude", "to_landmass", "minutes", "mode"]
    return pd.DataFrame(list(rows), columns=columns)


points = st.tuples(st.floats(51.2, 51.7), st.floats(3.4, 4.3), st.sampled_from([NORTH, SOUTH]))


@st.composite
def regions(draw: st.DrawFn) -> Region:
    """Zones, sites, stations, rail and crossings of a small region anywhere in Zeeland."""
    zones, sites, stations = (
        places(key, *((f"{key}{i}", *point) for i, point in enumerate(draw(some))))
        for key, some in (
            ("zone", st.lists(points, min_size=1, max_size=6)),
            ("site", st.lists(points, min_size=1, max_size=4)),
            ("station", st.lists(points, min_size=2, max_size=6)),
        )
    )
    station = st.sampled_from(list(stations["station"]))
    edges = draw(st.lists(st.tuples(station, station, st.floats(0.5, 30.0)), min_size=1))
    ends = st.tuples(points, points, st.floats(1.0, 40.0), st.sampled_from(["ferry", "bus"]))
    crossings = [
        (f"crossing{i}", *start, *end, sailing, mode)
        for i, (start, end, sailing, mode) in enumerate(draw(st.lists(ends, max_size=3)))
    ]
    return zones, sites, stations, rail_table(*edges), crossings_table(*crossings)


def times_of(region: Region, parameters: TravelParameters = PARAMETERS) -> TravelTimes:
    zones, sites, stations, rail, crossings = region
    return travel_minutes(zones, sites, stations, rail, crossings, parameters)


def reckon(
    region: Region, parameters: TravelParameters = PARAMETERS
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Minutes (zones and sites x sites)."""
    times = times_of(region, parameters)
    return np.vstack([times.minutes.to_numpy(), times.site_minutes.to_numpy()])


# Up to rounding: another order of the same sum may differ in the last digit.
TINY = 1e-9
steady = settings(derandomize=True, deadline=None, max_examples=40)
FASTER = {
    "cycling_kmh": 20.0,
    "cycling_detour_factor": 1.0,
    "cycling_maximum_km": 20.0,
    "egress_kmh": 12.0,
    "egress_maximum_km": 8.0,
    "bus_kmh": 50.0,
    "bus_detour_factor": 1.1,
    "bus_waiting_minutes": 2.0,
    "bus_maximum_km": 80.0,
    "rail_kmh": 120.0,
    "rail_dwell_minutes": 0.0,
    "rail_boarding_minutes": 1.0,
    "rail_transfer_minutes": 0.0,
    "crossing_waiting_minutes": 0.0,
}


class TestAlwaysTrue:
    @steady
    @given(region=regions(), name=st.sampled_from(sorted(FASTER)))
    def test_a_better_parameter_makes_no_journey_longer(self, region: Region, name: str) -> None:
        better = PARAMETERS.model_copy(update={name: FASTER[name]})
        assert (reckon(region, better) <= reckon(region) + TINY).all()

    def test_every_parameter_is_tried(self) -> None:
        assert set(FASTER) == set(TravelParameters.model_fields)

    @steady
    @given(region=regions(), seed=st.integers(0, 1000))
    def test_the_order_of_rows_does_not_matter(self, region: Region, seed: int) -> None:
        zones, sites, stations, rail, crossings = (
            table.sample(frac=1.0, random_state=seed) for table in region
        )
        straight = times_of(region)
        mixed = times_of((zones, sites, stations, rail, crossings))
        pd.testing.assert_frame_equal(
            mixed.minutes.loc[straight.minutes.index, straight.minutes.columns], straight.minutes
        )

    @steady
    @given(region=regions())
    def test_more_ways_make_no_journey_longer(self, region: Region) -> None:
        zones, sites, stations, rail, crossings = region
        for fewer in (
            (zones, sites, stations, rail[:0], crossings),
            (zones, sites, stations, rail, crossings[:0]),
            (zones, sites, stations, rail[1:], crossings[1:]),
        ):
            assert (reckon(region) <= reckon(fewer) + TINY).all()

    @steady
    @given(region=regions())
    def test_a_crossing_may_be_described_from_either_end(self, region: Region) -> None:
        zones, sites, stations, rail, crossings = region
        turned = crossings.rename(
            columns={
                f"{end}_{name}": f"{other}_{name}"
                for name in ("latitude", "longitude", "landmass")
                for end, other in (("from", "to"), ("to", "from"))
            }
        )
        assert np.allclose(reckon((zones, sites, stations, rail, turned)), reckon(region))

    @steady
    @given(region=regions())
    def test_streets_alone_are_symmetric_and_keep_the_triangle(self, region: Region) -> None:
        far = TravelParameters(cycling_maximum_km=500.0, bus_maximum_km=500.0)
        zones, sites, *_ = region
        times = travel_minutes(zones, sites, None, None, None, far)
        between = times.site_minutes.to_numpy()
        from_home = times.minutes.to_numpy()
        assert np.allclose(between, between.T)
        through = (from_home[:, :, None] + between[None, :, :]).min(axis=1)
        assert (from_home <= through + TINY).all()

    @steady
    @given(region=regions())
    def test_learners_of_a_site_and_a_zone_at_one_point_travel_alike(self, region: Region) -> None:
        _, sites, stations, rail, crossings = region
        homes = sites.rename(columns={"site": "zone"})
        times = times_of((homes, sites, stations, rail, crossings))
        assert np.array_equal(times.minutes.to_numpy(), times.site_minutes.to_numpy())

    @steady
    @given(region=regions())
    def test_a_transfer_never_helps(self, region: Region) -> None:
        zones, sites, stations, rail, crossings = region
        lines = rail.assign(line=[f"line{i}" for i in range(len(rail))])
        parted = reckon((zones, sites, stations, lines, crossings))
        assert (reckon(region) <= parted + TINY).all()
