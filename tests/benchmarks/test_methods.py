"""Rivals: their logs are understood, their plans are checked, and they agree on a tiny problem."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path

import highspy
import numpy as np
import pytest
from benchmarks.classics.convert import write_problem
from benchmarks.classics.problem import LocationProblem
from benchmarks.generators.covering import Covering, write_covering
from benchmarks.generators.region import Shape, write_synthetic
from benchmarks.methods import METHODS, Run
from benchmarks.methods.clock import HighsClock
from benchmarks.methods.peers import compiled_for, violation_of
from benchmarks.methods.pysal import value_of
from benchmarks.methods.tail import CBC_LOG, CPSAT_LOG, HIGHS_LOG, Reading, Tail, bound_in
from benchmarks.methods.variants import most_classes
from benchmarks.question import Question
from benchmarks.registry import case_named, suite_named
from benchmarks.task import Found, Task, Trace, read_trace

from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.progress import Progress
from coverage_opt.solver.running import QuietHighs

PRECISION = 1e-4
"""What CP-SAT loses by counting in thousandths of a learner, at most."""
NEEDS = {"scip": "pyscipopt", "scip_units_first": "pyscipopt", "cpsat": "ortools", "cbc": "pulp"}


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        (
            " H       0       0         0   0.00%   65536.5         64000              2.40%"
            "        0      0      0        93     1.2s",
            (1.2, 64000.0, 65536.5),
        ),
        (
            "         0       0         0   0.00%   -inf            inf                  inf"
            "        0      0      0         0     0.1s",
            (0.1, None, None),
        ),
        ("  LP iterations     31698", None),
        ("Presolving model", None),
    ],
)
def test_the_log_of_highs(line: str, reading: Reading | None) -> None:
    assert HIGHS_LOG(line) == reading


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        (
            "#1       0.25s best:-12.5 next:[-40,-13.5] quick_restart (fixed_bools=0/9)",
            (0.25, -12.5, -40.0),
        ),
        ("#Bound   1.50s best:inf   next:[-39.5,0]    max_lp", (1.5, None, -39.5)),
        ("#Model   0.10s var:10/10 constraints:5/5", None),
    ],
)
def test_the_log_of_cpsat(line: str, reading: Reading | None) -> None:
    assert CPSAT_LOG(line) == reading


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        (
            "Cbc0010I After 100 nodes, 51 on tree, -697.5 best solution, best possible -701.9 "
            "(12.25 seconds)",
            (12.25, -697.5, -701.9),
        ),
        (
            "Cbc0010I After 0 nodes, 1 on tree, 1e+50 best solution, best possible -701.9 "
            "(3.50 seconds)",
            (3.5, None, -701.9),
        ),
        (
            "Cbc0012I Integer solution of -650 found by DiveCoefficient after 9 iterations and 0 "
            "nodes (2.00 seconds)",
            (2.0, -650.0, None),
        ),
        ("Cbc0038I Pass   1: suminf.    0.5", None),
    ],
)
def test_the_log_of_cbc(line: str, reading: Reading | None) -> None:
    assert CBC_LOG(line) == reading


@pytest.mark.parametrize(
    ("log", "bound"),
    [
        ("#Bound 1.5s best:inf next:[-39.5,0] x\nobjective: -12\nbest_bound: -30.25\n", -30.25),
        ("#Bound 1.5s best:inf next:[-39.5,0] x\n", -39.5),
        ("nothing of the kind", None),
    ],
)
def test_the_last_bound_in_a_log(log: str, bound: float | None) -> None:
    assert bound_in(log, CPSAT_LOG) == bound


def test_the_last_bound_of_cbc() -> None:
    solved = "Result - Optimal solution found\n\nObjective value:                -1.5\n"
    stopped = "Result - Stopped on time limit\n\nObjective value:   -1.5\nLower bound:     -2.25\n"
    assert bound_in(solved, CBC_LOG) == -1.5
    assert bound_in(stopped, CBC_LOG) == -2.25


def test_a_log_is_followed_to_its_end(tmp_path: Path) -> None:
    log, noted = tmp_path / "log.txt", tmp_path / "trace.jsonl"
    log.touch()
    trace = Trace(noted)
    trace.begin()
    with (
        Tail(log, CPSAT_LOG, trace, began=10.0, sign=-1.0, offset=1.0),
        log.open("a") as words,
    ):
        words.write("#1 0.5s best:-4 next:[-9,-5] x\n#2 2.0s best:-6 next:[-8,-7] y\nrest")
    begun, moments = read_trace(noted)
    assert begun
    assert [tuple(moment) for moment in moments] == [(10.5, 5.0, 10.0), (12.0, 7.0, 9.0)]


def test_events_of_other_phases_are_of_other_models(tmp_path: Path) -> None:
    trace = Trace(tmp_path / "trace.jsonl")
    hear = trace.listener("coverage", scale=10.0)
    for phase, value in (("coverage", 1.0), ("a cautious plan", 5.0), ("coverage", 2.0)):
        hear(Progress(phase, 0.0, value, None, None, 0, "new plan"))
    _, moments = read_trace(tmp_path / "trace.jsonl")
    assert [moment.value for moment in moments] == [10.0, 20.0]


def test_a_plan_is_put_into_the_matrix() -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[1.0, 2.0], [0.0, 4.0]]),
        row_lower=[-np.inf, 2.0],
        row_upper=[3.0, np.inf],
        column_upper=[5.0, 1.0],
        integer=[False, True],
    )
    assert violation_of(matrix, np.array([1.0, 1.0])) == 0
    assert violation_of(matrix, np.array([2.0, 1.0])) == pytest.approx(0.5)  # 4 > 3, of 2
    assert violation_of(matrix, np.array([0.0, 0.0])) == pytest.approx(0.5)  # 0 < 2, of 4
    assert violation_of(matrix, np.array([-0.25, 1.0])) == pytest.approx(0.25)
    assert violation_of(matrix, np.array([0.0, 0.75])) == pytest.approx(0.25)  # not whole


def test_the_clock_sees_highs_and_leaves_it_as_it_was() -> None:
    before = highspy.Highs.run
    solver = QuietHighs()
    solver.addVar(0.0, 1.0)
    with HighsClock() as clock:
        assert clock.seconds == 0
        solver.run()
        assert 0 < clock.seconds < 1
    assert highspy.Highs.run is before


VARIANTS = ("takers_free", "flows_together", "loose_links", "classes_counted")
OF_CAPS = ("caps_linked", "caps_covered", "caps_counted")
RIVALS = ("plain", "scip", "cpsat", "cbc", *VARIANTS, *OF_CAPS, "scip_units_first")


@pytest.mark.parametrize("method", RIVALS)
def test_every_rival_finds_what_the_engine_finds(method: str, tmp_path: Path) -> None:
    library = NEEDS.get(method)
    if library is not None and importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed: it comes with the extra `bench`")
    suite = suite_named("smoke")
    task = Task("smoke", "tiny", method, seed=1, time_limit=60.0, gap=1e-6)
    found = {}
    for name in ("engine", method):
        folder = tmp_path / name
        folder.mkdir()
        question = case_named(suite, "tiny").ask(task.sources, 1, folder)
        run = Run(task, question, Trace(folder / "trace.jsonl"), folder)
        run.trace.begin()
        found[name] = METHODS[name](run)
    assert found[method].status == "optimal"
    assert found[method].value == pytest.approx(found["engine"].value, rel=PRECISION)
    assert found[method].bound >= found[method].value * (1 - PRECISION)


def found_by(methods: Sequence[str], question: Question, folder: Path) -> dict[str, Found]:
    """Return what each method finds."""
    found = {}
    for name in methods:
        task = Task("smoke", "tiny", name, seed=1, time_limit=60.0, gap=1e-6)
        run = Run(task, question, Trace(folder / f"{name}.jsonl"), folder)
        run.trace.begin()
        found[name] = METHODS[name](run)
    return found


@pytest.mark.parametrize("shape", [Shape(20, 5, 12, learners=40.0), Shape(12, 5, 10, reach=3.0)])
def test_only_what_is_written_tighter_has_a_tighter_relaxation(
    shape: Shape, tmp_path: Path
) -> None:
    question = write_synthetic(shape, 1, tmp_path / "region")
    found = found_by(("as_built", *VARIANTS), question, tmp_path)
    worth = {name: one.figures["relaxation"] for name, one in found.items()}
    best = found["as_built"].value
    assert worth["as_built"] < worth["loose_links"] - 1e-4
    assert worth["as_built"] <= worth["takers_free"] + 1e-9
    assert worth["as_built"] <= worth["flows_together"] + 1e-9
    assert worth["classes_counted"] <= worth["as_built"] + 1e-9
    for name, one in found.items():
        assert one.value == pytest.approx(best, rel=1e-5), name


def test_each_kind_of_row_for_capped_sites_tightens_the_relaxation(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    problem = LocationProblem(
        "facility_location",
        demand=rng.integers(5, 20, size=12).astype(float),
        distance=rng.uniform(1.0, 30.0, size=(12, 6)),
        fixed=rng.uniform(300.0, 500.0, size=6),
        capacity=np.full(6, 45.0),
    )
    question = write_problem(problem, "tiny", tmp_path / "region")
    found = found_by(("as_built", *OF_CAPS), question, tmp_path)
    worth = [found[name].figures["relaxation"] for name in ("as_built", *OF_CAPS)]
    rows = [found[name].rows for name in ("as_built", *OF_CAPS)]
    assert rows == sorted(set(rows))
    assert worth[0] < worth[1]
    assert worth[1] <= worth[2] + 1e-6
    assert worth[2] < worth[3]
    for name, one in found.items():
        assert one.value == pytest.approx(found["as_built"].value, rel=1e-5), name
        assert one.value >= worth[3] - 1e-6


@pytest.mark.parametrize("region", ["synthetic", "zuid-limburg"])
def test_no_more_classes_are_counted_than_learners_fill(region: str, tmp_path: Path) -> None:
    question = Question(region, "modular")
    if region == "synthetic":
        shape = Shape(20, 5, 12, learners=40.0)
        question = write_synthetic(shape, 1, tmp_path / "region")
    task = Task("smoke", "tiny", "as_built", seed=1, time_limit=60.0, gap=1e-6)
    run = Run(task, question, Trace(tmp_path / "trace.jsonl"), tmp_path)
    run.trace.begin()
    compiled = compiled_for(run)
    found = list(most_classes(compiled))
    assert found
    for row in found:
        assert row.upper < len(row.indices) == len(set(row.indices.tolist()))
        assert compiled.matrix.integer[row.indices].all()


def test_a_choice_of_sites_is_counted_from_the_problem() -> None:
    distance = np.array([[1.0, 9.0], [8.0, 2.0], [7.0, 7.0]])
    demand = np.array([10.0, 20.0, 40.0])
    covering = LocationProblem("maximal_covering", demand, distance, 5.0, 1)
    assert value_of(covering, [0]) == 10
    assert value_of(covering, [0, 1]) == 30
    median = LocationProblem("p_median", demand, distance, sites_at_most=1)
    assert value_of(median, [1]) == 90 + 40 + 280
    everybody = LocationProblem("set_covering", demand, distance, 7.0)
    assert value_of(everybody, [0, 1]) == 2
    assert math.isnan(value_of(everybody, [0]))


def test_spopt_finds_what_the_engine_finds(tmp_path: Path) -> None:
    if importlib.util.find_spec("spopt") is None:
        pytest.skip("spopt is not installed: it comes with the extra `bench`")
    found = {}
    for name in ("engine", "spopt"):
        folder = tmp_path / name
        question = write_covering(Covering(60, 8, 2, 25.0), 1, folder)
        task = Task("classics", "covering", name, seed=1, time_limit=60.0, gap=0.0)
        run = Run(task, question, Trace(folder / "trace.jsonl"), folder)
        run.trace.begin()
        found[name] = METHODS[name](run)
    assert found["spopt"].value == pytest.approx(found["engine"].value)
    assert found["spopt"].bound == pytest.approx(found["spopt"].value)
    assert found["spopt"].build_seconds < 60
