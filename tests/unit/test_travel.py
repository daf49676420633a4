"""Travel times: each rule by hand, the shape of the answer, and what is refused."""

from __future__ import annotations

import math
import time

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from coverage_opt.errors import InputError
from coverage_opt.region.travel import TravelParameters, travel_minutes

NORTH = "mainland"
SOUTH = "Zeeuws-Vlaanderen"
PARAMETERS = TravelParameters()
Row = tuple[str, float, float, str]
CrossingRow = tuple[str, float, float, str, float, float, str, float, str]


def places(key: str, *rows: Row) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[key, "latitude", "longitude", "landmass"])


def rail_table(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["from_station", "to_station", "kilometres"])


def crossings_table(*rows: CrossingRow) -> pd.DataFrame:
    columns = ["crossing", "from_latitude", "from_longitude", "from_landmass"]
    columns += ["to_latitude", "to_longitude", "to_landmass", "minutes", "mode"]
    return pd.DataFrame(list(rows), columns=columns)


def at(name: str, east_km: float, landmass: str = NORTH) -> Row:
    """A place on the equator, so that kilometres are plain to reckon with."""
    return (name, 0.0, math.degrees(east_km / 6371.0088), landmass)


def one(
    zone: Row,
    site: Row,
    *,
    stations: list[Row] | None = None,
    rail: pd.DataFrame | None = None,
    crossings: pd.DataFrame | None = None,
    parameters: TravelParameters = PARAMETERS,
) -> float:
    times = travel_minutes(
        places("zone", zone),
        places("site", site),
        places("station", *stations) if stations else None,
        rail,
        crossings,
        parameters,
    )
    return float(times.minutes.to_numpy()[0, 0])


ROUND = TravelParameters(
    cycling_kmh=15.0,
    cycling_detour_factor=1.0,
    cycling_maximum_km=10.0,
    egress_kmh=6.0,
    egress_maximum_km=3.0,
    bus_kmh=30.0,
    bus_detour_factor=1.5,
    bus_waiting_minutes=12.0,
    bus_maximum_km=45.0,
    rail_kmh=60.0,
    rail_dwell_minutes=2.0,
    rail_boarding_minutes=5.0,
    rail_transfer_minutes=9.0,
    crossing_waiting_minutes=4.0,
)
CYCLISTS = ROUND.model_copy(update={"bus_maximum_km": 0.0})


def strait(mode: str, south_km: float = 0.0) -> pd.DataFrame:
    """A crossing of 20 minutes from ``south_km`` on the south side to kilometre 0 on the north."""
    _, _, longitude, _ = at("", south_km)
    return crossings_table(("strait", 0.0, longitude, SOUTH, 0.0, 0.0, NORTH, 20.0, mode))


