"""The map: zones coloured by what is within their reach, and sites with what they offer."""

from __future__ import annotations

from typing import Any

import altair as alt
from shapely.geometry import shape

from coverage_opt.frames import mapping, rows
from coverage_opt.report.charts.style import (
    BLUE,
    IN_YEAR,
    NOBODY,
    SAND,
    VERMILION,
    finished,
    plain,
    quoted,
    tooltips,
    year_parameter,
)
from coverage_opt.report.geometry import drawn, site_points, zone_cells
from coverage_opt.report.language import Language
from coverage_opt.report.noop import noop
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Column, Table

HEIGHT = 640
SHARES = ("coverage", "placed", "first_choice")
VIEWS: dict[str, str] = {
    "coverage": noop("Coverage: shortage occupations within reach"),
    "placed": noop("Learners with a place"),
    "first_choice": noop("Learners in what they asked for"),
    "minutes": noop("Mean journey one way, minutes"),
    "occupation": noop("One shortage occupation"),
}
"""What zones can be coloured by; of an occupation, whether it is within reach."""
_NARROWEST = 0.1
"""Span of a scale of shares, so that small differences stay small."""


def map_data(run: Run, zones: Table, offers: Table, domains: Table) -> dict[str, list[Any]]:
    """Return what all views of the map draw on, the same in every language.

    Args:
        run: the plan.
        zones: its table of zones.
        offers: its table of offers.
        domains: its table of offers by domain.
    """
    names = occupation_names(run)
    place_of = {occupation: place for place, occupation in enumerate(names)}
    return {
        "shapes": [
            {"type": "Feature", "zone": zone, "geometry": drawn(cell)}
            for zone, cell in zone_cells(run.region).items()
        ],
        "borders": [
            {"type": "Feature", "geometry": drawn(shape(dict(border)))}
            for border in run.region.boundaries.values()
        ],
        "zones": _zone_rows(run, zones, place_of),
        "sites": _site_rows(run, domains),
        "lessons": _site_rows_by_occupation(run, offers, place_of),
        "towns": _towns(run),
    }


def occupation_names(run: Run) -> dict[str, str]:
    """Return the shortage occupations, by name in alphabetical order."""
    found = run.region.occupations
    short = found[found["weight"] > 0].sort_values("name")
    return mapping(short, "occupation", "name")


def map_specification(
    run: Run, zones: Table, sites: Table, view: str, language: Language
) -> dict[str, Any]:
    """Return one view of the map.

    Args:
        run: the plan.
        zones: its table of zones.
        sites: its table of sites.
        view: one of `VIEWS`.
        language: of its words and numbers.
    """
    parameters = [
        year_parameter(run.plan.periods),
        alt.param(name="occupation", value=0),
        alt.param(name="domain", value=""),
        alt.param(name="chosen", value=""),
    ]
    layers = [
        _zone_layer(zones, view, language),
        _outline("borders", "#53616C", 0.9),
        _chosen_zone(),
        _site_layer(max(1, int(sites.rows["offers"].max())), view, language),
        _labels(),
    ]
    chart = alt.layer(*layers).add_params(*parameters).project(type="mercator")
    description = language("Map of {region}. {view}. The table below holds the same figures.")
    said = description.format(region=run.region.title, view=language(VIEWS[view]))
    return finished(chart, said, HEIGHT)


def _zone_layer(zones: Table, view: str, language: Language) -> Any:
    told = [column for column in zones.columns if column.key != "period"]
    base = (
        alt.Chart(alt.NamedData(name="zones"))
        .transform_filter(IN_YEAR)
        .transform_calculate(within="indexof(datum.reached, occupation) >= 0 ? 1 : 0")
        .transform_lookup(
            lookup="zone",
            from_=alt.LookupData(
                data=alt.NamedData(name="shapes"), key="zone", fields=["type", "geometry"]
            ),
        )
    )
    colour = _within(language) if view == "occupation" else _scaled(zones, view, language)
    return base.mark_geoshape(stroke="white", strokeWidth=0.5, invalid="show").encode(
        color=colour, tooltip=tooltips(told, language)
    )


def _scaled(zones: Table, view: str, language: Language) -> alt.Color:
    """Return a colour by a number."""
    low, high = _ends(zones, view)
    # long journeys and low shares are the dark end
    scale = alt.Scale(scheme="viridis", domain=[low, high], reverse=view not in SHARES)
    return alt.Color(
        field=view,
        type="quantitative",
        scale=scale,
        legend=_legend(language(VIEWS[view]), ".0%" if view in SHARES else ",.0f"),
    )


def _ends(zones: Table, view: str) -> tuple[float, float]:
    """Return the ends of a scale: those of the values, but not so close that little looks much."""
    values = zones.rows[view].dropna()
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if view not in SHARES:
        return low, max(high, low + 1.0)
    if high - low < _NARROWEST:
        low = max(0.0, min((low + high - _NARROWEST) / 2, 1 - _NARROWEST))
        high = low + _NARROWEST
    return low, high


def _within(language: Language) -> Any:
    """Return a colour by whether the occupation is within reach; grey where nobody lives."""
    names = [language("within reach"), language("out of reach")]
    colour = alt.Color(
        field="within",
        type="nominal",
        scale=alt.Scale(domain=[1, 0], range=[BLUE, SAND]),
        legend=alt.Legend(
            title=None,
            orient="top",
            labelExpr=f"datum.value == 1 ? {quoted(names[0])} : {quoted(names[1])}",
            symbolType="square",
        ),
    )
    return alt.condition("isValid(datum.coverage)", colour, alt.value(NOBODY))


