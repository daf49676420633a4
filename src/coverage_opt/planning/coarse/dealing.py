"""From what groups of zones do on a coarse map to what each zone does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coverage_opt.formulation.case import Pair
from coverage_opt.planning.coarse.demand import Demand
from coverage_opt.planning.coarse.offering import Settled

SMALLEST = 1e-9
"""Share of those who ask below which a flow is rounding of the solver's."""

WHO = ["learner", "zone"]


def deal(settled: Settled, demand: Demand) -> dict[str, pd.DataFrame]:
    """Return the switches, placements and attendance of a family, zone by zone.

    Each zone has its share, by demand, of who takes what; for each programme and nearby unit its
    learners go where those of its group go.

    Args:
        settled: what was decided on a coarse map.
        demand: of the whole.
    """
    groups = settled.case.periods[0].groups
    flows = settled.decided.moments[0]
    members = groups.members.rename(columns={"zone": "merged"})
    takes = flows.switches.merge(_asking(settled), on="group")
    takes["share"] = takes["learners"] / takes["asking"]
    takes = takes[takes["share"] > SMALLEST]
    ways = members[["group", "learner", "merged", "choice"]].merge(
        takes[["group", "programme", "share"]], on="group"
    )
    asked = demand.only(settled.family.choices).table()
    asked["merged"] = asked["zone"].map(_merged(settled))
    dealt = asked.merge(ways, on=["learner", "merged", "choice"])
    dealt["learners"] *= dealt["share"]
    switches = dealt[[*WHO, "choice", "programme", "learners"]]
    key = [*WHO, "merged", "programme"]
    coming = dealt.groupby(key, as_index=False)[["learners"]].sum()
    placements = _going(coming, _catchments(members, groups.catchment_of, "programme"),
                        flows.placements, "programme")  # fmt: skip
    curriculum = settled.case.teaching.curriculum
    units = settled.case.teaching.units
    nearby = units.loc[units["delivery"] == "nearby", "unit"]
    needed = curriculum[curriculum["unit"].isin(nearby)]
    attending = coming.merge(needed, on="programme")
    attending["learners"] *= attending["retention"]
    attending = attending.groupby([*WHO, "merged", "unit"], as_index=False)[["learners"]].sum()
    attendance = _going(attending, _catchments(members, groups.nearby_of, "unit"),
                        flows.attendance, "unit")  # fmt: skip
    return {"switches": switches, "placements": placements, "attendance": attendance}


def _asking(settled: Settled) -> pd.DataFrame:
    asking = settled.case.periods[0].asking
    amounts = np.array([float(amount[0]) for amount in asking.values()])
    return pd.DataFrame({"group": pd.Series(list(asking), dtype="str"), "asking": amounts})


def _merged(settled: Settled) -> dict[str, str]:
    """Return zone -> the zone that stands for it in the case."""
    period, here = settled.case.periods[0], settled.here
    names = here.minutes.index.take(here.group_of)
    return {
        str(zone): period.zone_of[str(name)]
        for zone, name in zip(here.zones, names, strict=True)
        if str(name) in period.zone_of
    }


def _catchments(members: pd.DataFrame, catchment_of: Mapping[Pair, str], what: str) -> pd.DataFrame:
    """Return learner, merged, ``what``, catchment: whose learners have which sites in reach."""
    rows = [(*key, catchment) for key, catchment in catchment_of.items()]
    table = pd.DataFrame(rows, columns=["group", what, "catchment"], dtype="str")
    who = ["learner", "merged", what]
    found = members[["group", "learner", "merged"]].merge(table, on="group")
    return found[[*who, "catchment"]].drop_duplicates(who)


def _going(
    coming: pd.DataFrame, catchments: pd.DataFrame, flows: pd.DataFrame, what: str
) -> pd.DataFrame:
    """Return learner, zone, ``what``, site, learners: where those who come go."""
    flows = flows[["catchment", what, "site", "learners"]]
    share = flows["learners"] / flows.groupby(["catchment", what])["learners"].transform("sum")
    ways = flows.drop(columns="learners").assign(share=share)
    where = coming.merge(catchments, on=["learner", "merged", what])
    where = where.merge(ways, on=["catchment", what])
    where["learners"] *= where["share"]
    return where[[*WHO, what, "site", "learners"]]
