"""Scenarios and factors gone wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders import OPTIONAL, TABLES, changed, full_tables, problems_of, without
from coverage_opt.errors import Problem


def found_in(tmp_path: Path, **overrides: Any) -> tuple[Problem, ...]:
    return problems_of(tmp_path, **(full_tables() | overrides))


def only(problems: tuple[Problem, ...], what: str) -> Problem:
    matching = [problem for problem in problems if what in problem.what]
    assert len(matching) == 1, problems
    return matching[0]


def of(*row: Any) -> dict[str, Any]:
    """Return factors with one more row, which is line 11."""
    return {"factors": [*OPTIONAL["factors"], row]}


@pytest.mark.parametrize(
    ("probability", "row"),
    [
        (0.3, "set two: 0.9, which is 0.1 short of 1"),
        (0.5, "set two: 1.1, which is 0.1 above 1"),
        (0.400002, "set two: 1.000002, which is 2e-06 above 1"),
    ],
)
def test_probabilities_that_do_not_sum_to_one(tmp_path: Path, probability: float, row: str) -> None:
    scenarios = changed("scenarios", 1, probability=probability)
    [problem] = found_in(tmp_path, scenarios=scenarios)
    assert problem.what == "the probabilities of a set of scenarios do not sum to 1"
    assert problem.where == "scenarios.csv"
    assert problem.rows == (row,)
    assert problem.advice == "correct them, or divide each by the sum"


def test_probabilities_within_rounding_are_fine(tmp_path: Path) -> None:
    assert not found_in(tmp_path, scenarios=changed("scenarios", 1, probability=0.4 + 9e-7))
    thirds = [("thirds", name, name, 0.3333333) for name in "abc"]
    assert not found_in(tmp_path, scenarios=[*OPTIONAL["scenarios"], *thirds])


def test_every_set_that_does_not_sum_is_named(tmp_path: Path) -> None:
    more = [("half", "decline", "Faster decline", 0.5), ("one", "decline", "Faster decline", 1)]
    scenarios = [*changed("scenarios", 0, probability=0.7), *more]
    problem = only(found_in(tmp_path, scenarios=scenarios), "do not sum to 1")
    assert [row.split(":")[0] for row in problem.rows] == ["set half", "set two"]


def test_a_set_called_baseline(tmp_path: Path) -> None:
    scenarios = [*OPTIONAL["scenarios"], ("baseline", "decline", "Faster decline", 1)]
    problem = only(found_in(tmp_path, scenarios=scenarios), "a set may not be called 'baseline'")
    assert problem.where == "scenarios.csv:4"


def test_one_scenario_with_two_names(tmp_path: Path) -> None:
    scenarios = [*OPTIONAL["scenarios"], ("one", "decline", "Decline", 1)]
    problem = only(found_in(tmp_path, scenarios=scenarios), "the same scenario has another name")
    assert problem.rows == (
        "line 3: set two, scenario decline, name Faster decline",
        "line 4: set one, scenario decline, name Decline",
    )


CASES: list[tuple[tuple[Any, ...], str, str]] = [
    (("declin", 2030, "learners", "all", 1), "scenario is not in scenarios.csv", "mean decline?"),
    (("baseline", 2030, "learners", "all", 1), "the scenario baseline has no factors", "remove"),
    (("decline", 2031, "openings", "nurse", 1), "a period the region is not planned for", "2026"),
    (("decline", 2026, "adults", "hill", 1), "a factor of adults is of all", "write all"),
    (("decline", 2030, "learners", "care", 1), "a factor of learners is of all", "choice"),
    (("decline", 2030, "openings", "nurs", 1), "of is not an occupation in", "did you mean nurse?"),
    (("decline", 2030, "openings", "care", 1), "of is not an occupation in", "welder, fitter"),
    (("decline", 2030, "workplaces", "car", 1), "of is not a domain in workplaces.csv", "care?"),
    (("decline", 2030, "choice", "car", 1), "of is neither a domain nor a choice", "mean care?"),
    (("decline", 2030, "choice", "weldBOL", 1), "of is neither a domain nor", "mean weld-BOL?"),
    (("decline", 2026, "learners", "all", 0), "a factor leaves no learners at all", "above 0"),
]


@pytest.mark.parametrize(("row", "what", "advice"), CASES)
def test_a_factor(tmp_path: Path, row: tuple[Any, ...], what: str, advice: str) -> None:
    factors = [row, *OPTIONAL["factors"][1:]]
    problem = only(found_in(tmp_path, factors=factors), what)
    assert problem.where == "factors.csv:2"
    assert advice in problem.advice
    assert problem.rows[0].startswith(f"line 2: scenario {row[0]}, period {row[1]}")


@pytest.mark.parametrize("choice", ["welding", "dutch", "try-tech", "care-BOL", "care", "all"])
def test_what_may_have_a_factor_of_choice(tmp_path: Path, choice: str) -> None:
    factors = [("decline", 2026, "choice", choice, 2)]
    assert not found_in(tmp_path, factors=factors)


def test_single_units_have_a_factor_only_where_there_are_adults(tmp_path: Path) -> None:
    without_adults = {"adult_cohorts": None, "adult_choices": None}
    factors = [("decline", 2026, "choice", "welding", 2)]
    found = found_in(tmp_path, factors=factors, **without_adults)
    assert only(found, "neither a domain nor a choice").where == "factors.csv:2"


def test_factors_of_what_is_not_there(tmp_path: Path) -> None:
    absent = {"adult_cohorts": None, "adult_choices": None, "workplaces": None}
    found = found_in(tmp_path, **absent)
    adults = only(found, "a factor of adults, but the region has no adults")
    places = only(found, "a factor of workplaces, but the region has no workplaces.csv")
    assert (adults.where, places.where) == ("factors.csv:4", "factors.csv:10")
    stated = {"adult_demand": [("hill", "welding", 2026, 5)]}
    fewer = found_in(tmp_path / "stated", **(absent | stated))
    assert not [problem for problem in fewer if "adults" in problem.what]


def test_factors_without_scenarios(tmp_path: Path) -> None:
    [problem] = found_in(tmp_path, scenarios=None)
    assert problem.where == "factors.csv"
    assert problem.what == "factors.csv goes with scenarios.csv only"
    assert not found_in(tmp_path / "other", factors=None)


def test_the_same_factor_twice(tmp_path: Path) -> None:
    found = found_in(tmp_path, **of("decline", 2030, "adults", "all", 3))
    problem = only(found, "more than once")
    assert (
        problem.what == "the same scenario and period and quantity and of is given more than once"
    )


def test_a_name_that_is_a_domain_and_a_choice(tmp_path: Path) -> None:
    tables: dict[str, Any] = {
        "programmes": changed("programmes", 3, programme="care", pathway="BOL"),
        "choices": changed("choices", 3, choice="care"),
        "curriculum": [
            ("care", "dutch"),
            ("care", "nursing"),
            *without("curriculum", programme="care-BOL"),
        ],
        "leads_to": [
            ("care", "nurse", 0.9),
            ("weld-BOL", "welder", 0.8),
            ("pipe-BOL", "fitter", 1),
        ],
        "factors": [
            ("decline", 2030, "choice", "care", 2),
            ("decline", 2026, "learners", "all", 1),
        ],
    }
    problem = only(problems_of(tmp_path, **tables, scenarios=OPTIONAL["scenarios"]), "could be")
    assert problem.where == "factors.csv:2"
    assert problem.what == "of could be a domain or a choice: there are both of this name"
    # Where no factor means either, it is no fault.
    tables["factors"] = tables["factors"][1:]
    assert not problems_of(tmp_path / "other", **tables, scenarios=OPTIONAL["scenarios"])


def test_an_occupation_called_all(tmp_path: Path) -> None:
    rename = {"nurse": "all"}
    work = {name: TABLES[name] for name in ("occupations", "openings", "leads_to")}
    tables: dict[str, Any] = {
        name: [tuple(rename.get(field, field) for field in row) for row in rows]
        for name, rows in work.items()
    }
    problem = only(found_in(tmp_path, **tables), "of is all, which is also the name of something")
    assert problem.where == "factors.csv:8"


def test_nothing_left_to_choose(tmp_path: Path) -> None:
    gone = [("decline", 2030, "choice", name, 0) for name in ("technology", "care")]
    problem = only(found_in(tmp_path, factors=gone), "nothing to choose")
    assert problem.where == "factors.csv"
    # Adults can still choose a unit alone.
    assert problem.rows == tuple(
        f"scenario decline, period 2030: young learners in zone {zone}"
        for zone in ("bank", "hill", "hook")
    )
    assert not found_in(tmp_path, factors=gone[:1])


def test_nothing_left_to_choose_in_one_zone(tmp_path: Path) -> None:
    demand = [("hill", "care-BOL", 2030, 5), ("hook", "weld-BOL", 2030, 5)]
    demand += [("hill", "care-BOL", 2026, 5), ("hook", "pipe-BOL", 2030, 0)]
    stated = {"cohorts": None, "choices": None, "demand": demand}
    gone = [("decline", 2030, "choice", "weld-BOL", 0)]
    problem = only(found_in(tmp_path, factors=gone, **stated), "nothing to choose")
    assert problem.rows == ("scenario decline, period 2030: young learners in zone hook",)


def test_everything_at_once(tmp_path: Path) -> None:
    found = found_in(
        tmp_path,
        scenarios=[*changed("scenarios", 0, probability=0.5), ("baseline", "x", "X", 1)],
        factors=[
            ("declin", 2030, "learners", "all", 1),
            ("baseline", 2030, "learners", "all", 1),
            ("decline", 2031, "openings", "nurs", 1),
            ("decline", 2030, "workplaces", "metal", "half"),
        ],
    )
    said = sorted(problem.what.split(":")[0] for problem in found)
    assert said == [
        "a period the region is not planned for",
        "a set may not be called 'baseline'",
        "factor is not a number",
        "of is not a domain in workplaces.csv",
        "of is not an occupation in occupations.csv",
        "scenario is not in scenarios.csv",
        "the probabilities of a set of scenarios do not sum to 1",
        "the scenario baseline has no factors",
    ]