class TestByHand:
    """Each rule once, on a line, reckoned by hand."""

    def test_cycling(self) -> None:
        assert one(at("z", 0), at("s", 2), parameters=ROUND) == pytest.approx(8.0)

    def test_too_far_to_cycle(self) -> None:
        assert one(at("z", 0), at("s", 9.9), parameters=CYCLISTS) == pytest.approx(39.6)
        assert one(at("z", 0), at("s", 10.1), parameters=CYCLISTS) == math.inf

    def test_bus(self) -> None:
        # 12 waiting + 20 km x 1.5 / 30 km/h
        assert one(at("z", 0), at("s", 20), parameters=ROUND) == pytest.approx(72.0)

    def test_too_far_by_bus_along_the_road(self) -> None:
        assert one(at("z", 0), at("s", 29.9), parameters=ROUND) == pytest.approx(12 + 89.7)
        assert one(at("z", 0), at("s", 30.1), parameters=ROUND) == math.inf

    def test_train_pays_boarding_once_and_dwells_only_where_it_passes_through(self) -> None:
        # cycle 1 km: 4; board: 5; 20 + 30 km at 60: 50; one halt passed: 2; egress 1 km: 10
        line = [at("a", 0), at("b", 20), at("c", 50)]
        rail = rail_table(("a", "b", 20.0), ("c", "b", 30.0))
        found = one(at("z", -1), at("s", 51), stations=line, rail=rail, parameters=ROUND)
        assert found == pytest.approx(4 + 5 + 50 + 2 + 10)

    @pytest.mark.parametrize(("lines", "change"), [(("x", "x"), 2.0), (("x", "y"), 9.0)])
    def test_changing_lines_costs_the_transfer_instead_of_the_dwell(
        self, lines: tuple[str, str], change: float
    ) -> None:
        stops = [at("a", 0), at("b", 20), at("c", 50)]
        rail = rail_table(("a", "b", 20.0), ("b", "c", 30.0)).assign(line=list(lines))
        found = one(at("z", 0), at("s", 50), stations=stops, rail=rail, parameters=ROUND)
        assert found == pytest.approx(5 + 50 + change)

    def test_nobody_dodges_a_dear_transfer_by_leaving_the_station(self) -> None:
        stops = [at("a", 0), at("b", 20), at("c", 50)]
        rail = rail_table(("a", "b", 20.0), ("b", "c", 30.0)).assign(line=["x", "y"])
        dear = CYCLISTS.model_copy(update={"rail_transfer_minutes": 60.0})
        found = one(at("z", 0), at("s", 50), stations=stops, rail=rail, parameters=dear)
        assert found == pytest.approx(5 + 50 + 60)

    def test_the_bicycle_stays_at_the_station(self) -> None:
        stops = [at("a", 0), at("b", 50)]
        rail = rail_table(("a", "b", 50.0))
        near = one(at("z", -8), at("s", 52), stations=stops, rail=rail, parameters=CYCLISTS)
        far = one(at("z", -8), at("s", 54), stations=stops, rail=rail, parameters=CYCLISTS)
        assert near == pytest.approx(32 + 5 + 50 + 20)
        assert far == math.inf

    def test_the_ferry_takes_the_bicycle(self) -> None:
        # cycle 3 km: 12; wait 4; sail 20; cycle 9 km: 36
        found = one(at("z", -3, SOUTH), at("s", 9), crossings=strait("ferry"), parameters=CYCLISTS)
        assert found == pytest.approx(12 + 4 + 20 + 36)

    def test_the_ferry_takes_no_bicycle_from_those_who_came_by_train(self) -> None:
        near, far = (
            one(
                at("z", -50, SOUTH),
                at("s", kilometres),
                stations=[at("a", -50, SOUTH), at("b", 0, SOUTH)],
                rail=rail_table(("a", "b", 50.0)),
                crossings=strait("ferry"),
                parameters=CYCLISTS,
            )
            for kilometres in (2, 4)
        )
        assert near == pytest.approx(5 + 50 + 4 + 20 + 20)
        assert far == math.inf

    def test_the_tunnel_bus_takes_no_bicycle(self) -> None:
        tunnel = strait("bus")
        near = one(at("z", -3, SOUTH), at("s", 2), crossings=tunnel, parameters=CYCLISTS)
        far = one(at("z", -3, SOUTH), at("s", 4), crossings=tunnel, parameters=CYCLISTS)
        assert near == pytest.approx(12 + 4 + 20 + 20)
        assert far == math.inf

    def test_a_bus_through_the_tunnel_is_waited_for_once(self) -> None:
        # wait 12; 10 km x 1.5 at 30: 30; tunnel 20; 12 km x 1.5 at 30: 36
        by_bus = ROUND.model_copy(update={"cycling_maximum_km": 0.0})
        found = one(at("z", -10, SOUTH), at("s", 12), crossings=strait("bus"), parameters=by_bus)
        assert found == pytest.approx(12 + 30 + 20 + 36)

    def test_a_bus_to_the_ferry_waits_twice_and_lands_on_foot(self) -> None:
        # bus: 12 + 20 km x 1.5 at 30; ferry: 4 + 20; walk 1 km: 10
        found = one(at("z", -20, SOUTH), at("s", 1), crossings=strait("ferry"), parameters=ROUND)
        assert found == pytest.approx(12 + 60 + 4 + 20 + 10)

    def test_from_a_ferry_into_a_train(self) -> None:
        stops = [at("a", 1), at("b", 51)]
        found = one(
            at("z", -3, SOUTH),
            at("s", 51),
            stations=stops,
            rail=rail_table(("a", "b", 50.0)),
            crossings=strait("ferry"),
            parameters=CYCLISTS,
        )
        assert found == pytest.approx(12 + 4 + 20 + 4 + 5 + 50)

    def test_crossings_and_rail_serve_both_ways(self) -> None:
        there = one(at("z", -3, SOUTH), at("s", 9), crossings=strait("ferry"), parameters=ROUND)
        back = one(at("z", 9), at("s", -3, SOUTH), crossings=strait("ferry"), parameters=ROUND)
        assert there == pytest.approx(back)
        stops, rail = [at("a", 0), at("b", 50)], rail_table(("a", "b", 50.0))
        out = one(at("z", 0), at("s", 50), stations=stops, rail=rail, parameters=ROUND)
        home = one(at("z", 50), at("s", 0), stations=stops, rail=rail, parameters=ROUND)
        assert out == pytest.approx(home) == pytest.approx(5 + 50)

    def test_the_shorter_stays_when_a_connection_is_listed_twice(self) -> None:
        stops = [at("a", 0), at("b", 50)]
        rail = rail_table(("a", "b", 50.0), ("b", "a", 40.0), ("a", "b", 60.0))
        found = one(at("z", 0), at("s", 50), stations=stops, rail=rail, parameters=ROUND)
        assert found == pytest.approx(5 + 40)


