"""The report as people use it: opened from disk in Chromium, with the network off."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from browser_pages import NARROW, Opened
from report_runs import CLOSING, FORMULA, SCRIPT

SITES = "[data-map]:visible svg .mark-symbol.role-mark path"
FOCUSED = "document.activeElement.id || document.activeElement.textContent"
AREAS = "[data-map]:visible svg .mark-shape path"


def edition(opened: Opened, language: str) -> Locator:
    return opened.page.locator(f".edition[data-language={language}]")


def point_at(page: Page, mark: Locator) -> str:
    """Point at a mark, where it is on top; return what the tooltip says."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    for across, down in ((0.5, 0.5), (0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7)):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.wait_for_timeout(50)
        tooltip = page.locator("#vg-tooltip-element.visible")
        if tooltip.count():
            return tooltip.inner_text()
    pytest.fail("nothing is told of the mark")


def zones_in(opened: Opened) -> list[Locator]:
    areas = opened.page.locator(AREAS)
    return [areas.nth(place) for place in range(3)]


def test_everything_is_drawn_in_both_languages(opened: Opened) -> None:
    for language, button in (("nl", None), ("en", "English")):
        if button:
            opened.page.get_by_role("button", name=button).click()
            opened.drawn()
        shown = edition(opened, language)
        expect(shown).to_be_visible()
        charts = shown.locator(".chart svg")
        assert charts.count() == shown.locator(".chart").count() > 6
        for place in range(charts.count()):
            marks = charts.nth(place).locator("path, text")
            assert marks.count() > 2
            assert charts.nth(place).get_attribute("aria-label")


def test_the_language_can_be_switched(opened: Opened) -> None:
    page = opened.page
    assert page.title().startswith("Rapport: Tiny")
    expect(page.get_by_role("heading", name="In het kort")).to_be_visible()
    page.get_by_role("button", name="English").click()
    opened.drawn()
    assert page.title().startswith("Report: Tiny")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.get_by_role("heading", name="In short")).to_be_visible()
    expect(page.get_by_role("heading", name="In het kort")).to_be_hidden()
    expect(page.get_by_role("button", name="English")).to_be_focused()
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Nederlands").click()
    opened.drawn()
    expect(page.get_by_role("heading", name="De kaart")).to_be_visible()


def test_pointing_at_a_zone_tells_its_figures(opened: Opened) -> None:
    told = [point_at(opened.page, zone) for zone in zones_in(opened)]
    for name in ("Hill", "Bank", "Hook"):
        (own,) = [text for text in told if f"Plaats\t{name}" in text or f"\n{name}\n" in text]
        assert re.search(r"Dekking\s+\d+,\d %", own.replace("\u00a0", " ")), own
        assert "Geplaatst" in own


def test_pointing_at_a_site_tells_what_it_offers(opened: Opened) -> None:
    sites = opened.page.locator(SITES)
    told = [point_at(opened.page, sites.nth(place)) for place in range(sites.count())]
    assert any("Hill Centre" in text and "technology" in text for text in told)


def test_the_map_is_filtered_by_what_it_shows(opened: Opened) -> None:
    page = opened.page
    before = colours(opened)
    page.get_by_label("Gebieden gekleurd naar").select_option("minutes")
    opened.drawn()
    assert colours(opened) != before
    page.get_by_label("Gebieden gekleurd naar").select_option("occupation")
    opened.drawn()
    occupation = page.get_by_label("Beroep", exact=True)
    expect(occupation).to_be_visible()
    for name in ("Welder", "Fitter"):
        occupation.select_option(label=name)
        opened.drawn()
        assert set(colours(opened)) <= {"#0072B2", "#F3D9A8"}


def test_sites_are_filtered_by_domain(opened: Opened) -> None:
    page = opened.page
    sites = page.locator(SITES)
    everywhere = sites.count()
    page.get_by_label("Locaties: aanbod in").select_option("care")
    opened.drawn()
    assert 0 < sites.count() < everywhere or everywhere == 1
    assert "care" in point_at(page, sites.first)


def test_the_year_can_be_chosen(opened: Opened) -> None:
    page = opened.page
    page.get_by_label("Zoek een plaats").select_option("hook")
    opened.drawn()
    before = page.locator(".found:visible").inner_text()
    page.get_by_label("Jaar in de grafieken").select_option("2030")
    opened.drawn()
    after = page.locator(".found:visible").inner_text()
    assert after.startswith("Hook (hook), Lowland: ")
    assert after != before
    assert set(page.locator("[data-year]:visible").all_inner_texts()) == {"2030"}


