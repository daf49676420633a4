"""Reports to be tested, and a browser to open them in: each made once, when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from report_runs import HOSTILE, NO_PIPEFITTING, saved_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from browser_pages import Opened
    from coverage_opt.report.contents import Tables
    from coverage_opt.report.runs import Run


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, ...]:
    """Return two plans for the same region, over two years and two scenarios."""
    from coverage_opt.report.runs import read_runs

    folder = tmp_path_factory.mktemp("runs")
    years, one_site = (2026, 2030), ("rules.max_sites.sites_at_most=1",)
    shared = saved_run(folder, "shared", periods=years, futures="two")
    strict = saved_run(folder, "strict", periods=years, futures="two", overrides=one_site)
    return read_runs([shared, strict])


@pytest.fixture(scope="session")
def run(runs: tuple[Run, ...]) -> Run:
    return runs[0]


@pytest.fixture(scope="session")
def tables(runs: tuple[Run, ...]) -> Tables:
    from coverage_opt.report.contents import Tables

    return Tables.of(runs)


@pytest.fixture(scope="session")
def html(tables: Tables) -> str:
    """Return the page of both plans, Dutch first."""
    from coverage_opt.report.page import page

    return page(tables, "nl")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Return the tables of a region whose names do harm where they are taken for code.

    It has no borders, one year, and an occupation that nobody can learn.
    """
    from coverage_opt.report.contents import Tables
    from coverage_opt.report.runs import read_runs

    folder = tmp_path_factory.mktemp("hostile")
    run = saved_run(folder, borders=False, overrides=(NO_PIPEFITTING,), **HOSTILE)
    return Tables.of(read_runs([run]))


@pytest.fixture(scope="session")
def hostile_html(hostile: Tables) -> str:
    from coverage_opt.report.page import page

    return page(hostile, "en")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from browser_pages import browsers

    yield from browsers()


@pytest.fixture
def opened(browser: Browser, html: str, tmp_path: Path) -> Iterator[Opened]:
    """Return the report, open in a browser; afterwards nothing must have gone wrong."""
    from browser_pages import opening

    yield from opening(browser, html, tmp_path / "report.html")


@pytest.fixture
def hostile_opened(browser: Browser, hostile_html: str, tmp_path: Path) -> Iterator[Opened]:
    from browser_pages import opening

    yield from opening(browser, hostile_html, tmp_path / "report.html")
