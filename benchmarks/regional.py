"""Every shipped region under every shipped policy: the first result table."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_opt import shipped
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, NoPlan, solve
from coverage_opt.policy.load import load_policy
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits

POLICIES = (
    *("programme", "current_law", "dossier", "orientation", "modular"),
    *("regional_assembly", "crossovers"),
)
GAP = 1e-3
TIME_LIMIT_SECONDS = 1800.0
FAR_MINUTES = 90.0
README_COLUMNS = 14


def run_all(folder: Path) -> pd.DataFrame:
    """Solve and verify all regions under all policies.

    Args:
        folder: where ``regional.csv`` is written, and read by :func:`read_results`.

    Returns:
        One row per run: region, policy, period (its first), status, gap (relative, of the first
        stage), seconds (of everything from loading to verifying), and every indicator of the plan.
    """
    rows = []
    for name in shipped.instance_names():
        for policy in POLICIES:
            row = _run(name, policy)
            print(name, policy, row["status"], f"gap {row['gap']:.5f}", row["seconds"], "s")
            rows.append(row)
    results = pd.DataFrame(rows)
    folder.mkdir(parents=True, exist_ok=True)
    results.to_csv(folder / "regional.csv", index=False)
    return results


def read_results(folder: Path) -> pd.DataFrame:
    """Read what :func:`run_all` wrote."""
    return pd.read_csv(folder / "regional.csv")


def _run(name: str, policy: str) -> dict[str, object]:
    began = time.perf_counter()
    region = load_region(name)
    named: dict[str, object] = {"region": name, "policy": policy, "period": region.periods[0]}
    try:
        plan = solve(region, load_policy(policy), Limits(TIME_LIMIT_SECONDS, GAP))
    except (Infeasible, NoPlan) as error:
        status = "infeasible" if isinstance(error, Infeasible) else "no plan"
        seconds = round(time.perf_counter() - began, 1)
        return {**named, "status": status, "gap": math.inf, "seconds": seconds}
    seconds = round(time.perf_counter() - began, 1)
    first = plan.stages.iloc[0]
    return {
        **named,
        "status": plan.status,
        "gap": round(float(first["gap"]), 6),
        "seconds": seconds,
        **{name: round(value, 4) for name, value in plan.indicators.items()},
        "young": round(_young(region, plan), 2),
        "smallest_offer": round(float(plan.offers["learners"].min()), 2),
        "far_zones": _far_zones(region, plan),
    }


def _young(region: Region, plan: Plan) -> float:
    """Return the young learners who ask for a place, a year."""
    demand = region.demand(plan.periods[0])
    return float(demand.loc[demand["learner"] == "young", "learners"].sum())


def _far_zones(region: Region, plan: Plan) -> str:
    """Name the zones with learners that reach no site within :data:`FAR_MINUTES`."""
    zones = region.zones.set_index("zone")["name"]
    nearest = region.minutes.min(axis=1)
    living = sorted(set(region.demand(plan.periods[0])["zone"]))
    far = [f"{zones[zone]} ({zone}): {nearest[zone]:.0f}" for zone in living]
    return "; ".join(
        text for text, zone in zip(far, living, strict=True) if nearest[zone] > FAR_MINUTES
    )


def readme_table(results: pd.DataFrame) -> str:
    """Return the table of the README, in Markdown."""
    header = (
        "| region | policy | coverage | openings filled | programmes offered | offers | reuse "
        "| placed | first choice | group | travel, min | cost, EUR m | proven gap | seconds |\n"
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    return header + "".join(_readme_rows(results))


def _readme_rows(results: pd.DataFrame) -> Iterator[str]:
    for row in results.to_dict("records"):
        if pd.isna(row["coverage"]):
            blank = "| " * (README_COLUMNS - 4)
            yield f"| {row['region']} | {row['policy']} {blank}| {row['status']} "
            yield f"| {row['seconds']:.0f} |\n"
            continue
        yield (
            f"| {row['region']} | {row['policy']} | {row['coverage']:.1%} "
            f"| {row['filled_openings']:.1%} | {row['programmes']:.0f} | {row['offers']:.0f} "
            f"| {row['reuse']:.1%} | {row['placed']:.1%} | {row['first_choice']:.1%} "
            f"| {row['mean_group']:.1f} | {row['travel']:.0f} | {_cost(row)} | {row['gap']:.2%} "
            f"| {row['seconds']:.0f} |\n"
        )


def _cost(row: Mapping[Hashable, Any]) -> str:
    """Return the cost in millions of EUR a year; blank for a region without money."""
    cost = row.get("cost", math.nan)
    return "" if pd.isna(cost) else f"{cost / 1e6:.1f}"


def sanity_section(results: pd.DataFrame, region: str) -> str:
    """Return what SOURCES.md says of the plans made from a region, in Markdown."""
    of_region = results[results["region"] == region].to_dict("records")
    ours = {str(row["policy"]): row for row in of_region}
    today, modular = ours["programme"], ours["modular"]
    far = "" if pd.isna(today["far_zones"]) else str(today["far_zones"])
    rows = [
        ("young starters a year", f"{today['young']:,.0f}", "0.32 x published learners enrolled"),
        ("offers over all sites", f"{today['offers']:.0f}", "80 to 200 expected for Zeeland"),
        ("learners placed", f"{today['placed']:.1%}", "95 % or more expected for Zeeland"),
        ("mean travel one way, minutes", f"{today['travel']:.0f}", "20 to 45 expected"),
        ("mean taught group, learners", f"{today['mean_group']:.1f}", "12 to 28 expected"),
        ("zones beyond 90 minutes of every site", far or "none", "named"),
    ]
    lines = [
        f"Plans for {today['period']:.0f} by `python -m benchmarks regional`. Today's rule "
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