def _legend(title: str, pattern: str) -> alt.Legend:
    return alt.Legend(title=title, format=pattern, orient="top", gradientLength=200, titleLimit=420)


def _outline(name: str, colour: str, width: float) -> Any:
    return alt.Chart(alt.NamedData(name=name), name="borders").mark_geoshape(
        filled=False, stroke=colour, strokeWidth=width, tooltip=None
    )


def _chosen_zone() -> Any:
    return (
        alt.Chart(alt.NamedData(name="shapes"), name="chosen")
        .transform_filter("datum.zone == chosen")
        .mark_geoshape(filled=False, stroke="black", strokeWidth=3)
    )


def _site_layer(most: int, view: str, language: Language) -> Any:
    """Return the sites, as large as what they offer; of one occupation, where it is taught.

    ``most`` is the largest number of offers at a site, so that sizes mean the same in every view.
    """
    of_work = view == "occupation"
    wanted = (
        "datum.occupation == occupation" if of_work else "(domain == '' || datum.domain == domain)"
    )
    columns = [
        Column("name", noop("Site")),
        Column("institution", noop("Institution")),
        Column("offers", noop("Offers"), "count"),
        Column("learners", noop("Learners a year"), "learners"),
        Column("what", noop("What is offered")),
    ]
    return (
        alt.Chart(alt.NamedData(name="lessons" if of_work else "sites"))
        .transform_filter(f"{IN_YEAR} && {wanted}")
        .transform_aggregate(
            offers="sum(offers)",
            learners="sum(learners)",
            groupby=["name", "institution", "what", "longitude", "latitude"],
        )
        .mark_circle(color=VERMILION, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=_sized(most, language),
            tooltip=tooltips(columns, language),
        )
    )


def _sized(most: int, language: Language) -> alt.Size:
    """Return a size by the number of offers, the same in every view."""
    legend = alt.Legend(
        title=language("Offers"),
        orient="top",
        format=",.0f",
        values=sorted({1, max(1, most // 4), most}),
    )
    return alt.Size("offers:Q", scale=alt.Scale(range=[40, 700], domain=[0, most]), legend=legend)


def _labels() -> Any:
    """Return the names of towns with sites, each on a white edge of its own."""
    base = alt.Chart(alt.NamedData(name="towns")).encode(
        longitude="longitude:Q", latitude="latitude:Q", text="town:N"
    )
    letters: dict[str, Any] = {"dy": -22, "fontSize": 13, "fontWeight": "bold"}
    edge = base.mark_text(**letters, stroke="white", strokeWidth=3).properties(name="edges")
    return edge + base.mark_text(**letters, color="#1B242C").properties(name="towns")


def _zone_rows(run: Run, zones: Table, place_of: dict[str, int]) -> list[dict[str, Any]]:
    reach = run.plan.table("reach")
    reached: dict[tuple[int, str], list[int]] = {}
    for period, occupation, zone, within in rows(reach, "period", "occupation", "zone", "reach"):
        if within > 0:
            reached.setdefault((period, zone), []).append(place_of[occupation])
    keys = ["period", *(column.key for column in zones.columns if column.key != "period")]
    return [
        {
            **{key: plain(value) for key, value in zip(keys, values, strict=True)},
            "reached": sorted(reached.get((values[0], values[keys.index("zone")]), [])),
        }
        for values in rows(zones.rows, *keys)
    ]


def _site_rows(run: Run, domains: Table) -> list[dict[str, Any]]:
    """Return offers and learners of each site by domain, with all it offers in words."""
    found = domains.rows.sort_values("offers", ascending=False, kind="stable")
    pairs = found["domain"] + " " + found["offers"].astype(str)
    what = pairs.groupby([found["period"], found["site"]]).agg(", ".join).to_dict()
    return [
        {
            **_site(run, site),
            "period": period,
            "domain": domain,
            "offers": offered,
            "learners": plain(learners),
            "what": what[period, site],
        }
        for period, site, domain, offered, learners in rows(
            found, "period", "site", "domain", "offers", "learners"
        )
    ]


def _site_rows_by_occupation(
    run: Run, offers: Table, place_of: dict[str, int]
) -> list[dict[str, Any]]:
    """Return the offers of each site that lead to each shortage occupation."""
    leads = run.region.leads_to
    leads = leads[leads["occupation"].isin(place_of)]
    taught = offers.rows.merge(leads, on="programme")
    found = []
    for (period, site, occupation), group in taught.groupby(["period", "site", "occupation"]):
        found.append(
            {
                **_site(run, str(site)),
                "period": period,
                "occupation": place_of[str(occupation)],
                "offers": len(group),
                "learners": plain(float(group["learners"].sum())),
                "what": ", ".join(sorted(group["name"])),
            }
        )
    return found


def _site(run: Run, site: str) -> dict[str, Any]:
    longitude, latitude = site_points(run.region)[site]
    institution = run.region.institution_name(run.region.institution_of[site])
    return {
        "name": run.region.site_name(site),
        "institution": institution,
        "longitude": longitude,
        "latitude": latitude,
    }


def _towns(run: Run) -> list[dict[str, Any]]:
    means = run.region.sites.groupby("town")[["longitude", "latitude"]].mean()
    return [
        {"town": town, "longitude": longitude, "latitude": latitude}
        for town, longitude, latitude in means.itertuples(name=None)
    ]
