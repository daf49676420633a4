"""Travel times: against journeys everyone in the region knows, and over the shipped instances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coverage_opt.region.travel import TravelParameters, TravelTimes, travel_minutes

PARAMETERS = TravelParameters()

# Railway stations of January 2017 (rijdendetreinen.nl, CC0).
STATIONS = {
    "vs": (51.44584, 3.59528),
    "vss": (51.46472, 3.59528),
    "mdb": (51.49472, 3.61722),
    "arn": (51.50167, 3.66917),
    "gs": (51.49805, 3.89056),
    "bzl": (51.48083, 3.95611),
    "krg": (51.46500, 4.03722),
    "kbd": (51.43333, 4.11694),
    "rb": (51.42278, 4.16111),
    "bgn": (51.49389, 4.29611),
    "rsd": (51.54028, 4.45833),
    "dtc": (51.95860, 6.29621),
    "gdr": (51.93074, 6.34860),
    "tbg": (51.92245, 6.36425),
    "vsv": (51.93726, 6.45884),
    "atn": (51.92133, 6.57863),
    "ww": (51.96773, 6.71552),
    "hrl": (50.89083, 5.97500),
    "hrlw": (50.89667, 5.95222),
    "vdl": (50.88722, 5.93028),
    "kmr": (50.86639, 5.89056),
    "sog": (50.85639, 5.87222),
    "vk": (50.86972, 5.83222),
    "sgl": (50.87333, 5.79722),
    "mes": (50.88288, 5.75100),
    "mtn": (50.87087, 5.71774),
    "mt": (50.85028, 5.70556),
}
# Tariff kilometres of January 2017 between neighbouring stations (same source).
RAIL = [
    ("vs", "vss", 1),
    ("vss", "mdb", 5),
    ("mdb", "arn", 4),
    ("arn", "gs", 15),
    ("gs", "bzl", 5),
    ("bzl", "krg", 6),
    ("krg", "kbd", 7),
    ("kbd", "rb", 3),
    ("rb", "bgn", 16),
    ("bgn", "rsd", 13),
    ("dtc", "gdr", 5),
    ("gdr", "tbg", 1),
    ("tbg", "vsv", 7),
    ("vsv", "atn", 9),
    ("atn", "ww", 12),
    ("hrl", "hrlw", 2),
    ("hrlw", "vdl", 2),
    ("vdl", "kmr", 4),
    ("kmr", "sog", 2),
    ("sog", "vk", 3),
    ("vk", "sgl", 3),
    ("sgl", "mes", 4),
    ("mes", "mtn", 3),
    ("mtn", "mt", 3),
]
SOUTH = "Zeeuws-Vlaanderen"
NORTH = "mainland"
# Postcode areas (CBS 2021), and the towns of Scalda's sites.
TERNEUZEN = ("terneuzen", 51.33334, 3.82241, SOUTH)
HULST = ("hulst", 51.28640, 4.03253, SOUTH)
BRESKENS = ("breskens", 51.39031, 3.54826, SOUTH)
GOES = ("goes", 51.50372, 3.88973, NORTH)
SITE_TERNEUZEN = ("site_terneuzen", 51.31480, 3.85752, SOUTH)
SITE_VLISSINGEN = ("site_vlissingen", 51.44250, 3.57361, NORTH)
SITE_GOES = ("site_goes", 51.50417, 3.88889, NORTH)
FERRY = ("ferry", 51.4030, 3.5690, SOUTH, 51.4430, 3.5970, NORTH, 20.0, "ferry")
TUNNEL = ("tunnel", 51.3380, 3.7850, SOUTH, 51.3890, 3.8000, NORTH, 8.0, "bus")

Row = tuple[str, float, float, str]
CrossingRow = tuple[str, float, float, str, float, float, str, float, str]


def places(key: str, *rows: Row) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[key, "latitude", "longitude", "landmass"])


def stations_table() -> pd.DataFrame:
    return places("station", *((code, *point, NORTH) for code, point in STATIONS.items()))


def rail_table() -> pd.DataFrame:
    return pd.DataFrame(RAIL, columns=["from_station", "to_station", "kilometres"])


def crossings_table(*rows: CrossingRow) -> pd.DataFrame:
    columns = ["crossing", "from_latitude", "from_longitude", "from_landmass"]
    columns += ["to_latitude", "to_longitude", "to_landmass", "minutes", "mode"]
    return pd.DataFrame(list(rows), columns=columns)


def zeeland(zones: list[Row], sites: list[Row], *crossings: CrossingRow) -> TravelTimes:
    return travel_minutes(
        places("zone", *zones),
        places("site", *sites),
        stations_table(),
        rail_table(),
        crossings_table(*crossings),
        PARAMETERS,
    )


def minutes(times: TravelTimes, zone: str, site: str) -> float:
    return float(times.minutes[site].loc[zone])


def by_train(start: str, end: str, parameters: TravelParameters = PARAMETERS) -> float:
    """Minutes from the street of one station to that of another, by train only."""
    walkers = parameters.model_copy(update={"cycling_maximum_km": 0.0, "bus_maximum_km": 0.0})
    times = travel_minutes(
        places("zone", ("here", *STATIONS[start], NORTH)),
        places("site", ("there", *STATIONS[end], NORTH)),
        stations_table(),
        rail_table(),
        None,
        walkers,
    )
    return minutes(times, "here", "there")


def aboard(start: str, end: str, parameters: TravelParameters = PARAMETERS) -> float:
    return by_train(start, end, parameters) - parameters.rail_boarding_minutes


class TestKnownJourneys:
    def test_vlissingen_roosendaal(self) -> None:
        # The stopping train of 2017 took 63 minutes, the intercity 48.
        assert 50 <= aboard("vs", "rsd") <= 65

    def test_goes_middelburg(self) -> None:
        assert 10 <= aboard("gs", "mdb") <= 15

    def test_heerlen_maastricht(self) -> None:
        assert 25 <= aboard("hrl", "mt") <= 35
        assert 25 <= by_train("hrl", "mt") <= 35

    def test_doetinchem_winterswijk(self) -> None:
        # Waiting included; a slow diesel line needs its own speed to come right without it.
        assert 35 <= by_train("dtc", "ww") <= 45
        assert 35 <= aboard("dtc", "ww", TravelParameters(rail_kmh=62.0)) <= 40

    def test_breskens_to_vlissingen_by_ferry(self) -> None:
        times = zeeland([BRESKENS], [SITE_VLISSINGEN], FERRY)
        assert 25 <= minutes(times, "breskens", "site_vlissingen") <= 45

    def test_terneuzen_to_its_own_site(self) -> None:
        times = zeeland([TERNEUZEN], [SITE_TERNEUZEN])
        assert minutes(times, "terneuzen", "site_terneuzen") < 15

    def test_terneuzen_to_goes_through_the_tunnel(self) -> None:
        times = zeeland([TERNEUZEN], [SITE_GOES], TUNNEL)
        assert 40 <= minutes(times, "terneuzen", "site_goes") <= 70

    def test_hulst_to_terneuzen_by_bus(self) -> None:
        times = zeeland([HULST], [SITE_TERNEUZEN])
        assert 35 <= minutes(times, "hulst", "site_terneuzen") <= 60

    def test_goes_to_vlissingen_goes_by_train(self) -> None:
        with_train = minutes(zeeland([GOES], [SITE_VLISSINGEN]), "goes", "site_vlissingen")
        no_train = travel_minutes(
            places("zone", GOES), places("site", SITE_VLISSINGEN), None, None, None, PARAMETERS
        )
        assert 30 <= with_train <= 50
        assert with_train < minutes(no_train, "goes", "site_vlissingen")


INSTANCES = Path(__file__).parents[2] / "instances"
SHIPPED = sorted(folder.parent.name for folder in INSTANCES.glob("*/region.yaml"))
NETWORKS = [name for name in SHIPPED if (INSTANCES / name / "rail.csv").exists()]
# Zones more than 90 minutes from every site: the ferry port of Lauwersoog, in the far corner.
REMOTE = {"noordoost-groningen": {"9976"}}
# Mean minutes of a learner to the nearest site.
NEAREST = {
    "achterhoek": (25, 40),
    "noordoost-groningen": (20, 35),
    "zeeland": (20, 35),
    "zuid-limburg": (15, 30),
}


def table(name: str, key: str) -> pd.DataFrame | None:
    path = INSTANCES / name / f"{key}.csv"
    # Postcodes and station codes are names: "0101" and "na" must come through.
    names = {"zone": str, "station": str, "from_station": str, "to_station": str}
    return pd.read_csv(path, dtype=names, keep_default_na=False) if path.exists() else None


def shipped(name: str) -> TravelTimes:
    region = yaml.safe_load((INSTANCES / name / "region.yaml").read_text(encoding="utf-8"))
    zones, sites = table(name, "zones"), table(name, "sites")
    assert zones is not None
    assert sites is not None
    return travel_minutes(
        zones,
        sites,
        table(name, "stations"),
        table(name, "rail"),
        table(name, "crossings"),
        TravelParameters.model_validate(region["travel"]),
    )


def mean_nearest(name: str, times: TravelTimes) -> float:
    cohorts = table(name, "cohorts")
    assert cohorts is not None
    first = cohorts[cohorts["period"] == cohorts["period"].min()]
    learners = first.set_index("zone")["learners"].reindex(times.minutes.index, fill_value=0.0)
    return float(np.average(times.minutes.min(axis=1), weights=learners))


class TestShippedInstances:
    def test_the_real_regions_are_there(self) -> None:
        assert set(NEAREST) <= set(NETWORKS)

    @pytest.mark.parametrize("name", NETWORKS)
    def test_every_zone_has_a_site_within_90_minutes(self, name: str) -> None:
        nearest = shipped(name).minutes.min(axis=1)
        assert set(nearest.index[nearest > 90]) <= REMOTE.get(name, set())
        assert nearest.max() < 100

    @pytest.mark.parametrize("name", NETWORKS)
    def test_sites_can_be_reached_from_each_other(self, name: str) -> None:
        assert shipped(name).site_minutes.to_numpy().max() < 120

    @pytest.mark.parametrize("name", sorted(NEAREST))
    def test_mean_to_the_nearest_site(self, name: str) -> None:
        low, high = NEAREST[name]
        assert low <= mean_nearest(name, shipped(name)) <= high

    def test_zeeland_is_parted_by_the_westerschelde(self) -> None:
        times = shipped("zeeland").minutes
        assert 40 <= times["scalda-goes"].loc["4531"] <= 70
        assert 25 <= times["scalda-vlissingen"].loc["4511"] <= 45
        assert 35 <= times["scalda-terneuzen"].loc["4561"] <= 60
        assert times["scalda-terneuzen"].loc["4531"] < 15
