"""Results as one line of JSON, for programs; a number that is not known is null."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coverage_opt.plan.plan import Plan
from coverage_opt.plan.weighing import expected_outlook, outlook_of


def as_line(plan: Plan, folder: Path) -> str:
    """Return the result of a solve."""
    stages = [
        {key: stage[key] for key in ("stage", "goal", "sense", "value", "bound", "gap")}
        | {"seconds": stage["seconds"], "status": stage["status"]}
        for stage in plan.stages.to_dict("records")
    ]
    first: dict[str, Any] = stages[0] if stages else {}
    result = {
        "status": plan.status,
        "interrupted": bool(plan.run.get("interrupted", False)),
        "region": plan.region,
        "region_hash": plan.region_hash,
        "policy": plan.policy.name,
        "policy_hash": plan.policy.content_hash,
        "variant": plan.run.get("variant"),
        "overrides": plan.run.get("overrides", []),
        "periods": list(map(int, plan.periods)),
        "scenario_set": plan.scenario_set,
        "scenarios": [
            {"name": one.name, "title": one.title, "probability": one.probability}
            for one in plan.scenarios
        ],
        "objective": stages,
        "bound": first.get("bound"),
        "gap": first.get("gap"),
        "indicators": dict(plan.indicators),
        "outlook": outlook(plan),
        "counts": counts(plan),
        "reductions": plan.run.get("reductions", {}),
        "seconds": plan.run.get("seconds", {}),
        "run": str(folder),
    }
    return line(result)


def line(result: Mapping[str, Any]) -> str:
    """Return a result as one line of JSON."""
    return json.dumps(_known(result), allow_nan=False)


def outlook(plan: Plan) -> dict[str, dict[str, dict[str, float]]]:
    """Return each indicator in each period: expected, lowest and highest over the scenarios."""
    found: dict[str, dict[str, dict[str, float]]] = {str(year): {} for year in plan.periods}
    for name in plan.indicators:
        grid = outlook_of(plan, name)
        for year, value in expected_outlook(plan, name).items():
            ends = {"lowest": float(grid[year].min()), "highest": float(grid[year].max())}
            found[str(year)][name] = {"expected": value, **ends}
    return found


def counts(plan: Plan) -> dict[str, int]:
    """Return how much of everything is in the plan, over all periods and scenarios."""
    offers, units, reach = plan.offers, plan.units, plan.table("reach")
    switches, unplaced = plan.table("switches"), plan.table("unplaced")
    zones = set(reach["zone"]) | set(switches["zone"]) | set(unplaced["zone"])
    choices = set(switches["choice"]) | set(unplaced["choice"])
    return {
        "periods": len(plan.periods),
        "scenarios": len(plan.scenarios),
        "zones": len(zones),
        "choices": len(choices),
        "offers": len(offers),
        "programmes": int(offers["programme"].nunique()),
        "sites": int(offers["site"].nunique()),
        "units": len(units),
        "groups": int(units["groups"].sum()),
        "occupations": int(plan.table("filled")["occupation"].nunique()),
        "timeline": len(plan.table("timeline")),
        "placements": len(plan.placements),
        "attendance": len(plan.table("attendance")),
        "certificates": len(plan.table("certificates")),
        "switches": len(switches),
        "unplaced": len(unplaced),
    }


def _known(value: Any) -> Any:
    """Return a value without numbers that are not numbers."""
    if isinstance(value, Mapping):
        return {str(key): _known(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
