"""What a region may have besides gone wrong: adults, today's offering, people, places, hybrids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import (
    COLUMNS,
    HYBRIDS,
    OPTIONAL,
    TABLES,
    changed,
    full_tables,
    problems_of,
    tiny_region,
)
from coverage_opt.errors import Problem


def found_in(tmp_path: Path, **overrides: Any) -> tuple[Problem, ...]:
    return problems_of(tmp_path, **(full_tables() | overrides))


def only(problems: tuple[Problem, ...], what: str) -> Problem:
    matching = [problem for problem in problems if what in problem.what]
    assert len(matching) == 1, problems
    return matching[0]


def test_the_full_region_is_fine(tmp_path: Path) -> None:
    assert not found_in(tmp_path)
    assert not problems_of(tmp_path, **full_tables(hybrids=True))


VALUES: list[tuple[str, dict[str, Any], str, str]] = [
    ("adult_cohorts", {"learners": -1}, "learners must not be negative", ""),
    ("adult_cohorts", {"learners": "many"}, "learners is not a number", ""),
    ("adult_choices", {"share": -0.1}, "share must not be negative", ""),
    ("adult_choices", {"share": 1.1}, "share must be at most 1", ""),
    ("current", {"learners": -5}, "learners must not be negative", ""),
    ("current", {"learners": 100_001}, "learners must be at most 100,000", ""),
    ("teachers", {"hours": -1}, "hours must not be negative", ""),
    ("teachers", {"hours": 2e7}, "hours must be at most 10,000,000 group hours a year", ""),
    ("site_capacity", {"places": -1}, "places must not be negative", ""),
    ("site_capacity", {"places": 2e6}, "places must be at most 1,000,000 learners at once", ""),
    ("workplaces", {"pathway": "BLO"}, "pathway must be one of BOL, BBL", ""),
    ("workplaces", {"places": "1,5"}, "places is not a number", "decimal point"),
    ("workplaces", {"places": -1}, "places must not be negative", ""),
    ("afterwards", {"share": 0}, "share must be above 0", ""),
    ("afterwards", {"share": 1.1}, "share must be at most 1", ""),
    ("facilities", {"facility": ""}, "facility is blank", "fill it in"),
    ("requirements", {"facility": "ward "}, "facility has spaces around it", "remove"),
    ("scenarios", {"probability": 0}, "probability must be above 0", ""),
    ("scenarios", {"probability": 1.2}, "probability must be at most 1", ""),
    ("factors", {"factor": -0.5}, "factor must not be negative", ""),
    ("factors", {"factor": 101}, "factor must be at most 100", ""),
    ("factors", {"factor": "nan"}, "factor is not a number", "a real number"),
    ("factors", {"quantity": "learner"}, "quantity must be one of learners, adults, choice", ""),
    ("factors", {"period": "2026.0"}, "period is not a whole number", "without decimals"),
]


@pytest.mark.parametrize(("table", "values", "what", "advice"), VALUES)
def test_a_value(
    tmp_path: Path, table: str, values: dict[str, Any], what: str, advice: str
) -> None:
    problem = only(found_in(tmp_path, **{table: changed(table, 0, **values)}), what)
    assert problem.where == f"{table}.csv:2"
    [(column, value)] = values.items()
    assert f"{column} {value}" in problem.rows[0]
    assert advice in problem.advice


@pytest.mark.parametrize("table", OPTIONAL)
def test_a_key_given_twice(tmp_path: Path, table: str) -> None:
    rows = OPTIONAL[table]
    found = found_in(tmp_path, **{table: [*rows, rows[0]]})
    problem = only(found, "is given more than once")
    assert problem.where == f"{table}.csv"
    assert [row.split(":")[0] for row in problem.rows] == ["line 2", f"line {len(rows) + 2}"]


@pytest.mark.parametrize("table", OPTIONAL)
def test_a_table_without_rows_is_left_out_instead(tmp_path: Path, table: str) -> None:
    problem = only(found_in(tmp_path, **{table: []}), "the table has no rows")
    assert problem.where == f"{table}.csv"


REFERENCES = [
    ("adult_cohorts", {"zone": "bnak"}, "zone is not in zones.csv", "did you mean bank?"),
    ("current", {"programme": "weld-BO"}, "not in programmes.csv", "did you mean weld-BOL?"),
    ("current", {"site": "hill-center"}, "not in sites.csv", "did you mean hill-centre?"),
    ("teachers", {"institution": "nort"}, "not in institutions.csv", "did you mean north?"),
    ("teachers", {"domain": "tecnology"}, "neither in programmes.csv nor", "mean technology?"),
    ("teachers", {"domain": "generl"}, "neither in programmes.csv nor", "mean general?"),
    ("site_capacity", {"site": "hil-centre"}, "not in sites.csv", "did you mean hill-centre?"),
    ("facilities", {"site": "hil-centre"}, "not in sites.csv", "did you mean hill-centre?"),
    ("requirements", {"programme": "weld-BO"}, "not in programmes.csv", "mean weld-BOL?"),
    ("requirements", {"facility": "weldng bay"}, "not in facilities.csv", "mean welding bay?"),
    ("workplaces", {"domain": "tech"}, "not in programmes.csv", "known here: technology, care"),
    ("afterwards", {"unit": "try-tec"}, "not in units.csv", "did you mean try-tech?"),
    ("afterwards", {"programme": "weld-BO"}, "not in programmes.csv", "did you mean weld-BOL?"),
    ("adult_choices", {"choice": "weldin"}, "neither a programme nor a unit", "mean welding?"),
]


@pytest.mark.parametrize(("table", "values", "what", "advice"), REFERENCES)
def test_an_unknown_name(
    tmp_path: Path, table: str, values: dict[str, str], what: str, advice: str
) -> None:
    problem = only(found_in(tmp_path, **{table: changed(table, 0, **values)}), what)
    assert problem.where == f"{table}.csv:2"
    assert advice in problem.advice
    [(column, value)] = values.items()
    assert f"{column} {value}" in problem.rows[0]


@pytest.mark.parametrize(
    ("row", "what", "advice"),
    [
        (("aid-bol", "care"), "programme is not in programmes.csv", "did you mean aid-BOL?"),
        (("aid-BOL", "technolgy"), "domain is not in programmes.csv", "mean technology?"),
        (("aid-BOL", "care"), "the second domain of a programme is its domain", "another domain"),
    ],
)
def test_hybrids(tmp_path: Path, row: tuple[str, str], what: str, advice: str) -> None:
    tables = full_tables(hybrids=True) | {"hybrids": [row]}
    problem = only(problems_of(tmp_path, **tables), what)
    assert problem.where == "hybrids.csv:2"
    assert advice in problem.advice


def test_a_hybrid_has_one_second_domain(tmp_path: Path) -> None:
    rows = [*HYBRIDS["hybrids"], ("aid-BOL", "care")]
    found = problems_of(tmp_path, **(full_tables(hybrids=True) | {"hybrids": rows}))
    assert only(found, "the same programme is given more than once").where == "hybrids.csv"


def test_an_offer_at_a_site_that_may_not_teach_it(tmp_path: Path) -> None:
    current = [*OPTIONAL["current"], ("care-BOL", "hook-centre", 12)]
    problem = only(found_in(tmp_path, current=current), "a site that may not teach it")
    assert problem.where == "current.csv:6"
    assert problem.rows == ("line 6: programme care-BOL, site hook-centre, learners 12",)
    assert problem.advice == "correct the row, or add to site_domains.csv hook-centre: care"


def test_a_hybrid_is_offered_where_both_domains_are_taught(tmp_path: Path) -> None:
    tables = full_tables(hybrids=True)
    tables["current"] = [("aid-BOL", "hill-centre", 9), ("aid-BOL", "hook-centre", 9)]
    problem = only(problems_of(tmp_path, **tables), "a site that may not teach it")
    assert problem.where == "current.csv:3"
    assert problem.advice.endswith("hook-centre: care and technology")


def test_nobody_starts_today(tmp_path: Path) -> None:
    current = [("weld-BOL", "hill-centre", 0), ("care-BOL", "hill-centre", 0)]
    problem = only(found_in(tmp_path, current=current), "nobody starts anywhere today")
    assert problem.where == "current.csv"
    assert "remove the table" in problem.advice


def test_a_domain_with_the_name_that_teachers_use(tmp_path: Path) -> None:
    programmes = changed("programmes", 3, domain="general")
    domains = [
        (site, "general" if name == "care" else name) for site, name in TABLES["site_domains"]
    ]
    tables = {"programmes": programmes, "site_domains": domains}
    overrides = tables | {"workplaces": None, "factors": None}
    problem = only(found_in(tmp_path, **overrides), "a domain may not be called 'general'")
    assert problem.where == "programmes.csv:5"
    # Without teachers nothing else is called so.
    assert not problems_of(tmp_path / "plain", **tables)


def test_an_institution_with_the_name_that_plans_use(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        institutions=changed("institutions", 0, institution="online"),
        sites=changed("sites", 0, institution="online"),
    )
    problem = only(found, "an institution may not be called 'online'")
    assert problem.where == "institutions.csv:2"


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("facilities", "requirements"),
        ("requirements", "facilities"),
        ("adult_cohorts", "adult_choices"),
        ("adult_choices", "adult_cohorts"),
    ],
)
def test_half_of_a_pair(tmp_path: Path, there: str, missing: str) -> None:
    [problem] = problems_of(tmp_path, **{there: OPTIONAL[there]})
    assert (problem.where, problem.what) == (f"{missing}.csv", "the table is missing")
    assert COLUMNS[missing] in problem.advice
    assert problem.advice.endswith(f"or remove {there}.csv, which says nothing without it")


def test_stated_demand_of_adults_excludes_their_cohorts(tmp_path: Path) -> None:
    demand = [("hill", "welding", 2026, 5)]
    problem = only(found_in(tmp_path, adult_demand=demand), "tables exclude each other")
    assert problem.rows == ("adult_demand.csv", "adult_cohorts.csv", "adult_choices.csv")
    assert "keep adult_demand.csv, or adult_cohorts.csv and adult_choices.csv" in problem.advice
    # It goes with the cohorts of the young, and with what is stated of them.
    assert not problems_of(tmp_path / "cohorts", adult_demand=demand)
    young = [("hill", "weld-BOL", period, 5) for period in (2026, 2030)]
    stated = {"cohorts": None, "choices": None, "demand": young}
    assert not problems_of(tmp_path / "stated", adult_demand=demand, **stated)


def test_stated_demand_of_adults_is_checked_too(tmp_path: Path) -> None:
    rows = [("hil", "welding", 2026, 5), ("hill", "weldin", 2026, 5), ("hill", "dutch", 2027, 1)]
    found = problems_of(tmp_path, adult_demand=rows)
    assert only(found, "zone is not in zones.csv").where == "adult_demand.csv:2"
    unknown = only(found, "neither a programme nor a unit")
    assert (unknown.where, unknown.advice) == ("adult_demand.csv:3", "did you mean welding?")
    assert only(found, "not planned for").where == "adult_demand.csv:4"


def test_young_learners_may_not_ask_for_a_single_unit(tmp_path: Path) -> None:
    choices = changed("choices", 4, choice="welding")
    problem = only(found_in(tmp_path, choices=choices), "not an orientation unit")
    assert problem.where == "choices.csv:6"


def test_shares_of_adults_that_do_not_sum_to_one(tmp_path: Path) -> None:
    choices = changed("adult_choices", 0, share=0.5)
    problem = only(found_in(tmp_path, adult_choices=choices), "the shares sum to 1.1, not to 1")
    assert problem.where == "adult_choices.csv"


def test_a_zone_without_adults_in_a_period_is_said_with_0(tmp_path: Path) -> None:
    cohorts = OPTIONAL["adult_cohorts"]
    problem = only(found_in(tmp_path, adult_cohorts=cohorts[:-1]), "for every period")
    assert problem.where == "adult_cohorts.csv"
    assert problem.rows == ("zone hook: nothing for 2030",)
    nobody = [(zone, period, 0 if period == 2030 else n) for zone, period, n in cohorts]
    assert not found_in(tmp_path, adult_cohorts=nobody)


def test_after_a_unit_that_is_no_orientation(tmp_path: Path) -> None:
    rows = [*OPTIONAL["afterwards"], ("welding", "weld-BOL", 1)]
    problem = only(found_in(tmp_path, afterwards=rows), "not an orientation unit")
    assert problem.where == "afterwards.csv:5"
    assert problem.advice == "name a unit of kind orientation: try-tech"


def test_a_programme_afterwards_that_does_not_use_the_unit(tmp_path: Path) -> None:
    rows = [*OPTIONAL["afterwards"], ("try-tech", "care-BOL", 0.5)]
    problem = only(found_in(tmp_path, afterwards=rows), "a unit that it does not use")
    assert problem.where == "afterwards.csv:5"
    assert problem.rows == ("line 5: unit try-tech, programme care-BOL, share 0.5",)
    assert "curriculum.csv" in problem.advice


def test_no_room_for_everybody_afterwards(tmp_path: Path) -> None:
    rows = [("try-tech", "weld-BOL", 0.5), ("try-tech", "pipe-BOL", 0.25)]
    problem = only(found_in(tmp_path, afterwards=rows), "sum to less than 1")
    assert problem.where == "afterwards.csv"
    assert problem.rows == ("unit try-tech: 0.75, which is 0.25 short of 1",)
    thirds = [("try-tech", name, 0.3333333) for name in ("weld-BOL", "weld-BBL", "pipe-BOL")]
    assert not found_in(tmp_path, afterwards=thirds)


def test_everything_at_once(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        adult_choices=changed("adult_choices", 3, choice="weldin"),
        current=changed("current", 1, site="hook-centre"),
        teachers=changed("teachers", 0, institution="nort"),
        requirements=changed("requirements", 0, facility="bay"),
        afterwards=changed("afterwards", 0, share=0.1),
        workplaces=changed("workplaces", 0, places=-1),
        facilities="site;facility\n",
    )
    places = {problem.where for problem in found}
    assert places == {
        "adult_choices.csv:5",
        "current.csv:3",
        "teachers.csv:2",
        "afterwards.csv",
        "workplaces.csv:2",
        # A table that cannot be read is not held against those that refer to it.
        "facilities.csv:1",
    }


def test_a_broken_table_of_hybrids_is_not_held_against_todays_offers(tmp_path: Path) -> None:
    tables = full_tables(hybrids=True)
    tables["current"] = [("aid-BOL", "hill-centre", 9)]
    found = problems_of(tmp_path, **(tables | {"hybrids": "programme\naid-BOL\n"}))
    assert {problem.where for problem in found} == {"hybrids.csv:1"}


def test_the_optional_may_stand_in_the_catalogue(tmp_path: Path) -> None:
    region = tmp_path / "region"
    (tmp_path / "shared").mkdir()
    tables = full_tables()
    tables["settings"] = tables["settings"] | {"catalogue": "../shared"}
    tiny_region(region, **tables)
    (region / "afterwards.csv").rename(tmp_path / "shared" / "afterwards.csv")
    rows = "unit,programme,share\ntry-tech,weld-BOL,0.5\n"
    (tmp_path / "shared" / "afterwards.csv").write_text(rows, encoding="utf-8")
    [problem] = problems_of(region, **(tables | {"afterwards": None}))
    assert problem.where == "../shared/afterwards.csv"
