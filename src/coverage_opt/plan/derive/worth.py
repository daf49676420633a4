"""What a plan is worth: every indicator in every moment, over all of them, and to a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from coverage_opt.frames import mapping, values_at
from coverage_opt.plan.derive.basis import MOMENT, Basis
from coverage_opt.plan.derive.changes import Change
from coverage_opt.plan.indicators import SUMMED, indicator_units
from coverage_opt.plan.weighing import zone_coverage
from coverage_opt.policy.policy import Stage
from coverage_opt.region.region import ONLINE
from coverage_opt.region.scenarios import Scenario

_NAMED = {"open_sites": "sites"}
"""Terms of an objective that an indicator of another name measures."""


def outlook(
    basis: Basis,
    tables: Mapping[str, pd.DataFrame],
    sized: pd.DataFrame,
    changes: Mapping[int, Change],
) -> pd.DataFrame:
    """Return period, scenario, name, value: every indicator in every moment.

    Args:
        basis: what is decided.
        tables: all tables that come before this one.
        sized: period, scenario, unit, site, learners.
        changes: what opens and closes in each period.
    """
    values = {
        **_served(basis),
        **_reached(basis, tables["reach"]),
        "filled_openings": _filled_openings(basis, tables["filled"]),
        **_travelled(basis),
        **_taught(basis, tables, sized),
        **_spent(basis, tables["money"]),
        "changes": _of_period(basis, {period: change.count for period, change in changes.items()}),
    }
    if basis.region.has("current"):
        values["worst_institution"] = _worst_institution(basis)
    names = list(indicator_units(basis.region))
    rows = [
        (period, scenario, name, float(values[name].loc[period, scenario]))
        for period, scenario in basis.moments
        for name in names
    ]
    return pd.DataFrame(rows, columns=[*MOMENT, "name", "value"])


def indicators(basis: Basis, outlook: pd.DataFrame) -> pd.DataFrame:
    """Return name, unit, value: the mean over the periods of what is expected; or the sum."""
    expected = basis.expected(outlook, ["name", "period"], "value")
    mean, total = expected.groupby("name").mean(), expected.groupby("name").sum()
    units = indicator_units(basis.region)
    return pd.DataFrame(
        {
            "name": list(units),
            "unit": list(units.values()),
            "value": [float((total if name in SUMMED else mean)[name]) for name in units],
        }
    )


def stage_value(stage: Stage, outlook: pd.DataFrame, scenarios: Sequence[Scenario]) -> float:
    r"""Return what a stage's sum is worth over the scenarios, in its own sense of risk.

    .. math::

        x_w = \sum_k c_k \frac{1}{|T|} \sum_t k_{tw}, \qquad
        \sum_w \pi_w x_w, \quad \min_w x_w \;\text{(or max)}, \quad
        \frac{1}{\alpha} \sum_{w \text{ worst first}} \min(\pi_w, \text{what is left of } \alpha)
        \, x_w

    Args:
        stage: the stage.
        outlook: period, scenario, name, value.
        scenarios: with their probabilities.
    """
    by_scenario = outlook.groupby(["scenario", "name"])["value"]
    mean, total = by_scenario.mean(), by_scenario.sum()
    worth = {}
    for scenario in scenarios:
        worth[scenario.name] = sum(
            weight
            * float((total if term in SUMMED else mean)[scenario.name, _NAMED.get(term, term)])
            for term, weight in stage.terms.items()
        )
    if stage.risk == "expected":
        return sum(scenario.probability * worth[scenario.name] for scenario in scenarios)
    upwards = sorted(scenarios, key=lambda each: worth[each.name])
    worst_first = upwards if stage.sense == "maximise" else upwards[::-1]
    if stage.risk == "worst_case":
        return worth[worst_first[0].name]
    left, tail = stage.tail, 0.0
    for scenario in worst_first:
        mass = min(scenario.probability, left)
        tail, left = tail + mass * worth[scenario.name], left - mass
    # probabilities that sum to a little less than 1 leave a crumb of a tail of 1
    return tail / (stage.tail - left)


def _served(basis: Basis) -> dict[str, pd.Series]:
    """Return who has a place or a unit, of those who ask."""
    asking, switches = basis.asking, basis.switches
    everybody = _total(basis, asking[~asking["alone"]])
    alone = _total(basis, asking[asking["alone"]])
    users, stated = basis.region.curriculum, basis.region.afterwards
    free = users[~users["unit"].isin(stated["unit"])]
    undecided = pd.concat([free, stated[["unit", "programme"]]]).rename(columns={"unit": "choice"})
    met = switches.merge(undecided, on=["choice", "programme"])
    own = switches[switches["choice"] == switches["programme"]]
    return {
        "placed": _share(_total(basis, switches), everybody),
        "first_choice": _share(_total(basis, own) + _total(basis, met), everybody),
        "certificates": _share(_total(basis, basis.certificates), alone),
        "learners": everybody,
        "certificate_learners": alone,
    }


def _reached(basis: Basis, reach: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the coverage of the young learners, and of the zone of theirs that has the least."""
    of_zone = zone_coverage(basis.region, reach)
    zones = basis.living.merge(of_zone, on=["period", "zone"])
    covered = zones.assign(learners=zones["learners"] * zones["coverage"])
    return {
        "coverage": _share(_total(basis, covered), _total(basis, basis.living)),
        "worst_zone": _aligned(basis, zones.groupby(MOMENT)["coverage"].min()),
    }


