"""The report as one HTML file: both languages, all data and all code are in it.

Nothing is fetched. The page says so to the browser too, in a content security policy that allows
no request and no code but the two scripts whose hashes it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from coverage_opt.report import telling
from coverage_opt.report.charts.maps import VIEWS, map_data, map_specification, occupation_names
from coverage_opt.report.charts.style import CONFIG
from coverage_opt.report.contents import Figure, Section, Tables, sections
from coverage_opt.report.language import LANGUAGES, Language
from coverage_opt.report.runs import Run

TEMPLATES = Path(__file__).parent / "templates"
VEGA_LITE = "6.4"
"""The version of Vega-Lite whose code is put into the page; Altair writes for it."""


@dataclass(frozen=True)
class Edition:
    """The report in one language.

    Attributes:
        language: the language.
        sections: what stands between the map and the sources.
        cards: the main indicators.
        headlines: the plan in plain words.
        zones: the table of the map.
        proof: how the plan was made and what shows that it holds.
        stages: what each objective reached.
        indicators: all of them.
    """

    language: Language
    sections: list[Section]
    cards: list[telling.Card]
    headlines: list[str]
    zones: Figure
    proof: list[tuple[str, str]]
    stages: Figure
    indicators: Figure


def page(tables: Tables, first: str) -> str:
    """Return the report as HTML.

    Args:
        tables: every figure of the report.
        first: the language that is shown first, one of `LANGUAGES`.
    """
    run = tables.runs[0]
    codes = [first, *(code for code in LANGUAGES if code != first)]
    editions = [_edition(tables, Language(code)) for code in codes]
    library, program = _library(), (TEMPLATES / "page.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    return environment.get_template("page.html.j2").render(
        run=run,
        title=telling.title(run),
        page_title=_page_title(run, editions[0].language),
        editions=editions,
        views=VIEWS,
        occupations=list(occupation_names(run).values()),
        domains=sorted(set(tables["domains"].rows["domain"])),
        places=_places(run),
        rules=telling.rules(run),
        sources=telling.sources(run),
        style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        library=Markup(library),
        program=Markup(program),
        hashes=" ".join(_hash(script) for script in (library, program)),
        content=htmlsafe_json_dumps(_content(tables, editions), dumps=_as_json),
    )


def _edition(tables: Tables, _: Language) -> Edition:
    run = tables.runs[0]
    caption = _(
        "Zones: what is within reach, who is served, and how far they travel. Nobody who asks for "
        "a place lives where it is grey."
    )
    return Edition(
        language=_,
        sections=list(sections(tables, _)),
        cards=telling.cards(run, _),
        headlines=list(telling.headlines(run, _)),
        zones=Figure("zones", caption, tables["zones"], rows=5000),
        proof=telling.proof(run, _),
        stages=Figure("stages", _("What each objective reached."), tables["stages"], opened=True),
        indicators=Figure("indicators", _("All indicators."), tables["indicators"]),
    )


def _content(tables: Tables, editions: list[Edition]) -> dict[str, Any]:
    """Return what the page's program draws from."""
    run, zones, sites = tables.runs[0], tables["zones"], tables["sites"]
    return {
        "config": CONFIG,
        "map": map_data(run, zones, tables["offers"], tables["domains"]),
        "editions": {
            edition.language.code: {
                "title": _page_title(run, edition.language),
                "format": edition.language.number_format,
                "map": {
                    view: map_specification(run, zones, sites, view, edition.language)
                    for view in VIEWS
                },
                "charts": {
                    figure.name: figure.chart
                    for section in edition.sections
                    for figure in section.figures
                    if figure.chart is not None
                },
            }
            for edition in editions
        },
    }


def _as_json(content: Any, **options: Any) -> str:
    """Return JSON that a browser can read: a number that is none would be an error here."""
    return json.dumps(content, allow_nan=False, separators=(",", ":"), **options)


def _page_title(run: Run, language: Language) -> str:
    return language("Report: {title}").format(title=telling.title(run))


def _places(run: Run) -> list[tuple[str, str]]:
    """Return every zone with its place's name, in the order of the names."""
    named = [(str(zone), run.region.zone_name(str(zone))) for zone in run.region.zones["zone"]]
    return sorted(named, key=lambda place: (place[1].casefold(), place[0]))


@cache
def _library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that keeps its own names to itself."""
    code = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    # the parser of HTML looks for the end of the script in its text
    return "(function(){" + code.replace("</script", "<\\/script") + "\n})();"


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
