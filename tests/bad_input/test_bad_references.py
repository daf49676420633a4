"""Tables that contradict each other, or that say something no region can mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import NETWORK, TABLES, changed, network, problems_of, tiny_region, without
from coverage_opt.errors import Problem


def only(problems: tuple[Problem, ...], what: str) -> Problem:
    matching = [problem for problem in problems if what in problem.what]
    assert len(matching) == 1, problems
    return matching[0]


REFERENCES = [
    ("cohorts", 1, {"zone": "bnak"}, "zone is not in zones.csv", "did you mean bank?"),
    ("sites", 1, {"institution": "sout"}, "not in institutions.csv", "did you mean south?"),
    ("site_domains", 2, {"site": "hook-center"}, "not in sites.csv", "did you mean hook-centre?"),
    ("site_domains", 0, {"domain": "tecnology"}, "not in programmes.csv", "did you mean technol"),
    ("curriculum", 3, {"programme": "weld-bol"}, "not in programmes.csv", "did you mean weld-BOL?"),
    ("curriculum", 3, {"unit": "weldin"}, "not in units.csv", "did you mean welding?"),
    ("accept", 0, {"programme": "weld-BL"}, "not in programmes.csv", "did you mean weld-B"),
    ("accept", 0, {"choice": "wled-BOL"}, "neither a programme nor an", "did you mean weld-BOL?"),
    ("choices", 0, {"choice": "wled-BOL"}, "neither a programme nor an", "did you mean weld-BOL?"),
    ("openings", 0, {"occupation": "weldr"}, "not in occupations.csv", "did you mean welder?"),
    ("leads_to", 0, {"programme": "x-BOL"}, "not in programmes.csv", ""),
    ("leads_to", 0, {"occupation": "zzz"}, "not in occupations.csv", "known here: welder, fitter"),
    ("travel", 0, {"zone": "hil"}, "zone is not in zones.csv", "did you mean hill?"),
    ("travel", 0, {"site": "hill-center"}, "site is not in sites.csv", "did you mean hill-centre?"),
    ("site_travel", 0, {"from_site": "hil-centre"}, "not in sites.csv", "did you mean hill-centre"),
    ("site_travel", 0, {"to_site": "hok-centre"}, "not in sites.csv", "did you mean hook-centre?"),
]


@pytest.mark.parametrize(("table", "row", "values", "what", "advice"), REFERENCES)
def test_an_unknown_name(
    tmp_path: Path, table: str, row: int, values: dict[str, str], what: str, advice: str
) -> None:
    problem = only(problems_of(tmp_path, **{table: changed(table, row, **values)}), what)
    assert problem.where == f"{table}.csv:{row + 2}"
    assert advice in problem.advice
    [(column, value)] = values.items()
    assert f"{column} {value}" in problem.rows[0]


@pytest.mark.parametrize("column", ["from_station", "to_station"])
def test_an_unknown_station(tmp_path: Path, column: str) -> None:
    overrides = network() | {"rail": changed("rail", 0, **{column: "bnak"})}
    problem = only(problems_of(tmp_path, **overrides), f"{column} is not in stations.csv")
    assert problem.where == "rail.csv:2"
    assert problem.advice == "did you mean bank?"


def test_several_unknown_names_each_have_their_own_advice(tmp_path: Path) -> None:
    openings = [*TABLES["openings"], ("weldr", 2026, 1), ("nurs", 2026, 1)]
    problem = only(problems_of(tmp_path, openings=openings), "not in occupations.csv")
    assert problem.where == "openings.csv"
    assert len(problem.rows) == 2
    assert problem.advice == "weldr: did you mean welder?; nurs: did you mean nurse?"


LONELY: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"curriculum": without("curriculum", programme="care-BOL")},
        "programmes.csv:5",
        "a programme without units",
        "list its units in curriculum.csv",
    ),
    (
        {"units": [*TABLES["units"], ("spare", "elective", "Spare", 1, 10, "online")]},
        "units.csv:8",
        "a unit no programme uses",
        "use it in curriculum.csv",
    ),
    (
        {"leads_to": without("leads_to", occupation="nurse")},
        "occupations.csv:4",
        "an occupation no programme leads to",
        "leads_to.csv",
    ),
    (
        {"institutions": [*TABLES["institutions"], ("east", "East College")]},
        "institutions.csv:4",
        "an institution without a site",
        "sites.csv",
    ),
    (
        {"site_domains": without("site_domains", site="hook-centre")},
        "sites.csv:3",
        "a site that may teach no domain",
        "site_domains.csv",
    ),
    (
        {"site_domains": without("site_domains", domain="care")},
        "programmes.csv:5",
        "no site teaches its domain",
        "known here: technology",
    ),
    (
        {"programmes": changed("programmes", 1, pathway="BOL")},
        "programmes.csv:3",
        "ends with the other pathway",
        "agree",
    ),
    (
        {"choices": changed("choices", 4, choice="welding")},
        "choices.csv:6",
        "a unit that is not an orientation unit",
        "of kind orientation",
    ),
    (
        {"accept": [("welding", "weld-BOL", 0.5)]},
        "accept.csv:2",
        "a unit that is not an orientation unit",
        "of kind orientation",
    ),
    (
        {"accept": [("weld-BOL", "weld-BOL", 1)]},
        "accept.csv:2",
        "accepts its own programme",
        "remove the row",
    ),
    (
        {"accept": [("try-tech", "pipe-BOL", 1)]},
        "accept.csv:2",
        "an orientation choice accepts a programme that uses the unit",
        "remove the row",
    ),
    (
        {"choices": changed("choices", 0, share=0.07)},
        "choices.csv",
        "the shares sum to 0.97, not to 1",
        "divide every share by 0.97",
    ),
    (
        {"site_travel": [*TABLES["site_travel"], ("hook-centre", "hook-centre", 3)]},
        "site_travel.csv:4",
        "a site is not 0 minutes from itself",
        "write 0",
    ),
    (
        {
            "sites": changed("sites", 0, site="online"),
            "site_domains": [
                ("online", "technology"),
                ("online", "care"),
                *TABLES["site_domains"][2:],
            ],
        },
        "sites.csv:2",
        "a site may not be called 'online'",
        "another identifier",
    ),
    (
        {"units": [*TABLES["units"], ("own:x", "elective", "X", 1, 10, "online")]},
        "units.csv:8",
        "a unit may not start with 'own:'",
        "another identifier",
    ),
    (
        {"units": [*TABLES["units"], ("weld-BOL", "elective", "X", 1, 10, "online")]},
        "units.csv:8",
        "a unit has the identifier of a programme",
        "another identifier",
    ),
]


@pytest.mark.parametrize(("overrides", "where", "what", "advice"), LONELY)
def test_what_no_region_can_mean(
    tmp_path: Path, overrides: dict[str, Any], where: str, what: str, advice: str
) -> None:
    problem = only(problems_of(tmp_path, **overrides), what)
    assert problem.where == where
    assert advice in problem.advice


def test_shares_of_graduates_above_one(tmp_path: Path) -> None:
    problem = only(
        problems_of(tmp_path, leads_to=changed("leads_to", 2, share=0.25)), "sum to more than 1"
    )
    assert problem.where == "leads_to.csv"
    assert problem.rows == ("programme weld-BOL: 1.05",)


def test_shares_within_rounding_are_fine(tmp_path: Path) -> None:
    assert not problems_of(tmp_path, choices=changed("choices", 0, share=0.1 + 9e-7))
    assert problems_of(tmp_path, choices=changed("choices", 0, share=0.1 + 2e-6))


def test_missing_pairs_in_travel(tmp_path: Path) -> None:
    travel = without("travel", zone="hook")
    problem = only(problems_of(tmp_path, travel=travel), "not every zone has minutes")
    assert problem.where == "travel.csv"
    assert problem.rows == ("zone hook, site hill-centre", "zone hook, site hook-centre")


def test_missing_pairs_between_sites(tmp_path: Path) -> None:
    problem = only(
        problems_of(tmp_path, site_travel=TABLES["site_travel"][:1]), "to every other site"
    )
    assert problem.rows == ("from_site hook-centre, to_site hill-centre",)


def test_a_period_the_region_does_not_have(tmp_path: Path) -> None:
    cohorts = [*TABLES["cohorts"], ("hill", 2031, 5)]
    problem = only(problems_of(tmp_path, cohorts=cohorts), "not planned for")
    assert problem.where == "cohorts.csv:8"
    assert problem.advice == "region.yaml has the periods 2026, 2030"


@pytest.mark.parametrize(
    ("table", "values", "row"),
    [
        ("cohorts", {"zone": "hook", "period": 2030}, "zone hook: nothing for 2030"),
        ("openings", {"occupation": "nurse"}, "occupation nurse: nothing for 2026, 2030"),
    ],
)
def test_a_missing_period(tmp_path: Path, table: str, values: dict[str, Any], row: str) -> None:
    problem = only(problems_of(tmp_path, **{table: without(table, **values)}), "for every period")
    assert problem.where == f"{table}.csv"
    assert problem.rows == (row,)


def test_a_period_without_learners(tmp_path: Path) -> None:
    cohorts = [(zone, year, 0 if year == 2030 else n) for zone, year, n in TABLES["cohorts"]]
    problem = only(problems_of(tmp_path, cohorts=cohorts), "without any learners")
    assert problem.where == "cohorts.csv"
    assert problem.rows == ("period 2030",)


def stated(*rows: tuple[str, str, int, float]) -> dict[str, Any]:
    return {"cohorts": None, "choices": None, "demand": list(rows)}


def test_stated_demand_is_checked_too(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        **stated(
            ("hil", "weld-BOL", 2026, 5), ("hill", "welding", 2026, 5), ("hill", "x", 2027, 1)
        ),
    )
    assert only(found, "zone is not in zones.csv").where == "demand.csv:2"
    assert only(found, "not an orientation unit").where == "demand.csv:3"
    assert only(found, "neither a programme").where == "demand.csv:4"
    assert only(found, "not planned for").where == "demand.csv:4"
    assert only(found, "without any learners").rows == ("period 2030",)


def test_a_zone_out_of_reach(tmp_path: Path) -> None:
    crossings: list[Any] = []
    sites = changed("sites", 1, landmass="main")
    problem = only(
        problems_of(tmp_path, **(network() | {"crossings": crossings, "sites": sites})),
        "no site can be reached",
    )
    assert problem.where == "zones.csv:4"
    assert problem.rows == ("line 4: zone hook, name Hook, landmass south",)


def test_a_zone_out_of_reach_is_said_beside_other_faults(tmp_path: Path) -> None:
    sites = changed("sites", 1, landmass="main")
    units = changed("units", 0, hours=-1)
    overrides = network() | {"crossings": [], "sites": sites, "units": units}
    found = problems_of(tmp_path, **overrides)
    assert {problem.where for problem in found} == {"units.csv:2", "zones.csv:4"}


def test_the_same_rail_twice(tmp_path: Path) -> None:
    rail = [*NETWORK["rail"], ("hill", "bank", 10), ("hill", "hill", 1)]
    found = problems_of(tmp_path, **(network() | {"rail": rail}))
    assert [row.split(":")[0] for row in only(found, "given more than once").rows] == [
        "line 2",
        "line 3",
    ]
    assert only(found, "the station it leaves").where == "rail.csv:4"


def test_rail_of_two_lines_is_not_twice(tmp_path: Path) -> None:
    rail = "from_station,to_station,kilometres,line\nhill,bank,9,slow\nhill,bank,9,fast\n"
    region = tiny_region(tmp_path, **(network() | {"rail": rail}))
    assert region.minutes.shape == (3, 2)


def test_faults_in_the_catalogue_are_named_there(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "accept.csv").write_text(
        "choice,programme,share\nweld-BOL,pipe-BLO,0.5\n", encoding="utf-8"
    )
    [problem] = problems_of(tmp_path / "region", settings={"catalogue": "../shared"}, accept=None)
    assert problem.where == "../shared/accept.csv:2"
    assert problem.what == "programme is not in programmes.csv"