class TestLandmasses:
    def test_water_without_a_crossing_cannot_be_passed(self) -> None:
        zones, sites = (
            places(key, at("south", 0, SOUTH), at("north", 1)) for key in ("zone", "site")
        )
        dry = travel_minutes(zones, sites, None, None, None, PARAMETERS)
        wet = travel_minutes(zones, sites, None, None, strait("ferry"), PARAMETERS)
        for cut, joined in (
            (dry.minutes, wet.minutes),
            (dry.site_minutes, wet.site_minutes),
        ):
            assert np.isinf(cut.to_numpy()).tolist() == [[False, True], [True, False]]
            assert np.isfinite(joined.to_numpy()).all()

    def test_the_same_point_on_another_landmass_is_out_of_reach(self) -> None:
        assert one(at("z", 0, SOUTH), at("s", 0)) == math.inf

    def test_rail_joins_landmasses(self) -> None:
        stops = [at("a", 0, SOUTH), at("b", 30)]
        rail = rail_table(("a", "b", 30.0))
        found = one(at("z", 0, SOUTH), at("s", 30), stations=stops, rail=rail, parameters=ROUND)
        assert found == pytest.approx(5 + 30)

    def test_a_crossing_is_boarded_only_from_its_own_landmass(self) -> None:
        crossing = crossings_table(("strait", 0.0, 0.0, "island", 0.0, 0.0, NORTH, 20.0, "ferry"))
        assert one(at("z", 0, SOUTH), at("s", 0), crossings=crossing) == math.inf


