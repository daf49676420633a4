"""Every link of the documentation leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import PAGES, ROOT, anchors, links, table, tables

GLOSSARY = ROOT / "docs" / "glossary.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    for link in links(page):
        address, _, anchor = link.partition("#")
        assert "://" not in link, f"{link}: what the project says stands in the project"
        target = (page.parent / address).resolve() if address else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(PAGES[0])}
    assert set(PAGES[1:]) <= linked


def test_the_map_shows_every_part_of_the_package() -> None:
    linked = {(ROOT / link).resolve() for link in links(PAGES[0])}
    parts = {path.parent for path in (ROOT / "src" / "coverage_opt").glob("*/__init__.py")}
    assert parts <= linked
    mapped = table(PAGES[0], "where", "what")
    assert len(mapped.rows) >= 10


def test_the_place_for_results_is_marked_once() -> None:
    text = PAGES[0].read_text(encoding="utf-8")
    before, found, after = text.partition("<!-- results -->\n")
    assert found
    assert after.count("<!-- /results -->") == 1
    assert "results -->" not in before
    assert after.partition("<!-- /results -->")[0].startswith("| region | policy |")


def test_the_glossary_has_the_terms_of_the_field() -> None:
    rows = [row for page in _glossary() for row in page]
    terms = [term for term, _ in rows]
    for term in (
        *("crebo", "BOL", "BBL", "dossier", "basisdeel", "profieldeel", "keuzedeel", "domein"),
        *("domeininschrijving", "ROC", "CMMBO", "WEB", "WEB art. 6.1.3", "krimpregio", "entree"),
        *("mbo", "macrodoelmatigheid", "prijsfactor", "ROA", "UWV", "DUO", "CBS", "COROP area"),
    ):
        assert term in terms, term
    assert all(meaning for _, meaning in rows)
    assert len(terms) == len(set(terms))


def test_the_glossary_is_in_alphabetical_order() -> None:
    for section in _glossary():
        names = [name.lower() for name, _ in section]
        assert names == sorted(names)


def _glossary() -> list[list[tuple[str, str]]]:
    found = [table for table in tables(GLOSSARY) if table.columns == ("term", "meaning")]
    assert len(found) == 2
    return [[(row[0], row[1]) for row in table.rows] for table in found]