def test_a_place_can_be_found_without_pointing(opened: Opened) -> None:
    opened.page.get_by_label("Zoek een plaats").select_option("hill")
    opened.drawn()
    told = opened.page.locator(".found:visible")
    expect(told).to_have_attribute("aria-live", "polite")
    assert told.inner_text().startswith("Hill (hill), Upland: Studenten per jaar ")
    strokes = opened.page.locator("[data-map]:visible svg path[stroke='black']")
    assert strokes.count() == 1


def test_the_keyboard_reaches_every_control(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar het rapport")).to_be_focused()
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
    assert {"Nederlands", "English", "nl-year", "nl-view", "nl-domain", "nl-chosen"} <= reached
    assert any(text.startswith("De cijfers als tabel") for text in reached)
    page.get_by_role("link", name="Naar het rapport").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#nl-summary")).to_be_focused()


def test_a_control_works_by_keyboard(opened: Opened) -> None:
    view = opened.page.get_by_label("Gebieden gekleurd naar")
    view.focus()
    opened.page.keyboard.press("ArrowDown")
    opened.drawn()
    expect(view).to_have_value("placed")


def test_tables_unfold(opened: Opened) -> None:
    figure = opened.page.locator("#nl-groups")
    expect(figure.locator("table")).to_be_hidden()
    figure.locator("summary").click()
    expect(figure.locator("table")).to_be_visible()


def test_it_prints_whole(opened: Opened) -> None:
    printed = PdfReader(io.BytesIO(opened.page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) >= 4
    width, height = (float(side) for side in printed.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)  # A4, in points
    text = "\n".join(page.extract_text() for page in printed.pages)
    for heading in ("In het kort", "De kaart", "Tekortberoepen", "Het bewijs"):
        assert heading in text
    assert "In short" not in text
    assert "English" not in text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_sticks_out_on_a_small_screen(opened: Opened, language: str) -> None:
    page = opened.page
    page.set_viewport_size(NARROW)
    if language == "en":
        page.get_by_role("button", name="English").click()
        opened.drawn()
    page.wait_for_timeout(300)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"]


def test_text_stands_out_from_its_background(opened: Opened) -> None:
    # WCAG 2.2, success criterion 1.4.3: 4.5 to 1
    pairs = opened.page.evaluate(
        """() => [...document.querySelectorAll('.edition:not([hidden]) *')]
            .filter((e) => e.childNodes.length && [...e.childNodes].some((n) => n.nodeType === 3
                && n.textContent.trim()) && !e.closest('svg') && e.offsetParent)
            .map((e) => {
                let back = e;
                while (back && getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)')
                    back = back.parentElement;
                return [getComputedStyle(e).color,
                    back ? getComputedStyle(back).backgroundColor : 'rgb(255, 255, 255)'];
            })"""
    )
    assert pairs
    found = {(fore, back): contrast(fore, back) for fore, back in map(tuple, pairs)}
    assert min(found.values()) >= 4.5, found


def test_hostile_names_are_text(hostile_opened: Opened) -> None:
    page = hostile_opened.page
    assert page.title() == "Report: Tiny 2026"
    told = "\n".join(point_at(page, zone) for zone in zones_in(hostile_opened))
    for name in (SCRIPT, CLOSING, FORMULA):
        assert name in told
    assert page.locator("img").count() == 0
    page.get_by_label("Find a place").select_option("bank")
    hostile_opened.drawn()
    assert page.locator(".found:visible").inner_text().startswith(CLOSING)
    page.get_by_label("Zones coloured by").select_option("occupation")
    hostile_opened.drawn()
    occupation = page.get_by_label("Occupation", exact=True)
    assert all(SCRIPT in text for text in occupation.locator("option").all_inner_texts()[:-1])
    assert page.title() == "Report: Tiny 2026"


def test_an_occupation_that_nobody_can_learn_is_shown_as_such(hostile_opened: Opened) -> None:
    page = hostile_opened.page
    page.get_by_label("Zones coloured by").select_option("occupation")
    hostile_opened.drawn()
    page.get_by_label("Occupation", exact=True).select_option(label="Plumber")
    hostile_opened.drawn()
    assert set(colours(hostile_opened)) == {"#F3D9A8"}
    assert page.locator(SITES).count() == 0


def colours(opened: Opened) -> list[str | None]:
    return [zone.get_attribute("fill") for zone in zones_in(opened)]


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    bright = sorted(map(luminance, (first, second)))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
