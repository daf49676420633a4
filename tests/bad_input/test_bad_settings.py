"""``region.yaml`` gone wrong, names that are no region, and many faults at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from builders import ENTRY, MONEY, TABLES, changed, network, problems_of, without, write_region
from coverage_opt import shipped
from coverage_opt.errors import InputError
from coverage_opt.region.load import load_region

SETTINGS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"name": None}, "region.yaml", "the key `name` is missing", ""),
    ({"name": "Zee Land"}, "region.yaml:1", "'Zee Land' is not a short name", "lower-case"),
    ({"name": 5}, "region.yaml:1", "`name`: it should be a valid string, but is 5", ""),
    ({"titel": "x"}, "region.yaml:11", "unknown key `titel`", "did you mean title?"),
    ({"periods": []}, "region.yaml:3", "`periods`: it should have at least 1 item, not 0", ""),
    ({"periods": 2026}, "region.yaml:3", "it should be a valid list, but is 2026", ""),
    ({"periods": [2026, "2030"]}, "region.yaml:5", "`periods entry 2`", ""),
    ({"periods": [2026, 2030.5]}, "region.yaml:5", "`periods entry 2`", ""),
    ({"periods": [2026, 20300]}, "region.yaml:5", "less than or equal to 2200", ""),
    ({"periods": [2030, 2026]}, "region.yaml:3", "not strictly increasing", "write [2026, 2030]"),
    ({"periods": [2026, 2030, 2030]}, "region.yaml:3", "not strictly increasing", "[2026, 2030]"),
    (
        {"retention": {1: 1.0, 2: 0.9, 4: 0.7}},
        "region.yaml:6",
        "year 3 is missing",
        "each year 1, 2, 3, 4",
    ),
    (
        {"retention": {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.7, 5: 0.6}},
        "region.yaml:6",
        "there is no year 5",
        "each year 1, 2, 3, 4",
    ),
    (
        {"retention": {1: 1.0, 2: 0.8, 3: 0.9, 4: 0.7}},
        "region.yaml:6",
        "rise from one year",
        "can only fall",
    ),
    ({"retention": {1: 1.0, 2: 0, 3: 0, 4: 0}}, "region.yaml:8", "greater than 0, but is 0", ""),
    ({"retention": {1: 1.5, 2: 1, 3: 1, 4: 1}}, "region.yaml:7", "less than or equal to 1", ""),
    ({"retention": {"one": 1}}, "region.yaml:7", "`retention.one`", ""),
    ({"catalogue": "../none"}, "region.yaml:11", "there is no folder ../none", "shared tables"),
    ({"catalogue": "/shared"}, "region.yaml:11", "absolute path", "relative"),
    ({"catalogue": "."}, "region.yaml:11", "the region's own folder", "remove"),
    ({"catalogue": 3}, "region.yaml:11", "`catalogue`", ""),
    ({"travel": {"cycling_kmh": 15.0}}, "region.yaml:11", "travel.csv gives the minutes", "remove"),
]


@pytest.mark.parametrize(("settings", "where", "what", "advice"), SETTINGS)
def test_settings(
    tmp_path: Path, settings: dict[str, Any], where: str, what: str, advice: str
) -> None:
    problems = problems_of(tmp_path, settings=settings)
    matching = [problem for problem in problems if what in problem.what]
    assert matching, problems
    assert matching[0].where == where
    assert advice in matching[0].advice
    assert all(problem.where.startswith("region.yaml") for problem in problems)


# In the file as written `money` is on line 11, and its keys below in the order of the mapping.
MONEY_AND_ENTRY: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"money": MONEY | {"cost_per_site": -400000}},
        "region.yaml:18",
        "`money.cost_per_site`: it should be greater than or equal to 0, but is -400000",
        "",
    ),
    (
        {"money": MONEY | {"fee_per_hour": 8000}},
        "region.yaml:21",
        "`money.fee_per_hour`: it should be less than or equal to 1000, but is 8000",
        "",
    ),
    ({"money": MONEY | {"cost_to_open": "60k"}}, "region.yaml:19", "valid number", ""),
    ({"money": MONEY | {"cost_to_close": float("nan")}}, "region.yaml:20", "finite number", ""),
    ({"money": MONEY | {"cost_per_ofer": 1}}, "region.yaml:22", "unknown key", "cost_per_offer?"),
    (
        {"money": {key: value for key, value in MONEY.items() if key != "fee_per_hour"}},
        "region.yaml:11",
        "the key `fee_per_hour` is missing in `money`",
        "",
    ),
    ({"money": 5}, "region.yaml:11", "`money`", ""),
    (
        {"money": MONEY | {"pathway_weight": {"BOL": 1.0}}},
        "region.yaml:13",
        "`money.pathway_weight`: BBL is missing",
        "give a weight for each pathway: BOL, BBL",
    ),
    (
        {"money": MONEY | {"pathway_weight": {"BOL": 1.0, "BBL": 0.4, "BLO": 1.0}}},
        "region.yaml:13",
        "there is no pathway BLO",
        "BOL, BBL",
    ),
    (
        {"money": MONEY | {"pathway_weight": {"BOL": 1.0, "BBL": -0.4}}},
        "region.yaml:15",
        "`money.pathway_weight.BBL`: it should be greater than or equal to 0, but is -0.4",
        "",
    ),
    (
        {"money": MONEY | {"pathway_weight": {"BOL": 100, "BBL": 0.4}}},
        "region.yaml:14",
        "less than or equal to 10, but is 100",
        "",
    ),
    (
        {"entry": {"BBL": {"moments": 0, "waits": 0.8}}},
        "region.yaml:13",
        "`entry.BBL.moments`: it should be greater than or equal to 1, but is 0",
        "",
    ),
    ({"entry": {"BBL": {"moments": 2.5, "waits": 0.8}}}, "region.yaml:13", "valid integer", ""),
    ({"entry": {"BBL": {"moments": 99, "waits": 0.8}}}, "region.yaml:13", "equal to 52", ""),
    ({"entry": {"adult": {"moments": 4, "waits": 1.5}}}, "region.yaml:14", "equal to 1", ""),
    ({"entry": {"adult": {"moments": 4, "waits": -1}}}, "region.yaml:14", "equal to 0", ""),
    ({"entry": {"adult": {"moments": 4}}}, "region.yaml:12", "key `waits` is missing in", ""),
    ({"entry": {"adults": ENTRY["adult"]}}, "region.yaml:12", "unknown key", "mean adult?"),
    ({"entry": {"BOL": ENTRY["BBL"]}}, "region.yaml:12", "unknown key `entry.BOL`", "mean BBL?"),
]


@pytest.mark.parametrize(("settings", "where", "what", "advice"), MONEY_AND_ENTRY)
def test_money_and_entry(
    tmp_path: Path, settings: dict[str, Any], where: str, what: str, advice: str
) -> None:
    [problem] = problems_of(tmp_path, settings=settings)
    assert what in problem.what
    assert problem.where == where
    assert advice in problem.advice


def test_everything_wrong_with_money_is_said_at_once(tmp_path: Path) -> None:
    wrong = {"cost_per_offer": -1, "cost_to_open": -1, "pathway_weight": {}}
    entry = {"BBL": {"moments": 0, "waits": 2}}
    found = problems_of(tmp_path, settings={"money": MONEY | wrong, "entry": entry})
    lines = [problem.where for problem in found]
    assert lines == [f"region.yaml:{line}" for line in (13, 15, 17, 22, 23)]


def test_travel_parameters_are_strict(tmp_path: Path) -> None:
    settings = {"travel": {"cycling_kmh": "fast", "cycling_kph": 15.0}}
    problems = problems_of(tmp_path, settings=settings, **network())
    assert [problem.where for problem in problems] == ["region.yaml:12", "region.yaml:13"]
    assert "`travel.cycling_kmh`: it should be a valid number, but is 'fast'" in problems[0].what
    assert problems[1].advice == "did you mean cycling_kmh?"


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (None, "region.yaml", "the file does not exist"),
        (b"", "region.yaml", "the file is empty"),
        ("name: [x\n", "region.yaml:2", "broken YAML"),
        (b"name: \xe9\n", "region.yaml:1", "not UTF-8"),
    ],
)
def test_without_settings_the_tables_are_still_checked(
    tmp_path: Path, content: str | bytes | None, where: str, what: str
) -> None:
    units = changed("units", 0, hours=-1)
    problems = problems_of(tmp_path, settings=content, units=units, choices=None)
    assert [problem.where for problem in problems] == [where, "units.csv:2"]
    assert what in problems[0].what


def test_traps_in_the_settings_are_said_beside_what_the_schema_says(tmp_path: Path) -> None:
    text = "name: NO\ntitle: x\ntitel: y\nperiods: [2026, 2030]\nretention: {1: 1, 2: 1, 3: 1}\n"
    problems = problems_of(tmp_path, settings=text)
    assert [problem.where for problem in problems] == [f"region.yaml:{line}" for line in (1, 3, 5)]


def test_a_name_that_is_no_region() -> None:
    known = shipped.instance_names()[-1]
    with pytest.raises(InputError) as raised:
        load_region(known + "x")
    [problem] = raised.value.problems
    assert f"did you mean {known}?" in problem.advice
    assert all(name in problem.advice for name in shipped.instance_names())
    with pytest.raises(InputError, match="there is no region 'qqqq'"):
        load_region("qqqq")
    with pytest.raises(InputError, match="there is no region ''"):
        load_region("")


def test_a_file_is_not_a_region(tmp_path: Path) -> None:
    write_region(tmp_path)
    with pytest.raises(InputError, match="is a file, not the folder"):
        load_region(tmp_path / "region.yaml")


def test_many_faults_in_many_files_are_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    write_region(
        tmp_path,
        settings={"retention": {1: 1.0, 2: 1.0}, "colour": "red"},
        zones=changed("zones", 0, latitude="51,5"),
        cohorts=[*TABLES["cohorts"], ("hill", 2026, -3), ("hull", 2026, 3)],
        sites=changed("sites", 1, institution="soth"),
        programmes=changed("programmes", 0, level=7),
        units="unit,kind\n",
        choices=changed("choices", 0, share=0.2),
        accept=[("weld-BOL", "weld-BOL", 1)],
        travel=without("travel", zone="hook"),
        leads_to=b"\xff\xfe",
        openings=None,
    )
    (tmp_path / "curiculum.csv").write_text("x\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*")}
    with pytest.raises(InputError) as raised:
        load_region(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*")} == before
    said = str(raised.value)
    for expected in (
        r"region\.yaml:6: .*year 3, 4 is missing",
        r"region\.yaml:9: unknown key `colour`",
        r"curiculum\.csv: no table .*\n    -> did you mean curriculum\.csv\?",
        r"openings\.csv: the table is missing",
        r"zones\.csv:2: latitude is not a number",
        r"cohorts\.csv:8: learners must not be negative",
        r"cohorts\.csv: the same zone and period",
        r"cohorts\.csv:9: zone is not in zones\.csv",
        r"sites\.csv:3: institution is not in institutions\.csv",
        r"programmes\.csv:2: level must be from 1 to 4",
        r"units\.csv:1: the column 'delivery' is missing",
        r"choices\.csv: the shares sum to 1\.1, not to 1",
        r"accept\.csv:2: a choice accepts its own programme",
        r"travel\.csv: not every zone has minutes to every site",
        r"leads_to\.csv: the file is UTF-16",
    ):
        assert re.search(expected, said), expected
    places = [problem.where.split(":")[0] for problem in raised.value.problems]
    assert places.count("accept.csv") == 1
    assert len(places) == len(set(map(str, raised.value.problems)))
