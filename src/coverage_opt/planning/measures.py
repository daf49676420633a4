"""What a plan is worth in coverage and openings, read off the columns of the model.

A verified plan says so itself; this is for the many answers of which no plan is made.
"""

from __future__ import annotations

from coverage_opt.formulation.planning_model import MomentModel
from coverage_opt.frames import mapping, rows
from coverage_opt.planning.prepared import Prepared
from coverage_opt.planning.what_if import Vector


def coverage(prepared: Prepared, columns: Vector) -> float:
    """Return the indicator ``coverage``: the mean over periods of what is expected, 0-1."""
    weights = prepared.model.shortage_weights
    return _mean(prepared, [_covered(prepared, m, columns, weights) for m in _moments(prepared)])


def filled_openings(prepared: Prepared, columns: Vector) -> float:
    """Return the indicator ``filled_openings``: the mean over periods of what is expected, 0-1."""
    weights = prepared.model.shortage_weights
    return _mean(prepared, [_filled(prepared, m, columns, weights) for m in _moments(prepared)])


def _moments(prepared: Prepared) -> tuple[MomentModel, ...]:
    return prepared.model.moments


def _mean(prepared: Prepared, values: list[float]) -> float:
    weighted = zip(_moments(prepared), values, strict=True)
    return sum(moment.probability * value for moment, value in weighted) / len(prepared.periods)


def _covered(
    prepared: Prepared, moment: MomentModel, columns: Vector, weights: dict[str, float]
) -> float:
    column, period = prepared.handed.matrix.column, moment.of_period
    total = sum(weights.values()) * moment.youth
    if not total:
        return 0.0
    reached = sum(
        weights[occupation] * moment.living[occupation, area]
        for (occupation, area), offers in period.case.areas.reached_by.items()
        if any(columns[column(period.offer[offer])] > 0.5 for offer in offers)
    )
    return reached / total


def _filled(
    prepared: Prepared, moment: MomentModel, columns: Vector, weights: dict[str, float]
) -> float:
    region, column = prepared.region, prepared.handed.matrix.column
    success = mapping(region.programmes, "programme", "success")
    starting: dict[str, float] = {}
    for (programme, _), enrolled in moment.enrolled.items():
        learners = float(columns[column(enrolled)])
        starting[programme] = starting.get(programme, 0.0) + learners
    graduates: dict[str, float] = {}
    for programme, occupation, share in rows(region.leads_to, "programme", "occupation", "share"):
        entering = share * success[programme] * starting.get(programme, 0.0)
        graduates[occupation] = graduates.get(occupation, 0.0) + entering
    openings = moment.data.openings
    total = sum(weights[one] * openings.get(one, 0.0) for one in weights)
    if not total:
        return 0.0
    filled = (
        weights[one] * min(openings.get(one, 0.0), graduates.get(one, 0.0)) for one in weights
    )
    return sum(filled) / total