class TestShape:
    def test_rows_and_columns_follow_the_input(self) -> None:
        zones = places("zone", at("far", 9), at("near", 1), at("0101", 4))
        sites = places("site", at("b", 2), at("a", 1))
        times = travel_minutes(zones, sites, None, None, None, PARAMETERS)
        assert list(times.minutes.index) == ["far", "near", "0101"]
        assert list(times.minutes.columns) == ["b", "a"]
        assert (times.minutes.index.name, times.minutes.columns.name) == ("zone", "site")
        assert list(times.site_minutes.index) == list(times.site_minutes.columns) == ["b", "a"]
        assert set(times.minutes.dtypes) == {np.dtype(float)}
        assert times.minutes.to_numpy()[1, 1] == 0.0
        assert times.site_minutes.to_numpy().diagonal().tolist() == [0.0, 0.0]

    def test_empty_tables_are_the_same_as_none(self) -> None:
        zones, sites = (
            places("zone", at("x", 0), at("y", 3)),
            places("site", at("s", 1), at("t", 9)),
        )
        absent = travel_minutes(zones, sites, None, None, None, PARAMETERS)
        empty = travel_minutes(
            zones, sites, places("station"), rail_table()[:0], crossings_table(), PARAMETERS
        )
        pd.testing.assert_frame_equal(absent.minutes, empty.minutes)
        pd.testing.assert_frame_equal(absent.site_minutes, empty.site_minutes)

    def test_no_zones_or_no_sites(self) -> None:
        for zones, sites in ((0, 1), (1, 0)):
            times = travel_minutes(
                places("zone", at("z", 0))[:zones],
                places("site", at("s", 0))[:sites],
                None,
                None,
                None,
                PARAMETERS,
            )
            assert times.minutes.shape == (zones, sites)

    def test_places_may_share_a_point_and_a_name(self) -> None:
        here = ("goes", 51.5, 3.9, NORTH)
        times = travel_minutes(
            places("zone", here, ("twin", *here[1:])),
            places("site", here),
            places("station", here, ("twin", *here[1:])),
            rail_table(("goes", "twin", 0.0)),
            crossings_table(("goes", *here[1:], *here[1:], 1.0, "ferry")),
            PARAMETERS,
        )
        assert times.minutes.to_numpy().tolist() == [[0.0], [0.0]]

    def test_the_input_is_left_alone(self) -> None:
        zones, sites = places("zone", at("z", 0)), places("site", at("s", 50))
        stations, rail = places("station", at("a", 0), at("b", 50)), rail_table(("a", "b", 50.0))
        tables = (zones, sites, stations, rail, strait("ferry"))
        before = [table.copy(deep=True) for table in tables]
        travel_minutes(*tables, PARAMETERS)
        for table, copy in zip(tables, before, strict=True):
            pd.testing.assert_frame_equal(table, copy)

    def test_a_large_region_takes_under_two_seconds(self) -> None:
        chance = np.random.default_rng(1)

        def scattered(key: str, count: int) -> pd.DataFrame:
            points = chance.uniform([51.2, 3.4], [51.8, 4.3], (count, 2))
            return places(key, *((f"{key}{i}", *point, NORTH) for i, point in enumerate(points)))

        zones, sites, stations = (
            scattered(key, count) for key, count in (("zone", 200), ("site", 10), ("station", 60))
        )
        rail = rail_table(*((f"station{i}", f"station{i + 1}", 4.0) for i in range(59)))
        started = time.perf_counter()
        travel_minutes(zones, sites, stations, rail, strait("ferry"), PARAMETERS)
        assert time.perf_counter() - started < 2.0


class TestProblems:
    def test_every_problem_is_reported_at_once(self) -> None:
        with pytest.raises(InputError) as caught:
            travel_minutes(
                places("zone", at("z", 0), at("z", 1)),
                places("site", ("lost", math.nan, 3.9, NORTH)),
                places("station", at("gs", 0), at("mdb", 20)),
                rail_table(("gs", "nowhere", 3.0), ("gs", "mdb", -1.0)),
                crossings_table(
                    ("air", 0, 0, NORTH, 0, 0, SOUTH, 9.0, "balloon"),
                    ("slow", 0, 0, NORTH, 0, 0, SOUTH, math.inf, "ferry"),
                ),
                PARAMETERS,
            )
        assert [problem.where for problem in caught.value.problems] == [
            "zones.csv",
            "sites.csv",
            "rail.csv",
            "rail.csv",
            "crossings.csv",
            "crossings.csv",
        ]
        assert "gs - nowhere" in str(caught.value)
        assert "air: balloon" in str(caught.value)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"cycling_kmh": 0.0},
            {"bus_detour_factor": 0.9},
            {"rail_dwell_minutes": -1.0},
            {"bus_kmh": math.nan},
            {"bus_maximum_km": math.inf},
            {"bus_kmh": "34"},
            {"walking_kmh": 5.0},
        ],
    )
    def test_parameters_out_of_bounds(self, wrong: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            TravelParameters.model_validate(wrong)

    def test_parameters_are_documented_named_by_unit_and_frozen(self) -> None:
        units = ("_kmh", "_km", "_minutes", "_factor")
        for name, field in TravelParameters.model_fields.items():
            assert name.endswith(units)
            assert field.description
        with pytest.raises(ValidationError):
            PARAMETERS.bus_kmh = 20.0  # type: ignore[misc]
