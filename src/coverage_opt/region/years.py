"""How long learners are present, what it takes to teach them out, and how long a period lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from coverage_opt.frames import mapping, rows

ONLY_PERIOD_YEARS = 5.0
"""How long the only period of a region lasts, years. Assumption: a usual horizon of plans."""


def present_years(programmes: pd.DataFrame, retention: Mapping[int, float]) -> dict[str, float]:
    r"""Return the learner-years present in a programme for each learner who starts it.

    .. math:: \sum_{y = 1}^{\lceil T_p \rceil} \min(T_p - (y - 1), 1) \, r_{\min(y, 4)}

    Args:
        programmes: columns programme, years (nominal length :math:`T_p`).
        retention: share of the intake still there in each year of study 1 to 4; later years are
            as year 4.
    """
    last = max(retention)
    present = {}
    for programme, years in rows(programmes, "programme", "years"):
        total, year = 0.0, 1
        while years > year - 1:
            total += min(years - (year - 1), 1.0) * retention[min(year, last)]
            year += 1
        present[programme] = total
    return present


def teach_out_hours(curriculum: pd.DataFrame, units: pd.DataFrame) -> dict[str, float]:
    r"""Return the contact hours it takes to teach out those inside a programme that closes.

    When a programme takes nobody in any more, its units of year :math:`y` are taught
    :math:`y - 1` times more, to one group each:

    .. math:: \sum_{u \in U(p)} (y_u - 1) \, h_u

    Args:
        curriculum: columns programme, unit.
        units: columns unit, year (of study), hours (contact hours a group a year).
    """
    taught = curriculum.merge(units[["unit", "year", "hours"]], on="unit")
    hours = ((taught["year"] - 1) * taught["hours"]).groupby(taught["programme"]).sum()
    return mapping(hours.reset_index(name="hours"), "programme", "hours")


def span_years(periods: Sequence[int]) -> dict[int, float]:
    """Return how many years each period stands for: until the next one.

    The last one is taken to be as long as the one before, an only one `ONLY_PERIOD_YEARS`.

    Args:
        periods: calendar years, increasing.
    """
    spans = {start: float(end - start) for start, end in pairwise(periods)}
    spans[periods[-1]] = spans[periods[-2]] if len(periods) > 1 else ONLY_PERIOD_YEARS
    return spans
