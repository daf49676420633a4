"""What there is to run is named once, known to the methods, and said when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.best_known import read_best, write_best
from benchmarks.classics.published import PUBLISHED
from benchmarks.measuring import Asked
from benchmarks.methods import METHODS
from benchmarks.question import MissingSourceError, Suite
from benchmarks.registry import SUITES, UnknownNameError, case_named, cases_matching, suite_named
from benchmarks.targets import TARGETS

from coverage_opt import shipped


@pytest.mark.parametrize("suite", SUITES.values(), ids=list(SUITES))
def test_cases_are_named_once_and_put_to_known_methods(suite: Suite) -> None:
    names = [case.name for case in suite.cases]
    assert names
    assert len(set(names)) == len(names)
    for case in suite.cases:
        assert case.methods
        assert set(case.methods) <= set(METHODS)


def test_the_suites_that_were_asked_for_are_there() -> None:
    assert {"regional", "rich", "national", "classics", "hard", "peers"} <= set(SUITES)
    regions, policies = shipped.instance_names(), shipped.model_names()
    regional = {case.name for case in SUITES["regional"].cases}
    assert regional == {f"{region}-{policy}" for region in regions for policy in policies}
    assert set(PUBLISHED) <= {case.name for case in SUITES["classics"].cases}
    assert SUITES["hard"].seeds == (1, 2, 3, 4, 5)
    assert len(SUITES["hard"].cases) == 3
    assert {"highs", "scip", "cpsat", "cbc", "plain"} <= set(SUITES["peers"].cases[0].methods)


def test_targets_are_of_suites() -> None:
    assert {target.suite for target in TARGETS} <= set(SUITES)


def test_best_values_are_of_cases() -> None:
    best = read_best()
    for name in best:
        suite, case, *_ = name.split("/")
        assert case_named(suite_named(suite), case)
    for name, problem in PUBLISHED.items():
        assert best[f"classics/{name}"].value == problem.optimum
        assert best[f"classics/{name}"].proven


def test_best_values_survive_being_written(tmp_path: Path) -> None:
    file = tmp_path / "best.yaml"
    write_best(read_best(), file)
    assert read_best(file) == read_best()


def test_an_unknown_suite_or_case_is_said() -> None:
    with pytest.raises(UnknownNameError, match="did you mean regional"):
        suite_named("regionel")
    with pytest.raises(UnknownNameError, match="did you mean medium"):
        cases_matching(SUITES["hard"], ["medum"])


def test_runs_are_every_case_method_and_seed() -> None:
    asked = Asked(SUITES["hard"], only=("small", "medium"), methods=("engine",), seeds=(4, 9))
    tasks = asked.tasks()
    assert [(task.case, task.seed) for task in tasks] == [
        ("small", 4),
        ("small", 9),
        ("medium", 4),
        ("medium", 9),
    ]
    assert {task.time_limit for task in tasks} == {300.0}
    assert {task.time_limit for task in Asked(SUITES["hard"], time_limit=7.0).tasks()} == {7.0}


def test_a_method_that_no_case_has_is_said() -> None:
    with pytest.raises(UnknownNameError, match="it has engine, highs"):
        Asked(SUITES["hard"], methods=("spopt",)).tasks()


def test_missing_data_are_said_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(MissingSourceError, match="--data"):
        Asked(SUITES["classics"], only=("cap41",)).tasks()
    with pytest.raises(MissingSourceError, match="no folder"):
        Asked(SUITES["national"], facts=tmp_path / "nowhere").tasks()
    # what is drawn at random needs none
    assert Asked(SUITES["classics"], only=("covering-1000",)).tasks()


def test_of_a_whole_suite_what_needs_no_published_data_is_run_without(tmp_path: Path) -> None:
    asked = Asked(SUITES["classics"])
    cases = {task.case for task in asked.tasks()}
    assert cases == {"covering-1000x100", "covering-10000x500", "covering-50000x1000"}
    assert set(asked.left_out) == set(PUBLISHED)
    assert Asked(SUITES["classics"], problems=tmp_path).left_out == ()
