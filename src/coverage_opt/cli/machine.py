"""A plan as one line of JSON, for programs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from coverage_opt.plan.plan import Plan


def as_line(plan: Plan, folder: Path) -> str:
    """Return the result of a solve; a number that is not known is null."""
    stages = [
        {key: _finite(stage[key]) for key in ("stage", "goal", "sense", "value", "bound", "gap")}
        | {"seconds": _finite(stage["seconds"]), "status": stage["status"]}
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
        "overrides": plan.run.get("overrides", []),
        "period": int(plan.period),
        "objective": stages,
        "bound": first.get("bound"),
        "gap": first.get("gap"),
        "indicators": {name: _finite(value) for name, value in plan.indicators.items()},
        "counts": counts(plan),
        "reductions": plan.run.get("reductions", {}),
        "seconds": plan.run.get("seconds", {}),
        "run": str(folder),
    }
    return json.dumps(result, allow_nan=False)


def counts(plan: Plan) -> dict[str, int]:
    """Return how much of everything is in the plan."""
    offers, units, reach = plan.offers, plan.units, plan.table("reach")
    switches, unplaced = plan.table("switches"), plan.table("unplaced")
    zones = set(reach["zone"]) | set(switches["zone"]) | set(unplaced["zone"])
    choices = set(switches["choice"]) | set(unplaced["choice"])
    return {
        "zones": len(zones),
        "choices": len(choices),
        "offers": len(offers),
        "programmes": int(offers["programme"].nunique()),
        "sites": int(offers["site"].nunique()),
        "units": len(units),
        "groups": int(units["groups"].sum()),
        "occupations": len(plan.table("filled")),
        "placements": len(plan.placements),
        "attendance": len(plan.table("attendance")),
        "switches": len(switches),
        "unplaced": len(unplaced),
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
