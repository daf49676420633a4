"""A real browser, without a network; and what to do where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_IT = (
    "the report is tested in a real browser, and there is none here: as root, "
    "`apt-get update && apt-get install chromium`, or set CHROMIUM to the path of one"
)
WIDE: ViewportSize = {"width": 1360, "height": 900}
PATIENCE = 90_000
"""Milliseconds to wait for what takes one second on a machine with nothing else to do."""
NARROW: ViewportSize = {"width": 390, "height": 800}


@dataclass
class Opened:
    """A page that is open, and what happened while it was.

    Attributes:
        page: the page.
        requests: what it asked for beyond itself.
        complaints: errors and warnings in its console.
        drawings: how often it has drawn what was asked for.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    drawings: int = 0

    def drawn(self) -> None:
        """Wait until the page has drawn what was last asked for."""
        self.drawings += 1
        self.page.wait_for_selector(f"body[data-drawn='{self.drawings}']")


def browsers() -> Iterator[Browser]:
    """Start a browser; without one, skip, but fail where nobody would notice."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and os.environ.get("CI", "").lower() in ("1", "true", "yes"):
        pytest.fail(HOW_TO_GET_IT, pytrace=False)
    if path is None:
        pytest.skip(HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


def opening(browser: Browser, html: str, file: Path) -> Iterator[Opened]:
    """Open a page from disk with the network off; afterwards nothing must have gone wrong."""
    file.write_text(html, encoding="utf-8")
    context = browser.new_context(viewport=WIDE, offline=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = Opened(context.new_page())
    _listen(opened, file.as_uri())
    opened.page.goto(file.as_uri())
    opened.drawn()
    yield opened
    context.close()
    assert opened.requests == []
    assert opened.complaints == []


def _listen(opened: Opened, own: str) -> None:
    """Write down what the page asks for beyond itself, and what it complains of."""
    page = opened.page
    page.on(
        "request",
        lambda request: (
            opened.requests.append(request.url) if request.url.partition("#")[0] != own else None
        ),
    )
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            opened.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
