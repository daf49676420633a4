"""Charts of the other figures."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from coverage_opt.plan.plan import EVENTS
from coverage_opt.report.charts.style import (
    BLUE,
    GREEN,
    IN_YEAR,
    ORANGE,
    PALETTE,
    PURPLE,
    SHAPES,
    SKY,
    VERMILION,
    data,
    finished,
    of,
    quoted,
    tooltips,
    year_parameter,
)
from coverage_opt.report.figures.places import BANDS
from coverage_opt.report.language import Language
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Table
from coverage_opt.report.words import TITLES

BAR = 18
MILLION = 1e6
LIGHT_TO_DARK = ["#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154"]
"""Viridis, from short journeys to long ones."""
OCCUPATIONS_SHOWN = 30
PERCENTAGES = alt.Axis(format=".0%", orient="top", tickCount=5)
OVER_TIME = ("coverage", "filled_openings", "placed", "first_choice")


def occupation_chart(run: Run, table: Table, language: Language) -> dict[str, Any]:
    """Return how many can learn each shortage occupation, and how many openings are filled."""
    keys = ["name", "prospect", "reached", "openings", "graduates", "filled_share"]
    first = table.rows.groupby("period").head(OCCUPATIONS_SHOWN)
    shown = Table(table.name, table.title, table.columns, first.reset_index(drop=True))
    base = (
        alt.Chart(data(shown, ["period", "weight", *keys], language))
        .transform_filter(IN_YEAR)
        .encode(
            y=alt.Y(
                "name:N",
                sort=alt.EncodingSortField("weight", op="max", order="descending"),
                title=None,
            ),
            tooltip=tooltips(of(table, *keys), language),
        )
    )
    kinds = [language("Young learners within reach"), language("Openings filled")]
    scale = alt.Scale(domain=kinds, range=[SKY, VERMILION])
    legend = alt.Legend(title=None, orient="top")
    bars = (
        base.transform_calculate(kind=quoted(kinds[0]))
        .mark_bar(size=11)
        .encode(
            x=alt.X("reached:Q", title=None, axis=PERCENTAGES),
            color=alt.Color("kind:N", scale=scale, legend=legend),
        )
    )
    dots = (
        base.transform_calculate(kind=quoted(kinds[1]))
        .mark_point(filled=True, size=55, opacity=1, shape="diamond", stroke="white", strokeWidth=1)
        .encode(x="filled_share:Q", color=alt.Color("kind:N", scale=scale, legend=legend))
    )
    number = int(first.groupby("period").size().max()) if len(first) else 1
    chart = alt.layer(bars, dots).add_params(year_parameter(run.plan.periods))
    said = language(
        "Bars: share of the young learners who can learn the occupation within reach. "
        "Diamonds: share of its openings that graduates fill."
    )
    return finished(chart, said, BAR * number + 30)


def group_chart(run: Run, table: Table, language: Language) -> dict[str, Any]:
    """Return the size of every group, by kind of unit, with the minimum of the kind."""
    keys = ["name", "site_name", "learners", "minimum", "groups", "group_size"]
    rows = table.rows.assign(aside=[(7 * place) % 11 for place in range(len(table))])
    shown = Table(table.name, table.title, table.columns, rows)
    base = (
        alt.Chart(data(shown, ["period", "kind", "aside", *keys], language))
        .transform_filter(IN_YEAR)
        .encode(y=alt.Y("kind:N", title=None))
    )
    dots = base.mark_circle(size=34, opacity=0.55, color=BLUE).encode(
        x=alt.X(
            "learners:Q",
            title=language("Learners in a unit at a site"),
            scale=alt.Scale(type="sqrt"),
            axis=alt.Axis(values=[0, 10, 20, 50, 100, 200, 300, 500], format=",.0f"),
        ),
        yOffset=alt.YOffset("aside:Q", scale=alt.Scale(domain=[-3, 13])),
        tooltip=tooltips(of(table, *keys), language),
    )
    minimums = base.mark_tick(color=VERMILION, thickness=4, size=46).encode(
        x=alt.X("mean(minimum):Q"),
        tooltip=[alt.Tooltip("mean(minimum):Q", title=language("Minimum"), format=",.0f")],
    )
    chart = alt.layer(dots, minimums).add_params(year_parameter(run.plan.periods))
    said = language(
        "A dot for each unit that is taught at a site, by its number of learners; the upright "
        "stroke is the minimum of its kind."
    )
    return finished(chart, said, 62 * max(1, table.rows["kind"].nunique()))


def travel_chart(run: Run, table: Table, language: Language) -> dict[str, Any]:
    """Return how far the learners of each municipality travel, in classes."""
    by_key = {column.key: column.heading(language) for column in table.columns}
    names = [by_key[name] for name, _, _ in BANDS]
    chart = (
        _by_class(table, names, language)
        .mark_bar(size=13)
        .encode(
            y=alt.Y(
                "municipality:N",
                sort=alt.EncodingSortField("minutes", op="max", order="ascending"),
                title=None,
            ),
            x=alt.X("share:Q", title=None, axis=PERCENTAGES, scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "band:N",
                sort=names,
                scale=alt.Scale(domain=names, range=LIGHT_TO_DARK),
                legend=alt.Legend(title=None, orient="top"),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                *tooltips(of(table, "municipality"), language),
                alt.Tooltip("band:N", title=language("Journey one way")),
                alt.Tooltip("share:Q", title=language("Learners"), format=".1%"),
                *tooltips(of(table, "minutes"), language),
            ],
        )
        .add_params(year_parameter(run.plan.periods))
    )
    said = language(
        "For each municipality, the share of its learners who travel so long, from short (light) "
        "to long (dark)."
    )
    return finished(chart, said, 20 * table.rows["municipality"].nunique() + 30)


def _by_class(table: Table, names: list[str], language: Language) -> Any:
    """Return a chart of the year shown with a row for each municipality and class of journey."""
    keys: list[Any] = [name for name, _, _ in BANDS]
    return (
        alt.Chart(data(table, ["period", "municipality", "minutes", *keys], language))
        .transform_filter(IN_YEAR)
        .transform_fold(keys, as_=["key", "share"])
        .transform_calculate(place=f"indexof({quoted(keys)}, datum.key)")
        .transform_calculate(band=f"{quoted(names)}[datum.place]")
    )


def money_chart(run: Run, table: Table, language: Language) -> dict[str, Any]:
    """Return what each institution is funded with and spends."""
    parts = {"funding": language("Funding"), "cost": language("Cost")}
    keys = ["period", "name", "funding", "cost", "balance"]
    long = pd.concat(
        [
            table.rows.assign(part=title, million=table.rows[part] / MILLION)
            for part, title in parts.items()
        ],
        ignore_index=True,
    )
    shown = Table(table.name, table.title, table.columns, long)
    titles = list(parts.values())
    chart = (
        alt.Chart(data(shown, [*keys, "part", "million"], language))
        .transform_filter(IN_YEAR)
        .mark_bar(size=15)
        .encode(
            y=alt.Y("name:N", title=None),
            yOffset=alt.YOffset("part:N", sort=titles),
            x=alt.X(
                "million:Q",
                stack=None,
                title=language("Million EUR a year"),
                axis=alt.Axis(format=",~f", tickCount=6),
            ),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=titles, range=[BLUE, ORANGE]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=tooltips(of(table, *keys[1:]), language),
        )
        .add_params(year_parameter(run.plan.periods))
    )
    said = language("Funding and cost of each institution, EUR a year.")
    return finished(chart, said, 52 * max(1, table.rows["name"].nunique()))


def timeline_chart(table: Table, language: Language) -> dict[str, Any]:
    """Return how many offers open, close and merge in each period."""
    events = [language(event) for event in EVENTS]
    scale = alt.Scale(domain=events, range=[GREEN, VERMILION, PURPLE])
    base = alt.Chart(data(table, ["period", "event"], language)).encode(
        y=alt.Y("period:O", title=None),
        yOffset=alt.YOffset("event:N", sort=events),
        x=alt.X("count():Q", title=language("Offers"), axis=alt.Axis(format=",.0f", tickCount=6)),
    )
    legend = alt.Legend(title=None, orient="top")
    bars = base.mark_bar(size=13).encode(
        color=alt.Color("event:N", scale=scale, legend=legend),
        tooltip=[
            alt.Tooltip("period:O", title=language("Year")),
            alt.Tooltip("event:N", title=language("What happens")),
            alt.Tooltip("count():Q", title=language("Offers")),
        ],
    )
    numbers = base.mark_text(align="left", dx=4, fontSize=12).encode(text="count():Q")
    said = language("How many offers open, close and merge in each year.")
    return finished(bars + numbers, said, 62 * max(1, table.rows["period"].nunique()))


def outlook_chart(table: Table, language: Language) -> dict[str, Any]:
    """Return the main indicators over the years, with their range over the scenarios."""
    rows = table.rows[table.rows["name"].isin(OVER_TIME)].reset_index(drop=True)
    shown = Table(table.name, table.title, table.columns, rows)
    names = [language(TITLES[name]) for name in OVER_TIME]
    colour = alt.Color(
        "title:N",
        scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])),
        legend=alt.Legend(title=None, orient="top", symbolOpacity=1),
    )
    shape = alt.Shape("title:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])))
    base = alt.Chart(data(shown, ["period", "title", "value", "low", "high"], language)).encode(
        x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0)), color=colour
    )
    told = [
        alt.Tooltip("title:N", title=language("Indicator")),
        alt.Tooltip("period:O", title=language("Year")),
        alt.Tooltip("value:Q", title=language("Expected"), format=".1%"),
        alt.Tooltip("low:Q", title=language("Lowest"), format=".1%"),
        alt.Tooltip("high:Q", title=language("Highest"), format=".1%"),
    ]
    axis = alt.Y("low:Q", title=None, axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False))
    ranges = base.mark_area(opacity=0.15).encode(y=axis, y2="high:Q")
    lines = base.mark_line().encode(y=alt.Y("value:Q"))
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        y=alt.Y("value:Q"), shape=shape, tooltip=told
    )
    said = language(
        "Coverage, openings filled, learners placed and first choices over the years; the band is "
        "the range over the scenarios."
    )
    return finished(ranges + lines + points, said, 300)


def domain_chart(run: Run, table: Table, language: Language) -> dict[str, Any]:
    """Return how many programmes of each domain each site offers."""
    keys = ["period", "site_name", "domain", "offers", "learners"]
    base = (
        alt.Chart(data(table, keys, language))
        .transform_filter(IN_YEAR)
        .encode(
            x=alt.X(
                "site_name:N", title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=150)
            ),
            y=alt.Y("domain:N", title=None),
        )
    )
    most = max(1, int(table.rows["offers"].max())) if len(table) else 1
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "offers:Q", scale=alt.Scale(scheme="cividis", domain=[0, most]), legend=None
        ),
        tooltip=tooltips(of(table, *keys[1:]), language),
    )
    numbers = base.mark_text(fontSize=12).encode(
        text=alt.Text("offers:Q", format=",.0f"),
        color=alt.condition(
            f"datum.offers > {0.55 * most:g}", alt.value("black"), alt.value("white")
        ),
    )
    chart = alt.layer(cells, numbers).add_params(year_parameter(run.plan.periods))
    said = language("How many programmes of each domain are offered at each site.")
    return finished(chart, said, 26 * max(1, table.rows["domain"].nunique()) + 30)


def comparison_chart(runs: tuple[Run, ...], language: Language) -> dict[str, Any]:
    """Return the indicators that are shares, of all plans side by side."""
    rows = [
        {"run": run.name, "title": language(TITLES[name]), "value": run.plan.indicators[name]}
        for run in runs
        for name in TITLES
        if name in run.plan.indicators and _is_share(run, name)
    ]
    names = [run.name for run in runs]
    several = len(names) <= len(PALETTE)
    scale = alt.Scale(domain=names, range=list(PALETTE[: len(names)])) if several else alt.Undefined
    shapes = alt.Scale(domain=names, range=list(SHAPES[: len(names)])) if several else alt.Undefined
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, size=110, opacity=0.9)
        .encode(
            y=alt.Y("title:N", title=None, sort=None),
            x=alt.X("value:Q", title=None, axis=PERCENTAGES),
            color=alt.Color("run:N", scale=scale, legend=alt.Legend(title=None, orient="top")),
            shape=alt.Shape("run:N", scale=shapes),
            tooltip=[
                alt.Tooltip("run:N", title=language("Plan")),
                alt.Tooltip("title:N", title=language("Indicator")),
                alt.Tooltip("value:Q", title=language("Value"), format=".1%"),
            ],
        )
    )
    number = len({row["title"] for row in rows})
    return finished(chart, language("The indicators of each plan, as shares."), 26 * number + 30)


def _is_share(run: Run, name: str) -> bool:
    table = run.plan.table("indicators")
    return bool((table.loc[table["name"] == name, "unit"] == "share").any())
