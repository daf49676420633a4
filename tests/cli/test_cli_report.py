"""The report of several years and scenarios: outlook, timeline, money, teachers, single units."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_plans import TWO, plan_of, section, shown

from builders import tiny_region
from coverage_opt.cli import machine

INDICATORS = [
    ("coverage", "share", 0.6),
    ("cost", "EUR a year", 1_500_000.0),
    ("balance", "EUR a year", -20_000.0),
    ("funding", "EUR a year", 1_480_000.0),
    ("offers", "count", 5.0),
    ("changes", "count", 3.0),
]
OUTLOOK = [
    (2030, "slow", "coverage", 0.70),
    (2030, "fast", "coverage", 0.50),
    (2040, "slow", "coverage", 0.60),
    (2040, "fast", "coverage", 0.40),
    (2030, "slow", "cost", 1_000_000.0),
    (2030, "fast", "cost", 2_000_000.0),
    (2040, "slow", "cost", 1_800_000.0),
    (2040, "fast", "cost", 1_200_000.0),
    *((year, name, "offers", 5.0) for year in (2030, 2040) for name in ("slow", "fast")),
    *((year, name, "balance", -2e4) for year in (2030, 2040) for name in ("slow", "fast")),
    *((year, name, "funding", 1.48e6) for year in (2030, 2040) for name in ("slow", "fast")),
    *((year, name, "changes", 1.5) for year in (2030, 2040) for name in ("slow", "fast")),
]
SEVERAL = plan_of(periods=(2030, 2040), scenarios=TWO, indicators=INDICATORS, outlook=OUTLOOK)


def fields(line: str) -> list[str]:
    return [part.strip() for part in line.split("  ") if part.strip()]


def test_the_outlook_is_expected_worst_and_best() -> None:
    text = shown(SEVERAL)
    lines = [fields(line) for line in section(text, "Outlook: what is expected, and in the worst")]
    assert lines[0] == ["2030", "2040"]
    assert lines[2:] == [
        ["offers", "5", "5"],
        ["coverage", "65.0 %", "55.0 %"],
        ["worst: Fast decline", "50.0 %", "40.0 %"],
        ["best: Slow decline", "70.0 %", "60.0 %"],
        ["cost", "1,250,000", "1,650,000"],
        # no scenario is the worst in both years
        ["worst", "2,000,000", "1,800,000"],
        ["best", "1,000,000", "1,200,000"],
        ["balance", "-20,000", "-20,000"],
        ["changes", "1.5", "1.5"],
    ]


def test_each_scenario_is_summed_up_with_its_chance() -> None:
    text = shown(SEVERAL)
    lines = [fields(line) for line in section(text, "What each scenario brings")]
    assert lines[0] == ["Scenario", "Chance", "Coverage", "Balance"]
    assert lines[2] == ["Slow decline", "75 %", "65.0 %", "-20,000"]
    assert lines[3] == ["Fast decline", "25 %", "45.0 %", "-20,000"]


def test_the_first_lines_say_what_the_figures_are_over() -> None:
    text = shown(SEVERAL)
    first = " ".join(text.partition("Indicators")[0].split())
    assert first.startswith("tiny 2030 to 2040: ")
    assert "which scenario of decline comes: Slow decline (75 %) and Fast decline (25 %)." in first
    assert "Planned for 2030 and 2040; figures are means over these years." in first
    assert "It costs EUR 1.50 million a year and is funded with EUR 1.48 million: " in first
    assert "EUR 20,000 short." in first
    assert "3 times an offer opens or closes." in first
    assert "Indicators (means over the years and scenarios)" in text


def test_one_period_without_scenarios_stays_short() -> None:
    text = shown(plan_of(indicators=INDICATORS[:1]))
    for heading in ("Outlook", "Timeline", "Money", "What each scenario", "Group hours", "Planned"):
        assert heading not in text


def test_many_periods_stand_in_tables_below_each_other() -> None:
    periods = tuple(range(2026, 2032))
    outlook = [(year, "baseline", "coverage", 0.5) for year in periods]
    text = shown(plan_of(periods=periods, indicators=INDICATORS[:1], outlook=outlook))
    assert max(map(len, text.splitlines())) <= 80
    lines = [fields(line) for line in section(text, "Outlook")]
    assert lines[0] == ["2026", "2027", "2028", "2029"]
    assert lines[3] == ["2030", "2031"]


TIMELINE = [
    (2026, "closes", "care-BOL", "hook-centre", ""),
    (2026, "opens", "weld-BOL", "hill-centre", ""),
    *((2030, "opens", f"p{number}", "hook-centre", "") for number in range(7)),
    (2030, "opens", "pipe-BOL", "hill-centre", ""),
    (2030, "merges", "weld-BOL", "hill-centre", "try-tech"),
    (2030, "merges", "weld-BBL", "hill-centre", "try-tech"),
]
OFFERS = [(2030, f"p{number}", "hook-centre", 10.0 + number) for number in range(7)]


def test_the_timeline_is_told_in_sentences() -> None:
    plan = plan_of(periods=(2026, 2030, 2040), timeline=TIMELINE, offers=OFFERS)
    assert section(shown(plan), "Timeline") == [
        "2026, against today",
        "  weld-BOL opens at hill-centre.",
        "  care-BOL closes at hook-centre.",
        "2030, after 2026",
        "  7 programmes open at hook-centre: p6, p5, p4, p3 and 3 others.",
        "  pipe-BOL opens at hill-centre.",
        "  2 programmes merge into try-tech at hill-centre: weld-BBL and weld-BOL.",
        "2040, after 2030",
        "  Nothing changes.",
    ]


def test_the_timeline_uses_names_where_the_region_is_at_hand() -> None:
    plan = plan_of(periods=(2030, 2040), timeline=TIMELINE[-2:])
    assert section(shown(plan, tiny_region()), "Timeline")[:3] == [
        "2030, against today",
        "  2 programmes merge into Trying technology at Hill Centre: Welder (BBL) and",
        "  Welder (BOL).",
    ]


def test_without_today_the_first_year_is_where_it_begins() -> None:
    plan = plan_of(periods=(2026, 2030), timeline=[(2030, "closes", "weld-BOL", "s", "")])
    assert section(shown(plan), "Timeline") == [
        "2026, where it begins",
        "  No earlier offering to compare with.",
        "2030, after 2026",
        "  weld-BOL closes at s.",
    ]


def test_a_year_in_which_much_happens_is_cut_short() -> None:
    events = [(2030, "closes", f"p{number}", f"s{number:02}", "") for number in range(12)]
    lines = section(shown(plan_of(periods=(2030,), timeline=events)), "Timeline")
    assert len(lines) == 1 + 8 + 1
    assert lines[-1] == "  ... and 4 more that close elsewhere."


def test_the_money_of_each_institution_is_weighed_by_chance() -> None:
    money = [
        (2030, "slow", "north", 900_000.0, 800_000.0, 100_000.0),
        (2030, "fast", "north", 500_000.0, 800_000.0, -300_000.0),
        (2030, "slow", "online", 0.0, 40_000.0, -40_000.0),
        (2030, "fast", "online", 0.0, 40_000.0, -40_000.0),
    ]
    text = shown(plan_of(periods=(2030,), scenarios=TWO, money=money), tiny_region())
    lines = [fields(line) for line in section(text, "Money of each institution")]
    assert lines[2:] == [
        ["North College"],
        ["funding", "800"],
        ["cost", "800"],
        ["balance", "0"],
        ["balance, worst scenario", "-300"],
        ["online"],
        ["funding", "0"],
        ["cost", "40"],
        ["balance", "-40"],
        ["balance, worst scenario", "-40"],
        ["all together"],
        ["funding", "800"],
        ["cost", "840"],
        ["balance", "-40"],
        ["balance, worst scenario", "-340"],
    ]


def test_teachers_and_single_units_have_a_section() -> None:
    hours = [(2030, "north", "technology", 1200.0), (2040, "north", "technology", 900.0)]
    alone = [
        (2030, "slow", "adult", "hill", "welding", "hill-centre", 20.0),
        (2030, "fast", "adult", "hill", "welding", "hook-centre", 4.0),
        (2040, "slow", "adult", "bank", "dutch", "online", 2.0),
    ]
    plan = plan_of(periods=(2030, 2040), scenarios=TWO, teachers=hours, certificates=alone)
    text = shown(plan, tiny_region())
    lines = [fields(line) for line in section(text, "Group hours that teachers give")]
    assert lines[2:] == [["North College"], ["technology", "1,200", "900"]]
    lines = [fields(line) for line in section(text, "Units that adults take alone")]
    # (0.75 x 20 + 0.25 x 4) / 2 years, and 0.75 x 2 / 2 years
    assert lines[2:] == [
        ["Welding", "8", "Hill Centre, Hook Centre"],
        ["Dutch", "0.8", "online"],
    ]


def test_sites_over_the_years() -> None:
    offers = [
        (2030, "a", "hill-centre", 20.0),
        (2030, "b", "hill-centre", 10.5),
        (2040, "a", "hill-centre", 12.0),
    ]
    lines = section(shown(plan_of(periods=(2030, 2040), offers=offers)), "Offers and learners")
    assert [fields(line) for line in lines[2:]] == [
        ["hill-centre", "2 offers", "1 offer"],
        ["learners", "30.5", "12"],
    ]


def test_changes_are_weighed_by_chance_and_over_the_years() -> None:
    switches = [
        (2030, "slow", "young", "z", "c1", "other", 40.0),
        (2030, "fast", "young", "z", "c1", "other", 8.0),
    ]
    text = shown(plan_of(periods=(2030, 2040), scenarios=TWO, switches=switches))
    assert fields(section(text, "Largest changes")[2]) == ["c1", "other", "16"]


def test_json_carries_periods_scenarios_and_outlook() -> None:
    result = json.loads(machine.as_line(SEVERAL, Path("run")))
    assert result["periods"] == [2030, 2040]
    assert result["scenario_set"] == "decline"
    assert result["scenarios"][1] == {"name": "fast", "title": "Fast decline", "probability": 0.25}
    assert result["outlook"]["2040"]["coverage"] == pytest.approx(
        {"expected": 0.55, "lowest": 0.4, "highest": 0.6}
    )
    assert set(result["outlook"]["2030"]) == {name for name, _, _ in INDICATORS}
