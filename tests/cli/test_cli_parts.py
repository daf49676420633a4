"""The small parts: durations, figures, lines of progress, one line of JSON."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pytest
from made_plans import plan_of, shown
from rich.console import Console

from coverage_opt.cli import machine, report
from coverage_opt.cli.duration import duration, in_words
from coverage_opt.cli.figures import amount, difference, euros, percentage, significant
from coverage_opt.cli.progress import shown_on
from coverage_opt.cli.years import Years, listed, spanned, years
from coverage_opt.solver.progress import Progress


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("5m", 300),
        ("90s", 90),
        ("1h30m", 5400),
        ("300", 300),
        ("2h", 7200),
        ("1h5s", 3605),
        ("1H30M10S", 5410),
        ("0.5s", 0.5),
        ("1.5m", 90),
        (" 10 ", 10),
        ("1h30", 3630),
        ("none", math.inf),
    ],
)
def test_durations(typed: str, seconds: float) -> None:
    assert duration(typed) == seconds


@pytest.mark.parametrize(
    "typed", ["", " ", "m", "5x", "-5m", "5m1h", "1e3", "5 m", "0", "0s", "0h0m", "inf", "nan", "٥"]
)
def test_what_is_not_a_duration(typed: str) -> None:
    with pytest.raises(ValueError, match=r"duration|above 0"):
        duration(typed)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.9, "1 min 00 s"),
        (3599.9, "1 h 00 min"),
        (5400, "1 h 30 min"),
    ],
)
def test_durations_in_words(seconds: float, said: str) -> None:
    assert in_words(seconds) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (-0.0, "0 %"),
        (1.0, "100 %"),
        (1 + 2e-16, "100 %"),
        (0.9999, "> 99.9 %"),
        (0.0001, "< 0.1 %"),
        (0.4375, "43.8 %"),
        (12.5, "1,250.0 %"),
        (math.inf, "not known"),
        (math.nan, "not known"),
    ],
)
def test_percentages_never_hide_a_rest(share: float, said: str) -> None:
    assert percentage(share) == said


def test_figures() -> None:
    assert [significant(number) for number in (3.832149, 0, 3680.04, 1234567.8, -math.inf)] == [
        "3.8321",
        "0",
        "3,680.0",
        "1,234,568",
        "not known",
    ]
    assert [amount(number) for number in (7.0, 26.94, 172.6, 1e6)] == [
        "7",
        "26.9",
        "173",
        "1,000,000",
    ]


def test_money_and_differences_have_their_unit() -> None:
    assert [euros(number) for number in (41_234_567.0, 412_345.4, -0.4, math.inf)] == [
        "EUR 41.23 million",
        "EUR 412,345",
        "EUR 0",
        "not known",
    ]
    assert difference(0.0123, "share") == "1.23 percentage points"
    assert difference(41_000.0, "EUR a year") == "EUR 41,000 a year"
    assert difference(12.0, "learner-minutes") == "12 learner-minutes"
    assert difference(2.0, "count") == "2"
    assert difference(0.0149, "") == "0.0149"


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("all", ()), (" All ", ()), ("2030", (2030,)), ("2030, 2026", (2026, 2030))],
)
def test_periods(typed: str, chosen: tuple[int, ...]) -> None:
    assert years(typed) == Years(chosen)


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026,", "2026;2030", "2026-2030", "-2026", "2026,2026", "all,2026", "٢"]
)
def test_what_are_not_periods(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is not all|names a year twice"):
        years(typed)


def test_periods_in_words() -> None:
    assert listed([2026, 2030, 2035]) == "2026, 2030 and 2035"
    assert listed(["one"]) == "one"
    assert spanned((2026, 2030, 2040)) == "2026 to 2040"
    assert spanned((2026,)) == "2026"


def lines_of(*events: Progress) -> list[str]:
    console = Console(file=io.StringIO(), width=80, markup=False, highlight=False)
    with shown_on(console, quiet=False) as listener:
        for event in events:
            listener(event)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def at(seconds: float, message: str = "searching", phase: str = "coverage") -> Progress:
    return Progress(phase, seconds, 3.5, 3.6, 0.1 / 3.5, 12, message)


def test_lines_in_a_pipe_are_few() -> None:
    lines = lines_of(*(at(second) for second in range(60)), at(60, "optimal"))
    assert lines[0] == "Pursuing coverage"
    assert len(lines) == 1 + 6 + 1
    assert lines[-1] == "  1 min 00 s  plan 3.5  bound 3.6  gap 2.86 %  optimal"


def test_each_stage_is_named_and_ended() -> None:
    lines = lines_of(at(0), at(5, "optimal"), at(0, phase="hours"), at(1, "feasible", "hours"))
    assert [line for line in lines if line.startswith("Pursuing")] == [
        "Pursuing coverage",
        "Pursuing hours",
    ]
    assert sum("optimal" in line for line in lines) == 1
    assert sum("feasible" in line for line in lines) == 1


def test_without_a_plan_or_a_bound() -> None:
    lines = lines_of(Progress("", 0.2, None, None, None, 0, "searching"))
    assert lines == ["Solving", "       0.2 s  no plan yet  searching"]


def test_quiet_says_nothing() -> None:
    console = Console(file=io.StringIO())
    with shown_on(console, quiet=True) as listener:
        listener(at(1, "new plan"))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""


ENDLESS = (1, "coverage", "maximise", 3.5, math.inf, math.inf, 2.0, "feasible")


def test_what_is_not_known_is_null_in_json() -> None:
    plan = plan_of(stages=[ENDLESS])
    line = machine.as_line(plan, Path("run"))
    assert "\n" not in line
    result = json.loads(line, parse_constant=lambda name: pytest.fail(f"not JSON: {name}"))
    assert result["objective"][0]["value"] == 3.5
    assert result["bound"] is None
    assert result["gap"] is None


def test_json_of_an_empty_plan() -> None:
    result = json.loads(machine.as_line(plan_of(), Path("run")))
    counts = result["counts"]
    assert (counts.pop("periods"), counts.pop("scenarios")) == (1, 1)
    assert set(counts.values()) == {0}
    assert result["periods"] == [2035]
    assert result["outlook"] == {"2035": {}}
    assert result["objective"] == []


def test_the_quality_is_told_honestly() -> None:
    gap = (1, "coverage", "maximise", 3.5, 3.6, 0.0286, 2.0, "feasible")
    far = (2, "saved_hours", "maximise", 0.0, math.inf, math.inf, 2.0, "feasible")
    assert report.quality(plan_of("optimal")) == (
        "No plan does better by this policy (within 0.10 %)."
    )
    assert report.quality(plan_of(stages=[gap, far])) == (
        "A limit came first: a better plan may exist, by at most 2.86 % in stage 1 and any amount "
        "in stage 2 and any amount in stage 3."
    )


def test_text_from_files_is_shown_as_it_is() -> None:
    plan = plan_of(offers=[(2035, "p[bold]", "[red]Ho:smile:me[/red]", 12.0)])
    text = shown(plan)
    assert "[red]Ho:smile:me[/red]" in text


def test_the_largest_changes_come_first_and_the_rest_is_summed() -> None:
    now = (2035, "baseline", "young")
    switches = [(*now, "z", f"c{number}", "other", float(number)) for number in range(1, 13)]
    switches += [(*now, "z", "other", "other", 500.0)]
    unplaced = [(*now, "z", "c1", 40.0), (*now, "z2", "c1", 2.0)]
    text = shown(plan_of(switches=switches, unplaced=unplaced))
    rows = text[text.index("Largest changes") :].splitlines()
    assert rows[3].split() == ["c1", "(no", "place)", "42"]
    assert rows[4].split() == ["c12", "other", "12"]
    assert rows[11].split() == ["...", "and", "5", "smaller", "ones", "15"]
    assert "500" not in text


def test_a_choice_that_is_taught_as_a_unit_is_met_by_any_programme() -> None:
    units = [(2035, "try-tech", "orientation", "s", 30.0, 2, 15.0)]
    switches = [(2035, "baseline", "young", "z", "try-tech", "weld", 30.0)]
    assert "Everybody gets what they asked for." in shown(plan_of(units=units, switches=switches))