def _filled_openings(basis: Basis, filled: pd.DataFrame) -> pd.Series:
    weight = mapping(basis.region.occupations, "occupation", "weight")
    urgency = filled["occupation"].map(weight).astype("float64")
    moments = [filled[column] for column in MOMENT]
    reached, wanted = (
        _aligned(basis, (urgency * filled[column]).groupby(moments).sum())
        for column in ("filled", "openings")
    )
    return _share(reached, wanted)


def _travelled(basis: Basis) -> dict[str, pd.Series]:
    """Return minutes to programmes, and learner-minutes to whatever is taken."""
    to_programme = _learner_minutes(basis, basis.placements)
    alone = basis.certificates
    elsewhere = [basis.attendance, alone[alone["site"] != ONLINE]]
    return {
        "travel": _share(to_programme, _total(basis, basis.placements)),
        "travel_minutes": to_programme + sum(_learner_minutes(basis, part) for part in elsewhere),
    }


def _learner_minutes(basis: Basis, journeys: pd.DataFrame) -> pd.Series:
    minutes = values_at(basis.region.minutes, journeys["zone"], journeys["site"])
    return _total(basis, journeys.assign(learners=minutes * journeys["learners"]))


def _taught(
    basis: Basis, tables: Mapping[str, pd.DataFrame], sized: pd.DataFrame
) -> dict[str, pd.Series]:
    """Return what is offered and taught, and what teaching together saves."""
    offers, units = tables["offers"], tables["units"]
    hours = units["unit"].map(basis.hours).astype("float64")
    delivered = offers.merge(basis.teaching.curriculum, on="programme")
    apart = delivered["unit"].map(basis.hours).astype("float64").groupby(delivered["period"]).sum()
    saved = apart.sub(hours.groupby(units["period"]).sum(), fill_value=0.0)
    groups = units.groupby("period")["groups"].sum()
    sites = pd.concat([offers[["period", "site"]], units[["period", "site"]]])
    counts = {
        "saved_hours": saved,
        "group_hours": (hours * units["groups"]).groupby(units["period"]).sum(),
        "offers": offers.groupby("period").size(),
        "programmes": offers.groupby("period")["programme"].nunique(),
        "units": units.groupby("period").size(),
        "sites": sites[sites["site"] != ONLINE].groupby("period")["site"].nunique(),
    }
    return {
        **{name: _of_period(basis, counted) for name, counted in counts.items()},
        "reuse": _share(_of_period(basis, saved), _of_period(basis, apart)),
        "mean_group": _share(_total(basis, sized), _of_period(basis, groups)),
    }


def _spent(basis: Basis, money: pd.DataFrame) -> dict[str, pd.Series]:
    totals = money.groupby(MOMENT)[["cost", "funding", "balance"]].sum()
    return {str(name): _aligned(basis, totals[name]) for name in totals}


def _worst_institution(basis: Basis) -> pd.Series:
    """Return the lowest share of its present share of the learners that an institution keeps."""
    current, asking = basis.region.current, basis.asking
    present = current["learners"].groupby(current["site"].map(basis.institution_of)).sum()
    present = present[present > 0] / (present.sum() or 1.0)
    everybody = _total(basis, asking[~asking["alone"]])
    placements = basis.placements
    institution = placements["site"].map(basis.institution_of)
    key = [*(placements[column] for column in MOMENT), institution]
    starting = placements["learners"].groupby(key).sum()
    worst = pd.Series(1.0, index=basis.moments)
    for name, share in present.items():
        here = starting[starting.index.get_level_values(2) == name].droplevel(2)
        kept = (_aligned(basis, here) / (share * everybody)).where(everybody > 0, 1.0)
        worst = worst.combine(kept, min)
    return worst


def _total(basis: Basis, table: pd.DataFrame) -> pd.Series:
    """Return the learners of a table, in every moment."""
    return _aligned(basis, table.groupby(MOMENT)["learners"].sum())


def _aligned(basis: Basis, values: pd.Series) -> pd.Series:
    """Return a value for every moment, 0 where there was nothing to add up."""
    return values.reindex(basis.moments, fill_value=0.0).astype("float64")


def _of_period(basis: Basis, values: Mapping[int, float] | pd.Series) -> pd.Series:
    """Return what does not depend on the scenario, in every moment."""
    periods = basis.moments.get_level_values("period")
    return pd.Series([float(values.get(period, 0.0)) for period in periods], index=basis.moments)


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return a ratio; 0 where there is nothing to take it of."""
    return (part / whole).where(whole != 0, 0.0)
