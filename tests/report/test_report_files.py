"""The page, the workbook and the GeoJSON hold what the tables hold, and nothing that acts."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from shapely import LinearRing
from shapely.geometry import shape

from coverage_opt.errors import InputError
from coverage_opt.report import making
from coverage_opt.report.contents import Tables
from coverage_opt.report.geodata import geojson
from coverage_opt.report.language import Language
from coverage_opt.report.making import make_report
from coverage_opt.report.page import page
from coverage_opt.report.runs import read_runs
from coverage_opt.report.table import TEXTS
from coverage_opt.report.workbook import workbook
from report_runs import BARE, CLOSING, FORMULA, NOTHING, SCRIPT, saved_run

LARGEST = 6_000_000


class Elements(HTMLParser):
    """Every element of a page, with its attributes, and the content of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data
        else:
            self.text += data

    def having(self, attribute: str) -> list[str]:
        """Return the values of an attribute, wherever it is."""
        return [value for _, attributes in self.elements if (value := attributes.get(attribute))]


def content_of(html: str) -> Any:
    return json.loads(Elements(html).scripts[0])


def test_the_page_fetches_nothing(html: str) -> None:
    read = Elements(html)
    assert {tag for tag, _ in read.elements} & {"link", "img", "iframe", "object", "base"} == set()
    assert read.having("src") == []
    assert all(link.startswith("#") for link in read.having("href"))
    assert len(html.encode()) < LARGEST


def test_the_page_lets_only_its_own_scripts_run(html: str) -> None:
    read = Elements(html)
    (policy,) = [value for value in read.having("content") if "default-src" in value]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    data, *programs = read.scripts
    for program in programs:
        digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert json.loads(data)["editions"].keys() == {"nl", "en"}


def test_the_same_plan_gives_the_same_page(tables: Tables, html: str) -> None:
    assert page(tables, "nl") == html
    assert workbook(tables, Language("nl")) == workbook(tables, Language("nl"))


def test_every_chart_says_what_it_shows_and_has_its_table(html: str) -> None:
    read = Elements(html)
    charts = read.having("data-chart")
    content = content_of(html)
    for edition in content["editions"].values():
        assert set(edition["charts"]) == set(charts)
        assert all(chart["description"] for chart in edition["charts"].values())
        assert all(view["description"] for view in edition["map"].values())
    assert {"timeline", "outlook", "occupations", "groups", "money", "domains"} <= set(charts)
    figures = re.findall(r"<figure id=.*?</figure>", html, re.DOTALL)
    assert len(figures) > 2 * len(set(charts))
    assert all("<table>" in figure for figure in figures)


def test_every_part_has_a_heading_and_every_control_a_label(html: str) -> None:
    read = Elements(html)
    identifiers = read.having("id")
    assert len(set(identifiers)) == len(identifiers)
    labels = set(read.having("for"))
    selects = {a.get("id") for tag, a in read.elements if tag == "select"}
    assert selects
    assert selects <= labels
    headed = {a.get("aria-labelledby") for tag, a in read.elements if tag == "section"}
    assert headed <= set(identifiers)
    for landmark in ("header", "nav", "main", "footer"):
        assert sum(tag == landmark for tag, _ in read.elements) == 2
    tags = [tag for tag, _ in read.elements]
    assert tags[tags.index("body") + 2] == "a"  # the way to the report comes first
    assert all(link[1:] in identifiers for link in read.having("href"))


def test_both_languages_are_in_the_page(html: str, tables: Tables) -> None:
    assert html.index('lang="nl" data-language') < html.index('lang="en" data-language')
    read = Elements(html)
    for words in ("In het kort", "In short", "Tekortberoepen", "Shortage occupations"):
        assert words in read.text
    turned = page(tables, "en")
    assert '<html lang="en">' in turned
    assert turned.index('lang="en" data-language') < turned.index('lang="nl" data-language')


def test_the_page_says_how_it_is_proven(html: str, tables: Tables) -> None:
    text = Elements(html).text
    run = tables.runs[0]
    assert run.plan.region_hash in text
    assert run.plan.policy.content_hash in text
    assert f"{run.rows_verified}" in text.replace(".", "").replace(",", "")
    assert "highspy" in text


