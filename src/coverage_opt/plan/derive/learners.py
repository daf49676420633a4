"""Who has a place, and who is left."""

from __future__ import annotations

import pandas as pd

from coverage_opt.plan.derive.basis import MOMENT, Basis

LEFT_OVER = 1e-6
"""Learners of one zone and choice below which the rest is rounding of the solver."""


def enrolments(basis: Basis) -> pd.DataFrame:
    """Return period, scenario, programme, site, learners who start there, where there are any."""
    key = [*MOMENT, "programme", "site"]
    return basis.placements.groupby(key, as_index=False)[["learners"]].sum()


def unplaced(basis: Basis) -> pd.DataFrame:
    """Return period, scenario, learner, zone, choice, learners whom nobody places or teaches."""
    key = [*MOMENT, "learner", "zone", "choice"]
    columns = [*key, "learners"]
    served = pd.concat(
        [basis.switches[columns], basis.certificates.rename(columns={"unit": "choice"})[columns]]
    )
    served["learners"] = -served["learners"]
    left = pd.concat([basis.asking[columns], served]).groupby(key, as_index=False)[["learners"]]
    rest = left.sum()
    return rest[rest["learners"] > LEFT_OVER].reset_index(drop=True)
