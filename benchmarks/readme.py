"""The tables of the README and of each SOURCES.md, made from the runs of the regional suite."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.machine import ROOT
from benchmarks.question import MissingSourceError
from benchmarks.results import newest_runs
from coverage_opt import shipped

SUITE = "regional"
SANITY = "<!-- sanity -->"
RESULTS, END = "<!-- results -->", "<!-- /results -->"
COLUMNS = 14
Record = Mapping[Hashable, Any]


def write_tables(results: Path, root: Path = ROOT) -> list[Path]:
    """Put the tables into README.md and into the SOURCES.md of each region.

    Args:
        results: folder of the tables of results.
        root: of the project.

    Returns:
        The files that were written.

    Raises:
        MissingSourceError: the suite was never run.
    """
    table = newest_runs(SUITE, results)
    if table is None:
        raise MissingSourceError(f"there is no table of {SUITE} in {results}: run it first")
    ours = table[table["method"] == "engine"].copy()
    names = ours["case"].str.extract(f"^({'|'.join(shipped.instance_names())})-(.+)$")
    ours["region"], ours["policy"] = names[0], names[1]
    readme = root / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(RESULTS)
    _, _, after = rest.partition(END)
    text = f"{before}{RESULTS}\n{readme_table(ours)}{END}{after}"
    readme.write_text(text, encoding="utf-8", newline="\n")
    return [readme, *_write_sources(ours, root)]


def _write_sources(ours: pd.DataFrame, root: Path) -> Iterator[Path]:
    for name, runs in ours.groupby("region"):
        policies = {str(row["policy"]): row for row in runs.to_dict("records")}
        if not {"programme", "modular"} <= set(policies):
            continue
        file = root / "instances" / str(name) / "SOURCES.md"
        kept, _, _ = file.read_text(encoding="utf-8").partition(SANITY)
        text = f"{kept}{SANITY}\n\n{sanity_section(policies)}"
        file.write_text(text, encoding="utf-8", newline="\n")
        yield file


def readme_table(ours: pd.DataFrame) -> str:
    """Return the table of the README, in Markdown; a run under several seeds is there once."""
    header = (
        "| region | policy | coverage | openings filled | programmes offered | offers | reuse "
        "| placed | first choice | group | travel, min | cost, EUR m | proven gap | seconds |\n"
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    once = ours.drop_duplicates(["region", "policy"])
    return header + "".join(_readme_rows(once))


def _readme_rows(ours: pd.DataFrame) -> Iterator[str]:
    for row in ours.to_dict("records"):
        if pd.isna(row["coverage"]):
            blank = "| " * (COLUMNS - 4)
            yield f"| {row['region']} | {row['policy']} {blank}| {row['status']} "
            yield f"| {row['seconds']:.0f} |\n"
            continue
        yield (
            f"| {row['region']} | {row['policy']} | {row['coverage']:.1%} "
            f"| {row['filled_openings']:.1%} | {row['programmes']:.0f} | {row['offers']:.0f} "
            f"| {row['reuse']:.1%} | {row['placed']:.1%} | {row['first_choice']:.1%} "
            f"| {row['mean_group']:.1f} | {row['travel']:.0f} | {_cost(row)} | {row['gap']:.3%} "
            f"| {row['seconds']:.0f} |\n"
        )


def _cost(row: Record) -> str:
    """Return the cost in millions of EUR a year; blank for a region without money."""
    cost = row.get("cost", math.nan)
    return "" if pd.isna(cost) else f"{cost / 1e6:.1f}"


def sanity_section(policies: Mapping[str, Record]) -> str:
    """Return what SOURCES.md says of the plans made from a region, in Markdown.

    Args:
        policies: the row of each policy.
    """
    today, modular = policies["programme"], policies["modular"]
    far: str = "" if pd.isna(today["far_zones"]) else str(today["far_zones"])
    rows = [
        ("young starters a year", f"{today['young']:,.0f}", "0.32 x published learners enrolled"),
        ("offers over all sites", f"{today['offers']:.0f}", "80 to 200 expected for Zeeland"),
        ("learners placed", f"{today['placed']:.1%}", "95 % or more expected for Zeeland"),
        ("mean travel one way, minutes", f"{today['travel']:.0f}", "20 to 45 expected"),
        ("mean taught group, learners", f"{today['mean_group']:.1f}", "12 to 28 expected"),
        ("zones beyond 90 minutes of every site", far or "none", "named"),
    ]
    lines = [
        f"Plans for {today['period']:.0f} by `python -m benchmarks run regional`. Today's rule "
        "(`programme`) against what is known or expected:",
        "",
        "| figure | plan | to compare with |",
        "|---|---|---|",
        *(f"| {name} | {value} | {expected} |" for name, value, expected in rows),
        "",
        f"Under `modular` coverage is {modular['coverage']:.1%} against {today['coverage']:.1%}, "
        f"and the smallest offer has {modular['smallest_offer']:.1f} starters a year.",
        "",
    ]
    return "\n".join(lines)