def test_hostile_names_are_text_in_the_page(hostile_html: str) -> None:
    read = Elements(hostile_html)
    assert len(read.scripts) == 3  # data, library, program
    assert "img" not in {tag for tag, _ in read.elements}
    assert SCRIPT in read.text
    assert CLOSING in read.text
    content = content_of(hostile_html)
    assert {zone["name"] for zone in content["map"]["zones"]} == {SCRIPT, CLOSING, FORMULA}
    assert "<" not in read.scripts[0]


def test_hostile_names_are_text_in_the_workbook(hostile: Tables) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(hostile, Language("nl"))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    texts = {str(cell.value) for cell in cells}
    assert {FORMULA, SCRIPT, "+1+1", "@SUM(A1)"} <= texts


@pytest.mark.parametrize("code", ["nl", "en"])
def test_the_workbook_has_every_table_whole(tables: Tables, code: str) -> None:
    language = Language(code)
    book = openpyxl.load_workbook(io.BytesIO(workbook(tables, language)))
    sheets = book.worksheets[1:]
    assert len(sheets) == len(tables.filled)
    for sheet, table in zip(sheets, tables.filled, strict=True):
        header, *rows = sheet.iter_rows(values_only=True)
        assert list(header) == [column.heading(language) for column in table.columns]
        assert len(rows) == len(table)
        numbers = [c.kind not in {*TEXTS, "measure"} for c in table.columns]
        for shown, meant in zip(rows, table.values(), strict=True):
            for number, cell, value in zip(numbers, shown, meant, strict=True):
                if number and value == value and value is not None:
                    assert cell == pytest.approx(value)


def test_the_geojson_has_a_cell_for_each_zone_and_a_point_for_each_site(tables: Tables) -> None:
    features = json.loads(geojson(tables))["features"]
    region, periods = tables.runs[0].region, tables.runs[0].plan.periods
    kinds = [feature["properties"]["kind"] for feature in features]
    assert kinds.count("zone") == len(region.zones) * len(periods)
    assert kinds.count("site") == len(region.sites) * len(periods)
    for feature in features:
        drawn, said = shape(feature["geometry"]), feature["properties"]
        assert drawn.is_valid
        assert said["period"] in periods
        if said["kind"] == "zone":
            assert LinearRing(feature["geometry"]["coordinates"][0]).is_ccw
            assert 0 <= said["coverage"] <= 1
    offered = sum(len(f["properties"].get("programmes", [])) for f in features)
    assert offered == len(tables.runs[0].plan.offers)


@pytest.mark.parametrize(
    ("settings", "changed", "there", "absent"),
    [
        ((), BARE, {"offers-section", "travel-section"}, {"money", "timeline-section"}),
        (NOTHING, {}, {"money-section", "timeline-section"}, {"offers-section", "travel-section"}),
    ],
    ids=["bare region", "nothing offered"],
)
def test_a_report_has_the_parts_it_has_figures_for(
    tmp_path: Path, settings: tuple[str, ...], changed: Any, there: set[str], absent: set[str]
) -> None:
    run = saved_run(tmp_path, overrides=settings, borders=not changed, **changed)
    tables = Tables.of(read_runs([run]))
    html = page(tables, "en")
    identifiers = {name.removeprefix("en-") for name in Elements(html).having("id")}
    assert there <= identifiers
    assert not absent & identifiers
    for view in content_of(html)["editions"]["nl"]["map"].values():
        assert "NaN" not in json.dumps(view)
    assert openpyxl.load_workbook(io.BytesIO(workbook(tables, Language("nl"))))
    assert len(json.loads(geojson(tables))["features"]) == 5


def test_nothing_is_written_when_one_file_cannot_be(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "page", lambda tables, language: "a page")
    with pytest.raises(InputError, match="cannot be written"):
        make_report(tables.runs, "nl", tmp_path / "page.html", tmp_path / "absent" / "book.xlsx")
    assert list(tmp_path.iterdir()) == []
    make_report(tables.runs, "nl", tmp_path / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
