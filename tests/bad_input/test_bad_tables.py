"""Tables that are wrong by themselves: each fault with its file, line, rows and advice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import COLUMNS, TABLES, changed, network, problems_of, without

ZONES = (
    "zone,name,municipality,latitude,longitude,landmass\n"
    "hill,Hill,Upland,51.5,3.6,main\n"
    "bank,Bank,Upland,51.45,3.7,main\n"
    "hook,Hook,Lowland,51.35,3.8,south\n"
)


def zones(old: str, new: str) -> str:
    assert old in ZONES
    return ZONES.replace(old, new, 1)


STRUCTURE = [
    ("no bytes", b"", "zones.csv", "the file is empty", "give at least the header"),
    ("only line ends", b"\r\n\r\n", "zones.csv", "the file is empty", "give at least the header"),
    (
        "a header alone",
        "zone,name,municipality,latitude,longitude,landmass\n",
        "zones.csv",
        "the table has no rows",
        "add rows",
    ),
    ("latin-1", ZONES.replace("Bank", "B\xe9nk").encode("latin-1"), "zones.csv:3", "0xe9", "UTF-8"),
    ("utf-16", ZONES.encode("utf-16"), "zones.csv", "UTF-16", "UTF-8"),
    ("a NUL byte", zones("Hook", "Ho\0ok"), "zones.csv:4", "NUL", "damaged"),
    (
        "semicolons",
        ZONES.replace(",", ";"),
        "zones.csv:1",
        "separated by semicolons",
        "comma-separated",
    ),
    ("tabs", ZONES.replace(",", "\t"), "zones.csv:1", "separated by tabs", "comma-separated"),
    (
        "a column twice",
        zones("landmass", "landmass,name").replace("main", "main,x").replace("south", "south,x"),
        "zones.csv:1",
        "'name' is given twice",
        "",
    ),
    (
        "an extra column",
        zones("landmass", "landmass,remark").replace("main", "main,x").replace("south", "south,x"),
        "zones.csv:1",
        "unknown column 'remark'",
        "the columns are: zone, name",
    ),
    (
        "a column without a name",
        zones("landmass\n", "landmass,\n").replace("main", "main,").replace("south", "south,"),
        "zones.csv:1",
        "a column without a name",
        "the columns are: zone, name",
    ),
    (
        "a missing column",
        "zone,name\nhill,Hill\n",
        "zones.csv:1",
        "'municipality' is missing",
        "the columns are",
    ),
    ("a mistyped column", zones("latitude", "lattitude"), "zones.csv:1", "lattitude", "latitude?"),
    ("a column in capitals", zones("zone,", "Zone,"), "zones.csv:1", "'Zone'", "mean zone?"),
    ("a column with a space", zones("zone,", "zone ,"), "zones.csv:1", "'zone '", "mean zone?"),
    (
        "too few fields",
        zones("bank,Bank,", "bank,"),
        "zones.csv:3",
        "too few fields",
        "a field for each",
    ),
    ("too many fields", zones("Bank,", "Bank, the,"), "zones.csv:3", "too many fields", "quotes"),
    ("a cut-off last line", ZONES[:-12], "zones.csv:4", "too few fields", "cut off"),
    ("a quote left open", zones("Bank", '"Bank'), "zones.csv:3", "a quote is not closed", "close"),
    (
        "a quote closed too early",
        zones("Bank", '"Ba"nk'),
        "zones.csv:3",
        "a quote is not closed",
        "close",
    ),
    (
        "a line break in a text",
        zones("Bank", '"Ba\nnk"'),
        "zones.csv:3",
        "a quote is not closed",
        "close",
    ),
    ("an empty row", zones("bank", ",,,,,\nbank"), "zones.csv:3", "an empty row", "remove it"),
    ("a blank line", zones("bank", "\nbank"), "zones.csv:3", "an empty row", "remove it"),
    ("a blank field", zones("Bank", ""), "zones.csv:3", "name is blank", "fill it in"),
    ("a field of spaces", zones("Bank", "  "), "zones.csv:3", "name is blank", "fill it in"),
    (
        "spaces around",
        zones("bank", "bank "),
        "zones.csv:3",
        "zone has spaces",
        "remove the spaces",
    ),
    ("a hidden character", zones("Bank", "Ba\u200bnk"), "zones.csv:3", "invisible", "type the"),
]


@pytest.mark.parametrize(
    ("content", "where", "what", "advice"),
    [case[1:] for case in STRUCTURE],
    ids=[case[0] for case in STRUCTURE],
)
def test_the_structure_of_a_table(
    tmp_path: Path, content: str | bytes, where: str, what: str, advice: str
) -> None:
    problems = problems_of(tmp_path, zones=content)
    matching = [problem for problem in problems if what in problem.what]
    assert matching, problems
    assert matching[0].where == where
    assert advice in matching[0].advice
    # A broken table is not blamed on the tables that refer to it.
    assert {problem.where.split(":")[0] for problem in problems} == {"zones.csv"}


def test_the_offending_line_is_shown(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, zones=zones("bank,Bank,", "bank,"))
    assert problem.rows == ("line 3: bank,Upland,51.45,3.7,main  (5 fields, not 6)",)


def test_lines_are_counted_with_any_line_ending(tmp_path: Path) -> None:
    for ending in ("\r\n", "\r"):
        text = zones("51.45", "x").replace("\n", ending)
        [problem] = problems_of(tmp_path, zones=text)
        assert problem.where == "zones.csv:3"


VALUES: list[tuple[str, int, dict[str, Any], str, str]] = [
    ("cohorts", 1, {"learners": "1,5"}, "learners is not a number", "decimal point"),
    ("cohorts", 1, {"learners": "nan"}, "learners is not a number", "a real number"),
    ("cohorts", 1, {"learners": "NaN"}, "learners is not a number", "a real number"),
    ("cohorts", 1, {"learners": "-inf"}, "learners is not a number", "a real number"),
    ("cohorts", 1, {"learners": "Infinity"}, "learners is not a number", "a real number"),
    ("cohorts", 1, {"learners": "NA"}, "learners is not a number", "a real number"),
    ("cohorts", 1, {"learners": "1e999"}, "learners is not a number", "too large"),
    ("cohorts", 1, {"learners": "1_000"}, "learners is not a number", ""),
    ("cohorts", 1, {"learners": "0x10"}, "learners is not a number", ""),
    ("cohorts", 1, {"learners": "\u0663"}, "learners is not a number", ""),
    ("cohorts", 1, {"learners": "many"}, "learners is not a number", ""),
    ("cohorts", 1, {"learners": ""}, "learners is blank", "fill it in"),
    ("cohorts", 1, {"learners": " 3"}, "learners has spaces around it", "remove"),
    ("cohorts", 1, {"period": "2026.0"}, "period is not a whole number", "without decimals"),
    ("cohorts", 1, {"period": "9" * 30}, "period is not a whole number", ""),
    ("cohorts", 1, {"learners": -1}, "learners must not be negative", ""),
    ("cohorts", 1, {"learners": 100_001}, "at most 100,000 learners a year", ""),
    ("travel", 1, {"minutes": -1}, "minutes must not be negative", ""),
    ("travel", 1, {"minutes": 1441}, "minutes must be at most 1,440", ""),
    ("site_travel", 1, {"minutes": 1441}, "minutes must be at most 1,440", ""),
    ("zones", 1, {"latitude": 91}, "latitude must be from -90 to 90", ""),
    ("zones", 1, {"longitude": -181}, "longitude must be from -180 to 180", ""),
    ("sites", 1, {"latitude": "north"}, "latitude is not a number", ""),
    ("programmes", 1, {"pathway": "BLO"}, "pathway must be one of BOL, BBL", ""),
    ("programmes", 1, {"level": 5}, "level must be from 1 to 4", ""),
    ("programmes", 1, {"level": "2.5"}, "level is not a whole number", ""),
    ("programmes", 1, {"years": 0}, "years must be above 0", ""),
    ("programmes", 1, {"years": 7}, "years must be at most 6", ""),
    ("programmes", 1, {"price_factor": 0}, "price_factor must be above 0", ""),
    ("programmes", 1, {"success": 0}, "success must be above 0", ""),
    ("programmes", 1, {"success": 1.1}, "success must be at most 1", ""),
    ("units", 1, {"kind": "own"}, "kind must be one of generic, orientation", ""),
    ("units", 1, {"year": 0}, "year must be from 1 to 4", ""),
    ("units", 1, {"hours": 0}, "hours must be above 0", ""),
    ("units", 1, {"hours": 5001}, "hours must be at most 5,000", ""),
    ("units", 1, {"delivery": "anywhere"}, "delivery must be one of with_programme, nearby", ""),
    ("choices", 1, {"share": -0.1}, "share must not be negative", ""),
    ("accept", 1, {"share": 0}, "share must be above 0", ""),
    ("accept", 1, {"share": 1.5}, "share must be at most 1", ""),
    ("occupations", 1, {"prospect": "great"}, "prospect must be one of very good, good", ""),
    ("occupations", 1, {"weight": -1}, "weight must not be negative", ""),
    ("occupations", 1, {"weight": 1001}, "weight must be at most 1,000", ""),
    ("openings", 1, {"openings": -1}, "openings must not be negative", ""),
    ("openings", 1, {"openings": 1_000_001}, "openings must be at most 1,000,000", ""),
    ("leads_to", 1, {"share": 0}, "share must be above 0", ""),
]


@pytest.mark.parametrize(("table", "row", "values", "what", "advice"), VALUES)
def test_a_value(
    tmp_path: Path, table: str, row: int, values: dict[str, Any], what: str, advice: str
) -> None:
    problems = problems_of(tmp_path, **{table: changed(table, row, **values)})
    [problem] = [problem for problem in problems if what in problem.what]
    assert problem.where == f"{table}.csv:{row + 2}"
    [(column, value)] = values.items()
    [shown] = problem.rows
    assert shown.startswith(f"line {row + 2}: ")
    assert f"{column} {value}" in shown
    assert advice in problem.advice


NETWORK_VALUES = [
    ("stations", 0, {"latitude": 95}, "latitude must be from -90 to 90"),
    ("rail", 0, {"kilometres": 0}, "kilometres must be above 0"),
    ("rail", 0, {"kilometres": 1001}, "kilometres must be at most 1,000"),
    ("crossings", 0, {"minutes": 2000}, "minutes must be at most 1,440"),
    ("crossings", 0, {"mode": "swim"}, "mode must be one of ferry, bus"),
]


@pytest.mark.parametrize(("table", "row", "values", "what"), NETWORK_VALUES)
def test_a_value_of_the_network(
    tmp_path: Path, table: str, row: int, values: dict[str, Any], what: str
) -> None:
    overrides = network() | {table: changed(table, row, **values)}
    [problem] = problems_of(tmp_path, **overrides)
    assert problem.where == f"{table}.csv:{row + 2}"
    assert what in problem.what


def test_the_same_fault_in_many_rows_is_one_problem_in_the_order_of_the_file(
    tmp_path: Path,
) -> None:
    cohorts = [(zone, period, -1) for zone, period, _ in TABLES["cohorts"]]
    problems = problems_of(tmp_path, cohorts=cohorts)
    [problem] = [problem for problem in problems if "negative" in problem.what]
    assert problem.where == "cohorts.csv"
    assert [row.split(":")[0] for row in problem.rows] == [f"line {line}" for line in range(2, 8)]
    assert "and 1 more" in str(problem)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("zones", "zone"),
        ("cohorts", "zone and period"),
        ("institutions", "institution"),
        ("sites", "site"),
        ("site_domains", "site and domain"),
        ("programmes", "programme"),
        ("units", "unit"),
        ("curriculum", "programme and unit"),
        ("choices", "choice"),
        ("accept", "choice and programme"),
        ("occupations", "occupation"),
        ("openings", "occupation and period"),
        ("leads_to", "programme and occupation"),
        ("travel", "zone and site"),
        ("site_travel", "from_site and to_site"),
    ],
)
def test_a_key_given_twice(tmp_path: Path, table: str, key: str) -> None:
    rows = TABLES[table]
    problems = problems_of(tmp_path, **{table: [*rows, rows[0]]})
    [problem] = [problem for problem in problems if "more than once" in problem.what]
    assert problem.what == f"the same {key} is given more than once"
    assert problem.where == f"{table}.csv"
    lines = [row.split(":")[0] for row in problem.rows]
    assert lines == ["line 2", f"line {len(rows) + 2}"]
    assert problem.advice == "keep one of the rows"


@pytest.mark.parametrize(
    "table", [name for name in TABLES if name not in ("cohorts", "choices", "travel")]
)
def test_a_missing_table(tmp_path: Path, table: str) -> None:
    problems = problems_of(tmp_path, **{table: None})
    if table == "site_travel":
        assert not problems
        return
    [problem] = problems
    assert problem.what == "the table is missing"
    assert problem.where == f"{table}.csv"
    assert COLUMNS[table] in problem.advice


@pytest.mark.parametrize("table", ["accept", "stations", "rail", "crossings"])
def test_a_header_alone_may_say_that_there_are_none(tmp_path: Path, table: str) -> None:
    overrides = network() | {"rail": []} | {table: []}
    problems = problems_of(tmp_path, **overrides)
    assert not [problem for problem in problems if problem.where.startswith(table)]
    [missing] = problems_of(tmp_path, **(network() | {table: None}))
    assert "the header alone says there are none" in missing.advice


def test_a_table_in_both_folders(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "units.csv").write_text("anything", encoding="utf-8")
    [problem] = problems_of(tmp_path / "region", settings={"catalogue": "../shared"})
    assert problem.where == "../shared/units.csv"
    assert problem.what == "the table is also in units.csv"


def test_an_unknown_csv_file(tmp_path: Path) -> None:
    (tmp_path / "zone.csv").write_text("zone\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a table", encoding="utf-8")
    (tmp_path / "Remarks.CSV").write_text("remark\n", encoding="utf-8")
    problems = problems_of(tmp_path)
    assert [(problem.where, problem.advice) for problem in problems] == [
        ("Remarks.CSV", "remove the file, or rename it"),
        ("zone.csv", "did you mean zones.csv?"),
    ]


def test_travel_and_network_exclude_each_other(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, **(network() | {"travel": TABLES["travel"]}))
    assert problem.what == "tables exclude each other"
    assert problem.rows == ("travel.csv", "stations.csv", "rail.csv", "crossings.csv")


def test_neither_travel_nor_network(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, travel=None, site_travel=None)
    assert "neither" in problem.what
    assert "travel.csv, or the network's" in problem.advice


def test_site_travel_goes_with_travel_only(tmp_path: Path) -> None:
    overrides = network() | {"site_travel": TABLES["site_travel"]}
    [problem] = problems_of(tmp_path, **overrides)
    assert problem.where == "site_travel.csv"


def test_cohorts_and_demand_exclude_each_other(tmp_path: Path) -> None:
    demand = [("hill", "weld-BOL", 2026, 5), ("hill", "weld-BOL", 2030, 5)]
    [problem] = problems_of(tmp_path, demand=demand)
    assert problem.rows == ("demand.csv", "cohorts.csv", "choices.csv")
    [neither] = problems_of(tmp_path, demand=None, cohorts=None, choices=None)
    assert "demand.csv, or cohorts.csv and choices.csv" in neither.advice
    [half] = problems_of(tmp_path, demand=None, cohorts=TABLES["cohorts"], choices=None)
    assert (half.where, half.what) == ("choices.csv", "the table is missing")


def test_rows_left_out_by_the_builder_are_really_left_out() -> None:
    assert len(without("travel", zone="hill", site="hill-centre")) == len(TABLES["travel"]) - 1
