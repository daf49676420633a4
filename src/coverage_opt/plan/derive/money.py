"""What teaching asks of institutions: euros and teachers' hours."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_opt.frames import rows
from coverage_opt.plan.derive.basis import MOMENT, Basis
from coverage_opt.plan.derive.changes import Change
from coverage_opt.plan.plan import TABLES
from coverage_opt.region.region import ONLINE


def money(
    basis: Basis, enrolled: pd.DataFrame, units: pd.DataFrame, changes: Mapping[int, Change]
) -> pd.DataFrame:
    """Return period, scenario, institution, funding, cost, balance (EUR a year).

    What is online has rows in the periods in which anything is online. Without money: no rows.
    """
    if basis.region.money is None:
        return pd.DataFrame(columns=list(TABLES["money"]))
    online = set(units.loc[units["site"] == ONLINE, "period"])
    keys = [
        (period, scenario, institution)
        for period, scenario in basis.moments
        for institution in [*basis.institutions, *([ONLINE] if period in online else [])]
    ]
    table = pd.DataFrame(keys, columns=[*MOMENT, "institution"])
    table = table.merge(_funding(basis, enrolled), on=[*MOMENT, "institution"], how="left")
    table = table.merge(_cost(basis, units, changes), on=["period", "institution"], how="left")
    table = table.fillna({"funding": 0.0, "cost": 0.0})
    return table.assign(balance=table["funding"] - table["cost"])


def teachers(basis: Basis, units: pd.DataFrame, changes: Mapping[int, Change]) -> pd.DataFrame:
    """Return period, institution, domain, hours a year that groups and teaching out take."""
    region = basis.region
    taught = units.merge(basis.teaching.units[["unit", "hours", "domain"]], on="unit")
    taught = taught.assign(
        hours=taught["hours"] * taught["groups"], institution=_institutions(basis, taught["site"])
    )
    hours = region.teach_out_hours
    out = [
        (
            period,
            basis.institution_of[site],
            region.domains_of(programme)[0],
            hours[programme] / region.span_years(period),
        )
        for period, change in changes.items()
        for programme, site in change.closed
    ]
    columns = list(TABLES["teachers"])
    both = pd.concat(
        [taught[columns], pd.DataFrame(out, columns=columns).astype(taught[columns].dtypes)]
    )
    return both.groupby(columns[:3], as_index=False)[["hours"]].sum()


def _funding(basis: Basis, enrolled: pd.DataFrame) -> pd.DataFrame:
    """Return period, scenario, institution, funding: for those enrolled, and fees."""
    assert basis.region.money is not None
    per_starter, fee = basis.region.funding_of, basis.region.money.fee_per_hour
    starting = enrolled["programme"].map(per_starter).astype("float64") * enrolled["learners"]
    alone = basis.certificates
    fees = fee * alone["unit"].map(basis.hours).astype("float64") * alone["learners"]
    both = pd.concat([enrolled.assign(funding=starting), alone.assign(funding=fees)])
    both["institution"] = _institutions(basis, both["site"])
    return both.groupby([*MOMENT, "institution"], as_index=False)[["funding"]].sum()


def _cost(basis: Basis, units: pd.DataFrame, changes: Mapping[int, Change]) -> pd.DataFrame:
    """Return period, institution, cost: groups, offers, open sites, opening and closing."""
    costs = [*_running_costs(basis, units), *_costs_of_change(basis, changes)]
    table = pd.DataFrame(costs, columns=["period", "institution", "cost"])
    table = table.astype({"period": "int64", "institution": "str", "cost": "float64"})
    return table.groupby(["period", "institution"], as_index=False)[["cost"]].sum()


def _running_costs(basis: Basis, units: pd.DataFrame) -> list[tuple[int, str, float]]:
    prices = basis.region.money
    assert prices is not None
    institution = basis.institution_of
    taught = rows(units, "period", "unit", "site", "groups")
    open_sites = pd.concat([basis.offers[["period", "site"]], units[["period", "site"]]])
    open_sites = open_sites[open_sites["site"] != ONLINE].drop_duplicates()
    return [
        *(
            (period, institution[site], prices.cost_per_group_hour * basis.hours[unit] * groups)
            for period, unit, site, groups in taught
        ),
        *(
            (period, institution[site], prices.cost_per_offer)
            for period, site in rows(basis.offers, "period", "site")
        ),
        *(
            (period, institution[site], prices.cost_per_site)
            for period, site in rows(open_sites, "period", "site")
        ),
    ]


def _costs_of_change(basis: Basis, changes: Mapping[int, Change]) -> list[tuple[int, str, float]]:
    """Return what is paid once, spread over the years until the next period."""
    region = basis.region
    prices, teach_out = region.money, region.teach_out_hours
    assert prices is not None
    found = []
    for period, change in changes.items():
        years = region.span_years(period)
        for _, site in change.opened:
            found.append((period, basis.institution_of[site], prices.cost_to_open / years))
        for programme, site in change.closed:
            once = prices.cost_to_close + teach_out[programme] * prices.cost_per_group_hour
            found.append((period, basis.institution_of[site], once / years))
    return found


def _institutions(basis: Basis, sites: pd.Series) -> pd.Series:
    return sites.map(basis.institution_of).astype("str")
