"""What is offered and taught: learners, sizes, groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coverage_opt.plan.derive.basis import MOMENT, Basis
from coverage_opt.region.region import ONLINE
from coverage_opt.rules.class_size import ClassSize

OVERFLOW = 1e-6
"""Share (of a learner at least) by which full groups may overflow before another one is counted.

The solver keeps its rows only so precisely, and a group more would cost more than was planned.
"""


def offers(basis: Basis, enrolled: pd.DataFrame) -> pd.DataFrame:
    """Return period, programme, site, learners expected to start there a year."""
    key = ["period", "programme", "site"]
    expected = basis.expected(enrolled, key).reset_index()
    return basis.offers[key].merge(expected, on=key, how="left").fillna({"learners": 0.0})


def sizes(basis: Basis, enrolled: pd.DataFrame) -> pd.DataFrame:
    """Return period, scenario, unit, site, learners of every unit that runs.

    They are those enrolled where the unit is taught with the programme (or anywhere, online),
    those attending where it is taught nearby, and those who take it alone, less those who are
    sent to a partner's site, where they count instead. Drop-out is taken off those enrolled and
    attending only.
    """
    key = [*MOMENT, "unit", "site"]
    taught = enrolled.merge(basis.teaching.curriculum, on="programme")
    taught = taught.merge(basis.teaching.units[["unit", "delivery"]], on="unit")
    taught = taught[taught["delivery"] != "nearby"]
    here = taught.assign(
        site=taught["site"].mask(taught["delivery"] == "online", ONLINE),
        learners=taught["learners"] * taught["retention"],
    )
    sent = basis.sent
    parts = [
        here,
        basis.attendance,
        basis.certificates,
        sent.assign(learners=-sent["learners"]),
        sent.assign(site=sent["partner_site"]),
    ]
    present = pd.concat([part[[*key, "learners"]] for part in parts])
    present = present.groupby(key, as_index=False)[["learners"]].sum()
    scenarios = pd.DataFrame({"scenario": pd.Series(list(basis.probability), dtype="str")})
    running = basis.runs[["period", "unit", "site"]].merge(scenarios, how="cross")
    sized = running.merge(present, on=key, how="left").fillna({"learners": 0.0})
    return sized.assign(learners=sized["learners"].clip(lower=0.0))


def units(basis: Basis, sized: pd.DataFrame) -> pd.DataFrame:
    """Return period, unit, kind, site, learners (expected), groups, group_size.

    Groups are planned before the scenario is known: enough for the largest size of all, or, where
    class sizes hold in expectation, for the mean.
    """
    key = ["period", "unit", "site"]
    taught = basis.expected(sized, key).to_frame()
    rule = basis.policy.rule(ClassSize)
    if rule is None or rule.holds == "every_scenario":
        taught["needed"] = sized.groupby(key)["learners"].max()
    else:
        taught["needed"] = taught["learners"]
    taught = taught.reset_index().merge(basis.teaching.units[["unit", "kind"]], on="unit")
    maximum = [rule.of(kind).maximum if rule else np.inf for kind in taught["kind"]]
    needed = taught["needed"] - OVERFLOW * taught["needed"].clip(lower=1.0)
    groups = np.ceil(needed / np.array(maximum, dtype=np.float64))
    taught["groups"] = groups.clip(lower=1).astype("int64")
    return taught.assign(group_size=taught["learners"] / taught["groups"])
