"""Tables of results, the page made from them, and what they say of the targets."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from benchmarks.__main__ import PAGE
from benchmarks.best_known import Best
from benchmarks.classics.published import PUBLISHED
from benchmarks.measuring import take_in
from benchmarks.readme import write_tables
from benchmarks.registry import SUITES
from benchmarks.report import TRIED, report_page, write_pages
from benchmarks.results import (
    KEY,
    RESULTS,
    add_rows,
    against_best,
    newest_runs,
    read_table,
    row_of,
    table_file,
    take_in_tables,
)
from benchmarks.running import Ended
from benchmarks.statistics import Moment
from benchmarks.targets import TARGETS, Verdict
from benchmarks.task import Found, Task

from benchmarks import targets
from coverage_opt import shipped

ABOUT = {"date": "2026-03-01", "commit": "abc", "machine": "a machine, 2 cores"}


def row(case: str, method: str = "engine", **figures: Any) -> dict[str, Any]:
    """Return a row of results; what is not given is of a good run."""
    usual = {
        "seed": 1,
        "time_limit": 600.0,
        "gap_asked": 1e-4,
        "status": "optimal",
        "sense": "maximise",
        "value": 100.0,
        "bound": 100.0,
        "gap": 0.0,
        "seconds": 10.0,
        "to_5pct": 1.0,
        "to_2pct": 1.5,
        "to_1pct": 2.0,
        "to_05pct": 2.5,
        "to_03pct": 3.0,
        "outside_share": 0.1,
        "build_seconds": 1.0,
        "peak_mb": 500.0,
    }
    return {"case": case, "method": method, **usual, **ABOUT, **figures}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def test_a_row_by_hand() -> None:
    task = Task("hard", "small", "engine", 3, 300.0, 1e-3)
    found = Found("feasible", "maximise", 90.0, 99.0, 2.0, highs_seconds=8.0, fingerprint="f")
    moments = [Moment(4.0, 50.0, None), Moment(6.0, 90.0, 99.0)]
    best = {"hard/small/3": Best(100.0, False, "somebody", "f")}
    ended = Ended(found, 10.0, 321.0, moments)
    noted = row_of(SUITES["hard"], task, ended, best, ABOUT)
    assert noted["gap"] == pytest.approx(0.1)
    assert noted["best_known"] == 100.0
    assert noted["gap_to_best"] == pytest.approx(0.1)
    assert noted["first_plan"] == 4.0
    assert noted["primal_integral"] == pytest.approx(4 + 2 * 0.5 + 4 * 0.1)
    assert noted["outside_share"] == pytest.approx(0.2)
    assert math.isinf(noted["to_5pct"])


def test_the_best_value_of_another_problem_is_not_compared_with() -> None:
    task = Task("hard", "small", "engine", 3, 300.0, 1e-3)
    found = Found("feasible", "maximise", 90.0, 99.0, fingerprint="now")
    best = {"hard/small/3": Best(100.0, False, "somebody", "before")}
    noted = row_of(SUITES["hard"], task, Ended(found, 10.0, 1.0, []), best, ABOUT)
    assert math.isnan(noted["best_known"])


def test_a_run_made_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    file = table_file("hard", date(2026, 3, 1), tmp_path)
    add_rows([row("small", value=1.0), row("medium", value=2.0)], file)
    found = add_rows([row("small", value=3.0), row("small", seed=2, extra="more")], file)
    assert not found.duplicated(KEY).any()
    again = read_table(file)
    assert again[["case", "seed", "value"]].to_numpy().tolist() == [
        ["medium", 1, 2.0],
        ["small", 1, 3.0],
        ["small", 2, 100.0],
    ]
    assert again["extra"].notna().sum() == 1


def test_the_newest_run_of_each_case_counts(tmp_path: Path) -> None:
    assert newest_runs("hard", tmp_path) is None
    for day in (3, 12, 7):
        about: dict[str, Any] = {"date": f"2026-03-{day:02}", "seconds": float(day)}
        rows = [row("small", **about)] + ([row("large", **about)] if day == 7 else [])
        add_rows(rows, table_file("hard", date(2026, 3, day), tmp_path))
    longer = row("small", date="2026-03-12", time_limit=900.0, seconds=99.0)
    add_rows([longer], table_file("hard", date(2026, 3, 12), tmp_path))
    add_rows([row("small", "highs")], table_file("hard", date(2026, 3, 3), tmp_path))
    other = table_file("very-hard", date(2027, 1, 1), tmp_path)
    add_rows([row("small", date="2027-01-01")], other)
    found = newest_runs("hard", tmp_path)
    assert found is not None
    told = found[["case", "method", "seconds"]].to_numpy().tolist()
    assert told == [["large", "engine", 7.0], ["small", "engine", 99.0], ["small", "highs", 10.0]]


def _asked(**columns: Any) -> dict[str, Any]:
    usual = {"first_seconds": 50.0, "ready_seconds": 9.0, "questions": 6, "widest_gap": 1e-3}
    return row("a", "what_if", **usual, **columns)


GOOD_CLASSICS = [row(name, value=p.optimum, bound=p.optimum) for name, p in PUBLISHED.items()]
COVERING = targets.LARGEST_COVERING


@pytest.mark.parametrize(
    ("judge", "good", "bad"),
    [
        (targets.regional_gap, [row("a"), row("b", gap=1e-4)], [row("a"), row("b", gap=2e-4)]),
        (
            targets.regional_faster,
            [row("a"), row("a", "plain", seconds=250.0)],
            [row("a"), row("a", "plain", seconds=150.0)],
        ),
        (
            targets.regional_never_slower,
            [row("a"), row("a", "plain", seconds=11.0)],
            [row("a"), row("a", "plain", seconds=9.0)],
        ),
        (
            targets.rich,
            [row("a", gap=4e-3), row("a", "plain", gap=math.inf, value=math.nan)],
            [row("a", to_05pct=601.0), row("a", "plain", gap=math.inf, value=math.nan)],
        ),
        (
            targets.national,
            [row("a", to_2pct=3000.0, peak_mb=9000.0)],
            [row("a", gap=0.015, peak_mb=17_000.0)],
        ),
        (targets.published, GOOD_CLASSICS, [*GOOD_CLASSICS[1:], row("cap41", value=1.0)]),
        (
            targets.large_covering,
            [
                row(COVERING, value=5.0, gap=4e-3, seconds=90.0),
                row(COVERING, "spopt", value=4.0, build_seconds=100.0),
            ],
            [
                row(COVERING, value=5.0, gap=4e-3, seconds=110.0),
                row(COVERING, "spopt", value=4.0, build_seconds=100.0),
            ],
        ),
        (
            targets.hard_gaps,
            [row("medium", to_1pct=30.0, to_03pct=300.0), row("large", to_1pct=math.inf)],
            [row("medium", to_1pct=30.0, to_03pct=300.0), row("medium", seed=2, to_1pct=31.0)],
        ),
        (
            targets.hard_peers,
            [
                row("hard-medium", value=99.995),
                row("hard-medium", "scip", value=100.0),
                row("hard-large", value=3.0),
                row("hard-large", "highs", value=math.nan),
                row("zeeland-modular", value=1.0),
                row("zeeland-modular", "scip", value=2.0),
            ],
            [
                row("hard-medium"),
                row("hard-medium", "scip", value=99.0),
                row("hard-large", value=math.nan),
                row("hard-large", "cpsat", value=0.0),
            ],
        ),
        (
            targets.what_if,
            [_asked(again_seconds=4.0)],
            [_asked(again_seconds=6.0)],
        ),
        (
            targets.outside,
            [row("a"), row("b", seconds=4.0, outside_share=0.9)],
            [row("a", outside_share=0.25)],
        ),
    ],
)
def test_targets_are_met_and_missed(
    judge: Callable[[pd.DataFrame], Verdict], good: list[Any], bad: list[Any]
) -> None:
    assert judge(table(*good)).met is True
    assert judge(table(*bad)).met is False
    assert judge(table(row("nothing of the kind", "somebody"))).met is None


def test_every_target_is_tried_above() -> None:
    tried = {
        parameter[0]
        for mark in test_targets_are_met_and_missed.pytestmark
        for parameter in mark.args[1]
    }
    assert {target.judge for target in TARGETS} == tried


def test_a_table_without_all_published_problems_meets_nothing() -> None:
    assert targets.published(table(*GOOD_CLASSICS[:5])).met is False


def test_the_page_says_what_was_measured_and_what_was_not(tmp_path: Path) -> None:
    rows = [row("zeeland-modular"), row("zeeland-modular", "plain", seconds=50.0)]
    complete = add_rows(rows, table_file("regional", date(2026, 3, 1), tmp_path))
    assert len(complete) == 2
    page = report_page(tmp_path)
    assert "| met | 1 of 1 runs; widest 0 % (zeeland-modular) |" in page
    assert "| **not met** | median 5.0 times" in page
    assert "(medium): 1 % in 30 s and 0.3 % in 300 s, proven | not measured |" in page
    others = [case.name for case in SUITES["regional"].cases if case.name != "zeeland-modular"]
    assert f"Not run: {', '.join(others)}." in page
    assert "2026-03-01, commit abc, on a machine, 2 cores." in page
    assert "[tables]" not in page


def test_sizes_and_preparations_that_a_target_leaves_out_are_said() -> None:
    sizes = [
        row("medium"),
        row("large", value=math.nan, gap=math.inf, to_1pct=math.inf, to_03pct=math.inf),
    ]
    said = targets.hard_gaps(table(*sizes))
    assert said.met
    assert "large: 1 % within 30 s in 0, 0.3 % within 300 s in 0 of 1 runs, no plan in 1" in (
        said.figure
    )
    asked = targets.what_if(table(_asked(again_seconds=4.0)))
    assert asked.met
    assert "up to 26 %" in asked.figure


def test_the_page_of_each_table_is_up_to_date(tmp_path: Path) -> None:
    shutil.copytree(RESULTS, tmp_path / "results")
    pages = write_pages(tmp_path / "results")
    assert {page.name for page in pages} == {page.name for page in RESULTS.glob("*.md")}
    for page in pages:
        assert page.read_text("utf-8") == (RESULTS / page.name).read_text("utf-8"), page.name


def test_a_table_has_the_runs_of_its_own_day() -> None:
    for file in RESULTS.glob("*.csv"):
        assert set(read_table(file)["date"]) == {file.name[:10]}, file.name


def test_what_was_tried_is_said_of_targets_there_are() -> None:
    tried = yaml.safe_load(TRIED.read_text(encoding="utf-8"))
    assert set(tried) <= {target.name for target in TARGETS}


def test_what_was_tried_is_said_until_it_is_met(tmp_path: Path) -> None:
    words = "total capacity"
    file = table_file("classics", date(2026, 3, 1), tmp_path)
    add_rows(GOOD_CLASSICS[:5], file)
    assert words in report_page(tmp_path)
    add_rows(GOOD_CLASSICS, file)
    assert words not in report_page(tmp_path)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == report_page()


def test_the_tables_of_the_documents_come_from_the_runs(tmp_path: Path) -> None:
    root, results = tmp_path / "project", tmp_path / "results"
    (root / "instances" / "zeeland").mkdir(parents=True)
    readme, sources = root / "README.md", root / "instances" / "zeeland" / "SOURCES.md"
    readme.write_text("before\n<!-- results -->\nold\n<!-- /results -->\nafter\n")
    sources.write_text("kept\n<!-- sanity -->\nold\n")
    names = ("filled_openings", "reuse", "placed", "first_choice")
    figures: dict[str, Any] = dict.fromkeys(names, 0.5) | {
        "coverage": 0.25,
        **dict.fromkeys(("programmes", "offers", "mean_group", "travel", "young"), 20.0),
        **{"cost": 3.2e6, "smallest_offer": 8.0, "far_zones": math.nan, "period": 2026},
    }
    rows = [row(f"zeeland-{name}", **figures) for name in ("programme", "modular")]
    rows += [row("zeeland-modular", "plain"), row("zuid-limburg-modular", status="infeasible")]
    rows[-1]["gap"] = math.inf
    add_rows(rows, table_file("regional", date(2026, 3, 1), results))
    assert write_tables(results, root) == [readme, sources]
    text = readme.read_text(encoding="utf-8")
    assert "| zeeland | modular | 25.0% | 50.0% | 20 | 20 | 50.0% |" in text
    assert "| 3.2 | 0.000% | 10 |" in text
    assert "| zuid-limburg | modular |" in text
    assert text.startswith("before\n<!-- results -->\n")
    assert text.endswith("<!-- /results -->\nafter\n")
    assert "old" not in text
    section = sources.read_text(encoding="utf-8")
    assert section.startswith("kept\n<!-- sanity -->\n\nPlans for 2026 by")
    assert "| zones beyond 90 minutes of every site | none | named |" in section
    assert "old" not in section


def test_regions_and_policies_are_told_apart_by_their_names() -> None:
    # a region's name holds hyphens, a policy's none
    assert not any("-" in name for name in shipped.model_names())


@pytest.mark.parametrize(
    ("method", "value", "sense", "noted"),
    [
        ("engine", 101.0, "maximise", 101.0),
        ("engine", 99.0, "maximise", 100.0),
        ("engine", 99.0, "minimise", 99.0),
        ("plain", 101.0, "maximise", 100.0),
        ("engine", math.nan, "maximise", 100.0),
    ],
)
def test_better_values_are_taken_in(method: str, value: float, sense: str, noted: float) -> None:
    best = {"hard/small/3": Best(100.0, False, "somebody", "f")}
    task = Task("hard", "small", method, 3, 300.0, 1e-3)
    ended = Ended(Found("feasible", sense, value, 120.0, fingerprint="f"), 10.0, 1.0, [])
    take_in(SUITES["hard"], task, ended, best, "today")
    assert best["hard/small/3"].value == noted


def test_what_nothing_else_checks_is_not_compared(tmp_path: Path) -> None:
    suite, best = SUITES["formulation"], dict[str, Best]()
    newest = add_rows([row("tiny", "scip")], table_file("formulation", date(2026, 3, 1), tmp_path))
    take_in_tables(suite, best, tmp_path)
    assert best == {}
    assert against_best(suite, newest, best)["gap_to_best"].isna().all()


def test_what_is_proven_stays() -> None:
    best = {"hard/small/3": Best(100.0, True, "somebody")}
    task = Task("hard", "small", "engine", 3, 300.0, 1e-3)
    take_in(
        SUITES["hard"], task, Ended(Found("feasible", "maximise", 101.0), 1.0, 1.0, []), best, ""
    )
    assert best["hard/small/3"].value == 100.0


def test_the_best_of_all_tables_is_what_each_run_is_held_against(tmp_path: Path) -> None:
    suite, best = SUITES["hard"], {"hard/small/3": Best(50.0, False, "somebody", "before")}
    of_problem: dict[str, Any] = {"seed": 3, "status": "feasible", "fingerprint": "f"}
    runs = [row("small", value=90.0, **of_problem), row("small", "highs", value=80.0, **of_problem)]
    add_rows(runs, table_file("hard", date(2026, 3, 1), tmp_path))
    later = [
        row("small", value=88.0, **of_problem),
        row("small", "plain", value=99.0, **of_problem),
    ]
    newest = add_rows(later, table_file("hard", date(2026, 3, 2), tmp_path))
    take_in_tables(suite, best, tmp_path)
    assert best["hard/small/3"].value == 90.0
    assert best["hard/small/3"].fingerprint == "f"
    assert best["hard/small/3"].source.startswith("engine, ")
    found = against_best(suite, newest, best).set_index("method")
    assert found["best_known"].tolist() == [90.0, 90.0]
    assert found.loc["engine", "gap_to_best"] == pytest.approx(2 / 90)


def test_a_better_value_of_the_same_problem_in_another_suite_counts() -> None:
    best = {
        "hard/small/3": Best(90.0, False, "somebody", "f"),
        "peers/hard-small": Best(95.0, False, "somebody", "f"),
        "peers/hard-large": Best(99.0, False, "somebody", "g"),
        "classics/cap41": Best(200.0, True, "published"),
    }
    unknown: dict[str, Any] = {"best_known": math.nan, "gap_to_best": math.nan}
    runs = table(row("small", seed=3, value=90.0, fingerprint="f", **unknown))
    found = against_best(SUITES["hard"], runs, best)
    assert found["best_known"].tolist() == [95.0]


def test_what_does_not_tell_who_is_faster_is_not_counted_as_if_it_did() -> None:
    open_gap: dict[str, Any] = {"gap": 0.5, "gap_asked": 1e-4}
    solved: dict[str, Any] = {"gap": 0.0, "gap_asked": 1e-4}
    neither = [row("a", **open_gap), row("a", "plain", seconds=900.0, **open_gap)]
    found = targets.regional_faster(pd.DataFrame(neither))
    assert found.met is None
    ours = [row("b", **solved), row("b", "plain", seconds=900.0, **open_gap)]
    found = targets.regional_faster(pd.DataFrame([*neither, *ours]))
    assert found.met
    assert "over 1 pairs" in found.figure
    assert "neither had the gap in a" in found.figure
    assert targets.regional_never_slower(pd.DataFrame(ours)).met
    assert targets.regional_never_slower(pd.DataFrame([*neither, *ours])).met is False
    theirs = [row("c", **open_gap), row("c", "plain", seconds=900.0, **solved)]
    slower = targets.regional_never_slower(pd.DataFrame([*ours, *theirs]))
    assert slower.met is False
    assert "c 0.00" in slower.figure
    early = [row("d", seconds=100.0, **solved), row("d", "plain", seconds=50.0, **open_gap)]
    undecided = targets.regional_never_slower(pd.DataFrame(early))
    assert undecided.met is False
    assert "d 0.50 (the plain way was stopped)" in undecided.figure


def test_what_is_missed_is_missed_however_the_plain_way_does() -> None:
    late = targets.rich(pd.DataFrame([row("a", gap=0.03, to_05pct=math.inf)]))
    assert late.met is False
    assert late.figure.startswith("never at 0.5 %, a proven gap of 3 % at the end")
    assert late.figure.endswith("the plain way was not run")
    assert targets.rich(pd.DataFrame([row("a", gap=4e-3)])).met is None
